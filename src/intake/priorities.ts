import { hash } from 'node:crypto';
import { BatchDigest } from '../domain/batch-digest.ts';
import type { AccountRules } from '../domain/rules.ts';
import type { Row, RowReader } from './row.ts';
import { quotable } from './shape.ts';

/** The priorities of rows; null where no account pays by priority, or no column has any: then a column of that name is only carried. */
export function prioritiesOf(reader: RowReader, rules: ReadonlyMap<string, AccountRules>): Priorities | null {
  const at = reader.position('priority');
  return at < 0 || ![...rules.values()].some(({ paysByPriority }) => paysByPriority)
    ? null
    : new Priorities(reader, at);
}

/** Reads the field `priority`, and digests what the rows of a batch have in it: another order is another plan. */
export class Priorities {
  private readonly reader: RowReader;
  private readonly at: number;
  private readonly all = new BatchDigest();
  private hasAny = false;

  constructor(reader: RowReader, at: number) {
    this.reader = reader;
    this.at = at;
  }

  /** Undefined for a row without one, null where it cannot be read, which was reported. */
  of(row: Row, idKey: string): number | undefined | null {
    const text = this.reader.text(row, this.at);
    if (text === '') return undefined;
    const priority = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (priority === 0) {
      const message = `"${quotable(text)}" is no priority. Write a whole number, 1 for who is paid first, or leave the cell empty.`;
      this.reader.error(row, 'priority', 'priority-invalid', message);
      return null;
    }
    this.hasAny = true;
    this.all.add(hash('sha256', `${idKey}\n${priority}`, 'binary'));
    return priority;
  }

  /** Null where no row has a priority. */
  digest(): string | null {
    return this.hasAny ? this.all.digest() : null;
  }
}
