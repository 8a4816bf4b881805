import { createHmac } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Project } from './harness.ts';
import { CALLBACK_SECRET, TOKEN } from './pesaway-project.ts';

export interface ResultChange {
  readonly code?: number;
  readonly words?: string;
  readonly reference?: string;
}

/** A result of PesaWay about a row of a report, as its callback says it. */
export function resultAbout(row: Readonly<Record<string, string>>, change: ResultChange = {}): string {
  return JSON.stringify({
    ResultCode: change.code ?? 0,
    ResultDesc: change.words ?? 'Successful',
    TransactionID: row['provider_reference'],
    OriginatorReference: change.reference ?? row['reference'],
    TransactionAmount: row['amount'],
  });
}

/** Posts a signed callback as PesaWay does; resolves to the status of the answer. */
export async function deliver(port: number, body: string): Promise<number> {
  const signature = createHmac('sha256', CALLBACK_SECRET).update(body).digest('base64');
  const answer = await fetch(`http://127.0.0.1:${port}/callbacks/${TOKEN}`, {
    method: 'POST',
    body,
    headers: { signature },
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Names of the files that wait in the spool of a project's ledger. */
export function spooled(project: Project): string[] {
  try {
    return readdirSync(join(project.dir, 'payrun.db.spool')).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}

export interface KeptRow {
  readonly id: number;
  readonly body: string;
  readonly digest: string | null;
  readonly result: string | null;
}

/** The callbacks that the ledger has, oldest first. */
export function callbacksIn(project: Project): KeptRow[] {
  const database = new DatabaseSync(join(project.dir, 'payrun.db'), { readOnly: true });
  const rows = database.prepare('SELECT id, body, digest, result FROM callbacks ORDER BY id').all();
  database.close();
  return rows as unknown as KeptRow[];
}
