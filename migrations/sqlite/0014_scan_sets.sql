-- The hours of today are read at each scan, of whoever is scanned at the same time: from this index alone, however many years of
-- punches there are.
CREATE INDEX punches_org_id_crew_member_id_at_idx ON punches (org_id, crew_member_id, at, seq, kind);

-- Which kiosk used a badge up is what its punch says.
ALTER TABLE badges DROP COLUMN consumed_by;
