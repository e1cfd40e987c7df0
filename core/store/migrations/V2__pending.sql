-- What waits for the server stands in a table of its own: an acknowledgement then deletes a narrow row instead of
-- writing the change again, body and all. change.state keeps what rarely changes: 1 not refused, 2 refused.
CREATE TABLE pending (
    scope     INTEGER NOT NULL,
    local_seq INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    PRIMARY KEY (scope, local_seq)
) WITHOUT ROWID;

-- SQLite has no function that writes a number's bytes: the first 8 of the hash go over its hexadecimal form.
INSERT INTO pending (scope, local_seq, hash)
    SELECT scope, local_seq, unhex(printf('%016x', hash8) || hex(hash24)) FROM change WHERE state = 0;
UPDATE change SET state = 1 WHERE state = 0;
DROP INDEX change_pending;
