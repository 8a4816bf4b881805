import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crash, type CrashOptions } from './crash.ts';
import { sellapayPayer } from './payers.ts';
import { settlingPayers } from './settling-payers.ts';

const cli = resolve('dist/cli/bin.js');

async function survive(options: Pick<CrashOptions, 'payer' | 'kills' | 'rows' | 'pairs' | 'copies'>): Promise<void> {
  expect(existsSync(cli), 'build first: npm run build').toBe(true);
  const seed = Date.now() % 1_000_000;
  const lines: string[] = [];
  const result = await crash({ ...options, seed, cli, log: (line) => lines.push(line) });
  const story = [`seed ${seed}, ${result.folder}`, ...lines].join('\n');
  expect(result.problems, story).toEqual([]);
  expect(result.kills, story).toBeGreaterThanOrEqual(options.kills);
}

describe.each(settlingPayers)('killed while $provider takes payments and tells later how they ended', (payer) => {
  it('no payment moves twice, and every row comes to its end', async () => {
    await survive({ payer, kills: 5, rows: 50, pairs: 0.4, copies: false });
  });
});

describe('killed at random moments and started again', () => {
  it('no payment moves twice, and every row is accounted for', async () => {
    await survive({ payer: sellapayPayer, kills: 12, rows: 150, pairs: 0.4, copies: false });
  });

  it('no payment moves twice when its file is copied and renamed meanwhile', async () => {
    await survive({ payer: sellapayPayer, kills: 6, rows: 80, pairs: 0.4, copies: true });
  });
});
