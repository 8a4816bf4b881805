/** Troubles in a row, without any useful answer between them, after which a run stops rather than hopes. */
export const THROTTLES_MAX = 8;
export const UNREACHABLE_MAX = 3;
/**
 * Lost answers in a row. Each is a payment that a person has to look up, so a provider that has stopped answering is not fed
 * the whole payroll.
 */
export const UNKNOWNS_MAX = 25;
/** How often one payment may come back unsent or throttled in one run, whatever happened to others meanwhile. */
export const RETURNS_MAX = 12;

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MOST_MS = 60_000;

export type BackoffStep =
  | { readonly kind: 'wait'; readonly waitMs: number }
  /** It has happened too often. */
  | { readonly kind: 'enough' };

/**
 * Decides between waiting and giving up. Requests that were under way together meet the same trouble together, so a trouble
 * counts only if its request began after the last one was counted: with 64 under way, one busy moment is one, not 64.
 */
export class Backoff {
  /** Rises with every trouble that counts; a request notes it when it begins. */
  era = 0;
  private throttles = 0;
  private unreachables = 0;
  private unknowns = 0;

  /** @param waitMs what the provider asked for; absent: back off. */
  throttled(era: number, waitMs?: number): BackoffStep {
    this.unreachables = 0;
    if (this.counts(era)) this.throttles += 1;
    if (this.throttles >= THROTTLES_MAX) return { kind: 'enough' };
    return { kind: 'wait', waitMs: waitMs ?? backoff(this.throttles) };
  }

  /** Does not forgive throttling: the two taking turns must come to an end as well. */
  unreachable(era: number): BackoffStep {
    if (this.counts(era)) this.unreachables += 1;
    if (this.unreachables >= UNREACHABLE_MAX) return { kind: 'enough' };
    return { kind: 'wait', waitMs: backoff(this.unreachables) };
  }

  answered(): void {
    this.throttles = 0;
    this.unreachables = 0;
    this.unknowns = 0;
  }

  /** Whether so many answers were lost that the run should end. A lost answer forgives nothing and waits for nothing. */
  lost(): boolean {
    this.unknowns += 1;
    return this.unknowns >= UNKNOWNS_MAX;
  }

  private counts(era: number): boolean {
    if (era !== this.era) return false;
    this.era += 1;
    return true;
  }
}

function backoff(times: number): number {
  return Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, times - 1));
}
