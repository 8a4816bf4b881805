import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of a batch's reports, created where it is missing; only its owner may open it. */
export async function reportFolder(root: string, batch: string): Promise<string> {
  const folder = reportFolderPath(root, batch);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export function reportFolderPath(root: string, batch: string): string {
  return join(root, folderName(batch));
}

/** A batch id is its own folder name. A refused file may claim any id, and must not decide where payrun writes. */
function folderName(batch: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(batch)) return batch;
  const name = batch.toLowerCase().replace(/[^a-z0-9._]+/g, '-');
  return name.replace(/^[._-]+/, '').slice(0, 64) || 'batch';
}
