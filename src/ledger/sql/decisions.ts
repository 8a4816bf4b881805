import { setImmediate as turn } from 'node:timers/promises';
import { paymentReference } from '../../domain/reference.ts';
import type { Status } from '../../domain/status.ts';
import { queriedSinceOf } from '../earlier-references.ts';
import { LedgerError } from '../errors.ts';
import type { RetryEvent } from '../payment-state.ts';
import type { Decision, RetryRequest } from '../records.ts';
import { EARLIER_CONFIRMED } from './earlier-references.ts';
import { isNoneSent, mayBeRetried, replacementCheckOf, type ChainMember } from '../replacement-chain.ts';
import { transition } from '../transitions.ts';
import { decodedStatement, statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import { type PaymentStates } from './payment-states.ts';
import { STATE_COLUMNS, stateJoins, storedState, type StateValues, type StoredState } from './stored-state.ts';
import type { Replacements } from './replacements.ts';

/** Payments that are read at once. */
const RETRY_PAGE = 1000;

/** What people decide about payments. */
export class Decisions {
  private readonly states: PaymentStates;
  private readonly replacements: Replacements;
  private readonly statements: ReturnType<typeof decisionStatements>;

  constructor(sql: Dialect, states: PaymentStates, replacements: Replacements) {
    this.states = states;
    this.replacements = replacements;
    this.statements = decisionStatements(sql);
  }

  /** A new generation of the failed ones among the named, or of all failed ones; none of accounts that are not given. */
  async retry(tx: Transaction, request: RetryRequest, place: string): Promise<string[]> {
    const { batch, idKeys, accounts } = request;
    const found = await tx.one(this.statements.batch, [batch]);
    if (found === undefined) {
      throw new LedgerError('missing', `Ledger ${place} has no batch ${batch}. See: payrun status`);
    }
    return idKeys === null
      ? this.retryFailed(tx, found, new Set(accounts), request)
      : this.retryNamed(tx, found, [...new Set(idKeys)], request);
  }

  /** Returns the status that holds afterwards. */
  async resolve(tx: Transaction, decision: Decision, place: string): Promise<Status> {
    const { reference } = decision;
    const stored = await this.states.byReference(tx, reference);
    if (stored?.state.reference !== reference) {
      throw new LedgerError(
        'missing',
        `Ledger ${place} has no payment with reference ${reference}. The report shows the reference of every payment.`,
      );
    }
    const isCorrectionUnsent = stored.state.status === 'replaced' && isNoneSent(await this.others(tx, stored.key));
    const change = transition(stored.state, { kind: 'decision', isCorrectionUnsent, ...decision });
    if (change.kind === 'refused') throw new LedgerError('move', change.message);
    await this.states.apply(tx, { stored, change }, decision);
    return change.status;
  }

  private async retryNamed(
    tx: Transaction,
    batch: OrganisationRow,
    idKeys: readonly string[],
    request: RetryRequest,
  ): Promise<string[]> {
    const accounts = JSON.stringify(request.accounts);
    const retried: string[] = [];
    for (let start = 0; start < idKeys.length; start += RETRY_PAGE) {
      const page = JSON.stringify(idKeys.slice(start, start + RETRY_PAGE));
      const rows = await tx.all(this.statements.named, [batch.key, page, accounts]);
      for (const one of await this.retryRows(tx, rows, batch.organisation, request)) retried.push(one);
    }
    return retried;
  }

  private async retryFailed(
    tx: Transaction,
    batch: OrganisationRow,
    accounts: ReadonlySet<string>,
    request: RetryRequest,
  ): Promise<string[]> {
    const retried: string[] = [];
    for (const account of accounts) {
      let last: Pick<Retryable, 'line' | 'key'> | undefined = { line: -1, key: -1 };
      while (last !== undefined) {
        const rows: readonly Retryable[] = await tx.all(this.statements.failed, [
          batch.key,
          account,
          last.line,
          last.key,
        ]);
        for (const one of await this.retryRows(tx, rows, batch.organisation, request)) retried.push(one);
        last = rows.at(-1);
        await turn();
      }
    }
    return retried;
  }

  /** The other payments that stand for the same debt. */
  private async others(tx: Transaction, key: number): Promise<readonly ChainMember[]> {
    return (await this.replacements.chain(tx, key)).filter((member) => member.key !== key);
  }

  private async retryRows(
    tx: Transaction,
    rows: readonly Retryable[],
    organisation: string,
    request: RetryRequest,
  ): Promise<string[]> {
    const { idKeys, at, by, person } = request;
    const retried: string[] = [];
    for (const stored of rows) {
      const { state, idKey, hasUnprocessedCallback, earlierConfirmedAt } = stored;
      const newReference = paymentReference(organisation, state.batch, idKey, state.generation + 1);
      const event: RetryEvent = {
        ...{ newReference, hasUnprocessedCallback, earlierConfirmedAt, at, by },
        kind: 'retry',
        isNamed: idKeys !== null,
        queriedSince: queriedSinceOf(request, state),
        ...(person === undefined ? {} : { person }),
      };
      const change = transition(state, event);
      if (change.kind === 'refused') continue;
      if (
        stored.isInChain &&
        !mayBeRetried(await this.others(tx, stored.key), replacementCheckOf({ at, confirmation: request }))
      )
        continue;
      await this.states.apply(tx, { stored, change }, event);
      retried.push(state.reference);
    }
    return retried;
  }
}

function decisionStatements(sql: Dialect) {
  // A callback about any reference of the payment that no process has finished with.
  const unprocessed = `CASE WHEN EXISTS (
    SELECT 1 FROM callbacks k ${sql.index('callbacks_unprocessed')}
      ${sql.orderedJoin} payment_references r ON r.reference = k.reference
    WHERE k.account = p.account AND k.result IS NULL AND r.payment = p.key) THEN 1 ELSE 0 END`;
  const inChain = `CASE WHEN EXISTS (SELECT 1 FROM replacements r WHERE r.payment = p.key OR r.replaced = p.key) THEN 1 ELSE 0 END`;
  const columns = `${STATE_COLUMNS}, p.line, c.id_key, ${unprocessed}, ${inChain}, ${EARLIER_CONFIRMED}`;
  return {
    batch: statement<OrganisationRow>('SELECT key, organisation FROM batches WHERE id = ?'),
    failed: decodedStatement(
      `SELECT ${columns} FROM payments p ${sql.index('payments_unpaid')}
         ${sql.orderedJoin} contents c ON c.key = p.key ${stateJoins(sql)}
       WHERE p.batch = ? AND p.status = 'failed' AND p.status <> 'paid' AND p.account = ? AND (p.line, p.key) > (?, ?)
       ORDER BY p.line, p.key LIMIT ${RETRY_PAGE} ${sql.rowLock('p')}`,
      retryableOf,
    ),
    named: decodedStatement(
      `SELECT ${columns} FROM contents c ${sql.orderedJoin} payments p ON p.key = c.key ${stateJoins(sql)}
       WHERE c.batch = ?1 AND c.id_key IN ${sql.list('?2', 'text')} AND p.account IN ${sql.list('?3', 'text')}
       ${sql.rowLock('p')}`,
      retryableOf,
    ),
  };
}

interface OrganisationRow {
  readonly key: number;
  readonly organisation: string;
}

interface Retryable extends StoredState {
  readonly line: number;
  readonly idKey: string;
  readonly hasUnprocessedCallback: boolean;
  /** Other payments stand for the same debt. */
  readonly isInChain: boolean;
  readonly earlierConfirmedAt: number | null;
}

function retryableOf(
  values: readonly [
    ...StateValues,
    line: number,
    idKey: string,
    hasUnprocessedCallback: number,
    inChain: number,
    earlierConfirmedAt: number | null,
  ],
): Retryable {
  return {
    ...storedState(values),
    line: values[33],
    idKey: values[34],
    hasUnprocessedCallback: values[35] === 1,
    isInChain: values[36] === 1,
    earlierConfirmedAt: values[37],
  };
}
