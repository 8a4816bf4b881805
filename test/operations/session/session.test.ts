import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { machine, openProject, SILENT, type OperationContext } from '../../../src/operations/index.ts';
import { withSession, withSessionIfLedger } from '../../../src/operations/session/session.ts';

const CONFIG = `
organisation: acme-ke
ledger: sqlite:payrun.db
accounts:
  demo: { provider: sellapay, endpoint: simulator, currency: KES }
`;

let dir: string;
let context: OperationContext;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'payrun-session-'));
  await writeFile(join(dir, 'payrun.yaml'), CONFIG);
  const project = await openProject({ file: null, from: dir });
  const system = { ...machine(), who: { user: 'alice', host: 'office', pid: 12 } };
  context = { project, system, watch: SILENT, signal: new AbortController().signal };
});
afterEach(() => rm(dir, { recursive: true }));

const ledgerExists = (): Promise<boolean> =>
  stat(join(dir, 'payrun.db')).then(
    () => true,
    () => false,
  );

describe('a session', () => {
  it('without a ledger is refused, and creates none', async () => {
    const session = withSession(context, { command: 'status' }, () => Promise.resolve('worked'));
    await expect(session).rejects.toMatchObject({ exit: 2, code: 'ledger-missing' });
    expect(await withSessionIfLedger(context, { command: 'validate' }, (opened) => Promise.resolve(opened))).toBeNull();
    expect(await ledgerExists()).toBe(false);
  });

  it('creates a ledger where the command may', async () => {
    const options = { command: 'run', createsLedger: true };
    expect(await withSession(context, options, ({ ledger }) => ledger.batches())).toEqual([]);
    expect(await ledgerExists()).toBe(true);
    expect(await withSession(context, { command: 'status' }, ({ ledger }) => ledger.batches())).toEqual([]);
  });

  it('names the command, the person and the process in entries and locks', async () => {
    const options = { command: 'run', createsLedger: true };
    const { by, lockOwner } = await withSession(context, options, (session) => Promise.resolve(session));
    expect(by).toBe('run by alice on office (pid 12)');
    expect(lockOwner).toMatchObject({ command: 'run', host: 'office', pid: 12 });
  });

  it('locks an account once, and releases it for other processes at its end, also after an error', async () => {
    const options = { command: 'run', createsLedger: true };
    await withSession(context, options, async ({ accounts }) => {
      const lock = await accounts.lock('demo');
      expect(lock).not.toBeNull();
      expect(await accounts.lock('demo')).toBe(lock);
      expect(await withSession(context, options, (other) => other.accounts.lock('demo'))).toBeNull();
      throw new Error('a bug');
    }).catch((error: unknown) => expect(error).toMatchObject({ message: 'a bug' }));
    expect(await withSession(context, options, ({ accounts }) => accounts.lock('demo'))).not.toBeNull();
  });

  it('notes which process works an account, once, while it waits for it', async () => {
    const notes: string[] = [];
    const watch = { ...SILENT, note: (text: string): void => void notes.push(text) };
    const options = { command: 'run', createsLedger: true };
    await withSession(context, options, async ({ accounts }) => {
      await accounts.lock('demo');
      const waiting = { command: 'retry', waitMs: 300 };
      expect(await withSession({ ...context, watch }, waiting, (other) => other.accounts.lock('demo'))).toBeNull();
    });
    expect(notes).toEqual([expect.stringMatching(/^Account demo is being worked by .*; waiting for it\.$/)]);
  });
});
