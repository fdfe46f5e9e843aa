-- When a person last did something with the case: one that nobody touches and no event comes to closes itself.
ALTER TABLE cases ADD COLUMN touched_ms INTEGER NOT NULL DEFAULT 0;
