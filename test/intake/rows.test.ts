import { describe, expect, it } from 'vitest';
import { checkCsv, checkYaml, paymentsOf, codesOf } from './drop-folder.ts';

/** Problems of one row that pays a mobile, with some of its cells replaced. */
async function problemsOf(cells: Readonly<Record<string, string>>, numberFormat: '1,250.50' | null = null) {
  const row = { id: 'E1', name: 'Jane', amount: '10', mobile: '0712000111', ...cells };
  const quoted = Object.values(row).map((cell) => `"${cell.replaceAll('"', '""')}"`);
  const checked = await checkCsv(`${Object.keys(row).join(',')}\n${quoted.join(',')}\n`, { numberFormat });
  return checked.problems;
}

describe('an amount', () => {
  it.each([
    ['', 'amount-missing'],
    ['0.00', 'amount-zero'],
    ['-5', 'amount-negative'],
    ['(5)', 'amount-negative'],
    ['1.005', 'amount-decimals'],
    ['10.000', 'amount-decimals'],
    ['1,250.00', 'amount-thousands-separator'],
    ['1.250,50', 'amount-thousands-separator'],
    ['1 250', 'amount-thousands-separator'],
    ["1'250.00", 'amount-thousands-separator'],
    ['1,250', 'amount-thousands-separator'],
    ['1250,50', 'amount-decimal-comma'],
    ['2.547E+11', 'amount-digits-lost'],
    ['2,5e5', 'amount-digits-lost'],
    ['KES', 'amount-missing'],
    ['10/50', 'amount-syntax'],
    ['10 only', 'amount-syntax'],
    ['10 KES 5', 'amount-syntax'],
    ['KES 10 USD', 'amount-syntax'],
    ['5M', 'amount-magnitude'],
    ['12k', 'amount-magnitude'],
    ['1.5 K.', 'amount-magnitude'],
    ['KES 5k', 'amount-magnitude'],
    ['KES KES', 'amount-missing'],
    ['KES 1,250', 'amount-thousands-separator'],
    ['1,250/=', 'amount-thousands-separator'],
    ['KES 1.005', 'amount-decimals'],
    ['KES 2.5E+11', 'amount-digits-lost'],
    ['USD 10', 'amount-other-currency'],
    ['10 UGX', 'amount-other-currency'],
    ['TSh10', 'amount-other-currency'],
    ['$10', 'amount-other-currency'],
    ['-', 'amount-zero'],
    ['–', 'amount-zero'],
    ['—', 'amount-zero'],
    ['--', 'amount-zero'],
    [' -   ', 'amount-zero'],
    ['KES -', 'amount-zero'],
    ['KES-', 'amount-zero'],
    [' KES -   ', 'amount-zero'],
    ['- KES', 'amount-zero'],
    ['(-)', 'amount-zero'],
    ['-/=', 'amount-zero'],
    ['KES 0.00', 'amount-zero'],
    ['(0.00)', 'amount-zero'],
    ['-5', 'amount-negative'],
    ['−5', 'amount-negative'],
    ['5-', 'amount-negative'],
    ['5.00 -', 'amount-negative'],
    ['KES -5', 'amount-negative'],
    ['-KES 5', 'amount-negative'],
    ['KES 5-', 'amount-negative'],
    ['(KES 5)', 'amount-negative'],
    ['KES (5)', 'amount-negative'],
    ['(5)/=', 'amount-negative'],
    ['.5', 'amount-syntax'],
    ['5.', 'amount-syntax'],
    ['+5', 'amount-syntax'],
    ['1_000', 'amount-syntax'],
    ['٣', 'amount-syntax'],
    ['１０', 'amount-syntax'],
    ['0x10', 'amount-syntax'],
    ['Infinity', 'amount-syntax'],
    ['9'.repeat(14), 'amount-too-large'],
    ['9'.repeat(100), 'amount-syntax'],
    ['=1+1', 'amount-syntax'],
    ['0.50', 'amount-below-minimum'],
    ['70000.01', 'amount-above-maximum'],
  ])('of "%s" is refused', async (amount, code) => {
    expect(await problemsOf({ amount })).toMatchObject([
      { severity: 'error', line: 2, column: 'amount', field: 'amount', code },
    ]);
  });

  it.each([
    ['KES 1250.50', 125_050n],
    ['KES1250.50', 125_050n],
    ['kes 1250.50', 125_050n],
    ['KES\u00A01250.50', 125_050n],
    ['1250.50 KES', 125_050n],
    ['1250.50KES', 125_050n],
    ['Ksh 1250.50', 125_050n],
    ['KSh.1250.50', 125_050n],
    ['Kshs. 1250.50', 125_050n],
    ['K.Sh. 1250.50', 125_050n],
    ['Sh 1250.50', 125_050n],
    ['Shs. 1250', 125_000n],
    ['1250/=', 125_000n],
    ['1250 /=', 125_000n],
    ['1250/-', 125_000n],
    ['1250.50/=', 125_050n],
    ['Ksh 1250/=', 125_000n],
  ])('of "%s" in shillings is read', async (amount, amountMinor) => {
    const checked = await checkCsv(`id,amount,mobile\n1,${amount},0712000111\n`);
    expect((await paymentsOf(checked))[0]?.amountMinor).toBe(amountMinor);
    expect(checked.problems.every(({ severity, line }) => severity === 'warning' && line === 0)).toBe(true);
    expect(checked.problems.length).toBeGreaterThan(0);
  });

  it('is read with the currency of its own row, and with no other', async () => {
    const text =
      'id,amount,currency,mobile\n1,UGX 2000,UGX,0712000111\n2,KES 2000,UGX,0712000112\n3,USh 2000/=,UGX,0712000113\n';
    const checked = await checkCsv(text, { account: 'kampala' });
    expect(codesOf(checked)).toEqual([
      '0 amount amount-with-currency',
      '0 amount amount-with-only',
      '3 amount amount-other-currency',
    ]);
    expect(checked.problems[2]?.message).toMatch(/KES 2000\..* in KES, and this payment is in UGX/);
  });

  it('that is not written plainly is reported once for a file, with the count and three examples', async () => {
    const rows = Array.from({ length: 5 }, (_, n) => `${n},"KES 1,00${n}.50",071200011${n}\n`).join('');
    const { problems } = await checkCsv(`id,amount,mobile\n${rows}9,"45,000/=",0712000119\n`, {
      numberFormat: '1,250.50',
    });
    expect(problems.map(({ message }) => message)).toEqual([
      "5 amounts are written with the payment's own currency, which was left out: KES 1,000.50 on line 2 is 1000.50; " +
        'KES 1,001.50 on line 3 is 1001.50; KES 1,002.50 on line 4 is 1002.50.',
      '1 amount is written with /= or /- for "only", which was left out: 45,000/= on line 7 is 45000.00.',
    ]);
  });

  it('of a dash is a zero that is to be removed, and never negative', async () => {
    const [problem] = await problemsOf({ amount: ' KES -   ' });
    expect(problem?.message).toMatch(/dash stands for zero.*remove the row/);
    expect(problem?.message).not.toContain('negative');
  });

  it('in YAML is digits and a point only', async () => {
    for (const amount of ['KES 10', '10/=', '-']) {
      const checked = await checkYaml(
        `batch: b\naccount: demo\npayments:\n  - { id: 1, amount: "${amount}", mobile: "0712000111" }\n`,
      );
      expect(checked.summary).toBeNull();
    }
  });

  it('above two limits has both problems', async () => {
    expect((await problemsOf({ amount: '250000.01' })).map(({ code }) => code)).toEqual([
      'amount-above-maximum',
      'amount-above-limit',
    ]);
  });

  it('that is no multiple of what the provider pays is refused', async () => {
    const checked = await checkCsv('id,amount,wallet\n1,10.50,w\n2,10.00,w\n');
    expect(codesOf(checked)).toEqual(['2 amount amount-step']);
  });

  it('in a currency without decimals has none', async () => {
    const checked = await checkCsv('id,amount,mobile,account\n1,100.5,0712000111,kampala\n2,100,0712000111,kampala\n');
    expect(codesOf(checked)).toEqual(['2 amount amount-decimals']);
  });

  it.each([
    ['1,250.50', '1,250.50'],
    ['1,250.50', '1250.50'],
    ['1.250,50', '1.250,50'],
    ['1.250,50', '1250,5'],
    ['1 250,50', '1\u202F250,50'],
    ['1 250,50', '1\u00A0250,50'],
    ['1250,50', '1250,50'],
  ] as const)('in the declared format %s reads "%s"', async (numberFormat, amount) => {
    const checked = await checkCsv(`id,amount,mobile\n1,"${amount}",0712000111\n`, { numberFormat });
    expect(checked.problems).toEqual([]);
    expect((await paymentsOf(checked))[0]?.amountMinor).toBe(125_050n);
  });

  it.each([
    ['1,250.50', '12,50.50'],
    ['1,250.50', '1.250,50'],
    ['1,250.50', '1,250.5,0'],
    ['1,250.50', ',250'],
    ['1.250,50', '1250.50'],
    ['1250,50', '1.250,50'],
    ['1 250,50', '1  250'],
  ] as const)('in the declared format %s is never guessed from "%s"', async (numberFormat, amount) => {
    const checked = await checkCsv(`id,amount,mobile\n1,"${amount}",0712000111\n`, { numberFormat });
    expect(codesOf(checked)).toEqual(['2 amount amount-format']);
  });
});

