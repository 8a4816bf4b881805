import { SigningPeople } from './people.ts';
import { mayKeySignAt, type Signer, type WrittenMoment } from './signers.ts';

/** A signature that `ssh-keygen` has verified, or why it is void. */
export interface CheckedSignature {
  /** Whose it is, by the file's name or by the ledger. */
  readonly principal: string;
  readonly result: GoodSignature | { readonly kind: 'void'; readonly why: string };
}

export interface GoodSignature {
  readonly kind: 'good';
  readonly fingerprint: string;
  readonly text: string;
  readonly signature: string;
}

export interface ValidSignature extends Omit<GoodSignature, 'kind'> {
  readonly principal: string;
}

/** Who has signed, who is missing, and what does not count. */
export interface ApprovalState {
  readonly needed: number;
  readonly valid: readonly ValidSignature[];
  readonly void: readonly { readonly principal: string; readonly why: string }[];
  /** Names of the signers file that have not signed and may. */
  readonly maySign: readonly string[];
}

export interface CountedApprovals {
  readonly needed: number;
  /** The files come first, then the ledger, which may have the same signatures. */
  readonly signatures: readonly CheckedSignature[];
  readonly signers: readonly Signer[];
  /** Who made what is signed. */
  readonly preparedBy: readonly string[];
  readonly now: WrittenMoment;
}

/** Counts people, not signatures: nobody counts twice, under whatever names and keys, and the maker does not count at all. */
export function countApprovals({ needed, signatures, signers, preparedBy, now }: CountedApprovals): ApprovalState {
  const people = new SigningPeople(signers);
  for (const { principal, result } of signatures) {
    if (result.kind === 'good') people.link(principal, result.fingerprint);
  }
  const valid: ValidSignature[] = [];
  const voided: { principal: string; why: string }[] = [];
  for (const { principal, result } of signatures) {
    if (result.kind === 'void') continue;
    const { fingerprint, text, signature } = result;
    const other = valid.find((known) => people.isSame(known.principal, principal));
    const maker = preparedBy.find((name) => people.isSame(principal, name));
    if (maker !== undefined) {
      voided.push({ principal, why: makerText(maker, principal) });
    } else if (other === undefined) {
      valid.push({ principal, fingerprint, text, signature });
    } else if (other.principal !== principal) {
      voided.push({ principal, why: `the same person as ${other.principal}, by name or key: one person counts once.` });
    }
  }
  for (const { principal, result } of signatures) {
    // An earlier void signature matters to nobody after a valid one of the same person.
    if (result.kind === 'void' && !valid.some((known) => known.principal === principal)) {
      voided.push({ principal, why: result.why });
    }
  }
  const names = signers.filter((signer) => mayKeySignAt(signer, now)).flatMap(signerNames);
  const maySign = [...new Set(names)].filter((name) => {
    const isMaker = preparedBy.some((maker) => people.isSame(name, maker));
    return !isMaker && !valid.some(({ principal }) => people.isSame(principal, name));
  });
  return { needed, valid, void: voided, maySign };
}

/** Whether enough people have signed. */
export function isApproved({ needed, valid }: ApprovalState): boolean {
  return valid.length >= needed;
}

function makerText(preparedBy: string, principal: string): string {
  const who = principal === preparedBy ? principal : `${principal} (the same person as ${preparedBy})`;
  return `${who} prepared it (prepared_by), and nobody approves what they made themselves.`;
}

function signerNames({ principals, isAuthority, line }: Signer): readonly string[] {
  return isAuthority ? [`whoever has a certificate of line ${line}`] : principals;
}
