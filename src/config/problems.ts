import { PayrunError } from '../domain/problem.ts';

/** What is wrong with a configuration, all of it, before anybody hears of it. */
export class ConfigProblems {
  private readonly found: { readonly line: number; readonly message: string }[] = [];
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** @param line physical line from 1; 0 for the file as a whole. */
  add(line: number, message: string): void {
    // Two rules may trip over one slip; saying it once is enough.
    if (!this.found.some((known) => known.line === line && known.message === message))
      this.found.push({ line, message });
  }

  get any(): boolean {
    return this.found.length > 0;
  }

  /** One line per problem, each with file and line, in the order of the file. */
  throwIfAny(): void {
    if (!this.any) return;
    const lines = this.found
      .sort((a, b) => a.line - b.line)
      .map(({ line, message }) => `${this.file}${line > 0 ? `:${line}` : ''}: ${message}`);
    const head = lines.length > 1 ? `The configuration has ${lines.length} problems:\n` : '';
    throw new PayrunError(2, 'config-invalid', head + lines.join('\n'));
  }
}