describe('an id', () => {
  it.each([
    ['', 'id-missing'],
    ['   ', 'id-missing'],
    ['x'.repeat(65), 'id-too-long'],
    ['E\u200B1', 'id-invisible-character'],
    ['E\u00AD1', 'id-invisible-character'],
    ['\u202EE1', 'id-invisible-character'],
    ['\uFEFFE1', 'id-invisible-character'],
    ['E1\uFEFF', 'id-invisible-character'],
    ['E\u00071', 'id-invisible-character'],
    ['E\n1', 'id-invisible-character'],
    ['E\u31641', 'id-invisible-character'],
    ['E\u{E0041}1', 'id-invisible-character'],
    ['2.547E+11', 'id-digits-lost'],
  ])('of %j is refused', async (id, code) => {
    expect(await problemsOf({ id })).toMatchObject([{ line: 2, field: 'id', code }]);
  });

  it.each([['1E5'], ['0001'], ["O'Brien"], ['é'], ['🎉'.repeat(64)], ['x'.repeat(64)], ['a b']])(
    'of %j is taken',
    async (id) => {
      expect(await problemsOf({ id })).toEqual([]);
    },
  );

  it.each([
    ['EMP-1', 'EMP-1'],
    ['EMP-1', 'emp-1'],
    ['EMP-1', '  EMP-1  '],
    ['EMP-1', "'EMP-1"],
    ['EMP 1', 'EMP\u00A01'],
    ['EMP 1', 'EMP1'],
    ['EMP-1', 'ＥＭＰ-1'],
    ['straße', 'STRASSE'],
    ['ﬁ', 'FI'],
    ['é', 'e\u0301'],
    ['K', '\u212A'],
  ])('%j beside %j is refused with both lines', async (first, second) => {
    const checked = await checkCsv(
      `id,amount,mobile\n"${first}",10,0712000111\nother,11,0712000111\n"${second}",10,0712000111\n`,
    );
    expect(codesOf(checked)).toEqual(['4 id id-duplicate']);
    expect(checked.problems[0]?.message).toMatch(/line 4 .*line 2 /);
  });
});

