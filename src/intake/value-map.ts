import type { FieldValues } from '../domain/csv-defaults.ts';
import { foldHeader } from './fields.ts';
import { mostAlike } from '../documents/similar.ts';

/** So many entries are named by a message. */
const ENTRIES_NAMED = 3;

/** What stands in the cells of one field, and the value that each stands for. */
export class ValueMap {
  private readonly names: readonly string[];
  private readonly values = new Map<string, string>();

  constructor(values: Readonly<Record<string, string>>) {
    this.names = Object.keys(values);
    for (const [name, value] of Object.entries(values)) this.values.set(foldHeader(name), value.trim());
  }

  /** The value of a cell; undefined where the map has no entry for it. Case, and spaces around and in a row, do not count. */
  get(cell: string): string | undefined {
    return this.values.get(cell) ?? this.values.get(foldHeader(cell));
  }

  /** For the end of a message about a cell that the map does not have. */
  advice(cell: string): string {
    const near = mostAlike(cell, this.names, ENTRIES_NAMED);
    if (near.length > 0)
      return ` \`values:\` has ${near.map(quotedEntry).join(', ')}: add this one, or correct the cell.`;
    const some = this.names.slice(0, ENTRIES_NAMED).map(quotedEntry).join(', ');
    const more = this.names.length > ENTRIES_NAMED ? ` and ${this.names.length - ENTRIES_NAMED} more` : '';
    return ` \`values:\` has ${some}${more}: add this one, or correct the cell.`;
  }
}

/** The maps of a rule or a batch, by field. */
export type ValueMaps = ReadonlyMap<string, ValueMap>;

export function valueMaps(values: FieldValues): ValueMaps {
  return new Map(Object.entries(values).map(([field, entries]) => [foldHeader(field), new ValueMap(entries)]));
}

function quotedEntry(name: string): string {
  return `"${name}"`;
}
