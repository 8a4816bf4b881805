/** How many people have to sign what pays a batch, as the configuration says it. */
export interface ApprovalPolicy {
  /** Absolute path of an OpenSSH `allowed_signers` file. */
  readonly signers: string;
  /** The first rule that fits says how many; none that fits: none. */
  readonly rules: readonly ApprovalRule[];
}

export interface ApprovalRule {
  /** Fits where the batch pays more than this in one of these currencies, in minor units; null: fits every batch. */
  readonly above: Readonly<Record<string, bigint>> | null;
  readonly signatures: number;
}

/** A signature that counted, as the ledger keeps it. Whoever has the signers file can verify it again. */
export interface Approval {
  /** SHA-256 of {@link text}, hexadecimal. */
  readonly digest: string;
  /** Who signed, as the signers file names the person. */
  readonly principal: string;
  /** `SHA256:…`, as OpenSSH writes it. */
  readonly keyFingerprint: string;
  /** What was signed. */
  readonly text: string;
  /** Armoured, as `ssh-keygen -Y sign` wrote it. */
  readonly signature: string;
  readonly batch: string;
  /** What was done under it: `run`, or the command of an action. */
  readonly command: string;
  /** When it was used, Unix milliseconds. */
  readonly at: number;
  /** The process that used it. */
  readonly by: string;
}
