import { describe, expect, it } from 'vitest';
import { paymentsOf } from '../drop-folder.ts';
import {
  bankAccount,
  checkXml,
  codesOfMessage,
  FIRST_LINE,
  member,
  messageOf,
  mobile,
  type Message,
} from './messages.ts';

const TOTALS = '<NbOfTxs>3</NbOfTxs><CtrlSum>105000.5</CtrlSum>';

describe.each(['03', '09'] as const)('a pain.001.001.%s', (version) => {
  it('is a batch of its MsgId, with its payments, their lines and the day before which nothing is sent', async () => {
    const transfers = [
      { id: 'EMP-001', amount: '45000.50', name: 'Jane &amp; Co', after: '<RmtInf><Ustrd>November</Ustrd></RmtInf>' },
      { id: 'EMP-002', amount: '35000', account: bankAccount('0123456789'), agent: member('015') },
      { id: 'EMP-003', amount: '25000', account: mobile('0712 000 333') },
    ];
    const checked = await checkXml(messageOf({ version, id: 'ACME/2026/11', header: TOTALS, transfers }));
    expect(checked.problems).toEqual([]);
    expect(checked.summary?.header).toMatchObject({
      id: 'acme-2026-11',
      description: 'pain.001 message ACME/2026/11',
      notBefore: Date.parse('2026-11-25T00:00:00+03:00'),
    });
    const payments = await paymentsOf(checked);
    expect(payments).toMatchObject([
      {
        ...{ id: 'EMP-001', line: FIRST_LINE, name: 'Jane & Co', narrative: 'November', amountMinor: 4_500_050n },
        destination: { kind: 'mobile', phone: '+254712000111' },
      },
      { id: 'EMP-002', line: FIRST_LINE + 1, destination: { kind: 'bank', code: '015', account: '0123456789' } },
      { id: 'EMP-003', line: FIRST_LINE + 2, destination: { kind: 'mobile', phone: '+254712000333' } },
    ]);
  });

  it('is read with any prefix, comments, CDATA and elements of an own default namespace', async () => {
    const plain = messageOf({ version, transfers: [{ name: 'A &amp; B' }] });
    const prefixed = plain
      .replaceAll(/<(\/?)([A-Z])/g, '<$1ns2:$2')
      .replace('xmlns=', 'xmlns:ns2=')
      .replace('A &amp; B', '<![CDATA[A & B]]>')
      .replace('>10<', '><!-- net -->10<!-- pay --><');
    const [one, other] = await Promise.all([checkXml(plain), checkXml(prefixed)]);
    expect(other.summary?.digest).toBe(one.summary?.digest);
    expect((await paymentsOf(other))[0]?.name).toBe('A & B');
  });
});

