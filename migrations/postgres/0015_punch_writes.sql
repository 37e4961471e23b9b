-- A scan keeps everybody else who writes waiting: it writes what it must, once, to as few places as can be.

-- That a badge was used is what its punch says.
ALTER TABLE badges DROP COLUMN consumed_at;

-- A punch has a key only if the caller chose one: its badge says the rest. That the state it found is the one its predecessor left is
-- looked up where the predecessor is, not in an index of its own. A later punch without a predecessor was no violation before: to a
-- CHECK, NULL is as good as true.
ALTER TABLE punches ALTER COLUMN request_key DROP NOT NULL;
DROP INDEX punches_org_id_request_key_key;
CREATE UNIQUE INDEX punches_org_id_request_key_key ON punches (org_id, request_key) WHERE request_key IS NOT NULL;
ALTER TABLE punches DROP CONSTRAINT punches_org_id_crew_member_id_prior_seq_prior_state_fkey;
ALTER TABLE punches DROP CONSTRAINT punches_org_id_crew_member_id_seq_state_key;
ALTER TABLE punches DROP CONSTRAINT punches_chain;
ALTER TABLE punches ADD CONSTRAINT punches_chain CHECK (
    (seq = 1 AND prior_seq IS NULL AND prior_state = 'off') OR (seq > 1 AND prior_seq IS NOT NULL AND prior_seq = seq - 1)
);
CREATE FUNCTION refuse_punch_out_of_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.prior_seq IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM punches WHERE org_id = NEW.org_id AND crew_member_id = NEW.crew_member_id AND seq = NEW.prior_seq
          AND state = NEW.prior_state
    ) THEN
        RAISE EXCEPTION 'a punch does not follow the one before it';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER punches_follow BEFORE INSERT ON punches FOR EACH ROW EXECUTE FUNCTION refuse_punch_out_of_turn();
