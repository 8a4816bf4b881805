import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Project } from './harness.ts';

let project: Project;
afterEach(() => project.close());

interface StatusDocument {
  readonly exit: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly batches: readonly {
    readonly batch: string;
    readonly count: number;
    readonly counts: Readonly<Record<string, number>>;
    readonly registered_at: string;
    readonly accounts: readonly string[];
    readonly payments?: readonly Readonly<Record<string, unknown>>[];
  }[];
}

async function statusOf(...args: string[]): Promise<StatusDocument> {
  const { code, stdout } = await project.run('status', ...args, '--json');
  const found = JSON.parse(stdout) as StatusDocument;
  expect(found.exit).toBe(code);
  return found;
}

/** `batch/id status` of every payment that is shown. */
function listed({ batches }: StatusDocument): string[] {
  return batches.flatMap(({ batch, payments = [] }) =>
    payments.map(({ id, status }) => `${batch}/${String(id)} ${String(status)}`),
  );
}

beforeEach(async () => {
  project = await Project.open();
  await project.write(
    'batches/october.csv',
    'id,name,amount,mobile\nEMP-7,Jane,700.00,0722200019\nEMP-8,Ben,800,0722200029\n',
  );
  await project.write(
    'batches/november.csv',
    'id,name,amount,wallet\nEMP-7,Jane,750.00,acctMISSING\nEMP-9,Cid,900,acctGOOD\n',
  );
  await project.run('run', 'batches/october.csv', 'batches/november.csv');
});

describe('payrun status', () => {
  it('shows when each batch was registered and settled, and the accounts that pay it', async () => {
    const { code, stdout } = await project.run('status');
    expect(code).toBe(4);
    expect(stdout).toMatch(/^Batch october: registered \d+ \w{3} \d\d:\d\d, settled \d+ \w{3} \d\d:\d\d, from demo$/m);
    const { batches } = await statusOf();
    expect(batches.map(({ batch, accounts }) => [batch, accounts])).toEqual([
      ['october', ['demo']],
      ['november', ['demo']],
    ]);
    expect(batches[0]?.registered_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00$/);
  });

  it('knows a batch by its file, wherever that has gone', async () => {
    for (const file of ['batches/october.csv', './batches/october.csv', 'batches/done/october.csv', 'october.csv']) {
      const { batches, exit } = await statusOf(file);
      expect([file, exit, batches.map(({ batch }) => batch)]).toEqual([file, 0, ['october']]);
    }
  });

  it('knows a payment by its id, in every batch that has it', async () => {
    const found = await statusOf('emp-7');
    expect([found.exit, listed(found)]).toEqual([4, ['october/EMP-7 paid', 'november/EMP-7 failed']]);
    expect(found.batches.map(({ count, counts }) => [count, counts])).toEqual([
      [1, { paid: 1 }],
      [1, { failed: 1 }],
    ]);
    const { code, stdout } = await project.run('status', 'EMP-8');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^Batch october: 1 payment of that name\nEMP-8 Ben, 800\.00 KES to \S+: paid\n {2}line 3, account demo, reference \w{20}, .*, sent .*, ended /,
      ),
    ]);
  });

  it('knows any reference that a payment ever had, and what the provider calls it', async () => {
    const [first] = await project.report('november');
    await project.run('retry', 'november');
    const [again] = await project.report('november');
    expect(again?.['reference']).not.toBe(first?.['reference']);
    for (const name of [
      first?.['reference'] ?? '',
      (first?.['reference'] ?? '').toLowerCase(),
      again?.['reference'] ?? '',
    ]) {
      expect(listed(await statusOf(name))).toEqual(['november/EMP-7 failed']);
    }
    const [paid] = await project.report('october');
    const found = await statusOf(paid?.['provider_reference'] ?? '');
    expect([found.exit, listed(found)]).toEqual([0, ['october/EMP-7 paid']]);
  });

  it('says that nothing has this name, and what to do', async () => {
    const { exit, error } = await statusOf('EMP-77');
    expect([exit, error?.code]).toEqual([2, 'nothing-named']);
    expect(error?.message).toMatch(
      /Nothing is called EMP-77 here: .*newest batches are: october, november.*payrun status$/,
    );
    await project.write('batches/never.csv', 'id,amount,mobile\n1,1,0722200019\n');
    const never = await statusOf('batches/never.csv');
    expect([never.exit, never.error?.message]).toEqual([2, expect.stringContaining('payrun plan batches/never.csv')]);
  });

  it('names the payments that are open for longer than open_warning_after', async () => {
    await project.write('batches/banks.csv', 'id,name,amount,bank_code,bank_account\nB1,Ann,10,015,0110000777\n');
    await project.run('run', 'batches/banks.csv', '--wait', '0s');
    await project.write('payrun.yaml', `open_warning_after: 1ms\n${await project.read('payrun.yaml')}`);
    const { code, stderr } = await project.run('status');
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(/Account demo: 1 payment has been open for longer than .*: B1 of banks\. /),
    ]);
  });
});

describe('--rows', () => {
  const FIELDS = [
    ...['line', 'id', 'name', 'amount', 'currency', 'destination', 'account', 'status', 'reason', 'next_action'],
    ...['reference', 'provider_reference', 'receipt', 'sent_at', 'settled_at'],
  ];

  it('has the same fields in the document and in the table', async () => {
    const { batches } = await statusOf('october', '--rows');
    expect(Object.keys(batches[0]?.payments?.[0] ?? {}).sort()).toEqual([...FIELDS].sort());
    const { stdout } = await project.run('status', 'october', '--rows');
    const [, heading = '', first = ''] = stdout.split('\n');
    expect(
      heading
        .split(/ +/)
        .filter((name) => name !== '')
        .sort(),
    ).toEqual([...FIELDS].sort());
    for (const value of Object.values(batches[0]?.payments?.[0] ?? {})) expect(first).toContain(String(value));
  });

  it.each(['validate', 'plan'])('of %s shows every payment of a file', async (command) => {
    await project.write(
      'batches/next.csv',
      'id,name,amount,mobile\nX1,Ann,11.00,0722300019\nX2,Ben,12.00,0722300029\n',
    );
    const { stdout } = await project.run(command, 'batches/next.csv', '--rows');
    expect(stdout).toMatch(/ X1 +Ann +11\.00 +KES .* planned /);
    expect(stdout).toMatch(/ X2 +Ben +12\.00 +KES .* planned /);
    expect((await project.run(command, 'batches/next.csv')).stdout).not.toContain(' X1 ');
  });
});
