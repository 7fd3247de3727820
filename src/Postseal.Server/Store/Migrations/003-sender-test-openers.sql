-- What of a test of a sender outlives a restart besides: who opened it, and what its page warns of.

ALTER TABLE sender_tests ADD COLUMN opener TEXT; -- keyed hash of the address it was opened from; NULL where it is not known
ALTER TABLE sender_tests ADD COLUMN shared BIGINT NOT NULL DEFAULT 0; -- 1: another test has the same sender
ALTER TABLE sender_tests ADD COLUMN misses BIGINT NOT NULL DEFAULT 0; -- 1: something of its sender's may have been given to nobody

CREATE TABLE secrets ( -- made when first needed, and kept
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
