import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import type { WireEvent } from '../../src/simulator/index.ts';

/** One process of the real command line, from its start to its death. */
export interface Life {
  readonly number: number;
  readonly trigger: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Null when it was killed. */
  readonly exit: number | null;
  readonly wasKilled: boolean;
  /** Payouts that the provider was working on when the kill was sent. */
  readonly inFlightAtKill: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** When to kill: at a moment of the clock, after the ledger was first written, or at a step of a payout on the wire. */
export type Trigger =
  | { readonly kind: 'early'; readonly delayMs: number }
  | { readonly kind: 'ledger'; readonly delayMs: number }
  /** As soon as the provider works on a payout. */
  | { readonly kind: 'in-flight'; readonly delayMs: 0 }
  | { readonly kind: 'wire'; readonly step: WireEvent['step']; readonly count: number; readonly delayMs: number };

export interface LifeSetup {
  readonly number: number;
  readonly cli: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Null lets it live. */
  readonly trigger: Trigger | null;
  readonly wire: Wire;
  readonly inFlight: () => number;
}

/** Hands the simulator's payout events to whoever waits for them. */
export class Wire {
  private readonly listeners = new Set<(event: WireEvent) => void>();

  emit(event: WireEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  on(listener: (event: WireEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** Longest that a life may last: far beyond any run of the test. */
const LIFE_MS = 120_000;

export function live(setup: LifeSetup): Promise<Life> {
  const { number, cli, args, folder, env, trigger } = setup;
  return new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let wasKilled = false;
    let inFlightAtKill = 0;
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const kill = (): void => {
      if (wasKilled || child.exitCode !== null) return;
      inFlightAtKill = setup.inFlight();
      wasKilled = child.kill('SIGKILL');
    };
    const disarm = trigger === null ? () => undefined : arm(trigger, setup, kill);
    const guard = setTimeout(() => {
      stderr += '\nlasted too long';
      child.kill('SIGKILL');
    }, LIFE_MS);
    child.on('error', reject);
    child.on('close', (exit, signal) => {
      clearTimeout(guard);
      disarm();
      // A kill that came after the end killed nobody.
      const died = wasKilled && signal === 'SIGKILL';
      const inFlight = died ? inFlightAtKill : 0;
      const endedAt = Date.now();
      const words = trigger === null ? 'none' : triggerText(trigger);
      resolve({ number, trigger: words, startedAt, endedAt, exit, wasKilled: died, inFlightAtKill: inFlight, stdout, stderr }); // prettier-ignore
    });
  });
}

function arm(trigger: Trigger, { wire, folder, inFlight }: LifeSetup, kill: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const fire = (): void => {
    // No timer for no delay: the kill then lands before the simulator's answer can be sent.
    if (trigger.delayMs === 0) kill();
    else timer ??= setTimeout(kill, trigger.delayMs);
  };
  switch (trigger.kind) {
    case 'early':
      fire();
      return () => clearTimeout(timer);
    case 'ledger': {
      const watcher = watch(folder, (_event, file) => {
        if (file?.startsWith('payrun.db') === true) fire();
      });
      return () => {
        watcher.close();
        clearTimeout(timer);
      };
    }
    case 'in-flight':
      return wire.on(() => {
        if (inFlight() > 0) fire();
      });
    case 'wire': {
      let seen = 0;
      const off = wire.on((event) => {
        if (event.step !== trigger.step) return;
        seen += 1;
        if (seen === trigger.count) fire();
      });
      return () => {
        off();
        clearTimeout(timer);
      };
    }
  }
}

export function triggerText(trigger: Trigger): string {
  const after = `+${trigger.delayMs} ms`;
  return trigger.kind === 'wire' ? `${trigger.step} ${trigger.count} ${after}` : `${trigger.kind} ${after}`;
}
