-- Notices to customers: one for each case and step, whatever became of it. Who the customer is stands nowhere here.
CREATE TABLE notices (
  case_id INTEGER NOT NULL,
  step INTEGER NOT NULL CHECK (step BETWEEN 1 AND 8),
  scope_id INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),
  by TEXT NOT NULL,
  planned_ms INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  done TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  fault TEXT NOT NULL,
  told_with INTEGER,
  outcome INTEGER,
  channel TEXT,
  reply TEXT,
  digest TEXT,
  language TEXT,
  proof_ms INTEGER,
  PRIMARY KEY (case_id, step),
  CHECK (state <> 2 OR (outcome IN (1, 2) AND proof_ms IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX notices_by_state ON notices (state, planned_ms);
