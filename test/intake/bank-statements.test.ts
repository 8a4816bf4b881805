import { describe, expect, it } from 'vitest';
import type { StatementForm } from '../../src/domain/statement.ts';
import { drop } from './drop-folder.ts';
import { readWholeStatement } from './whole-statement.ts';

const REF = 'Y871NJGPXMTG2K2N0NHP';

function read(format: 'mt940' | 'camt053', text: string, currency = 'KES') {
  const statement: StatementForm = { format, columns: {}, paid: [], out: null, encoding: null, numberFormat: null };
  return readWholeStatement(drop(format === 'mt940' ? 's.sta' : 's.xml', text), { name: 'bank', statement, currency });
}

function page(
  entries: string,
  closing: string,
  opening = '60F:C261128KES1000,00',
  number = '1/1',
  last = '62F',
): string {
  return `:20:A\n:25:B\n:28C:${number}\n:${opening}\n${entries}\n:${last}:C261128KES${closing}\n-\n`;
}

const one = async (entry: string, closing: string) => (await read('mt940', page(entry, closing))).rows[0];

describe('an entry of MT940', () => {
  it.each([
    ['D', '900,', 'out', false],
    ['C', '1100,', 'in', false],
    ['RD', '1100,', 'in', true],
    ['RC', '900,', 'out', true],
    ['DR', '900,', 'out', false],
    ['RDK', '1100,', 'in', true],
  ])('with the mark %s', async (mark, closing, side, isReversal) => {
    const row = await one(`:61:261128${mark}100,NTRFNONREF//BANK1`, closing);
    expect(row).toMatchObject({ side, isReversal, amountMinor: 10000n, providerReference: 'BANK1' });
  });

  it.each([
    ['2512310102', '2026-01-02'],
    ['2601021231', '2025-12-31'],
    ['2611281129', '2026-11-29'],
    ['261128', '2026-11-28'],
  ])('has the year of its dates %s', async (dates, time) => {
    expect(await one(`:61:${dates}D100,00NTRFX//Y`, '900,00')).toMatchObject({ time });
  });

  it.each([
    [`/EREF/${REF}/REMI/Salary November/`, REF],
    [`/TRTP/SEPA/EREF/${REF}/BENM//NAME/Ann`, REF],
    [`166?00SALARY?20EREF+${REF.slice(0, 18)}?21${REF.slice(18)}SVWZ+Salary?32ANN LEVY`, REF],
    [`Salary ${REF}`, `Salary ${REF}`],
    [
      `Salary November of the year of payments to Ann Wanjiku, ${REF.slice(0, 9)}\n${REF.slice(9)}`,
      `Salary November of the year of payments to Ann Wanjiku, ${REF}`,
    ],
    ['/EREF/NOTPROVIDED/REMI/rent/', 'rent'],
  ])('reads its reference of %j', async (note, reference) => {
    expect(await one(`:61:261128D100,00NTRFNONREF//Y\n:86:${note}`, '900,00')).toMatchObject({ reference });
  });

  it('keeps the payer and the kind of a German bank, and knows its returns', async () => {
    const row = await one(`:61:261128C100,00NRTINONREF//Y\n:86:159?00RETOURE?20EREF+${REF}?32ANN LEVY`, '1100,00');
    expect(row).toMatchObject({ recipient: 'ANN LEVY', isReversal: true, reference: REF });
    expect(await one(':61:261128D2,50NCHGNONREF//Y', '997,50')).toMatchObject({ reason: 'charge' });
  });
});

describe('a file of MT940', () => {
  const first = page(':61:261128D100,00NTRFX//Y', '900,00', undefined, '7/1', '62M');
  const second = page(':61:261128D50,00NTRFX//Z', '850,00', '60M:C261128KES900,00', '7/2');

  it('has several pages and statements, within the blocks of SWIFT or without', async () => {
    const whole = await read('mt940', first + second + page('', '1000,00'));
    expect([whole.refused, whole.rows.length]).toEqual([false, 2]);
    const blocks = await read(
      'mt940',
      `{1:F01A}{2:I940}{4:\n${page(':61:261128D1,NTRFX//Y', '999,').replace(/-\n$/, '-}')}`,
    );
    expect([blocks.problems, blocks.rows.length]).toEqual([[], 1]);
  });

  it.each([
    ['statement-cut', first],
    ['statement-page-missing', second],
    ['statement-page-missing', first + second.replace('7/2', '7/3')],
    ['statement-page-missing', first + second.replace('KES900,00', 'KES950,00')],
    ['statement-cut', ':20:A\n:25:B\n:28C:1/1\n:60F:C261128KES1000,00\n:61:261128D100,00NTRFX//Y\n'],
    ['statement-balance', page(':61:261128D100,00NTRFX//Y', '900,01')],
    ['statement-currency', page('', '1000,00').replaceAll('KES', 'XXQ')],
    ['amount-decimals', page(':61:261128D100,005NTRFX//Y', '900,00')],
    ['statement-date', page(':61:261331D100,00NTRFX//Y', '900,00')],
    ['statement-format', page(':61:261128E100,00NTRFX//Y', '900,00')],
    ['statement-format', 'date,amount\n2026-11-28,5\n'],
    ['file-empty', '\n'],
  ])('is refused as %s', async (code, text) => {
    const { refused, problems } = await read('mt940', text);
    expect([refused, problems.map((problem) => problem.code)]).toEqual([true, [code]]);
  });
});

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';

