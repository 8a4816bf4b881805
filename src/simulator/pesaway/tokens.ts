import { randomHex } from '../kit/ids.ts';
import { credentialIndex } from '../kit/service.ts';
import type { ServiceOptions } from '../kit/options.ts';

interface PesawayGrant {
  readonly merchant: string;
  /** `X-Region` of the token request: generation 3 sends the header with every call. */
  readonly region: string | null;
  readonly expiresAt: number;
}

/** Accepted merchants and their tokens. */
export class PesawayTokens {
  private readonly options: ServiceOptions;
  private readonly grants = new Map<string, PesawayGrant>();
  private serial = 0;

  constructor(options: ServiceOptions) {
    this.options = options;
  }

  /** The merchant of a pair of credentials; null for credentials that are not accepted. */
  merchantOf(key: string, secret: string): string | null {
    if (key === '' || secret === '') return null;
    const index = credentialIndex(this.options, key, secret);
    return index === -1 ? null : `PW${String(index + 1).padStart(4, '0')}`;
  }

  /** A new token leaves the older ones valid until they expire. */
  issue(merchant: string, region: string | null, at: number): { readonly token: string; readonly expiresAt: number } {
    for (const [token, grant] of this.grants) if (grant.expiresAt <= at) this.grants.delete(token);
    const token = `pwt.${String(++this.serial).padStart(6, '0')}.${randomHex(() => this.options.runtime.random())}`;
    const expiresAt = at + this.options.tokenSeconds * 1000;
    this.grants.set(token, { merchant, region, expiresAt });
    return { token, expiresAt };
  }

  /** The merchant whose token this is; null for a token that is expired or of another region. */
  holderOf(authorization: string | undefined, region: string | null, at: number): string | null {
    const grant = this.grants.get(/^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '');
    return grant !== undefined && grant.region === region && at < grant.expiresAt ? grant.merchant : null;
  }

  expireAll(): void {
    this.grants.clear();
  }
}
