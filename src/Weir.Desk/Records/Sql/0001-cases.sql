-- Case files, their scopes, what people did. A scope's definition never changes and never goes: triggers refuse it. How it
-- stands is a row of its own for each change; the latest counts. What must be erased (subjects, comments) lies apart.

CREATE TABLE cases (
  id INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,
  opened_ms INTEGER NOT NULL,
  assignee TEXT NOT NULL,
  snoozed_until_ms INTEGER,
  closed_ms INTEGER,
  erased_ms INTEGER,
  verdict INTEGER NOT NULL,
  sealed INTEGER NOT NULL
) STRICT;

-- The pseudonyms a case went by, one for each epoch; gone with the case.
CREATE TABLE case_subjects (
  case_id INTEGER NOT NULL REFERENCES cases (id),
  epoch INTEGER NOT NULL,
  subject BLOB NOT NULL CHECK (length(subject) = 16),
  PRIMARY KEY (case_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE comments (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES cases (id),
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;

CREATE INDEX comments_of_case ON comments (case_id);

-- Events that were verified, before anything is done about them.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  scope_id INTEGER NOT NULL UNIQUE,
  case_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  subject BLOB,
  facts TEXT NOT NULL,
  handled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX events_waiting ON events (handled) WHERE handled = 0;

CREATE TABLE scopes (
  id INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES cases (id),
  epoch INTEGER NOT NULL,
  direction INTEGER NOT NULL CHECK (direction BETWEEN 1 AND 3),
  protocol INTEGER NOT NULL CHECK (protocol BETWEEN 1 AND 255),
  remote_ports TEXT NOT NULL,
  remotes TEXT NOT NULL,
  subject_port INTEGER NOT NULL,
  purpose INTEGER NOT NULL,
  fields INTEGER NOT NULL,
  actions INTEGER NOT NULL,
  opened_by TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL CHECK (expires_ms > from_ms),
  event INTEGER NOT NULL,
  grounds TEXT NOT NULL,
  renews INTEGER REFERENCES scopes (id),
  CHECK (remote_ports <> '' OR remotes <> '')
) STRICT;

CREATE INDEX scopes_of_case ON scopes (case_id);

CREATE TRIGGER scopes_never_change BEFORE UPDATE ON scopes
BEGIN
  SELECT RAISE(ABORT, 'a scope never changes: a further event opens a further scope (rules.md R4)');
END;

CREATE TRIGGER scopes_never_go BEFORE DELETE ON scopes
BEGIN
  SELECT RAISE(ABORT, 'the record that a scope was opened is kept (rules.md R4)');
END;

CREATE TABLE scope_marks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  state INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX marks_of_scope ON scope_marks (scope_id, seq);

CREATE TRIGGER marks_never_change BEFORE UPDATE ON scope_marks
BEGIN
  SELECT RAISE(ABORT, 'how a scope stood is history and never changes');
END;

CREATE TRIGGER marks_never_go BEFORE DELETE ON scope_marks
BEGIN
  SELECT RAISE(ABORT, 'how a scope stood is history and is kept');
END;

CREATE TABLE approvals (
  number INTEGER PRIMARY KEY,
  deed INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  scope_id INTEGER NOT NULL,
  target TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_role INTEGER NOT NULL,
  reason TEXT NOT NULL,
  asked_ms INTEGER NOT NULL,
  given_by TEXT NOT NULL,
  given_role INTEGER NOT NULL,
  given_ms INTEGER,
  CHECK (given_by = '' OR given_by <> asked_by)
) STRICT;

CREATE TABLE refusals (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  act TEXT NOT NULL,
  code TEXT NOT NULL
) STRICT;

CREATE INDEX refusals_of_actor ON refusals (actor, at_ms);
