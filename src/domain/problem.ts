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
