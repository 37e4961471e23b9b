-- The collective agreement that the organisation is under, by its IDCC; the program knows those whose rules it has.
ALTER TABLE orgs ADD COLUMN idcc BIGINT;
-- What the rules of work ask of a person: who is a minor, and the codes of their standings, with commas.
ALTER TABLE crew_members ADD COLUMN born_on TEXT;
ALTER TABLE crew_members ADD COLUMN standings TEXT NOT NULL DEFAULT '';
