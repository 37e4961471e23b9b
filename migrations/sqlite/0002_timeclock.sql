-- Devices, badges, kiosks, punches.

CREATE TABLE devices (
    id INTEGER NOT NULL CONSTRAINT devices_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    crew_member_id BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    name TEXT NOT NULL,
    attestation TEXT,
    registered_at BIGINT NOT NULL,
    last_seen_at BIGINT,
    revoked_at BIGINT,
    FOREIGN KEY (org_id, crew_member_id) REFERENCES crew_members (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX devices_org_id_id_key ON devices (org_id, id);
CREATE UNIQUE INDEX devices_org_id_crew_member_id_fingerprint_key ON devices (org_id, crew_member_id, fingerprint);

CREATE TABLE kiosks (
    id INTEGER NOT NULL CONSTRAINT kiosks_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    place TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    key_hash TEXT,
    tablet_hash TEXT,
    pairing_hash TEXT,
    pairing_expires_at BIGINT,
    paired_at BIGINT,
    last_seen_at BIGINT,
    app_version TEXT,
    device_info TEXT,
    removed_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX kiosks_org_id_id_key ON kiosks (org_id, id);
CREATE UNIQUE INDEX kiosks_org_id_name_key ON kiosks (org_id, name) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX kiosks_org_id_fingerprint_key ON kiosks (org_id, fingerprint);
CREATE UNIQUE INDEX kiosks_key_hash_key ON kiosks (key_hash);
CREATE UNIQUE INDEX kiosks_tablet_hash_key ON kiosks (tablet_hash);
CREATE UNIQUE INDEX kiosks_pairing_hash_key ON kiosks (pairing_hash);

-- Codes that a phone shows for some seconds. Consumed once, by one kiosk.
CREATE TABLE badges (
    id INTEGER NOT NULL CONSTRAINT badges_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    device_id BIGINT NOT NULL,
    crew_member_id BIGINT NOT NULL,
    code_hash TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    consumed_by BIGINT,
    FOREIGN KEY (org_id, device_id) REFERENCES devices (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX badges_code_hash_key ON badges (code_hash);
CREATE INDEX badges_expires_at_idx ON badges (expires_at);

-- A person's punches are a chain: each names the state it found and the state it leaves, and the state it found must be
-- the one its predecessor left. Two entries without an exit between them cannot be stored.
CREATE TABLE punches (
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
    request_key TEXT NOT NULL,
    FOREIGN KEY (org_id, crew_member_id) REFERENCES crew_members (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, kiosk_id) REFERENCES kiosks (org_id, id),
    FOREIGN KEY (org_id, device_id) REFERENCES devices (org_id, id),
    FOREIGN KEY (org_id, crew_member_id, prior_seq, prior_state) REFERENCES punches (org_id, crew_member_id, seq, state),
    CONSTRAINT punches_chain CHECK (
        (seq = 1 AND prior_seq IS NULL AND prior_state = 'off') OR (seq > 1 AND prior_seq = seq - 1)
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
CREATE UNIQUE INDEX punches_org_id_crew_member_id_seq_key ON punches (org_id, crew_member_id, seq);
CREATE UNIQUE INDEX punches_org_id_crew_member_id_seq_state_key ON punches (org_id, crew_member_id, seq, state);
CREATE UNIQUE INDEX punches_org_id_request_key_key ON punches (org_id, request_key);
CREATE UNIQUE INDEX punches_badge_id_key ON punches (badge_id);
CREATE INDEX punches_org_id_at_idx ON punches (org_id, at, id);

-- Append-only: a punch is never edited, only corrected by another row. The demonstration may be removed whole.
CREATE TRIGGER punches_kept_update BEFORE UPDATE ON punches BEGIN SELECT RAISE(ABORT, 'punches are append-only'); END;
CREATE TRIGGER punches_kept_delete BEFORE DELETE ON punches
WHEN NOT EXISTS (SELECT 1 FROM orgs WHERE id = OLD.org_id AND is_demo)
BEGIN SELECT RAISE(ABORT, 'punches are append-only'); END;
