-- Since when the silence of a check is long enough and nobody can tell whether it means clean; null where that is not so.

ALTER TABLE ladders ADD COLUMN unknown_ms INTEGER;
