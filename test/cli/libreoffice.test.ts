import { spawnSync } from 'node:child_process';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Project } from './harness.ts';

/** Files that LibreOffice saved; make.sh there makes them anew. */
const FOLDER = fileURLToPath(new URL('../report/saved-by-libreoffice/', import.meta.url));

interface PlannedPayment {
  readonly id: string;
  readonly amount: string;
  readonly destination: string;
}

describe('what payrun wrote and LibreOffice saved', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.open({ config: await readFile(join(FOLDER, 'payrun.yaml'), 'utf8') });
    await copyFile(join(FOLDER, 'oct.csv'), join(project.dir, 'oct.csv'));
    expect((await project.run('run', 'oct.csv')).code).toBe(4);
  });
  afterAll(() => project.close());

  /** The payments of a file, and the codes of its problems. */
  const planned = async (
    file: string,
  ): Promise<{ readonly payments: readonly PlannedPayment[]; readonly codes: readonly string[] }> => {
    const { stdout } = await project.run('plan', file, '--rows', '--json');
    const { batches } = JSON.parse(stdout) as {
      batches: { payments: PlannedPayment[]; issues: { code: string }[]; digest: string }[];
    };
    const payments = (batches[0]?.payments ?? []).map(({ id, amount, destination }) => ({ id, amount, destination }));
    return { payments, codes: (batches[0]?.issues ?? []).map(({ code }) => code) };
  };
  const saved = async (kind: string): Promise<readonly string[]> =>
    (await readdir(join(FOLDER, 'saved'))).filter((name) => name.startsWith(kind)).sort();
  const place = async (name: string, from: string): Promise<string> => {
    await copyFile(from, join(project.dir, name));
    return name;
  };
  const digestOf = async (file: string): Promise<string> => {
    const { stdout } = await project.run('validate', file, '--json');
    return (JSON.parse(stdout) as { batches: { digest: string }[] }).batches[0]?.digest ?? '';
  };

  it('a file of failed rows is the same payments, ids and names included, in every country', async () => {
    const original = 'reports/oct/oct-failed.csv';
    const names = await saved('oct-failed');
    expect(names).toHaveLength(4);
    const before = await planned(original);
    expect(before.payments).toHaveLength(35);
    for (const name of names) {
      const file = await place(name, join(FOLDER, 'saved', name));
      expect([name, await planned(file)]).toEqual([name, before]);
      expect([name, await digestOf(file)]).toEqual([name, await digestOf(original)]);
    }
  });

  it('a report has the same ids, destinations, amounts, references and texts', async () => {
    const columns = [
      'id',
      'name',
      'destination',
      'currency',
      'status',
      'reason',
      'account',
      'provider',
      'For',
    ] as const;
    const rowsOf = (text: string): unknown[] => {
      const rows = parse<Record<string, string>>(text, {
        columns: true,
        bom: true,
        delimiter: text.includes('line;id') ? ';' : ',',
      });
      const unguarded = (cell = ''): string => cell.replace(/^'/, '');
      return rows.map((row) => [...columns.map((column) => unguarded(row[column])), Number(row['amount'])]);
    };
    const before = rowsOf(await project.read('reports/oct/report.csv'));
    const names = await saved('oct-report');
    expect(names).toHaveLength(4);
    for (const name of names)
      expect([name, rowsOf(await readFile(join(FOLDER, 'saved', name), 'utf8'))]).toEqual([name, before]);
  });

  it('a UTF-8 file without a mark that was opened as Windows-1252 is refused, and mended by a person', async () => {
    const file = await place('plain-saved.csv', join(FOLDER, 'saved/plain-failed-mixed.csv'));
    await copyFile(join(FOLDER, 'payrun.yaml'), join(project.dir, 'payrun.yaml'));
    expect((await planned(file)).codes).toContain('name-garbled');
    await project.run('validate', file, '--repair', 'mend.csv');
    const proposed = parse<Record<string, string>>(await project.read('mend.csv'), { columns: true });
    expect(new Set(proposed.map(({ after }) => after))).toEqual(new Set(['José Ñandú', 'Zoë']));
  });

  it('a file that is saved by the LibreOffice of this machine is the same payments', async () => {
    const profile = `-env:UserInstallation=file://${join(project.dir, 'profile')}`;
    const original = join(project.dir, 'reports/oct/oct-failed.csv');
    const converted = spawnSync('soffice', [
      profile,
      '--headless',
      '--convert-to',
      'csv',
      '--outdir',
      join(project.dir, 'saved'),
      original,
    ]);
    if (converted.error !== undefined) {
      // The files in the repository stand for it.
      console.warn(
        'LibreOffice is not here; to test with it: apt-get install --no-install-recommends libreoffice-calc',
      );
      return;
    }
    expect(await planned('saved/oct-failed.csv')).toEqual(await planned('reports/oct/oct-failed.csv'));
  });
});
