import { paymentReference } from '../domain/reference.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import { displayedPayment, unsent, type BatchResult, type DisplayedPayment } from './batch-result.ts';
import type { RowChoice } from './displayed-rows.ts';
import type { Project } from './session/project.ts';

/** A checked file as `validate` and `plan` show it: all of it `planned`, with its rows where all are wanted. */
export async function plannedResult(project: Project, checked: CheckedBatch, choice: RowChoice): Promise<BatchResult> {
  const tallies = (checked.summary?.totals ?? []).map((total) => ({ ...total, status: 'planned' as const }));
  const hasAllRows = choice === 'all' && checked.summary !== null;
  return { ...unsent(checked), tallies, hasAllRows, rows: hasAllRows ? await plannedRows(project, checked) : [] };
}

const PLANNED_STATE = {
  status: 'planned',
  receipt: '',
  providerReference: '',
  reason: '',
} as const;

const UNSENT = { nextAction: '', sentAt: '', settledAt: '' };

async function plannedRows(project: Project, checked: CheckedBatch): Promise<DisplayedPayment[]> {
  const rows: DisplayedPayment[] = [];
  const batch = checked.summary?.header.id;
  if (batch === undefined) return rows;
  for await (const page of checked.payments()) {
    for (const payment of page) {
      const reference = paymentReference(project.config.organisation, batch, payment.idKey, 1);
      rows.push(displayedPayment({ ...payment, reference, ...PLANNED_STATE }, UNSENT));
    }
  }
  return rows;
}
