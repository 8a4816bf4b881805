import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentOf, playedAgain } from './transcript.ts';

it.each(['a-month.md', 'before-the-money.md'])('docs/%s shows what its commands print', async (name) => {
  const folder = await mkdtemp(join(tmpdir(), 'payrun-month-'));
  try {
    const document = await documentOf(name);
    expect(await playedAgain(document, folder)).toBe(document);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
