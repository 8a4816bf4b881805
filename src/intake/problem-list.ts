import type { Problem, UnlistedProblems } from '../domain/problem.ts';

/** Where in a file a problem stands, and our word for the field that it is about. */
export interface ProblemPlace {
  readonly file: string;
  /** Physical line from 1; 0 for the file as a whole. */
  readonly line: number;
  readonly column: string;
  readonly field: string;
  /** Name of the cell in a spreadsheet, `Sheet1!D14`, or of the row, `Sheet1, row 14`; the message then begins with it. */
  readonly cell?: string;
  /** Whether the cell was refused already for what it is; what else is wrong with its text is not reported. */
  readonly isReported?: boolean;
}

/** The column that a problem is about: its position among the cells, from 0, and its header as it is shown. */
export interface PlaceColumn {
  readonly position: number;
  readonly header: string;
}

/** What a problem of one row says of the row. */
export interface DescribedRow {
  /** `EMP-0041 Jane Wanjiku`, or empty. */
  readonly person: string;
  /** The value of the cell, masked, or empty. */
  readonly value: string;
}

/**
 * Every problem of a batch is reported at once, but a file with millions of bad cells must not fill the memory: past this many
 * the rest is only counted.
 */
const PROBLEMS_MAX = 100_000;

/** Collects the problems of one batch; a rule that reports one does not stop the others. */
export class ProblemList {
  private readonly problems: Problem[] = [];
  private readonly unlisted = new Map<string, Omit<UnlistedProblems, 'count'> & { count: number }>();
  /** Whether anything was found that refuses the batch. */
  refused = false;

  /** @param row of a problem of one row: who it pays, with which the message begins. Called only for a problem that is listed. */
  error(place: ProblemPlace, code: string, text: string, row?: () => DescribedRow): void {
    this.refused = true;
    this.add({ ...place, severity: 'error', code }, text, row);
  }

  /** As {@link error}. */
  warning(place: ProblemPlace, code: string, text: string, row?: () => DescribedRow): void {
    this.add({ ...place, severity: 'warning', code }, text, row);
  }

  /** In the order of their lines; those of the file as a whole come first. */
  listed(): readonly Problem[] {
    const listed = this.problems.toSorted((a, b) => a.line - b.line);
    const first = listed[0];
    if (this.unlisted.size > 0 && first !== undefined) {
      const unlisted = [...this.unlisted.values()];
      const count = unlisted.reduce((sum, kind) => sum + kind.count, 0);
      const kinds = unlisted.map((kind) => `${kind.count} ${kind.code}`).join(', ');
      listed.push({
        severity: unlisted.some(({ severity }) => severity === 'error') ? 'error' : 'warning',
        file: first.file,
        line: 0,
        column: '',
        field: '',
        code: 'too-many-problems',
        message: `${count} more problems are not listed (${kinds}). Correct those above and check the file again.`,
        unlisted,
      });
    }
    return listed;
  }

  private add(
    { isReported = false, ...place }: ProblemPlace & Pick<Problem, 'severity' | 'code'>,
    text: string,
    describe?: () => DescribedRow,
  ): void {
    if (isReported) return;
    const { severity, file, line, column, field, code, cell } = place;
    if (this.problems.length >= PROBLEMS_MAX) {
      const key = [severity, code, column].join('\n');
      const kind = this.unlisted.get(key);
      if (kind === undefined) this.unlisted.set(key, { severity, code, column, count: 1 });
      else kind.count += 1;
      return;
    }
    const { person = '', value = '' } = describe?.() ?? {};
    const message = [cell ?? '', person, text].filter((part) => part !== '').join(': ');
    const row = describe === undefined ? {} : { row: { where: cell ?? `line ${line}`, person, value, text } };
    this.problems.push({ severity, file, line, column, field, code, message, ...row });
  }
}

/** The place of a problem that is of a file as a whole. */
export function wholeFile(file: string): ProblemPlace {
  return { file, line: 0, column: '', field: '' };
}
