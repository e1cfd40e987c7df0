-- The instance of the node's database that came last: another one is a database that began anew or was restored.
ALTER TABLE node ADD COLUMN instance BIGINT;
