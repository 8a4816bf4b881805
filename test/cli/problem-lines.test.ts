import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, Project, type Ended } from './harness.ts';

let project: Project | null = null;

afterEach(async () => {
  await project?.close();
  project = null;
});

async function opened(): Promise<Project> {
  project = await Project.open();
  return project;
}

/** A file whose phones all have a digit too few. */
const SHORT_PHONES = csvOf(5_000, (n) => `0712${String(10_000 + n)}`);

/** A file in which every second row is the one before it with another id. */
const TWICE = csvOf(5_000, (n) => `0712${String(200_009 + n * 10)}`).replace(
  /^(EMP-\d+),(.*)$/gm,
  (row, id: string, rest: string) => `${row}\n${id}-again,${rest}`,
);

function linesOf({ stdout = '', stderr }: Partial<Ended> & Pick<Ended, 'stderr'>): string[] {
  const lines = `${stdout}${stderr}`.split('\n');
  // This project sends faster than its provider documents, which is said of every command.
  return lines.filter((line) => line !== '' && !line.includes('limits.rate'));
}

describe('a batch with thousands of faults of one kind', () => {
  it('is refused in a few lines with the count and three rows, and errors.csv has them all', async () => {
    const { write, run, errors } = bound(await opened());
    await write('batches/short.csv', SHORT_PHONES);
    const ended = await run('run', 'batches/short.csv');
    expect(ended.code).toBe(3);
    const lines = linesOf(ended);
    expect(lines.length).toBeLessThan(10);
    expect(lines[0]).toMatch(
      /^batches\/short\.csv: mobile: error mobile-too-short in 5000 rows: The phone number has 8 digits/,
    );
    expect(lines.slice(1, 4)).toEqual([
      '  line 2: EMP-1 Person 1: 07****001',
      '  line 3: EMP-2 Person 2: 07****002',
      '  line 4: EMP-3 Person 3: 07****003',
    ]);
    expect(lines[4]).toMatch(/^ {2}and 4997 more: .*reports\/short\/errors\.csv$/);
    expect(await errors('short')).toHaveLength(5_000);
  });

  it('is complete as a JSON document', async () => {
    const { write, run } = bound(await opened());
    await write('batches/short.csv', SHORT_PHONES);
    const { stdout, stderr } = await run('validate', 'batches/short.csv', '--json');
    const { batches } = JSON.parse(stdout) as { batches: { issues: { line: number; message: string }[] }[] };
    expect(batches[0]?.issues).toHaveLength(5_000);
    expect(batches[0]?.issues[0]?.message).toMatch(/^EMP-1 Person 1: The phone number has 8 digits/);
    expect(linesOf({ stderr })).toEqual([]);
  });

  it.each(['validate', 'plan'])('says in %s how to list all of them', async (command) => {
    const { write, run } = bound(await opened());
    await write('batches/short.csv', SHORT_PHONES);
    const ended = await run(command, 'batches/short.csv');
    expect(linesOf(ended).length).toBeLessThan(10);
    expect(ended.stdout).toContain(`and 4997 more: payrun ${command} batches/short.csv --json`);
  });

  it('shows kinds that differ apart, with the count of each', async () => {
    const { write, run } = bound(await opened());
    const rows = csvOf(40, (n) => (n % 2 === 0 ? `0712${10_000 + n}` : `0712${1_000 + n}`));
    await write('batches/mixed.csv', rows.replace('100.01', 'a lot').replace('EMP-7,', 'EMP-6,'));
    const ended = await run('run', 'batches/mixed.csv');
    const heads = linesOf(ended).filter((line) => line.startsWith('batches/mixed.csv'));
    expect(heads.map((line) => line.split(': ').slice(1, 3).join(': '))).toEqual([
      'mobile: error mobile-too-short in 40 rows',
      'amount: error amount-syntax',
      'id: error id-duplicate',
      expect.stringMatching(/^refused/),
    ]);
    expect(linesOf(ended).slice(0, 4)).toEqual([
      'batches/mixed.csv: mobile: error mobile-too-short in 40 rows: Ask for it again and write it as +2547XXXXXXXX.',
      '  line 2: EMP-1 Person 1: 07***001: The phone number has 7 digits after 0 or 254 and needs 9: it is too short.',
      '  line 3: EMP-2 Person 2: 07****002: The phone number has 8 digits after 0 or 254 and needs 9: it is too short.',
      '  line 4: EMP-3 Person 3: 07***003: The phone number has 7 digits after 0 or 254 and needs 9: it is too short.',
    ]);
  });
});

