import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/generated-files.ts';

it('no generated file is stale: each says what the providers declare now', async () => {
  const files = await generatedFiles();
  expect(files.length).toBeGreaterThan(8);
  for (const { path, text } of files) expect([path, await readFile(path, 'utf8')]).toEqual([path, text]);
});
