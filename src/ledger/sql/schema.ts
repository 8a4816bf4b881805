import type { Dialect } from './dialect.ts';
import { earlierPaymentTables, paymentTables } from './payment-tables.ts';

/**
 * The tables of a ledger, of the newest schema version (`version.ts`).
 *
 * `payments` is what changes while a batch is paid, in rows short enough that a group of 32 dirties a page or two; the texts of
 * a payment stand in `contents` and are written once. `payment_references` (every reference ever given) and `fingerprints` are
 * indexes in no useful order, kept apart so that a registration can fill them sorted. `entries` is the append-only record of
 * everything that happened. `query_history` counts the queries of a payment and what callbacks said of it, `callbacks` keeps what
 * providers sent by themselves (with a digest in place of the whole body where no payment of ours is concerned), `account_stops`
 * what ends an account's run. `account_locks` says who took the lock of a place last.
 * `ledger` has one row: the id of this ledger and the number of its newest change, which a mark outside of it remembers too.
 * `places` says where payments were sent to; a key of one names a lock and a memory of rate limits too. `earlier_references` are the references before the current one, as far as they may
 * still be queried. `payments.replaced_end` says how a replaced payment had ended: 0 failed, 1 cancelled by the provider, 2 by a person.
 * `canaries` say how many payments of a batch and account may leave before a person has released the batch, and how many were chosen.
 * `approvals` are the signatures under which something was sent or decided: of the plan of a batch, or of a command that a person gave.
 * `series_starts` has one row for each rule that a series came by: nothing from before it is paid. `missed_occurrences` are never paid by a
 * batch of their own. `file_memos` and `schedule_memos` are of one machine each, and say nothing about payments.
 */
export function schemaOf(sql: Dialect): string {
  return [
    ledgerTables(sql),
    batchTables(sql),
    paymentTables(sql),
    earlierPaymentTables(sql),
    statusTables(sql),
    accountTables(sql),
    peopleTables(sql),
    seriesTables(sql),
  ].join('');
}

function ledgerTables(sql: Dialect): string {
  const { key, integer, table } = sql.types;
  return `
  CREATE TABLE ledger (
    key ${key} CHECK (key = 1),
    id TEXT NOT NULL,
    counter ${integer} NOT NULL,
    checkpointed ${integer} NOT NULL,
    organisation TEXT
  )${table};

  CREATE TABLE recoveries (
    id ${key},
    at ${integer} NOT NULL,
    actor ${integer} NOT NULL REFERENCES actors (id),
    because TEXT NOT NULL,
    counter ${integer} NOT NULL,
    missing_from TEXT NOT NULL,
    marked ${integer} NOT NULL,
    ended_at ${integer}
  )${table};

  CREATE TABLE places (
    key TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    host TEXT NOT NULL,
    environment TEXT NOT NULL,
    payer TEXT NOT NULL
  )${table};
  `;
}

function batchTables(sql: Dialect): string {
  const { key, integer, table } = sql.types;
  return `
  CREATE TABLE actors (id ${key}, name TEXT NOT NULL UNIQUE)${table};

  CREATE TABLE batches (
    key ${key},
    id TEXT NOT NULL UNIQUE,
    format ${integer} NOT NULL,
    registered_at ${integer} NOT NULL,
    organisation TEXT NOT NULL,
    digest TEXT NOT NULL,
    count ${integer} NOT NULL,
    record TEXT NOT NULL,
    revision ${integer} NOT NULL DEFAULT 0,
    reported_revision ${integer} NOT NULL DEFAULT 0,
    is_time_trusted ${integer} NOT NULL DEFAULT 1 CHECK (is_time_trusted IN (0, 1)),
    series TEXT,
    occurrence TEXT
  )${table};
  CREATE INDEX batches_registered ON batches (registered_at);
  CREATE INDEX batches_behind ON batches (key) WHERE reported_revision < revision;

  CREATE TABLE entries (
    id ${key},
    format ${integer} NOT NULL,
    event TEXT NOT NULL,
    at ${integer} NOT NULL,
    actor ${integer} NOT NULL REFERENCES actors (id),
    batch ${integer} REFERENCES batches (key),
    payment ${integer} REFERENCES payments (key),
    status TEXT,
    generation ${integer},
    attempt ${integer},
    reference TEXT,
    lock_key TEXT,
    claimed_at ${integer},
    code TEXT,
    reason TEXT,
    provider_reference TEXT,
    request_id TEXT,
    fee_minor ${integer},
    detail TEXT,
    receipt TEXT,
    CHECK (batch IS NOT NULL OR payment IS NOT NULL)
  )${table};
  CREATE INDEX entries_sent ON entries (lock_key, at) WHERE lock_key IS NOT NULL;
  ${sql.refuse({ trigger: 'entries_stay', on: 'UPDATE', table: 'entries', message: 'entries are append-only' })}
  ${sql.refuse({ trigger: 'entries_remain', on: 'DELETE', table: 'entries', message: 'entries are append-only' })}
  `;
}

