import type { Row } from '../row.ts';
import { Proposals } from './proposals.ts';
import type { CellRepair, RepairedTable, RepairStage, RowRepairs } from './stage.ts';

/** Collects what can be proposed for the cells of a batch; changes no row. */
export class ProposeRepairs implements RepairStage {
  /** Of the newest reading of the batch. */
  proposed: readonly CellRepair[] = [];
  readonly texts: readonly string[] = [];

  open(table: RepairedTable): RowRepairs {
    const proposals = new Proposals(table);
    const proposed: CellRepair[] = [];
    this.proposed = proposed;
    return {
      row: (row: Row): Row => {
        proposed.push(...proposals.of(row));
        return row;
      },
      finish: () => undefined,
    };
  }
}
