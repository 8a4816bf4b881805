import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountRules } from '../../../src/domain/rules.ts';
import { paymentsOf, RULES } from '../drop-folder.ts';
import { byIso20022, bySepa, bySepaXml, type GeneratedPayment } from './generators.ts';
import { checkXml } from './messages.ts';

const demo = RULES.get('demo');
if (demo === undefined) throw new Error('the rules of these tests have an account demo');
const euro: AccountRules = { ...demo, account: 'euro', currency: 'EUR', currencies: ['EUR', 'UGX'] };

const check = (text: string) => checkXml(text, { account: 'euro' }, { rules: new Map([['euro', euro]]) });
const errorsOf = async (text: string): Promise<readonly string[]> =>
  (await check(text)).problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);

function payment(more: Partial<GeneratedPayment> = {}): GeneratedPayment {
  const bank = { iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' };
  return { id: 'EMP-001', name: 'Jane', amount: 45_000.5, narrative: 'November', ...bank, ...more };
}

const PAYROLL = [
  payment(),
  payment({ id: 'EMP-002', name: `Doe & "Sons" <Nairobi> O'Hara`, amount: 1.1, narrative: 'A & B = <C>' }),
  payment({ id: '0007', name: 'José', amount: 30_000, iban: 'FR1420041010050500013M02606', bic: 'PSSTFRPPXXX' }),
];

describe('a payroll that three programs write', () => {
  it('is one set of payments, whichever of them wrote it', async () => {
    const input = { payments: PAYROLL };
    const texts = [
      bySepa('pain.001.001.03', input),
      bySepa('pain.001.001.09', input),
      await bySepaXml(input),
      byIso20022(input),
    ];
    const all = await Promise.all(texts.map(check));
    for (const checked of all) expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const [first] = all;
    expect(new Set(all.map(({ summary }) => summary?.digest)).size).toBe(1);
    expect(first === undefined ? [] : await paymentsOf(first)).toMatchObject(
      PAYROLL.map(({ id, name, iban, bic, amount, narrative }) => ({
        ...{ id, name, narrative, amountMinor: BigInt(Math.round(amount * 100)) },
        destination: { kind: 'bank', code: bic, account: iban },
      })),
    );
  });

  it('has the same sum as what was given to the program, or is refused', async () => {
    const amounts = fc.array(fc.oneof(fc.double({ min: 0.01, max: 70_000, noNaN: true }), cents), {
      minLength: 1,
      maxLength: 5,
    });
    const isPaidRight = async (
      write: (payments: readonly GeneratedPayment[]) => string | Promise<string>,
      given: readonly number[],
    ) => {
      const payments = given.map((amount, nth) => payment({ id: `E${nth}`, amount }));
      let text: string;
      try {
        text = await write(payments);
      } catch {
        return;
      }
      const { summary } = await check(text);
      if (summary === null) return;
      const sum = summary.totals.reduce((total, { sumMinor }) => total + sumMinor, 0n);
      expect(sum).toBe(given.reduce((total, amount) => total + BigInt(Math.round(amount * 100)), 0n));
    };
    await fc.assert(
      fc.asyncProperty(amounts, async (given) => {
        await isPaidRight((payments) => bySepa('pain.001.001.03', { payments }), given);
        await isPaidRight((payments) => bySepaXml({ payments }), given);
        await isPaidRight((payments) => byIso20022({ payments }), given);
      }),
      { numRuns: 40 },
    );
  });
});

const cents = fc.integer({ min: 100, max: 7_000_000 }).map((one) => one / 100);

describe('what such programs get wrong is noticed', () => {
  it('binary fractions in the amounts of sepa-xml, beside a total that was rounded', async () => {
    const text = await bySepaXml({ payments: [payment({ amount: 0.1 + 0.2 }), payment({ id: 'B', amount: 2.7 })] });
    expect(text).toContain('>0.30000000000000004<');
    expect(await errorsOf(text)).toEqual(['control-sum-mismatch', 'control-sum-mismatch', 'amount-decimals']);
  });

  it('an exponent in the amounts of sepa-xml', async () => {
    expect(await errorsOf(await bySepaXml({ payments: [payment({ amount: 1e21 })] }))).toContain('amount-syntax');
  });

  it('decimals of a currency that has none, by sepa', async () => {
    const text = bySepa('pain.001.001.03', { payments: [payment({ amount: 150_000 })] }, 'UGX');
    expect(text).toContain('>150000.00<');
    expect(await errorsOf(text)).toEqual(['amount-decimals']);
  });

  it('two ids that iso20022.js has cut to one', async () => {
    const ids = ['A', 'B'].map((end) => `EMPLOYEE-${'1234567890'.repeat(3)}-${end}`);
    const text = byIso20022({ payments: ids.map((id) => payment({ id })) });
    expect(await errorsOf(text)).toContain('id-duplicate');
    const one = await check(byIso20022({ payments: [payment({ id: ids[0] ?? '' })] }));
    expect(one.problems.map(({ code }) => code)).toContain('pain-id-cut');
  });

  it('an account number that iso20022.js has left out', async () => {
    const text = byIso20022({ payments: [payment()] }, { account: { accountNumber: '0123456789' } });
    expect(text).not.toContain('0123456789');
    expect(await errorsOf(text)).toEqual(['destination-missing']);
  });

  it('the total that iso20022.js does not write', async () => {
    const { problems } = await check(byIso20022({ payments: [payment()] }));
    expect(problems.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'control-missing']]);
  });

  it('a direct debit of sepa, which takes money', async () => {
    expect(
      await errorsOf(
        bySepa('pain.001.001.03', { payments: [payment()] }).replaceAll('pain.001.001.03', 'pain.008.001.02'),
      ),
    ).toEqual(['pain-kind']);
  });
});