function statusTables(sql: Dialect): string {
  const { key, integer, table } = sql.types;
  return `
  CREATE TABLE query_history (
    payment ${integer} PRIMARY KEY REFERENCES payments (key),
    queries ${integer} NOT NULL,
    queried_at ${integer},
    not_found_since ${integer},
    not_found_count ${integer} NOT NULL,
    first_sent_at ${integer},
    needs_query ${integer} NOT NULL CHECK (needs_query IN (0, 1)),
    unverified_callbacks ${integer} NOT NULL,
    is_conflicting ${integer} NOT NULL CHECK (is_conflicting IN (0, 1)),
    earlier_reported_paid ${integer} NOT NULL CHECK (earlier_reported_paid IN (0, 1)),
    rests_on_person ${integer} NOT NULL DEFAULT 0 CHECK (rests_on_person IN (0, 1)),
    contradiction TEXT,
    not_found_until ${integer},
    unverified_failures ${integer} NOT NULL DEFAULT 0
  )${table};
  CREATE INDEX query_history_needed ON query_history (payment) WHERE needs_query = 1;
  CREATE INDEX query_history_contradictions ON query_history (payment) WHERE contradiction IS NOT NULL;

  CREATE TABLE callbacks (
    id ${key},
    account TEXT NOT NULL,
    deduplication_key TEXT NOT NULL,
    segment TEXT NOT NULL,
    body TEXT NOT NULL,
    reference TEXT,
    received_at ${integer} NOT NULL,
    repeats ${integer} NOT NULL,
    repeated_at ${integer},
    result TEXT,
    processed_at ${integer},
    digest TEXT,
    UNIQUE (account, deduplication_key)
  )${table};
  CREATE INDEX callbacks_segments ON callbacks (account, segment) WHERE segment <> '';
  CREATE INDEX callbacks_unprocessed ON callbacks (account) WHERE result IS NULL;
  CREATE INDEX callbacks_foreign ON callbacks (account) WHERE result = 'not-ours' OR result = 'unrelated';

  CREATE TABLE account_stops (id ${key}, account TEXT NOT NULL, at ${integer} NOT NULL, code TEXT NOT NULL,
    reason TEXT NOT NULL)${table};
  CREATE INDEX account_stops_newest ON account_stops (account, at);
  `;
}

function accountTables(sql: Dialect): string {
  const { key, integer, table } = sql.types;
  return `
  CREATE TABLE calls (
    id ${key},
    key TEXT NOT NULL,
    lock_key TEXT,
    started_at ${integer} NOT NULL,
    answered_at ${integer}
  )${table};
  CREATE INDEX calls_answered ON calls (key, answered_at);
  CREATE INDEX calls_open ON calls (lock_key) WHERE answered_at IS NULL;

  CREATE TABLE account_locks (
    key TEXT PRIMARY KEY,
    epoch ${integer} NOT NULL,
    command TEXT NOT NULL,
    pid ${integer} NOT NULL,
    host TEXT NOT NULL,
    at ${integer} NOT NULL,
    process TEXT,
    lock_file TEXT,
    released_at ${integer}
  )${table};

  CREATE TABLE provider_times (
    key TEXT PRIMARY KEY,
    provider_at ${integer} NOT NULL,
    local_at ${integer} NOT NULL
  )${table};

  CREATE TABLE file_memos (
    host TEXT NOT NULL,
    path TEXT NOT NULL,
    size ${integer} NOT NULL,
    mtime_ns TEXT NOT NULL,
    inode TEXT NOT NULL,
    config TEXT NOT NULL,
    batch TEXT NOT NULL,
    revision ${integer} NOT NULL,
    PRIMARY KEY (host, path)
  )${table};
  `;
}

/** What people have stopped or signed, and what waits until a person lets it go. */
function peopleTables(sql: Dialect): string {
  const { key, integer, table } = sql.types;
  return `
  CREATE TABLE pauses (
    id ${key},
    scope TEXT NOT NULL CHECK (scope = 'account' OR scope = 'batch'),
    name TEXT NOT NULL,
    at ${integer} NOT NULL,
    actor ${integer} NOT NULL REFERENCES actors (id),
    because TEXT NOT NULL,
    ended_at ${integer},
    ended_by ${integer} REFERENCES actors (id)
  )${table};
  CREATE INDEX pauses_open ON pauses (scope, name) WHERE ended_at IS NULL;

  CREATE TABLE approvals (
    id ${key},
    digest TEXT NOT NULL,
    principal TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    text TEXT NOT NULL,
    signature TEXT NOT NULL,
    batch TEXT NOT NULL,
    command TEXT NOT NULL,
    at ${integer} NOT NULL,
    actor ${integer} NOT NULL REFERENCES actors (id),
    UNIQUE (digest, principal)
  )${table};
  CREATE INDEX approvals_batch ON approvals (batch);

  CREATE TABLE canaries (
    id ${key},
    batch TEXT NOT NULL,
    account TEXT NOT NULL,
    size ${integer} NOT NULL CHECK (size > 0),
    used ${integer} NOT NULL,
    at ${integer} NOT NULL,
    actor ${integer} NOT NULL REFERENCES actors (id),
    released_at ${integer},
    released_by ${integer} REFERENCES actors (id),
    UNIQUE (batch, account)
  )${table};
  `;
}

/** Recurring payrolls: from when on each is paid, what was missed, and when the next one comes. */
function seriesTables(sql: Dialect): string {
  const { key, integer, table } = sql.types;
  return `
  CREATE TABLE series_starts (
    id ${key},
    series TEXT NOT NULL,
    rule TEXT NOT NULL,
    at ${integer} NOT NULL,
    actor ${integer} NOT NULL REFERENCES actors (id)
  )${table};
  CREATE INDEX series_starts_newest ON series_starts (series, id);

  CREATE TABLE missed_occurrences (
    series TEXT NOT NULL,
    occurrence TEXT NOT NULL,
    batch TEXT,
    at ${integer} NOT NULL,
    actor ${integer} NOT NULL REFERENCES actors (id),
    PRIMARY KEY (series, occurrence)
  )${table};

  CREATE TABLE schedule_memos (
    host TEXT PRIMARY KEY,
    config TEXT NOT NULL,
    next_at ${integer},
    record TEXT NOT NULL
  )${table};
  `;
}
