import type { BatchSummary } from '../domain/batch.ts';
import { currencyDecimals, formatAmount, formatMinor, parseAmount } from '../domain/money.ts';
import { EXACT_DECIMALS, exactText, sumBeforeRounding } from '../domain/rounding.ts';
import type { Problem } from '../domain/problem.ts';
import type { Difference, PlanInput, PlannedBalance } from './input.ts';

/** Rules of a whole batch that need more than the file. Each returns every problem that it finds. */

export function expectationProblems(summary: BatchSummary, expect: PlanInput['expect']): Problem[] {
  const problems: Problem[] = [];
  if (expect.count !== null && expect.count !== summary.count) {
    problems.push(
      ofFile(
        summary,
        'error',
        'expected-count',
        `--expect-count says ${expect.count}, the file has ${summary.count} payments.`,
      ),
    );
  }
  if (expect.sum !== null) {
    const currencies = [...new Set(summary.totals.map((total) => total.currency))];
    const currency = currencies[0];
    const sumMinor = summary.totals.reduce((sum, total) => sum + total.sumMinor, 0n);
    if (currency === undefined || currencies.length > 1) {
      problems.push(
        ofFile(
          summary,
          'error',
          'expected-sum',
          `--expect-sum needs a file of one currency; this one has ${currencies.join(', ')}.`,
        ),
      );
    } else {
      const { rounded = [] } = summary.header;
      const before = sumBeforeRounding(sumMinor, currency, rounded);
      if (parseAmount(expect.sum, EXACT_DECIMALS) !== before) {
        const sumText = rounded.length === 0 ? formatAmount(sumMinor, currency) : exactText(before);
        problems.push(
          ofFile(
            summary,
            'error',
            'expected-sum',
            `--expect-sum says ${expect.sum}, the payments add up to ${sumText} ${currency}${rounded.length === 0 ? '' : ' before rounding'}.`,
          ),
        );
      }
    }
  }
  return problems;
}

export function differenceProblems(
  summary: BatchSummary,
  differences: readonly Difference[],
  amend: boolean,
): Problem[] {
  const batch = summary.header.id;
  const other = amend ? [] : otherPayroll(summary, differences);
  const of = differences.flatMap((difference): Problem[] => {
    const at = { file: summary.header.rowsFile ?? summary.header.file, line: difference.line, column: '' };
    const fields = difference.changes.map(
      ({ field, was, is }) => `${field} was ${was || '(empty)'}, is ${is || '(empty)'}`,
    );
    const allowed = amend && difference.kind !== 'missing' && !difference.sent;
    if (allowed) return [];
    const what: Record<Difference['kind'], string> = {
      added: `Payment ${idAndName(difference)} is not in batch ${batch} as it was registered.`,
      changed: `Payment ${idAndName(difference)} of batch ${batch} changed: ${fields.join('; ')}.`,
      missing: `Payment ${idAndName(difference)} of batch ${batch} is no longer in the file.`,
    };
    const next: Record<Difference['kind'], string> = {
      added: addedAdvice(batch, difference),
      changed: difference.sent
        ? 'It was already sent and cannot be changed: restore the row, and put a correction into a new batch.'
        : 'Restore the row, or run with --amend to accept the change (it was never sent).',
      missing: 'A registered payment cannot be dropped: restore the row.',
    };
    return [
      {
        ...at,
        severity: 'error',
        field: difference.kind === 'changed' ? (difference.changes[0]?.field ?? 'id') : 'id',
        code: `batch-${difference.kind}`,
        message: `${what[difference.kind]} ${next[difference.kind]}`,
      },
    ];
  });
  return [...other, ...of];
}

/** Another payroll under a name that is used: nobody of the file is in the batch, under any id, and nobody of the batch in the file. */
function otherPayroll(summary: BatchSummary, differences: readonly Difference[]): readonly Problem[] {
  const added = differences.filter(({ kind, repeats }) => kind === 'added' && repeats === undefined).length;
  const isOther = added === summary.count && differences.every(({ kind }) => kind !== 'changed');
  if (!isOther) return [];
  const { id } = summary.header;
  const message =
    `Batch ${id} was registered with other payments, and none of them stands in this file: it looks like another payroll under a name that is ` +
    'used. Give the file another name, or a YAML batch another `batch:`; nobody of it has been paid.';
  return [ofFile(summary, 'error', 'batch-name-used', message)];
}

/** `EMP-0041 Jane Wanjiku`. A number that stands in the place of a name is left out: it may be a phone. */
export function idAndName({ id, name }: { readonly id: string; readonly name: string }): string {
  return name === '' || /\d{7}/.test(name) ? id : `${id} ${name}`;
}

/** Never advise a new batch for a payment that this batch holds under another id: both would be paid. */
function addedAdvice(batch: string, { repeats }: Difference): string {
  if (repeats === undefined) return 'Put it in a new batch, or run with --amend to add it to this one.';
  return (
    `Payment ${repeats} of batch ${batch} goes to the same recipient. If it is the same payment and its id was changed (a spreadsheet ` +
    `drops leading zeros, a payroll program numbers anew), write the id ${repeats} again: nobody is paid twice then. If it is another payment, run with --amend to add it.`
  );
}

/** Rows that name a payment which they may not replace. */
export function replacementProblems(
  { header }: BatchSummary,
  rows: readonly { readonly line: number; readonly id: string; readonly message: string }[],
): Problem[] {
  const at = inputColumnOf(header, 'replaces');
  return rows.map(({ line, id, message }) => ({
    ...{ severity: 'error', file: header.rowsFile ?? header.file, line, column: at, field: 'replaces' },
    ...{ code: 'not-replaceable', message: `${id}: ${message}` },
  }));
}

/** The header of the column from which a field was read. */
export function inputColumnOf({ columns, columnFields }: BatchSummary['header'], field: string): string {
  return columns[columnFields.indexOf(field)] ?? '';
}

export function balanceProblems(
  summary: BatchSummary,
  balances: readonly PlannedBalance[],
  severity: Problem['severity'],
): Problem[] {
  return balances.flatMap(({ account, currency, availableMinor, neededMinor, feesMinor, leftMinor }): Problem[] => {
    if (availableMinor === null || leftMinor === null || neededMinor === 0n) return [];
    const amount = (minor: bigint): string => `${formatMinor(minor, currencyDecimals(currency) ?? 2)} ${currency}`;
    if (leftMinor < 0n) {
      return [
        ofFile(
          summary,
          severity,
          'balance-short',
          `Account ${account} has ${amount(availableMinor)} and this batch needs ${amount(neededMinor)}: ` +
            `${amount(-leftMinor)} are missing. Top the account up and run again; nothing was sent.`,
        ),
      ];
    }
    if (leftMinor < feesMinor) {
      return [
        ofFile(
          summary,
          'warning',
          'balance-fees',
          `Account ${account} has ${amount(availableMinor)} for ${amount(neededMinor)}; with fees of up to ` +
            `${amount(feesMinor)} it may run out before the last payment.`,
        ),
      ];
    }
    return [];
  });
}

export function ofFile(summary: BatchSummary, severity: Problem['severity'], code: string, message: string): Problem {
  return { severity, file: summary.header.file, line: 0, column: '', field: '', code, message };
}
