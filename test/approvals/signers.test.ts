import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { countApprovals, isApproved, type CheckedSignature } from '../../src/approvals/count.ts';
import { signaturesNeeded } from '../../src/approvals/rules.ts';
import { principalInName, signatureFileName } from '../../src/approvals/signature-file.ts';
import { mayKeySignAt, readSigners, type Signer } from '../../src/approvals/signers.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const NOW = { utc: '20261128053000', local: '20261128083000' };

describe('a signers file', () => {
  it('is read with quoted names, options, comments and line ends of any system', () => {
    const { signers, faults } = readSigners(
      `# who\r\n\r\n"alice w,al2" namespaces="git,payrun",valid-after="20260101Z",VALID-BEFORE="20270101" ${KEY} her laptop\r\nbob ${KEY}\n`,
    );
    expect(faults).toEqual([]);
    expect(signers).toMatchObject([
      { line: 3, principals: ['alice w', 'al2'], validAfter: '20260101Z', validBefore: '20270101', isAuthority: false },
      { line: 4, principals: ['bob'], validAfter: null, validBefore: null },
    ]);
    expect(signers[0]?.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it.each([
    ['a pattern', `*@acme ${KEY}`, 'stands for any number of names'],
    ['a negation', `!bob,alice ${KEY}`, 'stands for any number of names'],
    ['a line without a key', 'alice namespaces="payrun"', 'no public key'],
    ['a key that was cut', `alice ssh-ed25519 AAAA`, 'no public key'],
    ['a key of another type', `alice ${KEY.replace('ssh-ed25519', 'ssh-rsa')}`, 'no public key'],
    ['an unknown option', `alice valid-until="2027" ${KEY}`, 'valid-until="2027" is none of'],
    ['a time that is none', `alice valid-before="2027" ${KEY}`, 'valid-before="2027" is none of'],
  ])('is refused with its line for %s', (_what, text, words) => {
    const { faults } = readSigners(`bob ${KEY}\n${text}\n`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^line 2: /);
    expect(faults[0]).toContain(words);
  });

  it('may have patterns for other purposes, and behind an authority', () => {
    const text = `* namespaces="git" ${KEY}\n*@acme cert-authority ${KEY}\n* namespaces="pay*,!payrun" ${KEY}\n`;
    const { signers, faults } = readSigners(text);
    expect(faults).toEqual([]);
    expect(signers).toMatchObject([{ line: 2, isAuthority: true }]);
  });

  it('bounds keys by the written time, in UTC with a Z', () => {
    const between = (validAfter: string | null, validBefore: string | null): boolean => {
      return mayKeySignAt(
        { line: 1, principals: [], isAuthority: false, fingerprint: '', validAfter, validBefore },
        NOW,
      );
    };
    expect(between(null, null)).toBe(true);
    expect(between('20261128', '20261129')).toBe(true);
    expect(between('202611280600Z', null)).toBe(false);
    expect(between('202611280600', null)).toBe(true);
    expect(between(null, '202611280600')).toBe(false);
    expect(between(null, '202611280600Z')).toBe(true);
  });
});

describe('the file of a signature', () => {
  it('is named after any person without leaving its folder, and is found again', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }), (principal) => {
        const name = signatureFileName('november.csv', principal);
        if (name === null) return;
        expect(name).toMatch(/^november\.csv\.[A-Za-z0-9@._+%-]+\.sig$/);
        expect(principalInName(name, 'november.csv')).toBe(Buffer.from(principal, 'utf8').toString('utf8'));
      }),
    );
    expect(signatureFileName('a.csv', '../../etc/passwd')).toBe('a.csv...%2F..%2Fetc%2Fpasswd.sig');
    expect(signatureFileName('a.csv', 'x'.repeat(300))).toBeNull();
  });
});

describe('the rules', () => {
  const rules = [
    { above: { KES: 100_000n, UGX: 5n }, signatures: 3 },
    { above: { KES: 1_000n }, signatures: 2 },
    { above: null, signatures: 1 },
  ];

  it('ask for what the first says that fits, by what is paid in all', () => {
    const kes = (...sums: bigint[]): number =>
      signaturesNeeded(
        rules,
        sums.map((sumMinor) => ({ currency: 'KES', sumMinor })),
      );
    expect([kes(1_000n), kes(1_001n), kes(600n, 600n), kes(100_000n), kes(100_001n)]).toEqual([1, 2, 2, 2, 3]);
    expect(signaturesNeeded(rules, [{ currency: 'UGX', sumMinor: 6n }])).toBe(3);
    expect(signaturesNeeded(rules.slice(0, 2), [{ currency: 'TZS', sumMinor: 10n ** 12n }])).toBe(0);
  });
});

describe('counting', () => {
  /** Few names and keys, so that they meet in all ways. */
  const names = fc.constantFrom('alice', 'Alice', 'bob', 'carol', 'dave');
  const keys = fc.constantFrom('SHA256:1', 'SHA256:2', 'SHA256:3', 'SHA256:4');
  const signerOf = (principal: string, fingerprint: string): Signer => {
    return { line: 1, principals: [principal], isAuthority: false, fingerprint, validAfter: null, validBefore: null };
  };

  it('never counts one name or one key twice, nor the maker, in whatever order signatures come', () => {
    const pairs = fc.array(fc.tuple(names, keys), { maxLength: 8 });
    fc.assert(
      fc.property(pairs, pairs, fc.option(names, { nil: null }), (listed, signed, maker) => {
        const signers = listed.map(([name, key]) => signerOf(name, key));
        const signatures = signed.map(([principal, fingerprint]): CheckedSignature => {
          return { principal, result: { kind: 'good', fingerprint, text: '', signature: '' } };
        });
        const preparedBy = maker === null ? [] : [maker];
        const count = (list: readonly CheckedSignature[]): ReturnType<typeof countApprovals> =>
          countApprovals({ needed: 2, signatures: list, signers, preparedBy, now: NOW });
        const { valid } = count(signatures);
        const fold = (text: string): string => text.toLowerCase();
        expect(new Set(valid.map(({ principal }) => fold(principal))).size).toBe(valid.length);
        expect(new Set(valid.map(({ fingerprint }) => fingerprint)).size).toBe(valid.length);
        expect(valid.map(({ principal }) => fold(principal))).not.toContain(fold(maker ?? '-'));
        expect(count([...signatures].reverse()).valid).toHaveLength(valid.length);
        expect(isApproved(count(signatures))).toBe(valid.length >= 2);
      }),
    );
  });
});
