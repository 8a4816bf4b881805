import { afterEach, describe, expect, it } from 'vitest';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeFileLock } from '../../../src/ledger/sqlite/lock-file.ts';
import { TokenFiles } from '../../../src/operations/session/token-files.ts';
import { TokenCache, type Token, type TokenAnswer } from '../../../src/providers/kit/token-cache.ts';
import type { SharedToken } from '../../../src/providers/kit/token-store.ts';
import { VirtualClock } from '../../execute/virtual-clock.ts';

const parent = mkdtempSync(join(tmpdir(), 'payrun-tokens-'));
afterEach(() => rmSync(join(parent, 'payrun'), { recursive: true, force: true }));
process.on('exit', () => rmSync(parent, { recursive: true, force: true }));
const FOLDER = join(parent, 'payrun', 'tokens');
const MINUTE = 60_000;

/** A machine with a provider that numbers its tokens. Each process has its own monotonic clock, and the wall clock is one. */
class Machine {
  readonly clock = new VirtualClock();
  fetched = 0;
  activationMs: number | undefined;
  fetchMs = 0;

  process(folder = FOLDER, learnt: string[] = []): TokenCache {
    const store = new TokenFiles({ folder, clock: this.clock, takeFileLock });
    return new TokenCache({
      clock: this.clock,
      renewalMs: MINUTE,
      shared: { store, key: 'ab12', learn: (value) => learnt.push(value) },
      fetch: () => this.fetch(),
    });
  }

  async ready(process: TokenCache): Promise<string | null> {
    await this.clock.until(process.prepare());
    return process.current()?.value ?? null;
  }

  private async fetch(): Promise<TokenAnswer> {
    const value = `token-${(this.fetched += 1)}`;
    await this.clock.sleep(this.fetchMs);
    const activation = this.activationMs === undefined ? {} : { activationMs: this.activationMs };
    return { kind: 'token', value, lifetimeMs: 60 * MINUTE, ...activation };
  }
}

function tokenOf(process: TokenCache): Token {
  const token = process.current();
  if (token === null) throw new Error('no token');
  return token;
}

describe('a token that processes share', () => {
  it('is fetched by one of them, and kept where nobody else can read it', async () => {
    const machine = new Machine();
    expect(await machine.ready(machine.process())).toBe('token-1');
    const learnt: string[] = [];
    expect(await machine.ready(machine.process(FOLDER, learnt))).toBe('token-1');
    expect([machine.fetched, learnt]).toEqual([1, ['token-1']]);
    expect(statSync(FOLDER).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(FOLDER)) expect(statSync(join(FOLDER, name)).mode & 0o777).toBe(0o600);
  });

  it('is fetched once by two that need it at the same moment', async () => {
    const machine = new Machine();
    machine.fetchMs = 300;
    const both = [machine.process(), machine.process()];
    await machine.clock.until(Promise.all(both.map((process) => process.prepare())));
    expect(both.map((process) => process.current()?.value)).toEqual(['token-1', 'token-1']);
    expect(machine.fetched).toBe(1);
  });

  it('is replaced when it was refused, and only by the first that notices', async () => {
    const machine = new Machine();
    const [one, other] = [machine.process(), machine.process()];
    await machine.ready(one);
    await machine.ready(other);
    expect(one.refuse(tokenOf(one))).toBe(false);
    expect(await machine.ready(one)).toBe('token-2');
    expect(other.refuse(tokenOf(other))).toBe(false);
    expect(await machine.ready(other)).toBe('token-2');
    expect(machine.fetched).toBe(2);
  });

  it('proves the credentials wrong only where a fresh one of its own was refused', async () => {
    const machine = new Machine();
    await machine.ready(machine.process());
    const process = machine.process();
    expect(await machine.ready(process)).toBe('token-1');
    expect(process.refuse(tokenOf(process))).toBe(false);
    expect(await machine.ready(process)).toBe('token-2');
    expect(process.refuse(tokenOf(process))).toBe(true);
  });

  it('is renewed by one before its end, and taken from there by the others', async () => {
    const machine = new Machine();
    const [one, other] = [machine.process(), machine.process()];
    await machine.ready(one);
    await machine.ready(other);
    await machine.clock.pass(59 * MINUTE + 1);
    expect([await machine.ready(one), await machine.ready(other), machine.fetched]).toEqual(['token-2', 'token-2', 2]);
  });

  it('is used on beside a newer one that the provider does not accept yet', async () => {
    const machine = new Machine();
    machine.activationMs = 30_000;
    const one = machine.process();
    expect(await machine.ready(one)).toBe('token-1');
    await machine.clock.pass(59 * MINUTE);
    expect([await machine.ready(one), machine.fetched]).toEqual(['token-1', 2]);
    const other = machine.process();
    expect(await machine.ready(other)).toBe('token-1');
    await machine.clock.pass(30_000);
    expect([await machine.ready(other), await machine.ready(one), machine.fetched]).toEqual(['token-2', 'token-2', 2]);
  });

  it('is not used when it was written by a clock that stood ahead, or when others could read it', async () => {
    const machine = new Machine();
    await machine.ready(machine.process());
    machine.clock.setWall(machine.clock.now() - 86_400_000);
    expect(await machine.ready(machine.process())).toBe('token-2');
    chmodSync(join(FOLDER, 'ab12'), 0o644);
    expect(await machine.ready(machine.process())).toBe('token-3');
  });

  it('is fetched anew where the file is none of ours', async () => {
    const machine = new Machine();
    await machine.ready(machine.process());
    writeFileSync(join(FOLDER, 'ab12'), '{"version":1,"tokens":[{"value":7}]}');
    expect(await machine.ready(machine.process())).toBe('token-2');
    const { tokens } = JSON.parse(readFileSync(join(FOLDER, 'ab12'), 'utf8')) as { tokens: readonly SharedToken[] };
    expect(tokens.map(({ value }) => value)).toEqual(['token-2']);
  });

  it('is of one process only where the folder cannot be used', async () => {
    const machine = new Machine();
    writeFileSync(join(parent, 'file'), '');
    const folder = join(parent, 'file', 'tokens');
    expect(await machine.ready(machine.process(folder))).toBe('token-1');
    expect(await machine.ready(machine.process(folder))).toBe('token-2');
  });
});
