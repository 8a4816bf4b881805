import { mkdir, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { csvOf, type Ended, type Project } from './harness.ts';
import { startInTerminal } from './pseudo-terminal.ts';
import { approvalsIn, makeKey, openWithSigners, RULES, signerLine, type Signers } from './ssh-keys.ts';

let signers: Signers;
afterEach(() => signers.project.close());

const FILE = 'batches/november.csv';

async function open(rows = 3, rules?: string): Promise<Project> {
  signers = await openWithSigners(rules);
  await signers.project.write(FILE, csvOf(rows));
  return signers.project;
}

function approve(who: keyof Signers['keys'], ...flags: string[]): Promise<Ended> {
  return signers.project.run('approve', FILE, '--yes', '--key', signers.keys[who], ...flags);
}

describe('a batch that somebody has to sign', () => {
  it('is not registered and not sent before, and says who may sign', async () => {
    const project = await open();
    const run = await project.run('run', FILE, '--json');
    expect(run.code).toBe(5);
    expect(approvalsIn(run)).toEqual({
      needed: 1,
      missing: 1,
      valid: [],
      void: [],
      may_sign: ['alice', 'bob', 'carol'],
    });
    expect(run.stderr).toContain(
      'Batch november needs 1 signature and has none. 1 more of these may sign: alice, bob, carol.',
    );
    expect(run.stderr).toContain('Nothing of it was sent. To sign: payrun approve batches/november.csv');
    expect(project.book()).toEqual([]);
    expect((await project.run('status', 'november')).code).toBe(2);
    expect((await project.run('validate', FILE)).code).toBe(0);
  });

  it('is paid when one person has signed it, and the signature is in ledger and report', async () => {
    const project = await open();
    const approved = await approve('alice', '--json');
    expect(approved).toMatchObject({ code: 0 });
    expect(approvalsIn(approved)).toMatchObject({ needed: 1, missing: 0, valid: [{ principal: 'alice' }] });
    expect(await readdir(join(project.dir, 'batches'))).toEqual(['november.csv', 'november.csv.alice.sig']);
    expect((await stat(join(project.dir, `${FILE}.alice.sig`))).mode & 0o777).toBe(0o644);

    const run = await project.run('run', FILE, '--json');
    expect(run.code).toBe(0);
    const [valid] = approvalsIn(run).valid;
    expect(valid).toMatchObject({ principal: 'alice', key: expect.stringMatching(/^SHA256:/) as string });
    expect(project.book()).toHaveLength(3);
    const summary = JSON.parse(await project.read('reports/november/summary.json')) as {
      readonly approvals: readonly { readonly principal: string; readonly text: string }[];
    };
    expect(summary.approvals).toMatchObject([{ principal: 'alice', key: valid?.key, command: 'run' }]);
    expect(summary.approvals[0]?.text).toMatch(
      /^payrun approval 1\norganisation acme-ke\nledger .+\nbatch november\nplan [0-9a-f]{64}\npayments 3\nsum KES 300\.06\n$/,
    );
    const status = JSON.parse((await project.run('status', 'november', '--json')).stdout) as {
      readonly batches: object[];
    };
    expect(status.batches[0]).toMatchObject({ signed: [{ principal: 'alice', key: valid?.key, command: 'run' }] });
    // What is paid needs nobody, with or without the file of the signature.
    expect((await project.run('run', FILE)).code).toBe(0);
  });

  it('needs two people above the amount of the first rule, with keys of any kind', async () => {
    const project = await open(20);
    await approve('bob');
    const half = await project.run('run', FILE, '--json');
    expect(half.code).toBe(5);
    expect(approvalsIn(half)).toMatchObject({
      needed: 2,
      missing: 1,
      valid: [{ principal: 'bob' }],
      may_sign: ['alice', 'carol'],
    });
    expect(half.stderr).toContain('needs 2 signatures and has 1 (bob). 1 more of these may sign: alice, carol.');
    expect(project.book()).toEqual([]);
    expect((await approve('carol')).stdout).toContain('has the signatures that it needs');
    expect((await project.run('run', FILE)).code).toBe(0);
    expect(project.book()).toHaveLength(20);
  });

  it('is read from a folder by a sweep, which takes no signature for a batch', async () => {
    const project = await open();
    expect((await project.run('run', 'batches')).code).toBe(5);
    await approve('alice');
    expect((await project.run('run', 'batches')).code).toBe(0);
    expect(project.book()).toHaveLength(3);
  });
});

describe('an approved batch', () => {
  /** What was in flight at a kill may not have come to the provider. */
  async function expectAllSent(): Promise<void> {
    const { project } = signers;
    const statuses = (await project.report('november')).map(({ status }) => status);
    expect(statuses).toHaveLength(30);
    expect(statuses).not.toContain('planned');
    expect(statuses.filter((status) => status === 'paid').length).toBeGreaterThan(20);
    expect(new Set(project.book().map(({ reference }) => reference)).size).toBe(project.book().length);
  }

  it('takes its signatures along when its file is moved', async () => {
    const project = await open();
    await project.write('payrun.yaml', `${await project.read('payrun.yaml')}after_paid: move\n`);
    await approve('alice');
    const run = await project.run('run', 'batches/november.csv');
    expect(run.code).toBe(0);
    expect((await readdir(join(project.dir, 'batches', 'done'))).sort()).toEqual([
      'november.csv',
      'november.csv.alice.sig',
    ]);
    expect(await readdir(join(project.dir, 'batches'))).toEqual(['done']);
  });

  it('goes on after a kill by the signature in the ledger, for as long as its key is valid', async () => {
    const project = await open(30, 'approvals: { signers: signers, rules: [{ signatures: 1 }] }\n');
    await approve('alice');
    const running = project.start(['run', FILE]);
    await expect.poll(() => project.book().length, { timeout: 20_000 }).toBeGreaterThan(2);
    running.child.kill('SIGKILL');
    await running.ended;
    await rm(join(project.dir, `${FILE}.alice.sig`));
    const line = await project.read('signers');
    await project.write('signers', await signerLine(signers.keys.alice, 'alice', 'valid-before="20200101"'));
    const before = project.book().length;
    const expired = await project.run('run', FILE, '--json');
    expect(expired.code).toBe(5);
    expect(approvalsIn(expired).void).toMatchObject([
      { principal: 'alice', why: expect.stringContaining('has expired') as string },
    ]);
    expect(project.book()).toHaveLength(before);
    await project.write('signers', line);
    await project.run('run', FILE);
    await expectAllSent();
  });

  it('needs signatures for what is still planned where the rules came later', async () => {
    const project = await open(30, '');
    const running = project.start(['run', FILE]);
    await expect.poll(() => project.book().length, { timeout: 20_000 }).toBeGreaterThan(2);
    running.child.kill('SIGKILL');
    await running.ended;
    const sent = project.book().length;
    await project.write('payrun.yaml', `${await project.read('payrun.yaml')}${RULES}`);
    const refused = await project.run('run', FILE);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('Batch november needs 2 signatures and has none');
    expect(project.book()).toHaveLength(sent);
    await approve('alice');
    await approve('bob');
    await project.run('run', FILE);
    await expectAllSent();
  });

  it('keeps an amendment back that nobody has signed, and a refusal that was not set aside in the plan', async () => {
    const project = await open();
    await approve('alice');
    expect((await project.run('run', FILE)).code).toBe(0);
    await project.write(FILE, csvOf(4));
    const amended = await project.run('run', FILE, '--amend', '--json');
    expect(amended.code).toBe(5);
    expect(approvalsIn(amended).void).toMatchObject([{ principal: 'alice' }]);
    expect(project.book()).toHaveLength(3);
    expect((await project.run('run', 'batches', '--amend')).code).toBe(5);
    expect((await approve('bob', '--amend')).code).toBe(0);
    expect((await project.run('run', FILE, '--amend')).code).toBe(0);
    expect(project.book()).toHaveLength(4);

    await project.write('batches/december.csv', csvOf(4));
    const copy = ['batches/december.csv', '--allow-duplicate'];
    expect((await project.run('approve', 'batches/december.csv', '--yes', '--key', signers.keys.alice)).code).toBe(3);
    expect((await project.run('run', ...copy)).code).toBe(5);
    expect((await project.run('approve', ...copy, '--yes', '--key', signers.keys.alice)).code).toBe(0);
    expect((await project.run('run', 'batches/december.csv')).code).toBe(3);
    expect((await project.run('run', ...copy)).code).toBe(0);
    expect(project.book()).toHaveLength(8);
  });

  it('is signed at a terminal after the question, or not at all', async () => {
    const project = await open();
    const away = await project.run('approve', FILE, '--key', signers.keys.alice);
    expect(away).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no terminal to ask you on') as string,
    });
    const started = startInTerminal(project, ['approve', FILE, '--key', signers.keys.alice], 120);
    await expect.poll(() => started.written(), { timeout: 20_000 }).toContain('as alice? [y/N]');
    expect(started.written()).toContain('0 of 1 signatures');
    started.type('n\n');
    expect((await started.ended).code).toBe(5);
    expect(await readdir(join(project.dir, 'batches'))).toEqual(['november.csv']);
  });

  it('has dates in the time zone of the configuration, whatever that of the process is', async () => {
    const project = await open();
    await approve('alice');
    // A minute ago in Nairobi; in UTC that is three hours to come.
    const wall = new Date(Date.now() - 60_000 + 3 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14);
    await project.write('signers', await signerLine(signers.keys.alice, 'alice', `valid-before="${wall}"`));
    for (const TZ of ['UTC', 'America/New_York', 'Africa/Nairobi']) {
      const run = await project.start(['run', FILE, '--json'], { TZ }).ended;
      expect(run.code, TZ).toBe(5);
      expect(approvalsIn(run)).toMatchObject({ may_sign: [], void: [{ principal: 'alice' }] });
    }
    await project.write('signers', await signerLine(signers.keys.alice, 'alice', `valid-before="${wall}Z"`));
    expect((await project.run('run', FILE)).code).toBe(0);
  });
});

