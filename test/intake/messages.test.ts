import { describe, expect, it } from 'vitest';
import type { AccountRules } from '../../src/domain/rules.ts';
import { checkBatch, type CheckedBatch } from '../../src/intake/batch.ts';
import { checkCsv, checkYaml, contextWith, drop, RULES, codesOf } from './drop-folder.ts';
import { readWholeStatement } from './whole-statement.ts';

function messagesOf({ problems }: Pick<CheckedBatch, 'problems'>): string {
  return problems.map(({ column, message }) => `${column} ${message}`).join('\n');
}

describe('a message about an amount', () => {
  it.each([['KES 45,000.50'], ['45.000,50'], ['2.547E+11'], ['99999999999999'], ['1,250']])(
    'shows %s as it is written',
    async (amount) => {
      const checked = await checkCsv(`id,amount,mobile\n1,"${amount}",0712000111\n`);
      expect(messagesOf(checked)).toContain(`The amount reads ${amount}. `);
    },
  );

  it('shows no control character, and no more than a line', async () => {
    const checked = await checkCsv(`id,amount,mobile\n1,"1\u00072${'5'.repeat(500)}",0712000111\n`);
    expect(messagesOf(checked)).toMatch(/The amount reads 1\?25{61}…\. /);
  });

  it.each([['+254712345678'], ['0712 345 678'], ['+254 (712) 345-678']])(
    'masks the phone number %s that stands in its place',
    async (phone) => {
      const message = messagesOf(await checkCsv(`id,amount,mobile\n1,${phone},0712000111\n`));
      expect(message).toContain('The amount reads ');
      expect(message).not.toContain(phone.slice(0, 12));
      expect(message).toMatch(/\*{3}.*\d{3}\. /);
    },
  );

  it('shows an amount of a statement as it is written', async () => {
    const statement = { columns: {}, paid: [], out: null, encoding: null, numberFormat: null };
    const account = { name: 'demo', statement, currency: 'KES' };
    const { problems } = await readWholeStatement(drop('s.csv', 'reference,amount\nA,"KES 1,500.00"\n'), account);
    expect(problems[0]?.message).toContain('The amount reads KES 1,500.00. ');
  });
});

describe('a header in a message', () => {
  it('is masked where it is a phone or an account number: a file without headers has its first payment there', async () => {
    const checked = await checkCsv('EMP-1,45000.50,+254712345678,0123456789,0123456789\n');
    expect(codesOf(checked)).toContain('1 id column-missing');
    const messages = messagesOf(checked);
    expect(messages).toContain('EMP-1, 45000.50, +2547*****678, *******789');
    expect(messages).not.toMatch(/712345678|0123456789/);
  });

  it('is shown whole where it is none', async () => {
    const messages = messagesOf(await checkCsv('Employee No,Paid 2026-11-28,Net 1250000.50\n1,2,3\n'));
    expect(messages).toContain('Employee No, Paid 2026-11-28, Net 1250000.50');
  });

  it('is masked in the problems of a statement too', async () => {
    const statement = { columns: {}, paid: [], out: null, encoding: null, numberFormat: null };
    const account = { name: 'demo', statement, currency: 'KES' };
    const { problems } = await readWholeStatement(drop('s.csv', '0712345678,TCA81XK2P9\nA,B\n'), account);
    const messages = messagesOf({ problems });
    expect(messages).toContain('*******678, TCA81XK2P9');
    expect(messages).not.toContain('0712345678');
  });
});

describe('a key of a YAML batch in a message', () => {
  it('is masked where it is a phone number', async () => {
    const messages = messagesOf(await checkYaml('batch: b\naccount: demo\n0712345678: 10\n0712345678: 11\n'));
    expect(messages).toContain('The key "*******678" is not known here.');
    expect(messages).toContain('The key "*******678" stands twice');
    expect(messages).not.toContain('0712345678');
  });
});

describe('a fault of the account', () => {
  const demo = RULES.get('demo');
  if (demo === undefined) throw new Error('there are no rules of the account demo');
  const incomplete: AccountRules = {
    ...demo,
    review: ({ amountMinor }) => ({
      faults: [
        {
          field: 'currency',
          code: 'sender-incomplete',
          message: 'Add street.',
          setting: 'accounts.demo.options.sender',
        },
        ...(amountMinor > 1000n ? [{ field: 'amount', code: 'amount-step', message: 'Round it.' }] : []),
      ],
      warnings: [],
    }),
  };

  it('is one problem of the file that names the setting, and refuses every row that needs it', async () => {
    const file = drop('payroll.csv', 'id,amount,mobile\n1,10,0712000111\n2,20,0712000112\n3,30,0712000113\n');
    const checked = await checkBatch(file, contextWith({}, { rules: new Map([['demo', incomplete]]) }));
    expect(codesOf(checked)).toEqual([
      '0 accounts.demo.options.sender sender-incomplete',
      '3 amount amount-step',
      '4 amount amount-step',
    ]);
    expect(checked.summary).toBeNull();
  });
});
