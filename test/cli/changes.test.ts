import { afterEach, describe, expect, it } from 'vitest';
import { CONFIG, phoneOf, Project, type Ended } from './harness.ts';
import { openWithSigners } from './ssh-keys.ts';

let project: Project;
afterEach(() => project.close());

const phone = phoneOf('0712');

interface Row {
  readonly id: string;
  readonly name: string;
  readonly amount: string;
  readonly mobile: string;
}

const PEOPLE: readonly Row[] = ['Jane Wanjiku', 'John Doe', 'Mary Achieng', 'Peter Otieno', 'Alice Njeri'].map(
  (name, at) => ({ id: `EMP-${at + 1}`, name, amount: `${1000 * (at + 1)}.00`, mobile: phone(at) }),
);

function csv(rows: readonly Row[]): string {
  return [
    'id,name,amount,mobile',
    ...rows.map(({ id, name, amount, mobile }) => [id, name, amount, mobile].join(',')),
    '',
  ].join('\n');
}

function withRow(at: number, change: Partial<Row>): readonly Row[] {
  return PEOPLE.map((row, index) => (index === at ? { ...row, ...change } : row));
}

const NEWCOMER: Row = { id: 'EMP-9', name: 'Somebody New', amount: '900.00', mobile: phone(9) };

/** A project that has paid October, with this under `changes:` of its rule. */
async function paidOctober(changes: string | null, rest = ''): Promise<void> {
  const rule = changes === null ? '' : `\n    changes: { ${changes} }`;
  const config = CONFIG.replace('    account: demo\n', `    account: demo\n    series: salaries${rule}\n`);
  project = await Project.open({ config: `${config}${rest}` });
  await project.write('batches/salaries-2026-10.csv', csv(PEOPLE));
  const paid = await project.run('run', 'batches/salaries-2026-10.csv');
  expect(paid).toMatchObject({ code: 0 });
  expect(paid.stderr).toContain('Batch salaries-2026-10 is the first occurrence of the series salaries in the ledger');
}

interface Document {
  readonly batches: readonly {
    readonly changes?: readonly Readonly<Record<string, unknown>>[];
    readonly issues: readonly {
      readonly severity: string;
      readonly code: string;
      readonly message: string;
      readonly line: number;
    }[];
    readonly plan?: { readonly compared_with: readonly string[]; readonly needs_approval: number };
  }[];
}

async function november(rows: readonly Row[], command = 'plan', ...flags: string[]): Promise<Ended> {
  await project.write('batches/salaries-2026-11.csv', csv(rows));
  return project.run(command, 'batches/salaries-2026-11.csv', ...flags);
}

async function planned(rows: readonly Row[], ...flags: string[]): Promise<Document['batches'][0]> {
  const { stdout } = await november(rows, 'plan', '--json', ...flags);
  const [batch] = (JSON.parse(stdout) as Document).batches;
  if (batch === undefined) throw new Error(stdout);
  return batch;
}

