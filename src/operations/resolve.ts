import { destinationMasked } from '../domain/destination.ts';
import { formatAmount } from '../domain/money.ts';
import { PayrunError } from '../domain/problem.ts';
import type { StatusReport } from '../domain/status-report.ts';
import { readNotBefore } from '../intake/not-before.ts';
import type { BatchRecord, Decision, LedgerPayment, OpenPayment } from '../ledger/records.ts';
import {
  actionPayments,
  permission,
  usePermission,
  writeIntended,
  type ActionFlags,
  type IntendedAction,
} from './approvals/permission.ts';
import { changedPayment } from './changed-payments.ts';
import { reportBatch } from './batch-report.ts';
import type { BatchResult } from './batch-result.ts';
import { accountAtPlace } from './open-targets.ts';
import { queryNow } from './confirm-unpaid.ts';
import { applyAcknowledged } from './session/acknowledged.ts';
import { checkProvider } from './session/account.ts';
import { namedBatch, recoverDead } from './session/batches.ts';
import { providerOf } from './session/project.ts';
import { checkBatchReport } from './session/past.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { actingAs, personText } from './session/who.ts';

export interface ResolveRequest
  extends ActionFlags, Pick<Decision, 'reference' | 'status' | 'because' | 'providerReference'> {
  /** The bank's date and time, as the person typed it; null: now. */
  readonly settledAt: string | null;
  /** Who decides; null: whoever is logged in. */
  readonly by: string | null;
  /** Whether only what would be done is shown. */
  readonly isDryRun: boolean;
}

/** What became of the decision, and the batch afterwards. */
export interface ResolveResult {
  readonly batch: BatchResult;
  /** One sentence: what was recorded, or what would be. */
  readonly sentence: string;
}

/** Records a person's decision on a payment that no machine can settle, and reports its batch again. */
export async function resolve(context: OperationContext, request: ResolveRequest): Promise<ResolveResult> {
  const because = checkedReason(request.because);
  const acting = await actingAs(context, request.by);
  return withSession(acting, { command: 'resolve' }, async (session) => {
    const { ledger, system, project, watch } = session;
    await applyAcknowledged(session);
    const record = await namedBatch(ledger, (await paymentByReference(session, request.reference)).batch);
    await checkBatchReport(session.project.config, session.ledger, record.header.id);
    await recoverDead(session, record);
    const settledAt = checkedTime(request.settledAt, { now: system.clock.now(), timezone: project.config.timezone });
    const { reference, status, providerReference, isDryRun } = request;
    const payment = await paymentByReference(session, reference);
    checkDecidable(payment, status);
    for (const line of paymentLines(payment)) watch.note(line);
    if (payment.status === 'pending' && !isDryRun) await askFirst(session, record, payment);
    const decision = { reference, status, because, providerReference, by: personText(system.who) };
    const intended = resolveAction(record, payment, { ...request, because });
    const approvals = isDryRun ? [] : await permission(session, intended, request.action ?? null);
    if (isDryRun) {
      const then = await ledger.resolvable({ ...decision, at: system.clock.now() });
      const question = payment.status === 'pending' ? ' The provider would be asked first, wherever it can be.' : '';
      const sentence = then === status ? `${would(payment, status)}${question}` : wouldContradict(payment);
      const { out = null } = request;
      const notes = out === null ? [] : [await writeIntended(session, intended, out)];
      return { batch: { ...(await reportBatch(session, record, 'none')), notes }, sentence };
    }
    if (!(await watch.agree(`Record payment ${payment.id} as ${status}?`))) {
      throw new PayrunError(5, 'declined', 'Nothing was recorded: the decision was not confirmed.');
    }
    const at = system.clock.now();
    await usePermission(session, approvals);
    const decided = await ledger.resolve({ ...decision, at, ...(settledAt === null ? {} : { settledAt }) });
    if (decided.status !== status) {
      return { batch: await reportBatch(session, record, 'none'), sentence: contradicted(decided) };
    }
    const sentence = `Payment ${payment.id} (${reference}) of batch ${payment.batch} is recorded as ${status}.`;
    return { batch: await reportBatch(session, record, 'none'), sentence };
  });
}

