-- Blocks as leases. A row is the whole of a lease as it stands; once it is over its target no longer holds the line.
CREATE TABLE IF NOT EXISTS leases (
  id INTEGER PRIMARY KEY,
  target TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),
  threat TEXT NOT NULL,
  necessity TEXT NOT NULL,
  alternatives TEXT NOT NULL,
  non_case_subjects INTEGER,
  subjects INTEGER,
  counted_ms INTEGER,
  case_id INTEGER NOT NULL,
  planned_by TEXT NOT NULL,
  planned_ms INTEGER NOT NULL,
  approved_by TEXT NOT NULL,
  approved_ms INTEGER,
  ends_ms INTEGER NOT NULL,
  state_ms INTEGER NOT NULL,
  evidence_ms INTEGER NOT NULL,
  reason TEXT NOT NULL,
  reason_detail TEXT NOT NULL,
  CHECK (state NOT IN (2, 3, 4) OR approved_ms IS NOT NULL)
) STRICT;

CREATE INDEX IF NOT EXISTS leases_by_state ON leases (state, state_ms);

-- Written at every round, so that a disk that is gone is noticed before a lease has to be written.
CREATE TABLE IF NOT EXISTS pulse (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  beats INTEGER NOT NULL
) STRICT;
