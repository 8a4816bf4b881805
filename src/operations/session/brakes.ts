/** Which batches a command has sent from an account, so that many small files do not each begin to count at nothing. */
export class SentBatches {
  private readonly batches = new Map<string, Set<string>>();
  private readonly clock: { now(): number };
  private since: number | null = null;

  constructor(clock: { now(): number }) {
    this.clock = clock;
  }

  /** Notes that a batch is sent from an account from now on. Returns the others before it, and the moment since when their payments count. */
  begin(account: string, batch: string): { readonly earlier: readonly string[]; readonly since: number } {
    this.since ??= this.clock.now() - 1;
    const known = this.batches.get(account) ?? new Set<string>();
    this.batches.set(account, known.add(batch));
    return { earlier: [...known].filter((other) => other !== batch), since: this.since };
  }
}
