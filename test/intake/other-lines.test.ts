import { describe, expect, it } from 'vitest';
import type { CsvDefaults } from '../../src/domain/csv-defaults.ts';
import { checkCsv, codesOf, paymentsOf } from './drop-folder.ts';

const COLUMNS: Partial<CsvDefaults> = {
  columns: { id: 'Emp No', name: 'Employee', amount: 'Net Pay', mobile: 'Phone' },
};
const HEAD = 'Dept,Emp No,Employee,Phone,Basic,Net Pay\n';
/** 100.50 + 200 + 300.25 = 600.75 */
const ROWS = [
  'Field,0001,Asha,254712345678,1,100.50\n',
  'Field,0002,Brian,254722000111,1,200\n',
  'Office,0003,Chebet,254733111222,1,300.25\n',
].join('');

const check = (text: string, defaults: Partial<CsvDefaults> = {}) => checkCsv(text, { ...COLUMNS, ...defaults });

/** Expects that a line is passed over with one warning, and that the payments are those without it. */
async function expectPassed(text: string, code: string): Promise<string> {
  const checked = await check(text);
  const plain = await check(HEAD + ROWS);
  expect(codesOf(checked)).toEqual([code]);
  expect(checked.problems[0]?.severity).toBe('warning');
  expect(checked.summary?.digest).toBe(plain.summary?.digest);
  expect(checked.count).toBe(3);
  expect(await paymentsOf(checked)).toHaveLength(3);
  return checked.problems[0]?.message ?? '';
}

/** Expects that a line refuses the batch with this one message. */
async function expectRefused(text: string, code: string, defaults: Partial<CsvDefaults> = {}): Promise<string> {
  const checked = await check(text, defaults);
  const errors = checked.problems.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ line, code: found }) => `${line} ${found}`)).toEqual([code]);
  expect(checked.summary).toBeNull();
  return errors[0]?.message ?? '';
}

