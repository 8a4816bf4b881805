import type { WrittenMoment } from './signers.ts';

/** A signature and what it is to be one of. */
export interface SignatureRequest {
  readonly text: string;
  /** Armoured. */
  readonly signature: string;
}

/** What signs and verifies. Rejects with `PayrunError` 2 where that cannot be done on this machine. */
export interface SignatureTool {
  /** Fingerprint of the key that made the signature of exactly this text, whoever's it is; null: it is none of it. */
  signingKey(request: SignatureRequest): Promise<string | null>;
  /** Whether a person of the signers file made the signature with a key that is valid at the moment; else why not, in the tool's words. */
  verify(request: VerifyRequest): Promise<{ readonly isGood: boolean; readonly words: string }>;
  /** The people of the signers file whose key, valid at the moment, made the signature. */
  principalsOf(request: Omit<VerifyRequest, 'principal'>): Promise<readonly string[]>;
}

export interface VerifyRequest extends SignatureRequest {
  /** Text of the signers file. */
  readonly signers: string;
  readonly principal: string;
  readonly at: WrittenMoment;
}