describe('the kinds of creditor accounts', () => {
  const other = (id: string, scheme: string) =>
    `<CdtrAcct><Id><Othr><Id>${id}</Id><SchmeNm>${scheme}</SchmeNm></Othr></Id></CdtrAcct>`;
  const proxy = (id: string, type: string) => `<CdtrAcct><Prxy>${type}<Id>${id}</Id></Prxy></CdtrAcct>`;
  const wallet = 'fbsotk4jH1L7FiO2z2qkqsPiqVHJSaVm';

  it.each([
    [proxy('+254-712000111', '<Tp><Cd>TELE</Cd></Tp>'), '', { kind: 'mobile', phone: '+254712000111' }],
    [proxy('0712000111', '<Tp><Cd>MBNO</Cd></Tp>'), '', { kind: 'mobile', phone: '+254712000111' }],
    [proxy('+254712000111', ''), '', { kind: 'mobile', phone: '+254712000111' }],
    [proxy(wallet, '<Tp><Cd>EWAL</Cd></Tp>'), '', { kind: 'wallet', wallet }],
    [other(wallet, '<Prtry>Wallet</Prtry>'), '', { kind: 'wallet', wallet }],
    [other('247247/EMP-1', '<Prtry>PAYBILL</Prtry>'), '', { kind: 'paybill', paybill: '247247', account: 'EMP-1' }],
    [other('0001234', '<Cd>BBAN</Cd>'), member('015'), { kind: 'bank', code: '015', account: '0001234' }],
    [other('0001234', '<Prtry>STAFF</Prtry>'), member('015'), { kind: 'bank', code: '015', account: '0001234' }],
    [bankAccount('+254712000111'), '', { kind: 'mobile', phone: '+254712000111' }],
  ])('are read: %s', async (account, agent, destination) => {
    const checked = await checkXml(messageOf({ transfers: [{ account, agent }] }));
    expect(checked.summary).not.toBeNull();
    expect((await paymentsOf(checked))[0]?.destination).toEqual(destination);
  });

  it.each([
    [bankAccount('0123456789'), '', 'destination-kind-unclear'],
    [other('0123456789', '<Prtry>STAFF</Prtry>'), '', 'destination-kind-unclear'],
    [proxy('jane@example.org', '<Tp><Cd>EMAL</Cd></Tp>'), '', 'destination-proxy'],
    [proxy('0712000111', ''), '', 'destination-proxy'],
    [other('1/2/3', '<Prtry>PAYBILL</Prtry>'), '', 'paybill-syntax'],
    ['<CdtrAcct><Id/></CdtrAcct>', member('015'), 'destination-missing'],
    ['', '', 'destination-missing'],
    ['<CdtrAcct><Id><IBAN>DE88370400440532013000</IBAN></Id></CdtrAcct>', member('015'), 'iban-check-digits'],
    [
      '<CdtrAcct><Id><Othr><Id>1</Id></Othr></Id><Prxy><Tp><Cd>TELE</Cd></Tp><Id>0712000111</Id></Prxy></CdtrAcct>',
      member('015'),
      'destination-several',
    ],
    [
      '<CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN><Othr><Id>1</Id></Othr></Id></CdtrAcct>',
      member('015'),
      'pain-element-choice',
    ],
  ])('that say not what they are, or what nobody pays to, are refused: %s', async (account, agent, code) => {
    expect(await codesOfMessage({ transfers: [{ account, agent }] })).toContain(code);
    expect((await checkXml(messageOf({ transfers: [{ account, agent }] }))).summary).toBeNull();
  });

  it('take the code of a bank that a rule maps, whichever of several the message has', async () => {
    const agent =
      '<CdtrAgt><FinInstnId><BICFI>EQBLKENAXXX</BICFI><ClrSysMmbId><MmbId>68</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt>';
    const text = messageOf({ transfers: [{ account: bankAccount('0001'), agent }] });
    for (const [values, code] of [
      [{ EQBLKENA: '015' }, '015'],
      [{ EQBLKENAXXX: '016' }, '016'],
      [{ 68: '017' }, '017'],
    ] as const) {
      const checked = await checkXml(text, { values: { bank_code: values } });
      expect((await paymentsOf(checked))[0]?.destination).toMatchObject({ code });
    }
  });
});

describe('an amount of a message', () => {
  it.each([
    ['1.0E3', 'amount-syntax'],
    ['1e+21', 'amount-syntax'],
    ['+5', 'amount-syntax'],
    ['-5', 'amount-negative'],
    ['1,250.00', 'amount-syntax'],
    ['1 250', 'amount-syntax'],
    ['.5', 'amount-syntax'],
    ['5.', 'amount-syntax'],
    ['0x10', 'amount-syntax'],
    ['INF', 'amount-syntax'],
    ['0.30000000000000004', 'amount-decimals'],
    ['1234567.895', 'amount-decimals'],
    ['10.000', 'amount-decimals'],
    ['0.00', 'amount-zero'],
    ['', 'amount-missing'],
    ['10<b/>00', 'pain-element-unknown'],
  ])('that reads %s is refused', async (amount, code) => {
    expect(await codesOfMessage({ transfers: [{ amount }] })).toEqual([code]);
  });

  it.each([
    ['007.5', 750n],
    [' 10\n', 1000n],
    ['10.50', 1050n],
  ])('may read %s', async (amount, minor) => {
    const checked = await checkXml(messageOf({ transfers: [{ amount }] }));
    expect((await paymentsOf(checked))[0]?.amountMinor).toBe(minor);
  });

  it('needs its currency, and has no more decimals than that', async () => {
    expect(await codesOfMessage({ transfers: [{ currency: '' }] })).toEqual(['currency-missing']);
    const ugx = await checkXml(
      messageOf({ transfers: [{ currency: 'UGX', amount: '150000.00', account: mobile('0712000111') }] }),
      {
        account: 'kampala',
      },
    );
    expect(ugx.problems.map(({ code }) => code)).toContain('amount-decimals');
  });
});

