import type { CallbackContext } from '../../src/callbacks/apply.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { CallbackPayment, CallbackRequest, ParsedCallback } from '../../src/providers/port.ts';
import { BY, START } from '../ledger/sample.ts';

export const AT = START + 5_000;

export const REPLY = { ResultCode: 0 };

/** What a scripted reader makes of a request; `payment` looks up a payment as an adapter does. */
export type Script = (
  request: CallbackRequest,
  payment: (reference: string) => Promise<CallbackPayment | null>,
) => ParsedCallback | Promise<ParsedCallback>;

/** The account `demo` with a reader that parses every callback as the script says. */
export function contextOf(ledger: CallbackContext['ledger'], script: Script): CallbackContext {
  return {
    ledger,
    storage: { store: async (callback) => ({ kind: 'ledger', ...(await ledger.storeCallback(callback)) }) },
    account: 'demo',
    now: () => AT,
    by: BY,
    reader: { read: async (request, payment) => script(request, payment) },
  };
}

export function requestOf(body: string, segment = 'r-01'): CallbackRequest {
  return { segment, headers: { signature: 'x' }, body: Buffer.from(body) };
}

/** A ledger that notes which of its writing methods for callbacks were called, in order, and can fail in one of them. */
export function tracedLedger(
  ledger: Ledger,
  failing: 'storeCallback' | 'applyCallback' | null = null,
): { readonly ledger: CallbackContext['ledger']; readonly calls: string[] } {
  const calls: string[] = [];
  const trace = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    calls.push(name);
    if (name === failing) throw new Error(`${name} failed`);
    const result = await call();
    calls.push(`${name} resolved`);
    return result;
  };
  return {
    calls,
    ledger: {
      storeCallback: (callback) => trace('storeCallback', () => ledger.storeCallback(callback)),
      applyCallback: (report) => trace('applyCallback', () => ledger.applyCallback(report)),
      finishCallback: (result) => trace('finishCallback', () => ledger.finishCallback(result)),
      unprocessedCallbacks: (account) => ledger.unprocessedCallbacks(account),
      accountsWithUnprocessed: () => ledger.accountsWithUnprocessed(),
      callbackTo: (account, segment) => ledger.callbackTo(account, segment),
      byAnyReference: (reference) => ledger.byAnyReference(reference),
      earlierReferences: (filter) => ledger.earlierReferences(filter),
    },
  };
}
