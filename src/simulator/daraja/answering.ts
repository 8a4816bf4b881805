import type { Conversation } from './answers.ts';
import { conversationOf } from './ids.ts';
import type { DarajaInitiator } from './initiator.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import type { DarajaMail } from './mail.ts';
import type { DarajaMoney } from './money.ts';
import type { DarajaPayment } from './payment.ts';
import type { DarajaPayments } from './payments.ts';
import { balanceResult, failedResult, statusResult } from './question-results.ts';
import type { DarajaQuestion } from './questions.ts';
import type { Result } from './results.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { World } from '../kit/world.ts';

interface Rooms {
  readonly payments: DarajaPayments;
  readonly initiator: DarajaInitiator;
  readonly money: DarajaMoney;
  readonly mail: DarajaMail;
}

/** Questions after payments and balances: taken at once, answered by callback. */
export class DarajaQuestions {
  private readonly world: World;
  private readonly settings: DarajaSimulatorSettings;
  private readonly rooms: Rooms;
  private serial = 0;
  /** Questions that ended by the setting `queryAs`. */
  private endedAs = 0;

  constructor(world: World, settings: DarajaSimulatorSettings, rooms: Rooms) {
    this.world = world;
    this.settings = settings;
    this.rooms = rooms;
  }

  /** What it finds is what is true when it is answered, not when it is asked. The promise is as that of payments. */
  take(
    question: DarajaQuestion,
    callbackFault: CallbackFault | null,
  ): { readonly ids: Conversation; readonly told: Promise<void> } {
    const at = this.world.now();
    const ids = conversationOf(`question ${question.shortCode} ${at} ${++this.serial}`, at);
    const problem = this.rooms.initiator.problemOf(question.initiator, question.credential, question.subject);
    const end = this.nextEnd();
    const answer = (): Promise<void> => {
      const result = problem === null ? this.find(question, ids) : failedResult(ids, problem);
      return this.tell(question, result, end, callbackFault);
    };
    if (callbackFault === 'early') return { ids, told: answer() };
    const { questionDelayMs, callbackDelayMs } = this.settings;
    this.world.after(questionDelayMs < 0 ? callbackDelayMs : questionDelayMs, () => void answer());
    return { ids, told: Promise.resolve() };
  }

  private tell(
    question: DarajaQuestion,
    result: Result,
    end: string,
    callbackFault: CallbackFault | null,
  ): Promise<void> {
    if (end === 'lost') return Promise.resolve();
    if (end === 'timeout') return this.rooms.mail.timeOut(question, result);
    const right = end === 'own' ? result : failedResult(result, end);
    const opposite = this.contrary(question, result);
    const forged = { ...opposite, originatorId: '0000-0000000-0', conversationId: 'AG_20000101_0' };
    return this.rooms.mail.report(question, { right, opposite, forged }, callbackFault);
  }

  private find(question: DarajaQuestion, ids: Conversation): Result {
    if (question.subject === 'balance') {
      return balanceResult(ids, this.rooms.money.funds(question.shortCode), this.world.now());
    }
    const found = this.found(question);
    if (found !== null) return statusResult(ids, found, this.settings);
    return failedResult(ids, question.originatorId === '' ? '2032' : '2033');
  }

  /** Of a payment that was paid, that it was not, and the other way round; where there is none, a failure. */
  private contrary(question: DarajaQuestion, ids: Conversation): Result {
    const found = question.subject === 'status' ? this.found(question) : null;
    if (found === null) return failedResult(ids, '17');
    return statusResult(ids, { ...found, state: found.state === 'paid' ? 'declined' : 'paid' }, this.settings);
  }

  private found({ shortCode, originatorId, receipt }: DarajaQuestion): DarajaPayment | null {
    return this.rooms.payments.find(shortCode, originatorId, receipt);
  }

  private nextEnd(): string {
    const { queryAs, queryTimes } = this.settings;
    if (queryTimes > 0 && this.endedAs >= queryTimes) return 'own';
    this.endedAs += 1;
    return queryAs;
  }
}
