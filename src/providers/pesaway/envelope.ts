import type { HttpAnswer } from '../kit/http.ts';
import { isObject, parseJson, scalarText, type JsonObject } from '../kit/json.ts';

export type WholeAnswer = Extract<HttpAnswer, { kind: 'answer' }>;

/** An answer taken apart; what is missing is empty. */
export interface WireAnswer {
  readonly status: number;
  /** PesaWay's own, `200.001`; '' where the body has none. It counts before the status, which may be 200 for an error [assumed]. */
  readonly code: string;
  /** What went wrong, as the clients look for it: `description`, `message`, `error`; without its full stop. */
  readonly words: string;
  /** Null where the body is no JSON object. */
  readonly body: JsonObject | null;
  /** Text or number under this name at the top, else under `data` [assumed: either]; null for none, and for an empty one. */
  field(name: string): string | null;
  /** As {@link field}, under `data` only. */
  inner(name: string): string | null;
}

export function wireAnswer(answer: WholeAnswer): WireAnswer {
  return { status: answer.status, ...wireObject(parseJson(answer.body)) };
}

export function wireObject(value: unknown): Omit<WireAnswer, 'status'> {
  const body = isObject(value) ? value : null;
  const data = isObject(body?.['data']) ? body['data'] : null;
  const inner = (name: string): string | null => given(data?.[name]);
  return {
    code: given(body?.['code']) ?? '',
    words: (given(body?.['description']) ?? given(body?.['message']) ?? given(body?.['error']) ?? '').replace(
      /\.$/,
      '',
    ),
    body,
    field: (name) => given(body?.[name]) ?? inner(name),
    inner,
  };
}

/** The three digits before the point, as every known code has them; else the status, which speaks where there is no code. */
export function classOf({ code, status }: Pick<WireAnswer, 'code' | 'status'>): number {
  if (code === '') return status;
  const [, digits] = /^(\d{3})\.\d{3}$/.exec(code) ?? [];
  return digits === undefined ? 0 : Number(digits);
}

/** A provider's code as evidence keeps it. */
export function evidenceCode({ code, status }: Pick<WireAnswer, 'code' | 'status'>): string {
  if (code === '') return String(status);
  return /^[!-~]{1,40}$/.test(code) ? code : 'unlisted-code';
}

/** The token is what is wrong: nothing was executed. A status 401 says so beside a code that is not listed, too. */
export function isTokenRefused(wire: Pick<WireAnswer, 'code' | 'status'>): boolean {
  return classOf(wire) === 401 || (wire.status === 401 && !KNOWN_CODES.has(wire.code));
}

const KNOWN_CODES: ReadonlySet<string> = new Set([
  ...['200.001', '400.001', '403.002', '404.000', '455.001'],
  ...['403.033', '429.001', '999.999.999'],
]);

function given(value: unknown): string | null {
  const text = scalarText(value)?.trim() ?? '';
  return text === '' ? null : text;
}
