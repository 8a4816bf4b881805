import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadConfig, type Config } from '../../src/config/config.ts';
import { isPayrunError } from '../../src/domain/problem.ts';

/** A folder of its own with these files, gone when the test ends. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'payrun-config-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

export async function load(text: string | Uint8Array): Promise<Config> {
  return loadConfig({ file: null, from: await folderWith({ 'payrun.yaml': text }) });
}

/** The message of the refusal, with the folder taken off every line. */
export async function refusal(text: string | Uint8Array): Promise<string> {
  const folder = await folderWith({ 'payrun.yaml': text });
  try {
    await loadConfig({ file: null, from: folder });
  } catch (error) {
    if (!isPayrunError(error)) throw error;
    if (error.exit !== 2) throw new Error(`exit ${error.exit}`, { cause: error });
    return error.message.replaceAll(`${folder}/`, '');
  }
  throw new Error('the configuration was accepted');
}

/** An account that every other part of a configuration can be tried with. */
export const DEMO = `organisation: acme-ke
accounts:
  demo: { provider: sellapay, endpoint: simulator, currency: KES }
`;
