import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/domain/problem.ts';
import { removeErrors, writeErrors } from '../../src/report/errors.ts';
import { freshFolder } from './batch.ts';

const problem = (changes: Partial<Problem>): Problem => ({
  ...{ severity: 'error', file: 'batches/p.csv', line: 3, column: 'Net pay', field: 'amount' },
  ...{ code: 'amount-syntax', message: 'Write digits, "1.50".' },
  ...changes,
});

describe('errors.csv', () => {
  it('has every error first and then every warning, which its message says to be one', async () => {
    const folder = await freshFolder();
    const problems = [
      problem({}),
      problem({ severity: 'warning' }),
      problem({ line: 0, column: '=HYPERLINK("x")', field: '' }),
    ];
    const file = await writeErrors({ folder, batch: 'p', problems });
    expect(file).toBe(join(folder, 'p/errors.csv'));
    expect(await readFile(file, 'utf8')).toBe(
      'file,line,column,field,code,message\r\n' +
        'batches/p.csv,3,Net pay,amount,amount-syntax,"Write digits, ""1.50""."\r\n' +
        'batches/p.csv,0,"\'=HYPERLINK(""x"")",,amount-syntax,"Write digits, ""1.50""."\r\n' +
        'batches/p.csv,3,Net pay,amount,amount-syntax,"Warning: Write digits, ""1.50""."\r\n',
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'p'))).toEqual(['errors.csv']);
  });

  it('goes when the batch is clean, and may be gone already', async () => {
    const folder = await freshFolder();
    await writeErrors({ folder, batch: 'p', problems: [problem({})] });
    await removeErrors({ folder, batch: 'p' });
    expect(await readdir(join(folder, 'p'))).toEqual([]);
    await removeErrors({ folder, batch: 'p' });
    await removeErrors({ folder, batch: 'never-seen' });
  });

  it('that is a folder stays, and the error has the code of the file system', async () => {
    const folder = await freshFolder();
    await mkdir(join(folder, 'p/errors.csv'), { recursive: true });
    const code = expect.stringMatching(/^E[A-Z]+$/) as string;
    await expect(removeErrors({ folder, batch: 'p' })).rejects.toMatchObject({ code });
  });

  it.each([
    ['../../etc', 'etc'],
    ['..', 'batch'],
    ['', 'batch'],
    ['/abs/olute', 'abs-olute'],
    ['Payroll Nov (1)', 'payroll-nov-1-'],
    ['a--b', 'a--b'],
    ['x'.repeat(300), 'x'.repeat(64)],
  ])('of a file that claims the id %j stays inside the reports folder', async (batch, name) => {
    const folder = await freshFolder();
    const file = await writeErrors({ folder, batch, problems: [problem({})] });
    expect(file).toBe(join(folder, name, 'errors.csv'));
  });
});
