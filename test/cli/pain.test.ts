import { DatabaseSync } from 'node:sqlite';
import { open, readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageOf, mobile, type Message } from '../intake/pain/messages.ts';
import { CONFIG, Project, type Ended } from './harness.ts';

const XML_CONFIG = `${CONFIG.trim()}
  - match: "*.xml"
    account: demo
after_paid: move
`;

const TOTALS = '<NbOfTxs>2</NbOfTxs><CtrlSum>250.75</CtrlSum>';

/** Sellapay's simulator refuses this wallet. */
const BAD = `<CdtrAcct><Id><Othr><Id>acctMISSING</Id><SchmeNm><Prtry>WALLET</Prtry></SchmeNm></Othr></Id></CdtrAcct>`;

function payroll(
  date: string,
  { account = mobile('0711200029'), ...more }: Message & { readonly account?: string } = {},
) {
  const transfers = [
    { id: '0001', name: 'Ann &amp; Sons', amount: '100.25', account: mobile('+254-711200019') },
    { id: '0002', name: "Ben O'Hara", amount: '150.50', account },
  ];
  return messageOf({ id: 'ACME-2026-11', header: TOTALS, blocks: [{ date: `<Dt>${date}</Dt>`, transfers }], ...more });
}

let project: Project;
beforeEach(async () => {
  project = await Project.open({ config: XML_CONFIG });
});
afterEach(() => project.close());

/** Files that a sweep takes for written, since it passes over what is younger than a second. */
async function drop(name: string, text: string): Promise<string> {
  const path = await project.write(`batches/${name}`, text);
  await utimes(path, 1_700_000_000, 1_700_000_000);
  return path;
}

async function dropped(): Promise<readonly string[]> {
  return (await readdir(join(project.dir, 'batches'), { recursive: true }))
    .filter((name) => name.endsWith('.xml'))
    .sort();
}

const statuses = async (batch: string): Promise<readonly unknown[]> =>
  (await project.report(batch)).map(({ line, id, status }) => [line, id, status]);

const exitAndText = ({ code, stdout, stderr }: Ended): readonly [number | null, string] => [code, stdout + stderr];

