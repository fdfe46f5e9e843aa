-- Alerts to the provider's own people, and how each stands at each channel. Cases and pseudonyms, never a subscriber's address.
CREATE TABLE IF NOT EXISTS alerts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 7),
  text TEXT NOT NULL,
  case_id INTEGER NOT NULL,
  scope_id INTEGER NOT NULL,
  words TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS sends (
  alert INTEGER NOT NULL REFERENCES alerts (seq),
  channel TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
  tries INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (alert, channel)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS sends_open ON sends (channel, tries, alert) WHERE state = 1;
CREATE INDEX IF NOT EXISTS sends_held ON sends (alert) WHERE state = 2;

-- When the journal began: nothing that happened before is told of.
CREATE TABLE IF NOT EXISTS began (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at_ms INTEGER NOT NULL
) STRICT;
