-- Since when a router or resolver answered that it holds a block, and how many of how many do now. Without it a block is
-- not in force, whatever was announced.
ALTER TABLE leases ADD COLUMN confirmed_ms INTEGER;
ALTER TABLE leases ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE leases ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
