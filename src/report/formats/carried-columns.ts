import type { BatchHeader } from '../../domain/batch.ts';

/** An input column that a file of payments has beside its own columns. */
export interface CarriedColumn {
  /** Unlike every other column of the file, capitals or not. */
  readonly name: string;
  /** In the cells of a payment. */
  readonly position: number;
  /** Whether its texts come back from a spreadsheet to a letter. */
  readonly isText: boolean;
}

/** The input columns that none of the file's own columns says already. @param ours names of its own columns. */
export function carriedColumns(header: BatchHeader, ours: readonly string[]): readonly CarriedColumn[] {
  const { columns, columnFields } = header;
  const changed = fieldsReadOtherwise(header);
  const carried = columns.flatMap((name, position) => {
    const field = columnFields[position] ?? '';
    return isCarried(field) || changed.has(field) ? [{ name, position }] : [];
  });
  const names = carriedNames(
    carried.map(({ name }) => name),
    ours,
  );
  return carried.map(({ position }, at) => {
    return { name: names[at] ?? '', position, isText: !['', 'amount'].includes(columnFields[position] ?? '') };
  });
}

/** Fields of which the input says something else than our column: cells that stood for other values, and rounded amounts. */
function fieldsReadOtherwise({ reading, rounded }: BatchHeader): ReadonlySet<string> {
  return new Set([
    ...Object.keys(reading?.values ?? {}).map((field) => field.toLowerCase()),
    ...(rounded === undefined ? [] : ['amount']),
  ]);
}

/** What was read into a field of ours stands in our column of it; for these there is none. */
function isCarried(field: string): boolean {
  return field === '' || field === 'narrative' || field === 'replaces' || field.startsWith('details.');
}

/**
 * An input column with a name of ours becomes `input.<name>`, and once more where the input has that one too. Headers are
 * case-blind to intake, so they are here: a report has no two columns that differ by capitals only.
 */
function carriedNames(names: readonly string[], columns: readonly string[]): readonly string[] {
  const fold = (name: string): string => name.trim().toLowerCase();
  const ours = new Set(columns);
  const taken = new Set([...columns, ...names.map(fold).filter((name) => !ours.has(name))]);
  const given = new Set<string>();
  return names.map((name) => {
    let free = name;
    if (ours.has(fold(name)) || given.has(fold(name))) {
      do free = `input.${free}`;
      while (taken.has(fold(free)) || given.has(fold(free)));
    }
    given.add(fold(free));
    return free;
  });
}
