import { bodiless, delivered, type Answer } from '../kit/answer.ts';
import { Book, type BookEntry } from '../kit/book.ts';
import { DarajaQuestions } from './answering.ts';
import { accepted, deadToken, invalidField, overQuota, refuse, tooFast, type Conversation } from './answers.ts';
import { certificatePem } from './certificate.ts';
import { burnsId } from './codes.ts';
import { given } from './fields.ts';
import { conversationOf } from './ids.ts';
import { DarajaInitiator } from './initiator.ts';
import { readDarajaSettings, type DarajaSimulatorSettings } from './settings.ts';
import { DarajaMail } from './mail.ts';
import { misleading, responseCodeIn } from './misleading.ts';
import { DarajaMoney } from './money.ts';
import { payoutProducts, readOrder, type DarajaOrder, type Product } from './orders.ts';
import { magicDigits, magicFate, ORDINARY, refusedWith, type Fate } from './payment.ts';
import { DarajaPayments } from './payments.ts';
import { questionSubjects, readQuestion } from './questions.ts';
import { DarajaTokens } from './tokens.ts';
import type { CallbackFault } from '../kit/faults.ts';
import { readBody, type Fields } from '../kit/fields.ts';
import type { ServiceOptions } from '../kit/options.ts';
import { headerOf, type Arrival, type Call, type Head, type Service } from '../kit/service.ts';
import { WindowGate, type WindowRate, type WindowStats } from '../kit/window.ts';

/** Ceilings exist and are not published; the sheet's own default [assumed]. Payouts and questions of a short code share it. */
const REQUESTS: WindowRate = { count: 5, windowMs: 1_000 };

const TOKEN = 'oauth/v1/generate';

/** Past the gateway: its token lives, and its body is an object. */
interface Ask {
  readonly fields: Fields;
  readonly callbackFault: CallbackFault | null;
  readonly at: number;
}

/**
 * Safaricom's Daraja as its fact sheet describes it: B2C v3, B2Pochi, B2B v1, transaction status and balance. The base is the
 * origin; routes are `mpesa/b2c/v3/paymentrequest` and the like. `credentials` of the simulator are apps; every app may use every
 * short code, and a payer of the book is a short code. Limits are the gates `requests` (per short code; token calls name none and
 * are not counted) and `quota` (none at first). Its settings are {@link DarajaSimulatorSettings}. A scripted `callback` fault with the route of
 * a question strikes that question's result.
 */
export class DarajaService implements Service {
  readonly basePath = '';
  private readonly options: ServiceOptions;
  private readonly settings: DarajaSimulatorSettings;
  private readonly book: Book;
  private readonly tokens: DarajaTokens;
  private readonly initiator: DarajaInitiator;
  private readonly payments: DarajaPayments;
  private readonly questions: DarajaQuestions;
  private readonly gate: WindowGate;
  private readonly quota: WindowGate;
  /** Payouts that were answered by the setting `answerAs`. */
  private answeredAs = 0;

  constructor(options: ServiceOptions) {
    const { world, limits } = options;
    this.options = options;
    this.settings = readDarajaSettings(options.settings);
    this.book = new Book(options.balanceMinor, options.bookFile);
    this.tokens = new DarajaTokens(options, this.settings);
    this.initiator = new DarajaInitiator(this.settings);
    const mail = new DarajaMail(world, this.settings);
    const money = new DarajaMoney(options, this.settings, this.book);
    this.payments = new DarajaPayments(world, this.settings, { book: this.book, money, mail });
    this.questions = new DarajaQuestions(world, this.settings, { payments: this.payments, initiator: this.initiator, money, mail }); // prettier-ignore
    this.gate = new WindowGate('requests', limits === null ? [] : (limits?.['requests'] ?? [REQUESTS]));
    this.quota = new WindowGate('quota', limits?.['quota'] ?? []);
  }

  isPayout(head: Head): boolean {
    return head.method === 'POST' && payoutProducts.has(head.route);
  }

  /** The short code stands in the body, so everything is counted once that is in. */
  arrive(): Arrival {
    return { refusal: null, headers: {} };
  }

  read(head: Head, text: string): Call {
    const fields = readBody('application/json', text)?.fields ?? null;
    const haste = this.haste(head, fields);
    return {
      reference: fields === null ? '' : given(fields, 'OriginatorConversationID'),
      serve: (callbackFault) => haste ?? this.serve(head, fields, callbackFault ?? null),
    };
  }

  expireTokens(): void {
    this.tokens.expireAll();
  }

  throttled(): Answer {
    return tooFast(this.options.world, this.settings);
  }

  credentials(): Readonly<Record<string, string>> {
    const pair = this.options.credentials?.[0];
    return {
      consumer_key: pair?.key ?? 'simulator-consumer-key',
      consumer_secret: pair?.secret ?? 'simulator-consumer-secret',
      initiator_name: this.settings.initiatorName,
      initiator_password: this.settings.initiatorPassword,
      certificate: certificatePem,
    };
  }

  entries(): readonly BookEntry[] {
    return this.book.entries();
  }

  windows(): readonly WindowStats[] {
    return [...this.gate.stats(), ...this.quota.stats()];
  }

  close(): void {
    this.book.close();
  }

