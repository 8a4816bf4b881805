import type { BatchHeader, BatchSummary, InputEncoding } from '../domain/batch.ts';
import { accountsIn } from '../domain/csv-defaults.ts';
import type { Payment } from '../domain/payment.ts';
import { windows1252Bytes } from '../domain/windows-1252.ts';
import { BatchTotals } from './batch-totals.ts';
import { isWorkbookFile } from './batch-files.ts';
import { outlineOfFile } from './batch-outline.ts';
import { resolveColumns, type Columns } from './columns.ts';
import type { IntakeContext } from './context.ts';
import { CsvSource } from './csv-file.ts';
import { foldHeader, isField } from './fields.ts';
import { readTable, type TablePage } from './header-row.ts';
import { HeaderSearch } from './header-search.ts';
import { ProblemList, wholeFile, type PlaceColumn, type ProblemPlace } from './problem-list.ts';
import { checkSettings, type InlineInput, type MessageInput, type Outline, type TableInput } from './outline.ts';
import { OtherLines } from './other-lines.ts';
import { PaymentCheck } from './payment-check.ts';
import type { RecordSource, TextForm } from './record-source.ts';
import type { RowRepairs } from './repair/stage.ts';
import { RowReader, type Locate, type Row } from './row.ts';
import { maskNumbers } from './shape.ts';
import type { Uniqueness } from './uniqueness.ts';
import { valueMaps } from './value-map.ts';

const PAGE = 1000;

interface TableChecks {
  readonly check: PaymentCheck;
  /** Null where every row is a payment, or where the columns are not there that show which are. */
  readonly others: OtherLines | null;
  /** Null where the source has texts and nothing else. */
  readonly checkCells: ((record: Row) => void) | null;
}

/** One reading of a batch from its first byte to its last: checks everything, and totals what it saw. */
export class BatchPass {
  readonly problems = new ProblemList();
  batchId: string | null = null;
  /** Records seen, sound or not. */
  count = 0;
  private readonly file: string;
  private readonly context: IntakeContext;
  private readonly unique: Uniqueness | null;
  private readonly totals: BatchTotals;
  private outline: Outline | null = null;
  private check: PaymentCheck | null = null;
  private repairs: RowRepairs | null = null;
  private columns: Columns = { headers: [], fields: [], missing: new Set() };
  private form: TextForm = { delimiter: ',', encoding: 'utf-8' };

  /** @param unique where to remember ids; null when they are known to be unique. */
  constructor(file: string, context: IntakeContext, unique: Uniqueness | null) {
    this.file = file;
    this.context = context;
    this.unique = unique;
    // A second reading is compared with the first one by the batch digest.
    this.totals = new BatchTotals(context.isOnlyChecked === true || unique === null);
  }

  /** Reads the batch; yields the sound payments. What is not sound is in {@link problems}. */
  async *pages(): AsyncGenerator<readonly Payment[], void, undefined> {
    const { context, problems } = this;
    const outline = await outlineOfFile(this.file, context, problems);
    if (outline === null) return;
    this.outline = outline;
    this.batchId = outline.batchId;
    const { input } = outline;
    if (input === null) {
      checkSettings(outline, () => true, context.rules, problems);
      return;
    }
    yield* this.pagesOf(outline, input);
    this.repairs?.finish();
    if (outline.control !== null) {
      const seen = { count: this.count, rounded: this.check?.roundedTotals() ?? [] };
      this.totals.check(outline.control, seen, (key) => outline.place(key), problems);
    }
    const [unexplained] = outline.unexplained;
    if (unexplained !== undefined && !problems.refused) {
      problems.error(
        outline.place(''),
        'schema',
        `The batch does not follow schemas/batch.schema.json: ${unexplained}.`,
      );
    }
  }

  /** What was learnt; only after {@link pages} came to its end, and null when something refuses the batch. */
  summary(): BatchSummary | null {
    if (this.problems.refused || this.outline === null || this.batchId === null) return null;
    const agreedRows = this.totals.agreedDigest();
    return {
      header: this.header(this.outline, this.batchId),
      count: this.count,
      totals: this.totals.listed(),
      digest: this.totals.digest(),
      ...(agreedRows === null ? {} : { agreedRows }),
    };
  }

