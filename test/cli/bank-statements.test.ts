import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, it } from 'vitest';
import { CONFIG, Project } from './harness.ts';

let project: Project;
afterEach(() => project.close());

/** A payment that is paid, and two of which the answers were lost. */
async function open(statement: string): Promise<(id: string) => string> {
  project = await Project.open({ config: CONFIG.replace('    limits:', `    statement: ${statement}\n    limits:`) });
  await project.write(
    'batches/november.csv',
    'id,name,amount,mobile\nA1,Amina Wekesa,12000,0711222333\nA2,Brian Otieno,1500.50,0712340002\nA3,Dan Kamau,700,0713340002\n',
  );
  await project.run('run', 'batches/november.csv');
  const references = new Map(
    (await project.report('november')).map((row) => [row['id'] ?? '', row['reference'] ?? '']),
  );
  return (id) => references.get(id) ?? '';
}

async function reconciled(file: string) {
  const ended = await project.run('reconcile', '--account', 'demo', '--statement', file, '--apply');
  const statuses = (await project.report('november')).map((row) => `${row['id']} ${row['status']}`);
  const isWritten = ended.code === 0 || ended.code === 5;
  const rows: Record<string, string>[] = isWritten
    ? parse(await project.read(`reports/_statements/demo-${file}.csv`), { columns: true })
    : [];
  const found = rows.map((row) => [row['finding'], row['id'], row['applied']].filter(Boolean).join(' ')).toSorted();
  return { code: ended.code, stderr: ended.stderr, statuses, found };
}

interface Move {
  readonly mark: 'C' | 'D' | 'RC' | 'RD';
  readonly amount: string;
  readonly reference?: string;
  readonly note?: string;
  readonly status?: string;
  readonly isReturn?: boolean;
}

const minor = (amount: string): number => Math.round(Number(amount) * 100);
const isOut = ({ mark }: Move): boolean => mark === 'D' || mark === 'RC';
const ending = (moves: readonly Move[]): string => {
  const booked = moves.filter(({ status = 'BOOK' }) => status === 'BOOK');
  return (
    (10_000_000 + booked.reduce((sum, move) => sum + (isOut(move) ? -1 : 1) * minor(move.amount), 0)) /
    100
  ).toFixed(2);
};

function mt940(moves: readonly Move[], closing = ending(moves)): string {
  const lines = moves.flatMap(({ mark, amount, reference, note = '', isReturn = false }, n) => [
    `:61:2611281128${mark}${amount.replace('.', ',')}NTRFNONREF//BANK${n}`,
    `:86:${reference === undefined ? '' : `/EREF/${reference}`}${isReturn ? '/RTRN/AC04' : ''}/REMI/${note}/`,
  ]);
  const date = 'C261128KES';
  return [
    ':20:STMT',
    ':25:KCBLKENX/11',
    ':28C:00225/001',
    `:60F:${date}100000,00`,
    ...lines,
    `:62F:${date}${closing.replace('.', ',')}`,
    '-',
    '',
  ].join('\r\n');
}

function camt053(moves: readonly Move[], closing = ending(moves)): string {
  const balance = (code: string, amount: string): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="KES">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-28</Dt></Dt></Bal>`;
  const entries = moves.map(
    (move, n) =>
      `<Ntry><Amt Ccy="KES">${move.amount}</Amt><CdtDbtInd>${isOut(move) ? 'DBIT' : 'CRDT'}</CdtDbtInd>${move.mark.startsWith('R') ? '<RvslInd>true</RvslInd>' : ''}` +
      `<Sts>${move.status ?? 'BOOK'}</Sts><BookgDt><Dt>2026-11-28</Dt></BookgDt><AcctSvcrRef>BANK${n}</AcctSvcrRef><NtryDtls><TxDtls>` +
      `<Refs><EndToEndId>${move.reference ?? 'NOTPROVIDED'}</EndToEndId></Refs><RmtInf><Ustrd>${move.note ?? ''}</Ustrd></RmtInf>` +
      `${move.isReturn === true ? '<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>' : ''}</TxDtls></NtryDtls></Ntry>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>\n${balance('OPBD', '100000.00')}${balance('CLBD', closing)}\n${entries.join('\n')}\n</Stmt></BkToCstmrStmt></Document>\n`;
}

describe.each([
  ['mt940', mt940, 's.sta'],
  ['camt053', camt053, 's.xml'],
] as const)('a statement of a bank as %s', (format, write, file) => {
  it('proves by our reference what was paid, and nothing of what came back, in any order', async () => {
    const ref = await open(format);
    const moves: Move[] = [
      { mark: 'D', amount: '12000.00', reference: ref('A1') },
      { mark: 'D', amount: '1500.50', reference: ref('A2') },
      { mark: 'D', amount: '700.00', reference: ref('A3') },
      { mark: 'RD', amount: '700.00', reference: ref('A3') },
      { mark: 'C', amount: '5000.00', note: 'Deposit' },
    ];
    for (const order of [moves.toReversed(), moves]) {
      await project.write(file, write(order));
      const ended = await reconciled(file);
      expect([ended.code, ended.statuses]).toEqual([5, ['A1 paid', 'A2 paid', 'A3 unknown']]);
      expect(ended.found.filter((one) => one.includes('A3'))).toEqual(['came-back A3', 'came-back A3']);
    }
  });

  it('takes a return for money that came back, and a reference in a longer note for no proof', async () => {
    const ref = await open(format);
    const moves: Move[] = [
      { mark: 'D', amount: '1500.50', reference: ref('A2') },
      { mark: 'C', amount: '1500.50', reference: ref('A2'), isReturn: true },
      { mark: 'D', amount: '700.00', note: `Paid again what was meant by ${ref('A3')} in November` },
    ];
    await project.write(file, write(moves));
    const ended = await reconciled(file);
    expect(ended.statuses).toEqual(['A1 paid', 'A2 unknown', 'A3 unknown']);
    expect(ended.found).toEqual(['came-back A2', 'came-back A2', 'missing A1', 'paid-but-unknown A3']);
  });

  it('whose entries are not the difference of its balances, or that is cut, is refused', async () => {
    const ref = await open(format);
    const moves: Move[] = [{ mark: 'D', amount: '700.00', reference: ref('A3') }];
    await project.write(file, write(moves, '99301.00'));
    const ended = await reconciled(file);
    expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining('differ by 1.00 KES')]);
    const whole = write(moves);
    await project.write(file, whole.slice(0, whole.length - 60));
    expect(await reconciled(file)).toMatchObject({ code: 3, statuses: ['A1 paid', 'A2 unknown', 'A3 unknown'] });
  });
});

describe('a camt.053', () => {
  it('proves nothing by an entry that is not booked', async () => {
    const ref = await open('camt053');
    await project.write('s.xml', camt053([{ mark: 'D', amount: '700.00', reference: ref('A3'), status: 'PDNG' }]));
    const ended = await reconciled('s.xml');
    expect(ended.statuses[2]).toBe('A3 unknown');
    expect(ended.found).toContain('open A3');
  });

  it('with a document type is refused', async () => {
    await open('camt053');
    const text = camt053([]).replace('<Document', '<!DOCTYPE Document [<!ENTITY a "b">]><Document');
    await project.write('s.xml', text);
    expect((await reconciled('s.xml')).code).toBe(3);
  });
});
