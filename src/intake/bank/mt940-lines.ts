import { BankStatementFault } from './entry.ts';

/** A field of an MT940 message: `:61:…`, with the lines that continue it. */
export interface Mt940Field {
  /** Physical line of its tag, from 1. */
  readonly line: number;
  readonly tag: string;
  readonly lines: string[];
}

const TAG = /^:(\d\d[A-Z]?):(.*)$/s;
/** The end of a message, with or without the block around it. */
const END = /^-\}?\s*(?:\{5:.*)?$/;
/** What stands before the first field of a message in the blocks of SWIFT. */
const BLOCKS = /^(?:\u0001)?\{1:.*?\{4:/s;

/** Splits MT940 text into fields and ends of messages, line by line. */
export class Mt940Lines {
  private readonly take: (field: Mt940Field | 'end') => void;
  private line = 0;
  private rest = '';
  private field: Mt940Field | null = null;

  constructor(take: (field: Mt940Field | 'end') => void) {
    this.take = take;
  }

  write(chunk: string): void {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    if (this.rest.length > LINE_MAX) throw new BankStatementFault(this.line + 1, 'statement-format', NOT_MT940);
    for (const line of lines) this.read(line);
  }

  end(): void {
    if (this.rest !== '') this.read(this.rest);
    this.flush();
  }

  private read(raw: string): void {
    this.line += 1;
    const text = raw.replace(/\r$/, '').replace(BLOCKS, '');
    if (END.test(text)) {
      this.flush();
      this.take('end');
      return;
    }
    const [, tag, value = ''] = TAG.exec(text) ?? [];
    if (tag !== undefined) {
      this.flush();
      this.field = { line: this.line, tag, lines: [value] };
    } else if (this.field !== null) {
      if (text !== '') this.field.lines.push(text);
      if (this.field.lines.length > CONTINUED_MAX)
        throw new BankStatementFault(this.line, 'statement-format', `Field :${this.field.tag}: does not end.`);
    } else if (text.trim() !== '' && !text.startsWith('{')) {
      throw new BankStatementFault(this.line, 'statement-format', NOT_MT940);
    }
  }

  private flush(): void {
    if (this.field !== null) this.take(this.field);
    this.field = null;
  }
}

const LINE_MAX = 64 * 1024;
/** A bank that repeats a long note has some dozens. */
const CONTINUED_MAX = 200;
const NOT_MT940 =
  'This is no MT940: its fields begin with :20:, :25:, :61:. Take the statement from the bank as MT940.';
