import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';
import { bitpesaContradiction, recipientContradiction } from './comparison.ts';
import type { BitpesaSettings } from './settings.ts';
import type { Recipient, BitpesaTransaction } from './wire.ts';

/** What is known besides the state. */
export interface StateContext {
  /** Null where a callback names a payment that the ledger does not have: then nothing can be compared. */
  readonly payment: PaymentInstruction | null;
  readonly settings: BitpesaSettings;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** When the payment was sent; null where it is not known. */
  readonly sentAt: number | null;
}

/**
 * What a transaction's state means for its payment (docs/providers/bitpesa.md, section 7). Only the state decides: event names and reasons are
 * for people. An error is not final: a transaction that is not cancelled may still be paid.
 */
export function bitpesaTransactionReport(transaction: BitpesaTransaction, context: StateContext): StatusReport {
  const { payment, settings } = context;
  const reports = reportsOf(transaction.id, transaction.recipients[0], context);
  const differs = payment === null ? null : bitpesaContradiction(transaction, payment, settings);
  if (differs !== null) return reports.unknown('contradiction', `BitPesa holds this reference with another ${differs}`);
  const [recipient] = transaction.recipients;
  const isPaid = recipient !== undefined && (recipient.state === 'success' || recipient.state === 'overpaid');
  const code = transaction.state;
  switch (transaction.state) {
    case 'paid':
      // "All recipients paid", and there is one.
      if (recipient?.state === 'canceled' || recipient?.state === 'refunded') {
        return reports.unknown('contradiction', 'BitPesa calls the transaction paid and its recipient cancelled');
      }
      return reports.paid(recipient?.state === 'overpaid' ? 'overpaid' : code);

    case 'refunded':
      if (isPaid)
        return reports.unknown('contradiction', 'BitPesa calls the recipient paid and the transaction refunded');
      // Cancelled after it was funded, and the money is back: definitely not with the recipient. `failed` and not `cancelled`,
      // because the documentation allows a fresh attempt now, and only a failed payment can be retried.
      return reports.failed(code, 'BitPesa could not pay it, cancelled it and refunded the balance');

    case 'canceled':
      if (isPaid)
        return reports.unknown('contradiction', 'BitPesa calls the recipient paid and the transaction cancelled');
      // Never funded: BitPesa cancels a transaction that is not funded within an hour.
      if (transaction.paidPico === 0n) return reports.failed(code, 'BitPesa cancelled it before it was funded');
      // Cancelled is not yet refunded, and only the refund proves that nothing was paid.
      return reports.pending(code, 'It is cancelled at BitPesa, and the refund is still to come');

    case 'initial':
    case 'approved':
      return unfunded(transaction, reports, context);

    case 'pending':
    case 'processing':
    case 'received':
    case 'manual':
      return recipient === undefined
        ? reports.pending(code, 'BitPesa is working on it')
        : recipientState(recipient, reports, context);

    case 'mispaid':
      if (isPaid) return reports.paid(code);
      return reports.pending(
        code,
        'It was funded with another amount than it needs; BitPesa resizes it. Ask BitPesa about it',
      );

    case 'exception':
      if (isPaid) return reports.paid(code);
      return reports.unknown(code, 'BitPesa has internal trouble with it. Ask its support');

    default:
      return reports.unknown(
        'unlisted-state',
        `BitPesa tells a state that it does not document (${reports.words(transaction.state)})`,
      );
  }
}

/** The same by a recipient alone, as webhooks about recipients bring it. */
export function recipientReport(recipient: Recipient, context: StateContext): StatusReport {
  const { payment, settings } = context;
  const reports = reportsOf(recipient.transactionId, recipient, context);
  const differs = payment === null ? null : recipientContradiction(recipient, payment, settings);
  if (differs !== null) return reports.unknown('contradiction', `BitPesa holds this reference with another ${differs}`);
  return recipientState(recipient, reports, context);
}

