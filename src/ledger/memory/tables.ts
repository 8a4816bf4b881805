import type { FileLock } from '../../domain/file-lock.ts';
import { randomUUID } from 'node:crypto';
import type { Approval } from '../../domain/approval.ts';
import type { Evidence } from '../../domain/outcome.ts';
import type { CopyFingerprints, Payment } from '../../domain/payment.ts';
import type { EarlierReference } from '../../domain/query-history.ts';
import type { Place } from '../../domain/place.ts';
import type { EntryText, EventOrigin, PaymentState } from '../payment-state.ts';
import type { BatchRecord, CallbackResult, FileMemo, LedgerPayment, LockOwner, ReceivedCallback } from '../records.ts';
import type { CanaryRequest } from '../brakes.ts';
import type { MissedOccurrence, ScheduleMemo, SeriesStart } from '../series-records.ts';
import type { Pause } from '../stops.ts';
import { Transactions } from './transactions.ts';

/** A payment as it stands in memory: its content, and the state that the rules know. */
export interface KeptPayment {
  readonly key: number;
  readonly content: Payment;
  readonly provider: string;
  readonly digest: string;
  readonly fingerprints: CopyFingerprints;
  readonly state: PaymentState;
  readonly settledAt: number | null;
  readonly isCancelledByPerson: boolean;
}

export interface KeptEntry extends EventOrigin {
  readonly payment: number;
  readonly text: EntryText;
}

export interface KeptCallback extends ReceivedCallback {
  readonly key: number;
  /** Of the whole body, where only its beginning is kept. */
  readonly digest: string | null;
  readonly result: CallbackResult['result'] | null;
}

export interface KeptCall {
  readonly id: number;
  readonly key: string;
  readonly lockKey: string | null;
  readonly startedAt: number;
  readonly answeredAt: number | null;
}

export interface KeptStop {
  readonly account: string;
  readonly at: number;
  readonly evidence: Evidence;
}

export interface KeptCanary extends CanaryRequest {
  readonly used: number;
  readonly released: { readonly by: string; readonly at: number } | null;
}

/**
 * What one ledger in memory holds. Several ledgers may be opened over the same tables, as several processes open one file; what
 * is in them lives as long as this object.
 */
export class MemoryTables {
  readonly id = randomUUID();
  organisation: string | null = null;
  readonly transactions = new Transactions();
  /** In the order of registration. */
  readonly batches = new Map<string, BatchRecord>();
  readonly payments = new Map<number, KeptPayment>();
  /** Keys of a batch's payments by folded id. */
  readonly ids = new Map<string, Map<string, number>>();
  /** Every reference that was ever given, with the payment's key. */
  readonly references = new Map<string, number>();
  /** The append-only record of what happened to payments. */
  readonly entries: KeptEntry[] = [];
  readonly callbacks = new Map<number, KeptCallback>();
  readonly calls = new Map<number, KeptCall>();
  readonly stops: KeptStop[] = [];
  /** Key of each correction → key of the newest payment that it took the place of. */
  readonly replacements = new Map<number, number>();
  readonly approvals: Approval[] = [];
  readonly seriesStarts: SeriesStart[] = [];
  readonly missed: MissedOccurrence[] = [];
  scheduleMemo: ScheduleMemo | null = null;
  /** The pauses that are in force. */
  readonly pauses: Pause[] = [];
  /** The pauses that have ended, and when. */
  readonly resumed: { readonly pause: Pause; readonly at: number }[] = [];
  /** By batch and account. */
  readonly canaries = new Map<string, KeptCanary>();
  /** References before the current one, each with the payment's key. */
  readonly earlier = new Map<string, EarlierReference & { readonly payment: number }>();
  readonly files = new Map<string, FileMemo>();
  /** The revision of each batch that its reports show; a batch without reports is not in it. */
  readonly reported = new Map<string, number>();
  /** By their keys. */
  readonly places = new Map<string, Place>();
  /** Who has each place now. */
  readonly owners = new Map<string, LockOwner>();
  /** Accounts that somebody waits for, to send from them. */
  readonly awaited = new Set<string>();
  /** How often each place was locked. */
  readonly epochs = new Map<string, number>();
  /** Payments that a reader is handed at once. */
  pageSize = 500;
  private lastKey = 0;

