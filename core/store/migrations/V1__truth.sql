-- What a node knows that cannot be computed from anything else. Read models are not here: each
-- declares its own tables and is dropped and rebuilt at will (src/read_model).

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- Mirrors posto_sync::ScopeState; changed in the transaction that changes what it counts.
CREATE TABLE scope (
    id                  INTEGER PRIMARY KEY,
    name                TEXT NOT NULL UNIQUE,
    epoch               BLOB,
    cursor              INTEGER NOT NULL DEFAULT 0,
    count               INTEGER NOT NULL DEFAULT 0,
    fingerprint         BLOB NOT NULL,
    pending_count       INTEGER NOT NULL DEFAULT 0,
    pending_fingerprint BLOB NOT NULL,
    erasure_cursor      INTEGER NOT NULL DEFAULT 0,
    bootstrap_as_of     INTEGER,
    bootstrap_before    INTEGER
);

-- state: 0 fine, 1 quarantined, 2 needs a newer version.
CREATE TABLE document (
    id          INTEGER PRIMARY KEY,
    uid         BLOB NOT NULL UNIQUE,
    kind        INTEGER NOT NULL,
    scope       INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    state       INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX document_kind ON document (kind) WHERE kind <> 16;
CREATE INDEX document_troubled ON document (state) WHERE state <> 0;

-- The truth. state: 0 pending (local, not acknowledged), 1 shared with the server, 2 refused.
-- AUTOINCREMENT: a sequence number acknowledged once must never name another change.
-- The hash is kept in two parts: its first 8 bytes (big endian) are the index, which stays small.
-- It stands before `bytes` so that listing hashes does not read the bodies' overflow pages.
CREATE TABLE change (
    local_seq INTEGER PRIMARY KEY AUTOINCREMENT,
    document  INTEGER NOT NULL,
    scope     INTEGER NOT NULL,
    state     INTEGER NOT NULL,
    hash8     INTEGER NOT NULL,
    hash24    BLOB NOT NULL,
    bytes     BLOB NOT NULL
);
CREATE INDEX change_document ON change (document);
CREATE INDEX change_hash ON change (hash8);
CREATE INDEX change_pending ON change (scope, local_seq) WHERE state = 0;

-- A document's changes up to `up_to` as one compact Automerge document: only to open it faster.
CREATE TABLE snapshot (
    document INTEGER PRIMARY KEY,
    up_to    INTEGER NOT NULL,
    bytes    BLOB NOT NULL
);

-- Documents whose read-model rows are behind their changes.
CREATE TABLE dirty (
    document INTEGER PRIMARY KEY
);

CREATE TABLE refusal (
    local_seq INTEGER PRIMARY KEY,
    reason    INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL
);

CREATE TABLE quarantine (
    document INTEGER PRIMARY KEY,
    reason   TEXT NOT NULL,
    at_ms    INTEGER NOT NULL
);

-- Documents of the erasure ledger: they must not return.
CREATE TABLE erased (
    uid        BLOB PRIMARY KEY,
    scope      INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    basis      INTEGER NOT NULL,
    decided_by BLOB NOT NULL,
    at_ms      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY,
    wall_ms     INTEGER NOT NULL,
    hlc_ms      INTEGER NOT NULL,
    hlc_counter INTEGER NOT NULL,
    who         BLOB NOT NULL,
    role        TEXT,
    desk        TEXT,
    action      TEXT NOT NULL,
    record      BLOB,
    kind        INTEGER,
    why         TEXT,
    outcome     TEXT NOT NULL,
    detail      TEXT,
    hash        BLOB NOT NULL
);
CREATE INDEX audit_record ON audit (record, seq) WHERE record IS NOT NULL;
CREATE INDEX audit_who ON audit (who, seq);

-- Signatures of the chain's head, made with the node's key at each sync.
CREATE TABLE audit_signature (
    seq       INTEGER PRIMARY KEY,
    hash      BLOB NOT NULL,
    signature BLOB NOT NULL,
    at_ms     INTEGER NOT NULL
);

CREATE TABLE session (
    token_hash   BLOB PRIMARY KEY,
    user         BLOB NOT NULL,
    desk         TEXT NOT NULL,
    csrf         BLOB NOT NULL,
    created_ms   INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL,
    body         TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_user ON session (user);

-- What counts tries is local to the machine: posto_domain::lockout::Tries, and the PIN.
CREATE TABLE credential (
    user               BLOB PRIMARY KEY,
    pin_hash           TEXT,
    pin_failed         INTEGER NOT NULL DEFAULT 0,
    pin_failed_ms      INTEGER NOT NULL DEFAULT 0,
    password_failed    INTEGER NOT NULL DEFAULT 0,
    password_failed_ms INTEGER NOT NULL DEFAULT 0,
    last_login_ms      INTEGER
) WITHOUT ROWID;

CREATE TABLE draft (
    user  BLOB NOT NULL,
    key   TEXT NOT NULL,
    body  TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (user, key)
) WITHOUT ROWID;

-- Contents of attachments. state: 0 wanted, 1 complete here, 2 complete here and on the server.
CREATE TABLE blob (
    hash        BLOB PRIMARY KEY,
    size        INTEGER NOT NULL,
    chunks_held INTEGER NOT NULL DEFAULT 0,
    state       INTEGER NOT NULL DEFAULT 0,
    file        BLOB NOT NULL,
    at_ms       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX blob_unfinished ON blob (state, at_ms) WHERE state < 2;

-- Uploads from a desk that have not ended.
CREATE TABLE upload (
    id       BLOB PRIMARY KEY,
    size     INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    body     TEXT NOT NULL,
    at_ms    INTEGER NOT NULL
) WITHOUT ROWID;
