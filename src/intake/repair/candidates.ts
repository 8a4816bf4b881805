import type { NumberFormat } from '../../domain/csv-defaults.ts';
import { formatMinor } from '../../domain/money.ts';
import { NUMBER_FORMATS, readAmount } from '../amounts.ts';
import { ungarbled } from '../garbled.ts';
import { wholeNumberOf } from '../spreadsheet-numbers.ts';
import { bareAmount } from '../written-amounts.ts';

/** What a cell may have been before it was damaged. Whether it is, the rules of a payment decide. */
export interface CellCandidate {
  readonly after: string;
  readonly why: string;
}

/** Of the payment in whose row the cell stands. */
export interface CandidateContext {
  readonly currency: string;
  readonly decimals: number;
}

/** Numbers whose length shows whether all digits are there, or that no zero begins. An account may have lost zeros as well. */
const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['mobile', 'till', 'paybill']);

const DIGIT_FIELDS: ReadonlySet<string> = new Set(['mobile', 'bank_code', 'bank_account', 'till', 'paybill']);

/** Zeros that a code may have lost. */
const ZEROS_MAX = 4;

/** Characters that cannot be seen, and spaces that are none of the space bar. */
const HIDDEN_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFEFF]/gu;
const ODD_SPACES = /[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g;

/** The candidates for one cell. Several of one kind are alternatives: only one of them may fit. */
export function candidatesOf(
  field: string,
  text: string,
  context: CandidateContext,
): readonly (readonly CellCandidate[])[] {
  const kinds = [hidden(field, text), spaces(field, text), decimal(field, text), scientific(field, text)];
  return [
    ...kinds,
    lostZeros(field, text),
    lookAlikes(field, text),
    grouped(field, text, context),
    encoding(field, text),
  ].filter((candidates) => candidates.length > 0);
}

function one(text: string, after: string, why: string): readonly CellCandidate[] {
  return after === '' || after === text ? [] : [{ after, why }];
}

function hidden(field: string, text: string): readonly CellCandidate[] {
  const after = text.replace(HIDDEN_CHARACTERS, '').replace(ODD_SPACES, ' ').replace(/ +/g, ' ').trim();
  if (DIGIT_FIELDS.has(field) || field === 'amount') return [];
  return one(text, after, 'characters that cannot be seen are taken out');
}

function spaces(field: string, text: string): readonly CellCandidate[] {
  if (!DIGIT_FIELDS.has(field)) return [];
  return one(
    text,
    text.replace(HIDDEN_CHARACTERS, '').replace(/\s/g, ''),
    'spaces and characters that cannot be seen are taken out',
  );
}

function decimal(field: string, text: string): readonly CellCandidate[] {
  const whole = WHOLE_NUMBERS.has(field) ? wholeNumberOf(text) : null;
  return whole === null
    ? []
    : one(text, whole, 'a spreadsheet wrote the number with a decimal point; its digits are complete');
}

/** A number like `2.54711000021E+11`, in which no digit is missing: as many digits stand behind the point as the exponent says. */
function scientific(field: string, text: string): readonly CellCandidate[] {
  const [, first = '', behind = '', exponent = ''] = /^(\d)[.,](\d+)[eE]\+?(\d{1,2})$/.exec(text) ?? [];
  if (!WHOLE_NUMBERS.has(field) || first === '' || behind.length !== Number(exponent)) return [];
  return one(text, first + behind, 'a spreadsheet wrote the number with an exponent; its digits are complete');
}

function lostZeros(field: string, text: string): readonly CellCandidate[] {
  const whole = wholeNumberOf(text);
  const digits = whole ?? text;
  if (field !== 'bank_code' || !/^\d+$/.test(digits)) return [];
  return Array.from({ length: ZEROS_MAX + 1 }, (_, zeros) => ({ zeros, after: '0'.repeat(zeros) + digits }))
    .filter(({ after }) => after !== text)
    .map(({ zeros, after }) => {
      const damage = [
        ...(whole === null ? [] : ['a spreadsheet wrote the code with a decimal point']),
        ...(zeros === 0 ? [] : [zeros === 1 ? 'the code lost its zero' : `the code lost its ${zeros} zeros`]),
      ];
      return { after, why: `${damage.join(', and ')}; compare the account too, it may have lost zeros as well` };
    });
}

/** Letters that are typed, or recognised in a scan, in place of digits. */
function lookAlikes(field: string, text: string): readonly CellCandidate[] {
  if (!DIGIT_FIELDS.has(field) && field !== 'amount') return [];
  const digits = text.replace(/\D/g, '').length;
  const lookingAlike = text.match(/[OoIl|]/g)?.length ?? 0;
  if (lookingAlike === 0 || digits < lookingAlike || !/^[\d\s+().,OoIl|-]+$/.test(text)) return [];
  return one(
    text,
    text.replace(/[Oo]/g, '0').replace(/[Il|]/g, '1'),
    'a letter stands in place of a digit that looks like it',
  );
}

/** Grouped digits that have one meaning only; `1,250` may be read in two ways. */
function grouped(field: string, text: string, { currency, decimals }: CandidateContext): readonly CellCandidate[] {
  if (field !== 'amount') return [];
  const bare = bareAmount(text, currency);
  const isBare = bare !== null && 'text' in bare;
  const body = (isBare ? bare.text : text).replace(ODD_SPACES, ' ').replace(HIDDEN_CHARACTERS, '');
  if (/^\d{1,3}[.,]\d{3}$/.test(body)) return [];
  const written = body.replace(/(\d)['’](?=\d{3})/g, '$1 ');
  const formats: readonly (NumberFormat | null)[] = [null, ...NUMBER_FORMATS];
  const values = new Set(
    // A point behind spaces or apostrophes parts decimals; the comma of the declared format stands for it.
    [written, written.includes(' ') ? written.replace('.', ',') : written].flatMap((spelling) =>
      formats.map((format) => readAmount(spelling, decimals, format)).filter((value) => typeof value === 'bigint'),
    ),
  );
  const [minor] = values;
  if (values.size !== 1 || minor === undefined) return [];
  const after = formatMinor(minor, decimals);
  const whys = [
    ...(isBare ? ['what stands around the amount is taken off'] : []),
    ...(isGrouped(body, after) ? ['the digits are grouped in a way that has one meaning only'] : []),
    ...(/,\d{1,2}$/.test(body) && decimals > 0 ? ['the comma is a decimal comma'] : []),
  ];
  return one(text, after, whys.length === 0 ? 'the amount is written plainly' : whys.join('; '));
}

/** Whether more than the digits of the whole amount stand in front of its decimals: what groups them. */
function isGrouped(body: string, after: string): boolean {
  const whole = after.split('.', 1)[0]?.length ?? 0;
  return /\D/.test(body.trim().slice(0, whole));
}

function encoding(field: string, text: string): readonly CellCandidate[] {
  const after = field === 'name' || field === 'narrative' ? ungarbled(text) : null;
  return after === null ? [] : one(text, after, 'the text was saved in one encoding and read in another');
}
