import type { PayrollPayment } from '../../domain/payroll.ts';
import type { SeriesBatch } from '../payroll-records.ts';
import type { KeptPayment, MemoryTables } from './tables.ts';

export function seriesBatchesIn(tables: MemoryTables, series: string): readonly SeriesBatch[] {
  return [...tables.batches.values()].flatMap(({ header: { id, occurrence, series: of }, count }) =>
    of === series && occurrence !== null ? [{ id, occurrence, count }] : [],
  );
}

/** As `PayrollStore.payrollPayments` promises. */
export function payrollPaymentsIn(
  tables: MemoryTables,
  batches: readonly string[],
  idKeys: readonly string[],
): readonly PayrollPayment[] {
  const found = batches.flatMap((batch) => idKeys.flatMap((idKey) => tables.byId(batch, idKey) ?? []));
  return found.filter(({ key }) => !tables.replacements.has(key)).map((kept) => payrollPaymentOf(tables, kept));
}

/** Folded ids of a batch in their order, without those of corrections. */
export function payrollIdsIn(tables: MemoryTables, batch: string): readonly string[] {
  const own = [...(tables.ids.get(batch) ?? [])].filter(([, key]) => !tables.replacements.has(key));
  return own.map(([idKey]) => idKey).sort();
}

function payrollPaymentOf(tables: MemoryTables, kept: KeptPayment): PayrollPayment {
  const { content, state } = kept.state.status === 'replaced' ? newestCorrection(tables, kept) : kept;
  const { line, name, destination, amountMinor, currency } = content;
  const { id, idKey } = kept.content;
  return { id, idKey, line, name, destination, amountMinor, currency, batch: state.batch, status: state.status };
}

function newestCorrection(tables: MemoryTables, kept: KeptPayment): KeptPayment {
  const next = [...tables.replacements].filter(([, replaced]) => replaced === kept.key).map(([key]) => key);
  const newest = tables.find(next.sort((a, b) => a - b).at(-1));
  return newest === undefined ? kept : newestCorrection(tables, newest);
}
