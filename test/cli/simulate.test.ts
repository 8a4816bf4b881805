import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCli } from './harness.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'payrun-simulate-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('payrun simulate', () => {
  it('serves a provider on loopback until it is interrupted', async () => {
    const started = startCli(['simulate', 'sellapay', '--port', '0', '--balance', '1234.50', '--no-limits'], dir);
    const endpoint = await new Promise<string>((resolve) => {
      started.child.stdout?.on('data', (text: string) => resolve(/http:\S+/.exec(text)?.[0] ?? ''));
    });
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1$/);
    const headers = { 'X-API-KEY': 'any', 'X-API-SECRET': 'any' };
    const authorized = (await (await fetch(`${endpoint}/authorize`, { method: 'POST', headers })).json()) as {
      access_token: string;
    };
    const balance = await fetch(`${endpoint}/getBalance`, {
      headers: { Authorization: `Bearer ${authorized.access_token}` },
    });
    expect(await balance.json()).toMatchObject({ balance: { KES: 1234.5 } });
    started.child.kill('SIGINT');
    expect((await started.ended).code).toBe(0);
  });

  it.each([
    [['nopay'], 'nopay'],
    [['--balance', 'much'], '--balance'],
    [['--faults', 'bang=1'], 'bang'],
    [['--latency', 'slow'], '--latency'],
  ])('refuses %j in words', async (args, word) => {
    const ended = await startCli(['simulate', ...args], dir).ended;
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(word);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });
});
