import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallbackStorage, type Stored } from '../../src/callbacks/storage.ts';
import { LedgerError } from '../../src/ledger/errors.ts';
import type { CallbackSpool, Ledger } from '../../src/ledger/ledger.ts';
import { openSpool } from '../../src/ledger/open.ts';
import { systemClock } from '../../src/operations/session/system.ts';
import { CALLBACK } from '../ledger/settling.ts';
import { store } from '../ledger/sqlite/store.ts';

let place: string;
let ledger: Ledger;
let spool: CallbackSpool;
let storage: CallbackStorage;
let notes: string[];
beforeEach(async () => {
  place = store.place();
  ledger = await store.open(place);
  spool = await openSpool(`sqlite:${place}`);
  notes = [];
  storage = storageOver(ledger);
});
afterEach(async () => {
  await storage.close();
  await ledger.close();
  store.discard();
});

function storageOver(stored: Pick<Ledger, 'storeCallback'>): CallbackStorage {
  const note = (text: string): number => notes.push(text);
  return new CallbackStorage({ ledger: stored, spool, clock: systemClock, note, onTakenIn: () => Promise.resolve() });
}

const callback = (n: number) => ({ ...CALLBACK, deduplicationKey: `k${n}`, segment: `s${n}`, body: `{"n":${n}}` });
const files = (): string[] => readdirSync(spool.place).filter((name) => !name.startsWith('.'));
const bodies = async (): Promise<string[]> => (await ledger.unprocessedCallbacks('demo')).map(({ body }) => body);

/** Locks the ledger against every writer, as a long registration by another process does. */
function lockLedger(): DatabaseSync {
  const other = new DatabaseSync(place);
  other.exec('BEGIN IMMEDIATE');
  return other;
}

describe('the storage of callbacks', () => {
  it('is the ledger where that answers', async () => {
    expect(await storage.store(callback(1))).toMatchObject({ kind: 'ledger', isProcessed: false });
    expect(spool.hasFiles()).toBe(false);
  });

  it('is the spool while another process writes, and the ledger gets everything in its order afterwards', async () => {
    const other = lockLedger();
    const kinds = async (...numbers: number[]): Promise<Stored['kind'][]> =>
      (await Promise.all(numbers.map((n) => storage.store(callback(n))))).map(({ kind }) => kind);
    expect(await kinds(1, 2)).toEqual(['spool', 'spool']);
    expect(await kinds(3)).toEqual(['spool']);
    expect(files()).toEqual(['001.json', '002.json', '003.json']);
    expect(files().map((name) => statSync(join(spool.place, name)).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    expect(statSync(spool.place).mode & 0o777).toBe(0o700);
    expect(notes).toEqual([expect.stringContaining(spool.place)]);
    other.close();
    await storage.takeIn();
    expect(await bodies()).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(files()).toEqual([]);
    expect(await storage.store(callback(4))).toMatchObject({ kind: 'ledger' });
  });

  it('is another process after this one died, which takes a callback once however often it finds it', async () => {
    await spool.add(callback(1));
    await spool.add(callback(2));
    await ledger.storeCallback(callback(1));
    const later = await openSpool(`sqlite:${place}`);
    await later.add(callback(3));
    expect(files()).toEqual(['001.json', '002.json', '003.json']);
    await storage.takeIn();
    await Promise.all([storage.takeIn(), storage.takeIn()]);
    expect(await bodies()).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  });

  it('keeps a file until the ledger has stored it', async () => {
    await spool.add(callback(1));
    const away = storageOver({ storeCallback: () => Promise.reject(new LedgerError('full', 'The disk is full.')) });
    await expect(away.takeIn()).rejects.toThrow('The disk is full.');
    expect(files()).toEqual(['001.json']);
    await away.close();
  });

  it('sets a file aside that is no callback, names it, and goes on', async () => {
    await spool.add(callback(1));
    writeFileSync(join(spool.place, '002.json'), '{"version":1,"acco');
    await spool.add(callback(3));
    await storage.takeIn();
    expect(await bodies()).toEqual(['{"n":1}', '{"n":3}']);
    expect(files()).toEqual(['002.json.broken']);
    expect(notes).toEqual([expect.stringContaining('002.json.broken')]);
  });

  it('acknowledges nothing that neither the ledger nor the spool took', async () => {
    const full = { ...spool, place: spool.place, add: () => Promise.reject(new Error('ENOSPC')) };
    const note = (text: string): number => notes.push(text);
    const stored = { storeCallback: () => Promise.reject(new LedgerError('full', 'The disk is full.')) };
    const neither = new CallbackStorage({
      ...{ ledger: stored, spool: full, clock: systemClock, note },
      onTakenIn: () => Promise.resolve(),
    });
    await expect(neither.store(callback(1))).rejects.toThrow('ENOSPC');
  });
});
