import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CONFIG, type Ended, type Project } from './harness.ts';
import { openWithSigners, type Signers } from './ssh-keys.ts';

let signers: Signers;
afterEach(() => signers.project.close());

const FILE = 'may.csv';
const ACTION = 'action.json';
const CONFIG_WITH_STATEMENT = CONFIG.replace(
  '    limits:',
  '    statement: { columns: { reference: Details, provider_reference: Receipt, amount: Paid out } }\n    limits:',
);

function approve(file: string, who: keyof Signers['keys'], ...flags: string[]): Promise<Ended> {
  return signers.project.run('approve', file, '--yes', '--key', signers.keys[who], ...flags);
}

/** An approved batch that was run: the answer about E1 is lost after it was booked, E2 is refused, E3 is paid. */
async function open(): Promise<Project> {
  signers = await openWithSigners(undefined, { config: CONFIG_WITH_STATEMENT });
  const { project } = signers;
  await project.write(
    FILE,
    'id,name,amount,mobile,wallet\nE1,Jane,300.00,0712340002,\nE2,Ben,50.00,,acctMISSING\nE3,Ann,70.00,0712000119,\n',
  );
  await approve(FILE, 'alice');
  expect((await project.run('run', FILE, '--wait', '0s')).code).toBe(5);
  expect((await project.report('may')).map(({ status }) => status)).toEqual(['unknown', 'failed', 'paid']);
  return project;
}

async function row(id: string): Promise<Record<string, string>> {
  return (await signers.project.report('may')).find((found) => found['id'] === id) ?? {};
}

describe('a retry that somebody has to sign', () => {
  it('is refused without an action, and says how it is done', async () => {
    const project = await open();
    const refused = await project.run('retry', 'may', '--id', 'E2');
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain(
      'retry needs approval: 1 person has to sign it first. Nothing was done. Write down what it would do: payrun retry may --id E2 --dry-run --out ACTION.json',
    );
    expect(await row('E2')).toMatchObject({ status: 'failed', generation: '1' });
  });

  it('is done once, exactly as it was signed', async () => {
    const project = await open();
    const written = await project.run(
      'retry',
      'may',
      '--dry-run',
      '--out',
      ACTION,
      '--because',
      'wallet opened',
      '--by',
      'Mary',
    );
    expect(written).toMatchObject({ code: 0, stderr: expect.stringContaining('payrun approve action.json') as string });
    expect((await stat(join(project.dir, ACTION))).mode & 0o777).toBe(0o600);
    const unsigned = await project.run('retry', 'may', '--action', ACTION);
    expect(unsigned).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('action.json needs 1 signature and has none') as string,
    });

    const approved = await approve(ACTION, 'bob');
    expect(approved.code).toBe(0);
    expect(approved.stdout).toMatch(/may\/E2 Ben, 50\.00 KES from demo: failed, would become planned/);
    expect(approved.stdout).toContain('because  wallet opened');
    expect(approved.stdout).toContain('To do it: payrun retry --action action.json');

    const done = await project.run('retry', '--action', ACTION);
    expect(done.code).toBe(5);
    // The wallet is still missing: the retry has failed as the first payment did.
    expect(await row('E2')).toMatchObject({ status: 'failed', generation: '2' });
    const again = await project.run('retry', 'may', '--action', ACTION);
    expect(again.code).toBe(5);
    expect(again.stderr).toMatch(
      /action\.json is not what would be done now\. Payment E2 of batch may \(\S+\) is not failed any more, or has another reference/,
    );
    expect(await row('E2')).toMatchObject({ generation: '2' });
    const summary = await project.read('reports/may/summary.json');
    const { approvals } = JSON.parse(summary) as { readonly approvals: readonly object[] };
    expect(approvals).toMatchObject([
      { principal: 'alice', command: 'run' },
      { principal: 'bob', command: 'retry' },
    ]);
  });

  it('is refused when the action was changed, is of another command, or flags say something else', async () => {
    const project = await open();
    await project.run('retry', 'may', '--dry-run', '--out', ACTION);
    await approve(ACTION, 'alice');
    const text = await project.read(ACTION);
    await project.write(ACTION, text.replace('"E2"', '"E3"'));
    const changed = await project.run('retry', 'may', '--action', ACTION);
    expect(changed).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('was changed after it was written') as string,
    });
    expect((await approve(ACTION, 'bob')).code).toBe(2);
    await project.write(ACTION, text);
    for (const [flags, words] of [
      [['retry', 'june', '--action', ACTION], '<batch> june: action.json says may'],
      [['retry', 'may', '--id', 'E3', '--action', ACTION], '--id E3: action.json says nothing of it'],
      [['retry', 'may', '--action', ACTION, '--dry-run'], 'leave one of them out'],
      [['retry', 'may', '--out', 'x.json'], '--out goes with --dry-run'],
      [['resolve', '--action', ACTION], 'is an action of retry, not of resolve'],
      [['retry'], '<batch> is missing'],
      [['retry', '--action', FILE], 'is no action of payrun'],
      [['retry', '--action', 'none.json'], 'cannot be read (ENOENT)'],
    ] as const) {
      const ended = await project.run(...flags);
      expect(ended.code, ended.stderr).toBe(2);
      expect(ended.stderr).toContain(words);
    }
    await project.write('payrun.yaml', (await project.read('payrun.yaml')).replace('concurrency: 4', 'concurrency: 5'));
    const limited = await project.run('retry', 'may', '--action', ACTION);
    expect(limited).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('The policy, the limits or the places') as string,
    });
    expect(await row('E2')).toMatchObject({ status: 'failed', generation: '1' });
  });

  it('is written over no other file', async () => {
    const project = await open();
    await project.write('batches/june.csv', 'id,name,amount,mobile\nE9,Zoe,10.00,0712000149\n');
    for (const file of ['signers', 'payrun.yaml', 'payrun.db', 'payrun.db.mark', 'batches/june.csv']) {
      const before = (await project.read(file)).slice(0, 60);
      const refused = await project.run('retry', 'may', '--dry-run', '--by', 'Mary', '--out', file);
      expect(refused).toMatchObject({ code: 2 });
      expect(refused.stderr).toContain(
        `--out ${file} is there already and is no action of payrun. Nothing was written.`,
      );
      expect((await project.read(file)).slice(0, 60)).toBe(before);
    }
    const write = (): Promise<Ended> => project.run('retry', 'may', '--dry-run', '--by', 'Mary', '--out', ACTION);
    expect([(await write()).code, (await write()).code]).toEqual([0, 0]);
  });

  it('leaves out what has failed since, and refuses when a payment has moved', async () => {
    const project = await open();
    await project.run('retry', 'may', '--dry-run', '--out', ACTION);
    await approve(ACTION, 'alice');
    const { reference = '' } = await row('E1');
    await project.run(
      'resolve',
      reference,
      '--as',
      'failed',
      '--because',
      'not in the statement',
      '--by',
      'Mary',
      '--dry-run',
      '--out',
      'failed.json',
    );
    await approve('failed.json', 'carol');
    const decided = await project.run('resolve', '--action', 'failed.json');
    expect(decided).toMatchObject({ code: 0, stdout: expect.stringContaining('is recorded as failed') as string });
    const more = await project.run('retry', 'may', '--action', ACTION);
    expect(more).toMatchObject({ code: 5, stderr: expect.stringContaining('Payment E1 of batch may') as string });
    expect(more.stderr).toContain('it is not in the action');
    expect(await row('E2')).toMatchObject({ generation: '1' });
  });
});