  private pagesOf(
    outline: Outline,
    input: NonNullable<Outline['input']>,
  ): AsyncGenerator<readonly Payment[], void, undefined> | Generator<readonly Payment[], void, undefined> {
    switch (input.kind) {
      case 'table':
        return this.tablePages(outline, input);
      case 'inline':
        return this.inlinePages(outline, input);
      case 'message':
        return this.messagePages(outline, input);
    }
  }

  private async source(
    { file, encoding, sheet, mapping, headerRow }: TableInput,
    outline: Outline,
  ): Promise<RecordSource> {
    const { problems } = this;
    if (isWorkbookFile(file)) {
      // Loaded here, because most commands read no workbook and would wait for its readers.
      const { SheetSource } = await import('./sheet-source.ts');
      const { numberFormat } = outline.settings;
      return new SheetSource({ file, sheet, mapping, headerRow, numberFormat }, problems);
    }
    const wanted = new Set(Object.values(mapping.headers).map(foldHeader));
    const isKnown = (header: string) => wanted.has(foldHeader(header)) || isField(foldHeader(header));
    return new CsvSource({ file, encoding }, isKnown, problems);
  }

  private async *tablePages(outline: Outline, input: TableInput): AsyncGenerator<readonly Payment[], void, undefined> {
    const { problems } = this;
    const { file, mapping } = input;
    const source = await this.source(input, outline);
    const choice = new HeaderSearch({ mapping, headerRow: input.headerRow }, source, problems);
    let table: TableChecks | null = null;
    let damaged = false;
    for await (const { head, above, records, faulty } of readTable(source, choice, problems)) {
      table ??= this.startTable(outline, input, source, { head, above });
      // A line that could not be read was a payment perhaps.
      if (faulty && !damaged) this.totals.addRefused(null, '');
      damaged = faulty;
      const fitted = source.fit === undefined ? records : source.fit(records, head, this.columns);
      yield this.checkRows(fitted, table, (row) => source.place(row.line, ''));
    }
    await source.finish?.();
    // Only the last byte shows in which encoding the whole file is.
    this.form = source.form;
    table?.check.finish();
    if (table !== null && this.count === 0 && !damaged) {
      problems.error(wholeFile(file), 'no-payments', 'There is no payment under the header. Was the file saved whole?');
    }
  }

  private startTable(
    outline: Outline,
    { mapping, skip }: TableInput,
    source: RecordSource,
    { head, above }: Pick<TablePage, 'head' | 'above'>,
  ): TableChecks {
    const headerPlace = (column?: PlaceColumn) => source.place(head.line, '', column);
    const columns = resolveColumns(head.cells, mapping, headerPlace, this.problems);
    const columnOf = new Map(
      columns.fields.map((field, position) => {
        return [field, { position, header: maskNumbers(columns.headers[position] ?? '').trim() }];
      }),
    );
    const locate: Locate = (row, field) =>
      source.place(row.line, field, field === '' ? undefined : columnOf.get(field));
    const check = this.startCheck(outline, columns, locate, true);
    const checkCells = source.checkCells?.bind(source) ?? null;
    if (columns.missing.size > 0) return { check, others: null, checkCells };
    const { currency, account, forcedAccount, numberFormat } = outline.settings;
    const [payer = ''] = accountsIn(forcedAccount ?? account);
    const rules = this.context.rules.get(payer);
    const others = new OtherLines({
      ...{ head, above, columns, skip, numberFormat, source },
      problems: this.problems,
      sumAbove: () => ({
        count: this.count,
        ...this.totals.sumSoFar(check.roundedTotals(), currency ?? rules?.currency ?? ''),
      }),
    });
    return { check, others, checkCells };
  }

  private *inlinePages(outline: Outline, input: InlineInput): Generator<readonly Payment[], void, undefined> {
    const check = this.startCheck(outline, input.columns, input.locate, false);
    for (let at = 0; at < input.rows.length; at += PAGE) {
      yield this.checkRows(input.rows.slice(at, at + PAGE), { check, others: null, checkCells: null }, (row) =>
        input.locate(row, ''),
      );
    }
    check.finish();
    this.count = input.count;
  }

