-- What checks showed, kept as changes. Times are Unix time in milliseconds. One text for SQLite and PostgreSQL.
-- No text holds U+0000: PostgreSQL cannot keep it.

CREATE TABLE domains (
    domain TEXT PRIMARY KEY,
    first_checked BIGINT NOT NULL,
    last_checked BIGINT NOT NULL,
    checks BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    document TEXT -- the last check, JSON; NULL when it was too large to keep
);
CREATE INDEX domains_last_checked ON domains (last_checked);

CREATE TABLE documents ( -- the check that showed something new, for each change
    domain TEXT NOT NULL REFERENCES domains (domain) ON DELETE CASCADE,
    checked_at BIGINT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (domain, checked_at)
);
CREATE INDEX documents_checked_at ON documents (checked_at);

CREATE TABLE findings (
    domain TEXT NOT NULL REFERENCES domains (domain) ON DELETE CASCADE,
    id TEXT NOT NULL,
    subject TEXT NOT NULL,
    told BIGINT NOT NULL, -- 0: level unknown, the check could not tell; 1: any other level
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    gone_at BIGINT, -- NULL while it stays
    level TEXT NOT NULL,
    summary TEXT NOT NULL,
    PRIMARY KEY (domain, id, subject, told, first_seen)
);
CREATE INDEX findings_gone_at ON findings (gone_at);

CREATE TABLE verdicts (
    domain TEXT NOT NULL REFERENCES domains (domain) ON DELETE CASCADE,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    mail TEXT NOT NULL,
    protection TEXT NOT NULL,
    PRIMARY KEY (domain, first_seen)
);
CREATE INDEX verdicts_last_seen ON verdicts (last_seen);

CREATE TABLE publications ( -- runs of checks that saw the same record id and policy text
    domain TEXT NOT NULL REFERENCES domains (domain) ON DELETE CASCADE,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    record_id TEXT NOT NULL,
    policy_sha256 TEXT NOT NULL,
    mode TEXT NOT NULL,
    max_age BIGINT NOT NULL,
    PRIMARY KEY (domain, first_seen)
);
CREATE INDEX publications_last_seen ON publications (last_seen);
