import type { Evidence } from '../domain/outcome.ts';
import type { Status } from '../domain/status.ts';

/** What is known of the payment that something was said about. */
export interface Known {
  readonly status: Status;
  readonly reason: string | null;
  readonly provider_reference: string | null;
}

const REASON_MAX = 600;

/**
 * Two words about one payment that cannot both be true, for whoever reads the report. Said again, it is the same text. Of the ids
 * that come with it none takes the place of a known one: whoever looked that up would read the fate of something else.
 */
export function contradiction(known: Known, source: string, said: Evidence): Evidence {
  return {
    ...withoutKnownIds(known, said),
    code: 'contradiction',
    reason: cut(
      `Contradiction: it was ${known.status}, and a ${source} says of it: ${said.reason} ${ASK}${before(known)}`,
    ),
  };
}

/** The same about an earlier presentation, whose ids are none of the payment's: it has another reference by now. */
export function earlierContradiction(known: Known, source: string, said: Evidence): Evidence {
  const id = said.providerReference === undefined ? '' : ` (${said.providerReference})`;
  const about = `an earlier presentation of it${id}`;
  return {
    code: 'contradiction',
    reason: cut(`Contradiction: a ${source} says of ${about}: ${said.reason} ${ASK}${before(known)}`),
  };
}

/** A failure of a payment of which an earlier presentation was reported as paid. */
export function doubt(known: Known, said: Evidence): Evidence {
  const again = 'But an earlier presentation of it was reported as paid: ask the provider before it is sent again.';
  const room = REASON_MAX - again.length - 1;
  return { ...withoutKnownIds(known, said), code: 'contradiction', reason: `${cut(said.reason, room)} ${again}` };
}

/** An answer that no money moved, of a payment that a callback has spoken of before the answer came. */
export function overheard(said: Evidence): Evidence {
  const but = 'But a callback has spoken of this payment already, which a question has to confirm.';
  return { ...said, code: 'contradiction', reason: `${cut(said.reason, REASON_MAX - but.length - 1)} ${but}` };
}

/** What an answer adds to a payment that is further than it: ids that are not known yet. */
export function withoutKnownIds(known: Pick<Known, 'provider_reference'>, said: Evidence): Evidence {
  if (known.provider_reference === null) return said;
  const { code, reason, requestId } = said;
  return requestId === undefined ? { code, reason } : { code, reason, requestId };
}

const ASK = 'Ask the provider.';
const BEFORE = ' Before: ';

/** What was known before the first contradiction: each later one would repeat all earlier ones. */
function before({ reason }: Known): string {
  if (reason === null || reason === '') return '';
  if (!reason.startsWith('Contradiction: ')) return BEFORE + reason;
  const at = reason.indexOf(BEFORE);
  return at < 0 ? '' : reason.slice(at);
}

function cut(text: string, max = REASON_MAX): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
}
