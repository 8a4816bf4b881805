import { columnName } from '../../src/workbook/cells.ts';
import { writeZip, type ZipPart } from './zip-writer.ts';

const SPREADSHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';

/** A text is a text, a number a number; `{ xml }` is written as it is, as attributes and content of the cell. */
export type WrittenCell = string | number | null | { readonly attributes: string; readonly content: string };

export interface WrittenSheet {
  readonly name: string;
  readonly rows: readonly (readonly WrittenCell[])[];
  readonly state?: 'visible' | 'hidden' | 'veryHidden';
  /** Numbers of rows that are hidden. */
  readonly hiddenRows?: readonly number[];
  /** What stands in front of the rows, and behind them. */
  readonly before?: string;
  readonly after?: string;
}

export interface WorkbookOptions {
  /** Codes of number formats; a cell's style 1 is the first of them. */
  readonly formats?: readonly string[];
  readonly workbookPr?: string;
  /** Whether texts go into the shared table or stand in their cells. */
  readonly texts?: 'shared' | 'inline';
  /** Parts in place of those of the same name, and parts besides. */
  readonly parts?: readonly ZipPart[];
}

/** A workbook as a program could have written it. */
export function writeWorkbook(sheets: readonly WrittenSheet[], options: WorkbookOptions = {}): Buffer {
  return writeZip(workbookParts(sheets, options));
}

export function workbookParts(sheets: readonly WrittenSheet[], options: WorkbookOptions = {}): ZipPart[] {
  const { formats = [], workbookPr = '', texts = 'shared', parts = [] } = options;
  const shared = new Map<string, number>();
  const sheetParts = sheets.map((sheet, at): ZipPart => ({
    name: `xl/worksheets/sheet${at + 1}.xml`,
    content: sheetXml(sheet, texts === 'shared' ? shared : null),
  }));
  const relations = sheets.map((_, at) => relation(`rId${at + 1}`, 'worksheet', `worksheets/sheet${at + 1}.xml`));
  const own: ZipPart[] = [
    { name: '_rels/.rels', content: relationships([relation('rId1', 'officeDocument', 'xl/workbook.xml')]) },
    {
      name: 'xl/workbook.xml',
      content:
        `<workbook xmlns="${SPREADSHEET}" xmlns:r="${RELATIONSHIPS}"><workbookPr ${workbookPr}/><sheets>` +
        sheets
          .map(({ name, state = 'visible' }, at) => {
            return `<sheet name="${escaped(name)}" sheetId="${at + 1}" state="${state}" r:id="rId${at + 1}"/>`;
          })
          .join('') +
        '</sheets></workbook>',
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relationships([
        ...relations,
        relation('rIdT', 'sharedStrings', 'sharedStrings.xml'),
        relation('rIdS', 'styles', 'styles.xml'),
      ]),
    },
    { name: 'xl/styles.xml', content: stylesXml(formats) },
    {
      name: 'xl/sharedStrings.xml',
      content: `<sst xmlns="${SPREADSHEET}">${[...shared.keys()].map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    },
    ...sheetParts,
  ];
  const replaced = new Map(parts.map((part) => [part.name, part]));
  return [
    ...own.map((part) => replaced.get(part.name) ?? part),
    ...parts.filter(({ name }) => !own.some((part) => part.name === name)),
  ];
}

function sheetXml(
  { rows, hiddenRows = [], before = '', after = '' }: WrittenSheet,
  shared: Map<string, number> | null,
): string {
  const written = rows.map((cells, at) => {
    const row = at + 1;
    const hidden = hiddenRows.includes(row) ? ' hidden="1"' : '';
    return `<row r="${row}"${hidden}>${cells.map((cell, column) => cellXml(cell, `${columnName(column)}${row}`, shared)).join('')}</row>`;
  });
  return `<worksheet xmlns="${SPREADSHEET}">${before}<sheetData>${written.join('')}</sheetData>${after}</worksheet>`;
}

function cellXml(cell: WrittenCell, reference: string, shared: Map<string, number> | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === 'object') return `<c r="${reference}" ${cell.attributes}>${cell.content}</c>`;
  if (shared === null)
    return `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  const known = shared.get(cell) ?? shared.size;
  shared.set(cell, known);
  return `<c r="${reference}" t="s"><v>${known}</v></c>`;
}

function stylesXml(formats: readonly string[]): string {
  const codes = formats.map((code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${escaped(code)}"/>`);
  const styles = formats.map((_, at) => `<xf numFmtId="${164 + at}"/>`);
  return `<styleSheet xmlns="${SPREADSHEET}"><numFmts>${codes.join('')}</numFmts><cellXfs><xf numFmtId="0"/>${styles.join('')}</cellXfs></styleSheet>`;
}

function relation(id: string, type: string, target: string): string {
  return `<Relationship Id="${id}" Type="${RELATIONSHIPS}/${type}" Target="${target}"/>`;
}

function relationships(relations: readonly string[]): string {
  return `<Relationships xmlns="${PACKAGE}">${relations.join('')}</Relationships>`;
}

/** Escapes what XML cannot hold as spreadsheet programs do, and a text that looks like such an escape. */
export function escaped(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(
      /[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]/g,
      (unit) => `_x${unit.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}_`,
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
