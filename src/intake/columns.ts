import { didYouMean } from '../documents/nearest.ts';
import { DESTINATION_KINDS } from '../domain/destination.ts';
import { proposedColumns } from './column-advice.ts';
import { DESTINATION_FIELDS, FIELDS, foldHeader, isField } from './fields.ts';
import type { PlaceColumn, ProblemList, ProblemPlace } from './problem-list.ts';
import { headerShown, maskNumbers, quotable } from './shape.ts';

/** What is read from which column. */
export interface Columns {
  /** The header's cells as they came. */
  readonly headers: readonly string[];
  /** For each header the field that is read from it, or '' when it is only carried. */
  readonly fields: readonly string[];
  /** What no row can have (`id`, `amount`, `destination`) and was reported once, for the header. */
  readonly missing: ReadonlySet<string>;
}

/** Our field → the file's header, with the place where a person wrote that. */
export interface Mapping {
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Set where the mapping is that of the batch which the file corrects: a correction may pay to another kind of destination. A header of
   * the mapping that the file lacks then gives way to our own name of the field, and a destination to another one.
   */
  readonly isOfCorrected?: true;
  /** Null for a mapping that stands outside of the batch: a problem with it is then of the header's line. */
  place(field: string): ProblemPlace | null;
}

/** Where the columns stand that make a line a payment; -1 or none where a header lacks them. */
export interface HeaderPositions {
  readonly id: number;
  readonly amount: number;
  readonly destinations: readonly number[];
}

/** Fields that a file need not have where it has another one of them. That it has one is checked with the header. */
const ALTERNATIVES: ReadonlySet<string> = new Set(DESTINATION_KINDS.flatMap((kind) => DESTINATION_FIELDS[kind]));

/** The columns of a payment in a line, if that line were the header. */
export function headerPositions(cells: readonly string[], mapping: Mapping): HeaderPositions {
  const folded = cells.map(foldHeader);
  const headers = new Map(Object.entries(mapping.headers).map(([field, header]) => [foldHeader(field), header]));
  const at = (field: string): number => {
    const position = folded.indexOf(foldHeader(headers.get(field) ?? field));
    return position < 0 && mapping.isOfCorrected === true ? folded.indexOf(field) : position;
  };
  return {
    id: at('id'),
    amount: at('amount'),
    destinations: DESTINATION_KINDS.flatMap((kind) => DESTINATION_FIELDS[kind])
      .map(at)
      .filter((position) => position >= 0),
  };
}

/** Whether a line with these columns can be the header of payments. */
export function isWholeHeader({ id, amount, destinations }: HeaderPositions): boolean {
  return id >= 0 && amount >= 0 && destinations.length > 0;
}

/**
 * Finds our fields in a header. A mapped field is read from its mapped column only: a column that happens to carry our name
 * is then just carried.
 */
