import type { Columns } from './columns.ts';
import { FIELDS } from './fields.ts';
import type { ProblemList } from './problem-list.ts';
import type { InlineInput } from './outline.ts';
import type { Row } from './row.ts';
import type { PlaceOf } from './schema.ts';
import type { YamlDocument, YamlValue } from '../documents/yaml.ts';

/** Our field → where it stands in an inline payment. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(FIELDS.map((field) => [field, [field]])),
  bank_code: ['bank', 'code'],
  bank_account: ['bank', 'account'],
  paybill: ['paybill', 'code'],
  paybill_account: ['paybill', 'account'],
};

/** Payments in a YAML batch as rows of a table, with the columns that occur in it, in the order in which they first do. */
export function inlineInput(
  payments: YamlValue | undefined,
  document: YamlDocument,
  placeOf: PlaceOf,
  problems: ProblemList,
): InlineInput {
  // Anything else that is no list was refused by the schema.
  if (payments === undefined || payments === '' || (Array.isArray(payments) && payments.length === 0)) {
    problems.error(
      payments === undefined ? { ...placeOf(['payments']), line: 0, column: '' } : placeOf(['payments']),
      'no-payments',
      'There are no payments in this batch. Write them under `payments:`, or name a CSV file with `rows:`.',
    );
  }
  const items = Array.isArray(payments) ? (payments as readonly YamlValue[]) : [];
  const records = items.map(fieldsOf);
  const fields: string[] = [...new Set(records.flatMap((record) => (record === null ? [] : [...record.keys()])))];
  const columns: Columns = { headers: fields, fields, missing: new Set() };
  const paths = new Map<Row, readonly (string | number)[]>();
  records.forEach((record, index) => {
    // What is no payment at all was refused by the schema.
    if (record === null) return;
    const path = ['payments', index] as const;
    paths.set({ line: document.lineAt(path), cells: fields.map((field) => record.get(field) ?? '') }, path);
  });
  return {
    kind: 'inline',
    columns,
    rows: [...paths.keys()],
    count: items.length,
    locate: (row, field) => {
      const base = paths.get(row) ?? [];
      return placeOf(field === '' ? base : [...base, ...(PATHS[field] ?? field.split('.'))]);
    },
  };
}

function fieldsOf(payment: YamlValue): ReadonlyMap<string, string> | null {
  if (typeof payment !== 'object' || Array.isArray(payment)) return null;
  const given = payment as Readonly<Record<string, YamlValue>>;
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(given)) {
    if (typeof value === 'string') {
      fields.set(key, value);
    } else if (key === 'details') {
      for (const [name, detail] of Object.entries(value)) {
        if (typeof detail === 'string') fields.set(`details.${name.toLowerCase()}`, detail);
      }
    } else {
      for (const [field, [outer, inner]] of Object.entries(PATHS)) {
        const part =
          outer === key && inner !== undefined ? (value as Readonly<Record<string, YamlValue>>)[inner] : undefined;
        if (typeof part === 'string') fields.set(field, part);
      }
    }
  }
  return fields;
}
