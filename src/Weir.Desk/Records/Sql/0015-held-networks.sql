-- Listed networks whose lines were too many to become cases unseen, and the events that wait for two people.

CREATE TABLE held_networks (
  network TEXT PRIMARY KEY,
  state INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  bound INTEGER NOT NULL,
  events INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  detail TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  approval INTEGER NOT NULL,
  until_ms INTEGER,
  told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE events ADD COLUMN held TEXT;

CREATE INDEX events_held ON events (held, seq) WHERE held IS NOT NULL AND handled = 0;
