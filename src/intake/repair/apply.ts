import type { Row } from '../row.ts';
import type { AcceptedRepair } from './accepted.ts';
import { Proposals } from './proposals.ts';
import type { RepairedTable, RepairStage, RowRepairs } from './stage.ts';

/**
 * Applies the repairs that a person has accepted. A repair is bound to what it was proposed for: line, column, id and the text that
 * stands there. What payrun would not propose for the cell is refused too, since a spreadsheet may have changed the repair file.
 */
export class ApplyRepairs implements RepairStage {
  readonly texts: readonly string[];
  private readonly accepted: readonly AcceptedRepair[];

  constructor(accepted: readonly AcceptedRepair[]) {
    this.accepted = accepted;
    this.texts = accepted.map(({ after }) => after);
  }

  open(table: RepairedTable): RowRepairs {
    const { accepted } = this;
    const proposals = new Proposals(table);
    const byLine = Map.groupBy(accepted, ({ line }) => line);
    const met = new Set<AcceptedRepair>();
    return {
      row: (row) => {
        const repairs = byLine.get(row.line);
        if (repairs === undefined) return row;
        for (const repair of repairs) met.add(repair);
        return mendedRow(row, repairs, proposals, table);
      },
      finish: () => {
        for (const repair of accepted) {
          if (!met.has(repair))
            refuseRepair(table, repair, 'repair-stale', `The batch has no payment on line ${repair.line}.`);
        }
      },
    };
  }
}

function mendedRow(row: Row, repairs: readonly AcceptedRepair[], proposals: Proposals, table: RepairedTable): Row {
  const proposed = proposals.of(row);
  const cells = [...row.cells];
  const mended = new Set<number>();
  for (const repair of repairs) {
    const { line, column, id, before, after } = repair;
    const position = proposals.positionOf(column);
    if (proposals.textAt(row, column) !== before || proposals.idOf(row) !== id) {
      const text = `Line ${line} of the batch does not read so any more in the column "${column}", or is another payment's.`;
      refuseRepair(table, repair, 'repair-stale', text);
    } else if (mended.has(position)) {
      refuseRepair(table, repair, 'repair-twice', 'Another line mends the same cell.');
    } else if (!proposed.some((one) => one.column === column.trim() && one.after === after)) {
      const text =
        'This is not what payrun proposes for the cell. To write something else, correct the batch file itself.';
      refuseRepair(table, repair, 'repair-changed', text);
    } else {
      mended.add(position);
      cells[position] = after;
    }
  }
  return { ...row, cells };
}

function refuseRepair({ problems }: RepairedTable, { place }: AcceptedRepair, code: string, text: string): void {
  problems.error(place, code, `${text} Make the proposals anew with payrun validate FILE --repair, and accept those.`);
}
