import type { Answer } from './answer.ts';
import type { CallbackFault } from './faults.ts';
import type { BookEntry } from './book.ts';
import type { WindowStats } from './window.ts';

/** One simulated provider, between the wire and its book. Every method is synchronous: what it answers has happened. */
export interface Service {
  /** Where its API begins, behind the origin: `/api/v1`. */
  readonly basePath: string;
  /** Whether a request asks to move money. */
  isPayout(head: Head): boolean;
  /** Called when the head of a request is in, before its body: this is when rate limits count it. */
  arrive(head: Head): Arrival;
  /** Reads a request that `arrive` let pass, once its body is in. Nothing happens yet. */
  read(head: Head, text: string): Call;
  expireTokens(): void;
  /** How this provider turns a request away for haste. */
  throttled(head: Head): Answer;
  /** The credentials that may come in, under the names that an account's `credentials:` has; for rehearsals. */
  credentials(): Readonly<Record<string, string>>;
  entries(): readonly BookEntry[];
  windows(): readonly WindowStats[];
  close(): void;
}

export interface Head {
  readonly method: string;
  /** The path behind the base, without slashes at its ends. */
  readonly route: string;
  /** Exactly what stood in the request line: path and query. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly ip: string;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface Call {
  /** The payer's reference in the body, for scripted faults; empty when there is none. */
  readonly reference: string;
  /**
   * Does what the request asks for, and what was booked when it returns is booked; providers that answer later go on by
   * themselves, in their {@link World}.
   *
   * @param callbackFault what goes wrong with the callbacks of this payout.
   */
  serve(callbackFault?: CallbackFault): Answer;
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
