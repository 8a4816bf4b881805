import { BIN, type Project, type Started } from './harness.ts';

export interface TerminalRun extends Started {
  /** Types on the terminal; `\u0003` is Ctrl-C. */
  type(text: string): void;
  /** What has been written on the terminal so far. */
  written(): string;
}

/** Starts the command line in a pseudo-terminal of this many columns: `script` of util-linux makes one. */
export function startInTerminal(project: Project, args: readonly string[], columns: number): TerminalRun {
  const command = [process.execPath, BIN, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const line = `stty cols ${columns} rows 24; exec ${command}`;
  const started = project.startProgram(
    ['script', '--quiet', '--return', '--flush', '--command', line, '/dev/null'],
    {
      SHELL: '/bin/sh',
      TERM: 'xterm',
    },
    'pipe',
  );
  let written = '';
  started.child.stdout?.on('data', (text: string) => (written += text));
  return {
    ...started,
    type: (text) => void started.child.stdin?.write(text),
    written: () => written,
  };
}

/** The lines of an output as they stood on the screen in the end, for a program that only rewrites its last line. */
export function screenLines(written: string): string[] {
  return written.split('\n').map(
    (line) =>
      line
        .replace(/\r$/, '')
        .split(/\r\u001b\[K|\r/)
        .at(-1) ?? '',
  );
}
