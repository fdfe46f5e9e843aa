-- What a flow of a scope has to show of itself, where the class leaves the far end open; 0 where it names one.
ALTER TABLE scopes ADD COLUMN trait INTEGER NOT NULL DEFAULT 0;
