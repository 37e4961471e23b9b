-- Accounts that can be recovered, proved twice and closed; sessions with families of refresh tokens; tokens of programs;
-- members who are invited; the platform's admins.

ALTER TABLE accounts ADD COLUMN verified_at BIGINT;
ALTER TABLE accounts ADD COLUMN password_changed_at BIGINT;
ALTER TABLE accounts ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'Europe/Paris';
-- Who closed it: the person (who may open it again) or the platform.
ALTER TABLE accounts ADD COLUMN disabled_by TEXT CONSTRAINT accounts_disabled_by_known CHECK (disabled_by IN ('self', 'platform'));
ALTER TABLE accounts ADD COLUMN deleted_at BIGINT;
-- The second factor: a sealed secret, and the newest time step that was used.
ALTER TABLE accounts ADD COLUMN totp_secret TEXT;
ALTER TABLE accounts ADD COLUMN totp_confirmed_at BIGINT;
ALTER TABLE accounts ADD COLUMN totp_last_step BIGINT NOT NULL DEFAULT 0;
-- Name and address, folded: what the search looks at.
ALTER TABLE accounts ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE accounts SET verified_at = created_at, search = lower(name || ' ' || email);

ALTER TABLE sessions ADD COLUMN label TEXT NOT NULL DEFAULT '';
-- How the person proved who they are: password, password+totp, passkey …
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'password';
ALTER TABLE sessions ADD COLUMN ended_reason TEXT;

-- A session of a program is a family of refresh tokens; one that was used is kept to recognise a thief.
CREATE TABLE refresh_tokens (
    id INTEGER NOT NULL CONSTRAINT refresh_tokens_pkey PRIMARY KEY,
    session_id BIGINT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX refresh_tokens_token_hash_key ON refresh_tokens (token_hash);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);
INSERT INTO refresh_tokens (session_id, token_hash, issued_at, expires_at)
    SELECT id, key_hash, last_seen_at, expires_at FROM sessions WHERE kind = 'api';

-- Browsers that an account has signed in from: they are never slowed down, and a new one is told by mail.
CREATE TABLE known_browsers (
    id INTEGER NOT NULL CONSTRAINT known_browsers_pkey PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX known_browsers_account_id_key_hash_key ON known_browsers (account_id, key_hash);

-- One-time links of accounts: only a hash of what the mail says is kept.
CREATE TABLE account_links (
    id INTEGER NOT NULL CONSTRAINT account_links_pkey PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CONSTRAINT account_links_purpose_known
        CHECK (purpose IN ('verify_email', 'reset_password', 'change_email_old', 'change_email_new', 'not_me')),
    token_hash TEXT NOT NULL,
    -- What the link is about: a session that was opened, a change of address.
    subject_id BIGINT,
    email TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX account_links_token_hash_key ON account_links (token_hash);
CREATE INDEX account_links_account_id_idx ON account_links (account_id, purpose);

-- A new e-mail address, once both addresses have said yes.
CREATE TABLE email_changes (
    id INTEGER NOT NULL CONSTRAINT email_changes_pkey PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    new_email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    old_confirmed_at BIGINT,
    new_confirmed_at BIGINT,
    closed_at BIGINT
);
CREATE UNIQUE INDEX email_changes_account_id_key ON email_changes (account_id) WHERE closed_at IS NULL;

CREATE TABLE recovery_codes (
    id INTEGER NOT NULL CONSTRAINT recovery_codes_pkey PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX recovery_codes_account_id_code_hash_key ON recovery_codes (account_id, code_hash);

CREATE TABLE passkeys (
    id INTEGER NOT NULL CONSTRAINT passkeys_pkey PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- base64url, as browsers say it.
    credential_id TEXT NOT NULL,
    public_key TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX passkeys_credential_id_key ON passkeys (credential_id);
CREATE INDEX passkeys_account_id_idx ON passkeys (account_id);

-- Tokens that people make for their own programs.
CREATE TABLE api_tokens (
    id INTEGER NOT NULL CONSTRAINT api_tokens_pkey PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The beginning of the token, to recognise it by.
    prefix TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX api_tokens_token_hash_key ON api_tokens (token_hash);
CREATE INDEX api_tokens_account_id_idx ON api_tokens (account_id);

ALTER TABLE orgs ADD COLUMN second_factor_from TEXT CONSTRAINT orgs_second_factor_known
    CHECK (second_factor_from IN ('tech', 'manager', 'admin', 'owner'));
ALTER TABLE orgs ADD COLUMN join_domains TEXT NOT NULL DEFAULT '';
ALTER TABLE orgs ADD COLUMN retention_months BIGINT NOT NULL DEFAULT 60;
ALTER TABLE orgs ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

CREATE TABLE org_logos (
    org_id BIGINT NOT NULL CONSTRAINT org_logos_pkey PRIMARY KEY REFERENCES orgs (id) ON DELETE CASCADE,
    mime TEXT NOT NULL,
    -- base64: a logo is small, and a backup of the database is then whole.
    content TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE invitations (
    id INTEGER NOT NULL CONSTRAINT invitations_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    role TEXT NOT NULL CONSTRAINT invitations_role_known CHECK (role IN ('tech', 'manager', 'admin', 'owner')),
    message TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    invited_by BIGINT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    account_id BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX invitations_token_hash_key ON invitations (token_hash);
CREATE UNIQUE INDEX invitations_org_id_email_key ON invitations (org_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- A platform admin looks into an organisation, for a reason that its admins can read.
CREATE TABLE support_entries (
    id INTEGER NOT NULL CONSTRAINT support_entries_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    entered_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX support_entries_org_id_idx ON support_entries (org_id, account_id, ends_at);
