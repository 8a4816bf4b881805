import { readFileSync } from 'node:fs';

/** Of the installed package; its own package.json is the only place that says it. */
export const VERSION = versionOf(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

function versionOf(text: string): string {
  const read: unknown = JSON.parse(text);
  if (typeof read === 'object' && read !== null && 'version' in read && typeof read.version === 'string') {
    return read.version;
  }
  throw new Error('package.json has no version');
}
