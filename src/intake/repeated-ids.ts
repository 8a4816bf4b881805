import type { DescribedRow, ProblemPlace } from './problem-list.ts';
import { Repeats } from './repeats.ts';
import type { Row, RowReader } from './row.ts';
import { quotable } from './shape.ts';

/** Refuses rows with an id that an earlier row of the file has. */
export class RepeatedIds {
  private readonly reader: RowReader;
  private readonly repeats = new Repeats<{
    readonly place: ProblemPlace;
    readonly id: string;
    readonly row: DescribedRow;
  }>();

  /** Rows of this page, and their ids. */
  private page: Row[] = [];
  private ids: string[] = [];

  constructor(reader: RowReader) {
    this.reader = reader;
  }

  /** @param twinKey the same for two ids that a person would take for one. */
  add(row: Row, id: string, twinKey: string): void {
    const { print } = this.repeats;
    print.begin();
    print.addText(twinKey);
    print.end();
    this.repeats.add(row.line);
    this.page.push(row);
    this.ids.push(id);
  }

  endPage(): void {
    this.repeats.endPage((nth) => {
      const row = this.page[nth];
      if (row === undefined) throw new Error(`row ${nth} of a page with ${this.page.length} ids`);
      const { reader } = this;
      const described = reader.described(row, 'id');
      return { place: reader.placeOf(row, 'id'), id: quotable(this.ids[nth] ?? ''), row: described };
    });
    this.page = [];
    this.ids = [];
  }

  /** Reports them; the lines of all. */
  finish(): ReadonlySet<number> {
    const repeats = this.repeats.listed();
    const place = repeats[0]?.details?.place;
    let unlisted = 0;
    for (const { line, earlier, details } of repeats) {
      if (details === null) {
        unlisted += 1;
        continue;
      }
      this.reader.errorAt(
        details.place,
        'id-duplicate',
        `The id "${details.id}" on line ${line} stands on line ${earlier} already (case, spaces and look-alike forms do not ` +
          'count). Remove one of the two, or give each payment its own id.',
        details.row,
      );
    }
    if (unlisted > 0 && place !== undefined) {
      const message = `${unlisted} more rows have an id that an earlier row has.`;
      this.reader.errorAt({ ...place, line: 0, column: '' }, 'id-duplicate', message);
    }
    return new Set(repeats.map(({ line }) => line));
  }
}
