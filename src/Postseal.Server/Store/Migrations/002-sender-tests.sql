-- Tests of senders. The key of a test's page is not here: the mailbox is made from it, and it cannot be made from the mailbox.

CREATE TABLE sender_tests (
    mailbox TEXT PRIMARY KEY, -- local part of the test's addresses
    opened_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    place BIGINT, -- of the domains that change with the test; NULL when there was none left
    rounds TEXT NOT NULL -- when each round of messages began, with commas between
);
CREATE INDEX sender_tests_expires_at ON sender_tests (expires_at);

CREATE TABLE sender_observations (
    mailbox TEXT NOT NULL REFERENCES sender_tests (mailbox) ON DELETE CASCADE,
    number BIGINT NOT NULL, -- in the order of arrival
    observation TEXT NOT NULL, -- JSON
    PRIMARY KEY (mailbox, number)
);
