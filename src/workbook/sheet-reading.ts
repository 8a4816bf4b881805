import type { MergedRange, SheetCell, SheetRow } from './cells.ts';
import { damaged } from './fault.ts';
import { RichText } from './shared-strings.ts';
import { cellColumn, readCell, rowNumber, type CellContext, type StoredCell } from './sheet-cells.ts';
import { isTrue, readXml, type XmlHandler, type XmlPart } from './xml.ts';
import type { XmlAttributes } from './xml-attributes.ts';

/** Where in the XML of a sheet the reader is. */
type Position = 'sheet' | 'data' | 'row' | 'cell' | 'value' | 'formula' | 'inline' | 'extension';

/** One reading of a sheet from its first row to its last. */
export class SheetReading {
  /** Ranges of cells that are shown as one; known when the rows have ended. */
  readonly merged: MergedRange[] = [];
  private readonly part: XmlPart;
  private readonly rows: RowHandler;

  constructor(part: XmlPart, context: CellContext) {
    this.part = part;
    this.rows = new RowHandler(part.name, context, this.merged);
  }

  /** The rows that are not empty, in pages as they are read; to be read once. */
  async *pages(): AsyncGenerator<readonly SheetRow[], void, undefined> {
    const pieces = readXml(this.part, this.rows);
    while ((await pieces.next()).done !== true) {
      const page = this.rows.take();
      if (page.length > 0) yield page;
    }
  }

  /** Whether a column is hidden, or of no width; known from the first row on. */
  isHiddenColumn(column: number): boolean {
    return this.rows.isHiddenColumn(column);
  }
}

class RowHandler implements XmlHandler, StoredCell {
  private readonly part: string;
  private readonly context: CellContext;
  private readonly merged: MergedRange[];
  private readonly columns: { readonly first: number; readonly last: number; readonly isHidden: boolean }[] = [];
  private hidesByDefault = false;
  private complete: SheetRow[] = [];
  private position: Position = 'sheet';
  private hasData = false;
  private extensionDepth = 0;
  private extensionIn: Position = 'sheet';
  private isHiddenRow = false;
  private cells: SheetCell[] = [];
  /** The cell that is being read. */
  row = 0;
  column = -1;
  type: string | undefined;
  style: string | undefined;
  value: string | null = null;
  isFormula = false;
  private inline: RichText | null = null;

  constructor(part: string, context: CellContext, merged: MergedRange[]) {
    this.part = part;
    this.context = context;
    this.merged = merged;
  }

  take(): readonly SheetRow[] {
    const { complete } = this;
    this.complete = [];
    return complete;
  }

  isHiddenColumn(column: number): boolean {
    const own = this.columns.findLast(({ first, last }) => column >= first && column <= last);
    return own?.isHidden ?? this.hidesByDefault;
  }

  inlineText(): string {
    return this.inline?.text() ?? '';
  }

  open(name: string, attributes: XmlAttributes): void {
    switch (this.position) {
      case 'sheet':
        this.openInSheet(name, attributes);
        return;
      case 'data':
        if (name !== 'row') throw this.unexpected(name);
        this.startRow(attributes);
        return;
      case 'row':
        if (name === 'c') this.startCell(attributes);
        else this.startExtension(name);
        return;
      case 'cell':
        this.openInCell(name);
        return;
      case 'inline':
        this.inline?.open(name);
        return;
      case 'extension':
        this.extensionDepth += 1;
        return;
      case 'value':
      case 'formula':
        throw this.unexpected(name);
    }
  }

  close(name: string): void {
    switch (this.position) {
      case 'value':
      case 'formula':
        this.position = 'cell';
        return;
      case 'cell':
        this.endCell();
        this.position = 'row';
        return;
      case 'row':
        this.endRow();
        this.position = 'data';
        return;
      case 'data':
        this.position = 'sheet';
        return;
      case 'inline':
        if (name === 'is') this.position = 'cell';
        else this.inline?.close(name);
        return;
      case 'extension':
        this.extensionDepth -= 1;
        if (this.extensionDepth === 0) this.position = this.extensionIn;
        return;
      case 'sheet':
        return;
    }
  }

  text(text: string): void {
    if (this.position === 'value') this.value = this.value === null || this.value === '' ? text : this.value + text;
    else if (this.position === 'inline') this.inline?.add(text);
  }

  private openInSheet(name: string, attributes: XmlAttributes): void {
    switch (name) {
      case 'sheetData':
        if (this.hasData) throw damaged(`its part "${this.part}" has its rows in two places`);
        this.hasData = true;
        this.position = 'data';
        return;
      case 'sheetFormatPr':
        this.hidesByDefault = isZero(attributes.get('defaultColWidth'));
        return;
      case 'col':
        this.columns.push({
          first: Number(attributes.get('min')) - 1,
          last: Number(attributes.get('max') ?? attributes.get('min')) - 1,
          isHidden: isTrue(attributes.get('hidden')) || isZero(attributes.get('width')),
        });
        return;
      case 'mergeCell':
        this.addMerged(attributes.get('ref') ?? '');
        return;
    }
  }

  private openInCell(name: string): void {
    switch (name) {
      case 'v':
        if (this.value !== null) throw this.unexpected(name);
        this.position = 'value';
        this.value = '';
        return;
      case 'f':
        this.position = 'formula';
        this.isFormula = true;
        return;
      case 'is':
        this.position = 'inline';
        this.inline = new RichText();
        return;
      default:
        this.startExtension(name);
    }
  }

  private startRow(attributes: XmlAttributes): void {
    const [hidden, ht] = [attributes.get('hidden'), attributes.get('ht')];
    this.position = 'row';
    this.row = rowNumber(attributes.get('r'), this.row);
    this.isHiddenRow = hidden === undefined && ht === undefined ? false : isTrue(hidden) || isZero(ht);
    this.cells = [];
    this.column = -1;
  }

  private endRow(): void {
    if (this.cells.length === 0) return;
    this.complete.push({ number: this.row, isHidden: this.isHiddenRow, cells: this.cells });
  }

  private startCell(attributes: XmlAttributes): void {
    this.position = 'cell';
    this.column = cellColumn(attributes.get('r'), this.row, this.column);
    this.type = attributes.get('t');
    this.style = attributes.get('s');
    this.value = null;
    this.isFormula = false;
    this.inline = null;
  }

  private endCell(): void {
    if (this.value === null && this.inline === null && !this.isFormula && this.type !== 'e') return;
    const cell = readCell(this, this.context);
    if (cell !== null) this.cells.push(cell);
  }

  /** Extensions say how cells look; every other element that is not known could be a cell that is not read. */
  private startExtension(name: string): void {
    if (name !== 'extLst') throw this.unexpected(name);
    this.extensionIn = this.position;
    this.extensionDepth = 1;
    this.position = 'extension';
  }

  private addMerged(reference: string): void {
    const match = /^\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?$/.exec(reference);
    if (match === null) return;
    const [, first = '', firstRow = '', last = first, lastRow = firstRow] = match;
    this.merged.push({
      firstColumn: columnNumber(first),
      lastColumn: columnNumber(last),
      firstRow: Number(firstRow),
      lastRow: Number(lastRow),
    });
  }

  private unexpected(name: string): Error {
    return damaged(`its part "${this.part}" has <${name.slice(0, 40)}> among the cells of row ${this.row}`);
  }
}

function columnNumber(name: string): number {
  let column = 0;
  for (const letter of name) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function isZero(size: string | undefined): boolean {
  return size !== undefined && Number(size) === 0;
}