describe('warnings of a batch that is paid', () => {
  it('are printed once, before the payments, and errors.csv has all of them', async () => {
    const { write, run, errors, report } = bound(await opened());
    await write('batches/twice.csv', TWICE.split('\n').slice(0, 201).join('\n'));
    const ended = await run('run', 'batches/twice.csv');
    expect(ended.code).toBe(0);
    const warnings = linesOf(ended).filter((line) => line.includes('warning'));
    expect(warnings).toEqual([
      expect.stringMatching(
        /^batches\/twice\.csv: mobile: warning destination-repeated in 100 rows: If one of the two/,
      ),
    ]);
    expect(ended.stderr).toMatch(
      / {2}line 3: EMP-1-again Person 1: Line 3 pays \+2547\*{5}019 100\.01 KES, as line 2 does/,
    );
    expect(ended.stderr).toMatch(/ {2}and 97 more: .*reports\/twice\/errors\.csv/);
    const listed = await errors('twice');
    expect(listed).toHaveLength(100);
    expect(listed.every(({ message }) => message?.startsWith('Warning: ') === true)).toBe(true);
    expect(await report('twice')).toHaveLength(200);
  });

  it('leave no errors.csv behind when they are gone', async () => {
    const { write, run, errors } = bound(await opened());
    await write(
      'batches/twice.csv',
      TWICE.split('\n')
        .slice(0, 5)
        .join('\n')
        .replace(/0712200029/, 'none'),
    );
    await run('run', 'batches/twice.csv');
    await expect(errors('twice')).resolves.not.toHaveLength(0);
    await write('batches/twice.csv', csvOf(4));
    expect((await run('run', 'batches/twice.csv')).code).toBe(0);
    await expect(errors('twice')).rejects.toThrow(/ENOENT/);
  });

  it('name every payment that another batch has, in errors.csv', async () => {
    const { write, run, errors } = bound(await opened());
    await write('batches/first.csv', csvOf(30));
    await run('run', 'batches/first.csv');
    await write('batches/second.csv', csvOf(80));
    const ended = await run('run', 'batches/second.csv');
    expect(ended.code).toBe(0);
    expect(linesOf(ended).filter((line) => line.includes('payment-repeated'))).toHaveLength(1);
    expect(ended.stderr).toContain('warning payment-repeated in 30 rows');
    expect((await errors('second')).map(({ code }) => code)).toEqual(Array(30).fill('payment-repeated'));
  });
});

describe('another payroll under a name that is used', () => {
  it('is told first to take another name, and under that it is paid', async () => {
    const project = await opened();
    const { write, run } = bound(project);
    await write('batches/pay.csv', csvOf(5));
    await run('run', 'batches/pay.csv');
    const others = csvOf(6, (n) => `0722${String(200_009 + n * 10)}`).replaceAll('EMP-', 'TMP-');
    await write('batches/pay.csv', others);
    const ended = await run('run', 'batches/pay.csv');
    expect(ended.code).toBe(3);
    expect(linesOf(ended)[0]).toMatch(/^batches\/pay\.csv: error batch-name-used: .* Give the file another name/);
    await write('batches/pay-2.csv', others);
    expect((await run('run', 'batches/pay-2.csv')).code).toBe(0);
    expect(project.book()).toHaveLength(11);
  });

  it('is not what a file with changed rows of its own people is taken for', async () => {
    const { write, run } = bound(await opened());
    await write('batches/pay.csv', csvOf(5));
    await run('run', 'batches/pay.csv');
    await write('batches/pay.csv', csvOf(5).replace('100.01', '150'));
    expect((await run('run', 'batches/pay.csv')).stderr).not.toContain('batch-name-used');
    await write('batches/pay.csv', csvOf(5).replaceAll('EMP-', 'NEW-'));
    expect((await run('run', 'batches/pay.csv')).stderr).not.toContain('batch-name-used');
  });
});

describe('a YAML batch with misspelt keys', () => {
  it('is told of each once, and of what stands below them', async () => {
    const { write, run } = bound(await opened());
    await write(
      'batches/misspelt.yaml',
      'batch: misspelt\nacount: demo\npayment:\n  - { id: E1, name: Jane, amount: 100, mobile: "071200" }\n',
    );
    const { code, stdout } = await run('validate', 'batches/misspelt.yaml');
    expect(code).toBe(3);
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => line.replace(/ Known are.*$|: E1 Jane.*$/, ''))).toEqual([
      'batches/misspelt.yaml:2: acount: error key-unknown: The key "acount" is not known here. Did you mean `account`?',
      'batches/misspelt.yaml:3: payment: error key-unknown: The key "payment" is not known here. Did you mean `payments`?',
      'batches/misspelt.yaml:4: mobile: error mobile-too-short',
    ]);
  });
});

function bound(of: Project): Pick<Project, 'write' | 'run' | 'errors' | 'report'> {
  return {
    write: (path, content) => of.write(path, content),
    run: (...args) => of.run(...args),
    errors: (batch) => of.errors(batch),
    report: (batch) => of.report(batch),
  };
}