export function resolveColumns(
  headers: readonly string[],
  mapping: Mapping,
  headerPlace: (column?: PlaceColumn) => ProblemPlace,
  problems: ProblemList,
): Columns {
  const folded = headers.map(foldHeader);
  const positions = new Map<string, number>();
  folded.forEach((header, index) => {
    const earlier = positions.get(header);
    if (earlier === undefined || header === '') {
      positions.set(header, index);
      return;
    }
    problems.error(
      headerPlace({ position: index, header: maskNumbers(headers[index] ?? '') }),
      'header-repeated',
      `The header "${headerShown(headers[index] ?? '')}" stands twice (columns ${earlier + 1} and ${index + 1}). ` +
        'Rename or remove one of them.',
    );
  });

  const fields = folded.map(() => '');
  const mapped = new Set<string>();
  for (const [name, header] of Object.entries(mapping.headers)) {
    const field = foldHeader(name);
    mapped.add(field);
    const place = mapping.place(name) ?? { ...headerPlace(), field };
    if (!isField(field)) {
      const advice = didYouMean(name, FIELDS);
      problems.error(
        place,
        'columns-unknown-field',
        `\`columns\` maps "${quotable(name)}", which is no field of ours.${advice} The fields are ${FIELDS.join(', ')} and details.<field>.`,
      );
      continue;
    }
    const position = positions.get(foldHeader(header));
    const mayGiveWay = mapping.isOfCorrected === true && (positions.has(field) || ALTERNATIVES.has(field));
    if (position === undefined && mayGiveWay) {
      mapped.delete(field);
    } else if (position === undefined || header.trim() === '') {
      problems.error(
        place,
        'columns-missing-header',
        `\`columns\` reads ${field} from the header "${headerShown(header)}", which the file does not have. ` +
          `Its headers are: ${headers.slice(0, 50).map(headerShown).join(', ')}.`,
      );
    } else if (fields[position] !== '') {
      problems.error(
        place,
        'columns-header-twice',
        `\`columns\` reads both ${fields[position] ?? ''} and ${field} from the header "${headerShown(header)}". Give each its own column.`,
      );
    } else {
      fields[position] = field;
    }
  }
  folded.forEach((header, index) => {
    if (fields[index] === '' && !mapped.has(header) && isField(header) && positions.get(header) === index) {
      fields[index] = header;
    }
  });

  const isRule = mapping.place('id') === null;
  return { headers, fields, missing: missingFields({ fields, mapped, headers, isRule }, headerPlace, problems) };
}

interface FoundFields {
  readonly fields: readonly string[];
  /** Fields for which a mapping names a header. */
  readonly mapped: ReadonlySet<string>;
  readonly headers: readonly string[];
  /** Whether the mapping stands in a rule of the configuration, and not in the batch. */
  readonly isRule: boolean;
}

function missingFields(
  { fields, mapped, headers, isRule }: FoundFields,
  headerPlace: (column?: PlaceColumn) => ProblemPlace,
  problems: ProblemList,
): ReadonlySet<string> {
  const found = new Set(fields);
  const missing = new Set<string>();
  const where = isRule ? 'in the rule of this file (`defaults:` of payrun.yaml)' : 'in the batch';
  const proposal = mapped.size === 0 ? proposedColumns(headers) : null;
  // Said once: the first of up to three messages has the whole line.
  let example = ` The headers are: ${headers.slice(0, 50).map(headerShown).join(', ')}.`;
  if (proposal !== null) example += ` By these that is: ${proposal}. Check it.`;
  const isReport = REPORT_HEADERS.every((header) => headers.some((one) => foldHeader(one) === header));
  if (isReport && mapped.size === 0) {
    problems.error({ ...headerPlace(), field: '' }, 'file-is-report', FILE_IS_REPORT);
    return new Set(['id', 'amount', 'destination']);
  }
  const miss = (name: string, field: string, ours: readonly string[], what: string) => {
    if (ours.some((one) => found.has(one))) return;
    missing.add(name);
    // A mapping that led nowhere was reported where it stands.
    if (ours.some((one) => mapped.has(one))) return;
    problems.error(
      { ...headerPlace(), field },
      'column-missing',
      `There is no column ${what}. Name the column so, or write a line \`columns:\` ${where} that says which column it is.${example}`,
    );
    example = '';
  };
  miss('id', 'id', ['id'], '`id`');
  miss('amount', 'amount', ['amount'], '`amount`');
  miss(
    'destination',
    'mobile',
    DESTINATION_KINDS.flatMap((kind) => DESTINATION_FIELDS[kind]),
    'that says where to pay: mobile, or bank_code and bank_account, or wallet, or paybill and paybill_account, or till',
  );
  return missing;
}

/** By these columns a `report.csv` is known. */
const REPORT_HEADERS = ['id', 'destination', 'amount', 'next_action', 'reference', 'provider_reference'] as const;

const FILE_IS_REPORT =
  'This is a report of payrun, which says what became of a batch, and no batch. To pay what failed, correct and run the file of failed rows beside it ' +
  '(BATCH-failed.csv), or run: payrun retry BATCH';
