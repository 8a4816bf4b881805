import { WorkbookFault } from './fault.ts';
import type { Archive } from './archive.ts';

const ZIP = 0x504b;
/** An OLE file: what .xls is, and what a password makes of .xlsx. */
const OLE = 0xd0cf11e0;

/** What is wrong with bytes that are no zip at all; null where they are one. */
export function unreadableBytes(bytes: Buffer): WorkbookFault | null {
  if (bytes.length === 0) return notOne('The file is empty. Was it saved?');
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === OLE) {
    if (bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
      return new WorkbookFault(
        'workbook-encrypted',
        'This workbook is protected with a password, and payrun does not ask for it. Open it, save a copy without the password (in Excel: File, Info, Protect Workbook, Encrypt with Password, empty the field), and run that.',
      );
    }
    return new WorkbookFault(
      'workbook-other-kind',
      'This is a workbook of the old kind (.xls) under another name. Open it and save it as .xlsx, or the sheet as "CSV UTF-8".',
    );
  }
  if (bytes.length >= 2 && bytes.readUInt16BE(0) === ZIP) return null;
  return notOne(
    'This is no workbook, whatever its name says. If it is a CSV file, give it a name that ends in .csv; otherwise open it and save it as .xlsx.',
  );
}

/** Other documents that are zips too, by a part that each of them has. */
const OTHER_KINDS: readonly (readonly [part: string, what: string])[] = [
  ['content.xml', 'an OpenDocument file (.ods)'],
  ['xl/workbook.bin', 'a binary workbook (.xlsb)'],
  ['index/document.iwa', 'a Numbers document'],
  ['word/document.xml', 'a text document (.docx)'],
];

/** What a zip is that has no workbook in it. */
export function otherKind(archive: Archive): WorkbookFault {
  const found = OTHER_KINDS.find(([part]) => archive.has(part));
  const what = found === undefined ? 'a zip file without a workbook in it' : found[1];
  return new WorkbookFault(
    'workbook-other-kind',
    `This is ${what}, whatever its name says. Open it and save it as .xlsx, or the sheet as "CSV UTF-8".`,
  );
}

function notOne(message: string): WorkbookFault {
  return new WorkbookFault('workbook-not-one', message);
}
