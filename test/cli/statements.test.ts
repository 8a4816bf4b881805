import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, it } from 'vitest';
import { CONFIG, Project } from './harness.ts';

let project: Project;
afterEach(() => project.close());

/** Two batches: one payment paid, one of which the answer was lost after it was booked, one paid and one lost in the second. */
async function open(statement: string): Promise<void> {
  project = await Project.open({ config: CONFIG.replace('    limits:', `    statement: ${statement}\n    limits:`) });
  await project.write(
    'batches/october.csv',
    'id,name,amount,mobile\nA1,Amina Wekesa,12000,0711222333\nA2,Brian Otieno,1500,0712340002\n',
  );
  await project.write(
    'batches/november.csv',
    'id,name,amount,mobile\nB1,Carol Njeri,45000,0711222337\nB2,Dan Kamau,700,0713340002\n',
  );
  await project.run('run', 'batches/');
  references.clear();
  for (const batch of ['october', 'november']) {
    for (const row of await project.report(batch)) references.set(row['id'] ?? '', row['reference'] ?? '');
  }
}

const references = new Map<string, string>();
const ref = (id: string): string => references.get(id) ?? '';

const statuses = async (batch: string): Promise<string[]> =>
  (await project.report(batch)).map((row) => `${row['id']} ${row['status']}`);

async function found(path: string): Promise<string[]> {
  const rows: Record<string, string>[] = parse(await project.read(path), { columns: true });
  return rows.map((row) => [row['finding'], row['batch'], row['id'], row['applied']].filter(Boolean).join(' '));
}

/** The portal's file, newest first, with its title lines. */
function portal(rows: readonly string[]): string {
  return [
    'Organization Name:,EXAMPLE NGO',
    'Short Code:,600981',
    'Account:,Utility Account',
    'Time Period:,From 01-10-2026 00:00:00 to 30-12-2026 23:59:59',
    '',
    'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.',
    ...rows,
    '',
  ].join('\r\n');
}

const today = (): string => {
  const [year, month, day] = new Date(Date.now() + 3 * 3_600_000).toISOString().slice(0, 10).split('-');
  return `${day}-${month}-${year}`;
};

function paidRow(receipt: string, id: string, amount: string, person: string): string {
  const details = `Salary Payment to ${person} via API. Original conversation ID is ${ref(id)}.`;
  return `${receipt},${today()} 16:02:08,${today()} 16:02:07,${details},Completed,,"-${amount}","586,444.60",true,Salary Payment via API,${person},,`;
}

function chargeRow(receipt: string, amount: string): string {
  return `${receipt},${today()} 16:02:08,${today()} 16:02:07,Salary Payment Charge,Completed,0.00,-${amount},"586,422.20",true,Salary Payment Charge,,,`;
}

