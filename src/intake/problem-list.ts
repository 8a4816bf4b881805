import type { Problem } from '../domain/problem.ts';

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

/**
 * Every problem of a batch is reported at once, but a file with millions of bad cells must not fill the memory: past this many
 * the rest is only counted.
 */
const PROBLEMS_MAX = 100_000;

/** Collects the problems of one batch; a rule that reports one does not stop the others. */
export class ProblemList {
  private readonly problems: Problem[] = [];
  private unlisted = 0;
  private unlistedErrors = 0;
  /** Whether anything was found that refuses the batch. */
  refused = false;

  error(place: ProblemPlace, code: string, message: string): void {
    this.refused = true;
    this.add('error', place, code, message);
  }

  warning(place: ProblemPlace, code: string, message: string): void {
    this.add('warning', place, code, message);
  }

  /** In the order of their lines; those of the file as a whole come first. */
  listed(): readonly Problem[] {
    const listed = this.problems.toSorted((a, b) => a.line - b.line);
    const first = listed[0];
    if (this.unlisted > 0 && first !== undefined) {
      listed.push({
        severity: this.unlistedErrors > 0 ? 'error' : 'warning',
        file: first.file,
        line: 0,
        column: '',
        field: '',
        code: 'too-many-problems',
        message: `${this.unlisted} more problems are not listed. Correct those above and check the file again.`,
      });
    }
    return listed;
  }

  private add(severity: Problem['severity'], place: ProblemPlace, code: string, message: string): void {
    if (place.isReported === true) return;
    if (this.problems.length < PROBLEMS_MAX) {
      const { file, line, column, field, cell } = place;
      const text = cell === undefined ? message : `${cell}: ${message}`;
      this.problems.push({ severity, file, line, column, field, code, message: text });
      return;
    }
    this.unlisted += 1;
    if (severity === 'error') this.unlistedErrors += 1;
  }
}

/** The place of a problem that is of a file as a whole. */
export function wholeFile(file: string): ProblemPlace {
  return { file, line: 0, column: '', field: '' };
}
