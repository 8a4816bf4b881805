import { bodiless, delivered, json, type Answer, type AnswerDelivery } from '../kit/answer.ts';
import { Book, type BookEntry } from '../kit/book.ts';
import { readBody, textField, type Body } from '../kit/fields.ts';
import type { ServiceOptions } from '../kit/options.ts';
import {
  simulatedSellapayBalanceAnswer,
  insufficientBalance,
  limitedArrival,
  simulatedSellapayPaidAnswer,
  simulatedSellapayTooManyRequests,
} from './answers.ts';
import { invalid, orderReaders, type SellapayOrder, type SellapayOrderReader } from './orders.ts';
import {
  bearerToken,
  credentialIndex,
  headerOf,
  type Arrival,
  type ServiceCall,
  type Head,
  type Service,
  type SimulatorDefinition,
} from '../kit/service.ts';
import { signSellapayToken, verifySellapayToken, type SellapayTokenClaims } from './tokens.ts';
import { rateLimitOf, type SlidingRateLimit, type WindowRate, type WindowStats } from '../kit/rate-limit.ts';

const SIMULATED_SELLAPAY_AUTHORIZE: WindowRate = { count: 10, windowMs: 60_000 };
const SIMULATED_SELLAPAY_BUSINESS: WindowRate = { count: 100, windowMs: 60_000 };
/** Taken on top of the amount [assumed]. */
const FEES: Readonly<Record<SellapayOrder['kind'], bigint>> = { mobile: 10_00n, bank: 60_00n, wallet: 0n };
const TOKEN_KEY = 'sim-jwt-secret';
const SIMULATED_SELLAPAY_WHOLE: AnswerDelivery = { kind: 'whole' };

export const sellapaySimulator = {
  name: 'sellapay',
  service: (options): Service => new SellapayService(options),
  simulationSettings: {},
  simulationAccountOptions: {},
  exampleAccount: {
    currency: 'KES',
    options: {},
    payments: [
      'id,name,amount,mobile',
      'EMP-1,Jane Wanjiku,1500,0712 345 678',
      'EMP-2,Peter Otieno,2100.50,0722 000 111',
    ],
  },
} as const satisfies SimulatorDefinition;

/** Sellapay API v1 as docs/providers/sellapay.md describes it, with its magic values. */
class SellapayService implements Service {
  readonly basePath = '/api/v1';
  private readonly options: ServiceOptions;
  private readonly book: Book;
  private readonly authorizeLimit: SlidingRateLimit;
  private readonly businessLimit: SlidingRateLimit;
  /** Tokens whose signature is known to be right. */
  private readonly verified = new Map<string, SellapayTokenClaims>();
  private readonly revoked = new Set<string>();
  /** Payments whose amount asks for one 429, and that were answered so once. */
  private readonly throttledOnce = new Set<string>();

  constructor(options: ServiceOptions) {
    this.options = options;
    this.book = new Book(options.balanceMinor, options.bookFile);
    this.authorizeLimit = rateLimitOf(options.limits, 'authorize', [SIMULATED_SELLAPAY_AUTHORIZE]);
    this.businessLimit = rateLimitOf(options.limits, 'business', [SIMULATED_SELLAPAY_BUSINESS]);
  }

  arrive(head: Head): Arrival {
    if (head.route === 'authorize') return limitedArrival(this.authorizeLimit.receive(head.ip, head.at));
    const token = bearerToken(head);
    // The limit is per token. A request without a valid token is refused with 401 later.
    const isOurs = token !== null && this.claimsOf(token) !== null;
    return limitedArrival(isOurs ? this.businessLimit.receive(token, head.at) : null);
  }

  read(head: Head, text: string): ServiceCall {
    const reader = head.method === 'POST' ? orderReaders.get(head.route) : undefined;
    const body = reader === undefined ? null : readBody(headerOf(head, 'content-type'), text);
    return {
      reference: (body && textField(body.fields, 'reference')) ?? '',
      serve: () => {
        if (head.route === 'authorize' && head.method === 'POST') return this.authorize(head);
        if (reader !== undefined) return this.authorized(head, (payer) => this.payout(reader, body, payer, head.at));
        if (head.route !== 'getBalance' || head.method !== 'GET') {
          return json(404, { error: 'Not found', message: 'No such endpoint' });
        }
        return this.authorized(head, (payer) => this.balance(payer, head.at));
      },
    };
  }

  isPayout(head: Head): boolean {
    return orderReaders.has(head.route);
  }

  throttled(head: Head): Answer {
    return simulatedSellapayTooManyRequests(head.at + 1_000);
  }

  credentials(): Readonly<Record<string, string>> {
    const pair = this.options.credentials?.[0];
    return { api_key: pair?.key ?? 'simulator-api-key', api_secret: pair?.secret ?? 'simulator-api-secret' };
  }

  expireTokens(): void {
    for (const token of this.verified.keys()) this.revoked.add(token);
  }

  entries(): readonly BookEntry[] {
    return this.book.entries();
  }

  windows(): readonly WindowStats[] {
    return [...this.authorizeLimit.stats(), ...this.businessLimit.stats()];
  }

  close(): void {
    this.book.close();
  }

