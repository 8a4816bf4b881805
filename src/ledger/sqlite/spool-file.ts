import { link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReceivedCallback } from '../records.ts';

/** Version of the text of a spool file. */
const SPOOL_FORMAT = 1;

export function spoolText(callback: ReceivedCallback): string {
  return `${JSON.stringify({ version: SPOOL_FORMAT, ...callback })}\n`;
}

/** Null for a text that no spool wrote, or that a kill or a damaged disk left in part. */
export function parseSpoolText(text: string): ReceivedCallback | null {
  const parsed = parsedJson(text);
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { version, account, deduplicationKey, segment, body, reference, at } = parsed as Record<string, unknown>;
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (version !== SPOOL_FORMAT || !isText(account) || !isText(deduplicationKey) || !isText(segment)) return null;
  if (!isText(body) || !(reference === null || isText(reference)) || typeof at !== 'number') return null;
  return { account, deduplicationKey, segment, body, reference, at };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

let temporaryCount = 0;

/** Writes a text beside its later place, on disk past the system's cache; returns the path. Removes what a failure leaves. */
export async function writeTemporary(folder: string, text: string): Promise<string> {
  temporaryCount += 1;
  const path = join(folder, `${process.pid}-${temporaryCount}.tmp`);
  // A dead process of the same id may have left the name: `wx` never writes into a file of another writer.
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await file.close();
    await unlink(path).catch(() => undefined);
    throw error;
  }
  await file.close();
  return path;
}

/** Gives a written file its name, unless another file has that; false then. The file appears whole or not at all. */
export async function publish(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
  await unlink(temporary);
  return true;
}

/** Makes a folder that only its owner can open, durably. Its parent has to be there. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return;
    throw error;
  }
  await syncEntries(dirname(folder));
}

/** Makes what was added to a folder durable. */
export async function syncEntries(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
