-- The planned block that an approval is to put in force: several lines may have the same target.
ALTER TABLE approvals ADD COLUMN lease_id INTEGER NOT NULL DEFAULT 0;
