import { readFile } from 'node:fs/promises';
import { PayrunError } from '../domain/problem.ts';
import type { AccountConfig, SecretSource } from './account.ts';

/** Certificates are the largest secrets there are. */
const SECRET_LENGTH_MAX = 65_536;

/**
 * Reads the secrets of an account: every configured one, and all of `required` must be among them. Throws
 * {@link PayrunError} that names each missing variable or file, and never a value.
 */
export async function resolveCredentials(
  account: AccountConfig,
  required: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of new Set([...required, ...Object.keys(account.credentials)])) {
    const source = account.credentials[name];
    const key = `accounts.${account.name}.credentials.${name}`;
    if (source === undefined) {
      missing.push(`${key} is not configured. Write ${name}: \${NAME} and set the environment variable NAME.`);
      continue;
    }
    const read = await readSecret(source);
    if (read.ok) found[name] = read.value;
    else missing.push(`${key}: ${read.why}`);
  }
  if (missing.length > 0) throw new PayrunError(2, 'credential-missing', missing.join('\n'));
  return found;
}

const TOKEN = /^[A-Za-z0-9_-]{32,256}$/;

/** The account's callback token, or null where it has none. Throws {@link PayrunError} for one that is not there or too short. */
export async function resolveCallbackToken(account: AccountConfig): Promise<string | null> {
  const { callbackToken: source } = account;
  if (source === null) return null;
  const key = `accounts.${account.name}.callback_token`;
  const read = source.kind === 'text' ? ({ ok: true, value: source.text } as const) : await readSecret(source);
  if (!read.ok) throw new PayrunError(2, 'credential-missing', `${key}: ${read.why}`);
  if (TOKEN.test(read.value)) return read.value;
  const message = `${key} must have 32 to 256 letters, digits, hyphens or underscores. Make one with: openssl rand -hex 32`;
  throw new PayrunError(2, 'callback-token-unfit', message);
}

type SecretReading = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly why: string };

async function readSecret(source: SecretSource): Promise<SecretReading> {
  switch (source.kind) {
    case 'environment': {
      const value = process.env[source.name] ?? '';
      return value.trim() === ''
        ? { ok: false, why: `the environment variable ${source.name} is not set, or is empty.` }
        : { ok: true, value };
    }
    case 'file': {
      let text: string;
      try {
        text = await readFile(source.path, 'utf8');
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
        return { ok: false, why: `the file ${source.path} cannot be read (${code}).` };
      }
      if (text.length > SECRET_LENGTH_MAX)
        return { ok: false, why: `the file ${source.path} is too large for a secret.` };
      // Editors and `echo` end a file with a line break that is no part of the secret.
      const value = text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '');
      return value.trim() === '' ? { ok: false, why: `the file ${source.path} is empty.` } : { ok: true, value };
    }
  }
}
