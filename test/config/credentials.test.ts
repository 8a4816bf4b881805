import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadConfig, resolveCredentials, type AccountConfig } from '../../src/config/config.ts';
import { folderWith } from './folder.ts';

afterEach(() => vi.unstubAllEnvs());

async function account(credentials: string, files: Readonly<Record<string, string>> = {}): Promise<AccountConfig> {
  const text = `organisation: a
accounts:
  salaries: { provider: sellapay, endpoint: simulator, currency: KES, credentials: ${credentials} }
`;
  const config = await loadConfig({ file: null, from: await folderWith({ ...files, 'payrun.yaml': text }) });
  const found = config.accounts.get('salaries');
  if (found === undefined) throw new Error('no account');
  return found;
}

const REQUIRED = ['api_key', 'api_secret'];

describe('credentials', () => {
  it('come from the environment and from files, without the line break that editors add', async () => {
    vi.stubEnv('PAYRUN_TEST_KEY', 'key-1');
    const from = await account('{ api_key: ${PAYRUN_TEST_KEY}, api_secret: { file: secret } }', {
      secret: ' two words \r\n',
    });
    expect(await resolveCredentials(from, REQUIRED)).toEqual({ api_key: 'key-1', api_secret: ' two words ' });
  });

  it('that are missing are named all at once, with account and variable, and without any value', async () => {
    vi.stubEnv('PAYRUN_TEST_KEY', 'key-1');
    vi.stubEnv('PAYRUN_TEST_EMPTY', '  ');
    const from = await account('{ api_key: ${PAYRUN_TEST_EMPTY}, api_secret: ${PAYRUN_TEST_ABSENT} }');
    const refused = resolveCredentials(from, REQUIRED);
    await expect(refused).rejects.toMatchObject({ exit: 2, code: 'credential-missing' });
    await expect(refused).rejects.toThrow(/accounts\.salaries\.credentials\.api_key: .*PAYRUN_TEST_EMPTY/);
    await expect(refused).rejects.toThrow(/accounts\.salaries\.credentials\.api_secret: .*PAYRUN_TEST_ABSENT/);

    const half = await account('{ api_key: ${PAYRUN_TEST_KEY} }');
    await expect(resolveCredentials(half, REQUIRED)).rejects.toThrow('api_secret is not configured');
    await expect(resolveCredentials(half, REQUIRED)).rejects.not.toThrow('key-1');
  });

  it('name the file that is not there or empty', async () => {
    const from = await account('{ api_key: { file: nowhere }, api_secret: { file: empty } }', { empty: '\n' });
    const source = from.credentials['api_key'];
    if (source?.kind !== 'file') throw new Error('not a file');
    const refused = resolveCredentials(from, REQUIRED);
    await expect(refused).rejects.toThrow(`${source.path} cannot be read (ENOENT)`);
    await expect(refused).rejects.toThrow(`${join(source.path, '../empty')} is empty`);
  });
});