describe('a signature that does not count', () => {
  async function voidOf(): Promise<string> {
    const run = await signers.project.run('run', FILE, '--json');
    expect(run.code).toBe(5);
    const { valid, void: voided } = approvalsIn(run);
    expect(valid).toEqual([]);
    expect(signers.project.book()).toEqual([]);
    return voided.map(({ principal, why }) => `${principal}: ${why}`).join('\n');
  }

  it('is one of other rows, another limit, another place or another rule', async () => {
    const project = await open();
    await approve('alice');
    await project.write(FILE, csvOf(3).replace('Person 2', 'Person Two'));
    expect(await voidOf()).toContain('alice: it is no signature of this plan as it is now');
    await project.write(FILE, csvOf(3));
    const config = await project.read('payrun.yaml');
    for (const [was, is] of [
      ['concurrency: 4', 'concurrency: 5'],
      ['SELLAPAY_API_KEY', 'PATH'],
      ['authorize_rate: 1000', 'authorize_rate: 999'],
      ['KES: "1000"', 'KES: "2000"'],
    ] as const) {
      await project.write('payrun.yaml', config.replace(was, is));
      expect(await voidOf(), is).toContain('it is no signature of this plan as it is now');
    }
    await project.write('payrun.yaml', config);
    expect((await project.run('run', FILE)).code).toBe(0);
  });

  it('is one of another batch, whatever the file is called', async () => {
    const project = await open();
    await approve('alice');
    await project.write('batches/december.csv', csvOf(3));
    const names = ['november.csv.alice.sig', 'december.csv.alice.sig'].map((name) =>
      join(project.dir, 'batches', name),
    );
    await rename(names[0] ?? '', names[1] ?? '');
    const run = await project.run('run', 'batches/december.csv', '--json');
    expect(run.code).toBe(5);
    expect(approvalsIn(run).void).toMatchObject([
      { principal: 'alice', why: expect.stringContaining('belongs to something else') as string },
    ]);
  });

  it('is one of another ledger or organisation', async () => {
    const project = await open();
    await approve('alice');
    const config = await project.read('payrun.yaml');
    await project.write('payrun.yaml', config.replace('payrun.db', 'other.db'));
    expect(await voidOf()).toContain('no signature of this plan');
    await project.write('payrun.yaml', config.replace('acme-ke', 'acme-ug').replace('payrun.db', 'third.db'));
    expect(await voidOf()).toContain('no signature of this plan');
  });

  it('has the key of somebody else, or of nobody', async () => {
    const project = await open();
    await approve('alice');
    const [alice, bob] = ['alice', 'bob'].map((who) => join(project.dir, `${FILE}.${who}.sig`));
    await rename(alice ?? '', bob ?? '');
    expect(await voidOf()).toMatch(/bob: its key SHA256:\S+ is that of alice in .*signers, not of bob/);
    await rename(bob ?? '', alice ?? '');
    await project.write('signers', await signerLine(signers.keys.bob, 'bob'));
    expect(await voidOf()).toMatch(/alice: its key SHA256:\S+ is unknown: no line of .*signers has it/);
  });

  it('has a key that has expired, or that is not valid yet', async () => {
    const project = await open();
    await approve('alice');
    await project.write('signers', await signerLine(signers.keys.alice, 'alice', 'valid-before="20200101"'));
    expect(await voidOf()).toMatch(/alice: its key SHA256:\S+ has expired \(valid-before 2020-01-01T00:00:00\)/);
    await project.write('signers', await signerLine(signers.keys.alice, 'alice', 'valid-after="29991231"'));
    expect(await voidOf()).toMatch(/alice: its key SHA256:\S+ is not yet valid/);
    const run = await project.run('run', FILE, '--json');
    expect(approvalsIn(run).may_sign).toEqual([]);
    const again = await signers.project.run('approve', FILE, '--yes', '--key', signers.keys.alice, '--as', 'alice');
    expect(again).toMatchObject({ code: 5, stderr: expect.stringContaining('is not yet valid') as string });
  });

  it('is garbage, too large, a link, a folder, or two signatures in one file', async () => {
    const project = await open();
    await approve('alice');
    const good = await project.read(`${FILE}.alice.sig`);
    const at = (who: string): string => join(project.dir, `${FILE}.${who}.sig`);
    await rename(at('alice'), join(project.dir, 'real.sig'));
    await symlink(join(project.dir, 'real.sig'), at('alice'));
    await mkdir(at('bob'));
    await project.write(`${FILE}.carol.sig`, 'x'.repeat(1_000_000));
    await project.write(`${FILE}.dave.sig`, `${good}${good}`);
    await project.write(`${FILE}.erin.sig`, new Uint8Array([0, 255, 10, 13]));
    await project.write(`${FILE}...%2F..%2Ffrank.sig`, good);
    const text = await voidOf();
    for (const words of [
      /^alice: .*alice\.sig is a symbolic link/m,
      /^bob: .*is no file/m,
      /^carol: .*has 1000000 bytes/m,
      /^dave: .*has 2 signatures/m,
      /^erin: .*is no signature/m,
      /^\.\.\/\.\.\/frank: its key SHA256:\S+ is that of alice/m,
    ]) {
      expect(text).toMatch(words);
    }
  });

  it('has control characters in its name, and stands in nobody’s way', async () => {
    const project = await open();
    await approve('alice');
    const good = await project.read(`${FILE}.alice.sig`);
    const names = ['%00', 'bob%00', '%0A', '%1B%5B31mX', '\u001b[31mY', '%', '-Oprint-pubkey', 'alice%E2%80%AE'];
    for (const name of names) await project.write(`${FILE}.${name}.sig`, good);
    await rename(join(project.dir, `${FILE}.alice.sig`), join(project.dir, 'kept'));
    const text = await voidOf();
    expect(text).toMatch(/^%00: its key SHA256:\S+ is that of alice/m);
    expect(text).toMatch(/^alice%E2%80%AE: /m);
    const unsigned = await project.run('run', FILE);
    expect(unsigned).toMatchObject({ code: 5 });
    expect(unsigned.stderr).not.toMatch(/\u001b|\u0000|\u202e/);
    await rename(join(project.dir, 'kept'), join(project.dir, `${FILE}.alice.sig`));
    expect((await project.run('run', 'batches')).code).toBe(0);
    expect(project.book()).toHaveLength(3);
  });

  it('counts with the line ends of Windows', async () => {
    const project = await open();
    await approve('alice');
    const good = await project.read(`${FILE}.alice.sig`);
    await project.write(`${FILE}.alice.sig`, good.replaceAll('\n', '\r\n'));
    expect((await project.run('run', FILE)).code).toBe(0);
  });
});

