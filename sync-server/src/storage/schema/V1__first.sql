-- The server's first schema, in the SQL that SQLite and PostgreSQL share.
-- Times are milliseconds since 1970 UTC. Ids are the 16 bytes of a ULID. Booleans are 0 or 1.

-- Facts about this installation: its id, its secrets' names, when it was restored.
CREATE TABLE installation (
  name  TEXT NOT NULL PRIMARY KEY,
  value BYTEA NOT NULL
);

-- Bumped by whoever changes something that a running server must notice: another process, another instance.
CREATE TABLE signal (
  topic   TEXT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL
);

CREATE TABLE clinic (
  id           BYTEA NOT NULL PRIMARY KEY,
  name         TEXT NOT NULL,
  jurisdiction TEXT NOT NULL,
  created_at   BIGINT NOT NULL
);

CREATE TABLE location (
  id         BYTEA NOT NULL PRIMARY KEY,
  clinic     BYTEA NOT NULL REFERENCES clinic (id),
  name       TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX location_by_clinic ON location (clinic);

-- Replicated sets of changes.
CREATE TABLE scope (
  id           BIGINT PRIMARY KEY,
  name         TEXT NOT NULL UNIQUE,
  clinic       BYTEA NOT NULL REFERENCES clinic (id),
  epoch        BYTEA NOT NULL,
  head         BIGINT NOT NULL,
  change_count BIGINT NOT NULL,
  fingerprint  BYTEA NOT NULL,
  erasure_head BIGINT NOT NULL,
  projected    BIGINT NOT NULL
);
CREATE INDEX scope_by_clinic ON scope (clinic);

-- One row per document of a scope; `id` numbers it for the rows that point here.
CREATE TABLE document (
  id           BIGINT PRIMARY KEY,
  scope        BIGINT NOT NULL REFERENCES scope (id),
  document     BYTEA NOT NULL,
  kind         BIGINT NOT NULL,
  first_seq    BIGINT NOT NULL,
  last_seq     BIGINT NOT NULL,
  change_count BIGINT NOT NULL,
  change_bytes BIGINT NOT NULL,
  state        BIGINT NOT NULL
);
CREATE UNIQUE INDEX document_by_id ON document (scope, document);
CREATE INDEX document_by_last ON document (scope, last_seq);

-- The log. `position` is scope * 2^40 + seq, so that a scope's changes lie together in order.
-- It refers to document and actor without foreign keys: ten thousand look-ups a second that `doctor` makes once.
-- `bytes` comes last: what only needs the columns before it never touches the pages it spills to.
CREATE TABLE change (
  position  BIGINT PRIMARY KEY,
  scope     BIGINT NOT NULL,
  document  BIGINT NOT NULL,
  actor     BIGINT NOT NULL,
  actor_seq BIGINT NOT NULL,
  instance  BIGINT NOT NULL,
  hash      BYTEA NOT NULL,
  bytes     BYTEA NOT NULL
);
CREATE UNIQUE INDEX change_by_hash ON change (scope, hash);
-- An actor numbers its changes of a document without gaps; two with one number mean a copied database.
CREATE UNIQUE INDEX change_by_document ON change (document, actor, actor_seq);

-- Automerge actor ids, numbered: a node draws one at each start and uses it in thousands of changes.
CREATE TABLE actor (
  id    BIGINT PRIMARY KEY,
  actor BYTEA NOT NULL UNIQUE
);

CREATE TABLE node (
  id               BYTEA NOT NULL PRIMARY KEY,
  clinic           BYTEA NOT NULL REFERENCES clinic (id),
  location         BYTEA REFERENCES location (id),
  name             TEXT NOT NULL,
  actor_prefix     BYTEA NOT NULL UNIQUE,
  serial           TEXT NOT NULL,
  previous_serial  TEXT,
  certificate_until BIGINT NOT NULL,
  enrolled_at      BIGINT NOT NULL,
  revoked_at       BIGINT,
  last_seen_at     BIGINT,
  online           BIGINT NOT NULL,
  software         TEXT,
  clock_offset_ms  BIGINT
);
CREATE INDEX node_by_clinic ON node (clinic);

-- How far each node is in each scope, as of its last word.
CREATE TABLE node_scope (
  node       BYTEA NOT NULL REFERENCES node (id),
  scope      BIGINT NOT NULL REFERENCES scope (id),
  cursor     BIGINT NOT NULL,
  in_sync_at BIGINT,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (node, scope)
);

-- One-time codes; only a hash of the secret is kept.
CREATE TABLE enrolment_code (
  hash       BYTEA NOT NULL PRIMARY KEY,
  clinic     BYTEA NOT NULL REFERENCES clinic (id),
  location   BYTEA REFERENCES location (id),
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT,
  node         BYTEA,
  request_hash BYTEA,
  certificate  BYTEA
);

-- What was erased; the ledger file beside the database is the truth, because a backup must not undo it.
CREATE TABLE erasure (
  scope      BIGINT NOT NULL REFERENCES scope (id),
  seq        BIGINT NOT NULL,
  document   BYTEA NOT NULL,
  basis      BIGINT NOT NULL,
  erased_by  BYTEA NOT NULL,
  erased_at  BIGINT NOT NULL,
  PRIMARY KEY (scope, seq)
);
CREATE UNIQUE INDEX erasure_by_document ON erasure (scope, document);

CREATE TABLE erasure_confirmation (
  node         BYTEA NOT NULL REFERENCES node (id),
  scope        BIGINT NOT NULL REFERENCES scope (id),
  seq          BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  PRIMARY KEY (node, scope)
);

-- Changes that were not taken, kept for a person to look at.
CREATE TABLE refusal (
  id         BIGINT PRIMARY KEY,
  scope      BIGINT NOT NULL REFERENCES scope (id),
  node       BYTEA NOT NULL,
  document   BYTEA NOT NULL,
  kind       BIGINT NOT NULL,
  hash       BYTEA NOT NULL,
  reason     BIGINT NOT NULL,
  refused_at BIGINT NOT NULL,
  size       BIGINT NOT NULL,
  bytes      BYTEA NOT NULL
);
CREATE UNIQUE INDEX refusal_by_hash ON refusal (scope, hash);
CREATE INDEX refusal_by_node ON refusal (node, refused_at);

-- Complete attachments of a clinic, by content hash; the bytes are files.
CREATE TABLE blob (
  clinic      BYTEA NOT NULL REFERENCES clinic (id),
  hash        BYTEA NOT NULL,
  size        BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, hash)
);

