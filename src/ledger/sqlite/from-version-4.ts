import { MOVE_IS_ALLOWED, REFERENCE_MAY_CHANGE } from '../sql/move-checks.ts';

/** Leads a ledger of schema version 4 to version 5. */
export const FROM_VERSION_4 = `
  -- One row; its id is made by the process that upgrades.
  CREATE TABLE ledger (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    id TEXT NOT NULL,
    counter INTEGER NOT NULL,
    checkpointed INTEGER NOT NULL,
    organisation TEXT
  ) STRICT;

  CREATE TABLE recoveries (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actors (id),
    because TEXT NOT NULL,
    counter INTEGER NOT NULL,
    missing_from TEXT NOT NULL,
    marked INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;

  CREATE TABLE places (
    key TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    host TEXT NOT NULL,
    environment TEXT NOT NULL,
    payer TEXT NOT NULL
  ) STRICT;

  ALTER TABLE batches ADD COLUMN reported_revision INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE batches ADD COLUMN is_time_trusted INTEGER NOT NULL DEFAULT 1 CHECK (is_time_trusted IN (0, 1));
  ALTER TABLE batches ADD COLUMN series TEXT;
  ALTER TABLE batches ADD COLUMN occurrence TEXT;
  UPDATE batches SET reported_revision = revision;
  CREATE INDEX batches_behind ON batches (key) WHERE reported_revision < revision;

  -- Of the whole body, where only its beginning is kept.
  ALTER TABLE callbacks ADD COLUMN digest TEXT;
  CREATE INDEX callbacks_foreign ON callbacks (account) WHERE result = 'not-ours' OR result = 'unrelated';

  -- Null: never sent, or sent before a ledger recorded places.
  ALTER TABLE payments ADD COLUMN place TEXT REFERENCES places (key);
  CREATE INDEX payments_unplaced ON payments (account)
    WHERE place IS NULL AND (status = 'submitting' OR status = 'pending' OR status = 'unknown');
  -- 1: the reference is older than a recovery of the ledger; 2: given after it, and assumed to be sent before.
  ALTER TABLE payments ADD COLUMN restored INTEGER NOT NULL DEFAULT 0 CHECK (restored BETWEEN 0 AND 2);
  ALTER TABLE payments ADD COLUMN cancelled_by_person INTEGER NOT NULL DEFAULT 0 CHECK (cancelled_by_person IN (0, 1));
  -- Of a replaced payment, how it had ended: 0 failed, 1 cancelled by the provider, 2 cancelled by a person.
  ALTER TABLE payments ADD COLUMN replaced_end INTEGER NOT NULL DEFAULT 0 CHECK (replaced_end BETWEEN 0 AND 2);
  DROP TRIGGER payments_moves;
  CREATE TRIGGER payments_moves BEFORE UPDATE OF status ON payments
    WHEN NOT ${MOVE_IS_ALLOWED}
    BEGIN SELECT RAISE(ABORT, 'this move of a payment is not allowed'); END;
  DROP TRIGGER payments_references;
  CREATE TRIGGER payments_references BEFORE UPDATE OF reference ON payments
    WHEN NOT ${REFERENCE_MAY_CHANGE}
    BEGIN SELECT RAISE(ABORT, 'a reference changes only with its generation'); END;

  CREATE INDEX contents_id_keys ON contents (id_key);
  CREATE TABLE destination_fingerprints (fingerprint BLOB NOT NULL, batch INTEGER NOT NULL, payment INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, batch, payment)) STRICT, WITHOUT ROWID;

  CREATE TABLE replacements (
    payment INTEGER PRIMARY KEY REFERENCES payments (key),
    replaced INTEGER NOT NULL REFERENCES payments (key)
  ) STRICT;
  CREATE INDEX replacements_replaced ON replacements (replaced);

  CREATE TABLE earlier_references (
    reference TEXT PRIMARY KEY,
    payment INTEGER NOT NULL REFERENCES payments (key),
    generation INTEGER NOT NULL,
    account TEXT NOT NULL,
    place TEXT REFERENCES places (key),
    provider_reference TEXT,
    request_id TEXT,
    sent_at INTEGER,
    rests_on_person INTEGER NOT NULL CHECK (rests_on_person IN (0, 1)),
    retired_at INTEGER NOT NULL,
    queries INTEGER NOT NULL,
    queried_at INTEGER,
    report TEXT,
    due_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX earlier_references_payments ON earlier_references (payment);
  CREATE INDEX earlier_references_due ON earlier_references (due_at) WHERE due_at IS NOT NULL;

  ALTER TABLE query_history ADD COLUMN rests_on_person INTEGER NOT NULL DEFAULT 0 CHECK (rests_on_person IN (0, 1));
  ALTER TABLE query_history ADD COLUMN contradiction TEXT;
  -- When the present row of answers "not found" began and ended, by the provider's clock from this version on.
  ALTER TABLE query_history ADD COLUMN not_found_until INTEGER;
  UPDATE query_history SET not_found_since = NULL, not_found_count = 0;
  ALTER TABLE query_history ADD COLUMN unverified_failures INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX query_history_contradictions ON query_history (payment) WHERE contradiction IS NOT NULL;

  -- A failure that a person decided, or that a callback reported, may rest on no verified word of the provider: queried before a retry.
  INSERT INTO query_history (payment, queries, queried_at, not_found_since, not_found_count, first_sent_at, needs_query,
      unverified_callbacks, is_conflicting, earlier_reported_paid, rests_on_person)
    SELECT DISTINCT p.key, 0, NULL, NULL, 0, NULL, 0, 0, 0, 0, 1
    FROM entries e JOIN payments p ON p.key = e.payment AND p.generation = e.generation
    WHERE e.status = 'failed' AND p.status = 'failed' AND (e.event = 'resolved' OR e.event = 'settled-by-callback')
    ON CONFLICT (payment) DO UPDATE SET rests_on_person = 1;

  -- A contradiction that the report displays stays in it, whatever is learnt later.
  INSERT INTO query_history (payment, queries, queried_at, not_found_since, not_found_count, first_sent_at, needs_query,
      unverified_callbacks, is_conflicting, earlier_reported_paid, contradiction)
    SELECT p.key, 0, NULL, NULL, 0, NULL, 0, 0, 0, 0, substr(e.reason, 1, 400)
    FROM payments p JOIN entries e ON e.id = p.evidence WHERE e.code = 'contradiction'
    ON CONFLICT (payment) DO UPDATE SET contradiction = excluded.contradiction;

  -- Locks and the memory of rate limits are of places from here on; what is remembered under an account's name stays readable.
  ALTER TABLE entries RENAME COLUMN account TO lock_key;
  ALTER TABLE calls RENAME COLUMN account TO lock_key;
  DELETE FROM account_locks;
  ALTER TABLE account_locks RENAME COLUMN account TO key;
  ALTER TABLE account_locks ADD COLUMN process TEXT;
  ALTER TABLE account_locks ADD COLUMN lock_file TEXT;
  ALTER TABLE account_locks ADD COLUMN released_at INTEGER;

  CREATE TABLE pauses (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope = 'account' OR scope = 'batch'),
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actors (id),
    because TEXT NOT NULL,
    ended_at INTEGER,
    ended_by INTEGER REFERENCES actors (id)
  ) STRICT;
  CREATE INDEX pauses_open ON pauses (scope, name) WHERE ended_at IS NULL;

  CREATE TABLE provider_times (
    key TEXT PRIMARY KEY,
    provider_at INTEGER NOT NULL,
    local_at INTEGER NOT NULL
  ) STRICT;
  `;
