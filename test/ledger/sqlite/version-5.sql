PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
CREATE TABLE actors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE batches (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    format INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    digest TEXT NOT NULL,
    count INTEGER NOT NULL,
    record TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    reported_revision INTEGER NOT NULL DEFAULT 0,
    is_time_trusted INTEGER NOT NULL DEFAULT 1 CHECK (is_time_trusted IN (0, 1)),
    series TEXT,
    occurrence TEXT
  ) STRICT;
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
    lock_key TEXT,
    claimed_at INTEGER,
    code TEXT,
    reason TEXT,
    provider_reference TEXT,
    request_id TEXT,
    fee_minor INTEGER,
    detail TEXT,
    receipt TEXT,
    CHECK (batch IS NOT NULL OR payment IS NOT NULL)
  ) STRICT;
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
    status TEXT NOT NULL CHECK ((status = 'planned' OR status = 'submitting' OR status = 'pending' OR status = 'unknown' OR status = 'paid' OR status = 'failed' OR status = 'cancelled' OR status = 'returned' OR status = 'replaced')),
    tries INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    claimed_at INTEGER, sent_at INTEGER, settled_at INTEGER,
    evidence INTEGER REFERENCES entries (id),
    place TEXT REFERENCES places (key),
    restored INTEGER NOT NULL DEFAULT 0 CHECK (restored BETWEEN 0 AND 2),
    cancelled_by_person INTEGER NOT NULL DEFAULT 0 CHECK (cancelled_by_person IN (0, 1)),
    replaced_end INTEGER NOT NULL DEFAULT 0 CHECK (replaced_end BETWEEN 0 AND 2),
    CHECK (attempts <= tries)
  ) STRICT;
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
CREATE TABLE payment_references (reference TEXT PRIMARY KEY, payment INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE fingerprints (fingerprint BLOB NOT NULL, batch INTEGER NOT NULL, payment INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, batch, payment)) STRICT, WITHOUT ROWID;
CREATE TABLE destination_fingerprints (fingerprint BLOB NOT NULL, batch INTEGER NOT NULL, payment INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, batch, payment)) STRICT, WITHOUT ROWID;
CREATE TABLE replacements (
    payment INTEGER PRIMARY KEY REFERENCES payments (key),
    replaced INTEGER NOT NULL REFERENCES payments (key)
  ) STRICT;
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
    earlier_reported_paid INTEGER NOT NULL CHECK (earlier_reported_paid IN (0, 1)),
    rests_on_person INTEGER NOT NULL DEFAULT 0 CHECK (rests_on_person IN (0, 1)),
    contradiction TEXT,
    not_found_until INTEGER,
    unverified_failures INTEGER NOT NULL DEFAULT 0
  ) STRICT;
CREATE TABLE callbacks (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    deduplication_key TEXT NOT NULL,
    segment TEXT NOT NULL,
    body TEXT NOT NULL,
    reference TEXT,
    received_at INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    repeated_at INTEGER,
    result TEXT,
    processed_at INTEGER,
    digest TEXT,
    UNIQUE (account, deduplication_key)
  ) STRICT;
CREATE TABLE account_stops (id INTEGER PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL, code TEXT NOT NULL,
    reason TEXT NOT NULL) STRICT;
CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    lock_key TEXT,
    started_at INTEGER NOT NULL,
    answered_at INTEGER
  ) STRICT;
