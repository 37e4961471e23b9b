-- The end of a chain is what was written to it last. The database notes it along with the row: the change that holds the chain
-- has a statement less to send.
CREATE FUNCTION note_audit_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audit_heads SET hash = NEW.hash WHERE org_id = NEW.org_id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER audit_events_end AFTER INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION note_audit_end();
