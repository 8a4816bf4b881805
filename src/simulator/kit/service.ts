import type { Answer } from './answer.ts';
import type { CallbackFault } from './faults.ts';
import type { BookEntry } from './book.ts';
import type { ServiceOptions, SimulatorSettings } from './options.ts';
import type { WindowStats } from './rate-limit.ts';

/** One provider that can be simulated. The folder of each provider exports one, and `list.ts` collects them. */
export interface SimulatorDefinition {
  /** As `provider:` of an account has it. */
  readonly name: string;
  readonly service: (options: ServiceOptions) => Service;
  /** Settings of the simulator inside a run, so that a simulation does not wait where waiting only costs time. */
  readonly simulationSettings: SimulatorSettings;
  /** Options of an account with `endpoint: simulator`, where the account does not set them. */
  readonly simulationAccountOptions: Readonly<Record<string, unknown>>;
  /** An account that works with this simulator, besides credentials and addresses. */
  readonly exampleAccount: ExampleAccount;
}

/** What `payrun simulate --write-config` writes of an account. Every text is a made-up one. */
export interface ExampleAccount {
  /** ISO 4217. */
  readonly currency: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** A CSV that the account pays: its header and its rows. */
  readonly payments: readonly string[];
}

/** One simulated provider, between the HTTP server and the book. Every method is synchronous: an answered payout is booked. */
export interface Service {
  /** Path of the API behind the origin: `/api/v1`. */
  readonly basePath: string;
  /** Whether a request asks to move money. */
  isPayout(head: Head): boolean;
  /** Called when the head of a request has arrived, before its body. Rate limits count the request now. */
  arrive(head: Head): Arrival;
  /** Reads a request that `arrive` accepted, when its body has arrived. Changes nothing yet. */
  read(head: Head, text: string): ServiceCall;
  expireTokens(): void;
  /** The answer of this provider to a request that breaks a rate limit. */
  throttled(head: Head): Answer;
  /** Accepted credentials, under the names of an account's `credentials:`. */
  credentials(): Readonly<Record<string, string>>;
  entries(): readonly BookEntry[];
  windows(): readonly WindowStats[];
  close(): void;
}

export interface Head {
  readonly method: string;
  /** The path behind the base path, without slashes at its ends. */
  readonly route: string;
  /** Exact text of the request line: path and query. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly ip: string;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface ServiceCall {
  /** The payer's reference in the body, for scripted faults; empty when there is none. */
  readonly reference: string;
  /**
   * Serves the request. Providers that report later continue through their {@link SimulatorRuntime}.
   *
   * @param callbackFault the fault of this payout's callbacks.
   */
  serve(callbackFault?: CallbackFault): Answer;
}

export interface Arrival {
  /** Set when the request is refused before it is read. */
  readonly refusal: Answer | null;
  /** Headers that every answer to this request gets. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The value of a header; the first one of several. */
export function headerOf(head: Head, name: string): string | undefined {
  const value = head.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The token of an `Authorization: Bearer` header; null without one. */
export function bearerToken(head: Head): string | null {
  return /^Bearer (\S+)$/.exec(headerOf(head, 'authorization') ?? '')?.[1] ?? null;
}

/** Index of a pair of credentials; 0 for any pair where all are accepted, -1 for a pair that is not accepted. */
export function credentialIndex({ credentials }: ServiceOptions, key: string, secret: string): number {
  return credentials?.findIndex((pair) => pair.key === key && pair.secret === secret) ?? 0;
}