describe('a totals row', () => {
  it.each([
    'TOTAL,,,,3,600.75',
    ',TOTAL,,,3,600.75',
    ',,TOTAL,,3,600.75',
    ',,,TOTAL,3,600.75',
    ',,,,Total:,600.75',
    'Totals,,,,,600.75',
    'GRAND TOTAL,,,,,600.75',
    'Grand-Total (KES),,,,,600.75',
    'Sub Total,,,,,600.75',
    'Department total,,,,,600.75',
    'Total net pay for November 2026,,,,,600.75',
    'JUMLA,,,,,600.75',
    'Jumla Kuu:,,,,,600.75',
    'Somme,,,,,600.75',
    'Total général,,,,,600.75',
    'Total geral,,,,,600.75',
    'Summe,,,,,600.75',
    ',Gesamtsumme:,,,,600.75',
    'Carried forward,,,,,600.75',
    'Balance c/f,,,,,600.75',
    'TOTAL,,,,,KES 600.75',
    'TOTAL,,,,,600.75/=',
    'Total salaries,,,,,600.75',
    'Total payments,,,,,600.75',
    ',Total net pay for November 2026 (KES),,,,600.75',
    ',Sub-total: Farm,,,,600.75',
    ',TOTAL DUE (in figures),,,,600.75',
    ',Sub Total A,,,,600.75',
    ',Total - Casuals,,,,600.75',
    ',,Grand Total,,,600.75',
    ',,,,,600.75',
    ',,,,3,600.75',
    'TOTAL,,,,,600.750',
  ])('that agrees is passed over, with its sum: %s', async (line) => {
    expect(await expectPassed(`${HEAD}${ROWS}${line}\n`, '5  row-total')).toContain(
      '600.75 is the sum of the 3 payments above it. It agrees.',
    );
  });

  it('that agrees may end early, as some programs leave out blank cells', async () => {
    const head = `${HEAD.trim()},Remarks\n`;
    const checked = await check(`${head}${ROWS.replaceAll('\n', ',\n')}TOTAL,,,,3,600.75\n`);
    expect(codesOf(checked)).toEqual(['5  row-total']);
  });

  it.each(['TOTAL,,,,,', 'Total,,,,3,', ',Jumla,,,,', 'Grand total,,,,,see below'])(
    'without an amount is words alone: %s',
    async (line) => {
      expect(await expectPassed(`${HEAD}${ROWS}${line}\n`, '5  row-total')).toContain('nothing was compared');
    },
  );

  it.each([
    ['TOTAL,,,,,600.76', '600.75: 0.01 less'],
    ['TOTAL,,,,,600', '600.75: 0.75 more'],
    ['Total salaries,,,,,600', '600.75: 0.75 more'],
    ['Total payments,,,,,600.70', '600.75: 0.05 more'],
    [',TOTAL,,,,1200', '600.75: 599.25 less'],
    ['TOTAL,,,,,-', '600.75: 600.75 more'],
    ['TOTAL,,,,,0.00', '600.75: 600.75 more'],
    ['TOTAL,,,,,600.755', '600.75: 0.005 less'],
  ])('that does not agree refuses the batch and says by how much: %s', async (line, difference) => {
    const message = await expectRefused(`${HEAD}${ROWS}${line}\n`, '5 total-differs');
    expect(message).toContain('under "Net Pay", and the 3 payments above it come to');
    expect(message).toContain(difference);
  });

  it.each([
    ['with an amount that is not read', 'TOTAL,,,,,"1,600.75"', '5 total-unreadable'],
    ['in another currency', 'TOTAL,,,,,USD 600.75', '5 total-unreadable'],
    ['that a spreadsheet could not calculate', 'TOTAL,,,,,#REF!', '5 total-unreadable'],
    ['of which it found nothing', ',Total,,,,#N/A', '5 total-unreadable'],
    ['that is negative', 'TOTAL,,,,,(600.75)', '5 total-unreadable'],
    ['moved to another column', 'TOTAL,600.75', '5 row-ragged'],
    ['with a name beside it', 'TOTAL,,Peter Kamau,,,600.75', '5 row-unclear'],
    ['without a label and with a name', ',,Peter Kamau,,,600.75', '5 row-unclear'],
    ['without a label that is no sum', ',,,,,600.74', '5 row-unclear'],
    ['with an id that is no label', ',0009,,,,600.75', '5 destination-missing'],
    ['with a destination and no id', 'TOTAL,,,254712345679,,600.75', '5 id-missing'],
  ])('%s is refused', async (_, line, code) => {
    await expectRefused(`${HEAD}${ROWS}${line}\n`, code);
  });

  it('with an id and a destination is a payment, whatever it is called', async () => {
    const checked = await check(`${HEAD}${ROWS}TOTAL,TOTAL,TOTAL,254712345679,,600.75\n`);
    expect(checked.summary).toMatchObject({ count: 4 });
    expect(checked.problems).toEqual([]);
  });

  it('without a label needs two payments: one amount twice proves nothing', async () => {
    const [one = ''] = ROWS.split('\n');
    await expectRefused(`${HEAD}${one}\n,,,,,100.50\n`, '3 row-unclear');
  });

  it('of a whole number that is no number of payments is a sum', async () => {
    const text = `${HEAD}${ROWS.replace('100.50', '100').replace('300.25', '300')}`;
    expect(codesOf(await check(`${text}Total payments,,,,,600\n`))).toEqual(['5  row-total']);
    await expectRefused(`${text}Total payments,,,,,700\n`, '5 count-differs');
  });

  it('below a row of zero is compared', async () => {
    const checked = await check(`${HEAD}${ROWS}Office,0009,Zed,254712345679,1, KES -   \nTOTAL,,,,,600.75\n`);
    expect(codesOf(checked)).toEqual(['5 amount amount-zero', '6  row-total']);
    expect(checked.problems[1]?.message).toContain('It agrees.');
  });

  it('above the payments is refused', async () => {
    expect(await expectRefused(`${HEAD}TOTAL,,,,,600.75\n${ROWS}`, '2 total-differs')).toContain(
      'the 0 payments above it',
    );
  });

  it('agrees with what the file says before rounding', async () => {
    const rows = ROWS.replace('200\n', '2000.005\n');
    const checked = await check(`${HEAD}${rows}TOTAL,,,,,2400.755\n`, { rounding: 'down' });
    expect(checked.problems.map(({ code }) => code)).toEqual(['amounts-rounded', 'amount-rounded', 'row-total']);
    await expectRefused(`${HEAD}${rows}TOTAL,,,,,2400.75\n`, '5 total-differs', { rounding: 'down' });
  });

  it('is read in the declared number format', async () => {
    const rows = ROWS.replace('200\n', '"2,000"\n');
    const checked = await check(`${HEAD}${rows}TOTAL,,,,,"2,400.75"\n`, { numberFormat: '1,250.50' });
    expect(codesOf(checked)).toEqual(['5  row-total']);
  });

  it('below a line that is refused without an amount is compared all the same', async () => {
    const checked = await check(`${HEAD}${ROWS},,Peter Kamau,,,\nTOTAL,,,,,600.75\n`);
    expect(checked.problems.map(({ code }) => code)).toEqual(['row-unclear', 'row-total']);
    expect(checked.problems[1]?.message).toContain('It agrees.');
  });

  it('below a row that is refused counts the amount of that row', async () => {
    const checked = await check(`${HEAD}${ROWS.replace('254722000111', '12')}TOTAL,,,,,600.75\n`);
    expect(codesOf(checked)).toEqual(['3 mobile mobile-not-kenyan', '5  row-total']);
  });

  it('below a row whose amount cannot be read is not compared', async () => {
    for (const rows of [
      ROWS.replace(',200\n', ',x\n'),
      ROWS.replace(',200\n', ',200,9,9\n'),
      ROWS.replace('Brian', 'Br"i"an'),
    ]) {
      const checked = await check(`${HEAD}${rows}TOTAL,,,,,1\n`);
      const [total] = checked.problems.filter(({ line }) => line === 5);
      expect(total).toMatchObject({ severity: 'warning', code: 'row-total' });
      expect(total?.message).toContain('not compared');
      expect(checked.summary).toBeNull();
    }
  });

  it('over several currencies has no sum', async () => {
    const text = 'id,amount,currency,mobile\n1,10,KES,0712000111\n2,10,USD,0712000112\nTotal,20,,\n';
    expect(codesOf(await checkCsv(text))).toEqual(['4 amount total-currencies']);
  });
});

