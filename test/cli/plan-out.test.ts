import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOf, Project } from './harness.ts';
import { batchesOf } from './planned.ts';

let project: Project;
beforeEach(async () => {
  project = await Project.open();
});
afterEach(() => project.close());

const FILE = 'batches/november.csv';

const HOSTILE = `id,name,amount,mobile,Status,department
EMP-1,"<script>alert(""x"")</script>",100.01,0712200019,hired,=1+1
EMP-2,"Jane ""J"" & Sons",100.02,0712200029,hired,0042
`;

async function csvRows(file: string): Promise<Record<string, string>[]> {
  return parse(await project.read(file), { columns: true });
}

describe('plan --out FILE.csv', () => {
  it('has every payment with its whole destination, in the columns of report.csv and then the others of the input', async () => {
    await project.write(FILE, HOSTILE);
    const ended = await project.run('plan', FILE, '--out', 'plan.csv', '--json');
    expect(ended.code).toBe(0);
    const [batch] = batchesOf(ended);
    expect(batch?.plan_file).toBe(join(project.dir, 'plan.csv'));
    expect((await project.read('plan.csv')).split('\r\n')[0]).toBe(
      'line,id,name,destination,amount,currency,status,account,provider,reference,input.Status,department',
    );
    const rows = await csvRows('plan.csv');
    expect(rows.map((row) => [row['id'], row['destination'], row['amount'], row['status'], row['department']])).toEqual(
      [
        ['EMP-1', "'+254712200019", '100.01', 'planned', "'=1+1"],
        ['EMP-2', "'+254712200029", '100.02', 'planned', "'0042"],
      ],
    );
    expect(rows[0]?.['name']).toBe('<script>alert("x")</script>');
    expect((await stat(join(project.dir, 'plan.csv'))).mode & 0o777).toBe(0o600);
    await project.run('run', FILE);
    expect((await project.report('november')).map((row) => row['reference'])).toEqual(
      rows.map((row) => row['reference']),
    );
  });

  it('says of each payment of a batch that was begun what became of it', async () => {
    await project.write(FILE, csvOf(2));
    await project.run('run', FILE);
    await project.write(FILE, csvOf(3));
    await project.run('plan', FILE, '--amend', '--out', 'plan.csv');
    expect((await csvRows('plan.csv')).map(({ id, status }) => [id, status])).toEqual([
      ['EMP-1', 'paid'],
      ['EMP-2', 'paid'],
      ['EMP-3', 'planned'],
    ]);
  });

  it('is no batch: nobody is paid by it', async () => {
    await project.write(FILE, csvOf(2));
    await project.run('plan', FILE, '--out', 'plan.csv');
    const ended = await project.run('run', 'plan.csv');
    expect([ended.code, project.book().length]).toEqual([3, 0]);
  });
});

