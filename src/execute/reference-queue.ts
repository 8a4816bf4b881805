/** References of payments that wait for their claim, the first to be sent first. Taking from the front costs the same whatever its length. */
export class ReferenceQueue {
  private readonly references: readonly string[];
  private at = 0;
  /** Came back unsent; they go before all others. */
  private returned: readonly string[] = [];

  constructor(references: readonly string[]) {
    this.references = references;
  }

  get length(): number {
    return this.returned.length + this.references.length - this.at;
  }

  /** Takes up to `count` from the front. */
  take(count: number): readonly string[] {
    const first = this.returned.slice(0, count);
    this.returned = this.returned.slice(count);
    const rest = this.references.slice(this.at, this.at + count - first.length);
    this.at += rest.length;
    return [...first, ...rest];
  }

  putBack(references: readonly string[]): void {
    this.returned = [...references, ...this.returned];
  }

  clear(): void {
    this.returned = [];
    this.at = this.references.length;
  }
}
