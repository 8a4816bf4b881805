/** What field 86 says of the entry before it. */
export interface Mt940Note {
  readonly endToEndId: string;
  /** Other ids that the payer has given. */
  readonly ids: readonly string[];
  readonly text: string;
  readonly name: string;
  readonly kind: string;
  /** The bank marks the entry as a return. */
  readonly isReturn: boolean;
}

const NO_NOTE: Mt940Note = { endToEndId: '', ids: [], text: '', name: '', kind: '', isReturn: false };

/** A line of this length was filled, so that a word may go on behind it. */
const FULL_LINE = 65;

/** Ids and notes inside of the text that German banks spread over subfields. */
const SEPA_WORD = /(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT)\+/;
/** Codes between slashes: those of the SEPA recommendation, and of the banks that follow it. */
const SLASH_WORD =
  /\/(EREF|PREF|KREF|IREF|MARF|CSID|REMI|NAME|BENM|ORDP|CNTP|IBAN|BIC|TRTP|RTRN|ADDR|EXCH|PURP|ULTC|ULTD|ISDT|TRCD|ID|RREF|BREF|TREF|OCMT|CHGS)\//;

/** German banks' codes of a credit transfer that came back. */
const RETURN_CODES = ['108', '109', '159'];

/** Reads field 86: subfields (`?20…`), codes between slashes (`/EREF/…`), or a plain note. */
export function mt940Note(lines: readonly string[]): Mt940Note {
  const [first = ''] = lines;
  const code = /^(\d{3})(\D)(?=\d\d)/.exec(first);
  if (code !== null) return subfieldNote(lines.join('').slice(4), code[1] ?? '', code[2] ?? '?');
  const joined = lines.join('');
  if (SLASH_WORD.test(joined)) return slashNote(joined);
  const text = lines.reduce((note, line, at) => {
    const isContinued = (lines[at - 1] ?? '').length >= FULL_LINE;
    return note === '' || isContinued ? note + line : `${note} ${line}`;
  }, '');
  return { ...NO_NOTE, text: text.trim() };
}

function subfieldNote(text: string, code: string, separator: string): Mt940Note {
  let note = '';
  let name = '';
  let kind = '';
  for (const part of text.split(separator)) {
    const number = Number(part.slice(0, 2));
    const value = part.slice(2);
    // A subfield ends where its characters do, in the middle of a word.
    if ((number >= 20 && number <= 29) || (number >= 60 && number <= 63)) note += value;
    else if (number === 32 || number === 33) name += value;
    else if (number === 0) kind = value;
  }
  const found = wordsBetween(note, SEPA_WORD);
  const isReturn = RETURN_CODES.includes(code);
  const ids = [found.get('KREF') ?? ''];
  return {
    ...{ endToEndId: found.get('EREF') ?? '', ids, name, kind, isReturn },
    text: [found.get('') ?? '', found.get('SVWZ') ?? ''].join(' ').trim(),
  };
}

function slashNote(text: string): Mt940Note {
  const found = wordsBetween(text, SLASH_WORD);
  const ids = ['PREF', 'KREF', 'IREF'].map((word) => found.get(word) ?? '');
  const name = found.get('NAME') ?? found.get('BENM') ?? found.get('CNTP') ?? found.get('ORDP') ?? '';
  return {
    ...{ endToEndId: found.get('EREF') ?? '', ids, name, kind: found.get('TRTP') ?? '' },
    text: [found.get('') ?? '', found.get('REMI') ?? ''].join(' ').trim(),
    isReturn: found.has('RTRN'),
  };
}

/** What stands behind each word, up to the next one; under '' what stands before the first. Of one that is repeated, all. */
function wordsBetween(text: string, word: RegExp): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const parts = text.split(new RegExp(word.source));
  for (let at = 0; at < parts.length; at += 2) {
    const key = at === 0 ? '' : (parts[at - 1] ?? '');
    const value = (parts[at] ?? '').trim().replace(/\/+$/, '').trim();
    const before = found.get(key);
    found.set(key, before === undefined ? value : `${before} ${value}`);
  }
  return found;
}
