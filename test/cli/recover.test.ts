import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, phoneOf, Project } from './harness.ts';

let project: Project;
afterEach(() => project.close());

interface Document {
  readonly exit: number;
  readonly reason: string | null;
  readonly batches: readonly { readonly batch: string; readonly source: string; readonly count: number }[];
  readonly marked: number;
  readonly decidedByReports: number;
  readonly decidedByStatements: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** October is paid and backed up, then November is paid. */
async function twoMonths(): Promise<void> {
  project = await Project.open();
  const config = await project.read('payrun.yaml');
  const statement = 'statement: { columns: { reference: Details, provider_reference: Receipt, amount: Paid out } }';
  await project.write('payrun.yaml', config.replace('    limits:', `    ${statement}\n    limits:`));
  await project.write('batches/october.csv', csvOf(2));
  await pays('run', 'batches/');
  expect((await project.run('backup', 'copy.db')).code).toBe(0);
  await project.write('batches/november.csv', csvOf(5, phoneOf('0722')));
  await pays('run', 'batches/');
  expect(project.book()).toHaveLength(7);
}

async function pays(...args: string[]): Promise<void> {
  const ended = await project.run(...args);
  expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
}

/** Removes the ledger without its mark, as a clumsy restore does. */
async function removeLedger(): Promise<void> {
  for (const ending of ['', '-wal', '-shm']) await rm(join(project.dir, `payrun.db${ending}`), { force: true });
}

async function restore(): Promise<void> {
  await removeLedger();
  await copyFile(join(project.dir, 'copy.db'), join(project.dir, 'payrun.db'));
}

async function recover(...args: string[]): Promise<Document> {
  const because = ['--because', 'the disk was replaced', '--by', 'Mary', '--json'];
  const ended = await project.run('recover', ...because, ...args);
  return { ...(JSON.parse(ended.stdout) as Document), exit: ended.code ?? -1 };
}

async function statuses(batch: string): Promise<string[]> {
  return (await project.report(batch)).map((row) => row['status'] ?? '');
}

/** The provider's statement of everything that it has booked. */
async function writeStatement(rows = project.book()): Promise<void> {
  const lines = rows.map(({ reference, providerReference, amountMinor }) => {
    return `${providerReference},${reference},-${amountMinor / 100n}.${String(amountMinor % 100n).padStart(2, '0')}`;
  });
  await project.write('statement.csv', ['Receipt,Details,Paid out', ...lines, ''].join('\n'));
}

describe('recover', () => {
  it('has nothing to do where the ledger is the newest', async () => {
    await twoMonths();
    expect(await recover()).toMatchObject({ exit: 0, reason: null, marked: 0 });
  });

  it('takes from reports what a restored backup does not know, and nothing is paid again', async () => {
    await twoMonths();
    await restore();
    expect((await project.run('run', 'batches/')).code).toBe(6);
    const looked = await recover('--dry-run');
    expect(looked).toMatchObject({ batches: [{ batch: 'november', source: 'file', count: 5 }], marked: 5 });
    expect((await project.run('run', 'batches/')).code).toBe(6);
    const done = await recover();
    expect(done).toMatchObject({ exit: 0, marked: 5, decidedByReports: 5, counts: { paid: 7 } });
    await pays('run', 'batches/');
    expect(await statuses('november')).toEqual(Array(5).fill('paid'));
    expect(project.book()).toHaveLength(7);
    expect(await readdir(join(project.dir, 'reports/november'))).toContain('report.before-recovery.csv');
  });

  it('takes a file that was paid under another id for that batch', async () => {
    await twoMonths();
    await project.write('elsewhere/december.csv', csvOf(3, phoneOf('0733')).replaceAll('EMP', 'OTHER'));
    await pays('run', 'elsewhere/december.csv', '--batch', 'year-end');
    const references = (await project.report('year-end')).map((row) => row['reference']);
    await restore();
    const done = await recover();
    expect(done.batches).toContainEqual(expect.objectContaining({ batch: 'year-end', source: 'file', count: 3 }));
    expect(done).toMatchObject({ exit: 0, decidedByReports: 8 });
    await pays('run', 'elsewhere/december.csv', '--batch', 'year-end');
    expect((await project.report('year-end')).map((row) => row['reference'])).toEqual(references);
    expect(project.book()).toHaveLength(10);
  });

  it('asks a statement where the reports are gone too, and leaves unknown what no row proves', async () => {
    await twoMonths();
    await restore();
    await rm(join(project.dir, 'reports/november'), { recursive: true });
    await writeStatement(project.book().slice(0, 6));
    const done = await recover('--statement', 'statement.csv', '--account', 'demo');
    expect(done).toMatchObject({ exit: 5, decidedByStatements: 4, counts: { paid: 6, unknown: 1 } });
    expect((await project.run('run', 'batches/')).code).toBe(5);
    expect(project.book()).toHaveLength(7);
    // A second statement, later, has the missing row.
    await writeStatement();
    await pays('reconcile', 'november', '--statement', 'statement.csv', '--apply');
    expect(await statuses('november')).toEqual(Array(5).fill('paid'));
  });

  it('makes a new ledger from reports and batch files where the ledger is lost', async () => {
    await twoMonths();
    await removeLedger();
    await rm(join(project.dir, 'payrun.db.mark'), { force: true });
    await rm(join(project.dir, 'batches/october.csv'));
    expect((await project.run('run', 'batches/')).code).toBe(6);
    const done = await recover();
    expect(done).toMatchObject({ exit: 0, decidedByReports: 7, counts: { paid: 7 } });
    expect(done.batches.map(({ batch, source }) => [batch, source])).toEqual([
      ['november', 'file'],
      ['october', 'report'],
    ]);
    await pays('run', 'batches/');
    expect(project.book()).toHaveLength(7);
    const [first] = await project.report('october');
    expect(first).toMatchObject({
      id: 'EMP-1',
      destination: expect.stringContaining('+2547') as string,
      status: 'paid',
    });
  });

  it('sends nothing after a kill within it, and ends when it is repeated', async () => {
    await twoMonths();
    await project.write('batches/december.csv', csvOf(300, phoneOf('0733')));
    for (const delayMs of [150, 300, 450, 600]) {
      await restore();
      const recovering = project.start(['recover', '--because', 'kill', '--by', 'Mary']);
      const timer = setTimeout(() => recovering.child.kill('SIGKILL'), delayMs);
      const { signal } = await recovering.ended;
      clearTimeout(timer);
      const ended = await project.run('run', 'batches/');
      // Killed before its end: nothing can be sent. Ended before the kill: everything is unknown.
      expect([signal, ended.code]).toEqual([signal, signal === null ? 5 : expect.any(Number)]);
      if (signal !== null && ended.code !== 5) expect(ended.code).toBe(6);
      expect(project.book()).toHaveLength(7);
    }
    await restore();
    await recover();
    expect((await project.run('run', 'batches/')).code).toBe(5);
    expect(project.book()).toHaveLength(7);
  });

  it('takes no copy of what was lost for the newest ledger afterwards', async () => {
    await twoMonths();
    await copyFile(join(project.dir, 'payrun.db'), join(project.dir, 'lost.db'));
    await restore();
    await recover();
    await removeLedger();
    await copyFile(join(project.dir, 'lost.db'), join(project.dir, 'payrun.db'));
    expect((await project.run('run', 'batches/')).code).toBe(6);
    expect(project.book()).toHaveLength(7);
  });
});

/** Requests to pay that the simulator has seen, booked or not. */
function payouts(): number {
  const { routes } = project.simulator.stats();
  return Object.entries(routes).reduce(
    (sum, [route, count]) => (/authorize|Balance/.test(route) ? sum : sum + count),
    0,
  );
}

describe('a retry that only the lost ledger knew', () => {
  it('is assumed to have left, and not sent again', async () => {
    project = await Project.open();
    const config = await project.read('payrun.yaml');
    const statement = 'statement: { columns: { reference: Details, provider_reference: Receipt, amount: Paid out } }';
    await project.write('payrun.yaml', config.replace('    limits:', `    ${statement}\n    limits:`));
    // This number answers 500, so that a person decides.
    await project.write('batches/may.csv', 'id,name,amount,mobile\nE1,Jane,100.00,0712340001\n');
    expect((await project.run('run', 'batches/')).code).toBe(5);
    const [row] = await project.report('may');
    const because = ['--because', 'not in the statement', '--by', 'Mary'];
    expect((await project.run('resolve', row?.['reference'] ?? '', '--as', 'failed', ...because)).code).toBe(0);
    expect((await project.run('backup', 'copy.db')).code).toBe(0);
    await project.run('retry', 'may', ...because);
    expect((await project.report('may'))[0]).toMatchObject({ generation: '2' });
    const sent = payouts();
    await restore();
    await rm(join(project.dir, 'reports'), { recursive: true });
    await recover();
    await project.run('retry', 'may', ...because);
    await project.run('run', 'batches/');
    expect(payouts()).toBe(sent);
    const [after] = await project.report('may');
    expect(after).toMatchObject({ status: 'unknown', generation: '2' });
  });
});

describe('a correction that only the lost ledger knew', () => {
  it('is taken in with what it replaces, and neither is paid again', async () => {
    project = await Project.open();
    await project.write('batches/may.csv', 'id,name,amount,wallet\nE1,Jane,100.00,acctMISSING\n');
    expect((await project.run('run', 'batches/may.csv')).code).toBe(4);
    expect((await project.run('backup', 'copy.db')).code).toBe(0);
    await project.write('batches/fix.csv', 'replaces,id,name,amount,wallet\nmay/E1,E1,Jane,100.00,acctSIM0002\n');
    await pays('run', 'batches/fix.csv');
    expect(project.book()).toHaveLength(1);
    await restore();
    expect(await recover()).toMatchObject({ exit: 0, counts: { paid: 1, replaced: 1 } });
    await project.run('retry', 'may');
    await project.run('retry', 'may', '--id', 'E1');
    await pays('run', 'batches/');
    expect([await statuses('may'), await statuses('fix')]).toEqual([['replaced'], ['paid']]);
    expect(project.book()).toHaveLength(1);
  });
});
