import { bodiless, delivered, json, type Answer } from '../kit/answer.ts';
import { acknowledged, fault, refuse, type Conversation } from './answers.ts';
import { canHideMoney } from './codes.ts';
import type { World } from '../kit/world.ts';

/** Answers in place of a payout's own. Behind those that can mislead, it may have been accepted all the same. */
const ANSWERS: Readonly<Record<string, { readonly misleads: boolean; readonly say: (world: World) => Answer }>> = {
  drop: { misleads: true, say: () => delivered(bodiless(503), { kind: 'drop' }) },
  '502': { misleads: true, say: () => page(502, 'Bad Gateway') },
  '503': { misleads: true, say: () => page(503, 'Service Unavailable') },
  '504': { misleads: true, say: () => page(504, 'Gateway Time-out') },
  html: { misleads: true, say: () => page(200, 'Request Rejected') },
  empty: { misleads: true, say: () => bodiless(200) },
  soap: { misleads: true, say: () => json(500, SOAP_FAULT) },
  '500.001.1001': { misleads: true, say: (world) => refuse(world, '500.001.1001', 'Internal Server Error') },
  '500.003.1001': { misleads: true, say: (world) => refuse(world, '500.003.1001', 'Internal Server Error') },
  '500.002.1001': { misleads: true, say: (world) => refuse(world, '500.002.1001', 'System internal error.') },
  maintenance: {
    misleads: true,
    say: (world) => refuse(world, '500.002.1001', 'Service is currently under maintenance. Please try again later'),
  },
  '403': { misleads: false, say: () => page(403, 'Access Denied') },
  '429': { misleads: false, say: () => bodiless(429) },
  'no-product': {
    misleads: false,
    say: () =>
      fault(
        401,
        'Invalid API call as no apiproduct match found',
        'keymanagement.service.InvalidAPICallAsNoApiProductMatchFound',
      ),
  },
};

const SOAP_FAULT = {
  Envelope: { Body: { Fault: { faultcode: 'env:Server', faultstring: 'Failed to establish a backside connection' } } },
};

export function isAnswerName(name: string): boolean {
  return Object.hasOwn(ANSWERS, name) || /^ResponseCode:[1-9]\w*$/.test(name);
}

/** Whether money may have moved behind this answer. */
export function canMislead(name: string): boolean {
  const code = responseCodeIn(name);
  return code === null ? ANSWERS[name]?.misleads === true : canHideMoney(code);
}

/** @param ids for answers that are an acknowledgement. */
export function misleading(name: string, ids: Conversation, world: World): Answer {
  const code = responseCodeIn(name);
  if (code !== null) return acknowledged(ids, code);
  const answer = ANSWERS[name];
  if (answer === undefined) throw new Error(`there is no answer ${name}`);
  return answer.say(world);
}

/** The code of a request that the core refused at intake. */
export function responseCodeIn(name: string): string | null {
  return /^ResponseCode:(\w+)$/.exec(name)?.[1] ?? null;
}

function page(status: number, title: string): Answer {
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { ...bodiless(status), headers: { 'Content-Type': 'text/html' }, body };
}