  private async *messagePages(
    outline: Outline,
    input: MessageInput,
  ): AsyncGenerator<readonly Payment[], void, undefined> {
    const check = this.startCheck(outline, input.columns, input.locate, false);
    const checks = { check, others: null, checkCells: null };
    for await (const { rows, isDamaged } of input.pages()) {
      const refused = rows.filter(({ isRefused }) => isRefused).length + (isDamaged ? 1 : 0);
      for (let nth = 0; nth < refused; nth++) this.totals.addRefused(null, '');
      this.count += rows.filter(({ isRefused }) => isRefused).length;
      const sound = rows.filter(({ isRefused }) => !isRefused);
      yield this.checkRows(sound, checks, (row) => input.locate(row, ''));
    }
    check.finish();
  }

  private startCheck(outline: Outline, columns: Columns, locate: Locate, spreadsheetCells: boolean): PaymentCheck {
    this.columns = columns;
    const cellForm = { spreadsheetCells, maps: valueMaps(outline.settings.values) };
    const reader = new RowReader(columns, locate, this.problems, cellForm);
    const { rules, repair } = this.context;
    const { settings } = outline;
    this.repairs = repair?.open({ columns, settings, rules, cellForm, problems: this.problems }) ?? null;
    checkSettings(outline, (field) => reader.position(field) >= 0, rules, this.problems);
    this.check = new PaymentCheck(reader, settings, rules, this.unique);
    return this.check;
  }

  private checkRows(
    rows: readonly Row[],
    { check, others, checkCells }: TableChecks,
    placeOf: (row: Row) => ProblemPlace,
  ): readonly Payment[] {
    const payments: Payment[] = [];
    const width = this.columns.headers.length;
    others?.learnIds(rows);
    for (const given of rows) {
      const kind = others === null ? 'payment' : others.kindOf(given);
      if (kind === 'passed') continue;
      this.count += 1;
      if (kind === 'refused') {
        if (others?.hasAmount(given) === true) this.totals.addRefused(null, '');
        continue;
      }
      if (checkCells !== null) checkCells(given);
      const row = this.repairs?.row(given) ?? given;
      if (row.cells.length !== width) {
        this.totals.addRefused(null, '');
        this.problems.error(
          placeOf(row),
          'row-ragged',
          `This row has ${row.cells.length} cells and the header has ${width}. Put a cell that holds the delimiter in quotes, or add what is missing.`,
          () => check.described(row),
        );
        continue;
      }
      const payment = check.check(row);
      if (payment === null) {
        this.totals.addRefused(others?.hasZero(row) === true ? 0n : check.amountMinor, check.currency);
        continue;
      }
      payments.push(payment);
      this.totals.add(payment);
    }
    check.endPage(payments);
    return payments;
  }

  /** A repaired text may have characters that the input's encoding lacks; a file of such rows is written as UTF-8 with its mark. */
  private encodingOfCells(): InputEncoding {
    const { encoding } = this.form;
    const texts = this.context.repair?.texts ?? [];
    const fits = encoding !== 'windows-1252' || texts.every((text) => windows1252Bytes(text) !== null);
    return fits ? encoding : 'utf-8-bom';
  }

  private header(outline: Outline, id: string): BatchHeader {
    const { control, description, notBefore, notAfter, preparedBy, series, occurrence, input, settings } = outline;
    return {
      id,
      file: this.file,
      rowsFile: input?.kind === 'table' && input.file !== this.file ? input.file : null,
      description,
      notBefore,
      ...(notAfter === null ? {} : { notAfter }),
      series,
      occurrence,
      control: control === null ? null : this.totals.declared(control),
      columns: this.columns.headers,
      columnFields: this.columns.fields,
      delimiter: this.form.delimiter,
      reading: {
        encoding: this.encodingOfCells(),
        numberFormat: outline.settings.numberFormat,
        ...(Object.keys(settings.values).length === 0 ? {} : { values: settings.values }),
        ...(settings.rounding === 'refuse' ? {} : { rounding: settings.rounding }),
      },
      ...this.check?.headerParts(),
      ...(preparedBy === '' ? {} : { preparedBy }),
    };
  }
}