describe('what is no payout is refused, by line', () => {
  const equivalent = '<Amt><EqvtAmt><Amt Ccy="USD">10</Amt><CcyOfTrf>KES</CcyOfTrf></EqvtAmt></Amt>';
  const usd = '<DbtrAcct><Id><Othr><Id>1</Id></Othr></Id><Ccy>USD</Ccy></DbtrAcct>';

  it.each<readonly [string, Message, string]>([
    ['an equivalent amount', { transfers: [{}, { amt: equivalent }] }, 'pain-equivalent-amount'],
    [
      'an exchange rate',
      { transfers: [{}, { before: '<XchgRateInf><XchgRate>130</XchgRate></XchgRateInf>' }] },
      'pain-exchange-rate',
    ],
    ['a cheque', { transfers: [{}, { before: '<ChqInstr><ChqTp>BCHQ</ChqTp></ChqInstr>' }] }, 'pain-cheque'],
    [
      'cash',
      { transfers: [{}, { after: '<InstrForCdtrAgt><Cd>HOLD</Cd></InstrForCdtrAgt>' }] },
      'pain-instruction-unpayable',
    ],
    [
      'another currency than the debtor has',
      { blocks: [{ debtor: usd, transfers: [{}] }] },
      'pain-currency-conversion',
    ],
    ['cheques', { blocks: [{ method: 'CHK', transfers: [{}] }] }, 'pain-payment-method'],
    ['direct debits', { blocks: [{ method: 'DD', transfers: [{}] }] }, 'pain-payment-method'],
    ['no method', { blocks: [{ method: '', transfers: [{}] }] }, 'pain-payment-method'],
    ['an unknown element', { transfers: [{}, { after: '<InstrAmt>5</InstrAmt>' }] }, 'pain-element-unknown'],
    ['an element of another namespace', { transfers: [{}, { after: '<Tax xmlns="urn:x"/>' }] }, 'pain-element-unknown'],
    [
      'two amounts',
      { transfers: [{}, { after: '<Amt><InstdAmt Ccy="KES">5</InstdAmt></Amt>' }] },
      'pain-element-twice',
    ],
    ['a second creditor', { transfers: [{}, { after: '<Cdtr><Nm>Joe</Nm></Cdtr>' }] }, 'pain-element-twice'],
    ['no day', { blocks: [{ date: '', transfers: [{}] }] }, 'not-before-invalid'],
    ['a day that is none', { blocks: [{ date: '<Dt>2026-02-30</Dt>', transfers: [{}] }] }, 'not-before-invalid'],
  ])('%s', async (_, message, code) => {
    const checked = await checkXml(messageOf(message));
    const found = checked.problems.filter((problem) => problem.severity === 'error');
    expect(found.map((problem) => problem.code)).toEqual([code]);
    const nth = message.transfers === undefined ? 0 : 1;
    expect([FIRST_LINE - 1, FIRST_LINE + nth]).toContain(found[0]?.line);
  });

  it.each(['', 'NOTPROVIDED', 'Not Provided'])('a payment whose EndToEndId is "%s"', async (id) => {
    const checked = await checkXml(messageOf({ transfers: [{ id }, { id }] }));
    expect(checked.problems.filter(({ code }) => code === 'id-missing').map(({ line }) => line)).toEqual([6, 7]);
  });

  it('an EndToEndId that stands twice, which a program has cut perhaps', async () => {
    const checked = await checkXml(messageOf({ transfers: [{ id: 'E1' }, { id: 'e1' }] }));
    expect(checked.problems.map(({ code }) => code)).toContain('id-duplicate');
  });

  it.each(['name', 'id'] as const)('a %s that was escaped twice', async (field) => {
    const codes = await codesOfMessage({ transfers: [{ [field]: 'Johnson &amp;amp; Sons' }] });
    expect(codes).toEqual([`${field}-escaped-twice`]);
  });
});

