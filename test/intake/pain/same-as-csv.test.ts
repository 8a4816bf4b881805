import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBatch } from '../../../src/intake/batch.ts';
import { contextWith, dropFolder } from '../drop-folder.ts';
import { bankAccount, member, messageOf, mobile, type Transfer } from './messages.ts';

interface Person {
  readonly id: string;
  readonly name: string;
  readonly cents: number;
  readonly narrative: string;
  readonly to:
    | { readonly kind: 'mobile'; readonly phone: string }
    | { readonly kind: 'bank'; readonly code: string; readonly account: string }
    | { readonly kind: 'wallet'; readonly wallet: string };
}

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const text = fc
  .stringMatching(/^[A-Za-zÀ-ÿ&<>"'=/;:. -]{1,30}$/)
  .filter((one) => /^[A-Za-z]/.test(one) && /[A-Za-z]$/.test(one) && !/Ã|Â|&[a-z]+;/.test(one));

/** The wallets of these tests are paid whole shillings only. */
const payable = (one: Person): Person =>
  one.to.kind === 'wallet' ? { ...one, cents: Math.ceil(one.cents / 100) * 100 } : one;

const anybody: fc.Arbitrary<Person> = fc.record({
  id: fc.stringMatching(/^[A-Z][A-Za-z0-9&<>"'/+.-]{0,30}[A-Za-z]$/),
  name: text,
  cents: fc.integer({ min: 100, max: 6_000_000 }),
  narrative: fc.oneof(fc.constant(''), text),
  to: fc.oneof(
    fc.record({ kind: fc.constant('mobile' as const), phone: digits(8).map((rest) => `07${rest}`) }),
    fc.record({ kind: fc.constant('bank' as const), code: digits(3), account: digits(10) }),
    fc.record({ kind: fc.constant('wallet' as const), wallet: fc.stringMatching(/^[A-Za-z]{32}$/) }),
  ),
});

const escaped = (one: string): string =>
  one.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;');
const amountOf = (cents: number): string => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

function transferOf({ id, name, cents, narrative, to }: Person): Transfer {
  const wallet = (own: string) =>
    `<CdtrAcct><Id><Othr><Id>${own}</Id><SchmeNm><Prtry>WALLET</Prtry></SchmeNm></Othr></Id></CdtrAcct>`;
  return {
    id: escaped(id),
    name: escaped(name),
    amount: amountOf(cents),
    account: to.kind === 'mobile' ? mobile(to.phone) : to.kind === 'bank' ? bankAccount(to.account) : wallet(to.wallet),
    ...(to.kind === 'bank' ? { agent: member(to.code) } : {}),
    ...(narrative === '' ? {} : { after: `<RmtInf><Ustrd>${escaped(narrative)}</Ustrd></RmtInf>` }),
  };
}

function csvOf(people: readonly Person[]): string {
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  const rows = people.map(({ id, name, cents, narrative, to }) => {
    const phone = to.kind === 'mobile' ? to.phone : '';
    const bank = to.kind === 'bank' ? [to.code, to.account] : ['', ''];
    const wallet = to.kind === 'wallet' ? to.wallet : '';
    return [id, name, amountOf(cents), narrative, phone, ...bank, wallet].map(quoted).join(',');
  });
  return ['id,name,amount,narrative,mobile,bank_code,bank_account,wallet', ...rows, ''].join('\n');
}

describe('a batch that is written as a pain.001 and as a CSV', () => {
  it('has the same payments, and so the same digest', async () => {
    const folder = dropFolder();
    const files = { csv: join(folder, 'same.csv'), xml: join(folder, 'same.xml') };
    const people = fc.uniqueArray(anybody.map(payable), {
      minLength: 1,
      maxLength: 30,
      selector: ({ id }) => id.toLowerCase(),
    });
    const totalled = async (list: readonly Person[], version: '03' | '09') => {
      const sum = amountOf(list.reduce((total, { cents }) => total + cents, 0));
      const header = `<NbOfTxs>${list.length}</NbOfTxs><CtrlSum>${sum}</CtrlSum>`;
      writeFileSync(files.xml, messageOf({ version, header, transfers: list.map(transferOf) }));
      writeFileSync(files.csv, csvOf(list));
      const context = contextWith({ match: '*' });
      const [xml, csv] = [await checkBatch(files.xml, context), await checkBatch(files.csv, context)];
      const errors = [...xml.problems, ...csv.problems].filter(({ severity }) => severity === 'error');
      expect(errors).toEqual([]);
      expect(xml.summary?.digest).toBe(csv.summary?.digest);
      expect(xml.summary?.totals).toEqual(csv.summary?.totals);
      expect(xml.summary?.count).toBe(list.length);
    };
    await fc.assert(fc.asyncProperty(people, fc.constantFrom('03' as const, '09' as const), totalled), { numRuns: 60 });
  });
});
