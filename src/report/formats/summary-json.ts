import type { Approval } from '../../domain/approval.ts';
import type { BatchHeader, BatchRepair } from '../../domain/batch.ts';
import { formatAmount } from '../../domain/money.ts';
import type { BatchRecord, LedgerPayment } from '../../ledger/records.ts';
import type { ReportFormat } from './format.ts';

/** `summary.json`: what the batch is, with counts and sums. Money is decimal text: a JSON number would be read as a double. */
export const summaryJson: ReportFormat = {
  name: 'summary.json',
  isWritten: 'always',
  open: ({ record, ledger, approvals, isSimulated, timestamp, now }) => {
    let sentToProvider = false;
    let simulated = 0;
    return {
      head: '',
      rows: (page) => {
        const left = page.filter(mayHaveLeft);
        const count = left.filter(isSimulated).length;
        sentToProvider ||= count < left.length;
        simulated += count;
        return '';
      },
      end: (totals) => {
        const { header } = record;
        const summary = {
          version: 1,
          batch: header.id,
          description: header.description,
          file: header.file,
          rows_file: header.rowsFile,
          ...(header.series === null ? {} : { series: header.series, occurrence: header.occurrence }),
          digest: record.digest,
          organisation: record.organisation,
          ledger: { id: ledger.id, counter: ledger.counter },
          sent_to_provider: sentToProvider,
          simulated,
          providers: record.providers,
          registered_at: timestamp(record.registeredAt),
          written_at: timestamp(now),
          count: totals.count,
          totals: amountTexts(totals.totals()),
          counts: Object.fromEntries(totals.counts),
          sums: totals.sumTexts(),
          fees: amountTexts(totals.fees),
          ...(header.rounded === undefined ? {} : { rounding: roundingParts(header) }),
          ...(header.repair === undefined ? {} : { repair: repairParts(record, header.repair, timestamp) }),
          ...(approvals.length === 0
            ? {}
            : { approvals: approvals.map((approval) => signedApproval(approval, timestamp)) }),
          ...(header.overrides === undefined
            ? {}
            : { overrides: header.overrides.map((override) => ({ ...override, at: timestamp(override.at) })) }),
        };
        return `${JSON.stringify(summary, null, 2)}\n`;
      },
    };
  },
};

/** What rounding took off the amounts: how many of each currency, and what the file says less what is paid. */
function roundingParts({ reading, rounded = [] }: BatchHeader): object {
  return {
    rounding: reading?.rounding ?? 'refuse',
    differences: Object.fromEntries(
      rounded.map(({ currency, count, difference }) => [currency, { count, difference }]),
    ),
  };
}

/** Whether a request for the payment may have left, in any generation. */
function mayHaveLeft({ attempts, status }: LedgerPayment): boolean {
  return attempts > 0 || status === 'submitting' || status === 'unknown';
}

function amountTexts(minorByCurrency: ReadonlyMap<string, bigint>): Record<string, string> {
  return Object.fromEntries([...minorByCurrency].map(([currency, minor]) => [currency, formatAmount(minor, currency)]));
}

/** Both digests, so that the file as it came and the payments that were made of it can be told apart later. */
function repairParts(
  { digest }: BatchRecord,
  { cells, asItCame, accepted, by = '', at }: BatchRepair,
  timestamp: (ms: number | null) => string,
): object {
  return {
    cells,
    digest_as_it_came: asItCame,
    digest_as_repaired: digest,
    digest_of_accepted: accepted,
    by,
    at: timestamp(at ?? null),
  };
}

/** With text and signature, so that whoever has the signers file can verify it again: `ssh-keygen -Y verify -n payrun`. */
function signedApproval(
  { principal, keyFingerprint, command, text, signature, at, by }: Approval,
  timestamp: (ms: number | null) => string,
): object {
  return { principal, key: keyFingerprint, command, at: timestamp(at), by, text, signature };
}