/** What a person decides, as others may have to sign it. */
function resolveAction(
  { header, totals }: BatchRecord,
  payment: LedgerPayment,
  { reference, status, because, providerReference, settledAt }: ResolveRequest,
): IntendedAction {
  return {
    command: 'resolve',
    batch: header.id,
    because,
    request: { reference, as: status, provider_reference: providerReference, at: settledAt },
    payments: actionPayments(header.id, [changedPayment(payment, payment.status, status)]),
    batches: [{ header, totals }],
    accounts: [payment.account],
    typed: `payrun resolve ${reference} --as ${status} --because TEXT`,
  };
}

function would({ id, reference, batch, status: from }: LedgerPayment, to: string): string {
  return `Payment ${id} (${reference}) of batch ${batch}, which is ${from}, would be recorded as ${to}. Nothing was recorded.`;
}

function wouldContradict({ id, reference, batch }: LedgerPayment): string {
  return (
    `Payment ${id} (${reference}) of batch ${batch} is replaced, and its correction was sent: a contradiction would be recorded at both. ` +
    'Nothing was recorded.'
  );
}

/** Two payments of one debt may have been paid: a person has to look at both. */
function contradicted({ id, reference, batch }: LedgerPayment): string {
  return (
    `Payment ${id} (${reference}) of batch ${batch} stays replaced: its correction was sent, so that money may have moved twice. Both rows ` +
    'show the contradiction now. Ask the provider about both; what you find out about the correction: payrun resolve, with its reference.'
  );
}

/** What a person needs to see before a decision: whom, how much, and what is known. */
function paymentLines(payment: LedgerPayment): string[] {
  const { id, name, batch, destination, amountMinor, currency, account, status, reason, sentAt } = payment;
  const to = [name, destinationMasked(destination)].filter((part) => part !== '').join(', ');
  const sent = sentAt === null ? 'never sent' : `sent ${new Date(sentAt).toISOString()}`;
  return [
    `Payment ${id} of batch ${batch}: ${formatAmount(amountMinor, currency)} ${currency} to ${to}, from account ${account}, ${sent}.`,
    `It is ${status}.${reason === '' ? '' : ` ${reason}`}`,
  ];
}

async function paymentByReference({ ledger }: Session, reference: string): Promise<LedgerPayment> {
  const payment = await ledger.byAnyReference(reference);
  if (payment?.reference === reference) return payment;
  if (payment !== null) {
    throw new PayrunError(
      2,
      'reference-earlier',
      `${reference} is an earlier reference of payment ${payment.id} of batch ${payment.batch}, which was sent again since. A decision ` +
        `is about the newest one, ${payment.reference}; the earlier one goes on being queried.`,
    );
  }
  throw new PayrunError(
    2,
    'reference-unknown',
    `No payment of this ledger has the reference ${reference}. It stands in the report's column "reference".`,
  );
}

function checkDecidable({ status, id, batch, code }: LedgerPayment, to: Decision['status']): void {
  if (status === 'unknown' || status === 'pending') return;
  if (to === 'paid' && (status === 'failed' || status === 'cancelled' || status === 'replaced')) return;
  if (to === 'paid' && status === 'paid' && code === 'contradiction') return;
  const why = status === 'submitting' ? 'a live run is sending it right now' : `it is ${status}`;
  throw new PayrunError(
    2,
    'not-open',
    `Payment ${id} of batch ${batch} needs no decision: ${why}. Unknown and pending payments do; a failed, cancelled or replaced one can only ` +
      'be recorded as paid.',
  );
}

/**
 * The provider is working on a pending payment: wherever it can be asked, the provider is asked in this very command, and its answer is taken
 * in the place of the person's. Only where it does not know does the person decide.
 */
