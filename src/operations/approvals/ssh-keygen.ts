import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignatureRequest, SignatureTool, VerifyRequest } from '../../approvals/port.ts';
import { SIGNATURE_NAMESPACE } from '../../approvals/signers.ts';
import { PayrunError } from '../../domain/problem.ts';

export interface SignRequest {
  readonly text: string;
  /** Path of a private key, or of a public key whose private part an agent has. */
  readonly key: string;
  /** Whether a person sits at the terminal, to whom `ssh-keygen` may say what it waits for. */
  readonly isAtTerminal: boolean;
}

/**
 * OpenSSH's `ssh-keygen`, which reads keys, agents and hardware tokens. Signers and signatures are handed over as copies in a private
 * folder, so that what is verified is what was read.
 *
 * Bounds of the signers file without a `Z` are in the time zone of the configuration, whatever that of the process is.
 */
export class SshKeygen implements SignatureTool {
  private readonly timezone: string;

  constructor(timezone: string) {
    this.timezone = timezone;
  }

  async signingKey({ text, signature }: SignatureRequest): Promise<string | null> {
    return withFiles({ signature }, async (path) => {
      const args = ['-Y', 'check-novalidate', '-n', SIGNATURE_NAMESPACE, '-s', path('signature')];
      const { code, stdout } = await this.keygen(args, { input: text });
      return code === 0 ? (FINGERPRINT.exec(stdout)?.[0] ?? null) : null;
    });
  }

  async verify({
    signers,
    principal,
    text,
    signature,
    at,
  }: VerifyRequest): Promise<{ isGood: boolean; words: string }> {
    return withFiles({ signers, signature }, async (path) => {
      const args = [
        '-Y',
        'verify',
        '-f',
        path('signers'),
        '-I',
        principal,
        '-n',
        SIGNATURE_NAMESPACE,
        '-s',
        path('signature'),
      ];
      const { code, stderr } = await this.atTime(args, at, text);
      return { isGood: code === 0, words: stderr.replaceAll(path('signers'), 'signers').trim() };
    });
  }

  async principalsOf({ signers, text, signature, at }: Omit<VerifyRequest, 'principal'>): Promise<readonly string[]> {
    return withFiles({ signers, signature }, async (path) => {
      const args = ['-Y', 'find-principals', '-f', path('signers'), '-s', path('signature')];
      const { code, stdout } = await this.atTime(args, at, text);
      return code === 0 ? [...new Set(stdout.split('\n').filter((name) => name !== ''))] : [];
    });
  }

  /** The armoured signature. The text goes through a pipe: beside a file `ssh-keygen` would keep an old signature, and say that all is well. */
  async sign({ text, key, isAtTerminal }: SignRequest): Promise<string> {
    const args = ['-Y', 'sign', '-n', SIGNATURE_NAMESPACE, '-f', key];
    const { code, stdout, stderr } = await this.keygen(args, { input: text, showsMessages: isAtTerminal });
    if (code === 0) return stdout;
    const words = stderr
      .split('\n')
      .filter((line) => line !== '' && line !== 'Signing data on standard input')
      .join(' ');
    throw new PayrunError(
      2,
      'signing-failed',
      `ssh-keygen did not sign with ${key}${words === '' ? '.' : `: ${words}`} Nothing was written. Name another key with --key, or load ` +
        'the key into the agent: ssh-add PATH.',
    );
  }

  /** Fingerprint of a key file, private or public, without its passphrase; null where it is no key. */
  async fingerprintOf(path: string): Promise<string | null> {
    const { code, stdout } = await this.keygen(['-l', '-E', 'sha256', '-f', path], { input: '' });
    return code === 0 ? (FINGERPRINT.exec(stdout)?.[0] ?? null) : null;
  }

  /** Public keys that the agent has, as lines of text; none without an agent. */
  async agentKeys(): Promise<readonly string[]> {
    const { code, stdout } = await start('ssh-add', ['-L'], { input: '' }).catch(() => ({ code: 2, stdout: '' }));
    return code === 0 ? stdout.split('\n').filter((line) => /^\S+ AAAA/.test(line)) : [];
  }

  private async atTime(args: readonly string[], at: VerifyRequest['at'], input: string): Promise<Ended> {
    const ended = await this.keygen([...args, `-Overify-time=${at.utc}Z`], { input });
    if (ended.code === 0 || !/verify-time/.test(ended.stderr)) return ended;
    // Before OpenSSH 9.1 the time is read in the time zone of the process only.
    const local = await this.keygen([...args, `-Overify-time=${at.local}`], { input });
    if (local.code !== 0 && /verify-time/.test(local.stderr)) throw tooOld();
    return local;
  }

  private async keygen(args: readonly string[], options: StartOptions): Promise<Ended> {
    // `env` sets the one variable and leaves the others: agents and password prompts are found by them.
    const ended = await start('env', [`TZ=${this.timezone}`, 'ssh-keygen', ...args], options).catch(() => null);
    if (ended === null || ended.code === 127) {
      throw new PayrunError(
        2,
        'ssh-keygen-missing',
        'Approvals are signed and verified by ssh-keygen (OpenSSH 8.9 or newer), which is not on the PATH. Install it: apt install ' +
          'openssh-client, dnf install openssh, apk add openssh-keygen; macOS has it.',
      );
    }
    if (ended.code !== 0 && /(unknown|illegal|invalid) option/.test(ended.stderr) && args[0] === '-Y') throw tooOld();
    return ended;
  }
}

const FINGERPRINT = /SHA256:[A-Za-z0-9+/]{43}/;

interface StartOptions {
  readonly input: string;
  /** Whether what it writes to its stderr is shown at once instead of collected. */
  readonly showsMessages?: boolean;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  command: string,
  args: readonly string[],
  { input, showsMessages = false }: StartOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', showsMessages ? 'inherit' : 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 1, stdout, stderr });
    });
    // A process that ends without reading its input is told by its code.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

function tooOld(): PayrunError {
  return new PayrunError(
    2,
    'ssh-keygen-old',
    'The ssh-keygen on the PATH is too old to verify approvals at a time: OpenSSH 8.9 or newer is needed.',
  );
}

/** Runs `work` with each text in a file of a folder that only this user can read, and removes the folder. */
async function withFiles<T>(
  texts: Readonly<Record<string, string>>,
  work: (path: (name: string) => string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'payrun-approval-'));
  try {
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text, { mode: 0o600 });
    return await work((name) => join(folder, name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
