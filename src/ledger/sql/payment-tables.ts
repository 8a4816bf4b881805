import type { Dialect } from './dialect.ts';
import { MOVE_IS_ALLOWED, REFERENCE_MAY_CHANGE, STATUS_IS_KNOWN } from './move-checks.ts';

export function paymentTables(sql: Dialect): string {
  const { key, integer, table } = sql.types;
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
    claimed_at ${integer}, sent_at ${integer}, settled_at ${integer},
    evidence ${integer} REFERENCES entries (id),
    place TEXT REFERENCES places (key),
    restored ${integer} NOT NULL DEFAULT 0 CHECK (restored BETWEEN 0 AND 2),
    cancelled_by_person ${integer} NOT NULL DEFAULT 0 CHECK (cancelled_by_person IN (0, 1)),
    replaced_end ${integer} NOT NULL DEFAULT 0 CHECK (replaced_end BETWEEN 0 AND 2),
    CHECK (attempts <= tries)
  )${table};
  CREATE INDEX payments_lines ON payments (batch, line);
  CREATE INDEX payments_unpaid ON payments (batch, status, account, line) WHERE status <> 'paid';
  CREATE INDEX payments_retried ON payments (batch, account, line) WHERE status = 'planned' AND generation > 1;
  CREATE INDEX payments_unplaced ON payments (account)
    WHERE place IS NULL AND (status = 'submitting' OR status = 'pending' OR status = 'unknown');
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
    unless: REFERENCE_MAY_CHANGE,
    message: 'a reference changes only with its generation',
  })}
  ${sql.refuse({ trigger: 'payments_remain', on: 'DELETE', table: 'payments', message: 'payments are never deleted' })}
  ${contentTables(sql)}`;
}

/** What a payment is, as it was registered, and the indexes by which it is found. */
function contentTables(sql: Dialect): string {
  const { key, integer, bytes, table, clusteredTable } = sql.types;
  return `
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
  CREATE INDEX contents_id_keys ON contents (id_key);

  CREATE TABLE payment_references (reference TEXT PRIMARY KEY, payment ${integer} NOT NULL)${clusteredTable};
  CREATE TABLE fingerprints (fingerprint ${bytes} NOT NULL, batch ${integer} NOT NULL, payment ${integer} NOT NULL,
    PRIMARY KEY (fingerprint, batch, payment))${clusteredTable};
  CREATE TABLE destination_fingerprints (fingerprint ${bytes} NOT NULL, batch ${integer} NOT NULL, payment ${integer} NOT NULL,
    PRIMARY KEY (fingerprint, batch, payment))${clusteredTable};
  `;
}

/** Of payments that were replaced or got a new reference. */
export function earlierPaymentTables(sql: Dialect): string {
  const { integer, table, clusteredTable } = sql.types;
  return `
  CREATE TABLE replacements (
    payment ${integer} PRIMARY KEY REFERENCES payments (key),
    replaced ${integer} NOT NULL REFERENCES payments (key)
  )${table};
  CREATE INDEX replacements_replaced ON replacements (replaced);

  CREATE TABLE earlier_references (
    reference TEXT PRIMARY KEY,
    payment ${integer} NOT NULL REFERENCES payments (key),
    generation ${integer} NOT NULL,
    account TEXT NOT NULL,
    place TEXT REFERENCES places (key),
    provider_reference TEXT,
    request_id TEXT,
    sent_at ${integer},
    rests_on_person ${integer} NOT NULL CHECK (rests_on_person IN (0, 1)),
    retired_at ${integer} NOT NULL,
    queries ${integer} NOT NULL,
    queried_at ${integer},
    report TEXT,
    due_at ${integer}
  )${clusteredTable};
  CREATE INDEX earlier_references_payments ON earlier_references (payment);
  CREATE INDEX earlier_references_due ON earlier_references (due_at) WHERE due_at IS NOT NULL;
  `;
}
