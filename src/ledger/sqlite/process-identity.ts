import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Tells this process from every other one, also from a later one with its number: on Linux boot, namespace of process numbers, number
 * and start time; elsewhere the number alone.
 */
export function processIdentity(): string {
  if (process.platform !== 'linux') return `${process.pid}`;
  const start = startTimeOf(process.pid);
  return [bootId(), namespaceId(), process.pid, start ?? ''].join('/');
}

/** Whether the process may still live on this machine. False only where its end is proven. */
export function mayLive(identity: string): boolean {
  const [boot, namespace, pid, start] = identity.split('/');
  if (pid === undefined) return isRunning(Number(boot));
  if (process.platform !== 'linux' || boot !== bootId()) return false;
  // Processes of another container cannot be seen from here.
  if (namespace !== namespaceId()) return true;
  return startTimeOf(Number(pid)) === start;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function namespaceId(): string {
  return readlinkSync('/proc/self/ns/pid');
}

/** In clock ticks since the boot; null for a process that has ended, whether or not its parent has noticed. */
function startTimeOf(pid: number): string | null {
  try {
    // The name of a program, in brackets, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
