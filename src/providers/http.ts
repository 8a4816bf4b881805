/**
 * One HTTP request to a provider and what can be known of it. The distinction that money hangs on: `not-sent` only where no
 * byte of the request can have reached anybody; everything else without a whole answer is `lost`.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Exact text of the body; absent for none. */
  readonly body?: string;
  /** From the first byte out to the last byte in. */
  readonly timeoutMs: number;
}

export type HttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly body: string }
  /** DNS, connect refused, TLS: nothing left. */
  | { readonly kind: 'not-sent'; readonly code: string; readonly reason: string }
  /** Time-out, reset, an answer cut short or too large: the request may have been processed. */
  | { readonly kind: 'lost'; readonly code: string; readonly reason: string };
