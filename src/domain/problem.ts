/** One thing wrong (`error`, refuses the batch) or worth knowing (`warning`) about a file. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Path as the user named it. */
  readonly file: string;
  /** Physical line from 1 where the record or scalar starts; 0 when the problem is of the file as a whole. */
  readonly line: number;
  /** The header's or key's name as it stands in the file; empty when there is none. */
  readonly column: string;
  /** Our word for the field (`amount`, `bank.code`); empty when there is none. */
  readonly field: string;
  /** Stable, lower case, hyphens: `amount-thousands-separator`. */
  readonly code: string;
  /** What is wrong and what to do; shows the shape of a value, never a whole account number or a secret. */
  readonly message: string;
  /** Of a problem of one row: the parts of the message, for a screen that shows many such rows together. */
  readonly row?: ProblemRow;
  /** Of the problem that stands for those which are not listed: how many of each kind there are. */
  readonly unlisted?: readonly UnlistedProblems[];
}

export interface ProblemRow {
  /** `line 14`, or the cell as a spreadsheet names it: `Sheet1!D14`. */
  readonly where: string;
  /** `EMP-0041 Jane Wanjiku`; empty where the row does not say who is paid. */
  readonly person: string;
  /** The value of the cell, masked; empty where there is none, or where the person shows it. */
  readonly value: string;
  /** The message without the three: the same in all rows with one fault. */
  readonly text: string;
}

export interface UnlistedProblems extends Pick<Problem, 'severity' | 'column' | 'code'> {
  readonly count: number;
}

/** A failure that is not a bug: an exit code and a message for the user, and never a stack trace. */
export class PayrunError extends Error {
  override readonly name = 'PayrunError';
  readonly exit: 2 | 3 | 5 | 6;
  readonly code: string;

  constructor(exit: 2 | 3 | 5 | 6, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
    this.code = code;
  }
}

export function isPayrunError(error: unknown): error is PayrunError {
  return error instanceof PayrunError;
}
