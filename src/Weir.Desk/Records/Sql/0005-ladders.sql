-- Where the ladder of each case stands, and the steps that led there. No address and no pseudonym: a case's number alone.

CREATE TABLE ladders (
  case_id INTEGER PRIMARY KEY,
  rung INTEGER NOT NULL CHECK (rung BETWEEN 0 AND 5),
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),
  since_ms INTEGER NOT NULL,
  clear_ms INTEGER NOT NULL,
  told_ms INTEGER,
  check_ms INTEGER,
  review_ms INTEGER,
  confirmed INTEGER NOT NULL,
  ordered_by TEXT NOT NULL,
  ordered_for TEXT NOT NULL,
  owed TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;

CREATE TABLE ladder_steps (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  step INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  by TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;

CREATE INDEX ladder_steps_of_case ON ladder_steps (case_id, seq);

CREATE TRIGGER ladder_steps_never_change BEFORE UPDATE ON ladder_steps
BEGIN
  SELECT RAISE(ABORT, 'what was done to a line is history and never changes');
END;
