import { PayrunError } from '../domain/problem.ts';
import type { ConfigExamples } from './examples.ts';

interface ConfigProblem {
  readonly line: number;
  readonly message: string;
  /** A place, of which the schema has a right line; or that line itself. */
  readonly example: readonly string[] | string;
}

/** What is wrong with a configuration, all of it, before anybody hears of it. */
export class ConfigProblems {
  private readonly found: ConfigProblem[] = [];
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /**
   * @param line physical line from 1; 0 for the file as a whole.
   * @param example the place whose right line shows what was meant, or that line itself.
   */
  add(line: number, message: string, example: readonly string[] | string = ''): void {
    // Two rules may trip over one slip; saying it once is enough.
    if (!this.found.some((known) => known.line === line && known.message === message))
      this.found.push({ line, message, example });
  }

  hasAny(): boolean {
    return this.found.length > 0;
  }

  /**
   * Throws them: one line per problem, each with file and line, in the order of the file.
   *
   * @param examples null where nothing of the file could be read.
   */
  thrown(examples: ConfigExamples | null): never {
    const lines = this.found
      .sort((a, b) => a.line - b.line)
      .map(({ line, message, example }) => {
        const right = typeof example === 'string' ? example : (examples?.lineFor(example) ?? '');
        const place = `${this.file}${line > 0 ? `:${line}` : ''}`;
        return `${place}: ${message}${right === '' ? '' : ` Example: ${right}`}`;
      });
    const head = lines.length > 1 ? `The configuration has ${lines.length} problems:\n` : '';
    throw new PayrunError(2, 'config-invalid', head + lines.join('\n'));
  }
}