describe('the totals of a message', () => {
  const block = (head: string, amounts: readonly string[]) => ({
    head,
    transfers: amounts.map((amount) => ({ amount, id: `E${head.length}-${amount}` })),
  });

  it('are compared, those of the message and those of each PmtInf', async () => {
    const right = messageOf({
      header: '<NbOfTxs>3</NbOfTxs><CtrlSum>0.600</CtrlSum>',
      blocks: [
        block('<NbOfTxs>2</NbOfTxs><CtrlSum>0.3</CtrlSum>', ['0.1', '0.2']),
        block('<NbOfTxs>1</NbOfTxs>', ['0.3']),
      ],
    });
    const errors = async (text: string) =>
      (await checkXml(text)).problems
        .filter(({ code }) => code.startsWith('control'))
        .map(({ line, code }) => [line, code]);
    expect(await errors(right)).toEqual([]);
    expect(await errors(right.replace('0.600', '0.7'))).toEqual([[4, 'control-sum-mismatch']]);
    expect(await errors(right.replace('>3<', '>4<'))).toEqual([[4, 'control-count-mismatch']]);
    expect(await errors(right.replace('<CtrlSum>0.3<', '<CtrlSum>0.30000000000000004<'))).toEqual([
      [5, 'control-sum-mismatch'],
    ]);
    expect(await errors(right.replace('0.600', '6e-1'))).toEqual([[4, 'control-sum-invalid']]);
    expect(await errors(right.replace('>2<', '>two<'))).toEqual([[5, 'control-count-invalid']]);
  });

  it('add up figures of several currencies, as ISO 20022 says', async () => {
    const transfers = [{ amount: '10' }, { amount: '5.5', currency: 'USD' }];
    const text = messageOf({ header: '<NbOfTxs>2</NbOfTxs><CtrlSum>15.5</CtrlSum>', transfers });
    expect((await checkXml(text)).problems).toEqual([]);
  });

  it('are missed where there are none', async () => {
    const missing = async (header: string, head = '') => {
      const { problems } = await checkXml(messageOf({ header, blocks: [{ head, transfers: [{}] }] }));
      return problems.map(({ severity, code, message }) => [severity, code, /declares (.*?):/.exec(message)?.[1]]);
    };
    expect(await missing('')).toEqual([['warning', 'control-missing', 'no NbOfTxs and no CtrlSum']]);
    expect(await missing('<NbOfTxs>1</NbOfTxs>')).toEqual([['warning', 'control-missing', 'no CtrlSum']]);
    expect(await missing('<NbOfTxs>1</NbOfTxs>', '<CtrlSum>10</CtrlSum>')).toEqual([]);
  });
});

describe('the day of a message', () => {
  it.each([
    ['2026-11-25', '2026-11-25T00:00:00+03:00'],
    ['2026-11-25Z', '2026-11-25T00:00:00Z'],
    ['2026-11-25+02:00', '2026-11-25T00:00:00+02:00'],
    ['<Dt>2020-01-01</Dt>', '2020-01-01T00:00:00+03:00'],
    ['<DtTm>2026-11-25T09:30:00</DtTm>', '2026-11-25T09:30:00+03:00'],
    ['<DtTm>2026-11-25T09:30:00.5Z</DtTm>', '2026-11-25T09:30:00.500Z'],
  ])('may be written as %s', async (date, instant) => {
    const checked = await checkXml(messageOf({ blocks: [{ date, transfers: [{}] }] }));
    expect(checked.summary?.header.notBefore).toBe(Date.parse(instant));
  });

  it('is one for all payments', async () => {
    const blocks = ['2026-11-25', '2026-11-26'].map((date) => ({ date, transfers: [{ id: date }] }));
    expect(await codesOfMessage({ blocks })).toEqual(['pain-dates-differ']);
  });
});

