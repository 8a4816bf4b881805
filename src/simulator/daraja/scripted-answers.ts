import { bodiless, delivered, json, type Answer } from '../kit/answer.ts';
import { acknowledged, gatewayFault, refuse, type DarajaConversation } from './answers.ts';
import { canHideMoney } from './codes.ts';
import type { SimulatorRuntime } from '../kit/runtime.ts';

/** Answers in place of the true answer to a payout, each with whether the payout can have been accepted in spite of it. */
const ANSWERS: Readonly<
  Record<string, { readonly canHidePayment: boolean; readonly say: (runtime: SimulatorRuntime) => Answer }>
> = {
  drop: { canHidePayment: true, say: () => delivered(bodiless(503), { kind: 'drop' }) },
  '502': { canHidePayment: true, say: () => simulatedDarajaPage(502, 'Bad Gateway') },
  '503': { canHidePayment: true, say: () => simulatedDarajaPage(503, 'Service Unavailable') },
  '504': { canHidePayment: true, say: () => simulatedDarajaPage(504, 'Gateway Time-out') },
  html: { canHidePayment: true, say: () => simulatedDarajaPage(200, 'Request Rejected') },
  empty: { canHidePayment: true, say: () => bodiless(200) },
  soap: { canHidePayment: true, say: () => json(500, SOAP_FAULT) },
  '500.001.1001': { canHidePayment: true, say: (runtime) => refuse(runtime, '500.001.1001', 'Internal Server Error') },
  '500.003.1001': { canHidePayment: true, say: (runtime) => refuse(runtime, '500.003.1001', 'Internal Server Error') },
  '500.002.1001': { canHidePayment: true, say: (runtime) => refuse(runtime, '500.002.1001', 'System internal error.') },
  maintenance: {
    canHidePayment: true,
    say: (runtime) => refuse(runtime, '500.002.1001', 'Service is currently under maintenance. Please try again later'),
  },
  '403': { canHidePayment: false, say: () => simulatedDarajaPage(403, 'Access Denied') },
  '429': { canHidePayment: false, say: () => bodiless(429) },
  'no-product': {
    canHidePayment: false,
    say: () =>
      gatewayFault(
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

/** Whether money can have moved in spite of this answer. */
export function canHidePayment(name: string): boolean {
  const code = responseCodeIn(name);
  return code === null ? ANSWERS[name]?.canHidePayment === true : canHideMoney(code);
}

/** @param ids for answers that are an acknowledgement. */
export function scriptedAnswer(name: string, ids: DarajaConversation, runtime: SimulatorRuntime): Answer {
  const code = responseCodeIn(name);
  if (code !== null) return acknowledged(ids, code);
  const answer = ANSWERS[name];
  if (answer === undefined) throw new Error(`there is no answer ${name}`);
  return answer.say(runtime);
}

/** The code of a request that the core refused at intake. */
export function responseCodeIn(name: string): string | null {
  return /^ResponseCode:(\w+)$/.exec(name)?.[1] ?? null;
}

function simulatedDarajaPage(status: number, title: string): Answer {
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { ...bodiless(status), headers: { 'Content-Type': 'text/html' }, body };
}
