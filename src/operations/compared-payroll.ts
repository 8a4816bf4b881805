import type { BatchHeader, BatchSummary } from '../domain/batch.ts';
import type { ChangeSettings, ComparedPayroll, PayrollChange } from '../domain/changes.ts';
import { previousOccurrence } from '../domain/occurrence.ts';
import type { Payment } from '../domain/payment.ts';
import type { PayrollPayment } from '../domain/payroll.ts';
import { PayrunError } from '../domain/problem.ts';
import { didYouMean } from '../documents/nearest.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SeriesBatch } from '../ledger/payroll-records.ts';
import { PayrollComparison } from '../plan/changes/comparison.ts';
import { RepeatedPeople } from '../plan/changes/repeated-people.ts';
import { areChangesConfigured, changeSettingsFor } from './change-rules.ts';
import { sentTo } from './sent-to.ts';
import type { Project } from './session/project.ts';

type PayrollLedger = Pick<
  Ledger,
  'batch' | 'batches' | 'places' | 'sentPlaces' | 'seriesBatches' | 'payrollPayments' | 'payrollIds'
>;

interface ComparisonRequest {
  readonly project: Pick<Project, 'config'>;
  readonly ledger: PayrollLedger;
  readonly summary: BatchSummary;
  /** The batch that a person names; null: the previous occurrence of the series. */
  readonly against: string | null;
  /** Whether the built-in simulator pays the whole file: then what it paid before counts as well. */
  readonly isSimulation: boolean;
}

/** A second seed is needed once in thousands of large files; a ledger that changes meanwhile fits none. */
const SEEDS = 5;

/** What a file is compared with. */
interface Predecessor {
  /** Empty where there is none, and {@link note} says so. */
  readonly batches: readonly Pick<SeriesBatch, 'id' | 'count'>[];
  /** Other batches of the file's own occurrence. */
  readonly beside: readonly string[];
  readonly note: string | null;
}

/** Compares one file with the payroll before: its pages as somebody reads them, and what else there is to read at the end. */
export class PayrollReader {
  private readonly ledger: PayrollLedger;
  private readonly settings: ChangeSettings;
  private readonly predecessor: Predecessor;
  private readonly against: readonly string[];
  private readonly comparison: PayrollComparison;
  /** Where `--against` names another batch: the comparison with the previous occurrence, for what is refused or signed. */
  private readonly previous: PayrollReader | null;
  /** Payments of the payroll before that some row of the file stands for. */
  private matched = 0;

  private constructor(
    ledger: PayrollLedger,
    settings: ChangeSettings,
    { predecessor, previous = null }: { readonly predecessor: Predecessor; readonly previous?: PayrollReader | null },
  ) {
    this.ledger = ledger;
    this.settings = settings;
    this.predecessor = predecessor;
    this.previous = previous;
    this.against = predecessor.batches.map(({ id }) => id);
    const isPart = predecessor.beside.length > 0;
    this.comparison = new PayrollComparison({ settings, against: this.against, isPart });
  }

  /** Null where nobody wants to know of changes. Throws {@link PayrunError} 2 where the named batch is none. */
  static async open(request: ComparisonRequest): Promise<PayrollReader | null> {
    const { ledger, summary, against, project } = request;
    const { header } = summary;
    const isConfigured = areChangesConfigured(project.config, header);
    if (against === null && header.series === null && !isConfigured) return null;
    const settings = changeSettingsFor(project.config, header);
    if (Object.values(settings.policies).every((policy) => policy === 'ignore') && against === null) return null;
    const earlier = header.series === null && against !== null ? null : await predecessorOf(request);
    if (against === null) return earlier && new PayrollReader(ledger, settings, { predecessor: earlier });
    const predecessor = await namedPredecessor(ledger, header, against);
    // Naming another batch sets no refusal aside, and spares nobody a signature.
    const strict = strictSettings(settings);
    const isOther = earlier?.batches.some(({ id }) => id !== against) === true;
    const previous = isOther && strict !== null ? new PayrollReader(ledger, strict, { predecessor: earlier }) : null;
    return new PayrollReader(ledger, settings, { predecessor, previous });
  }

