import type { DarajaConversation } from './answers.ts';
import { conversationOf } from './formats.ts';
import type { DarajaInitiator } from './initiator.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import type { DarajaCallbackSender } from './callbacks.ts';
import type { DarajaBalances } from './balances.ts';
import type { DarajaPayment } from './outcomes.ts';
import type { DarajaPayments } from './payments.ts';
import { balanceResult, simulatedDarajaFailedResult, statusResult } from './query-results.ts';
import type { DarajaQuery } from './query-requests.ts';
import type { DarajaResult } from './results.ts';
import { endAfter } from '../kit/callbacks.ts';
import { ScriptedWord } from '../kit/settings.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { SimulatorRuntime } from '../kit/runtime.ts';

interface DarajaQueryParts {
  readonly payments: DarajaPayments;
  readonly initiator: DarajaInitiator;
  readonly balances: DarajaBalances;
  readonly callbacks: DarajaCallbackSender;
}

/** Queries of payments and balances: acknowledged at once, answered by callback. */
export class DarajaQueries {
  private readonly runtime: SimulatorRuntime;
  private readonly settings: DarajaSimulatorSettings;
  private readonly parts: DarajaQueryParts;
  private serial = 0;
  private readonly ends: ScriptedWord;

  constructor(runtime: SimulatorRuntime, settings: DarajaSimulatorSettings, parts: DarajaQueryParts) {
    this.runtime = runtime;
    this.settings = settings;
    this.parts = parts;
    this.ends = new ScriptedWord(settings.queryAs, settings.queryTimes);
  }

  /** Acknowledges a query. The callback reports the state at the time of the callback, not of the query. */
  take(
    query: DarajaQuery,
    callbackFault: CallbackFault | null,
  ): { readonly ids: DarajaConversation; readonly firstCallback: Promise<void> } {
    const at = this.runtime.now();
    const ids = conversationOf(`query ${query.shortCode} ${at} ${++this.serial}`, at);
    const problem = this.parts.initiator.problemOf(query.initiator, query.credential, query.subject);
    const end = this.ends.next();
    const answer = (): Promise<void> => {
      const result = problem === null ? this.find(query, ids) : simulatedDarajaFailedResult(ids, problem);
      return this.send(query, result, end, callbackFault);
    };
    const { queryDelayMs, callbackDelayMs } = this.settings;
    const delayMs = queryDelayMs < 0 ? callbackDelayMs : queryDelayMs;
    return { ids, firstCallback: endAfter(this.runtime, delayMs, callbackFault, answer) };
  }

  private send(
    query: DarajaQuery,
    result: DarajaResult,
    end: string,
    callbackFault: CallbackFault | null,
  ): Promise<void> {
    if (end === 'lost') return Promise.resolve();
    if (end === 'timeout') return this.parts.callbacks.timeOut(query, result);
    const right = end === 'own' ? result : simulatedDarajaFailedResult(result, end);
    const opposite = this.contrary(query, result);
    const forged = { ...opposite, originatorId: '0000-0000000-0', conversationId: 'AG_20000101_0' };
    return this.parts.callbacks.report(query, { right, opposite, forged }, callbackFault);
  }

  private find(query: DarajaQuery, ids: DarajaConversation): DarajaResult {
    if (query.subject === 'balance') {
      return balanceResult(ids, this.parts.balances.funds(query.shortCode), this.runtime.now());
    }
    const found = this.found(query);
    if (found !== null) return statusResult(ids, found, this.settings);
    return simulatedDarajaFailedResult(ids, query.originatorId === '' ? '2032' : '2033');
  }

  /** The opposite result: declined for a paid payment, paid for any other, and a failure without a payment. */
  private contrary(query: DarajaQuery, ids: DarajaConversation): DarajaResult {
    const found = query.subject === 'status' ? this.found(query) : null;
    if (found === null) return simulatedDarajaFailedResult(ids, '17');
    return statusResult(ids, { ...found, state: found.state === 'paid' ? 'declined' : 'paid' }, this.settings);
  }

  private found({ shortCode, originatorId, receipt }: DarajaQuery): DarajaPayment | null {
    return this.parts.payments.find(shortCode, originatorId, receipt);
  }
}
