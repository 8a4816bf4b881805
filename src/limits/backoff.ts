/** After this many refusals in a row without an answer between them, a run gives up. */
export const THROTTLES_MAX = 8;
export const UNREACHABLE_MAX = 3;
/**
 * Lost answers in a row. Each is a payment that a person may have to look up, so a provider that has stopped answering is not
 * sent the whole payroll.
 */
export const UNKNOWNS_MAX = 25;
/** How often one payment may come back unsent or throttled in one run, whatever happened to other payments meanwhile. */
export const RETURNS_MAX = 12;

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MOST_MS = 60_000;

export type BackoffStep = { readonly kind: 'wait'; readonly waitMs: number } | { readonly kind: 'give-up' };

/**
 * Decides between waiting and giving up. Requests that are under way together fail together, so a failure counts only if its
 * request began after the last failure that counted: with 64 requests under way, one busy moment counts once, not 64 times.
 */
export class Backoff {
  /** Failures that counted so far; a request notes this number when it begins. */
  failures = 0;
  private throttles = 0;
  private unreachables = 0;
  private unknowns = 0;

  /**
   * @param failures {@link failures} when the request began.
   * @param waitMs what the provider asked for; absent: exponential back-off.
   */
  throttled(failures: number, waitMs?: number): BackoffStep {
    this.unreachables = 0;
    if (this.counts(failures)) this.throttles += 1;
    if (this.throttles >= THROTTLES_MAX) return { kind: 'give-up' };
    return { kind: 'wait', waitMs: waitMs ?? waitAfter(this.throttles) };
  }

  /** Does not reset the count of throttles: a provider that throttles and fails in turns must come to an end too. */
  unreachable(failures: number): BackoffStep {
    if (this.counts(failures)) this.unreachables += 1;
    if (this.unreachables >= UNREACHABLE_MAX) return { kind: 'give-up' };
    return { kind: 'wait', waitMs: waitAfter(this.unreachables) };
  }

  answered(): void {
    this.throttles = 0;
    this.unreachables = 0;
    this.unknowns = 0;
  }

  /** Whether so many answers in a row were lost that the run should end. A lost answer resets no other count. */
  lost(): boolean {
    this.unknowns += 1;
    return this.unknowns >= UNKNOWNS_MAX;
  }

  private counts(failures: number): boolean {
    if (failures !== this.failures) return false;
    this.failures += 1;
    return true;
  }
}

function waitAfter(times: number): number {
  return Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, times - 1));
}