describe('one person', () => {
  it('counts once, with two names for one key and with two keys for one name', async () => {
    const project = await open(20);
    const second = makeKey(project, 'alice-2');
    await project.write(
      'signers',
      [
        await signerLine(signers.keys.alice, 'alice,boss'),
        await signerLine(second, 'alice'),
        await signerLine(signers.keys.bob, 'bob'),
      ].join('\n'),
    );
    await approve('alice', '--as', 'boss');
    const twice = await project.run('approve', FILE, '--yes', '--key', second, '--as', 'alice');
    expect(twice.code).toBe(5);
    expect(twice.stderr).toContain('the same person as boss');
    expect(await readdir(join(project.dir, 'batches'))).not.toContain('november.csv.alice.sig');
    const again = await approve('alice', '--as', 'boss');
    expect(again).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('boss has signed this plan already') as string,
    });
    const run = await project.run('run', FILE, '--json');
    expect(run.code).toBe(5);
    expect(approvalsIn(run)).toMatchObject({ valid: [{ principal: 'boss' }], may_sign: ['bob'] });
  });

  it('cannot sign under a name that a pattern allows', async () => {
    const project = await open();
    await project.write('signers', await signerLine(signers.keys.alice, 'alice,*@acme'));
    const run = await project.run('run', FILE);
    expect(run).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/signers.*line 1: \*@acme stands for any number of names/) as string,
    });
    expect((await approve('alice')).code).toBe(2);
  });

  it('approves no correction of a batch that the same person prepared, and no name with hidden characters', async () => {
    const project = await open();
    const batch = (id: string, maker: string): string =>
      `batch: ${id}\naccount: demo\ncurrency: KES\nprepared_by: "${maker}"\npayments:\n  - { id: E1, name: Jane, amount: 11, wallet: acctMISSING }\n`;
    await project.write('hidden.yaml', batch('hidden', 'al\u200bice'));
    await project.write('made.yaml', batch('made', 'Alice'));
    const sign = (file: string, who: keyof Signers['keys']): Promise<Ended> =>
      project.run('approve', file, '--yes', '--key', signers.keys[who]);
    expect((await sign('hidden.yaml', 'alice')).code).toBe(5);
    expect((await sign('made.yaml', 'bob')).code).toBe(0);
    expect((await project.run('run', 'made.yaml')).code).toBe(4);
    const failed = 'reports/made/made-failed.csv';
    await project.write(failed, (await project.read(failed)).replace('acctMISSING', 'acctRIGHT'));
    const own = await sign(failed, 'alice');
    expect(own).toMatchObject({ code: 5, stderr: expect.stringContaining('prepared it (prepared_by)') as string });
    expect((await sign(failed, 'bob')).code).toBe(0);
    expect((await project.run('run', failed)).code).toBe(0);
    expect(project.book()).toHaveLength(1);
  });

  it('approves nothing that the same person prepared, under whatever name', async () => {
    const project = await open();
    await project.write(
      'payrun.yaml',
      (await project.read('payrun.yaml')).replace('    account: demo\n', '    account: demo\n    prepared_by: ALICE\n'),
    );
    await project.write(
      'signers',
      [await signerLine(signers.keys.alice, 'alice,boss'), await signerLine(signers.keys.bob, 'bob')].join('\n'),
    );
    for (const name of ['alice', 'boss']) {
      const own = await approve('alice', '--as', name);
      expect(own.code).toBe(5);
      expect(own.stderr).toContain('prepared it (prepared_by)');
    }
    expect(await readdir(join(project.dir, 'batches'))).toEqual(['november.csv']);
    expect((await project.run('run', FILE)).stderr).toContain('may sign: bob.');
    expect((await approve('bob')).code).toBe(0);
    expect((await project.run('run', FILE)).code).toBe(0);
  });
});
