import type { Archive } from './archive.ts';
import { numberFormatKind, type NumberFormatKind } from './number-formats.ts';
import { readWholeXml } from './xml.ts';

const STYLES_MAX_BYTES = 32 * 1024 * 1024;

/** The number formats of the workbook's cell styles, by the number with which a cell names its style. */
export async function readCellFormats(archive: Archive, name: string): Promise<readonly NumberFormatKind[]> {
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let isInCellStyles = false;
  await readWholeXml(
    { name, bytes: archive.read(name, STYLES_MAX_BYTES), root: 'styleSheet' },
    {
      open: (element, attributes) => {
        const numFmtId = attributes.get('numFmtId');
        const formatCode = attributes.get('formatCode');
        if (element === 'cellXfs') isInCellStyles = true;
        else if (element === 'xf' && isInCellStyles) ids.push(Number(numFmtId ?? 0));
        else if (element === 'numFmt' && formatCode !== undefined) codes.set(Number(numFmtId), formatCode);
      },
      close: (element) => {
        if (element === 'cellXfs') isInCellStyles = false;
      },
    },
  );
  const kinds = new Map(ids.map((id) => [id, numberFormatKind(id, codes.get(id))]));
  return ids.map((id) => kinds.get(id) ?? numberFormatKind(0, undefined));
}