  private authorize(head: Head): Answer {
    const key = headerOf(head, 'x-api-key') ?? '';
    const secret = headerOf(head, 'x-api-secret') ?? '';
    if (key === '' || secret === '') return json(400, { error: 'Missing API key or secret code' });
    const index = credentialIndex(this.options, key, secret);
    if (index === -1) return json(401, { error: 'Unauthorized', message: 'Invalid API key or secret code' });
    const serial = String(index + 1).padStart(4, '0');
    const account = `acctSIM${serial}`;
    const iat = Math.floor(head.at / 1000);
    const claims = { account, business_id: `bizSIM${serial}`, iat, exp: iat + this.options.tokenSeconds };
    const token = signSellapayToken(claims, TOKEN_KEY);
    // Two tokens of one second are equal, so a token that was revoked in this second becomes valid again.
    this.revoked.delete(token);
    this.dropExpired(iat);
    this.verified.set(token, claims);
    return json(200, {
      message: 'User authorized',
      account,
      access_token: token,
      expires_in: this.options.tokenSeconds,
    });
  }

  private dropExpired(nowSeconds: number): void {
    for (const [token, claims] of this.verified) {
      if (claims.exp >= nowSeconds) continue;
      this.verified.delete(token);
      this.revoked.delete(token);
    }
  }

  private claimsOf(token: string): SellapayTokenClaims | null {
    const known = this.verified.get(token);
    if (known !== undefined) return known;
    const claims = verifySellapayToken(token, TOKEN_KEY);
    if (claims !== null) this.verified.set(token, claims);
    return claims;
  }

  private authorized(head: Head, then: (payer: string) => Answer): Answer {
    const token = bearerToken(head);
    const claims = token === null ? null : this.claimsOf(token);
    const isLive = token !== null && claims !== null && !this.revoked.has(token) && head.at < claims.exp * 1000;
    if (isLive) return then(claims.account);
    const message = 'Please re-authorize to get a new token';
    return json(401, { error: 'Invalid or expired access token', message });
  }

  private payout(read: SellapayOrderReader, body: Body | null, payer: string, at: number): Answer {
    if (body === null) return json(400, { error: 'Validation error', message: 'Body is neither JSON nor a form' });
    const order = read(body);
    return 'refusal' in order ? order.refusal : this.pay(order, payer, at);
  }

  private balance(payer: string, at: number): Answer {
    return simulatedSellapayBalanceAnswer(this.book.balanceMinor(payer), at);
  }

  private pay(order: SellapayOrder, payer: string, at: number): Answer {
    const { magic } = this.options;
    if (magic.countsForAmounts && order.amountMinor === 429_00n && this.isFirstRequest(order))
      return simulatedSellapayTooManyRequests(at + 1000);
    if (magic.countsFor(order.number) && order.kind !== 'wallet') {
      // A payout with one of the two magic values below debits nothing.
      if (ends(order, '0001', '01')) {
        return json(500, { error: 'Transfer failed', message: 'Please try again later' });
      }
      if (ends(order, '0004', null)) return bodiless(503);
    }
    if (magic.countsFor(order.number) && order.number === 'acctMISSING') {
      return json(404, { error: 'Not found', message: 'Recipient account does not exist' });
    }
    if (this.options.dedupe === 'reject' && this.book.holdsReference(payer, order.reference)) {
      return invalid('reference', 'Invalid reference', 'Reference already used');
    }
    const feeMinor = this.options.fees ? FEES[order.kind] : 0n;
    const available = this.book.balanceMinor(payer);
    const required = order.amountMinor + feeMinor;
    if (required > available || (magic.countsForAmounts && order.amountMinor === 402_00n))
      return insufficientBalance(order, required, available);
    return this.booked(order, payer, feeMinor, at);
  }

  private booked(order: SellapayOrder, payer: string, feeMinor: bigint, at: number): Answer {
    const seconds = Math.floor(at / 1000);
    const { kind, destination, amountMinor, reference, name, narrative } = order;
    const entry = this.book.add(
      { at, payer, kind, destination, amountMinor, feeMinor, currency: 'KES', reference, name, narrative },
      (seq) => `TXN-${seconds}-${String(seq).padStart(5, '0')}`,
    );
    const isMagic = this.options.magic.countsFor(order.number);
    const isPending = kind === 'bank' || (isMagic && ends(order, '0005', null));
    const answer = simulatedSellapayPaidAnswer(order, { transactionId: entry.providerReference, isPending, at });
    return delivered(answer, isMagic ? magicDelivery(order) : SIMULATED_SELLAPAY_WHOLE);
  }

  private isFirstRequest(order: SellapayOrder): boolean {
    const key = order.reference === '' ? `${order.destination} ${order.narrative}` : order.reference;
    if (this.throttledOnce.has(key)) return false;
    this.throttledOnce.add(key);
    return true;
  }
}

/** The documented delay of a slow answer. */
const SLOW_MS = 60_000;

function magicDelivery(order: SellapayOrder): AnswerDelivery {
  if (order.kind === 'wallet') return SIMULATED_SELLAPAY_WHOLE;
  if (ends(order, '0002', '02')) return { kind: 'drop' };
  if (ends(order, '0003', '03')) return { kind: 'slow', delayMs: SLOW_MS };
  return SIMULATED_SELLAPAY_WHOLE;
}

function ends(order: SellapayOrder, phone: string, account: string | null): boolean {
  if (order.kind === 'mobile') return order.number.endsWith(phone);
  return order.kind === 'bank' && account !== null && order.number.endsWith(account);
}
