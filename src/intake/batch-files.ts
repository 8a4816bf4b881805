import { basename } from 'node:path';

/** Whether a file in the drop folder is a batch, by its name: not what editors and spreadsheets leave beside one. */
export function isBatchFile(name: string): boolean {
  const base = basename(name);
  // Hidden files, office locks (`~$x.csv`, `.~lock.x.csv#`), and our own configuration.
  if (/^[.~#]/.test(base) || /^payrun\.ya?ml$/i.test(base)) return false;
  return /\.(?:ya?ml|csv)$/i.test(base);
}
