import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgreedRowsDigest, BatchDigest } from '../../src/domain/batch-digest.ts';
import { destinationKey, destinationMasked, destinationOf, destinationText } from '../../src/domain/destination.ts';
import { copyFingerprints, paymentDigest, paymentDigestBytes, type Payment } from '../../src/domain/payment.ts';
import { foldId, paymentReference } from '../../src/domain/reference.ts';

const payment: Payment = {
  id: 'EMP-001',
  idKey: 'emp-001',
  line: 2,
  name: 'Jane Wanjiku',
  destination: { kind: 'mobile', phone: '+254712345678' },
  amountMinor: 4_500_050n,
  currency: 'KES',
  account: 'demo',
  narrative: '',
  details: {},
  cells: ['EMP-001', '45000.50', '0712 345 678'],
};

describe('the reference of a payment', () => {
  it('is twenty letters and digits and never changes: other references would pay every old payment again', () => {
    expect(paymentReference('acme-ke', 'payroll-2026-11', 'emp-001', 1)).toBe('Y871NJGPXMTG2K2N0NHP');
    expect(paymentReference('acme-ke', 'payroll-2026-11', 'emp-001', 2)).not.toBe('Y871NJGPXMTG2K2N0NHP');
  });

  it('differs whenever organisation, batch, id or generation differ, wherever one text ends and the next begins', () => {
    const part = fc.string({ minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(part, part, part, part, part, part, (a, b, c, d, e, f) => {
        const same = a === d && b === e && c === f;
        expect(paymentReference(a, b, c, 1) === paymentReference(d, e, f, 1)).toBe(same);
        expect(paymentReference(a, b, c, 1)).toMatch(/^[0-9A-HJKMNP-TV-Z]{20}$/);
      }),
    );
  });

  it('is the same for ids that people read as the same', () => {
    expect(foldId(' EMP-001 ')).toBe(foldId('emp-001'));
    expect(foldId('ＥＭＰ-１')).toBe(foldId('emp-1'));
    expect(foldId('STRASSE')).toBe(foldId('straße'));
  });
});

describe('the digest of a batch', () => {
  it('is of the set: order, lines and the bytes of the cells do not matter', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 20 }),
        fc.infiniteStream(fc.nat()),
        (ids, noise) => {
          const digests = ids.map((id, line) =>
            paymentDigest({ ...payment, idKey: id, line, cells: [String(noise.next().value)] }),
          );
          const shuffled = [...digests].sort();
          expect(digestOf(digests)).toBe(digestOf(shuffled));
          expect(digestOf(digests)).not.toBe(digestOf(digests.slice(1)));
        },
      ),
    );
  });

  it('adds exactly beyond the integers that a double can hold', () => {
    const most = 'f'.repeat(64);
    const digest = new BatchDigest();
    const split = new BatchDigest();
    for (let n = 0; n < 3_000; n++) digest.add(most);
    for (let n = 0; n < 2_999; n++) split.add(most);
    expect(digest.digest()).not.toBe(split.digest());
    split.add(most);
    expect(digest.digest()).toBe(split.digest());
  });

  it('changes with everything that makes a payment another one', () => {
    const others: Payment[] = [
      { ...payment, amountMinor: 4_500_051n },
      { ...payment, currency: 'USD' },
      { ...payment, account: 'other' },
      { ...payment, name: 'Jane' },
      { ...payment, narrative: 'x' },
      { ...payment, details: { a: 'b' } },
      { ...payment, destination: { kind: 'till', till: '+254712345678' } },
      { ...payment, details: { a: 'b', c: 'd' } },
      { ...payment, details: { a: 'c', c: 'b' } },
      { ...payment, details: { replaces: 'october' } },
      { ...payment, replaces: { batch: 'october', id: 'EMP-001', idKey: 'emp-001' } },
      { ...payment, replaces: { batch: 'october', id: 'EMP-002', idKey: 'emp-002' } },
      { ...payment, details: { replaces: 'october' }, replaces: { batch: 'october', id: 'EMP-001', idKey: 'emp-001' } },
    ];
    expect(new Set([payment, ...others].map(paymentDigest)).size).toBe(others.length + 1);
  });
});