async function askFirst(session: Session, record: BatchRecord, payment: LedgerPayment): Promise<void> {
  const { project, accounts, ledger } = session;
  // Only the place that the payment was sent to knows of it. Where no account sends there now, nobody can be asked.
  const name = (await accountAtPlace(session, payment)) ?? '';
  const account = project.config.accounts.get(name);
  if (account === undefined || providerOf(account).polling === undefined) return;
  checkProvider(record, account);
  const refuse = (why: string): PayrunError => {
    const message = `Payment ${payment.id} is pending, and ${why} Nothing was decided. Ask again later: payrun settle ${payment.batch}`;
    return new PayrunError(5, 'still-pending', message);
  };
  const lock = await accounts.lock(name);
  if (lock === null) throw refuse(`account ${name} is being worked by another run, which asks about it.`);
  const open = await openWithHistory(session, payment);
  const list = open === null ? [] : [open];
  const reports = await queryNow(session, await accounts.open(lock), { batch: payment.batch, pausesMs: 0, list });
  const report = reports.get(payment.reference);
  const now = await ledger.byReference(payment.reference);
  if (now !== null && now.status !== 'pending' && now.status !== 'unknown') {
    await reportBatch(session, record, 'none');
    throw new PayrunError(
      5,
      'answered',
      `The provider has answered: payment ${payment.id} is ${now.status}. ${now.reason} That was recorded, and no decision is needed.`,
    );
  }
  if (report === undefined) throw refuse('the provider did not answer now.');
  if (!isLeftOpen(report, open?.history.queries ?? 0)) throw refuse(`the provider says: ${report.evidence.reason}`);
}

/** After so many answers that decided nothing, a provider counts as one that cannot say. */
const UNDECIDED_MAX = 3;

/** The provider knows of no such payment, cannot be asked about it, or could not say again and again: then only a person can. */
function isLeftOpen(report: StatusReport, queriesBefore: number): boolean {
  if (report.kind === 'not-found') return true;
  if (report.kind !== 'unknown') return false;
  return report.cannotBeAsked === true || queriesBefore + 1 >= UNDECIDED_MAX;
}

async function openWithHistory({ ledger }: Session, payment: LedgerPayment): Promise<OpenPayment | null> {
  const { account, batch, reference } = payment;
  for await (const page of ledger.openPayments({ account, place: null, batch, statuses: ['pending', 'unknown'] })) {
    const found = page.find((open) => open.payment.reference === reference);
    if (found !== undefined) return found;
  }
  return null;
}

const PLACEHOLDERS = /^[<[({"']*(text|because|reason|grund|todo|tbd|xxx*)[>\])}"']*$/i;
const BECAUSE_MAX = 400;

/** The evidence in a person's own words. A placeholder that was pasted with the command says nothing. */
function checkedReason(text: string): string {
  const because = text.trim();
  const isText = /\p{L}/u.test(because) && !/[\p{Cc}\u2028\u2029]/u.test(because) && because.length <= BECAUSE_MAX;
  if (isText && !PLACEHOLDERS.test(because)) return because;
  throw new PayrunError(
    2,
    'because-missing',
    `--because takes the evidence in your own words, in one line of up to ${BECAUSE_MAX} characters: what was seen, where, and when.`,
  );
}

/** The bank's time as Unix milliseconds; a date alone is its first moment in the configuration's time zone. */
function checkedTime(text: string | null, { now, timezone }: { now: number; timezone: string }): number | null {
  if (text === null) return null;
  const at = readNotBefore(/^\s*\d{4}-\d{2}-\d{2}\s*$/.test(text) ? `${text.trim()}T00:00` : text, timezone);
  if (at === null) {
    const message = `--at takes the bank's date and time: 2026-11-28T14:05, or with an offset, 2026-11-28T14:05+03:00. Without one it is ${timezone}.`;
    throw new PayrunError(2, 'time-unreadable', message);
  }
  if (at <= now) return at;
  throw new PayrunError(2, 'time-in-future', `--at ${text} is in the future: nothing can have happened then.`);
}
