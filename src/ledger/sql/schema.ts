/**
 * The schema, one numbered step per entry; a step that was released is never edited. The number of steps is the schema's
 * version (`PRAGMA user_version`).
 *
 * `payments` is what changes while a batch is paid, in rows short enough that a group of 32 dirties a page or two; the texts of
 * a payment stand in `contents` and are written once. `presented` (every reference ever given) and `fingerprints` are indexes in
 * no useful order, kept apart so that a registration can fill them sorted. `entries` is the append-only record of everything that happened.
 * `inquiries` remembers how often an open payment was asked about, `callbacks` what came by itself, `stops` what ends an account's run.
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
  -- The id that the recipient sees, such as an M-Pesa receipt.
  ALTER TABLE entries ADD COLUMN receipt TEXT;
  `,
];

/** `payr`: marks an SQLite file as one of ours, so that another program's database is never written to. */
export const APPLICATION_ID = 0x70617972;

/** Version of the rows of `entries` and `batches`, written into each of them. */
export const ROW_FORMAT = 1;
