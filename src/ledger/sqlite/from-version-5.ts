/** Leads a ledger of schema version 5 to version 6. Not released yet. */
export const FROM_VERSION_5 = `
  CREATE TABLE approvals (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    principal TEXT NOT NULL,
    key_fingerprint TEXT NOT NULL,
    text TEXT NOT NULL,
    signature TEXT NOT NULL,
    batch TEXT NOT NULL,
    command TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actors (id),
    UNIQUE (digest, principal)
  ) STRICT;
  CREATE INDEX approvals_batch ON approvals (batch);

  CREATE TABLE canaries (
    id INTEGER PRIMARY KEY,
    batch TEXT NOT NULL,
    account TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size > 0),
    used INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actors (id),
    released_at INTEGER,
    released_by INTEGER REFERENCES actors (id),
    UNIQUE (batch, account)
  ) STRICT;

  CREATE TABLE series_starts (
    id INTEGER PRIMARY KEY,
    series TEXT NOT NULL,
    rule TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actors (id)
  ) STRICT;
  CREATE INDEX series_starts_newest ON series_starts (series, id);

  CREATE TABLE missed_occurrences (
    series TEXT NOT NULL,
    occurrence TEXT NOT NULL,
    batch TEXT,
    at INTEGER NOT NULL,
    actor INTEGER NOT NULL REFERENCES actors (id),
    PRIMARY KEY (series, occurrence)
  ) STRICT;

  CREATE TABLE schedule_memos (
    host TEXT PRIMARY KEY,
    config TEXT NOT NULL,
    next_at INTEGER,
    record TEXT NOT NULL
  ) STRICT;
  `;
