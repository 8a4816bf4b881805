import { copyFingerprints, paymentDigest, type CopyFingerprints, type Payment } from '../../domain/payment.ts';
import { paymentReference } from '../../domain/reference.ts';
import { headerWithTimes, type TimesChange } from '../batch-times.ts';
import { isTimeTrusted } from '../copy-rules.ts';
import { LedgerError } from '../errors.ts';
import { NO_HISTORY } from '../payment-state.ts';
import type { AmendResult, BatchRecord, RegisterResult, Registration } from '../records.ts';
import { keepApprovals } from './approvals.ts';
import { newestEntryIn, copyRefusalOf } from './copies.ts';
import type { RefusedReplacement } from '../../domain/payment.ts';
import { replacementCheckOf, type ChainMember } from '../replacement-chain.ts';
import { replaceInMemory } from './payment-changes.ts';
import { changedCorrection, checkedCorrection } from './replacements.ts';
import { setAmendedCanaries, setCanaryInMemory } from './brakes.ts';
import type { MemoryTables, KeptPayment } from './tables.ts';

/** New payments and changes that no reader sees before the transaction ends. */
interface Staged {
  readonly payments: KeptPayment[];
  /** Of what is new or changed, but for corrections: they are no copies of what they replace. */
  readonly fingerprints: CopyFingerprints[];
  readonly corrections: { readonly stored: KeptPayment; readonly chain: readonly ChainMember[] }[];
  readonly refused: RefusedReplacement[];
}

const nothingStaged = (): Staged => ({ payments: [], fingerprints: [], corrections: [], refused: [] });

/** A new batch. Needs a transaction of its own; nothing is written before all pages were read. */
export async function registerInMemory(tables: MemoryTables, registration: Registration): Promise<RegisterResult> {
  const { summary, organisation, providers, at } = registration;
  const { id } = summary.header;
  const existing = tables.batches.get(id);
  if (existing !== undefined) return { kind: 'exists', record: existing };
  const isTrusted = isTimeTrusted(at, registration.isClockTrusted, newestEntryIn(tables));
  const record: BatchRecord = {
    ...summary,
    registeredAt: at,
    isTimeTrusted: isTrusted,
    organisation,
    revision: 0,
    providers,
  };
  const staged = nothingStaged();
  const taken = new Set<number>();
  for await (const page of registration.payments) {
    for (const payment of page) {
      const stored = stage(staged, newPayment(tables, record, payment, providers), payment);
      const chain = checkedCorrection(tables, payment, { batch: id, check: replacementCheckOf(registration), taken });
      if ('message' in chain) staged.refused.push(chain);
      else if (chain.length > 0) staged.corrections.push({ stored, chain });
    }
  }
  requireCount(staged.payments.length, summary.count);
  if (staged.refused.length > 0) return { kind: 'not-replaceable', rows: staged.refused };
  const copy = copyRefusalOf(tables, staged.fingerprints, registration);
  if (copy !== null) return copy;
  tables.batches.set(id, record);
  keepApprovals(tables, registration.approvals ?? []);
  for (const stored of staged.payments) tables.put(stored);
  for (const { stored, chain } of staged.corrections)
    replaceInMemory(tables, stored, chain, {
      at,
      by: registration.by,
      isRecovery: registration.isRecovery ?? false,
      ...(registration.confirmation?.person === undefined ? {} : { person: registration.confirmation.person }),
    });
  for (const canary of registration.canaries ?? []) {
    setCanaryInMemory(tables, { ...canary, batch: id, at, by: registration.by });
  }
  return { kind: 'registered' };
}

/** Another set for a batch. Needs a transaction of its own; nothing is written unless the result is `amended`. */
export async function amendInMemory(tables: MemoryTables, registration: Registration): Promise<AmendResult> {
  const { summary, providers, at, by } = registration;
  const { id } = summary.header;
  const before = tables.batches.get(id);
  if (before === undefined) throw new LedgerError('missing', `The ledger in memory has no batch ${id} to amend.`);
  const staged = nothingStaged();
  const taken = new Set<number>();
  const followed: KeptPayment[] = [];
  const seen = new Set<number>();
  const sent: string[] = [];
  let [added, changed, count] = [0, 0, 0];
  for await (const page of registration.payments) {
    for (const payment of page) {
      count += 1;
      const found = tables.byId(id, payment.idKey);
      if (found === undefined) {
        const stored = stage(staged, newPayment(tables, before, payment, providers), payment);
        const chain = checkedCorrection(tables, payment, { batch: id, check: replacementCheckOf(registration), taken });
        if ('message' in chain) staged.refused.push(chain);
        else if (chain.length > 0) staged.corrections.push({ stored, chain });
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
        const refused = changedCorrection(tables, found, payment);
        if (refused !== null) staged.refused.push(refused);
        stage(staged, withContent(found, payment, providers), payment);
        changed += 1;
      }
    }
  }
  requireCount(count, summary.count);
  const missing = [...(tables.ids.get(id)?.values() ?? [])]
    .filter((key) => !seen.has(key))
    .map((key) => tables.payments.get(key)?.content.id ?? '');
  if (sent.length > 0 || missing.length > 0) return { kind: 'refused', sent, missing };
  if (staged.refused.length > 0) return { kind: 'not-replaceable', rows: staged.refused };
  const copy = copyRefusalOf(tables, staged.fingerprints, registration);
  if (copy !== null) return copy;
  for (const stored of [...followed, ...staged.payments]) tables.put(stored);
  for (const { stored, chain } of staged.corrections) replaceInMemory(tables, stored, chain, { at, by });
  tables.batches.set(id, { ...before, ...summary, providers: { ...before.providers, ...providers } });
  tables.raiseRevision(id);
  keepApprovals(tables, registration.approvals ?? []);
  setAmendedCanaries(tables, registration);
  return { kind: 'amended', added, changed };
}

/** Other times for a batch. Needs an open transaction. */
export function changeTimesInMemory(tables: MemoryTables, change: TimesChange): void {
  const before = tables.batches.get(change.batch);
  if (before === undefined) throw new LedgerError('missing', `The ledger in memory has no batch ${change.batch}.`);
  tables.batches.set(change.batch, { ...before, header: headerWithTimes(before.header, change) });
  tables.raiseRevision(change.batch);
}

function stage(staged: Staged, stored: KeptPayment, { replaces, ...content }: Payment): KeptPayment {
  const kept = { ...stored, content };
  staged.payments.push(kept);
  if (replaces === undefined) staged.fingerprints.push(stored.fingerprints);
  return kept;
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
    fingerprints: copyFingerprints(payment),
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
      place: null,
      unpaidEnd: 'failed',
    },
  };
}

function withContent(found: KeptPayment, payment: Payment, providers: Registration['providers']): KeptPayment {
  return {
    ...found,
    content: payment,
    provider: providers[payment.account] ?? '',
    digest: paymentDigest(payment),
    fingerprints: copyFingerprints(payment),
    state: { ...found.state, account: payment.account },
  };
}

/** The payments must be those that were checked: a caller whose second reading differs from the first has a bug. */
function requireCount(read: number, summed: number): void {
  if (read !== summed) throw new Error(`the batch has ${summed} payments, but ${read} were handed over`);
}
