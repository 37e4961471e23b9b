-- The last punch of an organisation, at once: what was worked is read again only when there is another one.
CREATE INDEX punches_org_id_id_idx ON punches (org_id, id);