  async add(payments: readonly Payment[]): Promise<void> {
    await this.previous?.add(payments);
    const { beside } = this.predecessor;
    const idKeys = this.against.length + beside.length === 0 ? [] : payments.map(({ idKey }) => idKey);
    const earlier = await this.paymentsOf(this.against, idKeys);
    this.matched += earlier.length;
    this.comparison.add(payments, byId(earlier), byId(await this.paymentsOf(beside, idKeys)));
  }

  /** What was found, after the last page; the file is read for it where no page was added yet. */
  async finish(checked: Pick<CheckedBatch, 'payments'>): Promise<ComparedPayroll> {
    const { comparison, settings, against } = this;
    if (comparison.count === 0) for await (const page of checked.payments()) await this.add(page);
    if (against.length > 0 && this.wantsLeavers()) await this.addLeavers(checked);
    const repeated = new RepeatedPeople(comparison);
    if (repeated.isNeeded) {
      for await (const page of checked.payments()) repeated.add(page);
      repeated.finish();
    }
    comparison.finish();
    const { list } = comparison;
    const compared = {
      settings,
      against,
      changes: list.listed(),
      unlisted: list.unlisted,
      note: this.predecessor.note,
    };
    return this.previous === null ? compared : withMore(compared, await this.previous.finish(checked));
  }

  private paymentsOf(batches: readonly string[], idKeys: readonly string[]): Promise<readonly PayrollPayment[]> {
    if (batches.length === 0 || idKeys.length === 0) return Promise.resolve([]);
    return this.ledger.payrollPayments(batches, idKeys);
  }

  /** A joiner may be a leaver under another id, and the sum of before is that of all. */
  private wantsLeavers(): boolean {
    const { list, hasJoiners } = this.comparison;
    return list.wants('leaver') || list.wants('moved_money') || (list.wants('joiner') && hasJoiners);
  }

  private async addLeavers(checked: Pick<CheckedBatch, 'payments'>): Promise<void> {
    const count = this.predecessor.batches.reduce((sum, batch) => sum + batch.count, 0);
    // Every payment of before was met: nobody is left to look for.
    if (count === this.matched) return;
    const { comparison } = this;
    for (let seed = 1; seed < SEEDS && !(await this.isEveryLeaverFound()); seed++) {
      // The ids of some looked like ids of the file; under another seed they do not.
      comparison.renewIds();
      for await (const page of checked.payments()) comparison.noteIds(page);
    }
    const seen = new Set<string>();
    for await (const ids of this.idsNotInFile()) {
      const left = ids.filter((id) => !seen.has(id));
      const here = byId(await this.paymentsOf(this.predecessor.beside, left));
      for (const [idKey, payments] of byId(await this.paymentsOf(this.against, left))) {
        // Only where several batches are compared, one person can come twice.
        if (this.against.length > 1) seen.add(idKey);
        if (!here.has(idKey)) comparison.addLeaver(payments);
      }
    }
  }

  /** Whether as many ids of before are missing from the file as there must be. */
  private async isEveryLeaverFound(): Promise<boolean> {
    let [known, missing] = [0, 0];
    for (const batch of this.against) {
      for await (const page of this.ledger.payrollIds(batch)) {
        known += page.length;
        missing += page.filter((id) => !this.comparison.mayHaveId(id)).length;
      }
    }
    return known - missing === this.matched;
  }

  private async *idsNotInFile(): AsyncGenerator<readonly string[]> {
    for (const batch of this.against) {
      for await (const page of this.ledger.payrollIds(batch)) {
        const left = page.filter((id) => !this.comparison.mayHaveId(id));
        if (left.length > 0) yield left;
      }
    }
  }
}

