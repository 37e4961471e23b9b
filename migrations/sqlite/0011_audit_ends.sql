-- The end of a chain is what was written to it last. The database notes it along with the row: the change that holds the chain
-- has a statement less to send.
CREATE TRIGGER audit_events_end AFTER INSERT ON audit_events
BEGIN UPDATE audit_heads SET hash = NEW.hash WHERE org_id = NEW.org_id; END;