  nextKey(): number {
    this.lastKey += 1;
    return this.lastKey;
  }

  put(stored: KeptPayment): void {
    this.payments.set(stored.key, stored);
    const { batch, reference } = stored.state;
    this.references.set(reference, stored.key);
    const ids = this.ids.get(batch) ?? new Map<string, number>();
    this.ids.set(batch, ids.set(stored.content.idKey, stored.key));
  }

  find(key: number | undefined): KeptPayment | undefined {
    return key === undefined ? undefined : this.payments.get(key);
  }

  byReference(reference: string): KeptPayment | undefined {
    return this.find(this.references.get(reference));
  }

  byId(batch: string, idKey: string): KeptPayment | undefined {
    return this.find(this.ids.get(batch)?.get(idKey));
  }

  /** Payments of a batch in the order of their lines. */
  ofBatch(batch: string): KeptPayment[] {
    const found = [...(this.ids.get(batch)?.values() ?? [])].flatMap((key) => this.payments.get(key) ?? []);
    return found.sort((a, b) => a.content.line - b.content.line || a.key - b.key);
  }

  /** Null where somebody waits for the account already. */
  awaitAccount(account: string): FileLock | null {
    if (this.awaited.has(account)) return null;
    this.awaited.add(account);
    let isReleased = false;
    return {
      release: () => {
        if (!isReleased) this.awaited.delete(account);
        isReleased = true;
      },
    };
  }

  /** Every lock of an earlier epoch of the place is worth nothing from now on. */
  startEpoch(key: string): number {
    const epoch = (this.epochs.get(key) ?? 0) + 1;
    this.epochs.set(key, epoch);
    return epoch;
  }

  batchesBehind(): string[] {
    return [...this.batches].filter(([id, { revision }]) => (this.reported.get(id) ?? -1) < revision).map(([id]) => id);
  }

  noteReport(batch: string, revision: number): void {
    this.reported.set(batch, Math.max(this.reported.get(batch) ?? -1, revision));
  }

  /** Whether a stored callback about any reference of the payment waits to be processed. */
  isNamedByUnprocessed(stored: KeptPayment): boolean {
    for (const { account, result, reference } of this.callbacks.values()) {
      if (result !== null || reference === null || account !== stored.state.account) continue;
      if (this.references.get(reference) === stored.key) return true;
    }
    return false;
  }

  /** The registered times of these batches are not believed any more. */
  distrustTimes(batches: readonly string[]): void {
    for (const id of batches) {
      const record = this.batches.get(id);
      if (record !== undefined) this.batches.set(id, { ...record, isTimeTrusted: false });
    }
  }

  /** Every memo of a file that was reported before this change no longer holds. */
  raiseRevision(batch: string): void {
    const record = this.batches.get(batch);
    if (record !== undefined) this.batches.set(batch, { ...record, revision: record.revision + 1 });
  }
}

/** The payment as callers read it. */
export function ledgerPaymentOf({
  content,
  provider,
  digest,
  state,
  settledAt,
  isCancelledByPerson,
}: KeptPayment): LedgerPayment {
  // The request of an open attempt may have left already.
  const isSubmitting = state.status === 'submitting';
  const { latest } = state;
  return {
    ...content,
    batch: state.batch,
    provider,
    digest,
    status: state.status,
    isCancelledByPerson,
    reference: state.reference,
    generation: state.generation,
    attempts: state.attempts + (isSubmitting ? 1 : 0),
    code: latest.code ?? '',
    reason: latest.reason ?? '',
    providerReference: latest.providerReference ?? '',
    receipt: latest.receipt ?? '',
    requestId: latest.requestId ?? '',
    feeMinor: latest.feeMinor,
    sentAt: isSubmitting ? state.claimedAt : state.sentAt,
    settledAt,
    place: state.place,
  };
}
