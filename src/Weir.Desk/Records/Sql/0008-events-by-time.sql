-- Events are asked for by the time they are of: what a comparison's report tells of its window.

CREATE INDEX events_by_time ON events (json_extract(facts, '$.UntilMs'));
