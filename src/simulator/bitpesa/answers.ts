import { bodiless, json, type Answer } from '../kit/answer.ts';
import type { BitpesaErrors, JsonFields } from './json.ts';
import type { CallbackFault } from '../kit/faults.ts';

/** A request that was let in. */
export interface SimulatedBitpesaRequest {
  readonly payer: string;
  /** The id in the path; empty where it has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** Null when there is no JSON object in it. */
  readonly body: JsonFields | null;
  readonly callbackFault: CallbackFault | undefined;
}

export type BitpesaRoute = (request: SimulatedBitpesaRequest) => Answer;

/** By method and shape of the path: `GET v1/transactions/:id`. */
export type BitpesaRoutes = readonly (readonly [shape: string, route: BitpesaRoute])[];

/** Second words of a path that are no id. */
const SIMULATED_BITPESA_WORDS = new Set(['validate', 'calculate', 'create_and_fund', 'debits', 'events', 'currencies']);

export function routeShapeOf(route: string): { readonly shape: string; readonly id: string } {
  const segments = route.split('/');
  const third = segments[2];
  if (third === undefined || SIMULATED_BITPESA_WORDS.has(third)) return { shape: route, id: '' };
  return { shape: [...segments.slice(0, 2), ':id', ...segments.slice(3)].join('/'), id: third };
}

export function object(status: number, items: unknown, meta: Record<string, unknown> = {}): Answer {
  return json(status, { object: items, meta });
}

/** The answer to invalid data: the resource with its errors. */
export function unprocessable(fields: JsonFields, errors: BitpesaErrors, meta: Record<string, unknown> = {}): Answer {
  return json(422, { object: { ...fields, errors }, meta });
}

export function badRequest(): Answer {
  return json(400, { status: 400, error: 'Bad Request' });
}

/** Answers with 401, 404, 429 and 500 have no body. */
export function simulatedBitpesaNotFound(): Answer {
  return bodiless(404);
}

/** One page of a list, newest first; ten a page unless `per` says otherwise. */
export function simulatedBitpesaPage<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  toJson: (one: Item) => unknown,
): Answer {
  const per = wholeOf(query.get('per'), 10);
  const current = wholeOf(query.get('page'), 1);
  const pages = Math.max(1, Math.ceil(items.length / per));
  const pagination = {
    current_page: current,
    next_page: current < pages ? current + 1 : null,
    prev_page: current > 1 ? current - 1 : null,
    total_pages: pages,
    total_count: items.length,
  };
  return object(200, items.slice((current - 1) * per, current * per).map(toJson), { pagination });
}

function wholeOf(text: string | null, usual: number): number {
  return text !== null && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : usual;
}
