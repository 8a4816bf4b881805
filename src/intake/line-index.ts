const LINE_END = /\r\n?|\n/g;

/** On which line of a text a character stands, for questions about ever later characters while the text comes in pieces. */
export class LineIndex {
  private line = 1;
  /** Offsets in the text behind the line ends that were not passed yet. */
  private starts: number[] = [];
  private passed = 0;
  private length = 0;
  private endsInReturn = false;

  /** Takes in the next piece. */
  add(text: string): void {
    if (this.endsInReturn || text.includes('\r')) this.addMixed(text);
    else
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
        this.starts.push(this.length + at + 1);
    this.length += text.length;
    if (text !== '') this.endsInReturn = text.endsWith('\r');
  }

  /** The line, from 1, on which the character at this offset stands. */
  lineAt(offset: number): number {
    while ((this.starts[this.passed] ?? Infinity) <= offset) {
      this.passed += 1;
      this.line += 1;
    }
    if (this.passed > 1000) {
      this.starts = this.starts.slice(this.passed);
      this.passed = 0;
    }
    return this.line;
  }

  private addMixed(text: string): void {
    for (const { index, 0: end } of text.matchAll(LINE_END)) {
      const start = this.length + index + end.length;
      // A line end may be cut between its two characters.
      if (index === 0 && end === '\n' && this.endsInReturn) this.moveLastStart(start);
      else this.starts.push(start);
    }
  }

  private moveLastStart(start: number): void {
    if (this.passed < this.starts.length) this.starts[this.starts.length - 1] = start;
  }
}
