-- The signatures of two people under an approval, as they were signed; empty where nothing is signed: in a lab.
ALTER TABLE approvals ADD COLUMN signed TEXT NOT NULL DEFAULT '';
