/** Why a message cannot be read any further. */
export class PainFault extends Error {
  override readonly name = 'PainFault';
  /** Physical line; 0 for the file as a whole. */
  readonly line: number;
  readonly code: string;

  constructor(line: number, code: string, message: string) {
    super(message);
    this.line = line;
    this.code = code;
  }
}