CREATE TABLE account_locks (
    key TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    command TEXT NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    at INTEGER NOT NULL,
    process TEXT,
    lock_file TEXT,
    released_at INTEGER
  ) STRICT;
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
CREATE TABLE provider_times (
    key TEXT PRIMARY KEY,
    provider_at INTEGER NOT NULL,
    local_at INTEGER NOT NULL
  ) STRICT;
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
INSERT INTO ledger VALUES (1, '2d98905dc713acc221aa2a44b3d2b50b', 13, 0, 'my-organisation');
INSERT INTO places VALUES ('sellapay-039c55bc91241332', 'sellapay', 'simulator', 'live', 'e4c56ec5ae9b35b9');
INSERT INTO actors VALUES (1, 'run by alice on desk (pid 1)');
INSERT INTO batches VALUES (1, 'payroll-sample', 1, 1795885991256, 'my-organisation', '089e6a2439868b7a02e783a093ee96413907debc638b642b54ba84dd43e6b284', 3, '{"header":{"id":"payroll-sample","file":"batches/payroll-sample.yaml","rowsFile":null,"description":"Sample payroll, paid by the simulator","notBefore":null,"series":null,"occurrence":null,"control":{"count":3,"sumMinor":"10500050","currency":"KES"},"columns":["id","name","amount","mobile","wallet"],"columnFields":["id","name","amount","mobile","wallet"],"delimiter":",","reading":{"encoding":"utf-8","numberFormat":null}},"totals":[{"account":"demo","currency":"KES","kind":"mobile","count":2,"sumMinor":"8000050"},{"account":"demo","currency":"KES","kind":"wallet","count":1,"sumMinor":"2500000"}],"providers":{"demo":"sellapay"}}', 3, 3, 1, NULL, NULL);
INSERT INTO entries VALUES (1, 1, 'registered', 1795885991256, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{"digest":"089e6a2439868b7a02e783a093ee96413907debc638b642b54ba84dd43e6b284","count":3}', NULL);
INSERT INTO entries VALUES (2, 1, 'claimed', 1795885991264, 1, NULL, 1, 'submitting', 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO entries VALUES (3, 1, 'claimed', 1795885991264, 1, NULL, 2, 'submitting', 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO entries VALUES (4, 1, 'claimed', 1795885991264, 1, NULL, 3, 'submitting', 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO entries VALUES (5, 1, 'answered', 1795885991272, 1, NULL, 1, 'paid', 1, 1, NULL, 'sellapay-039c55bc91241332', 1795885991264, 'completed', 'Sellapay completed the payment.', 'TXN-1795885991-00001', 'req_3197e57f', NULL, NULL, NULL);
INSERT INTO entries VALUES (6, 1, 'answered', 1795885991272, 1, NULL, 2, 'paid', 1, 1, NULL, 'sellapay-039c55bc91241332', 1795885991264, 'completed', 'Sellapay completed the payment.', 'TXN-1795885991-00002', 'req_0358c9ce', NULL, NULL, NULL);
INSERT INTO entries VALUES (7, 1, 'answered', 1795885991274, 1, NULL, 3, 'paid', 1, 1, NULL, 'sellapay-039c55bc91241332', 1795885991264, 'completed', 'Sellapay completed the payment.', 'TXN-1795885991-00003', 'req_b20efedb', NULL, NULL, NULL);
INSERT INTO payments VALUES (1, 1, 15, 'demo', 'sellapay', 'mobile', 'KES', 4500050, 'ZDBT8PQM6E2N908GW0EQ', 1, 'paid', 1, 1, 1795885991264, 1795885991264, 1795885991272, 5, 'sellapay-039c55bc91241332', 0, 0, 0);
INSERT INTO payments VALUES (2, 1, 16, 'demo', 'sellapay', 'mobile', 'KES', 3500000, 'R8W06T8W1ADHJ38YFTB0', 1, 'paid', 1, 1, 1795885991264, 1795885991264, 1795885991272, 6, 'sellapay-039c55bc91241332', 0, 0, 0);
INSERT INTO payments VALUES (3, 1, 17, 'demo', 'sellapay', 'wallet', 'KES', 2500000, 'XFGENK82SS9WG2VFPMRJ', 1, 'paid', 1, 1, 1795885991264, 1795885991264, 1795885991274, 7, 'sellapay-039c55bc91241332', 0, 0, 0);
INSERT INTO contents VALUES (1, 1, 'EMP-001', 'emp-001', 'Jane Wanjiku', '+254712345678', 'Sample salary', '', '["EMP-001","Jane Wanjiku","45000.50","+254712345678",""]', x'888b25eeeb264be34e0b1efde6bc0d382ce081d211e3eb260224a6eb617b5add', x'52eb89e1c6df3c248ea0f992457f6830');
INSERT INTO contents VALUES (2, 1, 'EMP-002', 'emp-002', 'Peter Otieno', '+254722000111', 'Sample salary', '', '["EMP-002","Peter Otieno","35000","+254722000111",""]', x'5ec0d52a3e455b4bbff780b4d813f52b8dc2e7ec3fb09f82401fddbb75fbcbf3', x'10ac98fcf22ea974bba0ed4d097cdbf8');
INSERT INTO contents VALUES (3, 1, 'EMP-003', 'emp-003', 'Acme Ltd', 'acctSIM0002', 'Sample salary', '', '["EMP-003","Acme Ltd","25000","","acctSIM0002"]', x'9dab5f0d005ae69b7c4cf6cf62d7240792cdb56ec2905ab0f93f27cf9a41f379', x'b524cc5ea1cdc664615c72e0ef0ef9a9');
INSERT INTO payment_references VALUES ('R8W06T8W1ADHJ38YFTB0', 2);
INSERT INTO payment_references VALUES ('XFGENK82SS9WG2VFPMRJ', 3);
INSERT INTO payment_references VALUES ('ZDBT8PQM6E2N908GW0EQ', 1);
INSERT INTO fingerprints VALUES (x'10ac98fcf22ea974bba0ed4d097cdbf8', 1, 2);
INSERT INTO fingerprints VALUES (x'52eb89e1c6df3c248ea0f992457f6830', 1, 1);
INSERT INTO fingerprints VALUES (x'b524cc5ea1cdc664615c72e0ef0ef9a9', 1, 3);
INSERT INTO destination_fingerprints VALUES (x'24ad883e8c54c54eb27e7d2395934522', 1, 2);
INSERT INTO destination_fingerprints VALUES (x'276bb46e46e56dfb6722c200c2f4df11', 1, 1);
INSERT INTO destination_fingerprints VALUES (x'3e671f503767d33a6591ce03ec5dc0b8', 1, 3);
INSERT INTO calls VALUES (1, 'machine:desk:sellapay:authorize', NULL, 1795885991236, 1795885991251);
INSERT INTO calls VALUES (2, 'place:sellapay-039c55bc91241332:business', 'sellapay-039c55bc91241332', 1795885991252, 1795885991254);
INSERT INTO account_locks VALUES ('sellapay-039c55bc91241332', 1, 'run', 19710, 'desk', 1795885991218, 'f738798a-7584-42d7-b426-2237576946f3/pid:[4026531836]/19710/4668836', '65024:2572570', 1795885991301);
CREATE INDEX batches_registered ON batches (registered_at);
CREATE INDEX batches_behind ON batches (key) WHERE reported_revision < revision;
CREATE INDEX entries_sent ON entries (lock_key, at) WHERE lock_key IS NOT NULL;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE INDEX payments_lines ON payments (batch, line);
CREATE INDEX payments_unpaid ON payments (batch, status, account, line) WHERE status <> 'paid';
CREATE INDEX payments_retried ON payments (batch, account, line) WHERE status = 'planned' AND generation > 1;
CREATE INDEX payments_unplaced ON payments (account)
    WHERE place IS NULL AND (status = 'submitting' OR status = 'pending' OR status = 'unknown');
CREATE TRIGGER payments_moves BEFORE UPDATE OF status ON payments WHEN NOT CASE OLD.status
      WHEN 'planned' THEN (NEW.status = 'submitting' OR NEW.status = 'cancelled' OR NEW.status = 'unknown')
      WHEN 'submitting' THEN (NEW.status = 'paid' OR NEW.status = 'pending' OR NEW.status = 'failed' OR NEW.status = 'unknown' OR NEW.status = 'planned' OR NEW.status = 'cancelled' OR NEW.status = 'returned')
      WHEN 'pending' THEN (NEW.status = 'paid' OR NEW.status = 'failed' OR NEW.status = 'cancelled' OR NEW.status = 'returned' OR NEW.status = 'unknown')
      WHEN 'unknown' THEN (NEW.status = 'paid' OR NEW.status = 'failed' OR NEW.status = 'pending' OR NEW.status = 'cancelled' OR NEW.status = 'returned' OR NEW.status = 'submitting')
      WHEN 'paid' THEN NEW.status = 'returned'
      WHEN 'failed' THEN (NEW.status = 'paid' OR NEW.status = 'unknown' OR NEW.status = 'replaced')
        OR (NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)
      WHEN 'cancelled' THEN (NEW.status = 'paid' OR NEW.status = 'unknown' OR NEW.status = 'replaced')
        OR (NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)
      WHEN 'returned' THEN NEW.status = 'planned' AND NEW.generation = OLD.generation + 1
      WHEN 'replaced' THEN (NEW.status = 'failed' OR NEW.status = 'cancelled' OR NEW.status = 'unknown' OR NEW.status = 'paid')
      ELSE FALSE END BEGIN SELECT RAISE(ABORT, 'this move of a payment is not allowed'); END;
CREATE TRIGGER payments_references BEFORE UPDATE OF reference ON payments WHEN NOT ((OLD.status = 'failed' OR OLD.status = 'cancelled' OR OLD.status = 'returned')
      AND NEW.status = 'planned' AND NEW.generation = OLD.generation + 1) BEGIN SELECT RAISE(ABORT, 'a reference changes only with its generation'); END;
CREATE TRIGGER payments_remain BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'payments are never deleted'); END;
CREATE UNIQUE INDEX contents_ids ON contents (batch, id_key);
CREATE INDEX contents_id_keys ON contents (id_key);
CREATE INDEX replacements_replaced ON replacements (replaced);
CREATE INDEX earlier_references_payments ON earlier_references (payment);
CREATE INDEX earlier_references_due ON earlier_references (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX query_history_needed ON query_history (payment) WHERE needs_query = 1;
CREATE INDEX query_history_contradictions ON query_history (payment) WHERE contradiction IS NOT NULL;
CREATE INDEX callbacks_segments ON callbacks (account, segment) WHERE segment <> '';
CREATE INDEX callbacks_unprocessed ON callbacks (account) WHERE result IS NULL;
CREATE INDEX callbacks_foreign ON callbacks (account) WHERE result = 'not-ours' OR result = 'unrelated';
CREATE INDEX account_stops_newest ON account_stops (account, at);
CREATE INDEX calls_answered ON calls (key, answered_at);
CREATE INDEX calls_open ON calls (lock_key) WHERE answered_at IS NULL;
CREATE INDEX pauses_open ON pauses (scope, name) WHERE ended_at IS NULL;
COMMIT;
