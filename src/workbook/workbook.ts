import { Archive, UNPACKED_MAX } from './archive.ts';
import { damaged } from './fault.ts';
import { relationshipsOf, type Relationship } from './relationships.ts';
import { readSharedStrings, SharedStrings } from './shared-strings.ts';
import type { CellContext } from './sheet-cells.ts';
import { SheetReading } from './sheet-reading.ts';
import { readCellFormats } from './styles.ts';
import { otherKind, unreadableBytes } from './unreadable.ts';
import { isTrue, prefixedAttribute, readWholeXml } from './xml.ts';

export interface WorkbookSheet {
  readonly name: string;
  /** Hidden by a person, or so that no menu shows it. */
  readonly isHidden: boolean;
  /** Starts a reading of its rows; several may go on at once. */
  read(): Promise<SheetReading>;
}

const OUTLINE_MAX_BYTES = 16 * 1024 * 1024;

/**
 * The sheets of an .xlsx or .xlsm, in the order of their tabs, those without cells (charts, macros) left out. Macros are never run.
 *
 * Throws {@link WorkbookFault} where the bytes cannot be read as one.
 */
export async function openWorkbook(bytes: Buffer): Promise<readonly WorkbookSheet[]> {
  const unreadable = unreadableBytes(bytes);
  if (unreadable !== null) throw unreadable;
  const archive = await Archive.open(bytes);
  const root = (await relationshipsOf(archive, '')).find(({ type }) => type === 'officeDocument')?.target;
  if (root === undefined || !archive.has(root) || !/\.xml$/i.test(root) || archive.has('word/document.xml')) {
    throw otherKind(archive);
  }
  const relationships = await relationshipsOf(archive, root);
  const outline = await readOutline(archive, root);
  const context = cellContext(archive, relationships, outline.is1904);
  const parts = new Map(relationships.map((relationship) => [relationship.id, relationship]));
  return outline.sheets.flatMap(({ name, isHidden, relationship }): WorkbookSheet[] => {
    const part = parts.get(relationship);
    if (part === undefined) throw damaged(`the sheet "${name.slice(0, 40)}" is missing from it`);
    if (part.type !== 'worksheet') return [];
    const read = async (): Promise<SheetReading> => {
      const xml = { name: part.target, bytes: archive.read(part.target, UNPACKED_MAX), root: 'worksheet' };
      return new SheetReading(xml, await context());
    };
    return [{ name, isHidden, read }];
  });
}

interface WorkbookOutline {
  readonly is1904: boolean;
  readonly sheets: readonly { readonly name: string; readonly isHidden: boolean; readonly relationship: string }[];
}

async function readOutline(archive: Archive, name: string): Promise<WorkbookOutline> {
  const sheets: WorkbookOutline['sheets'][number][] = [];
  let is1904 = false;
  await readWholeXml(
    { name, bytes: archive.read(name, OUTLINE_MAX_BYTES), root: 'workbook' },
    {
      open: (element, attributes) => {
        if (element === 'workbookPr') is1904 = isTrue(attributes.get('date1904'));
        if (element !== 'sheet') return;
        const sheet = attributes.get('name') ?? '';
        const state = attributes.get('state');
        sheets.push({
          name: sheet,
          isHidden: state === 'hidden' || state === 'veryHidden',
          relationship: prefixedAttribute(attributes, 'id') ?? '',
        });
      },
    },
  );
  return { is1904, sheets };
}

/** Texts and formats are read once, when the first sheet is. */
function cellContext(
  archive: Archive,
  relationships: readonly Relationship[],
  is1904: boolean,
): () => Promise<CellContext> {
  const target = (type: string): string | undefined => relationships.find((one) => one.type === type)?.target;
  const read = async (): Promise<CellContext> => {
    const [texts, styles] = [target('sharedStrings'), target('styles')];
    const formats = styles === undefined ? [] : await readCellFormats(archive, styles);
    return {
      sharedStrings: texts === undefined ? new SharedStrings() : await readSharedStrings(archive, texts),
      formats,
      changesTexts: formats.some(({ text }) => text !== null),
      is1904,
    };
  };
  let context: Promise<CellContext> | null = null;
  return () => (context ??= read());
}
