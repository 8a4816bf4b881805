import { describe, expect, it } from 'vitest';
import { faultOf } from './reading.ts';
import { workbookParts, writeWorkbook } from './workbook-writer.ts';
import { writeZip, type ZipPart } from './zip-writer.ts';

const SHEET = 'xl/worksheets/sheet1.xml';
const sheets = [{ name: 'Sheet1', rows: [['id'], ['EMP-1']] }];

/** The workbook with one part changed. */
function withPart(name: string, change: Partial<ZipPart>): Buffer {
  return writeZip(workbookParts(sheets).map((part) => (part.name === name ? { ...part, ...change } : part)));
}

function withSheet(content: string): Buffer {
  return withPart(SHEET, {
    content: content.replace('NS', 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'),
  });
}

describe('a workbook is refused with a message', () => {
  it('when it is another kind of file', async () => {
    expect(await faultOf(Buffer.alloc(0))).toBe('workbook-not-one');
    expect(await faultOf(Buffer.from('id,amount\nEMP-1,5\n'))).toBe('workbook-not-one');
    expect(await faultOf(Buffer.from('<html><table><tr><td>EMP-1</td></tr></table></html>'))).toBe('workbook-not-one');
    expect(await faultOf(writeZip([{ name: 'content.xml', content: '<a/>' }]))).toBe('workbook-other-kind');
    expect(await faultOf(writeZip([{ name: 'readme.txt', content: 'x' }]))).toBe('workbook-other-kind');
    const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(512)]);
    expect(await faultOf(ole)).toBe('workbook-other-kind');
    expect(await faultOf(Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')]))).toBe('workbook-encrypted');
  });

  it('when it is cut off, at any byte', async () => {
    const whole = writeWorkbook(sheets);
    for (let length = 4; length < whole.length; length += 23) {
      expect(await faultOf(whole.subarray(0, length))).toBe('workbook-damaged');
    }
  });

  it('when a byte of its rows is another one', async () => {
    const whole = writeZip(workbookParts(sheets).map((part) => ({ ...part, isStored: true })));
    const at = whole.indexOf('<row r="2">') + 8;
    const changed = Buffer.from(whole);
    changed[at] = '3'.charCodeAt(0);
    expect(await faultOf(changed)).toBe('workbook-damaged');
  });

  it('when a part claims a size that is too large, or has another than it claims', async () => {
    expect(await faultOf(withPart(SHEET, { claimedSize: 0xfffffff0 }))).toBe('workbook-too-large');
    expect(await faultOf(withPart(SHEET, { claimedSize: 0xfffffff0, isZip64: true }))).toBe('workbook-too-large');
    expect(await faultOf(withPart(SHEET, { claimedSize: 10 }))).toBe('workbook-damaged');
    expect(await faultOf(withPart(SHEET, { claimedSize: 5_000 }))).toBe('workbook-damaged');
    expect(await faultOf(withPart(SHEET, { claimedChecksum: 1 }))).toBe('workbook-damaged');
  });

  it('when a small file unpacks to more than a part may have', async () => {
    const shared = '<sst>'.padEnd(129 * 1024 * 1024, ' ');
    expect(await faultOf(withPart('xl/sharedStrings.xml', { content: shared }))).toBe('workbook-too-large');
    expect(await faultOf(withPart('xl/sharedStrings.xml', { content: shared, claimedSize: 100 }))).toBe(
      'workbook-damaged',
    );
  });

  it('when a part is there twice, or is encrypted', async () => {
    const parts = workbookParts(sheets);
    expect(await faultOf(writeZip([...parts, { name: 'XL\\Worksheets\\SHEET1.xml', content: '<worksheet/>' }]))).toBe(
      'workbook-damaged',
    );
    expect(await faultOf(withPart(SHEET, { flags: 1 }))).toBe('workbook-damaged');
  });

  it('when a part that it names is missing', async () => {
    const parts = workbookParts(sheets);
    for (const name of [SHEET, 'xl/sharedStrings.xml', 'xl/styles.xml', 'xl/_rels/workbook.xml.rels']) {
      expect(await faultOf(writeZip(parts.filter((part) => part.name !== name)))).toBe('workbook-damaged');
    }
  });

  it.each([
    ['declares entities', '<!DOCTYPE a [<!ENTITY b "EMP-9">]><worksheet NS><sheetData/></worksheet>'],
    [
      'uses an entity that is none',
      '<worksheet NS><sheetData><row r="1"><c r="A1" t="str"><v>&b;</v></c></row></sheetData></worksheet>',
    ],
    [
      'is in an encoding that no workbook has',
      '<?xml version="1.0" encoding="windows-1252"?><worksheet NS><sheetData/></worksheet>',
    ],
    ['is not closed', '<worksheet NS><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'],
    ['has another root', '<html NS><sheetData/></html>'],
    ['is in another namespace', '<worksheet xmlns="urn:other"><sheetData/></worksheet>'],
    ['has rows out of order', '<worksheet NS><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>'],
    ['has a row twice', '<worksheet NS><sheetData><row r="2"/><row r="2"/></sheetData></worksheet>'],
    ['has a row that is none', '<worksheet NS><sheetData><row r="1.5"/></sheetData></worksheet>'],
    [
      'has a cell twice',
      '<worksheet NS><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData></worksheet>',
    ],
    [
      'has a cell of another row',
      '<worksheet NS><sheetData><row r="1"><c r="A2"><v>1</v></c></row></sheetData></worksheet>',
    ],
    [
      'has a cell beyond the last column',
      '<worksheet NS><sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData></worksheet>',
    ],
    [
      'has a number that is none',
      '<worksheet NS><sheetData><row r="1"><c r="A1"><v>12abc</v></c></row></sheetData></worksheet>',
    ],
    [
      'has a text that is not in the table',
      '<worksheet NS><sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>',
    ],
    [
      'has a cell of an unknown type',
      '<worksheet NS><sheetData><row r="1"><c r="A1" t="q"><v>1</v></c></row></sheetData></worksheet>',
    ],
    [
      'has two values in a cell',
      '<worksheet NS><sheetData><row r="1"><c r="A1"><v>1</v><v>2</v></c></row></sheetData></worksheet>',
    ],
    [
      'has a value with elements',
      '<worksheet NS><sheetData><row r="1"><c r="A1"><v>1<b/></v></c></row></sheetData></worksheet>',
    ],
    ['has its rows in two places', '<worksheet NS><sheetData/><sheetData/></worksheet>'],
    [
      'hides a row behind a choice',
      '<worksheet NS><sheetData><m:AlternateContent xmlns:m="urn:m"><row r="1"/></m:AlternateContent></sheetData></worksheet>',
    ],
    ['nests without an end', `<worksheet NS>${'<a>'.repeat(200)}${'</a>'.repeat(200)}</worksheet>`],
    ['holds a text without an end', `<worksheet NS><sheetData/>${' '.repeat(5_000_000)}</worksheet>`],
  ])('when a sheet %s', async (_, content) => {
    expect(await faultOf(withSheet(content))).toBe('workbook-damaged');
  });

  it('when bytes of it are not UTF-8', async () => {
    const content = Buffer.concat([
      Buffer.from('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><a b="'),
      Buffer.from([0xe9]),
      Buffer.from('"/><sheetData/></worksheet>'),
    ]);
    expect(await faultOf(withPart(SHEET, { content }))).toBe('workbook-damaged');
  });
});

describe('a workbook is read', () => {
  it('although entries of its zip have odd names', async () => {
    const odd = ['../../etc/passwd', '/etc/passwd', 'C:\\x', '', 'a\u0000b', 'xl/./x'].map((name) => ({
      name,
      content: 'x',
    }));
    expect(await faultOf(writeZip([...odd, ...workbookParts(sheets)]))).toBe(null);
  });

  it('when a part is stored, has sizes of 64 bits, or is in UTF-16', async () => {
    expect(await faultOf(withPart(SHEET, { isStored: true }))).toBe(null);
    expect(await faultOf(withPart(SHEET, { isZip64: true }))).toBe(null);
    const xml = String(workbookParts(sheets).find(({ name }) => name === SHEET)?.content);
    expect(
      await faultOf(
        withPart(SHEET, { content: Buffer.from(`\uFEFF<?xml version="1.0" encoding="UTF-16"?>${xml}`, 'utf16le') }),
      ),
    ).toBe(null);
    expect(await faultOf(withPart(SHEET, { content: `\uFEFF${xml}` }))).toBe(null);
  });
});
