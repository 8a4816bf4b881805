import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AtomicFile, removeFile } from './atomic-file.ts';

/** So many earlier contents of a file are known again as payrun's own. */
const KNOWN_CONTENTS = 8;

/**
 * A file that people correct in place. What payrun wrote itself is replaced by its next report; a file that a person has changed is
 * left alone for ever, and the next report goes beside it: `NAME-2.csv`.
 */
export class EditedFile {
  private readonly folder: string;
  private readonly name: string;

  constructor(folder: string, name: string) {
    this.folder = folder;
    this.name = name;
  }

  /** The name under which the next content is written: the first that holds no person's work. Removes payrun's own later ones. */
  async writableName(): Promise<string> {
    const own = await this.ownContents();
    let writable: string | null = null;
    for (let number = 1; ; number++) {
      const name = number === 1 ? this.name : this.name.replace(/\.csv$/, `-${number}.csv`);
      const digest = await digestOf(join(this.folder, name));
      if (digest === null) return writable ?? name;
      if (!own.includes(digest)) continue;
      if (writable === null) writable = name;
      else await removeFile(join(this.folder, name));
    }
  }

  /** Remembers a content, by its SHA-256, as payrun's own, before it becomes visible. */
  async remember(digest: string): Promise<void> {
    const digests = [digest, ...(await this.ownContents())].slice(0, KNOWN_CONTENTS);
    const file = await AtomicFile.open(this.folder, this.memoryName);
    await file.write(`${digests.join('\n')}\n`);
    await file.commit();
  }

  /** Forgets the contents, when none of them is there any more. */
  async forget(): Promise<void> {
    await removeFile(join(this.folder, this.memoryName));
  }

  private get memoryName(): string {
    return memoryOf(this.name);
  }

  private async ownContents(): Promise<string[]> {
    const text = await readFile(join(this.folder, this.memoryName), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }
}

/**
 * A file of failed rows is run as a batch: from now on it is the person's, who may have to run it again after a kill. No report
 * writes over it or removes it.
 */
export async function adoptFile(file: string): Promise<void> {
  await removeFile(join(dirname(file), memoryOf(basename(file).replace(/-\d+\.csv$/, '.csv'))));
}

function memoryOf(name: string): string {
  return `.${name}.written`;
}

/** Null when there is no such file. */
async function digestOf(path: string): Promise<string | null> {
  try {
    return digestText(await readFile(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function digestText(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
