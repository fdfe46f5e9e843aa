-- The edit of a list that brought what a scope is about, as it was when it opened: lists change. Nothing where it is about
-- no contact, or is of before this was kept.
ALTER TABLE scopes ADD COLUMN edit INTEGER;
