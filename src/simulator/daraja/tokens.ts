import { bodiless, json, type Answer } from '../kit/answer.ts';
import { refuse } from './answers.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import type { ServiceOptions } from '../kit/options.ts';
import { credentialIndex, headerOf, type Head } from '../kit/service.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

interface DarajaGrant {
  readonly app: string;
  readonly expiresAt: number;
}

/** Apps and their tokens. */
export class DarajaTokens {
  private readonly options: ServiceOptions;
  private readonly settings: DarajaSimulatorSettings;
  private readonly grants = new Map<string, DarajaGrant>();

  constructor(options: ServiceOptions, settings: DarajaSimulatorSettings) {
    this.options = options;
    this.settings = settings;
  }

  /** Answers a request for a token. */
  generate(head: Head): Answer {
    const { runtime, tokenSeconds } = this.options;
    const basic = /^Basic (\S+)$/.exec(headerOf(head, 'authorization') ?? '')?.[1];
    if (basic === undefined) return refuse(runtime, '400.008.01', 'Invalid Authentication passed');
    const query = new URL(head.target, 'http://localhost').searchParams;
    if (query.get('grant_type') !== 'client_credentials') {
      return refuse(runtime, '400.008.02', 'Invalid grant type passed');
    }
    const app = this.appOf(basic);
    // The provider refuses wrong credentials without a body.
    if (app === null) return bodiless(400);
    const access_token = this.issue(app, head.at);
    const seconds = tokenSeconds - 1;
    return json(200, { access_token, expires_in: this.settings.expiresInText ? String(seconds) : seconds });
  }

  isLive(token: string, at: number): boolean {
    const grant = this.grants.get(token);
    return grant !== undefined && at < grant.expiresAt;
  }

  expireAll(): void {
    this.grants.clear();
  }

  private issue(app: string, at: number): string {
    for (const [token, grant] of this.grants) {
      const isReplaced = this.settings.newTokenKillsOld && grant.app === app;
      if (isReplaced || grant.expiresAt <= at) this.grants.delete(token);
    }
    const { runtime } = this.options;
    const token = Array.from({ length: 28 }, () =>
      ALPHABET.charAt(Math.floor(runtime.random() * ALPHABET.length)),
    ).join('');
    this.grants.set(token, { app, expiresAt: at + this.options.tokenSeconds * 1000 });
    return token;
  }

  private appOf(basic: string): string | null {
    const [, key = '', secret = ''] = /^([^:]+):(.+)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? [];
    if (key === '' || secret === '') return null;
    return credentialIndex(this.options, key, secret) === -1 ? null : key;
  }
}
