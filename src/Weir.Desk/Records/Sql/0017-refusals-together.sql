-- How many refusals one row stands for: those that repeat are told together.

ALTER TABLE refusals ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
