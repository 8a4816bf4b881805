/** What a simulated provider says, and how the wire carries it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Exact bytes of the body; empty for none. */
  readonly body: string;
  readonly delivery: Delivery;
}

export type Delivery =
  | { readonly kind: 'whole' }
  /** The socket is closed and nothing is said. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Once something else is done: a callback that overtakes its answer. */
  | { readonly kind: 'after'; readonly done: Promise<unknown> }
  /** The status and headers, with a body that nobody can read. */
  | { readonly kind: 'unreadable' }
  /** The headers promise the whole body; half of it comes, then the socket is closed. */
  | { readonly kind: 'cut-short' };

export function json(status: number, body: Readonly<Record<string, unknown>>): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    delivery: { kind: 'whole' },
  };
}

export function bodiless(status: number): Answer {
  return { status, headers: {}, body: '', delivery: { kind: 'whole' } };
}

export function delivered(answer: Answer, delivery: Delivery): Answer {
  return { ...answer, delivery };
}

export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