describe('a decision that somebody has to sign', () => {
  it('is needed for failed, and not for paid', async () => {
    const project = await open();
    const { reference = '' } = await row('E1');
    const because = ['--because', 'seen in the statement', '--by', 'Mary'];
    const failed = await project.run('resolve', reference, '--as', 'failed', ...because);
    expect(failed).toMatchObject({ code: 5, stderr: expect.stringContaining('resolve needs approval') as string });
    expect(await row('E1')).toMatchObject({ status: 'unknown' });
    expect((await project.run('resolve', reference, '--as', 'paid', ...because)).code).toBe(0);
    expect(await row('E1')).toMatchObject({ status: 'paid' });
  });

  it('is done once', async () => {
    const project = await open();
    const { reference = '' } = await row('E1');
    const decision = [reference, '--as', 'failed', '--because', 'not in the statement', '--by', 'Mary'];
    await project.run('resolve', ...decision, '--dry-run', '--out', ACTION);
    await approve(ACTION, 'alice');
    expect((await project.run('resolve', '--action', ACTION)).code).toBe(0);
    expect(await row('E1')).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('not in the statement') as string,
    });
    expect((await project.run('resolve', '--action', ACTION)).code).toBe(2);
  });
});

describe('what a statement proves', () => {
  it('is recorded when it was signed, with the same statement only', async () => {
    const project = await open();
    const { reference = '' } = await row('E1');
    const statement = `Receipt,Details,Paid out\nR1,${reference},-300.00\n`;
    await project.write('statement.csv', statement);
    const given = ['reconcile', 'may', '--statement', 'statement.csv', '--apply'];
    const refused = await project.run(...given);
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('reconcile needs approval') as string });
    expect(await row('E1')).toMatchObject({ status: 'unknown' });
    await project.run(...given, '--dry-run', '--out', ACTION);
    await approve(ACTION, 'alice');
    await project.write('statement.csv', `${statement}R9,NOT-OURS,-1.00\n`);
    const other = await project.run('reconcile', '--action', ACTION);
    expect(other).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('is not what would be done now') as string,
    });
    await project.write('statement.csv', statement);
    await project.run('reconcile', '--action', ACTION);
    expect(await row('E1')).toMatchObject({ status: 'paid' });
    expect((await project.run('reconcile', '--action', ACTION)).code).toBe(5);
    // To compare changes nothing, so that nobody has to sign.
    expect((await project.run('reconcile', 'may', '--statement', 'statement.csv')).stderr).not.toContain(
      'needs approval',
    );
  });
});

describe('a recovery', () => {
  it('needs the signatures for what all batches pay', async () => {
    const project = await open();
    for (const suffix of ['', '-wal', '-shm']) await rm(join(project.dir, `payrun.db${suffix}`), { force: true });
    const refused = await project.run('recover', '--because', 'the disk died', '--by', 'Mary');
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('recover needs approval') as string });
    const written = await project.run(
      'recover',
      '--because',
      'the disk died',
      '--by',
      'Mary',
      '--dry-run',
      '--out',
      ACTION,
    );
    expect(written.code).toBe(0);
    expect((await approve(ACTION, 'alice')).code).toBe(0);
    const done = await project.run('recover', '--action', ACTION);
    expect(done.stdout).toContain('payments may have been sent since and became unknown');
    expect((await project.run('recover', '--action', ACTION)).stdout).toContain('Nothing is missing');
  });
});
