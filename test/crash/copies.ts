import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { drop, type BatchFile } from './files.ts';

/** Copies and renames batch files between the lives of the processes that pay them, as people do. */
export class Copies {
  private readonly folder: string;
  private readonly enabled: boolean;
  private readonly random: () => number;
  /** Every file that holds the payments of a generated batch, by that batch; the original is the first. */
  private readonly groups = new Map<string, BatchFile[]>();
  /** Originals that lie under another name now. */
  private readonly moved = new Map<string, string>();

  constructor(folder: string, enabled: boolean, random: () => number) {
    this.folder = folder;
    this.enabled = enabled;
    this.random = random;
  }

  /** Does one of: nothing, a copy, a rename, a rename back. */
  async stir(files: readonly BatchFile[]): Promise<void> {
    for (const file of files) if (!this.groups.has(file.batch)) this.groups.set(file.batch, [file]);
    const file = files[Math.floor(this.random() * files.length)];
    if (!this.enabled || file === undefined) return;
    const choice = this.random();
    const away = this.moved.get(file.file);
    if (away !== undefined) await this.bringBack(file.file, away);
    else if (choice < 0.35) await this.copy(file);
    else if (choice < 0.6) await this.rename(file);
  }

  /** Every original is back under its name, and its copies stay where they are. */
  async restore(): Promise<void> {
    for (const [file, away] of this.moved) await this.bringBack(file, away);
  }

  /** Batch files as arguments, in the order that a sweep would not take. */
  namesBackwards(): string[] {
    const away = (file: string): string => this.moved.get(file) ?? file;
    const names = [...this.groups.values()].flat().map(({ file }) => join('batches', away(file)));
    return [...new Set(names)].sort().reverse();
  }

  /** Of the files with the same payments, the one that was registered: all others must have been refused. */
  registered(file: BatchFile, stdout: string): BatchFile {
    const states = statesIn(stdout);
    const group = this.groups.get(file.batch) ?? [file];
    return group.find(({ batch }) => states.get(batch)?.refused === false) ?? file;
  }

  check(stdout: string): string[] {
    const states = statesIn(stdout);
    const problems: string[] = [];
    for (const [original, group] of this.groups) {
      const names = [...new Set(group.map(({ batch }) => batch))];
      const taken = names.filter((name) => states.get(name)?.refused === false);
      if (taken.length !== 1) problems.push(`of ${names.join(', ')} these were taken: ${taken.join(', ') || 'none'}`);
      for (const name of names) {
        const state = states.get(name);
        if (state === undefined) problems.push(`${name} (copy of ${original}) was not looked at`);
        else if (state.refused && !state.codes.some((code) => /copy|duplicate/.test(code))) {
          problems.push(`${name} (copy of ${original}) was refused for ${state.codes.join(', ')}`);
        }
      }
    }
    if (this.enabled && [...this.groups.values()].every((group) => group.length === 1))
      problems.push('nothing was copied');
    return problems;
  }

  private async bringBack(file: string, away: string): Promise<void> {
    this.moved.delete(file);
    // Its new name may have been registered meanwhile, so the file stays there too.
    await drop(this.folder, file, await readFile(join(this.folder, away), 'utf8'));
  }

  private async rename(original: BatchFile): Promise<void> {
    const name = this.newName(original.batch);
    const away = name + extensionOf(original.file);
    await rename(join(this.folder, original.file), join(this.folder, away));
    this.moved.set(original.file, away);
    // A YAML batch keeps its id wherever it lies; a CSV batch is called as its file.
    const batch = original.file.endsWith('.csv') ? name : original.batch;
    this.groups.get(original.batch)?.push({ ...original, file: away, batch });
  }

  private async copy(original: BatchFile): Promise<void> {
    const name = this.newName(original.batch);
    const file = name + extensionOf(original.file);
    const text = await readFile(join(this.folder, original.file), 'utf8');
    if (original.file.endsWith('.yaml')) {
      await drop(this.folder, file, text.replace(/^batch: .*$/m, `batch: ${name}`));
      this.groups.get(original.batch)?.push({ ...original, file, batch: name });
      return;
    }
    // Other bytes, another order: still the same payments.
    const [header = '', ...lines] = text.trimEnd().split('\n');
    await drop(this.folder, file, [header, ...lines.reverse()].join('\r\n'));
    const lastLine = original.rows.length + 1;
    const rows = original.rows.map((row, index) => ({ ...row, line: lastLine - index }));
    this.groups.get(original.batch)?.push({ file, batch: name, rows });
  }

  /** Before or behind the original in the order of a sweep. */
  private newName(batch: string): string {
    const number = this.groups.get(batch)?.length ?? 0;
    return `${this.random() < 0.5 ? 'a' : 'z'}-again-${number}-${batch}`;
  }
}

interface State {
  readonly refused: boolean;
  readonly codes: readonly string[];
}

/** By batch, from the document that `run --json` prints. */
function statesIn(stdout: string): Map<string, State> {
  const document = JSON.parse(stdout) as {
    batches: { batch: string; refused: boolean; issues: { severity: string; code: string }[] }[];
  };
  return new Map(
    document.batches.map(({ batch, refused, issues }) => {
      const codes = issues.filter(({ severity }) => severity === 'error').map(({ code }) => code);
      return [batch, { refused, codes }];
    }),
  );
}

function extensionOf(file: string): string {
  return file.slice(file.lastIndexOf('.'));
}
