import { PayrunError, type Problem } from '../domain/problem.ts';
import { paymentReference } from '../domain/reference.ts';
import { readStatement } from '../intake/statement.ts';
import type { LedgerPayment } from '../ledger/records.ts';
import { StatementComparison } from '../settle/reconcile.ts';
import { StatementTable } from '../settle/statement-table.ts';
import { applyStatement } from './reconcile-apply.ts';
import { atGeneration } from './recover-evidence.ts';
import type { Session } from './session/session.ts';

export interface NamedStatement {
  readonly account: string;
  readonly file: string;
}

export interface SoundStatement extends NamedStatement {
  readonly rows: StatementTable;
}

/** Retries of a payment that a lost ledger may have made and that a statement may show. */
const LOST_RETRIES = 5;

/**
 * Reads the statements before anything is changed. Throws {@link PayrunError} 2 for an account that is not configured.
 */
export async function readStatements(
  { project }: Session,
  named: readonly NamedStatement[],
): Promise<{ readonly statements: readonly SoundStatement[]; readonly problems: readonly Problem[] }> {
  const statements: SoundStatement[] = [];
  const problems: Problem[] = [];
  for (const { account: name, file } of named) {
    const account = project.config.accounts.get(name);
    if (account === undefined) {
      const known = [...project.config.accounts.keys()].join(', ');
      throw new PayrunError(2, 'account-unknown', `There is no account ${name}; ${project.config.file} has: ${known}.`);
    }
    const rows = new StatementTable();
    const read = await readStatement(file, account, (page) => {
      for (const row of page) rows.add(row);
    });
    problems.push(...read.problems);
    statements.push({ account: name, file, rows: read.refused ? new StatementTable() : rows });
  }
  return { statements, problems };
}

/**
 * Records what a statement proves of the account's payments, over all batches. A row with the reference of a retry that the ledger
 * has lost brings the payment to that generation first. Returns how many payments the statement decided.
 */
export async function applyWholeStatement(session: Session, { account, rows, file }: SoundStatement): Promise<number> {
  const { ledger } = session;
  const lost = new Map<string, { readonly batch: string; readonly idKey: string; readonly generation: number }>();
  const found = new Set<string>();
  const before = new StatementComparison((reference) => {
    if (lost.has(reference)) found.add(reference);
    return ledger.byAnyReference(reference);
  });
  for await (const { organisation, payments } of paymentsOf(session, account)) {
    before.addPayments(payments);
    for (const { batch, idKey, generation, status } of payments) {
      if (status === 'paid') continue;
      for (let next = generation + 1; next <= generation + LOST_RETRIES; next++) {
        lost.set(paymentReference(organisation, batch, idKey, next), { batch, idKey, generation: next });
      }
    }
  }
  await before.addRows(rows.all());
  if (found.size === 0) return (await applyStatement(session, before.compare())).size;
  for (const reference of found) {
    const retried = lost.get(reference);
    if (retried !== undefined) await atGeneration(session, retried, `the statement ${file}`);
  }
  const after = new StatementComparison((reference) => ledger.byAnyReference(reference));
  for await (const { payments } of paymentsOf(session, account)) after.addPayments(payments);
  await after.addRows(rows.all());
  return (await applyStatement(session, after.compare())).size;
}

/** Payments of the account in pages, over all batches, with the organisation that their references are made with. */
async function* paymentsOf(
  { ledger }: Session,
  account: string,
): AsyncGenerator<{ readonly organisation: string; readonly payments: readonly LedgerPayment[] }> {
  for (const { header, organisation } of await ledger.batches()) {
    for await (const page of ledger.payments({ batch: header.id })) {
      yield { organisation, payments: page.filter((payment) => payment.account === account) };
    }
  }
}
