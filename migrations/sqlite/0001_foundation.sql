-- Accounts, organisations, crew members, sessions, jobs, mails, the audit.

CREATE TABLE orgs (
    id INTEGER NOT NULL CONSTRAINT orgs_pkey PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    language TEXT NOT NULL,
    is_demo BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX orgs_slug_key ON orgs (slug);

CREATE TABLE accounts (
    id INTEGER NOT NULL CONSTRAINT accounts_pkey PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT,
    language TEXT NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    is_platform_admin BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_email_key ON accounts (email);

CREATE TABLE memberships (
    id INTEGER NOT NULL CONSTRAINT memberships_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL CONSTRAINT memberships_role_known CHECK (role IN ('tech', 'manager', 'admin', 'owner')),
    state TEXT NOT NULL CONSTRAINT memberships_state_known CHECK (state IN ('active', 'suspended')),
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX memberships_org_id_account_id_key ON memberships (org_id, account_id);
CREATE INDEX memberships_account_id_idx ON memberships (account_id);

CREATE TABLE crew_members (
    id INTEGER NOT NULL CONSTRAINT crew_members_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    account_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    job TEXT,
    -- Name, address and job, folded: what the search looks at.
    search TEXT NOT NULL,
    archived_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);
-- A person's rows elsewhere name the organisation too, so that a row of another one cannot be pointed at.
CREATE UNIQUE INDEX crew_members_org_id_id_key ON crew_members (org_id, id);
CREATE UNIQUE INDEX crew_members_org_id_account_id_key ON crew_members (org_id, account_id);
CREATE UNIQUE INDEX crew_members_org_id_email_key ON crew_members (org_id, email);
CREATE INDEX crew_members_org_id_search_idx ON crew_members (org_id, search, id);

CREATE TABLE crew_skills (
    org_id BIGINT NOT NULL,
    crew_member_id BIGINT NOT NULL,
    skill TEXT NOT NULL,
    CONSTRAINT crew_skills_pkey PRIMARY KEY (org_id, crew_member_id, skill),
    FOREIGN KEY (org_id, crew_member_id) REFERENCES crew_members (org_id, id) ON DELETE CASCADE
);

-- One-time links: only a hash of what the mail says is kept.
CREATE TABLE links (
    id INTEGER NOT NULL CONSTRAINT links_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    subject_id BIGINT,
    email TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX links_token_hash_key ON links (token_hash);
CREATE INDEX links_org_id_subject_id_idx ON links (org_id, purpose, subject_id);

-- Browsers and API clients that are or were signed in.
CREATE TABLE sessions (
    id INTEGER NOT NULL CONSTRAINT sessions_pkey PRIMARY KEY,
    kind TEXT NOT NULL CONSTRAINT sessions_kind_known CHECK (kind IN ('browser', 'api')),
    key_hash TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
    org_id BIGINT,
    data TEXT NOT NULL DEFAULT '{}',
    client TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX sessions_key_hash_key ON sessions (key_hash);
CREATE INDEX sessions_account_id_idx ON sessions (account_id);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

CREATE TABLE jobs (
    id INTEGER NOT NULL CONSTRAINT jobs_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CONSTRAINT jobs_state_known CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    done_at BIGINT
);
CREATE INDEX jobs_state_run_at_idx ON jobs (state, run_at, id);

CREATE TABLE mails (
    id INTEGER NOT NULL CONSTRAINT mails_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);

-- The audit: one chain of hashes per organisation; organisation 0 is the installation.
CREATE TABLE audit_heads (
    org_id BIGINT NOT NULL CONSTRAINT audit_heads_pkey PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TABLE audit_events (
    id INTEGER NOT NULL CONSTRAINT audit_events_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BIGINT,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT,
    detail TEXT NOT NULL,
    address TEXT NOT NULL,
    request_id TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_events_org_id_seq_key ON audit_events (org_id, seq);

-- Append-only also against somebody with a database client. The demonstration may be removed whole.
CREATE TRIGGER audit_events_kept_update BEFORE UPDATE ON audit_events BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END;
CREATE TRIGGER audit_events_kept_delete BEFORE DELETE ON audit_events
WHEN NOT EXISTS (SELECT 1 FROM orgs WHERE id = OLD.org_id AND is_demo)
BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END;
