import { formatAmount } from '../domain/money.ts';
import type { OpenProgress, PayingProgress, PreparingProgress, RunProgress } from '../operations/index.ts';
import { endText, rateText, spanText } from './time-text.ts';
import { columnsOf, plainLine } from './wrap.ts';

const BATCH_NAME_MAX = 24;

/**
 * How far a command is, in one line that fits: what is known best elsewhere is left out first.
 *
 * @param columns that the line may have; null: any number.
 */
export function progressLine(progress: RunProgress, columns: number | null): string {
  const lines = progress.isEnding ? [waitsForText(progress), waitsForText(progress, '')] : progressLines(progress);
  return (
    lines.find((line) => columns === null || columnsOf(line) <= columns) ?? cutLine(lines.at(-1) ?? '', columns ?? 0)
  );
}

/** What an interrupted command still waits for. @param rows behind it; absent: how many rows were sent. */
export function waitsForText(progress: RunProgress, rows?: string): string {
  switch (progress.kind) {
    case 'preparing':
      return `${shortName(progress.batch)}: waiting for the answer about the balance; nothing is being sent`;
    case 'paying': {
      const { batch, underWay, done, total } = progress;
      const behind = rows ?? ` (${done} of ${total} rows)`;
      const payments =
        underWay === 1 ? 'the answer to 1 payment that was' : `the answers to ${underWay} payments that were`;
      const what = underWay === 0 ? 'the ledger to record what was' : payments;
      return `${shortName(batch)}: waiting for ${what} sent${behind}`;
    }
    case 'open':
      return `${openNames(progress)}: waiting for the questions that are under way`;
  }
}

/** Longest first. */
function progressLines(progress: RunProgress): string[] {
  switch (progress.kind) {
    case 'preparing':
      return preparingLines(progress);
    case 'paying':
      return payingLines(progress);
    case 'open':
      return openLines(progress);
  }
}

function preparingLines(progress: PreparingProgress): string[] {
  const wait = waitText(progress);
  const what = 'asking for the balance';
  return [[`${shortName(progress.batch)}: ${what}`, ...wait], [what, ...wait], wait].map((parts) => parts.join(', '));
}

function payingLines(progress: PayingProgress): string[] {
  const { batch, done, total, held = 0, failed, unknown, leftMs, endsAt } = progress;
  const rows = `${done} of ${total} rows${held > 0 ? ` (canary: ${held} wait)` : ''}`;
  const ended = [...(failed > 0 ? [`${failed} failed`] : []), ...(unknown > 0 ? [`${unknown} unknown`] : [])];
  const wait = waitText(progress);
  const left = spanText(leftMs);
  const end = leftMs > 0 ? [`${left} left`] : [];
  const endAt = leftMs > 0 ? [`ends about ${endText(endsAt, leftMs)} (${left})`] : [];
  const whole = progress.sums.map(({ currency, sentMinor, totalMinor }) => {
    return `${formatAmount(sentMinor, currency)} of ${formatAmount(totalMinor, currency)} ${currency}`;
  });
  const money = progress.sums.map(({ currency, sentMinor }) => `${formatAmount(sentMinor, currency)} ${currency}`);
  const named = `${shortName(batch)}: ${rows}`;
  return [
    [named, ...whole, ...ended, ...wait, ...endAt],
    [named, ...money, ...ended, ...wait, ...end],
    [rows, ...money, ...ended, ...wait, ...end],
    [`${done}/${total}`, ...money, ...ended, ...wait, ...end],
    [named, ...ended, ...wait, ...end],
    [rows, ...ended, ...wait, ...end],
    [`${done}/${total}`, ...ended, ...wait, ...end],
    [`${done}/${total}`, ...ended, ...wait, ...(leftMs > 0 ? [left] : [])],
    [rows, ...ended, ...end],
  ].map((parts) => parts.join(', '));
}

function waitText({ wait }: PayingProgress | PreparingProgress): string[] {
  switch (wait?.kind) {
    case undefined:
      return [];
    case 'first':
      return ['waiting for the answer to the first payment'];
    case 'pause':
      return [`the provider asked for a pause: next in ${spanText(wait.ms)}`];
    case 'rate': {
      const budget = wait.budget === null ? '' : `${wait.budget} `;
      return [`${budget}${rateText(wait.rate)}: next in ${spanText(wait.ms)}`];
    }
  }
}

function openLines(progress: OpenProgress): string[] {
  const { open, nextMs, leftMs } = progress;
  const what = `${open} ${open === 1 ? 'payment' : 'payments'} without an end`;
  const next = Number.isFinite(nextMs) && nextMs < leftMs ? [`asked again in ${spanText(nextMs)}`] : [];
  const left = [`waiting ${spanText(leftMs)} more at most`];
  return [
    [`${openNames(progress)}: ${what}`, ...next, ...left],
    [what, ...next, ...left],
    [what, ...left],
  ].map((parts) => parts.join(', '));
}

function openNames({ batches }: OpenProgress): string {
  const [first = ''] = batches;
  return batches.length === 1 ? shortName(first) : `${batches.length} batches`;
}

function shortName(batch: string): string {
  return cutLine(plainLine(batch), BATCH_NAME_MAX);
}

function cutLine(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max ? text : `${characters.slice(0, Math.max(0, max - 1)).join('')}…`;
}
