import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorkbookFile } from '../../src/intake/workbook-file.ts';
import { writeWorkbook } from '../workbook/workbook-writer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payrun-workbook-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a workbook file is opened once for all that one command reads of it, and again when it has changed', async () => {
  const file = join(folder, 'nov.xlsx');
  await writeFile(file, writeWorkbook([{ name: 'Nov', rows: [['id']] }]));
  const first = await openWorkbookFile(file);
  expect(await openWorkbookFile(file)).toBe(first);
  await writeFile(file, writeWorkbook([{ name: 'Dec', rows: [['id'], ['E1']] }]));
  const changed = await openWorkbookFile(file);
  expect(changed.map(({ name }) => name)).toEqual(['Dec']);
  expect(first.map(({ name }) => name)).toEqual(['Nov']);
});
