import type { AccountRules } from '../../domain/rules.ts';
import type { Columns } from '../columns.ts';
import type { PaymentSettings } from '../payment-check.ts';
import type { ProblemList } from '../problem-list.ts';
import type { CellForm, Row } from '../row.ts';

/** A cell that can be mended, as a line of a repair file has it. */
export interface CellRepair {
  /** Physical line on which the record starts. */
  readonly line: number;
  /** The column's header. */
  readonly column: string;
  /** The payment's id as the file has it. */
  readonly id: string;
  readonly before: string;
  readonly after: string;
  readonly why: string;
}

/** The rows of a batch, and the rules by which they are checked. */
export interface RepairedTable {
  readonly columns: Columns;
  readonly settings: PaymentSettings;
  readonly rules: ReadonlyMap<string, AccountRules>;
  readonly cellForm: CellForm;
  readonly problems: ProblemList;
}

/** What one reading of a batch does with each row before it is checked. */
export interface RowRepairs {
  /** The row as it is to be checked: mended, or as it came. */
  row(row: Row): Row;
  /** Reports what shows only after the last row. */
  finish(): void;
}

/** Proposes repairs, or applies those that a person has accepted; one for a command, opened for each reading of the batch. */
export interface RepairStage {
  open(table: RepairedTable): RowRepairs;
  /** Texts that take the place of cells of the input. */
  readonly texts: readonly string[];
}