/** What differs, the setting for it, and what a person reads. */
const KINDS: readonly (readonly [setting: string, code: string, rows: readonly Row[], message: string])[] = [
  [
    'joiners',
    'change-joiner',
    [...PEOPLE, NEWCOMER],
    'EMP-9 Somebody New: not in salaries-2026-10, and gets 900.00 KES at +2547*****099 (changes.joiners).',
  ],
  [
    'leavers',
    'change-leaver',
    PEOPLE.slice(0, 4),
    'EMP-5 Alice Njeri: 5,000.00 KES in salaries-2026-10 line 6, and not in this file (changes.leavers).',
  ],
  [
    'amount',
    'change-amount',
    withRow(1, { amount: '4000.00' }),
    'EMP-2 John Doe: 2,000.00 → 4,000.00 KES (+100.0 %, more than the 20 % of changes.amount; salaries-2026-10 line 3).',
  ],
  [
    'destination',
    'change-destination',
    withRow(1, { mobile: phone(8) }),
    'EMP-2 John Doe: +2547*****019 → +2547*****089 (a new destination, changes.destination; salaries-2026-10 line 3).',
  ],
  [
    'shared_destination',
    'change-shared-destination',
    withRow(4, { mobile: phone(0) }),
    'EMP-5 Alice Njeri: +2547*****009 is the destination of EMP-1 Jane Wanjiku on line 2, too (changes.shared_destination).',
  ],
  [
    'repeated_person',
    'change-repeated-person',
    [...PEOPLE, { ...NEWCOMER, name: 'JOHN  Doe' }],
    'EMP-9 JOHN Doe: new, with the name of EMP-2 on line 3: perhaps one person twice (changes.repeated_person).',
  ],
  [
    'moved_money',
    'change-moved-money',
    PEOPLE.map((row, at) => ({ ...row, amount: ['1100.00', '1900.00'][at] ?? row.amount })),
    'The sum, 15,000.00 KES, is that of salaries-2026-10, and 2 people get other amounts: EMP-1 Jane Wanjiku 1,000.00 → 1,100.00, EMP-2 John Doe 2,000.00 → 1,900.00 (changes.moved_money).',
  ],
];