describe('a destination', () => {
  const HEAD = 'id,amount,name,mobile,bank_code,bank_account,wallet,paybill,paybill_account,till\n';
  it.each([
    ['1,10,,,,,,,,', '', 'destination-missing'],
    ['1,10,,0712000111,015,001,,,,', '', 'destination-several'],
    ['1,10,,0712000111,015,,,,,', '', 'destination-several'],
    ['1,10,,0712000111,015,n/a,,,,', '', 'destination-several'],
    ['1,10,,0712000111,-,0,,,,', '', 'destination-several'],
    ['1,10,,0712000111,#N/A,#N/A,,,,', '', 'destination-several'],
    ['1,10,,0712000111,?,x,,,,', '', 'destination-several'],
    ['1,10,,-,n/a,nil,,,,', '', 'destination-missing'],
    ['1,10,,n/a,,,,,,', 'mobile', 'destination-incomplete'],
    ['1,10,J,,015,n/a,,,,', 'bank_account', 'destination-incomplete'],
    ['1,10,J,,-,0123456789,,,,', 'bank_code', 'destination-incomplete'],
    ['1,10,,,,,,888880,-,', 'paybill_account', 'destination-incomplete'],
    ['1,10,J,,015,,,,,', 'bank_account', 'destination-incomplete'],
    ['1,10,J,,,001,,,,', 'bank_code', 'destination-incomplete'],
    ['1,10,,,,,,888880,,', 'paybill_account', 'destination-incomplete'],
    ['1,10,,,,,,,,123', 'till', 'destination-unsupported'],
    ['1,10,,12345,,,,,,', 'mobile', 'mobile-not-kenyan'],
    ['1,10,,2.547E+11,,,,,,', 'mobile', 'mobile-digits-lost'],
    ['1,10,,2.54712E11,,,,,,', 'mobile', 'mobile-digits-lost'],
    ['1,10,J,,015,1.1E+12,,,,', 'bank_account', 'bank-account-digits-lost'],
    ['1,10,,,015,001,,,,', 'name', 'name-missing'],
  ])('of the row %s is refused', async (row, field, code) => {
    expect(codesOf(await checkCsv(`${HEAD}${row}\n`))).toEqual([`2 ${field} ${code}`]);
  });

  it('is never shown whole when it is wrong', async () => {
    const checked = await checkCsv(`${HEAD}1,0712000111,,25471234567E+3,,,,,,\n`);
    expect(JSON.stringify(checked.problems)).not.toMatch(/0712000111|25471234567/);
  });

  it.each(['-', '–', '—', '--', 'n/a', 'N/A', 'N.A.', 'na', 'nil', 'NIL', 'None'])(
    'is the only one where the columns of the others hold %s, which one warning names',
    async (mark) => {
      const rows = [
        `1,10,J,0712000111,${mark},${mark},,,,`,
        `2,10,K,${mark},015,0123456789,,,,`,
        '3,10,L,0712000113,,,,,,',
      ];
      const checked = await checkCsv(`${HEAD}${rows.join('\n')}\n`);
      expect(checked.summary?.count).toBe(3);
      const [warning, ...others] = checked.problems;
      expect([warning?.severity, warning?.line, warning?.code]).toEqual(['warning', 0, 'destination-blank-word']);
      expect(warning?.message).toContain(`2 payments have "${mark}" in the columns`);
      expect(warning?.message).toContain('lines 2, 3');
      expect(others).toEqual([]);
    },
  );

  it('that is doubtful is a warning and does not refuse', async () => {
    const checked = await checkCsv(`${HEAD}1,10,J,,999,001,,,,\n`);
    expect(checked.problems).toMatchObject([{ severity: 'warning', field: 'bank_code', code: 'bank-unlisted' }]);
    expect(checked.summary?.count).toBe(1);
  });
});

