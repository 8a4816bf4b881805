import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { entryLine, type BookEntry } from './book.ts';
import { callbackFaults, type Fault, type FaultRule, type FaultScript } from './faults.ts';
import type { Recorder } from './recorder.ts';
import type { Service } from './service.ts';

export const CONTROL_PATH = '/_simulator/';

/** Serves the simulator's control endpoints, by which other processes read the book and script faults. */
export function control(
  request: IncomingMessage,
  response: ServerResponse,
  parts: { readonly service: Service; readonly recorder: Recorder; readonly script: FaultScript },
): void {
  const name = (request.url ?? '').slice(CONTROL_PATH.length).split('?')[0] ?? '';
  const call = `${request.method ?? ''} ${name}`;
  request.resume();
  if (call === 'GET book') streamBook(response, parts.service.entries());
  else if (call === 'GET stats') sendJson(response, 200, parts.recorder.stats());
  else if (call === 'GET credentials') sendJson(response, 200, parts.service.credentials());
  else if (call === 'GET faults') sendJson(response, 200, parts.script.left().map(ruleText));
  else if (call === 'DELETE faults') {
    parts.script.clear();
    sendJson(response, 200, []);
  } else if (call === 'POST faults') takeRules(request, response, parts.script);
  else sendJson(response, 404, { error: 'book, stats, faults and credentials are what can be asked for' });
}

/** Streams the entries that existed at the time of the request, in pages, so that the book is never one text in memory. */
function streamBook(response: ServerResponse, entries: readonly BookEntry[]): void {
  const end = entries.length;
  const pages = function* (): Generator<string> {
    for (let at = 0; at < end; at += 500) {
      yield entries
        .slice(at, Math.min(at + 500, end))
        .map(entryLine)
        .join('');
    }
  };
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  Readable.from(pages()).pipe(response);
}

function takeRules(request: IncomingMessage, response: ServerResponse, script: FaultScript): void {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const rules = readRules(text);
    if (rules === null) {
      const example = [{ fault: { kind: 'status', status: 503, booked: true }, route: 'sendFundsToMobile', times: 2 }];
      sendJson(response, 400, { error: 'a JSON list of rules is needed', example });
      return;
    }
    script.add(rules);
    sendJson(response, 200, script.left().map(ruleText));
  });
}

function readRules(text: string): readonly FaultRule[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const rules = value.map(ruleOf);
  return rules.every(isRule) ? rules : null;
}

/** The control endpoints write the fault of a callback as `mishap`. */
function ruleOf(value: unknown): unknown {
  if (!isRecord(value) || !isRecord(value.fault) || value.fault.kind !== 'callback') return value;
  return { ...value, fault: { kind: 'callback', callbackFault: value.fault.mishap } };
}

/** The inverse of {@link ruleOf}. */
function ruleText(rule: FaultRule): unknown {
  const { fault } = rule;
  return fault.kind === 'callback' ? { ...rule, fault: { kind: 'callback', mishap: fault.callbackFault } } : rule;
}

function isRule(value: unknown): value is FaultRule {
  if (!isRecord(value) || !isFault(value.fault)) return false;
  const { route, reference, skip, times } = value;
  return (
    [route, reference].every((text) => isOptional(text, 'string')) &&
    [skip, times].every((n) => isOptional(n, 'number'))
  );
}

function isFault(value: unknown): value is Fault {
  if (!isRecord(value)) return false;
  const fault = value as { readonly kind: Fault['kind'] };
  switch (fault.kind) {
    case 'drop-before-booking':
    case 'drop-after-booking':
    case 'unreadable':
    case 'cut-short':
    case 'expire-tokens':
    case 'throttle':
      return true;
    case 'callback':
      return callbackFaults.some((known) => known === value.callbackFault);
    case 'slow':
      return typeof value.delayMs === 'number';
    case 'status':
      return (
        typeof value.status === 'number' &&
        value.status >= 200 &&
        value.status <= 599 &&
        typeof value.booked === 'boolean'
      );
  }
  // The request named a kind that does not exist.
  return false;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isOptional(value: unknown, type: 'string' | 'number'): boolean {
  return value === undefined || typeof value === type;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${text}\n`);
}
