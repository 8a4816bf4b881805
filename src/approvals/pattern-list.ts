/** Whether a text fits a list of patterns as OpenSSH reads them: commas between, `*` and `?`, and `!` before what must not fit. */
export function fitsPatternList(list: string, text: string): boolean {
  let fits = false;
  for (const pattern of list.split(',')) {
    const isNegated = pattern.startsWith('!');
    if (!fitsPattern(isNegated ? pattern.slice(1) : pattern, text)) continue;
    if (isNegated) return false;
    fits = true;
  }
  return fits;
}

/** Whether a pattern of a list may stand for more than one name. */
export function isPattern(text: string): boolean {
  return /[*?]/.test(text) || text.startsWith('!');
}

function fitsPattern(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
