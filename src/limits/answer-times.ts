/** Times in rising order, numbered consecutively, in a ring that grows to what the rates need. */
export class AnswerTimes {
  /** One past the newest number. */
  end = 0;
  private first = 0;
  private ring = new Float64Array(64);

  push(at: number): void {
    if (this.end - this.first === this.ring.length) this.grow();
    const newest = this.end > this.first ? this.at(this.end - 1) : -Infinity;
    this.ring[this.end % this.ring.length] = Math.max(at, newest);
    this.end += 1;
  }

  at(number: number): number {
    return this.ring[number % this.ring.length] ?? 0;
  }

  dropBefore(number: number): void {
    this.first = number;
  }

  private grow(): void {
    const larger = new Float64Array(this.ring.length * 2);
    for (let number = this.first; number < this.end; number++) larger[number % larger.length] = this.at(number);
    this.ring = larger;
  }
}