describe('the digest of the rows that people agree to', () => {
  it('is of the set: order does not matter, and each payment does', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 20 }), (ids) => {
        const rows = ids.map((id) => paymentDigestBytes({ ...payment, idKey: id }));
        expect(agreedOf([...rows].reverse())).toBe(agreedOf(rows));
        expect(agreedOf(rows.slice(1))).not.toBe(agreedOf(rows));
        expect(agreedOf([...rows.slice(1), paymentDigestBytes({ ...payment, idKey: `${ids[0] ?? ''}x` })])).not.toBe(
          agreedOf(rows),
        );
      }),
    );
  });

  it('never changes: another way would void every plan that was agreed to', () => {
    expect(agreedOf([paymentDigestBytes(payment)])).toBe(
      '6c6815caedf9d32a0e0c1656d78c24d5a7e84ca097fb4fe4393cd1b4a0626b21',
    );
  });
});

describe('the fingerprints of a copied payment', () => {
  const fingerprints = copyFingerprints(payment);

  it('depend on nothing but id, destination, amount and currency', () => {
    expect(copyFingerprints({ ...payment, name: 'x', narrative: 'y', account: 'z', line: 9 } as Payment)).toEqual(
      fingerprints,
    );
    const other = copyFingerprints({ ...payment, amountMinor: 1n });
    expect([other.id === fingerprints.id, other.destination === fingerprints.destination]).toEqual([false, false]);
  });

  it('find the same id wherever it is paid, and the same destination whatever the id', () => {
    const moved = copyFingerprints({ ...payment, destination: { kind: 'till', till: '123456' } });
    expect([moved.id === fingerprints.id, moved.destination === fingerprints.destination]).toEqual([true, false]);
    const renamed = copyFingerprints({ ...payment, idKey: '1' });
    expect([renamed.id === fingerprints.id, renamed.destination === fingerprints.destination]).toEqual([false, true]);
  });

  it('take numbers for the same that a spreadsheet has shortened', () => {
    const bank = (code: string, account: string): string => destinationKey({ kind: 'bank', code, account });
    expect(bank('068', '0123456789')).toBe(bank('68', '123456789'));
    expect(bank('068', '0123456789')).not.toBe(bank('681', '23456789'));
    expect(destinationKey({ kind: 'till', till: '0' })).toBe('till 0');
    expect(destinationKey({ kind: 'till', till: '5' })).not.toBe(destinationKey({ kind: 'wallet', wallet: '5' }));
  });
});

describe('a destination', () => {
  it.each([
    [{ kind: 'mobile', phone: '+254712345678' }, '+254712345678', '+2547*****678'],
    [{ kind: 'bank', code: '015', account: '0123456789' }, '015/0123456789', '015/*******789'],
    [{ kind: 'paybill', paybill: '600100', account: 'INV/1' }, '600100/INV/1', '600100/*****'],
    [{ kind: 'till', till: '600100' }, '600100', '***100'],
    [{ kind: 'wallet', wallet: 'acctSIM0002' }, 'acctSIM0002', 'acc*****002'],
  ] as const)('prints %j as %s and masks it as %s', (destination, text, masked) => {
    expect(destinationText(destination)).toBe(text);
    expect(destinationOf(destination.kind, text)).toEqual(destination);
    expect(destinationMasked(destination)).toBe(masked);
  });
});

function agreedOf(rows: readonly string[]): string {
  const digest = new AgreedRowsDigest();
  for (const row of rows) digest.add(row);
  return digest.digest();
}

function digestOf(digests: readonly string[]): string {
  const digest = new BatchDigest();
  for (const one of digests) digest.add(one);
  return digest.digest();
}
