import type { DarajaConversation } from './answers.ts';
import { conversationOf } from './formats.ts';
import type { DarajaInitiator } from './initiator.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import type { DarajaCallbacks } from './callbacks.ts';
import type { DarajaBalances } from './balances.ts';
import type { DarajaPayment } from './outcomes.ts';
import type { DarajaPayments } from './payments.ts';
import { balanceResult, failedResult, statusResult } from './query-results.ts';
import type { DarajaQuery } from './query-requests.ts';
import type { DarajaResult } from './results.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { SimulatorRuntime } from '../kit/runtime.ts';

interface DarajaQueryParts {
  readonly payments: DarajaPayments;
  readonly initiator: DarajaInitiator;
  readonly balances: DarajaBalances;
  readonly callbacks: DarajaCallbacks;
}

/** Queries after payments and balances: taken at once, answered by callback. */
export class DarajaQueries {
  private readonly runtime: SimulatorRuntime;
  private readonly settings: DarajaSimulatorSettings;
  private readonly parts: DarajaQueryParts;
  private serial = 0;
  /** Queries that ended by the setting `queryAs`. */
  private endedAs = 0;

  constructor(runtime: SimulatorRuntime, settings: DarajaSimulatorSettings, parts: DarajaQueryParts) {
    this.runtime = runtime;
    this.settings = settings;
    this.parts = parts;
  }

  /** What it finds is what is true when it is answered, not when it is asked. The promise is as that of payments. */
  take(
    query: DarajaQuery,
    callbackFault: CallbackFault | null,
  ): { readonly ids: DarajaConversation; readonly firstCallback: Promise<void> } {
    const at = this.runtime.now();
    const ids = conversationOf(`query ${query.shortCode} ${at} ${++this.serial}`, at);
    const problem = this.parts.initiator.problemOf(query.initiator, query.credential, query.subject);
    const end = this.nextEnd();
    const answer = (): Promise<void> => {
      const result = problem === null ? this.find(query, ids) : failedResult(ids, problem);
      return this.tell(query, result, end, callbackFault);
    };
    if (callbackFault === 'early') return { ids, firstCallback: answer() };
    const { queryDelayMs, callbackDelayMs } = this.settings;
    this.runtime.after(queryDelayMs < 0 ? callbackDelayMs : queryDelayMs, () => void answer());
    return { ids, firstCallback: Promise.resolve() };
  }

  private tell(
    query: DarajaQuery,
    result: DarajaResult,
    end: string,
    callbackFault: CallbackFault | null,
  ): Promise<void> {
    if (end === 'lost') return Promise.resolve();
    if (end === 'timeout') return this.parts.callbacks.timeOut(query, result);
    const right = end === 'own' ? result : failedResult(result, end);
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
    return failedResult(ids, query.originatorId === '' ? '2032' : '2033');
  }

  /** Of a payment that was paid, that it was not, and the other way round; where there is none, a failure. */
  private contrary(query: DarajaQuery, ids: DarajaConversation): DarajaResult {
    const found = query.subject === 'status' ? this.found(query) : null;
    if (found === null) return failedResult(ids, '17');
    return statusResult(ids, { ...found, state: found.state === 'paid' ? 'declined' : 'paid' }, this.settings);
  }

  private found({ shortCode, originatorId, receipt }: DarajaQuery): DarajaPayment | null {
    return this.parts.payments.find(shortCode, originatorId, receipt);
  }

  private nextEnd(): string {
    const { queryAs, queryTimes } = this.settings;
    if (queryTimes > 0 && this.endedAs >= queryTimes) return 'own';
    this.endedAs += 1;
    return queryAs;
  }
}
