import { Printed } from './printed.ts';
import type { Terminal } from './terminal.ts';

interface Line {
  readonly channel: 'data' | 'note' | 'fail';
  readonly text: string;
}

/** The output of a command that does the same over and over: what is as it was the last time is not printed again. */
export class ChangedOutput {
  private readonly terminal: Terminal;
  private last: ReadonlyMap<string, string> = new Map();
  private current = new Map<string, string>();

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** To be called before each round. */
  begin(): void {
    this.last = this.current;
    this.current = new Map();
  }

  /** A round that looked at nothing keeps what was printed. */
  keepLast(): void {
    this.current = new Map([...this.last, ...this.current]);
  }

  /** Prints what `print` does about a topic, unless the last round has printed the same about it. */
  about(topic: string, print: (terminal: Terminal) => void): void {
    const lines: Line[] = [];
    const add =
      (channel: Line['channel']) =>
      (text: string): void =>
        void lines.push({ channel, text });
    print({ ...this.terminal, printed: new Printed(), data: add('data'), note: add('note'), fail: add('fail') });
    const text = JSON.stringify(lines);
    this.current.set(topic, text);
    if (this.last.get(topic) === text) return;
    for (const line of lines) this.terminal[line.channel](line.text);
  }

  /** A terminal for messages that belong to no topic: each is printed where the last round has not printed it. */
  messages(): Terminal {
    const once = (channel: Line['channel']) => (text: string) => {
      this.about(text, (terminal) => terminal[channel](text));
    };
    return {
      ...this.terminal,
      printed: new Printed(),
      follow: () => () => undefined,
      data: once('data'),
      note: once('note'),
      fail: once('fail'),
    };
  }
}