describe('the account that pays', () => {
  const debtor = (number: string) => `<DbtrAcct><Id><Othr><Id>${number}</Id></Othr></Id></DbtrAcct>`;
  const blocks = [
    { debtor: debtor('0123456789'), transfers: [{ id: 'A' }] },
    { debtor: '<DbtrAcct><Id><IBAN>de89 3704 0044 0532 0130 00</IBAN></Id></DbtrAcct>', transfers: [{ id: 'B' }] },
  ];
  const rules = { account: null, debtorAccounts: { '0123456789': 'demo', 'DE89 3704 0044 0532 0130 00': 'kampala' } };

  it('is the one that the rule names for the account of the debtor', async () => {
    const ugx = { id: 'B', amount: '1000', currency: 'UGX', account: mobile('0712000222') };
    const both = [blocks[0] ?? { transfers: [] }, { ...blocks[1], transfers: [ugx] }];
    const checked = await checkXml(messageOf({ blocks: both }), rules);
    expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const payments = await paymentsOf(checked);
    expect(payments.map(({ id, account }) => [id, account])).toEqual([
      ['A', 'demo'],
      ['B', 'kampala'],
    ]);
  });

  it('is not guessed for a debtor that the rule does not name', async () => {
    const checked = await checkXml(messageOf({ blocks: [{ debtor: debtor('999'), transfers: [{}] }] }), rules);
    expect(checked.problems.map(({ code }) => code)).toContain('pain-debtor-unknown');
    expect(checked.summary).toBeNull();
  });

  it('is not one for several debtors, unless a person names it', async () => {
    expect(await codesOfMessage({ blocks })).toEqual(['pain-debtors-differ']);
    const forced = await checkXml(messageOf({ blocks }), rules, { overrides: { account: 'demo', batch: 'mine' } });
    expect(forced.summary?.header.id).toBe('mine');
    expect(forced.summary?.totals.map(({ account }) => account)).toEqual(['demo']);
  });
});

describe('what a message asks for and payrun does not do', () => {
  it.each<readonly [string, Message]>([
    ['pain-ultimate-creditor', { transfers: [{ after: '<UltmtCdtr><Nm>Joe</Nm></UltmtCdtr>' }] }],
    ['pain-ultimate-debtor', { blocks: [{ debtor: '<UltmtDbtr><Nm>Joe</Nm></UltmtDbtr>', transfers: [{}] }] }],
    ['pain-intermediary', { transfers: [{ before: '<IntrmyAgt1><FinInstnId/></IntrmyAgt1>' }] }],
    ['pain-charges-creditor', { blocks: [{ debtor: '<ChrgBr>CRED</ChrgBr>', transfers: [{}] }] }],
    ['pain-instruction', { transfers: [{ after: '<InstrForCdtrAgt><Cd>TELB</Cd></InstrForCdtrAgt>' }] }],
    ['pain-advice', { blocks: [{ method: 'TRA', transfers: [{}] }] }],
    ['pain-agent-unused', { transfers: [{ agent: member('015') }] }],
    ['pain-id-cut', { transfers: [{ id: 'X'.repeat(35) }] }],
    ['pain-id-longer', { transfers: [{ id: 'X'.repeat(36) }] }],
    ['pain-authorisation', { header: '<Authstn><Cd>FDET</Cd></Authstn>' }],
    ['pain-account-digits', { transfers: [{ account: bankAccount('1234567890123450'), agent: member('015') }] }],
  ])('is a warning once for the file: %s', async (code, message) => {
    const { summary, problems } = await checkXml(messageOf(message));
    expect(summary).not.toBeNull();
    const found = problems.filter((problem) => problem.code !== 'control-missing');
    expect(found.map((problem) => [problem.severity, problem.code])).toEqual([['warning', code]]);
  });
});
