PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE actors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO actors VALUES(1,'run by alice on desk (pid 1)');
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
INSERT INTO batches VALUES(1,'november',1,1795834800000,'acme-ke','5871a3fcc281b8fc11e656d579e7931fe8c9d2486dfb36815fc40a9271f14b2b',9,'{"header":{"id":"november","file":"november.csv","rowsFile":null,"description":"","notBefore":null,"control":{"count":9,"sumMinor":"5","currency":"KES"},"columns":["id","amount"],"columnFields":["id","amount"],"delimiter":","},"totals":[{"account":"demo","currency":"KES","kind":"mobile","count":9,"sumMinor":"9"}],"providers":{"demo":"pesaway","other":"sellapay"}}');
INSERT INTO batches VALUES(2,'december',1,1795834800000,'acme-ke','de7d5decf62c2e401d1f4cf6747edc6f4a50fb700b06d1aaa4c85c72542142f6',1,'{"header":{"id":"december","file":"december.csv","rowsFile":null,"description":"","notBefore":null,"control":{"count":1,"sumMinor":"5","currency":"KES"},"columns":["id","amount"],"columnFields":["id","amount"],"delimiter":","},"totals":[{"account":"demo","currency":"KES","kind":"mobile","count":1,"sumMinor":"9"}],"providers":{"demo":"pesaway","other":"sellapay"}}');
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
INSERT INTO entries VALUES(1,1,'registered',1795834800000,1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"digest":"5871a3fcc281b8fc11e656d579e7931fe8c9d2486dfb36815fc40a9271f14b2b","count":9}');
INSERT INTO entries VALUES(2,1,'registered',1795834800000,1,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"digest":"de7d5decf62c2e401d1f4cf6747edc6f4a50fb700b06d1aaa4c85c72542142f6","count":1}');
INSERT INTO entries VALUES(3,1,'claimed',1795834800001,1,NULL,1,'submitting',1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO entries VALUES(4,1,'claimed',1795834800001,1,NULL,2,'submitting',1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO entries VALUES(5,1,'claimed',1795834800001,1,NULL,3,'submitting',1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO entries VALUES(6,1,'claimed',1795834800001,1,NULL,4,'submitting',1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO entries VALUES(7,1,'claimed',1795834800001,1,NULL,5,'submitting',1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO entries VALUES(8,1,'claimed',1795834800001,1,NULL,6,'submitting',1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO entries VALUES(9,1,'claimed',1795834800001,1,NULL,7,'submitting',1,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO entries VALUES(10,1,'answered',1795834801000,1,NULL,1,'paid',1,1,NULL,'demo',1795834800001,'200','It is paid.','TX-1','req-1',35,NULL);
INSERT INTO entries VALUES(11,1,'answered',1795834801000,1,NULL,2,'failed',1,1,NULL,'demo',1795834800001,'200','It is failed.','TX-2','req-2',35,NULL);
INSERT INTO entries VALUES(12,1,'answered',1795834801000,1,NULL,3,'failed',1,1,NULL,'demo',1795834800001,'200','It is failed.','TX-3','req-3',35,NULL);
INSERT INTO entries VALUES(13,1,'answered',1795834801000,1,NULL,4,'pending',1,1,NULL,'demo',1795834800001,'200','It is pending.','TX-4','req-4',35,NULL);
INSERT INTO entries VALUES(14,1,'answered',1795834801000,1,NULL,5,'unknown',1,1,NULL,'demo',1795834800001,'200','It is unknown.','TX-5','req-5',35,NULL);
INSERT INTO entries VALUES(15,1,'answered',1795834801000,1,NULL,6,'unknown',1,1,NULL,'demo',1795834800001,'200','It is unknown.','TX-6','req-6',35,NULL);
INSERT INTO entries VALUES(16,1,'retried',1795834802000,1,NULL,3,'planned',2,1,'R65BCFDDM3Z0B0X7GNH5',NULL,NULL,'200','To be sent again. Before: It is failed.',NULL,NULL,NULL,NULL);
INSERT INTO entries VALUES(17,1,'noted-by-query',1795834803000,1,NULL,4,'pending',1,1,NULL,NULL,NULL,'404','No such payment.','TX-4','req-4',35,NULL);
INSERT INTO entries VALUES(18,1,'noted-by-query',1795834803000,1,NULL,5,'unknown',1,1,NULL,NULL,NULL,'404','No such payment.','TX-5','req-5',35,NULL);
INSERT INTO entries VALUES(19,1,'contradicted',1795834803002,1,NULL,3,'unknown',2,1,NULL,NULL,NULL,'contradiction','Contradiction: a callback says of an earlier presentation of it: Paid after all. Ask the provider. Before: To be sent again. Before: It is failed.',NULL,NULL,NULL,'{"code":"0","reason":"Paid after all."}');
INSERT INTO entries VALUES(20,1,'settled-by-callback',1795834803003,1,NULL,7,'cancelled',1,1,NULL,'demo',1795834800001,'c','Cancelled.',NULL,NULL,NULL,NULL);
INSERT INTO entries VALUES(21,1,'settled-by-query',1795834803004,1,NULL,6,'failed',1,1,NULL,NULL,NULL,'2001','The initiator is not accepted.','TX-6','req-6',35,NULL);
INSERT INTO entries VALUES(22,1,'hinted',1795834804001,1,NULL,4,'pending',1,1,NULL,NULL,NULL,'0','It says paid.','TX-4','req-4',35,NULL);
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
INSERT INTO payments VALUES(1,1,2,'demo','pesaway','mobile','KES',100001,'1E58N8N5GFBSXVH2FKFF',1,'paid',1,1,1795834800001,1795834800001,1795834801000,10);
INSERT INTO payments VALUES(2,1,3,'demo','pesaway','mobile','KES',100002,'PDMZBWQACNZ46YGDP2C1',1,'failed',1,1,1795834800001,1795834800001,1795834801000,11);
INSERT INTO payments VALUES(3,1,4,'demo','pesaway','mobile','KES',100003,'R65BCFDDM3Z0B0X7GNH5',2,'unknown',1,1,1795834800001,1795834800001,NULL,19);
INSERT INTO payments VALUES(4,1,5,'demo','pesaway','mobile','KES',100004,'Q4A68GXF0KWCQ8ZX59AX',1,'pending',1,1,1795834800001,1795834800001,NULL,22);
INSERT INTO payments VALUES(5,1,6,'demo','pesaway','mobile','KES',100005,'M6KC5STG52PQ25KKYGA9',1,'unknown',1,1,1795834800001,1795834800001,NULL,18);
INSERT INTO payments VALUES(6,1,7,'demo','pesaway','mobile','KES',100006,'47VRCY48JBDZN7WPEBJE',1,'failed',1,1,1795834800001,1795834800001,1795834803004,21);
INSERT INTO payments VALUES(7,1,8,'demo','pesaway','mobile','KES',100007,'P3884AKKSC0WBCSST04V',1,'cancelled',1,1,1795834800001,1795834800001,1795834803003,20);
INSERT INTO payments VALUES(8,1,9,'demo','pesaway','mobile','KES',100008,'SJYZNAFN8RKG19S86WEN',1,'planned',0,0,NULL,NULL,NULL,NULL);
INSERT INTO payments VALUES(9,1,10,'other','sellapay','mobile','KES',1152921504606846976,'BV5H10A2QERSMC7G2EHW',1,'planned',0,0,NULL,NULL,NULL,NULL);
INSERT INTO payments VALUES(10,2,21,'demo','pesaway','mobile','KES',100020,'D7W0AWES4GBQKPTK8BFQ',1,'planned',0,0,NULL,NULL,NULL,NULL);
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
INSERT INTO contents VALUES(1,1,'EMP-1','emp-1','Employee 1','+254712345671','Salary','','["EMP-1","1001"]',X'38e21cffe04d0e7a8a8b7798d6db9166c4cd490940c5f2dc5d6f145b5a259d06',X'fac4d7a043b0e175269be5da3cd42adc');
INSERT INTO contents VALUES(2,1,'EMP-2','emp-2','Employee 2','+254712345672','Salary','','["EMP-2","1002"]',X'394c67f59c29b0233bf4c88062a1d42cc4e3b50c6e8ad88e1df33dce9bf29b49',X'41e0b76a7dacc82f2164411c2590258c');
INSERT INTO contents VALUES(3,1,'EMP-3','emp-3','Employee 3','+254712345673','Salary','','["EMP-3","1003"]',X'72a924a9865fd66123b53b633721e56fabf7f11328dc822149c1151ad713e9eb',X'cc0748d94596b6c368baa40b7217d565');
INSERT INTO contents VALUES(4,1,'EMP-4','emp-4','Employee 4','+254712345674','Salary','','["EMP-4","1004"]',X'b3ed1e97bc80f2065bf07ed2e607e03005167a1237332c1879e2ec2686636e29',X'c1733685ec2af29a77f2e3d1758c03f1');
INSERT INTO contents VALUES(5,1,'EMP-5','emp-5','Employee 5','+254712345675','Salary','','["EMP-5","1005"]',X'a3375e9ff61f31a1eb9d499c62b00ac9615e35197d41d69f4bd3af968472a73c',X'f8c4739d0a1d350b64272d7a8a40360c');
INSERT INTO contents VALUES(6,1,'EMP-6','emp-6','Employee 6','+254712345676','Salary','','["EMP-6","1006"]',X'05e486e8b208a3dd22b07282a5e731e1bd2affaff1e1f7321344b475a3cdc622',X'815d4ec5aaec284aa3977d940cfb21c4');
INSERT INTO contents VALUES(7,1,'EMP-7','emp-7','Employee 7','+254712345677','Salary','','["EMP-7","1007"]',X'3f0eb6576066b0a1c39e7f03a1f4bffbc4b89b977dfce94dba5b8bd607c6ea68',X'0896b661ca9030b08efbfd6762663fa7');
INSERT INTO contents VALUES(8,1,'EMP-8','emp-8','Employee 8','+254712345678','Salary','','["EMP-8","1008"]',X'0e9e277d5ad7c0f4b9ed16a8776a51651501a088ae2d177af1ba016e881ef487',X'14ece1e5f2bad0178cb0ef50c2096244');
INSERT INTO contents VALUES(9,1,'EMP-9','emp-9','Employee 9','+254712345679','Salary','{"bank_code":"068"}','["EMP-9","1009"]',X'2bbfd7dbb66b1d31e8fc741c2a3fea0f74fe2ff4008504d29bbe56d3b909589b',X'2d913037a706aef4596d863758fc45cf');
INSERT INTO contents VALUES(10,2,'EMP-20','emp-20','Employee 20','+254712345670','Salary','','["EMP-20","1020"]',X'eafa95bad480509cc5fd069361d737a818de7a4b8dda1679749407950c2d6f90',X'0d4025aee1fd4e2083e523dee0539e47');
CREATE TABLE presented (reference TEXT PRIMARY KEY, payment INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO presented VALUES('1E58N8N5GFBSXVH2FKFF',1);
INSERT INTO presented VALUES('47VRCY48JBDZN7WPEBJE',6);
INSERT INTO presented VALUES('BV5H10A2QERSMC7G2EHW',9);
INSERT INTO presented VALUES('D7W0AWES4GBQKPTK8BFQ',10);
INSERT INTO presented VALUES('HYA3WNZWXASG9GX5WJ1W',3);
INSERT INTO presented VALUES('M6KC5STG52PQ25KKYGA9',5);
INSERT INTO presented VALUES('P3884AKKSC0WBCSST04V',7);
INSERT INTO presented VALUES('PDMZBWQACNZ46YGDP2C1',2);
INSERT INTO presented VALUES('Q4A68GXF0KWCQ8ZX59AX',4);
INSERT INTO presented VALUES('R65BCFDDM3Z0B0X7GNH5',3);
INSERT INTO presented VALUES('SJYZNAFN8RKG19S86WEN',8);
CREATE TABLE fingerprints (fingerprint BLOB NOT NULL, batch INTEGER NOT NULL, payment INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, batch, payment)) STRICT, WITHOUT ROWID;
INSERT INTO fingerprints VALUES(X'0896b661ca9030b08efbfd6762663fa7',1,7);
INSERT INTO fingerprints VALUES(X'0d4025aee1fd4e2083e523dee0539e47',2,10);
INSERT INTO fingerprints VALUES(X'14ece1e5f2bad0178cb0ef50c2096244',1,8);
INSERT INTO fingerprints VALUES(X'2d913037a706aef4596d863758fc45cf',1,9);
INSERT INTO fingerprints VALUES(X'41e0b76a7dacc82f2164411c2590258c',1,2);
INSERT INTO fingerprints VALUES(X'815d4ec5aaec284aa3977d940cfb21c4',1,6);
INSERT INTO fingerprints VALUES(X'c1733685ec2af29a77f2e3d1758c03f1',1,4);
INSERT INTO fingerprints VALUES(X'cc0748d94596b6c368baa40b7217d565',1,3);
INSERT INTO fingerprints VALUES(X'f8c4739d0a1d350b64272d7a8a40360c',1,5);
INSERT INTO fingerprints VALUES(X'fac4d7a043b0e175269be5da3cd42adc',1,1);
CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    account TEXT,
    started_at INTEGER NOT NULL,
    answered_at INTEGER
  ) STRICT;
INSERT INTO calls VALUES(1,'account:demo:token','demo',1795834800000,NULL);
INSERT INTO calls VALUES(2,'machine:pesaway:requests',NULL,1795834800000,NULL);
CREATE TABLE holders (
    account TEXT PRIMARY KEY,
    command TEXT NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
INSERT INTO holders VALUES('demo','run',7,'desk',1795834800000);
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns TEXT NOT NULL,
    inode TEXT NOT NULL,
    config TEXT NOT NULL,
    batch TEXT NOT NULL
  ) STRICT;
INSERT INTO files VALUES('/drop/november.csv',1,'1','1','c','november');
CREATE TABLE inquiries (
    payment INTEGER PRIMARY KEY REFERENCES payments (key),
    asks INTEGER NOT NULL,
    asked_at INTEGER,
    absent_since INTEGER,
    absents INTEGER NOT NULL,
    urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
    first_sent_at INTEGER
  , disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed IN (0, 1)), paid_before INTEGER NOT NULL DEFAULT 0 CHECK (paid_before IN (0, 1)), hints INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO inquiries VALUES(3,0,NULL,NULL,0,0,NULL,1,1,0);
INSERT INTO inquiries VALUES(4,1,1795834803000,NULL,0,1,NULL,0,0,1);
INSERT INTO inquiries VALUES(5,2,1795834803001,1795834803000,2,0,NULL,0,0,0);
INSERT INTO inquiries VALUES(6,1,1795834803004,NULL,0,0,NULL,0,0,0);
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
INSERT INTO callbacks VALUES(1,'demo','k0','s-k0','{"a":1}','1E58N8N5GFBSXVH2FKFF',1795834804000,0,NULL,'settled',1795834804001);
INSERT INTO callbacks VALUES(2,'demo','k1','s-k1','{"a":1}','Q4A68GXF0KWCQ8ZX59AX',1795834804000,0,NULL,'hint',1795834804001);
INSERT INTO callbacks VALUES(3,'demo','k2','s-k2','{"a":1}','1E58N8N5GFBSXVH2FKFF',1795834804000,0,NULL,'noted',1795834804001);
INSERT INTO callbacks VALUES(4,'demo','k9','s-k9','{"a":1}','PDMZBWQACNZ46YGDP2C1',1795834804000,0,NULL,NULL,NULL);
CREATE TABLE stops (id INTEGER PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL, code TEXT NOT NULL,
    reason TEXT NOT NULL) STRICT;
INSERT INTO stops VALUES(1,'demo',1795834803004,'2001','The initiator is not accepted.');
CREATE INDEX batches_registered ON batches (registered_at);
CREATE INDEX entries_sent ON entries (account, at) WHERE account IS NOT NULL;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE INDEX payments_lines ON payments (batch, line);
CREATE INDEX payments_unpaid ON payments (batch, status, account, line) WHERE status <> 'paid';
CREATE INDEX payments_again ON payments (batch, account, line) WHERE status = 'planned' AND generation > 1;
CREATE TRIGGER payments_references BEFORE UPDATE OF reference ON payments
    WHEN NOT (OLD.status = 'failed' AND NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)
    BEGIN SELECT RAISE(ABORT, 'a reference changes only with its generation'); END;
CREATE TRIGGER payments_remain BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'payments are never deleted'); END;
CREATE UNIQUE INDEX contents_ids ON contents (batch, id_key);
CREATE INDEX calls_answered ON calls (key, answered_at);
CREATE INDEX calls_open ON calls (account) WHERE answered_at IS NULL;
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
CREATE INDEX inquiries_urgent ON inquiries (payment) WHERE urgent = 1;
CREATE INDEX callbacks_segments ON callbacks (account, segment) WHERE segment <> '';
CREATE INDEX callbacks_unjudged ON callbacks (account) WHERE verdict IS NULL;
CREATE INDEX stops_newest ON stops (account, at);
CREATE TRIGGER payments_settled AFTER UPDATE OF status ON payments
    WHEN NEW.status = 'paid' OR NEW.status = 'cancelled' OR NEW.status = 'returned'
    BEGIN UPDATE inquiries SET urgent = 0 WHERE payment = NEW.key AND urgent = 1; END;
COMMIT;