describe('subtotals', () => {
  const [a = '', b = '', c = ''] = ROWS.split('\n').map((row) => `${row}\n`);

  it('agree with the payments since the totals row before them, and the last one with all', async () => {
    const text = `${HEAD}${a}${b}Sub-total Field,,,,,300.50\n${c}Office total,,,,,300.25\nGRAND TOTAL,,,,,600.75\n`;
    const checked = await check(text);
    expect(codesOf(checked)).toEqual(['4  row-total', '6  row-total', '7  row-total']);
    expect(checked.problems[1]?.message).toContain('300.25 is the sum of the 1 payment below line 4');
    expect(checked.summary).toMatchObject({ count: 3 });
  });

  it('of pages are carried forward and brought forward', async () => {
    const text = `${HEAD}${a}${b}Total c/f,,,,,300.50\n${HEAD}Total b/f,,,,,300.50\n${c}Total,,,,,600.75\n`;
    expect(codesOf(await check(text))).toEqual([
      '4  row-total',
      '5  row-header-repeated',
      '6  row-total',
      '8  row-total',
    ]);
  });

  it('of a group without payments are zero', async () => {
    const text = `${HEAD}${a}${b}Sub-total,,,,,300.50\nSub-total Casuals,,,,,-\n${c}Total,,,,,600.75\n`;
    expect((await check(text)).problems.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
  });

  it('that do not agree say both differences', async () => {
    const message = await expectRefused(
      `${HEAD}${a}${b}Sub-total,,,,,300.50\n${c}Sub-total,,,,,300\n`,
      '6 total-differs',
    );
    expect(message).toContain('0.25 more');
    expect(message).toContain('below line 4 come to 300.25');
  });

  it('are no excuse for a grand total that is that of its last group, or zero', async () => {
    const start = `${HEAD}${a}${b}Sub-total,,,,,300.50\n${c}`;
    await expectRefused(`${start}Grand total,,,,,300.25\n`, '6 total-differs');
    await expectRefused(`${start}Sub-total,,,,,300.25\nGrand total,,,,,0\n`, '7 total-differs');
  });
});

describe('a number of people', () => {
  it.each([
    'Number of employees,3,,,,',
    'No. of staff: 3,,,,,',
    'Total employees,,,,,3',
    'Headcount,,,,3,',
    'Idadi ya wafanyakazi,3,,,,',
    "Nombre d'employés,,,,3,",
  ])('that agrees is passed over: %s', async (line) => {
    await expectPassed(`${HEAD}${ROWS}${line}\n`, '5  row-count');
  });

  it.each(['Number of employees,4,,,,', 'No. of staff: 2,,,,,', 'Total employees,,,,,30'])(
    'that does not agree refuses the batch: %s',
    async (line) => {
      expect(await expectRefused(`${HEAD}${ROWS}${line}\n`, '5 count-differs')).toContain('3 payments stand above it');
    },
  );

  it('is read where the file has no names', async () => {
    const checked = await checkCsv(
      'id,amount,mobile\n1,10,0712000111\n2,20,0712000112\nNumber of people: 2,,\nTotal,30,\n',
    );
    expect(codesOf(checked)).toEqual(['4  row-count', '5  row-total']);
  });

  it('in a totals row is compared like its sum', async () => {
    expect(codesOf(await check(`${HEAD}${ROWS}TOTAL (3 employees),,,,,600.75\n`))).toEqual([
      '5  row-count',
      '5  row-total',
    ]);
    expect(codesOf(await check(`${HEAD}${ROWS}TOTAL,3 employees,,,,600.75\n`))).toEqual([
      '5  row-count',
      '5  row-total',
    ]);
    await expectRefused(`${HEAD}${ROWS}TOTAL,4 employees,,,,600.75\n`, '5 count-differs');
    await expectRefused(`${HEAD}${ROWS}TOTAL (4 employees),,,,,600.75\n`, '5 count-differs');
    await expectRefused(`${HEAD}${ROWS},Number of employees,3,,,600\n`, '5 total-differs');
  });
});

describe('words around the payments', () => {
  it.each([
    'Prepared by:,,,Checked by:,,',
    'Prepared by: Jane Wanjiku,,,Approved by: John Doe,,Date: 28/11/2026',
    ',Prepared by,Jane Wanjiku,,,',
    ',,Approved by: ________,,,',
    ',,,,,Authorised signatory',
    '____________,,,____________,,',
    'Date: 28/11/2026,,,,,',
    'Signature,,,,,',
    'NB: casuals are paid on Friday,,,,,',
    'Page 2 of 5,,,,,',
    'Finance Manager,,,HR Manager,,',
    'Imeandaliwa na:,,,,,',
    'Préparé par,,,Approuvé par,,',
    'Amount in words: six hundred shillings only,,,,,',
    'End of report',
    'Prepared by: Jane Wanjiku',
    '6,,,,,',
  ])('are passed over: %s', async (line) => {
    await expectPassed(`${HEAD}${ROWS}${line}\n`, '5  row-remark');
    const [first = ''] = ROWS.split('\n');
    await expectPassed(`${HEAD}${first}\n${line}\n${ROWS.slice(first.length + 1)}`, '3  row-remark');
  });

  it.each([',FINANCE DEPARTMENT,,,,', ',Department 12,,,,', ',Section: B4,,,,'])(
    'as a heading are passed over: %s',
    async (line) => {
      const checked = await check(`${HEAD}${line}\n${ROWS}`);
      expect(checked.problems).toMatchObject([{ line: 2, severity: 'warning' }]);
      expect(checked.summary).toMatchObject({ count: 3 });
    },
  );

  it.each([',,,,,-', '7,,,,,0.00', '7,,,,,KES -'])(
    'a row prepared for one more person is passed over: %s',
    async (line) => {
      await expectPassed(`${HEAD}${ROWS}${line}\n`, '5  row-empty');
    },
  );

  it.each([
    ['an id alone', ',0009,,,,'],
    ['an id with a name', ',0009,Peter Kamau,,,'],
    ['an id with a name and remarks', 'Paid by bank,0009,Peter Kamau,,,'],
    ['a name alone', ',,Peter Kamau,,,'],
    ['a name with a zero', ',,Peter Kamau,,,-'],
    ['a name like a label', ',,Total Kamau,,,'],
    ['a name like a label, with a zero', ',,Total Kamau,,,-'],
    ['a name with an amount', ',,Peter Kamau,,,500'],
    ['a phone alone', ',,,254712345679,,'],
    ['an amount alone', ',,,,,500'],
    ['an amount below a signature', 'Prepared by,,,,,500'],
    ['a title that is an id, and a word for the phone', ',MGR Tom,,tba,,'],
    ['a title that is an id, and a word for the amount', ',MGR,,,,tba'],
    ['a title that is an id, with a department', 'Field,MGR Tom,,,,'],
    ['a label for an id, with a name', ',Date,Ann,,,'],
    ['another label for an id, with a name', ',Page,Ann,,,'],
    ['a signature with a word for the amount', ',Prepared by,Ann,,,tba'],
    ['an id and a name like a label, with the sum of the payments', ',Total Energies,Total Energies,,,600.75'],
    ['an id like a label, with the sum', ',Total Energies,,,,600.75'],
    ['an id like a label, without an amount', ',Total Energies,,,,'],
    ['a name like a label, with the sum', ',,Sum Mary,,,600.75'],
    ['a name like a label beside another, with the sum', 'TOTAL,,Total Kamau,,,600.75'],
    ['a name beside a label for an id, with the sum', ',TOTAL,Peter Kamau,,,600.75'],
    ['a name behind a dash beside a label, with the sum', ',TOTAL,Total - Mary,,,600.75'],
  ])('that could be a payment are refused with one message: %s', async (_, line) => {
    const message = await expectRefused(`${HEAD}${ROWS}${line}\n`, '5 row-unclear');
    expect(message).toContain('Is it a payment?');
    expect(message.includes('skip: [')).toBe(/^,*[A-Z]/.test(line));
  });

  it.each([
    ['an id, a phone and no amount', ',0009,Peter,254712345679,,', '5 amount-missing'],
    ['a signature with a phone', ',Prepared by,,254712345679,,', '5 amount-missing'],
    ['an id, an amount and no phone', ',0009,Peter,,,500', '5 destination-missing'],
    ['no id', ',,Peter,254712345679,,500', '5 id-missing'],
  ])('are checked as a payment with %s', async (_, line, code) => {
    await expectRefused(`${HEAD}${ROWS}${line}\n`, code);
  });

  it('where ids read like them are not passed over', async () => {
    const rows = ROWS.replace('0001', 'Director').replace('0002', 'Station 1');
    await expectRefused(`${HEAD}${rows},Accountant,,,,\n`, '5 row-unclear');
    await expectRefused(`${HEAD}${rows},Station 2,,,,\n`, '5 row-unclear');
    await expectRefused(`${HEAD}${rows},Total,,,,600.75\n`, '5 destination-missing');
  });

  it('in a row that replaces a payment are not passed over', async () => {
    const checked = await checkCsv('replaces,id,amount,mobile\nnov/1,1,10,0712000111\nnov/2,,,\n');
    expect(codesOf(checked)).toEqual(['3 id id-missing', '3  destination-missing', '3 amount amount-missing']);
  });

  it('where ids are words are no heading', async () => {
    const rows = ROWS.replace('0001', 'asha').replace('0002', 'brian').replace('0003', 'chebet');
    await expectRefused(`${HEAD}${rows},daudi,,,,\n`, '5 row-unclear');
  });
});

describe('a header in the middle', () => {
  it('that is the same is passed over, with the title above it', async () => {
    const title = 'UPENDO TEA,,,,,\n"Payroll no. 11, 2026",,,,,\n';
    const [first = '', ...rest] = ROWS.split('\n');
    const checked = await check(`${title}${HEAD}${first}\n${title}${HEAD}${rest.join('\n')}`);
    expect(codesOf(checked)).toEqual([
      '3  header-row-found',
      '5  row-title-repeated',
      '6  row-title-repeated',
      '7  row-header-repeated',
    ]);
    expect(checked.summary).toMatchObject({ count: 3 });
  });

  it('that differs is refused with one message', async () => {
    const [first = '', ...rest] = ROWS.split('\n');
    const second = HEAD.replace('Employee', 'Name').replace('Net Pay', 'Wage');
    await expectRefused(`${HEAD}${first}\n${second}${rest.join('\n')}`, '3 header-differs');
    await expectRefused(`${HEAD}${first}\n${HEAD.replace('Basic', 'Gross')}${rest.join('\n')}`, '3 header-differs');
  });
});

describe('`skip`', () => {
  const SKIP: Partial<CsvDefaults> = { skip: ['less advances', 'Employer'] };

  it('passes over lines that begin with a text, case apart, and reports each', async () => {
    const checked = await check(`${HEAD}${ROWS}Less   Advances,,,,,50\n,EMPLOYER cost,,,,90\n`, SKIP);
    expect(codesOf(checked)).toEqual(['5  row-skipped', '6  row-skipped']);
    expect(checked.problems.every(({ severity }) => severity === 'warning')).toBe(true);
    expect(checked.summary).toMatchObject({ count: 3 });
  });

  it('says of a sum that it skips by how much that differs', async () => {
    const checked = await check(`${HEAD}${ROWS}Total,,,,,700.75\n`, { skip: ['total'] });
    expect(checked.summary).toMatchObject({ count: 3 });
    expect(checked.problems).toMatchObject([{ line: 5, severity: 'warning', code: 'row-skipped' }]);
    expect(checked.problems[0]?.message).toContain('100.00 less');
  });

  it.each([
    ['whose first word is longer', 'TOTALINA,T-7,Totalina Achieng,,,700', 'total', '5 destination-missing'],
    ['whose id is longer', ',E10,Tom,,,700', 'E1', '5 destination-missing'],
    ['with a name beside the label and an amount', 'Employer,,Tom Otieno,,,700', 'employer', '5 skip-of-payment'],
    ['with an id beside the label and an amount', 'Employer,E10,,,,700', 'employer', '5 skip-of-payment'],
    ['with a destination and an amount', 'Employer,,,254712345679,,700', 'employer', '5 skip-of-payment'],
  ])('compares whole words, and passes over no line %s', async (_, line, skip, code) => {
    await expectRefused(`${HEAD}${ROWS}${line}\n`, code, { skip: [skip] });
  });

  it('shows the name or the amount of what it passes over', async () => {
    const { problems } = await check(`${HEAD}${ROWS}Employer: NSSF,,,,,700\nEmployer,,Tom Otieno,,,\n`, SKIP);
    expect(problems.map(({ message }) => /\(name.*\)|\(amount.*?\)/.exec(message)?.[0])).toEqual([
      '(amount 700)',
      '(name "Tom Otieno")',
    ]);
  });

  it('never passes over a payment', async () => {
    await expectRefused(`${HEAD}${ROWS}Employer,0009,Zed,254712345679,,500\n`, '5 skip-of-payment', SKIP);
  });
});

describe('cells that were merged', () => {
  it('of a column that is only carried may be blank below the first', async () => {
    const checked = await check(HEAD + ROWS.replace('Field,0002', ',0002'));
    expect(checked.problems).toEqual([]);
  });

  it.each([
    ['id', ROWS.replace('0002', ''), '3 id-missing'],
    ['amount', ROWS.replace(',200\n', ',\n'), '3 amount-missing'],
    ['destination', ROWS.replace('254722000111', ''), '3 destination-missing'],
  ])('of the %s are refused', async (_, rows, code) => {
    await expectRefused(HEAD + rows, code);
  });

  it('of the currency or the account are refused where a blank cell stands for another one', async () => {
    const rows = (first: string) => `1,1000,0712000111,${first}\n2,2000,0712000112,\n3,2000,0712000113,\n`;
    const usd = await checkCsv(`id,amount,mobile,currency\n${rows('USD')}`);
    expect(codesOf(usd)).toEqual(['3 currency currency-blank']);
    expect(usd.problems[0]?.message).toMatch(/a row above has "USD".*merged cell/);
    expect(codesOf(await checkCsv(`id,amount,mobile,account\n${rows('kampala')}`))).toEqual([
      '3 account account-blank',
    ]);
    expect((await checkCsv(`id,amount,mobile,currency\n${rows('KES')}`)).problems).toEqual([]);
    expect((await checkCsv(`id,amount,mobile,account\n${rows('demo')}`)).problems).toEqual([]);
  });
});
