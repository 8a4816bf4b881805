import type { Evidence } from '../domain/outcome.ts';
import type { PaymentState } from './payment-state.ts';

/** What is known of the payment that a report is about. */
type Known = Pick<PaymentState, 'status' | 'latest'>;

const REASON_MAX = 600;

/**
 * The text for two reports about one payment that cannot both be true. The same report gives the same text, so that a repeat is
 * noticed. A known id of the provider is never replaced: it would lead to another request.
 */
export function contradictionText(known: Known, source: string, reported: Evidence): Evidence {
  return {
    ...withoutKnownIds(known, reported),
    code: 'contradiction',
    reason: cutReason(
      `Contradiction: it was ${known.status}, and a ${source} says of it: ${reported.reason} ${ASK}${before(known)}`,
    ),
  };
}

/** The same for a report about an earlier reference. Its ids are left out: they belong to another request. */
export function earlierContradictionText(known: Known, source: string, reported: Evidence): Evidence {
  const id = reported.providerReference === undefined ? '' : ` (${reported.providerReference})`;
  const about = `an earlier presentation of it${id}`;
  return {
    code: 'contradiction',
    reason: cutReason(`Contradiction: a ${source} says of ${about}: ${reported.reason} ${ASK}${before(known)}`),
  };
}

/** The text for a failure of a payment whose earlier reference was reported as paid. */
export function failureAfterEarlierPaidText(known: Known, reported: Evidence): Evidence {
  const again = 'But an earlier presentation of it was reported as paid: ask the provider before it is sent again.';
  const room = REASON_MAX - again.length - 1;
  return {
    ...withoutKnownIds(known, reported),
    code: 'contradiction',
    reason: `${cutReason(reported.reason, room)} ${again}`,
  };
}

/** The text for an answer that no money moved, after an unverified callback named the payment. */
export function failureAfterCallbackText(reported: Evidence): Evidence {
  const but = 'But a callback has spoken of this payment already, which a question has to confirm.';
  return {
    ...reported,
    code: 'contradiction',
    reason: `${cutReason(reported.reason, REASON_MAX - but.length - 1)} ${but}`,
  };
}

/** What a report adds to a payment that keeps its status: ids that are not known yet. */
export function withoutKnownIds({ latest }: Pick<Known, 'latest'>, reported: Evidence): Evidence {
  if (latest.providerReference === null) return reported;
  const { code, reason, requestId, receipt } = reported;
  return {
    code,
    reason,
    ...(receipt === undefined || latest.receipt !== null ? {} : { receipt }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

const ASK = 'Ask the provider.';
const BEFORE = ' Before: ';

/** What was known before the first contradiction; each later text would otherwise repeat all earlier ones. */
function before({ latest: { reason } }: Known): string {
  if (reason === null || reason === '') return '';
  if (!reason.startsWith('Contradiction: ')) return BEFORE + reason;
  const at = reason.indexOf(BEFORE);
  return at < 0 ? '' : reason.slice(at);
}

function cutReason(text: string, max = REASON_MAX): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
}
