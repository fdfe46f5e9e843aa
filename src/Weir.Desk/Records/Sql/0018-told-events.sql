-- Each event that is listed one by one, as it was told last: its row of the journal and what lists ask for. Contacts with
-- listed endpoints are not among them: they stand in their cases. Triggers keep it, so that no writer can forget to.

CREATE TABLE told_events (
  name TEXT PRIMARY KEY,
  seq INTEGER NOT NULL REFERENCES events (seq),
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  rule TEXT NOT NULL,
  is_open INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX told_events_newest ON told_events (from_ms DESC, name, until_ms, rule, seq);
CREATE INDEX told_events_open ON told_events (from_ms DESC, name, until_ms, rule, seq) WHERE is_open = 1;

-- Phase 2 is closed.
INSERT INTO told_events
SELECT printf('%016x', number), max(seq), json_extract(facts, '$.FromMs'), json_extract(facts, '$.UntilMs'), json_extract(facts, '$.Rule'), json_extract(facts, '$.Phase') <> 2
FROM events WHERE handled = 1 AND json_extract(facts, '$.Rule') <> 'cnc-contact' GROUP BY number HAVING subject IS NOT NULL;

CREATE TRIGGER events_are_told AFTER UPDATE OF handled ON events
WHEN new.handled = 1 AND new.subject IS NOT NULL AND json_extract(new.facts, '$.Rule') <> 'cnc-contact'
BEGIN
  INSERT INTO told_events
  VALUES (printf('%016x', new.number), new.seq, json_extract(new.facts, '$.FromMs'), json_extract(new.facts, '$.UntilMs'), json_extract(new.facts, '$.Rule'), json_extract(new.facts, '$.Phase') <> 2)
  ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, from_ms = excluded.from_ms, until_ms = excluded.until_ms, rule = excluded.rule, is_open = excluded.is_open
  WHERE excluded.seq > seq;
END;

CREATE TRIGGER erased_events_are_not_told AFTER UPDATE OF subject ON events WHEN new.subject IS NULL
BEGIN
  DELETE FROM told_events WHERE name = printf('%016x', old.number) AND seq = old.seq;
END;
