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
  `;
