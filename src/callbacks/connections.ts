import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Sources } from './caller.ts';

/** How many connections a server holds. */
export interface ConnectionLimits {
  /** Above this number the silent ones are dropped, the oldest first. */
  readonly total: number;
  /** Never more than this, however young they are. */
  readonly most: number;
}

/** A connection that is younger than this may still be about to send its first request: it is dropped only at the very limit. */
const YOUNG_MS = 1_000;

/**
 * `idle`: no request head has come yet, or the last request is answered. `receiving`: the body of a request is coming in.
 * `answering`: a whole request is being answered; the answer may be about money, so that such a connection is never dropped.
 */
type ConnectionState = 'idle' | 'receiving' | 'answering';

interface KnownConnection {
  readonly socket: Socket;
  readonly source: string;
  state: ConnectionState;
  /** When it last changed its state; monotonic. */
  since: number;
}

/**
 * The connections of one server, so that strangers who open many of them and stay silent leave file descriptors for the ledger and
 * for the reports, and a place for the next callback. Half of them may come from one address, unless it is a proxy's.
 */
export class Connections {
  private readonly limits: ConnectionLimits;
  private readonly proxies: Sources;
  /** Least recently active first. */
  private readonly known = new Map<Socket, KnownConnection>();
  private readonly perSource = new Map<string, number>();

  constructor(limits: ConnectionLimits, proxies: Sources) {
    this.limits = limits;
    this.proxies = proxies;
  }

  add(socket: Socket): void {
    const source = socket.remoteAddress ?? '';
    this.known.set(socket, { socket, source, state: 'idle', since: performance.now() });
    this.perSource.set(source, (this.perSource.get(source) ?? 0) + 1);
    socket.once('close', () => this.remove(socket));
    const { total, most } = this.limits;
    const fromSource = this.perSource.get(source) ?? 0;
    // Behind a proxy, and on this machine itself, one address stands for many senders.
    const isShared = this.proxies.has(source) || isOwnMachine(source);
    if (!isShared) this.makeRoom(fromSource, { total: total / 2, most: most / 2 }, socket, source);
    this.makeRoom(this.known.size, this.limits, socket, null);
  }

  enter(socket: Socket, state: ConnectionState): void {
    const connection = this.known.get(socket);
    if (connection === undefined) return;
    this.known.delete(socket);
    connection.state = state;
    connection.since = performance.now();
    this.known.set(socket, connection);
  }

  /** Drops every connection on which nothing is being received or answered and that is not young. */
  dropSilent(): void {
    for (const connection of [...this.known.values()]) if (isSilent(connection)) this.drop(connection);
  }

  private makeRoom(count: number, { total, most }: ConnectionLimits, newest: Socket, source: string | null): void {
    if (count <= total) return;
    const silent = this.oldest(source, newest, isSilent);
    if (silent !== null) {
      this.drop(silent);
      return;
    }
    if (count <= most) return;
    const isDroppable = (state: ConnectionState) => (connection: KnownConnection) => connection.state === state;
    const victim =
      this.oldest(source, newest, isDroppable('idle')) ?? this.oldest(source, newest, isDroppable('receiving'));
    if (victim !== null) this.drop(victim);
    else newest.destroy();
  }

  private oldest(
    source: string | null,
    newest: Socket,
    isWanted: (connection: KnownConnection) => boolean,
  ): KnownConnection | null {
    for (const connection of this.known.values()) {
      if (connection.socket === newest || (source !== null && connection.source !== source)) continue;
      if (isWanted(connection)) return connection;
    }
    return null;
  }

  private drop({ socket }: KnownConnection): void {
    this.remove(socket);
    socket.destroy();
  }

  private remove(socket: Socket): void {
    const connection = this.known.get(socket);
    if (connection === undefined) return;
    this.known.delete(socket);
    const left = (this.perSource.get(connection.source) ?? 1) - 1;
    if (left > 0) this.perSource.set(connection.source, left);
    else this.perSource.delete(connection.source);
  }
}

function isSilent({ state, since }: KnownConnection): boolean {
  return state === 'idle' && performance.now() - since >= YOUNG_MS;
}

function isOwnMachine(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** A quarter of the file descriptors that this process may open; the rest is for ledger, reports and providers. */
export function connectionLimits(openFilesMax = openFilesLimit()): ConnectionLimits {
  const most = Math.min(4_000, Math.max(8, Math.floor(openFilesMax / 4)));
  return { most, total: Math.min(1_000, Math.ceil(most / 2)) };
}

/** What systems without `/proc` grant at least. */
const OPEN_FILES_ASSUMED = 256;

function openFilesLimit(): number {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? OPEN_FILES_ASSUMED : Number(limit);
  } catch {
    return OPEN_FILES_ASSUMED;
  }
}