describe('a payroll against the one before', () => {
  for (const [setting, code, rows, message] of KINDS) {
    it(`warns of ${setting} without any setting, and refuses, has it signed or keeps silent where that is set`, async () => {
      await paidOctober(null);
      const issue = (await planned(rows)).issues.filter((one) => one.code === code);
      expect(issue).toMatchObject([{ severity: 'warning', message }]);

      const others = KINDS.map(([other]) => other).filter((other) => other !== setting);
      const only = async (policy: string): Promise<void> => {
        const policies = [...others.map((other) => `${other}: ignore`), `${setting}: ${policy}`].join(', ');
        const config = CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint);
        const rule = `    account: demo\n    series: salaries\n    changes: { ${policies} }\n`;
        await project.write('payrun.yaml', config.replace('    account: demo\n', rule));
      };
      await only('ignore');
      expect((await planned(rows)).changes).toBeUndefined();
      await only('block');
      const refused = await november(rows, 'run');
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain(`error ${code}: ${message} changes.${setting} is block: correct the file, or`);
      await only('approve');
      const unsigned = await november(rows, 'run');
      expect(unsigned.code).toBe(3);
      expect(unsigned.stderr).toContain(
        `changes.${setting} is approve, and nobody can sign: set up \`approvals:\` in payrun.yaml`,
      );
      expect(project.book()).toHaveLength(5);
      await only('warn');
      const paid = await november(rows, 'run');
      expect(paid).toMatchObject({ code: 0 });
      expect(paid.stderr).toContain(message);
    });
  }

  it('shows what changed as rows of its own and as one line', async () => {
    await paidOctober('joiners: ignore');
    const rows = [...withRow(1, { amount: '4000.00' }).slice(0, 4), NEWCOMER];
    const { changes, plan } = await planned(rows);
    expect(plan).toMatchObject({ compared_with: ['salaries-2026-10'], needs_approval: 0 });
    expect(changes).toMatchObject([
      { kind: 'leaver', policy: 'warn', id: 'EMP-5', name: 'Alice Njeri', line: 0, was: '5000.00 KES', is: null },
      { kind: 'amount', policy: 'warn', id: 'EMP-2', line: 3, was: '2000.00 KES', is: '4000.00 KES' },
    ]);
    expect((await november(rows)).stdout).toContain('  changes  since salaries-2026-10: 1 leaver, 1 amount\n');
  });

  it('calls a person under another id the same person, once', async () => {
    await paidOctober('joiners: block, leavers: block');
    const { issues } = await planned(withRow(2, { id: 'NEW-3', name: 'mary achieng' }));
    expect(issues).toMatchObject([
      {
        ...{ severity: 'warning', code: 'change-id', line: 4 },
        message:
          'NEW-3 mary achieng: was EMP-3 in salaries-2026-10 line 4, with the same name and destination: the same person under another id.',
      },
    ]);
  });

  it('takes thresholds in percent and in money, and says which one was passed', async () => {
    await paidOctober('amount: { over: 50%, by: "150" }');
    const messages = async (amount: string): Promise<string[]> =>
      (await planned(withRow(1, { amount }))).issues.map((issue) => issue.message);
    expect(await messages('2150.00')).toEqual([]);
    expect(await messages('1849.99')).toEqual([
      'EMP-2 John Doe: 2,000.00 → 1,849.99 KES (-7.5 %, more than the 150 KES of changes.amount; salaries-2026-10 line 3).',
    ]);
    expect(await messages('3000.01')).toEqual([
      'EMP-2 John Doe: 2,000.00 → 3,000.01 KES (+50.0 %, more than the 50 % and the 150 KES of changes.amount; salaries-2026-10 line 3).',
    ]);
  });

  it('warns once of a row that was entered twice, and refuses it where that is set', async () => {
    await paidOctober(null);
    const twice = [...PEOPLE, { ...NEWCOMER, ...PEOPLE[0], id: 'EMP-10' }];
    const codes = async (): Promise<string[]> =>
      (await planned(twice)).issues.map(({ severity, code }) => `${severity} ${code}`).sort();
    expect(await codes()).toEqual(['warning change-joiner', 'warning destination-repeated']);
    const changes = 'changes: { repeated_person: block }\n';
    await project.write('payrun.yaml', `${await project.read('payrun.yaml')}${changes}`);
    expect(await codes()).toEqual([
      'error change-repeated-person',
      'warning change-joiner',
      'warning destination-repeated',
    ]);
  });

  it('says nothing of a destination twice that is refused for its lost digits', async () => {
    await paidOctober('destination: block');
    const bank = (account: string): string =>
      `id,name,amount,bank_code,bank_account\nEMP-1,Jane Wanjiku,1000.00,068,${account}\n`;
    await project.write('batches/bank-2026-10.csv', bank('0012345678'));
    // The simulator takes it, which is as good as paid here.
    expect((await project.run('run', 'batches/bank-2026-10.csv', '--allow-duplicate', '--wait', '0s')).code).toBe(5);
    await project.write('batches/bank-2026-11.csv', bank('12345678'));
    const plan = async (...flags: string[]): Promise<string[]> => {
      const { stdout } = await project.run(
        'plan',
        'batches/bank-2026-11.csv',
        '--json',
        '--against',
        'bank-2026-10',
        ...flags,
      );
      const issues = (JSON.parse(stdout) as Document).batches[0]?.issues ?? [];
      return issues.map(({ severity, code }) => `${severity} ${code}`).filter((text) => text.includes('destination'));
    };
    expect(await plan()).toEqual(['error destination-digits-lost']);
    const allowed = await plan('--allow-destination', 'EMP-1');
    expect(allowed.sort()).toEqual(['error change-destination', 'warning destination-digits-lost']);
  });

  it('is compared with the batch of --against, which the ledger must have', async () => {
    await paidOctober('leavers: block');
    await project.write('trial-2027-01.csv', csv(PEOPLE.slice(0, 2)));
    const plan = (...flags: string[]): Promise<Ended> =>
      project.run('plan', 'trial-2027-01.csv', '--json', '--allow-duplicate', ...flags);
    const unknown = await plan('--against', 'salaries-2026-01');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain(
      '--against: the ledger has no batch salaries-2026-01. Did you mean `salaries-2026-10`?',
    );
    const named = await project.run(
      'run',
      'trial-2027-01.csv',
      '--allow-duplicate',
      '--against',
      'salaries-2026-10',
      '--json',
    );
    expect(named.code).toBe(3);
    expect((JSON.parse(named.stdout) as Document).batches[0]?.issues.map(({ code }) => code)).toEqual([
      'change-leaver',
      'change-leaver',
      'change-leaver',
    ]);
  });

  it('is refused as against the previous occurrence, whatever batch --against names', async () => {
    await paidOctober('destination: block');
    const diverted = withRow(1, { mobile: phone(50) });
    await project.write('trial-2026-08.csv', csv(diverted.map((row) => ({ ...row, amount: '7.00' }))));
    expect((await project.run('run', 'trial-2026-08.csv', '--batch', 'trial-2026-08')).code).toBe(0);
    const refused = await november(diverted, 'run', '--against', 'trial-2026-08', '--json');
    expect(refused.code).toBe(3);
    const [batch] = (JSON.parse(refused.stdout) as Document).batches;
    expect(batch?.issues.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'change-destination', message: expect.stringContaining('salaries-2026-10 line 3') as string },
    ]);
    expect(project.book()).toHaveLength(10);
  });

  it('is refused when it is amended into a batch that is partly sent', async () => {
    await paidOctober('destination: block, leavers: ignore');
    expect((await november(PEOPLE.slice(0, 1), 'run')).code).toBe(0);
    const rows = [...PEOPLE.slice(0, 1), ...PEOPLE.slice(1, 2).map((row) => ({ ...row, mobile: phone(50) }))];
    const refused = await november(rows, 'run', '--amend');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('error change-destination: EMP-2 John Doe');
    expect(project.book()).toHaveLength(6);
    expect((await november(PEOPLE.slice(0, 2), 'run', '--amend')).code).toBe(0);
    expect(project.book()).toHaveLength(7);
  });

  it('is refused where it is hidden in a file of corrections', async () => {
    await paidOctober('destination: block');
    await project.write('oneoff-2026-09.csv', 'id,name,amount,wallet\nX1,Ben,50.00,acctMISSING\n');
    expect((await project.run('run', 'oneoff-2026-09.csv')).code).toBe(4);
    const file = 'batches/salaries-2026-11.csv';
    const correction = 'X1,Ben,50.00,acctRIGHT,,oneoff-2026-09/X1\n';
    await project.write(
      file,
      `id,name,amount,wallet,mobile,replaces\n${correction}EMP-2,John Doe,2000.00,,${phone(50)},\n`,
    );
    const refused = await project.run('run', file);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`${file}:3: replaces: error not-replaceable: EMP-2: This row corrects nothing`);
    const paid = project.book().length;
    await project.write(file, `id,name,amount,wallet,mobile,replaces\n${correction}`);
    expect((await project.run('run', file)).code).toBe(0);
    expect(project.book()).toHaveLength(paid + 1);
  });

  it('counts a payment as its correction, and does not compare the correction itself', async () => {
    const series = CONFIG.replace('    account: demo\n', '    account: demo\n    series: salaries\n');
    project = await Project.open({ config: series });
    const rows = (wallet: string): string =>
      `id,name,amount,wallet,mobile\nEMP-1,Jane Wanjiku,1000.00,${wallet},\nEMP-2,John Doe,2000.00,,${phone(1)}\n`;
    // Sellapay's simulator refuses this wallet.
    await project.write('salaries-2026-10.csv', rows('acctMISSING'));
    expect((await project.run('run', 'salaries-2026-10.csv')).code).toBe(4);
    const failed = 'reports/salaries-2026-10/salaries-2026-10-failed.csv';
    await project.write(
      failed,
      (await project.read(failed)).replace('acctMISSING', 'acctRIGHT').replace('1000.00', '1500.00'),
    );
    const corrected = await project.run('run', failed, '--json');
    const [correction] = (JSON.parse(corrected.stdout) as Document).batches;
    expect([corrected.code, correction?.issues, correction?.changes]).toEqual([0, [], undefined]);

    await project.write('salaries-2026-11.csv', rows('acctRIGHT').replace('1000.00', '1500.00'));
    const same = JSON.parse((await project.run('plan', 'salaries-2026-11.csv', '--json')).stdout) as Document;
    expect(same.batches[0]?.changes).toEqual([]);
    await project.write('salaries-2026-11.csv', rows('acctMISSING'));
    const back = JSON.parse((await project.run('plan', 'salaries-2026-11.csv', '--json')).stdout) as Document;
    expect(back.batches[0]?.changes).toMatchObject([
      { kind: 'amount', id: 'EMP-1', was: '1500.00 KES', is: '1000.00 KES' },
      { kind: 'destination', id: 'EMP-1', was: 'acc***GHT' },
    ]);
  });

  it('has somebody sign for a change where the rules of approvals ask nobody', async () => {
    const rules = 'approvals:\n  signers: signers\n  rules: [{ above: { KES: "1000000" }, signatures: 2 }]\n';
    const rule = '    account: demo\n    series: salaries\n    changes: { joiners: approve }\n';
    const signers = await openWithSigners(rules, { config: CONFIG.replace('    account: demo\n', rule) });
    project = signers.project;
    await project.write('batches/salaries-2026-10.csv', csv(PEOPLE));
    expect((await project.run('run', 'batches/salaries-2026-10.csv')).code).toBe(0);
    const unsigned = await november([...PEOPLE, NEWCOMER], 'run');
    expect(unsigned.code).toBe(5);
    expect(unsigned.stderr).toContain('Batch salaries-2026-11 needs 1 signature and has none.');
    expect(unsigned.stderr).toContain('Somebody has to sign for it: payrun approve batches/salaries-2026-11.csv');
    expect(project.book()).toHaveLength(5);
    const file = 'batches/salaries-2026-11.csv';
    const signed = await project.run('approve', file, '--yes', '--key', signers.keys.alice);
    expect(signed).toMatchObject({ code: 0 });
    expect(signed.stdout).toContain('EMP-9 Somebody New: not in salaries-2026-10');
    expect(await november([...PEOPLE, NEWCOMER], 'run')).toMatchObject({ code: 0 });
    expect(project.book()).toHaveLength(11);
  });

  it('leaves files of no series alone, and says why a configured check has nothing to compare', async () => {
    project = await Project.open();
    await project.write('a.csv', csv(PEOPLE));
    expect((await project.run('run', 'a.csv')).stderr).not.toContain('compare');
    await project.write('payrun.yaml', `${await project.read('payrun.yaml')}changes: { destination: block }\n`);
    await project.write('b.csv', csv(PEOPLE.map((row) => ({ ...row, id: `B${row.id}`, amount: '77.00' }))));
    const { stderr, code } = await project.run('run', 'b.csv');
    expect([
      code,
      stderr.includes('Batch b belongs to no series, so that there is nothing to compare it with'),
    ]).toEqual([0, true]);
  });

  it('goes on after a kill with the same plan digest, whatever was registered meanwhile', async () => {
    await paidOctober('amount: warn');
    const rows = withRow(1, { amount: '4000.00' });
    const digest = async (): Promise<string> => {
      const { stdout } = await november(rows);
      return /plan_digest ([0-9a-f]{64})/.exec(stdout)?.[1] ?? '';
    };
    const before = await digest();
    await project.write('batches/salaries-2026-09.csv', csv(PEOPLE.slice(0, 3)));
    await project.write('batches/salaries-2026-12.csv', csv(PEOPLE.slice(2)));
    for (const month of ['09', '12']) await project.run('run', `batches/salaries-2026-${month}.csv`);
    expect(before).toHaveLength(64);
    expect(await digest()).toBe(before);
    const paid = await november(rows, 'run', '--plan', before);
    expect(paid).toMatchObject({ code: 0 });
    await project.write('payrun.yaml', (await project.read('payrun.yaml')).replace('amount: warn', 'amount: block'));
    expect(await digest()).not.toBe(before);
  });
});
