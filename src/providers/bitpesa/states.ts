import type { StatusReport } from '../../domain/status-report.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import { contradiction, recipientContradiction } from './comparison.ts';
import type { Settings } from './settings.ts';
import type { Recipient, Transaction } from './wire.ts';

/** What is known besides the state itself. */
export interface StateReading {
  /** Null where a callback speaks of a payment that the ledger does not have: then nothing can be compared. */
  readonly payment: PaymentInstruction | null;
  readonly settings: Settings;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** When the payment was sent; null where it is not known. */
  readonly sentAt: number | null;
}

/**
 * What a transaction's state means for its payment (fact sheet, section 7). The state is the only truth: event names and reasons are
 * for people. An error is no end: whatever is not cancelled may still be paid.
 */
export function transactionFinding(transaction: Transaction, reading: StateReading): StatusReport {
  const { payment, settings } = reading;
  const say = speaker(transaction.id, transaction.recipients[0], reading);
  const differs = payment === null ? null : contradiction(transaction, payment, settings);
  if (differs !== null) return say.unknown('contradiction', `BitPesa holds this reference with another ${differs}`);
  const [recipient] = transaction.recipients;
  const isPaid = recipient !== undefined && (recipient.state === 'success' || recipient.state === 'overpaid');
  const code = transaction.state;
  switch (transaction.state) {
    case 'paid':
      // "All recipients paid", and there is one.
      if (recipient?.state === 'canceled' || recipient?.state === 'refunded') {
        return say.unknown('contradiction', 'BitPesa calls the transaction paid and its recipient cancelled');
      }
      return say.paid(recipient?.state === 'overpaid' ? 'overpaid' : code);

    case 'refunded':
      if (isPaid) return say.unknown('contradiction', 'BitPesa calls the recipient paid and the transaction refunded');
      // Cancelled after it was funded, and the money is back: definitely not with the recipient. `failed` and not `cancelled`,
      // because the sheet allows a fresh attempt now, and only what failed can be retried.
      return say.failed(code, 'BitPesa could not pay it, cancelled it and refunded the balance');

    case 'canceled':
      if (isPaid) return say.unknown('contradiction', 'BitPesa calls the recipient paid and the transaction cancelled');
      // Never funded: one that is not funded within an hour ends here.
      if (transaction.paidPico === 0n) return say.failed(code, 'BitPesa cancelled it before it was funded');
      // Cancelled is not yet refunded, and only the refund proves that nothing was paid.
      return say.pending(code, 'It is cancelled at BitPesa, and the refund is still to come');

    case 'initial':
    case 'approved':
      return unfunded(transaction, say, reading);

    case 'pending':
    case 'processing':
    case 'received':
    case 'manual':
      return recipient === undefined
        ? say.pending(code, 'BitPesa is working on it')
        : recipientState(recipient, say, reading);

    case 'mispaid':
      if (isPaid) return say.paid(code);
      return say.pending(
        code,
        'It was funded with another amount than it needs; BitPesa resizes it. Ask BitPesa about it',
      );

    case 'exception':
      if (isPaid) return say.paid(code);
      return say.unknown(code, 'BitPesa has internal trouble with it. Ask its support');

    default:
      return say.unknown(
        'unlisted-state',
        `BitPesa tells a state that it does not document (${say.words(transaction.state)})`,
      );
  }
}

/** The same by a recipient alone, as webhooks about recipients bring it. */
export function recipientFinding(recipient: Recipient, reading: StateReading): StatusReport {
  const { payment, settings } = reading;
  const say = speaker(recipient.transactionId, recipient, reading);
  const differs = payment === null ? null : recipientContradiction(recipient, payment, settings);
  if (differs !== null) return say.unknown('contradiction', `BitPesa holds this reference with another ${differs}`);
  return recipientState(recipient, say, reading);
}

function unfunded(transaction: Transaction, say: Speaker, { now }: StateReading): StatusReport {
  const { paidPico, duePico, expiresAt } = transaction;
  if (paidPico === null || duePico === null)
    return say.unknown('unreadable', 'BitPesa does not say what it still needs');
  if (paidPico > 0n && duePico > 0n) return say.unknown('part-funded', 'It was funded in part. Ask BitPesa about it');
  // Ready to be funded, and nothing is missing: the funds are in and the state follows.
  if (duePico <= 0n) return say.pending('funded', 'BitPesa has the funds and begins to pay');
  // Nobody funds it any more and BitPesa cancels it by itself: then it is known to have failed.
  if (expiresAt !== null && now >= expiresAt)
    return say.unknown('expired', 'It was not funded in time; BitPesa will cancel it');
  return say.absent(transaction.state, 'BitPesa holds it and was not told to pay it');
}

function recipientState(recipient: Recipient, say: Speaker, reading: StateReading): StatusReport {
  const { state } = recipient;
  switch (state) {
    case 'success':
    case 'overpaid':
      return say.paid(state);
    case 'refunded':
      return say.failed(state, 'BitPesa could not pay it, cancelled it and refunded the balance');
    case 'canceled':
      return say.pending(state, 'It is cancelled at BitPesa, and the refund is still to come');
    case 'error':
      return say.pending(state, 'BitPesa could not pay it yet and goes on trying', isCancelDue(recipient, reading));
    case 'manual':
      return say.pending(
        state,
        'BitPesa has stopped trying; it may still pay until it is cancelled',
        isCancelDue(recipient, reading),
      );
    case 'initial':
    case 'pending':
      return say.pending(state, 'BitPesa is working on it', isCancelDue(recipient, reading));
    case 'stuck':
    case 'exception':
      return say.unknown(state, 'BitPesa does not know whether the network has paid it. Ask its support');
    default:
      return say.unknown('unlisted-state', `BitPesa tells a state that it does not document (${say.words(state)})`);
  }
}

/** What is not paid after a day is taken back; trouble of recipient (4…) or sender (5…) at once, where the policy says so. */
function isCancelDue({ state, reasonCode }: Recipient, { settings, now, sentAt }: StateReading): boolean {
  if (sentAt !== null && now - sentAt >= settings.cancelAfterMs) return true;
  return settings.failFast && (state === 'error' || state === 'manual') && /^[45]/.test(reasonCode ?? '');
}

interface Speaker {
  paid(code: string): StatusReport;
  failed(code: string, what: string): StatusReport;
  pending(code: string, what: string, cancelDue?: boolean): StatusReport;
  unknown(code: string, what: string): StatusReport;
  absent(code: string, what: string): StatusReport;
  words(text: string): string;
}

function speaker(id: string | null, recipient: Recipient | undefined, { payment, redactor }: StateReading): Speaker {
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
    absent: (code, what) => ({ kind: 'not-found', evidence: of(code, `${what}.`) }),
    words,
  };
}
