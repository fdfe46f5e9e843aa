-- Up to which edit of the lists a network waited its time, and the latest of what waits.

ALTER TABLE held_networks ADD COLUMN settled_edit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE held_networks ADD COLUMN waiting_edit INTEGER NOT NULL DEFAULT 0;
