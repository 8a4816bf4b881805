/** The attributes of the tag that is being read; to be used before the next one comes. */
export class XmlAttributes {
  private readonly names: string[] = [];
  private readonly values: string[] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  get(name: string): string | undefined {
    const at = this.positionOf(name);
    return at < 0 ? undefined : this.values[at];
  }

  entries(): readonly (readonly [name: string, value: string])[] {
    return this.names.slice(0, this.count).map((name, at) => [name, this.values[at] ?? ''] as const);
  }

  /** False where the tag has one of that name. One list serves all tags: a sheet has a million of them. */
  add(name: string, value: string): boolean {
    if (this.positionOf(name) >= 0) return false;
    this.names[this.count] = name;
    this.values[this.count] = value;
    this.count += 1;
    return true;
  }

  clear(): void {
    this.count = 0;
  }

  private positionOf(name: string): number {
    for (let at = 0; at < this.count; at++) if (this.names[at] === name) return at;
    return -1;
  }
}
