import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project, startCli } from './harness.ts';

interface Listed {
  readonly provider: string;
  readonly currency: string;
  readonly code: string;
  readonly name: string;
}

function listed(stdout: string): readonly Listed[] {
  return (JSON.parse(stdout) as { readonly banks: readonly Listed[] }).banks;
}

describe('payrun banks', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open();
  });
  afterEach(() => project.close());

  it('lists the banks of the accounts, with code and name', async () => {
    const ended = await project.run('banks', '--json');
    expect(JSON.parse(ended.stdout)).toMatchObject({ version: 1, exit: 0 });
    expect(listed(ended.stdout)).toContainEqual({
      provider: 'sellapay',
      currency: 'KES',
      code: '015',
      name: 'Equity Bank',
    });
    expect(new Set(listed(ended.stdout).map(({ provider }) => provider))).toEqual(new Set(['sellapay']));
  });

  it.each([
    [['sellapay', 'equity'], '015'],
    [['sellapay', 'EQUITY', 'bank'], '015'],
    [['sellapay', '015'], '015'],
    [['demo', 'Équity'], '015'],
    [['co-operative'], '006'],
    [['pesaway', 'kes', 'co operative'], '11'],
  ])('finds a bank by %j', async (words, code) => {
    const ended = await project.run('banks', ...words, '--json');
    expect([ended.code, listed(ended.stdout).map((bank) => bank.code)]).toEqual([0, [code]]);
  });

  it('prints a table for people', async () => {
    const { stdout } = await project.run('banks', 'sellapay', 'equity');
    expect(stdout).toMatch(/^provider +currency +code +name\nsellapay +KES +015 +Equity Bank\n$/);
  });

  it('lists the codes of a provider that no account is of, by currency', async () => {
    const { stdout } = await project.run('banks', 'bitpesa', 'NGN', '058', '--json');
    expect(listed(stdout)).toMatchObject([{ provider: 'bitpesa', currency: 'NGN', code: '058' }]);
  });

  it('says which providers no list is known of, and what to do when nothing was found', async () => {
    const daraja = await project.run('banks', 'daraja');
    expect([daraja.code, daraja.stdout]).toEqual([0, '']);
    expect(daraja.stderr).toContain('Of daraja no list of banks is known.');
    const nothing = await project.run('banks', 'sellapay', 'zzz');
    expect([nothing.code, nothing.stdout]).toEqual([0, '']);
    expect(nothing.stderr).toContain('No bank was found.');
  });

  it.each(['UGX', 'bwp', 'ZMW', 'XOF', 'XAF'])('says that no list is known of the banks in %s', async (currency) => {
    const ended = await project.run('banks', 'bitpesa', currency);
    expect([ended.code, ended.stdout]).toEqual([0, '']);
    expect(ended.stderr).toContain(`Of bitpesa (${currency.toUpperCase()}) no list of banks is known.`);
    expect(ended.stderr).not.toContain('fewer letters');
  });

  it('refuses a provider that is misspelt', async () => {
    const ended = await project.run('banks', 'selapay', '--json');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('Did you mean `sellapay`?');
    expect(JSON.parse(ended.stdout)).toMatchObject({ exit: 2, error: { code: 'provider-unknown' } });
    expect((await project.run('banks', 'nobody', 'equity')).code).toBe(2);
  });

  it('works without a configuration where a provider is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'payrun-banks-'));
    const ended = await startCli(['banks', 'sellapay', 'equity', '--json'], folder).ended;
    expect([ended.code, listed(ended.stdout).map(({ code }) => code)]).toEqual([0, ['015']]);
    expect((await startCli(['banks', '--config', 'none.yaml'], folder).ended).code).toBe(2);
    await rm(folder, { recursive: true });
  });
});
