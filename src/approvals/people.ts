import type { Signer } from './signers.ts';

/**
 * Who is one person among names and keys: two names of one key are one person, and so are two keys of one name. Whatever is linked through
 * others is one person too, so that nobody counts twice.
 */
export class SigningPeople {
  private readonly links = new Map<string, string>();

  constructor(signers: readonly Signer[]) {
    for (const { principals, fingerprint, isAuthority } of signers) {
      // The names behind an authority are those of many people.
      if (!isAuthority) for (const principal of principals) this.link(principal, fingerprint);
    }
  }

  /** What a signature shows. */
  link(principal: string, fingerprint: string): void {
    const [one, other] = [this.rootOf(nameKey(principal)), this.rootOf(fingerprint)];
    if (one !== other) this.links.set(one, other);
  }

  isSame(principal: string, other: string): boolean {
    return this.rootOf(nameKey(principal)) === this.rootOf(nameKey(other));
  }

  private rootOf(key: string): string {
    let root = key;
    for (let next = this.links.get(root); next !== undefined; next = this.links.get(root)) root = next;
    return root;
  }
}

/** Names are compared without case, and without what nobody sees. A key's fingerprint has a colon where no folded name of these has its mark. */
function nameKey(principal: string): string {
  const visible = principal.normalize('NFKC').replace(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '');
  return `name ${visible.trim().replace(/\s+/g, ' ').toLowerCase()}`;
}
