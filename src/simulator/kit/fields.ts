/** A field of a request body. A number keeps its exact text: an amount is never a float here. */
export type BodyField = { readonly kind: 'text' | 'number'; readonly text: string } | { readonly kind: 'other' };

export type BodyFields = ReadonlyMap<string, BodyField>;

export interface Body {
  readonly encoding: 'json' | 'form';
  readonly fields: BodyFields;
}

/** Reads a flat JSON object or a form, by the content type. Null for any other body. An empty body has no fields. */
export function readBody(contentType: string | undefined, text: string): Body | null {
  if (contentType?.startsWith('application/x-www-form-urlencoded') === true) return readForm(text);
  if (text.trim() === '') return { encoding: 'json', fields: new Map() };
  return readJson(text);
}

/** Text of a field; null for a missing field and for a field that is not a text. */
export function textField(fields: BodyFields, name: string): string | null {
  const field = fields.get(name);
  return field?.kind === 'text' ? field.text : null;
}

/** Exact text of a number: a JSON number in JSON, any field in a form. */
export function numberField(body: Body, name: string): string | null {
  const field = body.fields.get(name);
  return field?.kind === (body.encoding === 'json' ? 'number' : 'text') ? field.text : null;
}

function readForm(text: string): Body {
  const fields = new Map<string, BodyField>();
  for (const [name, value] of new URLSearchParams(text)) fields.set(name, { kind: 'text', text: value });
  return { encoding: 'form', fields };
}

/** Rules of a request in the order in which they are checked, each with what is wrong when it does not hold. */
export type RequestChecks = readonly (readonly [holds: boolean, problem: string])[];

/** What is wrong with a request: the problem of the first rule that does not hold; null when all hold. */
export function firstProblem(checks: RequestChecks): string | null {
  return checks.find(([holds]) => !holds)?.[1] ?? null;
}

/** The third argument of a reviver is missing in the type declarations. */
type FieldsSourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Parses JSON with every number replaced by `numberOf` of its exact text. Throws as `JSON.parse` does. */
export function parseExactJson(text: string, numberOf: (text: string) => unknown): unknown {
  const reviver: FieldsSourceReviver = (_key, value, { source = '' }) =>
    typeof value === 'number' ? numberOf(source) : value;
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

function readJson(text: string): Body | null {
  let value: unknown;
  try {
    value = parseExactJson(text, (number) => ({ number }));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const fields = new Map<string, BodyField>();
  for (const [name, member] of Object.entries(value)) fields.set(name, fieldOf(member));
  return { encoding: 'json', fields };
}

function fieldOf(value: unknown): BodyField {
  if (typeof value === 'string') return { kind: 'text', text: value };
  // Numbers were replaced by such an object. No provider has a field with an object of this form.
  if (typeof value === 'object' && value !== null && 'number' in value && typeof value.number === 'string') {
    return { kind: 'number', text: value.number };
  }
  return { kind: 'other' };
}