describe('texts', () => {
  it('are one spelling: composed, single spaces', async () => {
    const checked = await checkCsv('id,amount,mobile,name\n1,10,0712000111,"  Jose\u0301 \n  Doe "\n');
    expect((await paymentsOf(checked))[0]?.name).toBe('José Doe');
  });

  it.each([
    ['name', 'a\u0007b', 'name-control-character'],
    ['name', 'a\u202Eb', 'name-control-character'],
    ['name', 'x'.repeat(41), 'name-too-long'],
    ['currency', 'EUR', 'currency-unsupported'],
    ['currency', 'shillings', 'currency-unsupported'],
  ])('a %s of %j is refused', async (field, text, code) => {
    expect(await problemsOf({ [field]: text })).toMatchObject([{ severity: 'error', field, code }]);
  });

  it('a narrative longer than reaches the recipient is a warning, once for the batch default', async () => {
    const own = await checkCsv(`id,amount,mobile,narrative\n1,10,0712000111,${'n'.repeat(31)}\n2,10,0712000112,ok\n`);
    expect(own.problems).toMatchObject([{ severity: 'warning', line: 2, code: 'narrative-too-long' }]);
    const rows = 'id,amount,mobile\n1,10,0712000111\n2,10,0712000112\n';
    const common = await checkCsv(rows, { narrative: 'n'.repeat(31) });
    expect(common.problems).toMatchObject([{ severity: 'warning', line: 0, code: 'narrative-too-long' }]);
    expect(common.summary?.count).toBe(2);
  });
});

describe('all problems', () => {
  it('of a file are reported at once, in the order of their lines', async () => {
    const checked = await checkCsv(
      'id,name,amount,mobile,mobile\n,a,x,1,\n1,b,"1,250.00",0712000111,\n1,c\n1,d,-1,,0712000111\n"e,5\n',
    );
    expect(codesOf(checked)).toEqual([
      '1  header-repeated',
      '2 id id-missing',
      '2 mobile mobile-not-kenyan',
      '2 amount amount-syntax',
      '3 amount amount-thousands-separator',
      '4  row-ragged',
      '5  destination-missing',
      '5 amount amount-negative',
      '5 id id-duplicate',
      '6  quote-unclosed',
    ]);
    expect(checked.count).toBe(4);
  });

  it('are counted where they are too many to list', async () => {
    const rows = Array.from({ length: 100_007 }, (_, n) => `${n},x,0712000111\n`).join('');
    const { problems, summary } = await checkCsv(`id,amount,mobile\n${rows}`);
    expect(problems).toHaveLength(100_001);
    expect(problems.at(-1)).toMatchObject({ severity: 'error', code: 'too-many-problems' });
    expect(problems.at(-1)?.message).toContain('7 more');
    expect(summary).toBeNull();
  });
});
