-- Complaints that came to an end, by reporter and the digest of his number: no address, no subject. One told again opens nothing.

CREATE TABLE complaints (
  reporter TEXT NOT NULL,
  reference TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (reporter, reference)
) STRICT, WITHOUT ROWID;
