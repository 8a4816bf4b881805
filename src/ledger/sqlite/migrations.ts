import { MOVE_IS_ALLOWED, STATUS_IS_KNOWN } from '../sql/move-checks.ts';
import { FROM_VERSION_4 } from './from-version-4.ts';
import { FROM_VERSION_5 } from './from-version-5.ts';

/**
 * What brings an SQLite ledger of an earlier schema version up to date: step N leads from version N to version N + 1. A step
 * that was released is never edited. A new ledger is made by `schemaOf` alone, and a test holds both against each other.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE actors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE batches (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    format INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    digest TEXT NOT NULL,
    count INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX batches_registered ON batches (registered_at);

  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    format INTEGER NOT NULL,
    event TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actors (id),
    batch INTEGER REFERENCES batches (key),
    payment INTEGER REFERENCES payments (key),
    status TEXT,
    generation INTEGER,
    attempt INTEGER,
    reference TEXT,
    account TEXT,
    claimed_at INTEGER,
    code TEXT,
    reason TEXT,
    provider_reference TEXT,
    request_id TEXT,
    fee_minor INTEGER,
    detail TEXT,
    CHECK (batch IS NOT NULL OR payment IS NOT NULL)
  ) STRICT;
  CREATE INDEX entries_sent ON entries (account, at) WHERE account IS NOT NULL;
  CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
  CREATE TRIGGER entries_remain BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

  CREATE TABLE payments (
    key INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches (key),
    line INTEGER NOT NULL,
    account TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    reference TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 1),
    status TEXT NOT NULL CHECK (status = 'planned' OR status = 'submitting' OR status = 'pending' OR status = 'unknown'
      OR status = 'paid' OR status = 'failed' OR status = 'cancelled' OR status = 'returned'),
    tries INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    claimed_at INTEGER,
    sent_at INTEGER,
    settled_at INTEGER,
    evidence INTEGER REFERENCES entries (id),
    CHECK (attempts <= tries)
  ) STRICT;
  CREATE INDEX payments_lines ON payments (batch, line);
  CREATE INDEX payments_unpaid ON payments (batch, status, account, line) WHERE status <> 'paid';
  CREATE INDEX payments_again ON payments (batch, account, line) WHERE status = 'planned' AND generation > 1;
  CREATE TRIGGER payments_moves BEFORE UPDATE OF status ON payments
    WHEN NOT CASE OLD.status
      WHEN 'planned' THEN NEW.status = 'submitting' OR NEW.status = 'cancelled'
      WHEN 'submitting' THEN NEW.status = 'paid' OR NEW.status = 'pending' OR NEW.status = 'failed'
        OR NEW.status = 'unknown' OR NEW.status = 'planned'
      WHEN 'pending' THEN NEW.status = 'paid' OR NEW.status = 'failed' OR NEW.status = 'cancelled'
        OR NEW.status = 'returned' OR NEW.status = 'unknown'
      WHEN 'unknown' THEN NEW.status = 'paid' OR NEW.status = 'failed' OR NEW.status = 'pending'
        OR NEW.status = 'cancelled' OR NEW.status = 'returned' OR NEW.status = 'submitting'
      WHEN 'paid' THEN NEW.status = 'returned'
      WHEN 'failed' THEN NEW.status = 'planned' AND NEW.generation = OLD.generation + 1
      ELSE FALSE END
    BEGIN SELECT RAISE(ABORT, 'this move of a payment is not allowed'); END;
  CREATE TRIGGER payments_references BEFORE UPDATE OF reference ON payments
    WHEN NOT (OLD.status = 'failed' AND NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)
    BEGIN SELECT RAISE(ABORT, 'a reference changes only with its generation'); END;
  CREATE TRIGGER payments_remain BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'payments are never deleted'); END;

  CREATE TABLE contents (
    key INTEGER PRIMARY KEY REFERENCES payments (key),
    batch INTEGER NOT NULL,
    id TEXT NOT NULL,
    id_key TEXT NOT NULL,
    name TEXT NOT NULL,
    destination TEXT NOT NULL,
    narrative TEXT NOT NULL,
    details TEXT NOT NULL,
    cells TEXT NOT NULL,
    digest BLOB NOT NULL,
    fingerprint BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX contents_ids ON contents (batch, id_key);

  CREATE TABLE presented (reference TEXT PRIMARY KEY, payment INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE fingerprints (fingerprint BLOB NOT NULL, batch INTEGER NOT NULL, payment INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, batch, payment)) STRICT, WITHOUT ROWID;

  CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    account TEXT,
    started_at INTEGER NOT NULL,
    answered_at INTEGER
  ) STRICT;
  CREATE INDEX calls_answered ON calls (key, answered_at);
  CREATE INDEX calls_open ON calls (account) WHERE answered_at IS NULL;

  CREATE TABLE holders (
    account TEXT PRIMARY KEY,
    command TEXT NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns TEXT NOT NULL,
    inode TEXT NOT NULL,
    config TEXT NOT NULL,
    batch TEXT NOT NULL
  ) STRICT;
  `,
  `
  DROP TRIGGER payments_moves;
  CREATE TRIGGER payments_moves BEFORE UPDATE OF status ON payments
    WHEN NOT CASE OLD.status
      WHEN 'planned' THEN NEW.status = 'submitting' OR NEW.status = 'cancelled' OR NEW.status = 'unknown'
      WHEN 'submitting' THEN NEW.status = 'paid' OR NEW.status = 'pending' OR NEW.status = 'failed'
        OR NEW.status = 'unknown' OR NEW.status = 'planned' OR NEW.status = 'cancelled' OR NEW.status = 'returned'
      WHEN 'pending' THEN NEW.status = 'paid' OR NEW.status = 'failed' OR NEW.status = 'cancelled'
        OR NEW.status = 'returned' OR NEW.status = 'unknown'
      WHEN 'unknown' THEN NEW.status = 'paid' OR NEW.status = 'failed' OR NEW.status = 'pending'
        OR NEW.status = 'cancelled' OR NEW.status = 'returned' OR NEW.status = 'submitting'
      WHEN 'paid' THEN NEW.status = 'returned'
      WHEN 'failed' THEN (NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)
        OR NEW.status = 'unknown'
      WHEN 'cancelled' THEN NEW.status = 'unknown'
      ELSE FALSE END
    BEGIN SELECT RAISE(ABORT, 'this move of a payment is not allowed'); END;

  CREATE TABLE inquiries (
    payment INTEGER PRIMARY KEY REFERENCES payments (key),
    asks INTEGER NOT NULL,
    asked_at INTEGER,
    absent_since INTEGER,
    absents INTEGER NOT NULL,
    urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
    first_sent_at INTEGER
  ) STRICT;
  CREATE INDEX inquiries_urgent ON inquiries (payment) WHERE urgent = 1;

  CREATE TABLE callbacks (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    replay_key TEXT NOT NULL,
    segment TEXT NOT NULL,
    body TEXT NOT NULL,
    reference TEXT,
    received_at INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    repeated_at INTEGER,
    verdict TEXT,
    judged_at INTEGER,
    UNIQUE (account, replay_key)
  ) STRICT;
  CREATE INDEX callbacks_segments ON callbacks (account, segment) WHERE segment <> '';
  CREATE INDEX callbacks_unjudged ON callbacks (account) WHERE verdict IS NULL;

  CREATE TABLE stops (id INTEGER PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL, code TEXT NOT NULL,
    reason TEXT NOT NULL) STRICT;
  CREATE INDEX stops_newest ON stops (account, at);
  `,
  `
  -- disputed: reported as paid or under way when it should not have been, so that nothing presents it again before a person has looked;
  -- paid_before: what was reported is an earlier presentation, of which no later one's end says anything.
  ALTER TABLE inquiries ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed IN (0, 1));
  ALTER TABLE inquiries ADD COLUMN paid_before INTEGER NOT NULL DEFAULT 0 CHECK (paid_before IN (0, 1));
  -- How many callbacks have spoken of the reference that counts now without being believed.
  ALTER TABLE inquiries ADD COLUMN hints INTEGER NOT NULL DEFAULT 0;

  CREATE TRIGGER payments_settled AFTER UPDATE OF status ON payments
    WHEN NEW.status = 'paid' OR NEW.status = 'cancelled' OR NEW.status = 'returned'
    BEGIN UPDATE inquiries SET urgent = 0 WHERE payment = NEW.key AND urgent = 1; END;
  `,
  `
  -- Table by table, as https://www.sqlite.org/lang_altertable.html, section 7, asks for: a CHECK cannot be altered.
  CREATE TABLE new_payments (
    key INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches (key),
    line INTEGER NOT NULL,
    account TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    reference TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 1),
    status TEXT NOT NULL CHECK (${STATUS_IS_KNOWN}),
    tries INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    claimed_at INTEGER,
    sent_at INTEGER,
    settled_at INTEGER,
    evidence INTEGER REFERENCES entries (id),
    CHECK (attempts <= tries)
  ) STRICT;
  INSERT INTO new_payments SELECT key, batch, line, account, provider, kind, currency, amount_minor, reference, generation, status,
    tries, attempts, claimed_at, sent_at, settled_at, evidence FROM payments;
  DROP TABLE payments;
  ALTER TABLE new_payments RENAME TO payments;
  CREATE INDEX payments_lines ON payments (batch, line);
  CREATE INDEX payments_unpaid ON payments (batch, status, account, line) WHERE status <> 'paid';
  CREATE INDEX payments_retried ON payments (batch, account, line) WHERE status = 'planned' AND generation > 1;
  CREATE TRIGGER payments_moves BEFORE UPDATE OF status ON payments
    WHEN NOT ${MOVE_IS_ALLOWED}
    BEGIN SELECT RAISE(ABORT, 'this move of a payment is not allowed'); END;
  CREATE TRIGGER payments_references BEFORE UPDATE OF reference ON payments
    WHEN NOT (OLD.status = 'failed' AND NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)
    BEGIN SELECT RAISE(ABORT, 'a reference changes only with its generation'); END;
  CREATE TRIGGER payments_remain BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'payments are never deleted'); END;

  -- The id that the recipient sees, such as an M-Pesa receipt.
  ALTER TABLE entries ADD COLUMN receipt TEXT;

  ALTER TABLE batches ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

  ALTER TABLE presented RENAME TO payment_references;

  CREATE TABLE query_history (
    payment INTEGER PRIMARY KEY REFERENCES payments (key),
    queries INTEGER NOT NULL,
    queried_at INTEGER,
    not_found_since INTEGER,
    not_found_count INTEGER NOT NULL,
    first_sent_at INTEGER,
    needs_query INTEGER NOT NULL CHECK (needs_query IN (0, 1)),
    unverified_callbacks INTEGER NOT NULL,
    is_conflicting INTEGER NOT NULL CHECK (is_conflicting IN (0, 1)),
    earlier_reported_paid INTEGER NOT NULL CHECK (earlier_reported_paid IN (0, 1))
  ) STRICT;
  INSERT INTO query_history SELECT payment, asks, asked_at, absent_since, absents, first_sent_at, urgent, hints, disputed,
    paid_before FROM inquiries;
  DROP TABLE inquiries;
  CREATE INDEX query_history_needed ON query_history (payment) WHERE needs_query = 1;

  ALTER TABLE callbacks RENAME COLUMN replay_key TO deduplication_key;
  ALTER TABLE callbacks RENAME COLUMN verdict TO result;
  ALTER TABLE callbacks RENAME COLUMN judged_at TO processed_at;
  UPDATE callbacks SET result = CASE result WHEN 'hint' THEN 'unverified' WHEN 'noted' THEN 'unrelated' ELSE result END WHERE result IS NOT NULL;
  DROP INDEX callbacks_unjudged;
  CREATE INDEX callbacks_unprocessed ON callbacks (account) WHERE result IS NULL;

  ALTER TABLE stops RENAME TO account_stops;
  DROP INDEX stops_newest;
  CREATE INDEX account_stops_newest ON account_stops (account, at);

  CREATE TABLE account_locks (
    account TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    command TEXT NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO account_locks SELECT account, 1, command, pid, host, at FROM holders;
  DROP TABLE holders;

  -- The files of earlier versions said neither whose they were nor which state of the batch was reported: they are read again.
  CREATE TABLE file_memos (
    host TEXT NOT NULL,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns TEXT NOT NULL,
    inode TEXT NOT NULL,
    config TEXT NOT NULL,
    batch TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (host, path)
  ) STRICT;
  DROP TABLE files;
  `,
  FROM_VERSION_4,
  FROM_VERSION_5,
];
