import { readdir, readFile, readlink } from 'node:fs/promises';
import { get } from 'node:http';
import { isIP } from 'node:net';
import type { ServerAddress } from './server.ts';

/** Who listens at an address that this process wanted. */
export interface PortHolder {
  /** The holder answers as a payrun does that receives callbacks. */
  readonly isPayrun: boolean;
  /** `pid 4711 (nginx)`; `another process` where the system does not say. */
  readonly who: string;
}

const HEALTH_WITHIN_MS = 1_000;

export async function portHolder(address: ServerAddress): Promise<PortHolder> {
  const [isPayrun, who] = await Promise.all([answersAsPayrun(address), processAt(address.port)]);
  return { isPayrun, who: who ?? 'another process' };
}

/** A payrun answers `/health` with a bare `ok`, or with 503 and a bare `unavailable`. */
function answersAsPayrun({ host, port }: ServerAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: reachable(host), port, path: '/health', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > 20) request.destroy();
      });
      response.on('end', () => resolve(text === 'ok' || text === 'unavailable'));
    });
    const late = setTimeout(() => request.destroy(), HEALTH_WITHIN_MS);
    request.on('error', () => undefined);
    request.on('close', () => {
      clearTimeout(late);
      resolve(false);
    });
  });
}

/** Where a server that listens on every address of this machine can be reached. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** Linux tells which process has a socket, as far as it is our own user's; null otherwise. */
async function processAt(port: number): Promise<string | null> {
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const socket of listeningSockets(await readFile(table, 'utf8').catch(() => ''), port)) sockets.add(socket);
  }
  if (sockets.size === 0) return null;
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (!sockets.has(target)) continue;
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
      return name === '' ? `pid ${pid}` : `pid ${pid} (${name})`;
    }
  }
  return null;
}

const LISTENING = '0A';

/** Names of the sockets, as `/proc/<pid>/fd` shows them, that a table of the kernel has as listening on a port. */
function listeningSockets(table: string, port: number): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const isThere = state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return isThere && inode !== undefined ? [`socket:[${inode}]`] : [];
  });
}

/** `127.0.0.1:8787`, `[::1]:8787`: as `callbacks.listen` writes it. */
export function addressText({ host, port }: ServerAddress): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