/** Only what is refused or has to be signed; null where there is nothing of that. */
function strictSettings(settings: ChangeSettings): ChangeSettings | null {
  const policies = Object.entries(settings.policies).map(([setting, policy]) => {
    return [setting, policy === 'block' || policy === 'approve' ? policy : 'ignore'] as const;
  });
  if (policies.every(([, policy]) => policy === 'ignore')) return null;
  return { ...settings, policies: Object.fromEntries(policies) as ChangeSettings['policies'] };
}

/** With the changes of a second comparison that the first has not. */
function withMore(compared: ComparedPayroll, { changes, unlisted }: ComparedPayroll): ComparedPayroll {
  const keyOf = ({ kind, id, line }: PayrollChange): string => JSON.stringify([kind, id, line]);
  const known = new Set(compared.changes.map(keyOf));
  return {
    ...compared,
    changes: [...compared.changes, ...changes.filter((change) => !known.has(keyOf(change)))],
    unlisted: new Map([...unlisted, ...compared.unlisted]),
  };
}

function byId(payments: readonly PayrollPayment[]): ReadonlyMap<string, readonly PayrollPayment[]> {
  const found = new Map<string, PayrollPayment[]>();
  for (const payment of payments) {
    const list = found.get(payment.idKey);
    if (list === undefined) found.set(payment.idKey, [payment]);
    else list.push(payment);
  }
  return found;
}

/** All batches of the previous occurrence that moved money, or would have; a rehearsal counts only for another one. */
async function predecessorOf({ ledger, summary: { header }, isSimulation }: ComparisonRequest): Promise<Predecessor> {
  const { id, series, occurrence } = header;
  if (series === null || occurrence === null) {
    // A correction is no payroll, and belongs to the series of what it corrects.
    if (header.columnFields.includes('replaces')) return { batches: [], beside: [], note: null };
    const note =
      `Batch ${id} belongs to no series, so that there is nothing to compare it with (changes:). Write \`series:\` in its rule or ` +
      'in the YAML batch, or name a batch with --against.';
    return { batches: [], beside: [], note };
  }
  const counted: SeriesBatch[] = [];
  for (const batch of await ledger.seriesBatches(series)) {
    if (batch.id !== id && (isSimulation || !(await isRehearsed(ledger, batch.id)))) counted.push(batch);
  }
  const beside = counted.filter((batch) => batch.occurrence === occurrence).map((batch) => batch.id);
  const previous = previousOccurrence(
    occurrence,
    counted.map((batch) => batch.occurrence),
  );
  if (previous === null) {
    const note = `Batch ${id} is the first occurrence of the series ${series} in the ledger: there is nothing to compare it with.`;
    return { batches: [], beside, note };
  }
  const batches = counted.filter((batch) => batch.occurrence === previous);
  const live: SeriesBatch[] = [];
  for (const batch of batches) if (!isSimulation || !(await isRehearsed(ledger, batch.id))) live.push(batch);
  return { batches: live.length > 0 ? live : batches, beside, note: null };
}

/** Whether something of a batch was sent to the built-in simulator, which pays nobody. */
async function isRehearsed(ledger: PayrollLedger, batch: string): Promise<boolean> {
  return (await sentTo(ledger, batch)).some(({ isSimulated }) => isSimulated);
}

async function namedPredecessor(ledger: PayrollLedger, { id }: BatchHeader, against: string): Promise<Predecessor> {
  const record = await ledger.batch(against);
  if (record !== null && against !== id) {
    return { batches: [{ id: against, count: record.count }], beside: [], note: null };
  }
  if (record !== null) {
    throw new PayrunError(
      2,
      'against-itself',
      `--against names ${id}, which is the batch of this file itself. Name another one.`,
    );
  }
  const known = (await ledger.batches()).map(({ header }) => header.id);
  const newest = known.length === 0 ? '' : ` The newest are: ${known.slice(-5).join(', ')}.`;
  const near = didYouMean(against, known);
  throw new PayrunError(2, 'batch-unknown', `--against: the ledger has no batch ${against}.${near || newest}`);
}
