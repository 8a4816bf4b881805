import { darajaPrivateKey } from './certificate.ts';
import { decryptPkcs1 } from '../kit/pkcs1.ts';
import type { DarajaSimulatorSettings } from './settings.ts';

/** Kinds of requests; each needs a role of the initiator. */
export type DarajaRole = 'b2c' | 'b2b' | 'status' | 'balance';

/** The API operator of every short code, which is locked after too many wrong credentials. */
export class DarajaInitiator {
  private readonly settings: DarajaSimulatorSettings;
  private wrongOnes = 0;
  /** Decrypted credentials: decrypting is slow, and clients send the same credential again. */
  private readonly opened = new Map<string, string | null>();

  constructor(settings: DarajaSimulatorSettings) {
    this.settings = settings;
  }

  /** The result code with which a request of this initiator fails; null when the initiator is accepted. */
  problemOf(name: string, credential: string, role: DarajaRole): string | null {
    const { initiatorName, initiatorPassword, wrongCredentialLimit, rolesMissing } = this.settings;
    if (this.wrongOnes >= wrongCredentialLimit) return '8006';
    if (name !== initiatorName || this.open(credential) !== initiatorPassword) {
      this.wrongOnes += 1;
      return '2001';
    }
    return rolesMissing.split(',').includes(role) ? '21' : null;
  }

  private open(credential: string): string | null {
    const known = this.opened.get(credential);
    if (known !== undefined) return known;
    if (this.opened.size >= 100) this.opened.clear();
    const password = openCredential(credential);
    this.opened.set(credential, password);
    return password;
  }
}

/**
 * The password in a `SecurityCredential`: PKCS#1 v1.5 under the simulator's certificate, in one line of padded Base64. Null for any other text.
 */
export function openCredential(text: string): string | null {
  if (!/^[A-Za-z0-9+/]{342}==$/.test(text)) return null;
  return decryptPkcs1(darajaPrivateKey, Buffer.from(text, 'base64'))?.toString() ?? null;
}
