import { readFile } from 'node:fs/promises';
import { PayrunError } from '../domain/problem.ts';
import type { AccessToken, AccountConfig, SecretSource } from './account.ts';

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

/** The account's callback token, or null where it has none. Throws {@link PayrunError} for one that is not there or too short. */
export function resolveCallbackToken({ name, callbackToken }: AccountConfig): Promise<string | null> {
  return resolveToken(callbackToken, {
    key: `accounts.${name}.callback_token`,
    least: 32,
    code: 'callback-token-unfit',
  });
}

/** The token of `status:`, or null where it has none. Throws {@link PayrunError} as {@link resolveCallbackToken}. */
export function resolveStatusToken(token: AccessToken | null): Promise<string | null> {
  return resolveToken(token, { key: 'status.token', least: 16, code: 'status-token-unfit' });
}

const TOKEN_LENGTH_MAX = 256;

async function resolveToken(
  source: AccessToken | null,
  { key, least, code }: { readonly key: string; readonly least: number; readonly code: string },
): Promise<string | null> {
  if (source === null) return null;
  const read = source.kind === 'text' ? ({ ok: true, value: source.text } as const) : await readSecret(source);
  if (!read.ok) throw new PayrunError(2, 'credential-missing', `${key}: ${read.why}`);
  const { value } = read;
  if (/^[A-Za-z0-9_-]*$/.test(value) && value.length >= least && value.length <= TOKEN_LENGTH_MAX) return value;
  const message =
    `${key} must have ${least} to ${TOKEN_LENGTH_MAX} letters, digits, hyphens or underscores. ` +
    'Make one with: openssl rand -hex 32';
  throw new PayrunError(2, code, message);
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
