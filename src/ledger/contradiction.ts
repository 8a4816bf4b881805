import type { Evidence } from '../domain/outcome.ts';
import type { Change, LatestEvidence, PaymentState } from './payment-state.ts';

export interface ContradictionCounts {
  /** Payments that display a contradiction, decided or not. */
  readonly count: number;
  /**
   * How many of them have another reference, or stand for the same debt as another payment, that was reported as paid too, and no person
   * has decided about since; without the replaced ones: a person decides about their corrections.
   */
  readonly undecided: number;
  /** How many replaced payments there are that something reports as paid. */
  readonly replaced: number;
}

/** What is known of the payment that a report is about. */
type Known = Pick<PaymentState, 'status' | 'latest'>;

const CONTRADICTION = 'contradiction';

const REASON_MAX = 600;
/** Of one contradiction, and of all that are kept of a payment. */
const CONTRADICTION_MAX = 240;
const LASTING_MAX = 420;
/** Of what a report says, within one contradiction. */
const REPORTED_MAX = 120;

/**
 * The text for two reports about one payment that cannot both be true. The same report gives the same text, so that a repeat is
 * noticed. A known id of the provider is never replaced: it would lead to another request.
 */
export function contradictionText(known: Known, source: string, reported: Evidence): Evidence {
  return {
    ...withoutKnownIds(known, reported),
    code: CONTRADICTION,
    reason: cutReason(
      `Contradiction: it was ${known.status}, and a ${source} says of it: ${cutReason(reported.reason, REPORTED_MAX)} ${ASK}${before(known)}`,
    ),
  };
}

/** The same for a report about an earlier reference. Its ids are left out: they belong to another request. */
export function earlierContradictionText(known: Known, source: string, reported: Evidence, earlier: string): Evidence {
  const id = reported.providerReference === undefined ? '' : ` (${reported.providerReference})`;
  const about = `its earlier reference ${earlier}${id}`;
  return {
    code: CONTRADICTION,
    reason: cutReason(
      `Contradiction: a ${source} says of ${about}: ${cutReason(reported.reason, REPORTED_MAX)} ${ASK}${before(known)}`,
    ),
  };
}

/** The text for a failure of a payment whose earlier reference was reported as paid. */
export function failureAfterEarlierPaidText(known: Known, reported: Evidence): Evidence {
  const again = 'But an earlier reference of it was reported as paid: ask the provider before it is sent again.';
  const room = CONTRADICTION_MAX - again.length - 1;
  return {
    ...withoutKnownIds(known, reported),
    code: CONTRADICTION,
    reason: `${cutReason(reported.reason, room)} ${again}`,
  };
}

/** The text for an answer that no money moved, after an unverified callback named the payment. */
export function failureAfterCallbackText(reported: Evidence): Evidence {
  const but = 'But a callback has spoken of this payment already, which a question has to confirm.';
  return {
    ...reported,
    code: CONTRADICTION,
    reason: `${cutReason(reported.reason, CONTRADICTION_MAX - but.length - 1)} ${but}`,
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
const SINCE = ' Since: ';

/** What was known without any contradiction; each later text would otherwise repeat all earlier ones. */
function before({ latest }: Known): string {
  const known = plainReason(latest);
  return known === '' ? '' : BEFORE + known;
}

/** What is displayed of a payment behind its contradictions. */
export function plainReason({ code, reason }: Pick<LatestEvidence, 'code' | 'reason'>): string {
  if (reason === null || code !== CONTRADICTION) return reason ?? '';
  const mark = / (?:Before|Since): /.exec(reason);
  return mark === null ? '' : reason.slice(mark.index + mark[0].length);
}

/** Whether this contradiction, of whatever report, is displayed already. */
export function isDisplayed({ history, latest }: PaymentState, { reason }: Evidence): boolean {
  return latest.reason === reason || history.contradiction?.includes(contradictionIn(reason)) === true;
}

/**
 * A contradiction that was ever displayed stays in the reason and the code of the payment, whatever moves it later: an answer, a
 * report, a person's decision, a retry. What is new stands behind it.
 */
export function keepingContradiction(state: PaymentState, change: Change): Change {
  const { contradiction: known } = state.history;
  const latest = change.entry?.latest ?? null;
  const isDisplaying = latest?.code === CONTRADICTION;
  const lasting = isDisplaying ? joined(known, latest.reason ?? '') : known;
  if (lasting === null) return change;
  const history = change.history ?? state.history;
  const isKept = history.contradiction === lasting;
  const kept = isKept ? change : { ...change, history: { ...history, contradiction: lasting } };
  if (kept.entry === null || latest === null) return kept;
  const rest = plainReason(latest);
  const mark = isDisplaying ? BEFORE : SINCE;
  const reason = cutReason(rest === '' ? lasting : lasting + mark + rest);
  return { ...kept, entry: { ...kept.entry, latest: { ...latest, code: CONTRADICTION, reason } } };
}

/** All contradictions in one text: the newest behind those that are known. */
function joined(known: string | null, reason: string): string {
  const added = contradictionIn(reason);
  if (known === null) return added;
  if (reason.startsWith(known) || known.includes(added)) return known;
  return `${cutReason(known, LASTING_MAX - added.length - 1)} ${added}`;
}

/** The contradiction in a text that is displayed, without what was known before or became known since. */
function contradictionIn(reason: string): string {
  const end = / (?:Before|Since): /.exec(reason)?.index ?? reason.length;
  return cutReason(reason.slice(0, end), CONTRADICTION_MAX);
}

function cutReason(text: string, max = REASON_MAX): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
}
