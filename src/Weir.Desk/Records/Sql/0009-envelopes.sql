-- What events and scopes rest on: the signed octets, as one line of text each (type.version.key.payload.signature). The
-- digest of an event's envelope stays when the envelope is erased: the same event again is still known.

ALTER TABLE events ADD COLUMN digest BLOB CHECK (digest IS NULL OR length(digest) = 32);
ALTER TABLE events ADD COLUMN envelope TEXT;

CREATE UNIQUE INDEX events_by_digest ON events (digest);
CREATE INDEX events_of_case ON events (case_id);

-- What the event that opened a scope was found in: 0 flows, 1 digests, looking back.
ALTER TABLE scopes ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;

-- The vault's word that the subject of a case has this name in this epoch; null for the name it began with.
ALTER TABLE case_subjects ADD COLUMN reissue TEXT;

-- The grounds of a scope as they stand, one envelope a line; gone with the case's subject.
CREATE TABLE scope_grounds (
  scope_id INTEGER PRIMARY KEY REFERENCES scopes (id),
  envelopes TEXT NOT NULL
) STRICT;

-- What each collector said of a scope last: from when on its evidence is whole, or why it is refused.
CREATE TABLE scope_reports (
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  collector TEXT NOT NULL,
  whole_ms INTEGER,
  refused TEXT NOT NULL,
  PRIMARY KEY (scope_id, collector)
) STRICT, WITHOUT ROWID;
