import { copyFingerprint, paymentDigest, type Payment } from '../../domain/payment.ts';
import { paymentReference } from '../../domain/reference.ts';
import { LedgerError } from '../errors.ts';
import { NO_HISTORY } from '../payment-state.ts';
import type { AmendResult, BatchRecord, CopyMatch, RegisterResult, Registration } from '../records.ts';
import type { MemoryTables, KeptPayment } from './tables.ts';

/** New payments and changes that no reader sees before the transaction ends. */
interface Staged {
  readonly payments: KeptPayment[];
  /** Fingerprints of what is new or changed. */
  readonly fingerprints: string[];
}

/** A new batch. Needs a transaction of its own; nothing is written before all pages were read. */
export async function registerInMemory(tables: MemoryTables, registration: Registration): Promise<RegisterResult> {
  const { summary, organisation, providers, at } = registration;
  const { id } = summary.header;
  const existing = tables.batches.get(id);
  if (existing !== undefined) return { kind: 'exists', record: existing };
  const record: BatchRecord = { ...summary, registeredAt: at, organisation, revision: 0, providers };
  const staged: Staged = { payments: [], fingerprints: [] };
  for await (const page of registration.payments) {
    for (const payment of page) stage(staged, newPayment(tables, record, payment, providers));
  }
  requireCount(staged.payments.length, summary.count);
  const copy = copiedBatch(tables, staged.fingerprints, registration);
  if (copy !== null) return { kind: 'copy', ...copy };
  tables.batches.set(id, record);
  for (const stored of staged.payments) tables.put(stored);
  return { kind: 'registered' };
}

/** Another set for a batch. Needs a transaction of its own; nothing is written unless the result is `amended`. */
export async function amendInMemory(tables: MemoryTables, registration: Registration): Promise<AmendResult> {
  const { summary, providers } = registration;
  const { id } = summary.header;
  const before = tables.batches.get(id);
  if (before === undefined) throw new LedgerError('missing', `The ledger in memory has no batch ${id} to amend.`);
  const staged: Staged = { payments: [], fingerprints: [] };
  const followed: KeptPayment[] = [];
  const seen = new Set<number>();
  const sent: string[] = [];
  let [added, changed, count] = [0, 0, 0];
  for await (const page of registration.payments) {
    for (const payment of page) {
      count += 1;
      const found = tables.byId(id, payment.idKey);
      if (found === undefined) {
        stage(staged, newPayment(tables, before, payment, providers));
        added += 1;
        continue;
      }
      seen.add(found.key);
      const { content, state, digest } = found;
      if (digest === paymentDigest(payment)) {
        followed.push({ ...found, content: { ...content, line: payment.line, cells: payment.cells } });
      } else if (state.status !== 'planned' || state.attempts > 0) {
        sent.push(content.id);
      } else {
        stage(staged, withContent(found, payment, providers));
        changed += 1;
      }
    }
  }
  requireCount(count, summary.count);
  const missing = [...(tables.ids.get(id)?.values() ?? [])]
    .filter((key) => !seen.has(key))
    .map((key) => tables.payments.get(key)?.content.id ?? '');
  if (sent.length > 0 || missing.length > 0) return { kind: 'refused', sent, missing };
  const copy = copiedBatch(tables, staged.fingerprints, registration);
  if (copy !== null) return { kind: 'copy', ...copy };
  for (const stored of [...followed, ...staged.payments]) tables.put(stored);
  tables.batches.set(id, { ...before, ...summary, providers: { ...before.providers, ...providers } });
  tables.raiseRevision(id);
  return { kind: 'amended', added, changed };
}

/** Which of these fingerprints stand in other batches registered at or after `since`. */
export function copiesIn(
  tables: MemoryTables,
  fingerprints: readonly string[],
  since: number,
  except: string,
): CopyMatch[] {
  const wanted = new Set(fingerprints);
  const matches: CopyMatch[] = [];
  for (const { fingerprint, state, content } of tables.payments.values()) {
    if (!wanted.has(fingerprint) || state.batch === except) continue;
    if ((tables.batches.get(state.batch)?.registeredAt ?? -Infinity) < since) continue;
    matches.push({ fingerprint, batch: state.batch, id: content.id });
  }
  return matches;
}

/** The other batch in which half or more of what is new or changed stands, or null. */
function copiedBatch(
  tables: MemoryTables,
  fingerprints: readonly string[],
  { refuseCopiesSince, summary }: Registration,
): { readonly of: string; readonly matches: number } | null {
  if (refuseCopiesSince === null) return null;
  const counts = new Map<string, number>();
  for (const { batch } of copiesIn(tables, fingerprints, refuseCopiesSince, summary.header.id)) {
    counts.set(batch, (counts.get(batch) ?? 0) + 1);
  }
  for (const [of, matches] of counts) if (matches * 2 >= fingerprints.length) return { of, matches };
  return null;
}

function stage(staged: Staged, stored: KeptPayment): void {
  staged.payments.push(stored);
  staged.fingerprints.push(stored.fingerprint);
}

function newPayment(
  tables: MemoryTables,
  { header, organisation }: BatchRecord,
  payment: Payment,
  providers: Registration['providers'],
): KeptPayment {
  const reference = paymentReference(organisation, header.id, payment.idKey, 1);
  return {
    key: tables.nextKey(),
    content: payment,
    provider: providers[payment.account] ?? '',
    digest: paymentDigest(payment),
    fingerprint: copyFingerprint(payment),
    settledAt: null,
    isCancelledByPerson: false,
    state: {
      status: 'planned',
      reference,
      generation: 1,
      tries: 0,
      attempts: 0,
      claimedAt: null,
      sentAt: null,
      account: payment.account,
      batch: header.id,
      latest: {
        code: null,
        reason: null,
        providerReference: null,
        receipt: null,
        requestId: null,
        feeMinor: null,
      },
      history: NO_HISTORY,
      restored: 'no',
    },
  };
}

function withContent(found: KeptPayment, payment: Payment, providers: Registration['providers']): KeptPayment {
  return {
    ...found,
    content: payment,
    provider: providers[payment.account] ?? '',
    digest: paymentDigest(payment),
    fingerprint: copyFingerprint(payment),
    state: { ...found.state, account: payment.account },
  };
}

/** The payments must be those that were checked: a caller whose second reading differs from the first has a bug. */
function requireCount(read: number, summed: number): void {
  if (read !== summed) throw new Error(`the batch has ${summed} payments, but ${read} were handed over`);
}
