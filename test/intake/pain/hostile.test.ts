import { describe, expect, it } from 'vitest';
import { checkXml, messageOf, MOBILE } from './messages.ts';

const RIGHT = messageOf({ header: '<NbOfTxs>1</NbOfTxs><CtrlSum>10</CtrlSum>' });

async function refusalOf(content: string | Uint8Array): Promise<readonly (readonly [number, string])[]> {
  const { problems, summary } = await checkXml(content);
  expect(summary).toBeNull();
  return problems.filter(({ severity }) => severity === 'error').map(({ line, code }) => [line, code]);
}

describe('a file that is no whole pain.001', () => {
  it.each<readonly [string, string, number, string]>([
    ['a document type', RIGHT.replace('<Document', '<!DOCTYPE x [<!ENTITY a "b">]>\n<Document'), 2, 'xml-fault'],
    ['an entity', RIGHT.replace('>Jane<', '>&a;<'), 6, 'xml-fault'],
    ['a cut-off end', RIGHT.slice(0, -30), 8, 'xml-cut-off'],
    ['a cut inside of a tag', RIGHT.slice(0, RIGHT.indexOf('<Cdtr>') + 3), 6, 'xml-cut-off'],
    ['two documents in one file', RIGHT + RIGHT.split('\n').slice(1).join('\n'), 10, 'xml-fault'],
    [
      'two messages in one document',
      RIGHT.replace('</Document>', '<CstmrCdtTrfInitn/></Document>'),
      9,
      'pain-two-messages',
    ],
    ['deep nesting', RIGHT.replace('<Nm>', '<Nm>' + '<a>'.repeat(200)), 6, 'xml-fault'],
    ['a tag with many attributes', RIGHT.replace('<Nm>', `<Nm ${attributes(5000)}>`), 6, 'xml-fault'],
    ['a huge text', RIGHT.replace('>Jane<', `>${'x'.repeat(300_000)}<`), 6, 'xml-fault'],
    [
      'a huge text in pieces',
      RIGHT.replace('>Jane<', `>${'<![CDATA[xxxxxxxxx]]>'.repeat(30_000)}<`),
      6,
      'pain-element-size',
    ],
    ['a huge comment', RIGHT.replace('<PmtInf>', `<!--${'\n'.repeat(300_000)}-->`), 5, 'xml-fault'],
    [
      'thousands of elements in a payment',
      RIGHT.replace('</CdtTrfTxInf>', `${'<Tax/>'.repeat(6000)}$&`),
      6,
      'pain-element-size',
    ],
    [
      'thousands of parts in front of the payments',
      RIGHT.replace('<ReqdExctnDt>', `${'<ChrgBr/>'.repeat(200)}$&`),
      5,
      'pain-element-size',
    ],
    ['another tag at the end', RIGHT.replace('</PmtInf>', '</PmtInfo>'), 7, 'xml-fault'],
    ['a NUL', RIGHT.replace('Jane', 'Ja\0ne'), 0, 'xml-fault'],
    ['text between elements', RIGHT.replace('<PmtInf>', 'x<PmtInf>'), 4, 'pain-text'],
    ['text beside the parts of a payment', RIGHT.replace('<Amt>', '<Amt>99'), 6, 'pain-element-text'],
    ['a word in place of a code', RIGHT.replace('<Prtry>MSISDN</Prtry>', 'MSISDN'), 6, 'pain-element-text'],
    ['a date beside a date', RIGHT.replace(/<ReqdExctnDt>/, '$&2026-12-24'), 5, 'pain-element-text'],
    [
      'an element named like a property of objects',
      RIGHT.replace('</CdtTrfTxInf>', '<__proto__/>$&'),
      6,
      'pain-element-unknown',
    ],
    [
      'a type of account named like a property of objects',
      RIGHT.replace('MSISDN', 'constructor'),
      6,
      'destination-kind-unclear',
    ],
    ['something behind its end', `${RIGHT}x`, 10, 'xml-fault'],
    ['nothing but white space', ' \n\n', 0, 'file-empty'],
    ['another encoding', RIGHT.replace('UTF-8', 'KOI8-R'), 1, 'xml-fault'],
    ['nothing', '', 0, 'file-empty'],
    ['a table', 'id,amount\n1,2\n', 1, 'xml-fault'],
    ['an end in front of its start', '</Document>', 1, 'xml-fault'],
    ['no namespace', RIGHT.replace(/ xmlns="[^"]*"/, ''), 2, 'pain-kind'],
    ['another version', RIGHT.replace('pain.001.001.09', 'pain.001.001.11'), 2, 'pain-kind'],
    ['a direct debit', RIGHT.replace('pain.001.001.09', 'pain.008.001.02'), 2, 'pain-kind'],
    ['a statement', RIGHT.replace('pain.001.001.09', 'camt.053.001.02'), 2, 'pain-kind'],
    ['a page', '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', 1, 'pain-kind'],
    ['no header', RIGHT.replace(/<GrpHdr>.*<\/GrpHdr>/, ''), 5, 'pain-order'],
    [
      'a header behind the payments',
      RIGHT.replace(/(<GrpHdr>.*<\/GrpHdr>)([^]*<\/PmtInf>)/, '$1$2$1'),
      7,
      'pain-order',
    ],
    ['a method behind its payments', RIGHT.replace('</PmtInf>', '<ChrgBr>CRED</ChrgBr></PmtInf>'), 7, 'pain-order'],
    ['no payments', RIGHT.replace(/<CdtTrfTxInf>.*<\/CdtTrfTxInf>/, ''), 4, 'no-payments'],
  ])('is refused: %s', async (_, text, line, code) => {
    expect(await refusalOf(text)).toContainEqual([line === 0 ? expect.any(Number) : line, code]);
  });

  it('is never taken for whole, wherever it ends', async () => {
    const text = messageOf({ transfers: [{ id: 'A' }, { id: 'B', account: MOBILE.replace('0111', '0222') }] });
    const end = text.trimEnd().length;
    for (let at = 0; at < end; at += 7) expect(await refusalOf(text.slice(0, at))).not.toEqual([]);
    expect((await checkXml(text.slice(0, end))).summary?.count).toBe(2);
  });

  it('names the line of a payment whatever the line ends are', async () => {
    for (const lineEnd of ['\r\n', '\r']) {
      const filler = `<!-- ${'x'.repeat(8180)} -->`;
      const text = messageOf({ transfers: [{}, { amount: '0' }] }).replace('<PmtInf>', `${filler}\n<PmtInf>`);
      expect(await refusalOf(text.replaceAll('\n', lineEnd))).toEqual([[8, 'amount-zero']]);
    }
  });
});

it('supplementary data of the whole message is a warning about the message', async () => {
  const { problems } = await checkXml(RIGHT.replace('</CstmrCdtTrfInitn>', '<SplmtryData><Envlp/></SplmtryData>$&'));
  expect(problems.map(({ message }) => message)).toEqual([
    'The message has supplementary data (SplmtryData), which payrun does not read (line 8).',
  ]);
});

it('an element with an endless name is shown in short', async () => {
  const { problems } = await checkXml(RIGHT.replace('</CdtTrfTxInf>', `<${'x'.repeat(5000)}/>$&`));
  expect(problems.map(({ code, column, message }) => [code, column.length, message.length < 500])).toEqual([
    ['pain-element-unknown', 60, true],
  ]);
});

describe('the bytes of a message', () => {
  const text = messageOf({ transfers: [{ name: 'José Ñandú' }] });
  const named = async (content: Uint8Array) => {
    const checked = await checkXml(content);
    const names: string[] = [];
    for await (const page of checked.payments()) names.push(...page.map(({ name }) => name));
    return names;
  };

  it.each<readonly [string, Uint8Array]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with its mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', Buffer.from(`\uFEFF${text.replace('UTF-8', 'UTF-16')}`, 'utf16le')],
    ['UTF-16 of the other order', Buffer.from(`\uFEFF${text.replace('UTF-8', 'utf-16')}`, 'utf16le').swap16()],
    ['ISO-8859-1', Buffer.from(text.replace('UTF-8', 'ISO-8859-1'), 'latin1')],
    ['Windows-1252', Buffer.from(text.replace('"UTF-8"', "'windows-1252'"), 'latin1')],
    ['UTF-8 although it says UTF-16', Buffer.from(text.replace('UTF-8', 'utf-16'))],
  ])('may be %s', async (_, bytes) => {
    expect(await named(bytes)).toEqual(['José Ñandú']);
  });

  it('are refused where they are not what they are declared as', async () => {
    expect(await refusalOf(Buffer.from(text, 'latin1'))).toContainEqual([6, 'encoding-not-utf8']);
    expect(await refusalOf(Buffer.from(text, 'utf16le'))).toContainEqual([1, 'xml-fault']);
  });
});

function attributes(count: number): string {
  return Array.from({ length: count }, (_, nth) => `a${nth}=""`).join(' ');
}
