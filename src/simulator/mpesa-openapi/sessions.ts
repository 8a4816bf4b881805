import { centsOf } from '../kit/decimal.ts';
import type { MpesaOpenApiSimulatorSettings } from './settings.ts';
import type { MpesaOrder } from './orders.ts';
import { randomHex } from '../kit/ids.ts';
import type { ServiceOptions } from '../kit/options.ts';

export interface MpesaSession {
  readonly realm: string;
  /** The API key of the session's application. */
  readonly application: string;
  readonly liveFrom: number;
  readonly liveUntil: number;
  /** Counted for the limits of the session. */
  paidCount: number;
  paidMinor: bigint;
}

/** Applications and their sessions. */
export class MpesaSessions {
  private readonly options: ServiceOptions;
  private readonly settings: MpesaOpenApiSimulatorSettings;
  private readonly sessions = new Map<string, MpesaSession>();
  private failuresLeft: number;

  constructor(options: ServiceOptions, settings: MpesaOpenApiSimulatorSettings) {
    this.options = options;
    this.settings = settings;
    this.failuresLeft = settings.sessionFailures;
  }

  isApplication(apiKey: string): boolean {
    return this.options.credentials?.some((pair) => pair.key === apiKey) ?? !this.sessions.has(apiKey);
  }

  /** Returns the id of a new session; null when the creation fails. */
  create(apiKey: string, realm: string, at: number): string | null {
    if (this.failuresLeft > 0) {
      this.failuresLeft -= 1;
      return null;
    }
    for (const [id, session] of this.sessions) {
      const isOld = this.settings.newSessionEndsOld && session.application === apiKey && session.realm === realm;
      if (isOld || session.liveUntil <= at) this.sessions.delete(id);
    }
    const lifeMs = this.settings.sessionMs === 0 ? this.options.tokenSeconds * 1000 : this.settings.sessionMs;
    const session = {
      realm,
      application: apiKey,
      liveFrom: at + this.settings.activationDelayMs,
      liveUntil: at + lifeMs,
      paidCount: 0,
      paidMinor: 0n,
    };
    const id = this.newId();
    this.sessions.set(id, session);
    return id;
  }

  /** The session with this id; null for a session of another realm, not yet active or expired. */
  live(id: string, realm: string, at: number): MpesaSession | null {
    const session = this.sessions.get(id);
    return session?.realm === realm && at >= session.liveFrom && at < session.liveUntil ? session : null;
  }

  /** The application of a decrypted header: the API key itself, or the application of the session. */
  applicationOf(text: string): string {
    return this.sessions.get(text)?.application ?? text;
  }

  /** The code of the first limit that this payment would break; null without one. */
  brokenLimit(session: MpesaSession, { amountMinor }: MpesaOrder, at: number): string | null {
    const { sessionCount, sessionValue, sessionHours, singleMax } = this.settings;
    if (amountMinor > (centsOf(singleMax) ?? amountMinor)) return 'INS-995';
    if (!isWithin(sessionHours, at)) return 'INS-996';
    if (sessionCount > 0 && session.paidCount >= sessionCount) return 'INS-993';
    const sumMinor = session.paidMinor + amountMinor;
    return sumMinor > (centsOf(sessionValue) ?? sumMinor) ? 'INS-994' : null;
  }

  expireAll(): void {
    this.sessions.clear();
  }

  private newId(): string {
    const part = (): string => randomHex(() => this.options.runtime.random());
    for (;;) {
      const id = part() + part() + part() + part();
      if (!this.sessions.has(id)) return id;
    }
  }
}

/** Whether the hour of the day, in UTC, is in `6-18`: from six until before eighteen. */
function isWithin(hours: string, at: number): boolean {
  if (hours === '') return true;
  const [from = 0, until = 24] = hours.split('-').map(Number);
  const hour = new Date(at).getUTCHours();
  return hour >= from && hour < until;
}
