import { bodiless, type Answer } from '../kit/answer.ts';
import { debitFields, debitRoutes } from './debit-routes.ts';
import { infoRoutes } from './info-routes.ts';
import { objectOf, readObject, textOf, type Fields } from './json.ts';
import { recipientRoutes } from './recipient-routes.ts';
import { badRequest, notFound, shapeOf, type Route } from './requests.ts';
import { bitpesaRooms, type Rooms } from './rooms.ts';
import { senderRoutes } from './sender-routes.ts';
import { Gatekeeper } from './signature.ts';
import { transactionRoutes } from './transaction-routes.ts';
import type { BookEntry } from '../kit/book.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { Credential, ServiceOptions } from '../kit/options.ts';
import { headerOf, type Arrival, type Call, type Head, type Service } from '../kit/service.ts';
import { WindowGate, type WindowRate, type WindowStats } from '../kit/window.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The vendor's soft limits, kept as hard ones. Creating, funding and listing have none. */
const LIMITS: Readonly<Record<'transactions' | 'transaction-young' | 'transaction-old' | 'accounts' | 'currencies', readonly WindowRate[]>> = {
  transactions: [{ count: 2_500, windowMs: DAY_MS }],
  'transaction-young': [{ count: 6, windowMs: HOUR_MS }],
  'transaction-old': [{ count: 1, windowMs: HOUR_MS }],
  accounts: [{ count: 300, windowMs: DAY_MS }, { count: 1, windowMs: 300_000 }],
  currencies: [{ count: 300, windowMs: DAY_MS }, { count: 1, windowMs: 300_000 }],
}; // prettier-ignore

type GateName = keyof typeof LIMITS;

/**
 * BitPesa (AZA Finance, TransferZero) API v1 as its fact sheet describes it, with the sheet's magic endings. What can be turned
 * is in {@link BitpesaSimulatorSettings}; limits go by the names `transactions` (reads of single ones by their id), `transaction-young`
 * and `transaction-old` (the same per transaction, in and after its first hour), `accounts` and `currencies`.
 */
export class BitpesaService implements Service {
  readonly basePath = '';
  private readonly credentialList: readonly Credential[];
  private readonly gatekeeper: Gatekeeper;
  private readonly rooms: Rooms;
  private readonly gates: Readonly<Record<GateName, WindowGate>>;
  private readonly routes: ReadonlyMap<string, Route>;

  constructor(options: ServiceOptions) {
    // A signature cannot be checked without its secret: where any credentials may come in, it is this pair that does.
    this.credentialList = options.credentials ?? [{ key: 'simulator-api-key', secret: 'simulator-api-secret' }];
    this.gatekeeper = new Gatekeeper(this.credentialList);
    const indexOf = new Map(this.credentialList.map((credential, index) => [payerOf(index), credential]));
    this.rooms = bitpesaRooms(options, (payer) => indexOf.get(payer) ?? { key: '', secret: '' });
    const gate = (name: GateName): WindowGate => new WindowGate(name, ratesOf(options, name));
    this.gates = {
      transactions: gate('transactions'),
      'transaction-young': gate('transaction-young'),
      'transaction-old': gate('transaction-old'),
      accounts: gate('accounts'),
      currencies: gate('currencies'),
    };
    const { rooms } = this;
    this.routes = new Map([
      ...senderRoutes(rooms),
      ...transactionRoutes(rooms),
      ...debitRoutes(rooms),
      ...recipientRoutes(rooms),
      ...infoRoutes(rooms),
    ]);
  }

  isPayout({ method, route }: Head): boolean {
    return method === 'POST' && (route === 'v1/accounts/debits' || route === 'v1/transactions/create_and_fund');
  }

  arrive(head: Head): Arrival {
    const isLimited = head.method === 'GET' && !this.gatesOf(head).every(([gate, key]) => gate.receive(key, head.at)?.accepted ?? true); // prettier-ignore
    return { refusal: isLimited ? this.throttled() : null, headers: {} };
  }

  read(head: Head, text: string): Call {
    const body = readObject(text);
    return {
      reference: body === null ? '' : this.referenceOf(body),
      serve: (callbackFault) => this.serve(head, text, body, callbackFault),
    };
  }

  /** Requests are signed one by one: there is nothing to expire. */
  expireTokens(): void {
    return;
  }

  throttled(): Answer {
    return bodiless(429);
  }

  credentials(): Readonly<Record<string, string>> {
    const pair = this.credentialList[0];
    return { api_key: pair?.key ?? '', api_secret: pair?.secret ?? '' };
  }

  entries(): readonly BookEntry[] {
    return this.rooms.book.entries();
  }

  windows(): readonly WindowStats[] {
    return Object.values(this.gates).flatMap((gate) => gate.stats());
  }

  close(): void {
    this.rooms.book.close();
  }

  private serve(head: Head, text: string, body: Fields | null, callbackFault: CallbackFault | undefined): Answer {
    this.rooms.lifecycle.sweep(this.rooms.world.now());
    const index = this.gatekeeper.admit(head, text);
    if (index === null) return bodiless(401);
    // Both are said to stand in every request, with a body or without.
    const isJson = ['accept', 'content-type'].every((name) => headerOf(head, name)?.startsWith('application/json') === true); // prettier-ignore
    if (!isJson || (text !== '' && body === null)) return badRequest();
    const { shape, id } = shapeOf(head.route);
    const query = new URLSearchParams(head.target.split('?')[1] ?? '');
    const route = this.routes.get(`${head.method} ${shape}`);
    return route === undefined ? notFound() : route({ payer: payerOf(index), id, query, body, callbackFault });
  }

  /** The `external_id` that a creation brings, or the one of the transaction that a debit is for. */
  private referenceOf(body: Fields): string {
    const transaction = objectOf(body.transaction);
    if (transaction !== null) return textOf(transaction, 'external_id');
    const debit = debitFields(body);
    return (debit && this.rooms.transactions.find(textOf(debit, 'to_id'))?.externalId) ?? '';
  }

  private gatesOf(head: Head): readonly (readonly [gate: WindowGate, key: string])[] {
    const payer = headerOf(head, 'authorization-key') ?? head.ip;
    const { gates } = this;
    if (/^v1\/accounts(\/|$)/.test(head.route)) return [[gates.accounts, payer]];
    if (/^v1\/info\/currencies(\/|$)/.test(head.route)) return [[gates.currencies, payer]];
    const id = /^v1\/transactions\/([^/]+)$/.exec(head.route)?.[1];
    if (id === undefined) return [];
    const held = this.rooms.transactions.find(id);
    const isYoung = held === null || head.at - held.createdAt <= HOUR_MS;
    return [
      [gates.transactions, payer],
      [isYoung ? gates['transaction-young'] : gates['transaction-old'], `${payer} ${id}`],
    ];
  }
}

function payerOf(index: number): string {
  return `acctSIM${String(index + 1).padStart(4, '0')}`;
}

function ratesOf({ limits }: ServiceOptions, name: GateName): readonly WindowRate[] {
  return limits === null ? [] : (limits?.[name] ?? LIMITS[name]);
}
