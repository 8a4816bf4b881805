import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWorkbook } from '../workbook/workbook-writer.ts';
import { CONFIG, Project } from './harness.ts';

const HEADER = 'id,name,mobile,bank_code,bank_account,amount';
const DAMAGED = [
  HEADER,
  'E1,Ann,711000019.0,,,100',
  'E2,JosÃ© Silva,2.54711000029E+11,,,100',
  'E3,Cyd,0711000039,,,"1,250.50"',
  'E4,Dee,,15,0123456789,100',
  '',
].join('\n');

type Line = Record<string, string>;

describe('repairs', () => {
  let project: Project;
  beforeEach(async () => {
    project = await Project.open({ config: CONFIG });
    await project.write('pay.csv', DAMAGED);
  });
  afterEach(() => project.close());

  const propose = async (file = 'pay.csv', to = 'mend.csv'): Promise<Line[]> => {
    expect((await project.run('validate', file, '--repair', to)).code).toBe(3);
    return parse(await project.read(to), { columns: true });
  };
  const accept = async (lines: readonly Line[], isAccepted: (line: Line) => boolean, form = {}): Promise<void> => {
    const answered = lines.map((line) => ({ ...line, accept: isAccepted(line) ? 'yes' : '' }));
    await project.write('mend.csv', stringify(answered, { header: true, ...form }));
  };
  const run = (...flags: string[]) => project.run('run', 'pay.csv', '--wait', '0s', '--json', ...flags);
  const codesIn = (stdout: string): readonly string[] => {
    const { batches } = JSON.parse(stdout) as {
      batches: { issues: { severity: string; line: number; code: string }[] }[];
    };
    const issues = (batches[0]?.issues ?? []).filter(({ severity }) => severity === 'error');
    return issues.map(({ line, code }) => `${line} ${code}`);
  };

  it('are proposed with before, after and why, and nothing is accepted for anybody', async () => {
    const lines = await propose();
    expect(
      lines.map(({ line, column, id, before, after, accept: answer }) => [line, column, id, before, after, answer]),
    ).toEqual([
      ['2', 'mobile', 'E1', "'711000019.0", "'+254711000019", ''],
      ['3', 'mobile', 'E2', "'2.54711000029E+11", "'+254711000029", ''],
      ['3', 'name', 'E2', 'JosÃ© Silva', 'José Silva', ''],
      ['4', 'amount', 'E3', "'1,250.50", "'1250.50", ''],
      ['5', 'bank_code', 'E4', '15', "'015", ''],
    ]);
    expect(lines.every(({ why = '' }) => why.length > 20)).toBe(true);
    expect((await run('--repair', 'mend.csv')).code).toBe(3);
    expect(project.book()).toEqual([]);
  });

  it('are applied once a person accepts them, and ledger and report record both digests and who', async () => {
    await accept(await propose(), () => true);
    const paid = await run('--repair', 'mend.csv', '--by', 'Mary');
    expect(paid.code).toBe(5);
    const book = project.book().map(({ destination, amountMinor }) => `${destination} ${amountMinor}`);
    expect(book.sort()).toEqual([
      '+254711000019 10000',
      '+254711000029 10000',
      '+254711000039 125050',
      '015/0123456789 10000',
    ]);
    expect((await project.report('pay')).map(({ name }) => name)).toContain('José Silva');
    const summary = JSON.parse(await project.read('reports/pay/summary.json')) as { digest: string; repair: Line };
    const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(summary.repair).toMatchObject({
      cells: 5,
      digest_as_it_came: sha(DAMAGED),
      digest_as_repaired: summary.digest,
      digest_of_accepted: sha(await project.read('mend.csv')),
    });
    expect(summary.repair['by']).toContain('Mary');
    // The same file with the same repairs goes on with the batch; without them it is refused, and says what is missing.
    expect((await run('--repair', 'mend.csv')).code).toBe(5);
    const without = await run();
    expect([without.code, codesIn(without.stdout)]).toEqual([3, expect.arrayContaining(['0 repair-needed'])]);
    expect(project.book()).toHaveLength(4);
  });

  it('are proposed for the cells of a workbook, and applied to it', async () => {
    const rows = [
      HEADER.split(','),
      ['E1', 'Ann', '711000019.0', null, null, 100],
      ['E4', 'Dee', null, 15, '0123456789', 200],
    ];
    await project.write('nov.xlsx', writeWorkbook([{ name: 'Nov', rows }]));
    const config = await project.read('payrun.yaml');
    await project.write('payrun.yaml', config.replace('match: "*.csv"', 'match: "*"'));
    const lines = await propose('nov.xlsx');
    expect(lines.map(({ line, column, id, before, after }) => [line, column, id, before, after])).toEqual([
      ['2', 'mobile', 'E1', "'711000019.0", "'+254711000019"],
      ['3', 'bank_code', 'E4', '15', "'015"],
    ]);
    const runBook = () => project.run('run', 'nov.xlsx', '--wait', '0s', '--json', '--repair', 'mend.csv');
    expect((await runBook()).code).toBe(3);
    expect(project.book()).toEqual([]);
    await accept(lines, () => true);
    expect((await runBook()).code).toBe(5);
    const book = project.book().map(({ destination, amountMinor }) => `${destination} ${amountMinor}`);
    expect(book.sort()).toEqual(['+254711000019 10000', '015/0123456789 20000']);
  });

  it('are no batch where their file lies in a swept folder', async () => {
    await accept(await propose(), () => true);
    const answers = await project.read('mend.csv');
    await project.write('batches/mend.csv', answers);
    await project.write(
      'batches/semicolons.csv',
      `\uFEFF${stringify(parse(answers), { delimiter: ';', quoted: true })}`,
    );
    const nothing = await project.run('run', 'batches/', '--quiet');
    expect([nothing.code, nothing.stderr]).toEqual([0, expect.not.stringContaining('mend.csv')]);
    await project.write('batches/staff.csv', `${HEADER}\nE9,Ann,0711000099,,,100\n`);
    for (let times = 0; times < 2; times++) {
      const swept = await project.run('run', 'batches/', '--quiet');
      expect([swept.code, swept.stderr]).toEqual([0, expect.not.stringMatching(/mend|semicolons/)]);
    }
    expect(project.book()).toHaveLength(1);
    // Named by a person, such a file is refused as before.
    expect((await project.run('run', 'batches/mend.csv')).code).toBe(3);
  });

  it('are applied in part, and the batch is refused for what was not accepted', async () => {
    await accept(await propose(), ({ id }) => id !== 'E1');
    const refused = await run('--repair', 'mend.csv');
    expect([refused.code, codesIn(refused.stdout)]).toEqual([3, ['2 mobile-decimal-number']]);
    // The rest is corrected in the batch itself: then the proposals are made and accepted again.
    await project.write('pay.csv', DAMAGED.replace('711000019.0', '0711000019'));
    await accept(await propose('pay.csv', 'rest.csv'), () => true);
    expect((await run('--repair', 'mend.csv')).code).toBe(5);
    expect(project.book()).toHaveLength(4);
  });

  it('are refused, and none is applied, when the batch has changed since they were proposed', async () => {
    await accept(await propose(), () => true);
    // The changed amount stands in no proposal, and the damaged cells read as before.
    await project.write('pay.csv', DAMAGED.replace('E1,Ann,711000019.0,,,100', 'E1,Ann,711000019.0,,,900'));
    for (const command of ['plan', 'run']) {
      const refused = await project.run(command, 'pay.csv', '--json', '--repair', 'mend.csv');
      expect([refused.code, codesIn(refused.stdout)]).toEqual([
        3,
        expect.arrayContaining(['2 repair-stale', '2 mobile-decimal-number', '4 amount-thousands-separator']),
      ]);
    }
    const { stderr } = await project.run('run', 'pay.csv', '--repair', 'mend.csv');
    expect(stderr).toMatch(/^mend\.csv:2: why: error repair-stale: .*pay\.csv as it was before.*--repair NEW\.csv/m);
    expect(project.book()).toEqual([]);
    await project.write('pay.csv', DAMAGED);
    expect((await run('--repair', 'mend.csv')).code).toBe(5);
    expect(project.book()).toHaveLength(4);
  });

  it('are refused when the rows of a YAML batch, or its payments, have changed', async () => {
    await project.write('rows.yaml', 'batch: rows\naccount: demo\nrows: rows.csv\n');
    await project.write('rows.csv', `${HEADER}\nE2,Ben,711000029.0,,,100\n`);
    await accept(await propose('rows.yaml'), () => true);
    await project.write('rows.csv', `${HEADER}\nE2,Ben,711000029.0,,,900\n`);
    const refused = await project.run('run', 'rows.yaml', '--json', '--repair', 'mend.csv');
    expect([refused.code, codesIn(refused.stdout)]).toEqual([3, expect.arrayContaining(['2 repair-stale'])]);
    expect(project.book()).toEqual([]);
  });

  it.each<[string, string | Uint8Array, string, RegExp]>([
    ['an empty file', '', '0 repair-header', /it is empty/],
    ['one word', 'foo', '1 repair-header', /needs the columns line, column, id/],
    ['bytes', new Uint8Array([0x80, 0xff, 0, 1, 2, 0x22, 10, 0xc3]), '1 repair-header', /it is not text/],
    ['a workbook', writeWorkbook([{ name: 'Nov', rows: [['a']] }]), '0 repair-header', /it is a spreadsheet workbook/],
    ['other columns', 'id,amount\nE1,100\n', '1 repair-header', /has others/],
    ['no answers', 'line,column,id,before,after,why\n2,mobile,E1,a,b,c\n', '1 repair-header', /accept/],
  ])('are refused where their file is %s', async (_, content, code, text) => {
    await project.write('none.csv', content);
    const refused = await run('--repair', 'none.csv');
    expect([refused.code, codesIn(refused.stdout)]).toEqual([3, expect.arrayContaining([code])]);
    expect(codesIn(refused.stdout).filter((one) => /repair-|nul-|quote-|encoding-|workbook/.test(one))).toEqual([code]);
    const { stderr } = await project.run('run', 'pay.csv', '--repair', 'none.csv');
    const [line = ''] = stderr.split('\n').filter((one) => one.startsWith('none.csv'));
    expect(line).toMatch(text);
    expect(line).toMatch(/payrun validate BATCH --repair NEW\.csv/);
    expect(project.book()).toEqual([]);
  });

  it('name their file where it is missing, a folder, in another encoding, or damaged', async () => {
    for (const name of ['missing.csv', '.']) {
      const ended = await project.run('run', 'pay.csv', '--repair', name);
      expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(`repair file ${name} `)]);
    }
    await accept(await propose(), () => true);
    const text = await project.read('mend.csv');
    await project.write(
      'mend.csv',
      Buffer.from(text.replace('JosÃ© Silva', 'x').replace('José', 'Jos\u00E9'), 'latin1'),
    );
    const refused = await project.run('run', 'pay.csv', '--repair', 'mend.csv');
    expect(refused.stderr).toMatch(/mend\.csv:4: error encoding-not-utf8: (?!.*encoding:).*repair file.*CSV UTF-8/);
    await project.write('open.csv', `${text}5,amount,E4,"1\n`);
    const kept = await project.run('validate', 'pay.csv', '--repair', 'open.csv');
    expect([kept.code, kept.stderr]).toEqual([2, expect.stringContaining('open.csv is there already')]);
  });

  it('say for each cell what has happened to it', async () => {
    const rows = ['E1,Ann,,68.0,0123456789,100', 'E2,Ben,,15,0123456788,100', 'E3,Cyd,0711000039,,,"1,0"'];
    const more = ['E4,Dee,0711000049,,,"12,50"', 'E5,Eve,0711000059,,,"1,250.00"', 'E6,Fay,0711000069,,,"KES 1,250.5"'];
    await project.write('why.csv', [HEADER, ...rows, ...more, ''].join('\n'));
    const lines = await propose('why.csv');
    expect(lines.map(({ id, after = '', why = '' }) => [id, after.replace("'", ''), why.replace(/ \[.*/, '')])).toEqual(
      [
        [
          'E1',
          '068',
          'a spreadsheet wrote the code with a decimal point, and the code lost its zero; compare the account too, it may have lost zeros as well',
        ],
        ['E2', '015', 'the code lost its zero; compare the account too, it may have lost zeros as well'],
        ['E3', '1.00', 'the comma is a decimal comma'],
        ['E4', '12.50', 'the comma is a decimal comma'],
        ['E5', '1250.00', 'the digits are grouped in a way that has one meaning only'],
        [
          'E6',
          '1250.50',
          'what stands around the amount is taken off; the digits are grouped in a way that has one meaning only',
        ],
      ],
    );
  });

  it.each([
    ['semicolons', { delimiter: ';' }],
    ['tabs, quotes and a byte-order mark', { delimiter: '\t', quoted: true, bom: true }],
    ['CRLF', { record_delimiter: 'windows' }],
  ])('come back from a spreadsheet that writes %s', async (_, form) => {
    await accept(await propose(), () => true, form);
    expect((await run('--repair', 'mend.csv')).code).toBe(5);
    expect(project.book()).toHaveLength(4);
  });

  it.each<[string, (lines: Line[]) => void, string]>([
    ['of another file', (lines) => Object.assign(lines[0] ?? {}, { id: 'E9' }), '2 repair-stale'],
    [
      'of a cell that has changed',
      (lines) => Object.assign(lines[0] ?? {}, { before: "'711000018.0" }),
      '2 repair-stale',
    ],
    ['of a line that is not there', (lines) => Object.assign(lines[0] ?? {}, { line: '77' }), '2 repair-stale'],
    ['of a column that is not there', (lines) => Object.assign(lines[0] ?? {}, { column: 'Phone' }), '2 repair-stale'],
    [
      'that payrun did not propose',
      (lines) => Object.assign(lines[0] ?? {}, { after: '0711000018' }),
      '2 repair-changed',
    ],
    [
      'that lost its zero in a spreadsheet',
      (lines) => Object.assign(lines[4] ?? {}, { after: '15' }),
      '6 repair-changed',
    ],
    ['that stands twice', (lines) => lines.push(lines[0] ?? {}), '7 repair-twice'],
  ])('are refused: one %s', async (_, change, code) => {
    const lines = await propose();
    change(lines);
    await accept(lines, () => true);
    const refused = await run('--repair', 'mend.csv');
    expect([refused.code, codesIn(refused.stdout)]).toEqual([3, expect.arrayContaining([code])]);
    expect(project.book()).toEqual([]);
  });

  it('are refused where the answer is neither yes nor empty, and where the file is none of repairs', async () => {
    const lines = await propose();
    await project.write(
      'mend.csv',
      stringify(
        lines.map((line) => ({ ...line, accept: 'perhaps' })),
        { header: true },
      ),
    );
    expect(codesIn((await run('--repair', 'mend.csv')).stdout)).toContain('2 repair-accept');
    expect(codesIn((await run('--repair', 'pay.csv')).stdout)).toContain('1 repair-header');
    const [first] = lines;
    const asCsv = (rows: readonly object[]): string => stringify([...rows], { header: true });
    await project.write(
      'mend.csv',
      asCsv([{ ...first, accept: 'no' }, ...lines.map((line) => ({ ...line, accept: 'yes' }))]),
    );
    expect(codesIn((await run('--repair', 'mend.csv')).stdout)).toContain('3 repair-twice');
    await project.write('mend.csv', `${asCsv(lines)}x,amount,E1\n`);
    expect(codesIn((await run('--repair', 'mend.csv')).stdout)).toContain(`${lines.length + 2} repair-line`);
    expect((await run('--repair', 'missing.csv')).code).toBe(2);
    expect(project.book()).toEqual([]);
  });

  it('never write over a file with answers, or over another file', async () => {
    await accept(await propose(), ({ id }) => id === 'E1');
    const answered = await project.read('mend.csv');
    expect((await project.run('validate', 'pay.csv', '--repair', 'mend.csv')).code).toBe(2);
    expect((await project.run('validate', 'pay.csv', '--repair', 'pay.csv')).code).toBe(2);
    expect((await project.run('validate', 'pay.csv', '--repair', 'no/such/folder.csv')).code).toBe(2);
    expect([await project.read('mend.csv'), await project.read('pay.csv')]).toEqual([answered, DAMAGED]);
    await propose('pay.csv', 'again.csv');
    await propose('pay.csv', 'again.csv');
  });

  it.each([
    ['71100001.0', 'a phone with a digit missing'],
    ['2.54711E+11', 'a phone of which a spreadsheet kept six digits'],
    ['2.5471100001E+10', 'a phone with a digit missing, in full'],
    ['0.711000021', 'a fraction'],
    ['71100001', 'eight digits'],
  ])('never make up a digit: %s, %s', async (phone) => {
    await project.write('one.csv', `${HEADER}\nE1,Ann,${phone},,,100\n`);
    expect(await propose('one.csv', 'one-mend.csv')).toEqual([]);
  });

  it.each(['1,250', '1.250', '12,50,0', '1.2.3', '4.5E+4', '(100)', 'USD 100'])(
    'never guess an amount: %s',
    async (amount) => {
      await project.write('one.csv', `${HEADER}\nE1,Ann,0711000019,,,"${amount}"\n`);
      expect(await propose('one.csv', 'one-mend.csv')).toEqual([]);
    },
  );

  it('are needed again by a run that goes on with what was registered and not sent', async () => {
    await accept(await propose(), () => true);
    expect(await project.read('mend.csv')).not.toContain('\r');
    await project.write('first.csv', `${HEADER}\nF1,Fay,0711000049,,,100\n`);
    expect((await project.run('run', 'first.csv')).code).toBe(0);
    expect((await project.run('pause', 'demo', '--because', 'wait', '--by', 'Mary')).code).toBe(0);
    expect((await run('--repair', 'mend.csv')).code).toBe(5);
    await project.run('resume', 'demo', '--by', 'Mary');
    expect((await run()).code).toBe(3);
    expect((await run('--batch', 'other', '--repair', 'mend.csv')).code).toBe(3);
    expect(project.book()).toHaveLength(1);
    expect((await run('--repair', 'mend.csv')).code).toBe(5);
    expect(project.book()).toHaveLength(5);
  });

  it('mend a YAML batch and the CSV beside it', async () => {
    await project.write(
      'inline.yaml',
      'batch: inline\naccount: demo\npayments:\n  - { id: E1, name: Ann, amount: 100, mobile: "711000019.0" }\n',
    );
    await accept(await propose('inline.yaml'), () => true);
    expect((await project.run('run', 'inline.yaml', '--repair', 'mend.csv')).code).toBe(0);
    await project.write('rows.yaml', 'batch: rows\naccount: demo\nrows: rows.csv\n');
    await project.write('rows.csv', `${HEADER}\nE2,Ben,711000029.0,,,100\n`);
    await accept(await propose('rows.yaml', 'rows-mend.csv'), () => true);
    expect((await project.run('run', 'rows.yaml', '--repair', 'mend.csv')).code).toBe(0);
    expect(project.book().map(({ destination }) => destination)).toEqual(['+254711000019', '+254711000029']);
  });
});
