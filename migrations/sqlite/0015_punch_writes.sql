-- A scan keeps everybody else who writes waiting: it writes what it must, once, to as few places as can be.

-- That a badge was used is what its punch says. Numbers are not given twice, also when all badges were forgotten: the punches keep
-- theirs, and a new badge with such a number would look used.
CREATE TABLE badges_new (
    id INTEGER NOT NULL CONSTRAINT badges_pkey PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    device_id BIGINT NOT NULL,
    crew_member_id BIGINT NOT NULL,
    code_hash TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, device_id) REFERENCES devices (org_id, id) ON DELETE CASCADE
);
INSERT INTO badges_new (id, org_id, device_id, crew_member_id, code_hash, issued_at, expires_at)
    SELECT id, org_id, device_id, crew_member_id, code_hash, issued_at, expires_at FROM badges;
DELETE FROM sqlite_sequence WHERE name = 'badges_new';
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'badges_new', max(coalesce((SELECT max(id) FROM badges), 0), coalesce((SELECT max(badge_id) FROM punches), 0));
DROP TABLE badges;
ALTER TABLE badges_new RENAME TO badges;
CREATE UNIQUE INDEX badges_code_hash_key ON badges (code_hash);
CREATE INDEX badges_expires_at_idx ON badges (expires_at);

-- A punch has a key only if the caller chose one: its badge says the rest. That the state it found is the one its predecessor left is
-- looked up where the predecessor is, not in an index of its own. A later punch without a predecessor was no violation before: to a
-- CHECK, NULL is as good as true.
CREATE TABLE punches_new (
    id INTEGER NOT NULL CONSTRAINT punches_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    crew_member_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    prior_seq BIGINT,
    prior_state TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    kiosk_id BIGINT,
    device_id BIGINT,
    badge_id BIGINT,
    source TEXT NOT NULL CONSTRAINT punches_source_known CHECK (source IN ('kiosk', 'api', 'system', 'import')),
    request_key TEXT,
    FOREIGN KEY (org_id, crew_member_id) REFERENCES crew_members (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, kiosk_id) REFERENCES kiosks (org_id, id),
    FOREIGN KEY (org_id, device_id) REFERENCES devices (org_id, id),
    CONSTRAINT punches_chain CHECK (
        (seq = 1 AND prior_seq IS NULL AND prior_state = 'off') OR (seq > 1 AND prior_seq IS NOT NULL AND prior_seq = seq - 1)
    ),
    CONSTRAINT punches_step CHECK (
        (prior_state = 'off' AND kind = 'in' AND state = 'on')
        OR (prior_state = 'on' AND kind = 'out' AND state = 'off')
        OR (prior_state = 'on' AND kind = 'break_start' AND state = 'break')
        OR (prior_state = 'break' AND kind = 'break_end' AND state = 'on')
        OR (prior_state = 'break' AND kind = 'out' AND state = 'off')
        OR (prior_state IN ('on', 'break') AND kind = 'lapse' AND state = 'off')
    )
);
INSERT INTO punches_new SELECT id, org_id, crew_member_id, seq, prior_seq, prior_state, kind, state, at, recorded_at, kiosk_id,
    device_id, badge_id, source, request_key FROM punches;
DROP TABLE punches;
ALTER TABLE punches_new RENAME TO punches;
CREATE UNIQUE INDEX punches_org_id_crew_member_id_seq_key ON punches (org_id, crew_member_id, seq);
CREATE UNIQUE INDEX punches_org_id_request_key_key ON punches (org_id, request_key) WHERE request_key IS NOT NULL;
CREATE UNIQUE INDEX punches_badge_id_key ON punches (badge_id);
CREATE INDEX punches_org_id_at_idx ON punches (org_id, at, id);
CREATE INDEX punches_org_id_crew_member_id_at_idx ON punches (org_id, crew_member_id, at, seq, kind);

CREATE TRIGGER punches_follow BEFORE INSERT ON punches
WHEN NEW.prior_seq IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM punches WHERE org_id = NEW.org_id AND crew_member_id = NEW.crew_member_id AND seq = NEW.prior_seq
      AND state = NEW.prior_state
)
BEGIN SELECT RAISE(ABORT, 'a punch does not follow the one before it'); END;

-- Append-only, as before.
CREATE TRIGGER punches_kept_update BEFORE UPDATE ON punches BEGIN SELECT RAISE(ABORT, 'punches are append-only'); END;
CREATE TRIGGER punches_kept_delete BEFORE DELETE ON punches
WHEN NOT EXISTS (SELECT 1 FROM orgs WHERE id = OLD.org_id AND is_demo)
BEGIN SELECT RAISE(ABORT, 'punches are append-only'); END;
