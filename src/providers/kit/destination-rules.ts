import type { DestinationReading, DestinationRule } from '../../domain/rules.ts';

/** What a rule says of amounts and names, beside the fields of its destination. */
export type PayableRange = Omit<DestinationRule, 'schema' | 'optional' | 'normalise'>;

/** JSON schema (draft 2020-12) of the raw fields of one kind of destination; every field is required but the `optional` ones. */
export function fieldsSchema(
  properties: Readonly<Record<string, unknown>>,
  optional: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

/** @param message what is wrong and what to do; the shape of the value only, never the whole of it. */
export function refusedField(
  field: string,
  code: string,
  message: string,
): Extract<DestinationReading, { readonly ok: false }> {
  return { ok: false, fault: { field, code, message } };
}

/** What a text that should be all digits looks like, for a message that must not repeat it. */
export function digitsShape(text: string): string {
  return /^[0-9]*$/.test(text) ? `${text.length} digits` : 'other characters than digits';
}
