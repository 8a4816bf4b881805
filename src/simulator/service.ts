import type { Answer } from './answer.ts';
import type { BookEntry } from './book.ts';
import type { WindowStats } from './window.ts';

/** One simulated provider, between the wire and its book. Every method is synchronous: what it answers has happened. */
export interface Service {
  /** Where its API begins, behind the origin: `/api/v1`. */
  readonly basePath: string;
  /** Names of the routes that move money. */
  readonly payoutRoutes: ReadonlySet<string>;
  /** Called when the head of a request is in, before its body: this is when rate limits count it. */
  arrive(head: Head): Arrival;
  /** Reads a request that `arrive` let pass, once its body is in. Nothing happens yet. */
  read(head: Head, text: string): Call;
  expireTokens(): void;
  entries(): readonly BookEntry[];
  windows(): readonly WindowStats[];
  close(): void;
}

export interface Head {
  readonly method: string;
  /** The path behind the base, without slashes at its ends. */
  readonly route: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly ip: string;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface Call {
  /** The payer's reference in the body, for scripted faults; empty when there is none. */
  readonly reference: string;
  /** Does what the request asks for, and what was booked when it returns is booked. */
  serve(): Answer;
}

export interface Arrival {
  /** Set when the request is refused before it is looked at. */
  readonly refusal: Answer | null;
  /** For whatever is answered. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A header that may be given once; the first of several. */
export function headerOf(head: Head, name: string): string | undefined {
  const value = head.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
