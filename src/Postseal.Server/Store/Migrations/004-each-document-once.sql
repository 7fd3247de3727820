-- Each document stands once: the last check of a domain among the others, as the one with the latest time. What a domain takes is counted.

ALTER TABLE domains ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0; -- the check that first showed what the last one shows
ALTER TABLE domains ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0; -- all that is kept of the domain, as History/Share.cs counts it

UPDATE domains SET changed_at = COALESCE(
    (SELECT MAX(checked_at) FROM documents WHERE documents.domain = domains.domain), last_checked);

INSERT INTO documents (domain, checked_at, document)
SELECT domain, last_checked, document FROM domains WHERE document IS NOT NULL
ON CONFLICT (domain, checked_at) DO NOTHING;

ALTER TABLE domains DROP COLUMN document;

UPDATE domains SET bytes = 400 + 3 * octet_length(domain)
    + COALESCE((SELECT SUM(octet_length(d.document) + 4096) FROM documents d WHERE d.domain = domains.domain), 0)
    + COALESCE((SELECT SUM(octet_length(f.summary) + 2 * (octet_length(f.domain) + octet_length(f.id) + octet_length(f.subject)) + 128)
        FROM findings f WHERE f.domain = domains.domain), 0)
    + (SELECT COUNT(*) FROM verdicts v WHERE v.domain = domains.domain) * (2 * octet_length(domain) + 128)
    + (SELECT COUNT(*) FROM publications p WHERE p.domain = domains.domain) * (2 * octet_length(domain) + 256);