CREATE TABLE admin_user (
  id            BYTEA NOT NULL PRIMARY KEY,
  email         TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL,
  role          TEXT NOT NULL,
  clinic        BYTEA REFERENCES clinic (id),
  password_hash TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  disabled_at   BIGINT,
  failures        BIGINT NOT NULL,
  last_failure_at BIGINT NOT NULL
);

CREATE TABLE admin_session (
  token_hash   BYTEA NOT NULL PRIMARY KEY,
  admin_user   BYTEA NOT NULL REFERENCES admin_user (id),
  csrf         TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
);

-- Who did what, chained: `chain` is the hash of the previous row's chain and this row.
CREATE TABLE audit (
  id          BIGINT PRIMARY KEY,
  at          BIGINT NOT NULL,
  actor       TEXT NOT NULL,
  action      TEXT NOT NULL,
  resource    TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  correlation TEXT NOT NULL,
  chain       BYTEA NOT NULL
);

-- Read models: disposable, rebuilt from the log by the projector.
CREATE TABLE kind_count (
  scope     BIGINT NOT NULL REFERENCES scope (id),
  kind      BIGINT NOT NULL,
  documents BIGINT NOT NULL,
  changes   BIGINT NOT NULL,
  bytes     BIGINT NOT NULL,
  PRIMARY KEY (scope, kind)
);

CREATE TABLE document_fault (
  document   BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
  reason     TEXT NOT NULL,
  found_at   BIGINT NOT NULL
);

-- Ranges of record numbers handed to nodes, and how much of each was seen in use.
CREATE TABLE number_range (
  clinic     BYTEA NOT NULL REFERENCES clinic (id),
  first      BIGINT NOT NULL,
  last       BIGINT NOT NULL,
  node       BYTEA REFERENCES node (id),
  used_to    BIGINT NOT NULL,
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, first)
);
