import { isObject, type JsonObject } from '../kit/json.ts';

/** Every text of Sellapay's error envelope, most telling first, none twice. */
export function envelopeTexts(body: JsonObject | null): readonly string[] {
  if (body === null) return [];
  const details = isObject(body['details']) ? body['details'] : {};
  const texts = [body['message'], details['reason'], body['error'], details['field']];
  return [...new Set(texts.filter((text): text is string => typeof text === 'string' && text.trim() !== ''))];
}

/** What the envelope says in one phrase: `Invalid phone number format (Phone must start with 7 or 1)`. */
export function envelopeWords(body: JsonObject | null): string {
  const [first = '', ...more] = envelopeTexts(body);
  const reason = isObject(body?.['details']) ? body['details']['reason'] : undefined;
  return typeof reason === 'string' && more.includes(reason) ? `${first} (${reason})` : first;
}