  private haste(head: Head, fields: Fields | null): Answer | null {
    if (!payoutProducts.has(head.route) && !questionSubjects.has(head.route)) return null;
    const shortCode = fields === null ? '' : given(fields, 'PartyA');
    const key = shortCode === '' ? head.ip : shortCode;
    if (this.gate.receive(key, head.at)?.accepted === false) return tooFast(this.options.world, this.settings);
    return this.quota.receive(key, head.at)?.accepted === false ? overQuota(this.options.world, this.settings) : null;
  }

  private serve(head: Head, fields: Fields | null, callbackFault: CallbackFault | null): Answer {
    const { world } = this.options;
    const handler = this.handlerOf(head.route);
    if (head.route !== TOKEN && handler === null) return refuse(world, '404.001.01', 'Resource not found');
    if (head.method !== (handler === null ? 'GET' : 'POST')) return refuse(world, '405.001', 'Method Not Allowed');
    if (handler === null) return this.tokens.generate(head);
    const token = /^Bearer (\S+)$/.exec(headerOf(head, 'authorization') ?? '')?.[1];
    if (token === undefined) return refuse(world, '404.001.04', 'Invalid Authentication Header');
    if (!this.tokens.isLive(token, head.at)) return deadToken(world, this.settings);
    // Another content type is not read, and then the first thing missed is this.
    const isJson = headerOf(head, 'content-type')?.startsWith('application/json') === true;
    if (!isJson) return invalidField(world, 'InitiatorName');
    if (fields === null) return refuse(world, '400.002.05', 'Invalid Request Payload');
    return handler({ fields, callbackFault, at: head.at });
  }

  private handlerOf(route: string): ((ask: Ask) => Answer) | null {
    const product = payoutProducts.get(route);
    if (product !== undefined) return (ask) => this.payout(ask, product);
    const subject = questionSubjects.get(route);
    return subject === undefined ? null : (ask) => this.question(ask, subject);
  }

  private question({ fields, callbackFault }: Ask, subject: 'status' | 'balance'): Answer {
    const question = readQuestion(fields, subject, this.settings);
    if ('broken' in question) return invalidField(this.options.world, question.broken);
    const { ids, told } = this.questions.take(question, callbackFault);
    return this.acceptance(ids, callbackFault, told);
  }

  private payout(ask: Ask, product: Product): Answer {
    const { fields } = ask;
    const { world, dedupe, magicValues } = this.options;
    // Before anything else is looked at; B2B knows no such thing and pays again.
    const isAgain = product !== 'b2b' && this.payments.isUsed(given(fields, 'PartyA'), given(fields, 'OriginatorConversationID')); // prettier-ignore
    if (isAgain && dedupe === 'reject') {
      return refuse(world, '500.002.1001', 'Duplicate OriginatorConversationID.');
    }
    const order = readOrder(fields, product, this.settings);
    if ('broken' in order) return invalidField(world, order.broken);
    const digits = magicValues ? magicDigits(order) : '';
    if (digits === '71') return delivered(bodiless(503), { kind: 'drop' });
    const answerAs = this.nextAnswer();
    if (answerAs !== 'own') return this.misled(ask, order, answerAs);
    const answer = this.accept(ask, order);
    return digits === '70' ? delivered(answer, { kind: 'drop' }) : answer;
  }

  private accept({ callbackFault }: Ask, order: DarajaOrder): Answer {
    const { payment, told } = this.payments.accept(order, this.fateOf(order), callbackFault);
    return this.acceptance(payment, callbackFault, told);
  }

  private acceptance(ids: Conversation, callbackFault: CallbackFault | null, told: Promise<void>): Answer {
    const answer = accepted(ids, this.settings);
    return callbackFault === 'early' ? delivered(answer, { kind: 'after', done: told }) : answer;
  }

  /** An answer that says little or nothing, and what is behind it. */
  private misled(ask: Ask, order: DarajaOrder, answerAs: string): Answer {
    const { world } = this.options;
    const ids = conversationOf(`${order.reference} ${answerAs}`, ask.at);
    const answer = misleading(
      answerAs,
      order.product === 'b2b' ? ids : { ...ids, originatorId: order.reference },
      world,
    );
    if (this.settings.truth !== 'absent') this.accept(ask, order);
    else {
      const code = responseCodeIn(answerAs);
      if (code !== null && burnsId(code)) this.payments.decline(order);
    }
    return answer;
  }

  private fateOf(order: DarajaOrder): Fate {
    const { resultAs, answerAs, truth } = this.settings;
    const role = order.product === 'b2b' ? 'b2b' : 'b2c';
    const problem = this.initiator.problemOf(order.initiator, order.credential, role);
    if (problem !== null) return refusedWith(problem);
    if (resultAs !== '') return { ...ORDINARY, code: resultAs, moves: truth === 'paid' };
    if (answerAs !== 'own' && truth === 'declined') return { ...ORDINARY, code: '17', moves: false };
    return this.options.magicValues ? magicFate(order) : ORDINARY;
  }

  private nextAnswer(): string {
    const { answerAs, answerTimes } = this.settings;
    if (answerTimes > 0 && this.answeredAs >= answerTimes) return 'own';
    this.answeredAs += 1;
    return answerAs;
  }
}
