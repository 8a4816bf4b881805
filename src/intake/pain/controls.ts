import type { ProblemList } from '../problem-list.ts';
import { quotable } from '../shape.ts';
import { decimalText, exactDecimal } from './decimal.ts';
import { trimmedXml, type PainElement } from './element.ts';

/** Where the totals are declared. */
type Level = 'message' | 'PmtInf';

/** The totals that a message or one of its `PmtInf` declares, against what stands in it. */
export class DeclaredTotals {
  private readonly file: string;
  private readonly level: Level;
  private count = 0;
  private sum = 0n;
  private isSumKnown = true;

  constructor(file: string, level: Level) {
    this.file = file;
    this.level = level;
  }

  /** @param exact of an amount, by {@link exactDecimal}; one that is none leaves the sum unknown, and refuses the batch by itself. */
  add(exact: bigint | null): void {
    this.count += 1;
    if (exact === null) this.isSumKnown = false;
    else this.sum += exact;
  }

  /**
   * Compares what was declared, which is the sum of the figures whatever their currencies are.
   *
   * @param count, sum the elements `NbOfTxs` and `CtrlSum`; null where they are not there.
   */
  check(count: PainElement | null, sum: PainElement | null, problems: ProblemList): void {
    if (count !== null) this.checkCount(count, problems);
    if (sum !== null) this.checkSum(sum, problems);
  }

  private checkCount(declared: PainElement, problems: ProblemList): void {
    const text = trimmedXml(declared.text);
    const place = this.place(declared, 'control.count');
    if (!/^\d{1,15}$/.test(text)) {
      const message = `NbOfTxs reads "${quotable(text)}", which is no number of payments. ${FIND_OUT}`;
      problems.error(place, 'control-count-invalid', message);
    } else if (Number(text) !== this.count) {
      const message = `NbOfTxs declares ${Number(text)} ${Number(text) === 1 ? 'payment' : 'payments'} and this ${this.level} has ${this.count}. ${FIND_OUT}`;
      problems.error(place, 'control-count-mismatch', message);
    }
  }

  private checkSum(declared: PainElement, problems: ProblemList): void {
    const text = trimmedXml(declared.text);
    const place = this.place(declared, 'control.sum');
    const exact = exactDecimal(text);
    if (exact === null) {
      const message = `CtrlSum reads "${quotable(text)}", which is no sum of amounts: digits with at most one point. ${FIND_OUT}`;
      problems.error(place, 'control-sum-invalid', message);
    } else if (this.isSumKnown && exact !== this.sum) {
      const sum = decimalText(this.sum);
      const message = `CtrlSum declares ${text} and the amounts of this ${this.level} come to ${sum}.${rounding(exact, this.sum)} ${FIND_OUT}`;
      problems.error(place, 'control-sum-mismatch', message);
    }
  }

  private place({ name, line }: PainElement, field: string) {
    return { file: this.file, line, column: name, field };
  }
}

const FIND_OUT = 'Find out which is right before anything is paid.';

/** A tenth: sums in binary fractions are not further off than that. */
const SMALL = 10n ** 16n;

/** Programs that add amounts as binary fractions are off by the last digits. */
function rounding(declared: bigint, sum: bigint): string {
  const difference = declared > sum ? declared - sum : sum - declared;
  return difference > SMALL
    ? ''
    : ' The program that wrote the file has perhaps added its amounts as binary fractions, which are not exact.';
}
