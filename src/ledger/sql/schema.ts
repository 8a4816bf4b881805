import type { Dialect } from './dialect.ts';

/**
 * The tables of a ledger, of the newest schema version (`version.ts`).
 *
 * `payments` is what changes while a batch is paid, in rows short enough that a group of 32 dirties a page or two; the texts of
 * a payment stand in `contents` and are written once. `payment_references` (every reference ever given) and `fingerprints` are
 * indexes in no useful order, kept apart so that a registration can fill them sorted. `entries` is the append-only record of
 * everything that happened. `query_history` counts the queries of a payment and what callbacks said of it, `callbacks` keeps what
 * providers sent by themselves, `account_stops` what ends an account's run. `account_locks` says who took an account last.
 * `file_memos` is of one machine each, and says nothing about payments.
 */
export function schemaOf(sql: Dialect): string {
  return [batchTables(sql), paymentTables(sql), statusTables(sql), accountTables(sql)].join('');
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
    revision ${integer} NOT NULL DEFAULT 0
  )${table};
  CREATE INDEX batches_registered ON batches (registered_at);

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
    account TEXT,
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
  CREATE INDEX entries_sent ON entries (account, at) WHERE account IS NOT NULL;
  ${sql.refuse({ trigger: 'entries_stay', on: 'UPDATE', table: 'entries', message: 'entries are append-only' })}
  ${sql.refuse({ trigger: 'entries_remain', on: 'DELETE', table: 'entries', message: 'entries are append-only' })}
  `;
}

function paymentTables(sql: Dialect): string {
  const { key, integer, bytes, table, clusteredTable } = sql.types;
  return `
  CREATE TABLE payments (
    key ${key},
    batch ${integer} NOT NULL REFERENCES batches (key),
    line ${integer} NOT NULL,
    account TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor ${integer} NOT NULL CHECK (amount_minor > 0),
    reference TEXT NOT NULL,
    generation ${integer} NOT NULL CHECK (generation >= 1),
    status TEXT NOT NULL CHECK (${STATUS_IS_KNOWN}),
    tries ${integer} NOT NULL,
    attempts ${integer} NOT NULL,
    claimed_at ${integer},
    sent_at ${integer},
    settled_at ${integer},
    evidence ${integer} REFERENCES entries (id),
    CHECK (attempts <= tries)
  )${table};
  CREATE INDEX payments_lines ON payments (batch, line);
  CREATE INDEX payments_unpaid ON payments (batch, status, account, line) WHERE status <> 'paid';
  CREATE INDEX payments_retried ON payments (batch, account, line) WHERE status = 'planned' AND generation > 1;
  ${sql.refuse({
    trigger: 'payments_moves',
    on: 'UPDATE OF status',
    table: 'payments',
    unless: MOVE_IS_ALLOWED,
    message: 'this move of a payment is not allowed',
  })}
  ${sql.refuse({
    trigger: 'payments_references',
    on: 'UPDATE OF reference',
    table: 'payments',
    unless: `(OLD.status = 'failed' AND NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)`,
    message: 'a reference changes only with its generation',
  })}
  ${sql.refuse({ trigger: 'payments_remain', on: 'DELETE', table: 'payments', message: 'payments are never deleted' })}

  CREATE TABLE contents (
    key ${key} REFERENCES payments (key),
    batch ${integer} NOT NULL,
    id TEXT NOT NULL,
    id_key TEXT NOT NULL,
    name TEXT NOT NULL,
    destination TEXT NOT NULL,
    narrative TEXT NOT NULL,
    details TEXT NOT NULL,
    cells TEXT NOT NULL,
    digest ${bytes} NOT NULL,
    fingerprint ${bytes} NOT NULL
  )${table};
  CREATE UNIQUE INDEX contents_ids ON contents (batch, id_key);

  CREATE TABLE payment_references (reference TEXT PRIMARY KEY, payment ${integer} NOT NULL)${clusteredTable};
  CREATE TABLE fingerprints (fingerprint ${bytes} NOT NULL, batch ${integer} NOT NULL, payment ${integer} NOT NULL,
    PRIMARY KEY (fingerprint, batch, payment))${clusteredTable};
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
    earlier_reported_paid ${integer} NOT NULL CHECK (earlier_reported_paid IN (0, 1))
  )${table};
  CREATE INDEX query_history_needed ON query_history (payment) WHERE needs_query = 1;

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
    UNIQUE (account, deduplication_key)
  )${table};
  CREATE INDEX callbacks_segments ON callbacks (account, segment) WHERE segment <> '';
  CREATE INDEX callbacks_unprocessed ON callbacks (account) WHERE result IS NULL;

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
    account TEXT,
    started_at ${integer} NOT NULL,
    answered_at ${integer}
  )${table};
  CREATE INDEX calls_answered ON calls (key, answered_at);
  CREATE INDEX calls_open ON calls (account) WHERE answered_at IS NULL;

  CREATE TABLE account_locks (
    account TEXT PRIMARY KEY,
    epoch ${integer} NOT NULL,
    command TEXT NOT NULL,
    pid ${integer} NOT NULL,
    host TEXT NOT NULL,
    at ${integer} NOT NULL
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

/** A comparison for each value: SQLite builds a table for every evaluation of `IN` with a list, here twice for each payment. */
function isOneOf(column: string, ...values: readonly string[]): string {
  return `(${values.map((value) => `${column} = '${value}'`).join(' OR ')})`;
}

export const STATUS_IS_KNOWN = isOneOf(
  'status',
  ...['planned', 'submitting', 'pending', 'unknown', 'paid', 'failed', 'cancelled', 'returned', 'replaced'],
);

/** `MOVES` of the domain, for the database to enforce too; a test holds both against each other. */
export const MOVE_IS_ALLOWED = `CASE OLD.status
      WHEN 'planned' THEN ${isOneOf('NEW.status', 'submitting', 'cancelled', 'unknown')}
      WHEN 'submitting' THEN ${isOneOf('NEW.status', 'paid', 'pending', 'failed', 'unknown', 'planned', 'cancelled', 'returned')}
      WHEN 'pending' THEN ${isOneOf('NEW.status', 'paid', 'failed', 'cancelled', 'returned', 'unknown')}
      WHEN 'unknown' THEN ${isOneOf('NEW.status', 'paid', 'failed', 'pending', 'cancelled', 'returned', 'submitting')}
      WHEN 'paid' THEN NEW.status = 'returned'
      WHEN 'failed' THEN ${isOneOf('NEW.status', 'unknown', 'replaced')}
        OR (NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)
      WHEN 'cancelled' THEN ${isOneOf('NEW.status', 'unknown', 'replaced')}
      WHEN 'replaced' THEN ${isOneOf('NEW.status', 'failed', 'unknown')}
      ELSE FALSE END`;
