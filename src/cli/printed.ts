import type { Problem } from '../domain/problem.ts';

/** So many files are named that share one fault. */
const FILES_NAMED = 5;

interface PrintedFault {
  readonly code: string;
  /** The file that it was printed of; null: it was found in no file. */
  readonly first: string | null;
  /** The other files that have it. */
  readonly others: string[];
}

/** What one command has told the person: the same thing is told once, however many files, batches and accounts have it. */
export class Printed {
  private readonly problems = new WeakSet<Problem>();
  /** The file of which a problem of a whole file was printed first, by what it says. */
  private readonly firstFiles = new Map<string, string>();
  private readonly texts = new Set<string>();
  /** Faults of an account or the surroundings, by what they say. */
  private readonly faults = new Map<string, PrintedFault>();

  /** Whether the problem is new; it counts as printed from now on. */
  isNewProblem(problem: Problem): boolean {
    const isNew = !this.problems.has(problem);
    this.problems.add(problem);
    return isNew;
  }

  /** The other file of which this problem of a whole file was printed; null: it is new. */
  fileWithSame({ file, code, message, line, severity }: Problem): string | null {
    if (line > 0) return null;
    const key = JSON.stringify([severity, code, message]);
    const first = this.firstFiles.get(key) ?? file;
    this.firstFiles.set(key, first);
    return first === file ? null : first;
  }

  isNewText(text: string): boolean {
    const isNew = !this.texts.has(text);
    this.texts.add(text);
    return isNew;
  }

  /** Whether the fault is new. @param file which has it; null: it was not found in working on a file. */
  isNewFault({ code, message }: { readonly code: string; readonly message: string }, file: string | null): boolean {
    const known = this.faults.get(message);
    if (known === undefined) this.faults.set(message, { code, first: file, others: [] });
    else if (file !== null) known.others.push(file);
    return known === undefined;
  }

  /** The text without a fault that was printed already; empty where it says nothing else. */
  withoutFaults(text: string): string {
    for (const message of this.faults.keys()) if (text.startsWith(message)) return text.slice(message.length).trim();
    return text;
  }

  /** At the end of a command: one line for each fault that several files have. */
  otherFiles(): string[] {
    return [...this.faults.values()].flatMap(({ code, first, others }) => {
      if (others.length === 0) return [];
      const more = others.length > FILES_NAMED ? ` and ${others.length - FILES_NAMED} more` : '';
      const names = others.slice(0, FILES_NAMED).join(', ');
      const what = others.length === 1 ? '1 file was' : `${others.length} files were`;
      const same = first === null ? `for the reason above (${code})` : `for the same reason as ${first} (${code})`;
      return [`payrun: ${what} not worked on ${same}: ${names}${more}`];
    });
  }
}
