-- What was told last is looked for by when it ended. Events of an hour at most lie within an hour before the window that is
-- asked for, in the index by their begin; the few that went on for longer have an index by their end.

CREATE INDEX told_events_long ON told_events (until_ms, from_ms, name, rule, is_open, seq) WHERE until_ms - from_ms > 3600000;
