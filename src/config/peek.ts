import { findConfig } from './find.ts';
import { placesOf, TIMEZONE, type Places } from './places.ts';

/** What a sweep needs to find out that there is nothing to do. */
export interface PeekedConfig extends Places {
  readonly file: string;
  readonly folder: string;
  /** sha256 of the file's bytes, hexadecimal. */
  readonly digest: string;
  readonly timezone: string;
  /** Whether files may be moved when they are paid. */
  readonly mayMovePaid: boolean;
  /** Whether a series may be due. */
  readonly hasSeries: boolean;
}

/**
 * The places of a configuration without the YAML parser, whose loading would add some 25 ms to a sweep that finds nothing to do.
 * Null where the file is not so plain that each line can be read by itself. Nothing is checked: peeking serves only where
 * {@link PeekedConfig.digest} was accepted in full before. For a file that `loadConfig` accepts, the result is what `loadConfig`
 * would return. Throws as `loadConfig` when there is no file.
 */
export function peekConfig(options: { file: string | null; from: string }): Promise<PeekedConfig | null> {
  return Promise.resolve(options).then((where) => {
    const { file, folder, bytes, digest } = findConfig(where);
    const found = plainValues(bytes.toString('utf8'));
    return found === null
      ? null
      : {
          file,
          folder,
          digest,
          mayMovePaid: found.mayMovePaid,
          hasSeries: found.hasSeries,
          timezone: found.timezone ?? TIMEZONE,
          ...placesOf(folder, found),
        };
  });
}

const KEYS: ReadonlySet<string> = new Set([
  ...['organisation', 'ledger', 'batches', 'reports', 'timezone'],
  ...['duplicate_window', 'open_warning_after', 'after_paid', 'callbacks', 'status', 'accounts', 'defaults'],
  'series',
]);

/** A value that YAML reads as itself whatever stands around it: no quote, bracket, comment, or colon before a space. */
const PLAIN = /^[A-Za-z0-9_./][A-Za-z0-9_./:+-]*(?<!:)$/;

interface PlainValues {
  readonly ledger: string | null;
  readonly batches: string | null;
  readonly reports: string | null;
  readonly timezone: string | null;
  readonly mayMovePaid: boolean;
  readonly hasSeries: boolean;
}

/**
 * Top-level keys begin in the first column and only there, provided that nothing opened on an earlier line is still open. YAML
 * wants whatever is inside a quote, bracket or block to be indented, so an indented line can be passed over; one that leaves a
 * quote or bracket open, and anything else unusual, gives the file up.
 */
function plainValues(text: string): PlainValues | null {
  let mayMovePaid = false;
  const found = new Map<string, string>();
  let last = '';
  for (const whole of text.split(/\r?\n/)) {
    // A lone carriage return is a line break to YAML, and a tab is whatever its reader makes of it.
    if (/[\p{Cc}\uFEFF]/u.test(whole)) return null;
    const line = withoutComment(whole);
    if (line === '') continue;
    mayMovePaid ||= line.includes('after_paid');
    if (line.startsWith(' ')) {
      // A plain scalar goes on in deeper lines: `ledger: sqlite:a` and then `  b` is one value.
      if (last !== '' || !closes(line)) return null;
      continue;
    }
    if (line.startsWith('- ') || line === '-') {
      // A list may stand as deep as its key.
      if (last !== '' || !closes(line)) return null;
      continue;
    }
    const parts = /^([a-z_]+):(?: +(.*))?$/.exec(line);
    const key = parts?.[1] ?? '';
    const value = parts?.[2] ?? '';
    if (!KEYS.has(key) || found.has(key) || (value !== '' && !PLAIN.test(value))) return null;
    found.set(key, value);
    last = value;
  }
  const values = {
    ledger: get(found, 'ledger'),
    batches: get(found, 'batches'),
    reports: get(found, 'reports'),
    timezone: get(found, 'timezone'),
  };
  const empty = values.ledger === '' || values.batches === '' || values.reports === '' || values.timezone === '';
  return empty || values.ledger?.startsWith('sqlite:') === false
    ? null
    : { ...values, mayMovePaid, hasSeries: found.has('series') };
}

function get(found: ReadonlyMap<string, string>, key: string): string | null {
  return found.get(key) ?? null;
}

/** A `#` after a space begins a comment, unless a quote before it is open. */
function withoutComment(line: string): string {
  for (const { index } of line.matchAll(/(?:^|\s)#/g)) {
    if (inPairs(line.slice(0, index))) return line.slice(0, index).trimEnd();
  }
  return line.trimEnd();
}

/** Whether a line leaves nothing open for the next: as many brackets closed as opened, quotes in pairs, no block of text. */
function closes(line: string): boolean {
  const count = (pattern: RegExp): number => line.match(pattern)?.length ?? 0;
  const blockOfText = /[:-] +[|>][-+0-9]*$/.test(line);
  return inPairs(line) && count(/[{[]/g) === count(/[}\]]/g) && !blockOfText;
}

function inPairs(text: string): boolean {
  return text.split('"').length % 2 === 1 && text.split("'").length % 2 === 1;
}
