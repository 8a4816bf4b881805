import { paymentReference } from '../domain/reference.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import { displayedPayment, unsent, type BatchResult, type DisplayedPayment } from './batch-result.ts';
import type { Project } from './session/project.ts';

/** A checked file as `validate` and `plan` show it: all of it `planned`, with up to `limit` rows. */
export async function plannedResult(project: Project, checked: CheckedBatch, limit: number): Promise<BatchResult> {
  const tallies = (checked.summary?.totals ?? []).map((total) => ({ ...total, status: 'planned' as const }));
  return { ...unsent(checked), tallies, rows: await plannedRows(project, checked, limit) };
}

const PLANNED_STATE = {
  status: 'planned',
  receipt: '',
  providerReference: '',
  sentAt: null,
  settledAt: null,
  reason: '',
} as const;

async function plannedRows(project: Project, checked: CheckedBatch, limit: number): Promise<DisplayedPayment[]> {
  const rows: DisplayedPayment[] = [];
  const batch = checked.summary?.header.id;
  if (limit <= 0 || batch === undefined) return rows;
  for await (const page of checked.payments()) {
    for (const payment of page) {
      if (rows.length >= limit) return rows;
      const reference = paymentReference(project.config.organisation, batch, payment.idKey, 1);
      rows.push(displayedPayment({ ...payment, reference, ...PLANNED_STATE }, ''));
    }
  }
  return rows;
}
