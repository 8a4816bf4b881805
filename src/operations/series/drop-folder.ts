import { realpath } from 'node:fs/promises';

/** Whether one of the folders of a sweep is the drop folder: its sweep pays the series. */
export async function isDropFolder(batches: string, named: readonly string[]): Promise<boolean> {
  const drop = await realpath(batches).catch(() => null);
  for (const path of named) if (drop !== null && (await realpath(path).catch(() => null)) === drop) return true;
  return false;
}