function document(entries: string, closing: string, namespace = NAMESPACE): string {
  const balance = (code: string, amount: string): string =>
    `<n:Bal><n:Tp><n:CdOrPrtry><n:Cd>${code}</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy="KES">${amount}</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd></n:Bal>`;
  return `<n:Document xmlns:n="${namespace}"><n:BkToCstmrStmt>\n<n:Stmt>${balance('OPBD', '1000')}${balance('CLBD', closing)}\n${entries.replace(/<(\/?)(?=\w)/g, '<$1n:')}</n:Stmt></n:BkToCstmrStmt></n:Document>`;
}

const refs = (text: string): string => `<Refs>${text}</Refs>`;
const entry = (amount: string, details: string, more = ''): string =>
  `<Ntry><Amt Ccy="KES">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>${more}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-28</Dt></BookgDt><AcctSvcrRef>BATCH9</AcctSvcrRef><NtryDtls>${details}</NtryDtls></Ntry>\n`;

describe('an entry of camt.053', () => {
  it.each([
    [refs(`<EndToEndId>${REF}</EndToEndId>`), REF],
    [refs(`<InstrId>${REF}</InstrId><EndToEndId>NOTPROVIDED</EndToEndId>`), REF],
    [refs(`<EndToEndId>OTHER</EndToEndId><TxId>${REF}</TxId>`), REF],
    [
      `${refs('<EndToEndId>NOTPROVIDED</EndToEndId>')}<RmtInf><Ustrd>Salary &amp; more</Ustrd></RmtInf>`,
      'Salary & more',
    ],
  ])('reads its reference of %s', async (details, reference) => {
    const { rows, problems } = await read('camt053', document(entry('100.00', `<TxDtls>${details}</TxDtls>`), '900'));
    expect(problems).toEqual([]);
    expect(rows).toMatchObject([
      { reference, side: 'out', isPaid: true, amountMinor: 10000n, providerReference: 'BATCH9', line: 3 },
    ]);
  });

  it('of a batch gives a row for each payment, which do not share the reference of the bank', async () => {
    const detail = (amount: string, id: string): string =>
      `<TxDtls>${refs(`<AcctSvcrRef>${id}</AcctSvcrRef>`)}<Amt Ccy="KES">${amount}</Amt></TxDtls>`;
    const { rows } = await read('camt053', document(entry('100.00', detail('60', 'P1') + detail('40', '')), '900'));
    expect(rows.map((row) => [row.amountMinor, row.providerReference])).toEqual([
      [6000n, 'P1'],
      [4000n, ''],
    ]);
    const wrong = await read('camt053', document(entry('100.00', detail('60', 'P1') + detail('39', '')), '900'));
    expect(wrong.problems).toMatchObject([
      { code: 'statement-details', message: expect.stringContaining('1.00 KES') as string },
    ]);
  });

  it('marked as a reversal or a return is one', async () => {
    const marked = entry('100.00', '', '<RvslInd>true</RvslInd>');
    const returned = entry('100.00', '<TxDtls><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>');
    const { rows } = await read('camt053', document(marked + returned, '800'));
    expect(rows.map(({ isReversal }) => isReversal)).toEqual([true, true]);
  });
});

describe('a file of camt.053', () => {
  const nested = `${'<a>'.repeat(200)}${'</a>'.repeat(200)}`;
  it.each([
    ['statement-format', document('', '1000', NAMESPACE.replace('053', '052'))],
    ['statement-balance', document(entry('100.00', ''), '901')],
    ['statement-balance', document('', '1000').replace('CLBD', 'XPCD')],
    ['statement-balance', document(entry('100.00', '').replace('KES', 'USD'), '1000')],
    ['statement-currency', document(entry('100.00', '').replace('KES', 'XXQ'), '1000')],
    ['amount-syntax', document(entry('1,00', ''), '900')],
    ['statement-format', document(entry('100.00', '').replace('DBIT', 'X'), '900')],
    ['statement-xml', document(entry('100.00', ''), '900').slice(0, -30)],
    ['statement-xml', `<!DOCTYPE a [<!ENTITY b "c">]>${document('', '1000')}`],
    ['statement-xml', document(nested, '1000')],
    ['statement-xml', document('', '1000').replace('1000', '&b;')],
    ['statement-xml', document(`<!--${'\n'.repeat(300_000)}-->`, '1000')],
  ])('is refused as %s', async (code, text) => {
    const { refused, problems } = await read('camt053', text);
    expect([refused, problems.map((problem) => problem.code)]).toEqual([true, [code]]);
  });
});
