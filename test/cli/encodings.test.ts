import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project } from './harness.ts';

const CONFIG = `
organisation: acme-ke
ledger: sqlite:payrun.db
accounts:
  demo:
    provider: sellapay
    endpoint: ENDPOINT
    currency: KES
    credentials: { api_key: "\${SELLAPAY_API_KEY}", api_secret: "\${SELLAPAY_API_SECRET}" }
defaults:
  - { match: "latin*.csv", account: demo, encoding: windows-1252 }
  - { match: "*.csv", account: demo }
`;

/** Sellapay's simulator refuses this wallet. */
const ROWS = (delimiter: string): string =>
  ['id,name,amount,wallet,Città', '0001,José Ñandú,1500.00,acctMISSING,Malmö', '0002,Zoë Čapek,1600.00,acctMISSING,']
    .map((row) => `${row.replaceAll(',', delimiter)}\r\n`)
    .join('');
const LATIN = (delimiter: string): string => ROWS(delimiter).replace('Č', 'Ç');

const FORMS = [
  { form: 'UTF-8', name: 'pay.csv', text: ROWS(','), mark: '', encode: (text: string) => Buffer.from(text) },
  {
    form: 'UTF-8 with a mark',
    name: 'pay.csv',
    text: ROWS(';'),
    mark: '\uFEFF',
    encode: (text: string) => Buffer.from(text),
  },
  {
    form: 'UTF-16LE',
    name: 'pay.csv',
    text: ROWS('\t'),
    mark: '\uFEFF',
    encode: (text: string) => Buffer.from(text, 'utf16le'),
  },
  {
    form: 'UTF-16BE',
    name: 'pay.csv',
    text: ROWS(','),
    mark: '\uFEFF',
    encode: (text: string) => Buffer.from(text, 'utf16le').swap16(),
  },
  {
    form: 'Windows-1252',
    name: 'latin.csv',
    text: LATIN(';'),
    mark: '',
    encode: (text: string) => Buffer.from(text, 'latin1'),
  },
] as const;

describe('the file of failed rows', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open({ config: CONFIG });
  });
  afterEach(() => project.close());

  const failedFile = (batch: string): string => `reports/${batch}/${batch}-failed.csv`;
  const namesOf = async (batch: string): Promise<readonly string[]> =>
    (await project.report(batch)).map(({ name = '' }) => name);

  it.each(FORMS)('of a batch in $form has its encoding and delimiter, and is read back as it was', async (input) => {
    const { name, text, mark, encode } = input;
    const batch = name.replace('.csv', '');
    const names = text === ROWS(text.charAt(2)) ? ['José Ñandú', 'Zoë Čapek'] : ['José Ñandú', 'Zoë Çapek'];
    await project.write(name, encode(mark + text));
    expect((await project.run('run', name)).code).toBe(4);
    const delimiter = text.charAt(2);
    const bytes = await readFile(join(project.dir, failedFile(batch)));
    const expected = text
      .replace('id', `replaces${delimiter}id`)
      .replaceAll(/^(000\d)/gm, `${batch}/$1${delimiter}'$1`);
    expect(bytes).toEqual(encode(mark + expected));
    expect((await project.run('run', failedFile(batch))).code).toBe(4);
    expect(await namesOf(`${batch}-failed`)).toEqual(names);
    expect(await readFile(join(project.dir, `reports/${batch}-failed/${batch}-failed-failed.csv`))).toEqual(
      encode(mark + expected.replaceAll(`${batch}/`, `${batch}-failed/`)),
    );
  });

  it('of a Windows-1252 batch is read as UTF-8 once a spreadsheet has saved it so', async () => {
    await project.write('latin.csv', Buffer.from(LATIN(','), 'latin1'));
    expect((await project.run('run', 'latin.csv')).code).toBe(4);
    const text = new TextDecoder('windows-1252').decode(await readFile(join(project.dir, failedFile('latin'))));
    for (const [at, mark] of ['', '\uFEFF'].entries()) {
      await project.write(`latin-${at}.csv`, mark + text);
      const planned = await project.run('plan', `latin-${at}.csv`, '--rows', '--json');
      expect(planned.stdout).not.toContain('name-garbled');
      expect(planned.stdout.includes('encoding-looks-utf8')).toBe(mark === '');
    }
    await project.write('corrected.csv', text.replace('acctMISSING', 'acctGOOD'));
    expect((await project.run('run', 'corrected.csv')).code).toBe(4);
    expect(await namesOf('corrected')).toEqual(['José Ñandú', 'Zoë Çapek']);
    expect(await project.read(failedFile('corrected'))).toContain('Zoë Çapek');
  });
});

describe('a name whose letters were read in another encoding', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open({ config: CONFIG });
  });
  afterEach(() => project.close());

  it('is refused, and nothing is sent', async () => {
    await project.write('pay.csv', 'id,name,amount,wallet\n1,JosÃ© Silva,1500,acctGOOD\n2,José Silva,1500,acctGOOD2\n');
    const run = await project.run('run', 'pay.csv');
    expect([run.code, project.book()]).toEqual([3, []]);
    expect(await project.errors('pay')).toMatchObject([{ line: '2', column: 'name', code: 'name-garbled' }]);
    expect(run.stderr).toContain('perhaps "José Silva"');
  });
});
