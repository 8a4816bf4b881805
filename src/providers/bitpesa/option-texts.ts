/** A mapping of texts as YAML gives it; members that are neither text nor number are not there. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const texts: Record<string, string> = {};
  for (const [name, member] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if (typeof member === 'string' || typeof member === 'number') texts[name] = String(member).trim();
  }
  return texts;
}