function unfunded(transaction: BitpesaTransaction, reports: Reports, { now }: StateContext): StatusReport {
  const { paidPico, duePico, expiresAt } = transaction;
  if (paidPico === null || duePico === null)
    return reports.unknown('unreadable', 'BitPesa does not say what it still needs');
  if (paidPico > 0n && duePico > 0n)
    return reports.unknown('part-funded', 'It was funded in part. Ask BitPesa about it');
  // Nothing is due although the state says unfunded: the funds are in, and the state follows.
  if (duePico <= 0n) return reports.pending('funded', 'BitPesa has the funds and begins to pay');
  // payrun funds no expired transaction, and BitPesa cancels it by itself: only then has it failed.
  if (expiresAt !== null && now >= expiresAt)
    return reports.unknown('expired', 'It was not funded in time; BitPesa will cancel it');
  return reports.notFound(transaction.state, 'BitPesa holds it and was not told to pay it');
}

function recipientState(recipient: Recipient, reports: Reports, context: StateContext): StatusReport {
  const { state } = recipient;
  switch (state) {
    case 'success':
    case 'overpaid':
      return reports.paid(state);
    case 'refunded':
      return reports.failed(state, 'BitPesa could not pay it, cancelled it and refunded the balance');
    case 'canceled':
      return reports.pending(state, 'It is cancelled at BitPesa, and the refund is still to come');
    case 'error':
      return reports.pending(state, 'BitPesa could not pay it yet and goes on trying', isCancelDue(recipient, context));
    case 'manual':
      return reports.pending(
        state,
        'BitPesa has stopped trying; it may still pay until it is cancelled',
        isCancelDue(recipient, context),
      );
    case 'initial':
    case 'pending':
      return reports.pending(state, 'BitPesa is working on it', isCancelDue(recipient, context));
    case 'stuck':
    case 'exception':
      return reports.unknown(state, 'BitPesa does not know whether the network has paid it. Ask its support');
    default:
      return reports.unknown(
        'unlisted-state',
        `BitPesa tells a state that it does not document (${reports.words(state)})`,
      );
  }
}

/** An unpaid transaction is cancelled after `cancel_after`; with `fail_fast` at once when recipient (4…) or sender (5…) is the reason. */
function isCancelDue({ state, reasonCode }: Recipient, { settings, now, sentAt }: StateContext): boolean {
  if (sentAt !== null && now - sentAt >= settings.cancelAfterMs) return true;
  return settings.failFast && (state === 'error' || state === 'manual') && /^[45]/.test(reasonCode ?? '');
}

interface Reports {
  paid(code: string): StatusReport;
  failed(code: string, what: string): StatusReport;
  pending(code: string, what: string, cancelDue?: boolean): StatusReport;
  unknown(code: string, what: string): StatusReport;
  notFound(code: string, what: string): StatusReport;
  words(text: string): string;
}

function reportsOf(id: string | null, recipient: Recipient | undefined, { payment, redactor }: StateContext): Reports {
  const ids = { providerReference: redactor.id(id) };
  const words = (text: string): string => redactor.text(text, payment ?? undefined);
  const reason = words([recipient?.reasonCode ?? '', recipient?.reason ?? ''].filter((text) => text !== '').join(' '));
  const why = reason === '' ? '' : ` (${reason})`;
  const of = (code: string, text: string): ReturnType<typeof evidence> => evidence(code, text, ids);
  return {
    paid: (code) => ({ kind: 'paid', evidence: of(code, 'BitPesa paid it.') }),
    failed: (code, what) => ({ kind: 'failed', evidence: of(code, `${what}${why}. Nothing reached the recipient.`) }),
    pending: (code, what, cancelDue = false) => ({
      kind: 'pending',
      evidence: of(code, `${what}${why}.`),
      ...(cancelDue ? { cancelDue } : {}),
    }),
    unknown: (code, what) => ({ kind: 'unknown', evidence: of(code, `${what}${why}. It may have paid or not.`) }),
    notFound: (code, what) => ({ kind: 'not-found', evidence: of(code, `${what}.`) }),
    words,
  };
}
