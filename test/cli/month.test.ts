import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentOf, playedAgain } from './transcript.ts';

it('docs/a-month.md shows what its commands print', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'payrun-month-'));
  try {
    const document = await documentOf('a-month.md');
    expect(await playedAgain(document, folder)).toBe(document);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
