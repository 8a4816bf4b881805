import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerPayment } from '../../src/ledger/records.ts';
import { takeFileLock } from '../../src/ledger/sqlite/lock-file.ts';
import { writeReports, type WrittenReports } from '../../src/report/write.ts';
import { ReportedLedger, freshFolder, NOW, payment, recordOf } from './batch.ts';

const COLUMNS =
  'line,id,name,destination,amount,currency,status,reason,next_action,account,provider,reference,provider_reference,receipt,code,fee,attempts,generation,sent_at,settled_at';

interface Written extends WrittenReports {
  readonly summary: string;
  readonly failed: string | null;
}

async function write(reported: ReportedLedger, folder: string, timezone = 'Africa/Nairobi'): Promise<Written> {
  const { ledger, record } = reported;
  const nextAction = ({ id }: LedgerPayment): string => `look at ${id}`;
  const written = await writeReports({
    ...{ ledger, record, folder, timezone, nextAction, isSimulated: () => false, now: NOW, takeFileLock },
  });
  const path = (name: string): string => join(folder, 'payroll', name);
  const failed = written.names.includes('payroll-failed.csv') ? path('payroll-failed.csv') : null;
  return { ...written, summary: path('summary.json'), failed };
}

async function rowsOf(file: string): Promise<Record<string, string>[]> {
  return parse(await readFile(file, 'utf8'), { columns: true });
}

/** Many times as much of the disk and of the event loop as a whole report takes here. */
async function turns(folder: string): Promise<void> {
  for (let turn = 0; turn < 300; turn++) await stat(folder).then(() => new Promise(setImmediate));
}

