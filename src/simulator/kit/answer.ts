/** The answer of a simulated provider, and how the server delivers it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Exact bytes of the body; empty for none. */
  readonly body: string;
  readonly delivery: AnswerDelivery;
}

export type AnswerDelivery =
  | { readonly kind: 'whole' }
  /** The socket is closed without an answer. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** The answer waits for `done`: a callback that arrives before the answer. */
  | { readonly kind: 'after'; readonly done: Promise<unknown> }
  /** The status and headers, with a body that is not valid JSON. */
  | { readonly kind: 'unreadable' }
  /** `Content-Length` announces the whole body; half of the body is sent, then the socket is closed. */
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

export function delivered(answer: Answer, delivery: AnswerDelivery): Answer {
  return { ...answer, delivery };
}

export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