describe('a pain.001 in the drop folder', () => {
  it('is checked, planned, paid, reported and moved, and is the same batch under any name', async () => {
    const text = payroll('2020-01-02');
    await drop('Payroll.XML', text);
    expect(await project.run('validate', 'batches/Payroll.XML')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('acme-2026-11 is clean: 2 payments, 250.75 KES') as string,
    });
    const plan = await project.run('plan', 'batches/Payroll.XML');
    expect(exitAndText(plan)).toEqual([0, expect.stringContaining('2 mobile, 250.75 KES')]);
    expect((await project.run('run', 'batches')).code).toBe(0);
    expect(
      project
        .book()
        .map(({ destination }) => destination)
        .sort(),
    ).toEqual(['+254711200019', '+254711200029']);
    expect(await statuses('acme-2026-11')).toEqual([
      ['6', "'0001", 'paid'],
      ['7', "'0002", 'paid'],
    ]);
    expect((await readdir(join(project.dir, 'batches/done'))).sort()).toEqual(['Payroll.XML']);
    await drop('copy of payroll.xml', text);
    expect((await project.run('run', 'batches')).code).toBe(0);
    expect((await project.run('run', 'batches')).stderr).toContain('Nothing to do');
    expect((await project.run('status', 'Payroll.XML')).stdout).toContain('acme-2026-11');
    expect(project.book()).toHaveLength(2);
  });

  it('is refused with other payments under the same MsgId, and as a copy under another one', async () => {
    await drop('a.xml', payroll('2020-01-02'));
    expect((await project.run('run', 'batches/a.xml')).code).toBe(0);
    await drop('b.xml', payroll('2020-01-02').replace('0711200029', '0711200039'));
    const changed = await project.run('run', 'batches/b.xml');
    expect(exitAndText(changed)).toEqual([3, expect.stringContaining('0002')]);
    await drop('b.xml', payroll('2020-01-02', { id: 'ACME-2026-11-B' }));
    expect(exitAndText(await project.run('run', 'batches/b.xml'))).toEqual([3, expect.stringContaining('batch-copy')]);
    expect(project.book()).toHaveLength(2);
  });

  it('waits for the day that it names', async () => {
    await drop('later.xml', payroll('2099-01-02'));
    const ended = await project.run('run', 'batches');
    expect(exitAndText(ended)).toEqual([5, expect.stringMatching(/2099/)]);
    expect(project.book()).toEqual([]);
  });

  it('waits while another process writes it, and is refused where it was cut off', async () => {
    const path = await drop('half.xml', payroll('2020-01-02').slice(0, 700));
    const handle = await open(path, 'a');
    const waiting = await project.run('run', 'batches');
    await handle.close();
    expect(waiting.stderr).toContain('half.xml');
    expect(await readdir(project.dir)).not.toContain('reports');
    await utimes(path, 1_700_000_000, 1_700_000_000);
    expect(exitAndText(await project.run('run', 'batches'))).toEqual([3, expect.stringContaining('xml-cut-off')]);
    expect(project.book()).toEqual([]);
  });

  it('is refused as a whole, with the line of each payment that is no payout and of each wrong total', async () => {
    const cheque = '<ChqInstr><ChqTp>BCHQ</ChqTp></ChqInstr>';
    const text = payroll('2020-01-02')
      .replace(/(<Amt>.*?<\/Amt>)(?=[^]*0711200029)/, `$1${cheque}`)
      .replace('250.75', '250.7');
    await drop('bad.xml', text);
    expect((await project.run('run', 'batches')).code).toBe(3);
    const errors = (await project.errors('acme-2026-11')).map(({ line, column, code }) => [line, column, code]);
    expect(errors).toEqual([
      ['4', 'CtrlSum', 'control-sum-mismatch'],
      ['6', '', 'pain-cheque'],
    ]);
    expect(project.book()).toEqual([]);
    expect(await dropped()).toEqual(['bad.xml']);
  });

  it('has its failed payments corrected by the CSV beside its report', async () => {
    await drop('a.xml', payroll('2020-01-02', { account: BAD }));
    expect((await project.run('run', 'batches')).code).toBe(4);
    const failed = await project.read('reports/acme-2026-11/acme-2026-11-failed.csv');
    expect(failed.split('\r\n')).toEqual([
      'replaces,id,name,amount,currency,mobile,bank_code,bank_account,wallet,paybill,paybill_account,till,narrative,' +
        'payment_information,instruction_id,purpose,category_purpose',
      "acme-2026-11/0002,'0002,Ben O'Hara,150.50,KES,,,,acctMISSING,,,,,P-1,,,",
      '',
    ]);
    await drop('corrected.csv', failed.replace(',,,,acctMISSING', ',0711200029,,,'));
    const ended = await project.run('run', 'batches/corrected.csv');
    expect(ended.code).toBe(0);
    expect(await statuses('acme-2026-11')).toEqual([
      ['6', "'0001", 'paid'],
      ['7', "'0002", 'replaced'],
    ]);
    expect(project.book()).toHaveLength(2);
  });

  it('keeps the narrative of its rule in a correction, which stands in no cell', async () => {
    const config = await project.read('payrun.yaml');
    await project.write('payrun.yaml', config.replace('"*.xml"\n', '"*.xml"\n    narrative: November wages\n'));
    await drop('a.xml', payroll('2020-01-02', { account: BAD }));
    expect((await project.run('run', 'batches')).code).toBe(4);
    const failed = await project.read('reports/acme-2026-11/acme-2026-11-failed.csv');
    await drop('corrected.csv', failed.replace(',,,,acctMISSING', ',0711200029,,,'));
    expect((await project.run('run', 'batches/corrected.csv')).code).toBe(0);
    const database = new DatabaseSync(join(project.dir, 'payrun.db'), { readOnly: true });
    const rows = database.prepare('SELECT narrative FROM contents').all();
    database.close();
    expect(rows.map(({ narrative }) => narrative)).toEqual(Array(3).fill('November wages'));
  });

  it('has no cells that could be repaired', async () => {
    await drop('a.xml', payroll('2020-01-02'));
    const ended = await project.run('validate', 'batches/a.xml', '--repair', 'mend.csv');
    expect(exitAndText(ended)).toEqual([2, expect.stringContaining('without --repair')]);
    expect(await readdir(project.dir)).not.toContain('mend.csv');
  });

  it('names the account of each debtor by the rule, and refuses a rule whose account is none', async () => {
    const rule = XML_CONFIG.replaceAll('ENDPOINT', project.simulator.endpoint).replace(
      '- match: "*.xml"\n    account: demo',
      '- match: "*.xml"\n    debtor_accounts: { "0123456789": ACCOUNT }',
    );
    await project.write('payrun.yaml', rule.replace('ACCOUNT', 'demos'));
    const debtor = '<DbtrAcct><Id><Othr><Id>0123456789</Id></Othr></Id></DbtrAcct>';
    await drop('a.xml', payroll('2020-01-02').replace('</ReqdExctnDt>', `$&${debtor}`));
    const wrong = await project.run('run', 'batches');
    expect(exitAndText(wrong)).toEqual([2, expect.stringMatching(/debtor_accounts\.0123456789.*Did you mean `demo`/)]);
    await project.write('payrun.yaml', rule.replace('ACCOUNT', 'demo'));
    expect((await project.run('run', 'batches')).code).toBe(0);
    await drop(
      'b.xml',
      payroll('2020-01-02', { id: 'B' }).replace('</ReqdExctnDt>', `$&${debtor.replace('789', '780')}`),
    );
    expect(exitAndText(await project.run('run', 'batches'))).toEqual([
      3,
      expect.stringContaining('pain-debtor-unknown'),
    ]);
  });

  it('is paid as the example of its documentation says', async () => {
    const text = await readFile(new URL('../../docs/pain-001.md', import.meta.url), 'utf8');
    await drop('salaries.xml', /```xml\n([^]*?)```/.exec(text)?.[1] ?? '');
    const printed = /\$ payrun run batches\/salaries\.xml\n(.*\n.*)\n/.exec(text)?.[1] ?? 'nothing';
    const ended = await project.run('run', 'batches/salaries.xml');
    expect(exitAndText(ended)).toEqual([0, expect.stringContaining(printed)]);
  });
});
