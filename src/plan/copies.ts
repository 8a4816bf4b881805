import type { BatchSummary } from '../domain/batch.ts';
import type { Problem } from '../domain/problem.ts';
import type { CopiedBatch, CopiedPayment, CopiedPayments, OverlappingBatch } from './input.ts';
import { ofFile, idAndName } from './refusals.ts';

/** So many batches are named in one message. */
const BATCHES_NAMED = 5;

const DAY_MS = 86_400_000;

/**
 * A file of which half or more was seen before, over all other batches together, is a copy and refused. Fewer are warnings, one
 * for each payment, and a last one that counts those which are not listed.
 */
export function copyProblems(
  summary: BatchSummary,
  copies: CopiedPayments,
  isDuplicateAllowed: boolean,
): readonly Problem[] {
  const { count, batches, payments, sameOccurrence } = copies;
  const occurrence = sameOccurrence.map((other) =>
    ofFile(summary, 'warning', 'occurrence-repeated', repeated(summary, other)),
  );
  const overlapping = (copies.overlapping ?? []).map((other) =>
    ofFile(summary, 'error', 'occurrence-overlaps', overlapText(summary, other)),
  );
  if (overlapping.length > 0 && !isDuplicateAllowed) return [...occurrence, ...overlapping];
  if (count > 0 && count * 2 >= summary.count && !isDuplicateAllowed) {
    return [...occurrence, ofFile(summary, 'error', 'batch-copy', copyText(summary, copies))];
  }
  const file = summary.header.rowsFile ?? summary.header.file;
  const listed = payments.map((copy): Problem => {
    return { ...REPEATED_PAYMENT, file, line: copy.line, message: paymentText(copy) };
  });
  const left = count - payments.length;
  if (left <= 0) return [...occurrence, ...listed];
  const message = `${left} more payments of this file were seen before, in ${named(batches)}.`;
  return [...occurrence, ...listed, { ...REPEATED_PAYMENT, file, line: 0, field: '', message }];
}

const REPEATED_PAYMENT = { severity: 'warning', column: '', field: 'id', code: 'payment-repeated' } as const;

function repeated({ header }: BatchSummary, other: string): string {
  return (
    `Batch ${other} is occurrence ${header.occurrence ?? ''} of the series ${header.series ?? ''} too. ` +
    'If this file replaces it, pay only one of the two: amounts that differ are not recognised as copies.'
  );
}

function overlapText({ header, count }: BatchSummary, { batch, occurrence, people }: OverlappingBatch): string {
  const series = header.series ?? '';
  return (
    `This file (batch ${header.id}) is occurrence ${header.occurrence ?? ''} of the series ${series}, and batch ${batch} is ` +
    `occurrence ${occurrence} of it: they overlap, and ${people} of the ${count} payments go to people who stand in both, so that these ` +
    'would be paid twice for the same days. Nothing of it is paid. Is it the same payroll? Then pay only one of the two. Is it another ' +
    `one (an advance, overtime)? Then give it a series of its own. One series has either months, weeks or days. If these people are ` +
    'really to be paid by both, run with --allow-duplicate.'
  );
}

function copyText(summary: BatchSummary, { count, batches, windowMs }: CopiedPayments): string {
  const failed = batches.filter((batch) => batch.failed > 0);
  const retry = failed.length === 0 ? '' : ` ${failedText(failed)}`;
  return (
    `${count} of its ${summary.count} payments were seen before, with the same destination or id, the same amount and currency: ` +
    `${named(batches)}. This looks like a copy, and nothing of it is paid.${retry} ` +
    `Payments of batches registered within duplicate_window (${durationText(windowMs)}) count. For wages that are paid again each week ` +
    `or month, give the files a \`series:\` (in their rule under \`defaults:\`, or in the YAML batch): two dates of one series are not ` +
    `compared. If these people are really to be paid again now, run with --allow-duplicate.`
  );
}

function failedText(failed: readonly CopiedBatch[]): string {
  const commands = failed.slice(0, BATCHES_NAMED).map(({ batch }) => `payrun retry ${batch}`);
  return `What failed there is sent again with: ${commands.join('; ')}.`;
}

function named(batches: readonly CopiedBatch[]): string {
  const texts = batches.slice(0, BATCHES_NAMED).map(({ batch, count, paid, paidAt, failed }) => {
    const when = paidAt === null ? '' : ` on ${minuteText(paidAt)}`;
    const paidText = paid === 0 ? 'not paid yet' : paid === count ? `paid${when}` : `${paid} of them paid${when}`;
    return `${count} in batch ${batch} (${paidText}${failed === 0 ? '' : `, ${failed} failed`})`;
  });
  const more = batches.length - texts.length;
  return texts.join(', ') + (more > 0 ? ` and ${more} more batches` : '');
}

function paymentText({ id, name, by, batch, earlierId, earlierLine, status, paidAt }: CopiedPayment): string {
  const what = by === 'destination' ? 'destination, amount and currency' : 'id, amount and currency';
  const when = paidAt === null ? status : `paid on ${minuteText(paidAt)}`;
  return `Payment ${idAndName({ id, name })} was seen before: ${batch}/${earlierId} (line ${earlierLine} there, ${when}) has the same ${what}.`;
}

function minuteText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function durationText(ms: number): string {
  return ms % DAY_MS === 0 ? `${ms / DAY_MS}d` : `${ms / 3_600_000}h`;
}