describe('plan --out FILE.html', () => {
  it('has every payment, the totals, the balance, the digest and a place to sign, and every text is only a text', async () => {
    await project.write(FILE, HOSTILE);
    const { code, stdout } = await project.run('plan', FILE, '--out', 'plan.html');
    expect(code).toBe(0);
    const digest = /^plan_digest ([0-9a-f]{64})$/m.exec(stdout)?.[1] ?? '?';
    const page = await project.read('plan.html');
    expect(page).not.toContain('<script');
    for (const text of [
      '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;',
      'Jane &quot;J&quot; &amp; Sons',
      'mobile +254712200019',
      'mobile +254712200029',
      '200.03 KES',
      digest,
      `payrun run ${FILE} --plan ${digest}`,
      'Approved by, date',
      'up to 100.00 KES',
    ]) {
      expect(page).toContain(text);
    }
    expect((await stat(join(project.dir, 'plan.html'))).mode & 0o777).toBe(0o600);
    expect((await readdir(project.dir)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('says first what is missing, and by when: at not_before for a batch that waits', async () => {
    await project.close();
    project = await Project.open({ simulator: { balance: '250.00' } });
    await project.write(
      'batches/later.yaml',
      `batch: later
account: demo
not_before: 2999-12-01T06:00:00+03:00
payments:
  - { id: A, name: Jane, amount: "300.00", mobile: "+254712200019" }
`,
    );
    const ended = await project.run('plan', 'batches/later.yaml', '--out', 'plan.html');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('top up   demo: 100.00 KES until 2999-12-01T03:00:00.000Z');
    const page = await project.read('plan.html');
    expect(page).toContain('Account demo needs 100.00 KES more by 1 Dec 2999 06:00');
    expect(page.indexOf('needs 100.00 KES more')).toBeLessThan(page.indexOf('<h2>Totals'));
    const [batch] = batchesOf(await project.run('plan', 'batches/later.yaml', '--json'));
    expect(batch?.plan).toMatchObject({
      action: 'register',
      balances: [{ needed: '300.00', top_up: '100.00', top_up_until: '2999-12-01T03:00:00.000Z' }],
    });
  });

  it('names the next date of a series, with what it came to last time and what is missing for it', async () => {
    await project.close();
    project = await Project.open({ simulator: { balance: '1000.00' } });
    const config = await project.read('payrun.yaml');
    await project.write(
      'payrun.yaml',
      `${config}series:\n  wages: { every: "0 6 * * *", folder: wages, account: demo }\n`,
    );
    const wages = (occurrence: string, id: string): string =>
      `batch: wages-${occurrence}\naccount: demo\nseries: wages\noccurrence: ${occurrence}\npayments:\n  - { id: ${id}, name: J, amount: "400.00", mobile: "+254712200019" }\n`;
    await project.write('batches/first.yaml', wages('2026-01-01', 'A'));
    expect((await project.run('run', 'batches/first.yaml')).code).toBe(0);
    await project.write('batches/second.yaml', wages('2026-01-02', 'B'));
    await project.run('plan', 'batches/second.yaml', '--out', 'plan.html');
    const page = await project.read('plan.html');
    expect(page).toContain('wages-2026-01-01: 1 payment, 400.00 KES');
    expect(page).toMatch(/Account demo needs \d+\.00 KES more by .* 06:00 for the next wages/);
  });

  it('shows a refused plan with the reason first, and nothing to sign', async () => {
    await project.write('batches/october.csv', csvOf(3));
    await project.run('run', 'batches/october.csv');
    await project.write(FILE, csvOf(3));
    const ended = await project.run('plan', FILE, '--out', 'plan.html');
    expect(ended.code).toBe(3);
    const page = await project.read('plan.html');
    expect(page).toContain('Plan of batch november: refused');
    expect(page).toContain('batch-copy');
    expect(page).not.toContain('Approved by');
  });
});

describe('plan --out with a bad file', () => {
  it.each([
    ['plan.pdf', 'ends in .html or .csv'],
    ['plan', 'ends in .html or .csv'],
    ['nowhere/plan.html', 'cannot be written'],
    [FILE, 'lies in the drop folder'],
    ['batches/plan.csv', 'lies in the drop folder'],
    ['link/plan.csv', 'lies in the drop folder'],
    ['other.csv', 'is there already and is no plan'],
    ['folder.html', 'cannot be written'],
  ])('refuses %s before anything is asked, and writes nothing', async (out, words) => {
    await project.write(FILE, csvOf(2));
    await project.write('other.csv', csvOf(1));
    await symlink(join(project.dir, 'batches'), join(project.dir, 'link'));
    await mkdir(join(project.dir, 'folder.html'));
    const before = await readdir(project.dir);
    const ended = await project.run('plan', FILE, '--out', out);
    expect([out, ended.code, ended.stderr]).toEqual([out, 2, expect.stringContaining(words)]);
    expect(await readdir(project.dir)).toEqual(before);
    expect([await project.read(FILE), await project.read('other.csv')]).toEqual([csvOf(2), csvOf(1)]);
    expect(project.simulator.stats().requests).toBe(0);
  });

  it('never writes over the file of the batch, and replaces an earlier plan', async () => {
    await project.write('november.csv', csvOf(2));
    expect((await project.run('plan', 'november.csv', '--out', 'november.csv')).code).toBe(2);
    expect(await project.read('november.csv')).toBe(csvOf(2));
    for (const out of ['plan.html', 'plan.csv']) {
      expect((await project.run('plan', 'november.csv', '--out', out)).code).toBe(0);
      await project.write('november.csv', csvOf(3));
      expect((await project.run('plan', 'november.csv', '--out', out)).code).toBe(0);
      expect(await project.read(out)).toContain('EMP-3');
    }
  });

  it('writes nothing for a file that cannot be read', async () => {
    await project.write(FILE, csvOf(2).replace('100.02', 'x'));
    expect((await project.run('plan', FILE, '--out', 'plan.html')).code).toBe(3);
    expect(existsSync(join(project.dir, 'plan.html'))).toBe(false);
  });
});