describe('report.csv', () => {
  it('has our columns in their order, then the input columns that ours do not say', async () => {
    const header = {
      columns: ['Employee No', 'Net pay', 'Phone', 'Department', 'Memo', 'details.purpose', 'Status', 'input.status'],
      columnFields: ['id', 'amount', 'mobile', '', 'narrative', 'details.purpose', '', ''],
    };
    const paid = payment({
      cells: ['EMP-1', '45000.5', '0712 345 678', ' Kitchen ', 'Hi', 'rent', 'new', 'odd'],
      feeMinor: 10_00n,
    });
    const reported = new ReportedLedger(recordOf([paid], header), [paid]);
    const { report } = await write(reported, await freshFolder());
    expect(await readFile(report, 'utf8')).toBe(
      `${COLUMNS},Department,Memo,details.purpose,input.input.Status,input.status\r\n` +
        "2,EMP-1,Jane Wanjiku,'+254712345678,45000.50,KES,paid,,look at EMP-1,demo,sellapay,ABCDEFGH0123456789XY,TXN-1,TCA81XK2P9,completed," +
        '10.00,1,1,2026-11-28T06:00:00+03:00,2026-11-28T06:00:01+03:00, Kitchen ,Hi,rent,new,odd\r\n',
    );
  });

  it('prints each kind of destination as people write it, and amounts with the decimals of their currency', async () => {
    const all = [
      payment({ id: 'a', destination: { kind: 'bank', code: '015', account: '0123456789' } }),
      payment({ id: 'b', destination: { kind: 'wallet', wallet: 'acctSIM0002' } }),
      payment({ id: 'c', destination: { kind: 'paybill', paybill: '888880', account: '42' } }),
      payment({ id: 'd', destination: { kind: 'till', till: '123456' }, currency: 'UGX', amountMinor: 5000n }),
    ];
    const { report } = await write(new ReportedLedger(recordOf(all), all), await freshFolder());
    const rows = await rowsOf(report);
    expect(rows.map((row) => row['destination'])).toEqual(['015/0123456789', 'acctSIM0002', '888880/42', '123456']);
    expect(rows.map((row) => row['amount'])).toEqual(['45000.50', '45000.50', '45000.50', '5000']);
  });

  it('gives times with the offset that the zone had then', async () => {
    const all = [
      payment({ id: 'winter', sentAt: Date.UTC(2026, 0, 15, 12), settledAt: null }),
      payment({ id: 'summer', sentAt: Date.UTC(2026, 6, 15, 12), settledAt: null }),
    ];
    const reported = new ReportedLedger(recordOf(all), all);
    const times = async (zone: string): Promise<unknown> =>
      (await rowsOf((await write(reported, await freshFolder(), zone)).report)).map((row) => row['sent_at']);
    expect(await times('Europe/London')).toEqual(['2026-01-15T12:00:00+00:00', '2026-07-15T13:00:00+01:00']);
    expect(await times('America/St_Johns')).toEqual(['2026-01-15T08:30:00-03:30', '2026-07-15T09:30:00-02:30']);
    expect(await times('UTC')).toEqual(['2026-01-15T12:00:00+00:00', '2026-07-15T12:00:00+00:00']);
    expect(await times('Asia/Kathmandu')).toEqual(['2026-01-15T17:45:00+05:45', '2026-07-15T17:45:00+05:45']);
  });

  it('lets no cell run as a formula, whoever wrote it', async () => {
    const evil = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', "'=1", '==', ' =1'];
    const all = evil.map((text, at) =>
      payment({
        id: `e${at}`,
        name: text,
        reason: text,
        code: text,
        providerReference: text,
        receipt: text,
        cells: [`e${at}`, text],
      }),
    );
    const record = recordOf(all, { columns: ['id', '=cmd'], columnFields: ['id', ''] });
    const { report } = await write(new ReportedLedger(record, all), await freshFolder());
    const cells: string[][] = parse(await readFile(report, 'utf8'));
    expect(cells.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    expect(cells[0]?.at(-1)).toBe("'=cmd");
    expect(cells.slice(1).map((row) => row.at(-1))).toEqual([
      ...["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'\r=1", "'=1", "'==", ' =1'],
    ]);
  });

  it('brings back any text of any cell, but for one apostrophe in front', async () => {
    const folder = await freshFolder();
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...Array.from(`=+-@\t\r\n"',; é😀\u2028a`)) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (cells) => {
        const all = cells.map((pair, at) => payment({ id: `${at}`, cells: [`${at}`, ...pair], status: 'failed' }));
        const record = recordOf(all, { columns: ['id', 'x', 'y'], columnFields: ['id', '', ''], delimiter: ';' });
        const written = await write(new ReportedLedger(record, all), folder);
        const wellFormed = cells.map((pair) => pair.map((text) => text.toWellFormed()));
        const bare = (text: string): string => text.replace(/^'/, '');
        const rows: string[][] = parse(await readFile(written.report, 'utf8'));
        expect(rows.slice(1).map((row) => row.slice(-2).map(bare))).toEqual(wellFormed.map((pair) => pair.map(bare)));
        const failed: string[][] = parse(await readFile(written.failed ?? '', 'utf8'), { delimiter: ';' });
        expect(failed.slice(1).map((row) => row.slice(2).map(bare))).toEqual(wellFormed.map((pair) => pair.map(bare)));
      }),
      { numRuns: 60 },
    );
  });

  it('never has two columns of one name', () => {
    const name = fc.constantFrom(
      'status',
      'Status',
      'input.status',
      'INPUT.STATUS',
      'line',
      'input.line',
      'input.input.status',
    );
    return fc.assert(
      fc.asyncProperty(fc.uniqueArray(name), async (columns) => {
        const one = payment({ cells: columns });
        const record = recordOf([one], { columns, columnFields: columns.map(() => '') });
        const { report } = await write(new ReportedLedger(record, [one]), await freshFolder());
        const cells: string[][] = parse(await readFile(report, 'utf8'));
        const names = cells[0] ?? [];
        const carried = names.slice(COLUMNS.split(',').length);
        expect(carried.every((carriedName, at) => carriedName.endsWith(columns[at] ?? '?'))).toBe(true);
        // An input may tell two headers apart by capitals only if intake let it; ours never add to that.
        expect(new Set(names).size).toBe(names.length);
        expect(carried.some((carriedName) => COLUMNS.split(',').includes(carriedName.toLowerCase()))).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('is private, and nothing else is left in its folder', async () => {
    const one = payment();
    const folder = await freshFolder();
    await write(new ReportedLedger(recordOf([one]), [one]), folder);
    expect((await stat(join(folder, 'payroll'))).mode & 0o777).toBe(0o700);
    const names = (await readdir(join(folder, 'payroll'))).sort();
    expect(names).toEqual(['.lock', 'report.csv', 'summary.json']);
    for (const name of names) expect((await stat(join(folder, 'payroll', name))).mode & 0o777).toBe(0o600);
  });

  it('is written in one pass: each page of payments is asked for once, however many columns the input has', async () => {
    const columns = ['id', 'amount', 'mobile', ...Array.from({ length: 12 }, (_, at) => `Column ${at}`)];
    const cells = columns.map((name) => `some text, of ${name}`);
    const all = Array.from({ length: 5000 }, (_, at) => payment({ id: `EMP-${at}`, line: at + 2, cells }));
    const record = recordOf(all, { columns, columnFields: columns.map((_, at) => (at < 3 ? 'id' : '')) });
    const reported = new ReportedLedger(record, all, 1000);
    let pages = 0;
    reported.beforePage = () => {
      pages += 1;
      return Promise.resolve();
    };
    const { report, names } = await write(reported, await freshFolder());
    expect(pages).toBe(5);
    expect(names).toEqual(['report.csv', 'summary.json']);
    expect(await rowsOf(report)).toHaveLength(5000);
  });
});

describe('the file of failed rows', () => {
  const header = {
    columns: ['No', 'Betrag', 'Tel', 'Note'],
    columnFields: ['id', 'amount', 'mobile', ''],
    delimiter: ';',
  };
  const all = (['planned', 'failed', 'pending', 'unknown', 'cancelled', 'paid', 'returned', 'submitting'] as const).map(
    (status, at) =>
      payment({
        id: `E${at}`,
        line: at + 2,
        status,
        cells: [`E${at}`, '1.50', '+254712345678', at === 1 ? "'0012;x" : '-'],
      }),
  );

  it('has the failed and cancelled rows only, in the header, order and delimiter of the input', async () => {
    const { failed } = await write(new ReportedLedger(recordOf(all, header), all), await freshFolder());
    expect(await readFile(failed ?? '', 'utf8')).toBe(
      "replaces;No;Betrag;Tel;Note\r\npayroll/E1;E1;1.50;'+254712345678;\"'0012;x\"\r\npayroll/E4;E4;1.50;'+254712345678;'-\r\n",
    );
  });

  it('goes away when nothing failed any more', async () => {
    const folder = await freshFolder();
    const reported = new ReportedLedger(recordOf(all, header), all);
    const { failed } = await write(reported, folder);
    expect(failed).toBe(join(folder, 'payroll/payroll-failed.csv'));
    reported.state = all.map((one) => ({ ...one, status: 'paid' }));
    expect((await write(reported, folder)).failed).toBeNull();
    expect((await readdir(join(folder, 'payroll'))).sort()).toEqual(['.lock', 'report.csv', 'summary.json']);
  });

  it('keeps an apostrophe that is part of a text when the input was YAML, where it is no spreadsheet mark', async () => {
    const one = payment({ status: 'failed', cells: ["'s-Hertogenbosch"] });
    const yaml = { file: 'batches/p.yaml', columns: ['id'], columnFields: ['id'] };
    const text = async (part: object): Promise<string> => {
      const { failed } = await write(
        new ReportedLedger(recordOf([one], { ...yaml, ...part }), [one]),
        await freshFolder(),
      );
      return readFile(failed ?? '', 'utf8');
    };
    expect(await text({})).toBe("replaces,id\r\npayroll/EMP-1,''s-Hertogenbosch\r\n");
    expect(await text({ rowsFile: 'batches/p.csv' })).toBe("replaces,id\r\npayroll/EMP-1,'s-Hertogenbosch\r\n");
  });
});

describe('summary.json', () => {
  it('has counts and sums per currency and status as exact decimal texts', async () => {
    const all = [
      payment({ id: 'a', amountMinor: 900_719_925_474_099_301n }),
      payment({ id: 'b', amountMinor: 1n, feeMinor: 50n }),
      payment({ id: 'c', status: 'failed', amountMinor: 250n }),
      payment({ id: 'd', status: 'pending', amountMinor: 7n, currency: 'UGX' }),
    ];
    const { summary } = await write(new ReportedLedger(recordOf(all), all), await freshFolder());
    expect(JSON.parse(await readFile(summary, 'utf8'))).toEqual({
      version: 1,
      batch: 'payroll',
      description: 'November',
      file: 'batches/payroll.csv',
      rows_file: null,
      digest: 'd'.repeat(64),
      organisation: 'acme-ke',
      ledger: { id: expect.stringMatching(/^[0-9a-f-]+$/) as string, counter: 0 },
      sent_to_provider: true,
      simulated: 0,
      providers: { demo: 'sellapay' },
      registered_at: '2026-11-28T05:59:00+03:00',
      written_at: '2026-11-28T06:00:00+03:00',
      count: 4,
      totals: { KES: '9007199254740995.52', UGX: '7' },
      counts: { paid: 2, failed: 1, pending: 1 },
      sums: { KES: { paid: '9007199254740993.02', failed: '2.50' }, UGX: { pending: '7' } },
      fees: { KES: '0.50' },
    });
  });
});

describe('reports', () => {
  it('are refused as our own bug, and the old ones stay, when rows are missing or sums differ', async () => {
    const all = [payment({ id: 'a' }), payment({ id: 'b', status: 'failed' })];
    const folder = await freshFolder();
    const reported = new ReportedLedger(recordOf(all), all);
    const { report } = await write(reported, folder);
    const before = await readFile(report, 'utf8');
    reported.state = all.slice(1);
    await expect(write(reported, folder)).rejects.toThrow('do not add up');
    reported.state = all.map((one) => ({ ...one, amountMinor: one.amountMinor + 1n }));
    await expect(write(reported, folder)).rejects.toThrow('do not add up');
    reported.state = all.slice(1).map((one) => ({ ...one, amountMinor: one.amountMinor * 2n }));
    await expect(write(reported, folder)).rejects.toThrow('do not add up');
    expect(await readFile(report, 'utf8')).toBe(before);
    expect((await readdir(join(folder, 'payroll'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('follow an amendment that came between looking and writing', async () => {
    const before = [payment({ id: 'a' })];
    const after = [...before, payment({ id: 'b' })];
    const stale = recordOf(before);
    const reported = new ReportedLedger(recordOf(after), after);
    const folder = await freshFolder();
    await writeReports({
      ...{ ledger: reported.ledger, record: stale, folder, timezone: 'UTC', now: NOW, takeFileLock },
      nextAction: () => '',
      isSimulated: () => false,
    });
    expect(await rowsOf(join(folder, 'payroll/report.csv'))).toHaveLength(2);
  });

  it('begin again when an amendment between two pages moved lines, though count and sums agree', async () => {
    const before = ['a', 'b', 'c', 'd'].map((id, at) => payment({ id, line: at + 2 }));
    // Read on from line 3, this order has `b` twice and `d` never.
    const after = ['a', 'd', 'b', 'c'].map((id, at) => payment({ id, line: at + 2 }));
    const reported = new ReportedLedger(recordOf(before), before);
    let pages = 0;
    reported.beforePage = () => {
      pages += 1;
      if (pages === 2) {
        reported.state = after;
        reported.record = { ...recordOf(after), digest: 'e'.repeat(64) };
      }
      return Promise.resolve();
    };
    const { report, summary } = await write(reported, await freshFolder());
    expect((await rowsOf(report)).map((row) => row['id'])).toEqual(['a', 'd', 'b', 'c']);
    expect(JSON.parse(await readFile(summary, 'utf8'))).toMatchObject({ digest: 'e'.repeat(64), count: 4 });
    expect(pages).toBe(4);
  });

  it('give up as our own bug when the batch changes under every pass', async () => {
    const all = [payment({ id: 'a' })];
    const reported = new ReportedLedger(recordOf(all), all);
    let pages = 0;
    reported.beforePage = () => {
      pages += 1;
      reported.record = { ...reported.record, digest: String(pages).padStart(64, '0') };
      return Promise.resolve();
    };
    await expect(write(reported, await freshFolder())).rejects.toThrow('do not add up');
    expect(pages).toBe(5);
  });

  it('of two writers end in the newer state, even when the older one is slow', async () => {
    const older: LedgerPayment[] = ['a', 'b', 'c'].map((id) => payment({ id, status: 'pending' }));
    const newer = older.map((one): LedgerPayment => ({ ...one, status: 'paid' }));
    const folder = await freshFolder();
    const slow = new ReportedLedger(recordOf(older), older, 1);
    const fast = new ReportedLedger(recordOf(newer), newer);
    const second: Promise<Written>[] = [];
    slow.beforePage = async () => {
      // The newer state exists from here on, and its writer would finish first if it were let.
      if (second.length === 0) second.push(write(fast, folder));
      await Promise.race([...second, turns(folder)]);
    };
    await write(slow, folder);
    await Promise.all(second);
    const rows = await rowsOf(join(folder, 'payroll/report.csv'));
    expect(rows.map((row) => row['status'])).toEqual(['paid', 'paid', 'paid']);
  });

  it('wait for a writer in another process, and go on at once when that is killed', async () => {
    const folder = await freshFolder();
    const one = payment();
    const reported = new ReportedLedger(recordOf([one]), [one]);
    await write(reported, folder);
    const lock = join(folder, 'payroll');
    const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
    const program = `const { lockReports } = await import(${source('report/report-lock.ts')});
      const { takeFileLock } = await import(${source('ledger/sqlite/lock-file.ts')});
      const lock = await lockReports(${JSON.stringify(lock)}, takeFileLock);
      console.log(lock.isExclusive ? 'has it' : 'no lock');
      setInterval(() => lock, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [printed] = (await once(other.stdout, 'data')) as [Buffer];
      expect(printed.toString().trim()).toBe('has it');
      let done = false;
      const mine = write(reported, folder).then(() => (done = true));
      // Long enough for many polls of the lock; what is waited for is that nothing happens.
      await turns(lock);
      expect(done).toBe(false);
      other.kill('SIGKILL');
      await mine;
      expect(done).toBe(true);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('clear away what a killed writer left, and follow no link that stands in their place', async () => {
    const one = payment();
    const reported = new ReportedLedger(recordOf([one]), [one]);
    const folder = await freshFolder();
    await write(reported, folder);
    const inside = join(folder, 'payroll');
    await writeFile(join(folder, 'precious'), 'precious');
    await symlink(join(folder, 'precious'), join(inside, '.report.csv.1-1.tmp'));
    await writeFile(join(inside, 'notes.tmp'), 'a person keeps this');
    await write(reported, folder);
    expect((await readdir(inside)).sort()).toEqual(['.lock', 'notes.tmp', 'report.csv', 'summary.json']);
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious');
  });

  it('whose lock cannot be opened, or whose old failed.csv is a folder, fail in the words of the file system', async () => {
    const one = payment();
    const reported = new ReportedLedger(recordOf([one]), [one]);
    for (const name of ['.lock', 'failed.csv']) {
      const folder = await freshFolder();
      await mkdir(join(folder, 'payroll', name), { recursive: true });
      const code = expect.stringMatching(/^E[A-Z]+$/) as string;
      await expect(write(reported, folder)).rejects.toMatchObject({ code });
    }
  });

  it('pass on what the file system says', async () => {
    const folder = await freshFolder();
    await writeFile(join(folder, 'file'), '');
    const one = payment();
    await expect(write(new ReportedLedger(recordOf([one]), [one]), join(folder, 'file'))).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
  });
});