describe('the organisation statement of the M-PESA portal', () => {
  it('settles all batches of its account as it comes', async () => {
    await open('mpesa-organisation');
    const rows = [
      `RTOPUP0001,${today()} 17:00:00,${today()} 17:00:00,Deposit of Funds,Completed,"500,000.00",,"1,086,444.60",true,Deposit,,,`,
      chargeRow('RB2', '22.40'),
      paidRow('RB2', 'B2', '700.00', '2547****002 - DAN KAMAU'),
      paidRow('RB1', 'B1', '45,000.00', '2547****337 - CAROL NJERI'),
      chargeRow('RA2', '22.40'),
      paidRow('RA2', 'A2', '1,500.00', '2547****002 - BRIAN OTIENO'),
      paidRow('RA1', 'A1', '12,000.00', '2547****333 - AMINA WEKESA'),
    ];
    await project.write('portal.csv', portal(rows));
    const args = ['reconcile', '--account', 'demo', '--statement', 'portal.csv', '--apply', '--json'] as const;
    const dry = await project.run(...args, '--dry-run');
    expect(JSON.parse(dry.stdout)).toMatchObject({ exit: 0, batch: null, changes: [{ id: 'B2' }, { id: 'A2' }] });
    expect([await statuses('october'), await statuses('november')]).toEqual([
      ['A1 paid', 'A2 unknown'],
      ['B1 paid', 'B2 unknown'],
    ]);
    const applied = await project.run(...args, '--because', 'portal', '--by', 'Mary');
    expect(JSON.parse(applied.stdout)).toMatchObject({
      exit: 0,
      applied: 2,
      counts: { agrees: 2, charge: 2, 'paid-but-unknown': 2 },
      batches: [
        { batch: 'november', counts: { charge: 1, 'paid-but-unknown': 1, agrees: 1 } },
        { batch: 'october', counts: { charge: 1, 'paid-but-unknown': 1, agrees: 1 } },
      ],
    });
    expect(await found('reports/_statements/demo-portal.csv')).toEqual([
      'charge november B2',
      'paid-but-unknown november B2 paid',
      'agrees november B1',
      'charge october A2',
      'paid-but-unknown october A2 paid',
      'agrees october A1',
    ]);
    expect([await statuses('october'), await statuses('november')]).toEqual([
      ['A1 paid', 'A2 paid'],
      ['B1 paid', 'B2 paid'],
    ]);
  });

  it('records nothing from what came back, and names money that went to our people without payrun', async () => {
    await open('mpesa-organisation');
    const back = `RBACK,${today()} 18:00:00,${today()} 18:00:00,Salary Payment Reversal by 600981 of RA2,Completed,"1,500.00",0.00,"1.00",true,Transaction Reversal,,RA2,`;
    const byHand = `RHAND,${today()} 19:00:00,${today()} 19:00:00,Salary Payment to 2547****337 - CAROL NJERI,Completed,,"-45,000.00","1.00",true,Salary Payment,2547****337 - CAROL NJERI,,`;
    const stranger = `RELSE,${today()} 19:00:00,${today()} 19:00:00,Salary Payment to 2547****777 - JOHN DOE,Completed,,"-45,000.00","1.00",true,Salary Payment,2547****777 - JOHN DOE,,`;
    const rows = [
      byHand,
      stranger,
      back,
      paidRow('RA2', 'A2', '1,500.00', '2547****002 - BRIAN OTIENO'),
      paidRow('RA1', 'A1', '12,000.00', '2547****333 - AMINA WEKESA'),
      paidRow('RB1', 'B1', '45,000.00', '2547****337 - CAROL NJERI'),
    ];
    for (const order of [rows, rows.toReversed()]) {
      await project.write('portal.csv', portal(order));
      const ended = await project.run('reconcile', '--account', 'demo', '--statement', 'portal.csv', '--apply');
      expect(ended.code).toBe(5);
      expect((await found('reports/_statements/demo-portal.csv')).toSorted()).toEqual([
        'agrees november B1',
        'agrees october A1',
        'came-back october A2',
        'came-back october A2',
        'not-ours',
        'open november B2',
        'outside-payrun november B1',
      ]);
      expect(await statuses('october')).toEqual(['A1 paid', 'A2 unknown']);
      const named = ended.stdout.split('\n').filter((line) => /^[a-z]/.test(line));
      expect(named.map((line) => line.replace(/, line .*/, '')).toSorted()).toEqual([
        'came-back  october/A2 Brian Otieno  1500.00 KES',
        'not-ours  45000.00 KES',
        'open  november/B2 Dan Kamau  700.00 KES',
        'outside-payrun  november/B1 Carol Njeri  45000.00 KES',
      ]);
      expect(ended.stdout).toContain('Ask again: payrun settle november.');
    }
  });

  it('names the first differences on the screen, and says how many more the file has', async () => {
    await open('mpesa-organisation');
    const strangers = Array.from(
      { length: 25 },
      (_, at) =>
        `RELSE${at},${today()} 19:00:00,${today()} 19:00:00,Salary Payment to 2547****777 - JOHN DOE,Completed,,"-45,000.00","1.00",true,Salary Payment,2547****777 - JOHN DOE,,`,
    );
    await project.write('portal.csv', portal(strangers));
    const ended = await project.run('reconcile', '--account', 'demo', '--statement', 'portal.csv');
    expect(ended.stdout.match(/^not-ours {2}/gm)).toHaveLength(20);
    expect(ended.stdout).toMatch(/^… and \d+ more in the file below$/m);
  });

  it('needs a batch or an account that is known', async () => {
    await open('mpesa-organisation');
    await project.write('portal.csv', portal([]));
    const none = await project.run('reconcile', '--statement', 'portal.csv');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--account; ')]);
    expect((await project.run('reconcile', '--account', 'salary', '--statement', 'portal.csv')).code).toBe(2);
  });
});

describe('any other statement', () => {
  it('of unsigned amounts in one column proves nothing until its direction is configured', async () => {
    await open('{ columns: { reference: Note, provider_reference: Id, amount: Amount } }');
    await project.write('s.csv', `Id,Note,Amount\nX1,${ref('A2')},1500.00\n`);
    const ended = await project.run('reconcile', 'october', '--statement', 's.csv', '--apply');
    expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('accounts.demo.statement.out')]);
    expect(await statuses('october')).toEqual(['A1 paid', 'A2 unknown']);
    const config = await project.read('payrun.yaml');
    await project.write('payrun.yaml', config.replace('amount: Amount }', 'amount: Amount }, out: positive'));
    await project.run('reconcile', 'october', '--statement', 's.csv', '--apply');
    expect(await statuses('october')).toEqual(['A1 paid', 'A2 paid']);
  });

  it('that links a reversal to our reference takes the payment back', async () => {
    const columns = 'reference: Note, provider_reference: Id, amount: Withdrawn, paid_in: Paid In, linked_receipt: Of';
    await open(`{ columns: { ${columns} } }`);
    await project.write(
      's.csv',
      `Id,Note,Paid In,Withdrawn,Of\nX1,${ref('A2')},,1500.00,\nX2,Reversal,1500.00,,${ref('A2')}\n`,
    );
    const ended = await project.run('reconcile', 'october', '--statement', 's.csv', '--apply');
    expect([ended.code, await statuses('october')]).toEqual([5, ['A1 paid', 'A2 unknown']]);
    expect(ended.stdout).toMatch(/2\s+came-back/);
  });

  it('with grouped amounts names the setting for them before the provider', async () => {
    await open('{ columns: { reference: Note, provider_reference: Id, amount: Debit } }');
    await project.write('s.csv', `Id,Note,Debit\nX1,${ref('A2')},"1,500.00"\n`);
    const ended = await project.run('reconcile', 'october', '--statement', 's.csv');
    expect([ended.code, ended.stderr]).toEqual([
      3,
      expect.stringMatching(/accounts\.demo\.statement\.number_format.*provider/s),
    ]);
  });
});
