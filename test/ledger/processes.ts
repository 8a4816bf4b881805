import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('child.ts', import.meta.url));

/** A real process that works a ledger; see `child.ts` for its tasks. */
export class Worker {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  /** Resolves when the process has started and waits for {@link go}. */
  static async start(
    args: readonly string[],
    options: SpawnOptions = {},
    command: readonly string[] = [],
  ): Promise<Worker> {
    const worker = new Worker([...command, process.execPath, SCRIPT, ...args], options);
    await worker.says();
    return worker;
  }

  private constructor([command = '', ...args]: readonly string[], options: SpawnOptions) {
    this.child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = this.child;
    if (stdout === null) throw new Error('no output to read');
    this.lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  go(): void {
    this.child.stdin?.write('go\n');
  }

  /** The next thing the process prints. */
  async says(): Promise<unknown> {
    const line = await this.lines.next();
    if (line.done === true) throw new Error('the process ended without a word');
    return JSON.parse(line.value) as unknown;
  }

  /** Ends it as a power cut would, and waits until it is gone. */
  async kill(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** What these processes print, when all of them begin at the same moment. */
export async function race(workers: readonly Worker[]): Promise<unknown[]> {
  for (const worker of workers) worker.go();
  return Promise.all(workers.map((worker) => worker.says()));
}
