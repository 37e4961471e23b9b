-- Planning: projects, missions with what they need, who is assigned and how it came about, availability, rates.

CREATE TABLE projects (
    id INTEGER NOT NULL CONSTRAINT projects_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT projects_status_known CHECK (status IN ('draft', 'active', 'archived')),
    client TEXT NOT NULL DEFAULT '',
    -- One of the six gels of the style sheet.
    colour BIGINT NOT NULL CONSTRAINT projects_colour_known CHECK (colour BETWEEN 1 AND 6),
    notes TEXT NOT NULL DEFAULT '',
    -- Dates of the calendar, as ISO 8601: they have no time zone.
    starts_on TEXT,
    ends_on TEXT,
    search TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    CONSTRAINT projects_ends_after_it_starts CHECK (ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on)
);
CREATE UNIQUE INDEX projects_org_id_id_key ON projects (org_id, id);
CREATE UNIQUE INDEX projects_org_id_name_key ON projects (org_id, name);
CREATE INDEX projects_org_id_search_idx ON projects (org_id, search, id);
CREATE INDEX projects_org_id_created_at_idx ON projects (org_id, created_at, id);

-- A word that every change of projects and missions replaces, in the same transaction: lists that were kept under another word
-- are never looked at again, on any server.
CREATE TABLE plan_tags (
    org_id BIGINT NOT NULL CONSTRAINT plan_tags_pkey PRIMARY KEY REFERENCES orgs (id) ON DELETE CASCADE,
    tag TEXT NOT NULL
);

CREATE TABLE missions (
    id INTEGER NOT NULL CONSTRAINT missions_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    project_id BIGINT,
    title TEXT NOT NULL,
    place TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    time_zone TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    break_minutes BIGINT NOT NULL DEFAULT 0 CONSTRAINT missions_break_is_inside CHECK (break_minutes >= 0 AND break_minutes * 60000 < ends_at - starts_at),
    notes TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    -- How often people have been told of a change: the SEQUENCE of its calendar events.
    sequence BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    -- People had been told of it: it stays, for them to see that it is off.
    cancelled_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    CONSTRAINT missions_ends_after_it_starts CHECK (ends_at > starts_at),
    FOREIGN KEY (org_id, project_id) REFERENCES projects (org_id, id)
);
CREATE UNIQUE INDEX missions_org_id_id_key ON missions (org_id, id);
CREATE INDEX missions_org_id_starts_at_idx ON missions (org_id, starts_at, id);
CREATE INDEX missions_org_id_project_id_idx ON missions (org_id, project_id, starts_at);

-- What a mission needs: so many of a role, with a skill if it takes one.
CREATE TABLE mission_needs (
    id INTEGER NOT NULL CONSTRAINT mission_needs_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    mission_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    quota BIGINT NOT NULL CONSTRAINT mission_needs_quota_counts CHECK (quota BETWEEN 1 AND 99),
    skill TEXT,
    min_level BIGINT NOT NULL DEFAULT 1,
    FOREIGN KEY (org_id, mission_id) REFERENCES missions (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX mission_needs_org_id_id_key ON mission_needs (org_id, id);
CREATE UNIQUE INDEX mission_needs_org_id_mission_id_role_key ON mission_needs (org_id, mission_id, role);

CREATE TABLE assignments (
    id INTEGER NOT NULL CONSTRAINT assignments_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    mission_id BIGINT NOT NULL,
    crew_member_id BIGINT NOT NULL,
    need_id BIGINT,
    status TEXT NOT NULL CONSTRAINT assignments_status_known CHECK (status IN ('draft', 'invited', 'accepted', 'declined', 'cancelled')),
    -- Why it was declined or cancelled.
    reason TEXT NOT NULL DEFAULT '',
    -- What the person was told last, and when; a change after that shows.
    told_at BIGINT,
    told_starts_at BIGINT,
    told_ends_at BIGINT,
    told_place TEXT,
    mailed_at BIGINT,
    answered_at BIGINT,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    FOREIGN KEY (org_id, mission_id) REFERENCES missions (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, crew_member_id) REFERENCES crew_members (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, need_id) REFERENCES mission_needs (org_id, id)
);
CREATE UNIQUE INDEX assignments_org_id_id_key ON assignments (org_id, id);
-- One active assignment of a person to a mission.
CREATE UNIQUE INDEX assignments_org_id_mission_id_crew_member_id_key ON assignments (org_id, mission_id, crew_member_id)
    WHERE status IN ('draft', 'invited', 'accepted');
CREATE INDEX assignments_org_id_crew_member_id_idx ON assignments (org_id, crew_member_id, status);
CREATE INDEX assignments_org_id_need_id_idx ON assignments (org_id, need_id);

-- Each change of an assignment: who, when, why.
CREATE TABLE assignment_changes (
    id INTEGER NOT NULL CONSTRAINT assignment_changes_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    assignment_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- `account`, `link` or `system`, and the number of the account.
    actor_kind TEXT NOT NULL,
    actor_id BIGINT,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    FOREIGN KEY (org_id, assignment_id) REFERENCES assignments (org_id, id) ON DELETE CASCADE
);
CREATE INDEX assignment_changes_org_id_assignment_id_idx ON assignment_changes (org_id, assignment_id, id);

-- The signed link by which a person answers without an account: one for each person and mail.
CREATE TABLE answer_links (
    id INTEGER NOT NULL CONSTRAINT answer_links_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    crew_member_id BIGINT NOT NULL,
    -- The one question it answers; NULL for a mail's link, which answers all of the person's.
    assignment_id BIGINT,
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    FOREIGN KEY (org_id, crew_member_id) REFERENCES crew_members (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, assignment_id) REFERENCES assignments (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX answer_links_token_hash_key ON answer_links (token_hash);
CREATE INDEX answer_links_org_id_crew_member_id_idx ON answer_links (org_id, crew_member_id);
CREATE INDEX answer_links_org_id_assignment_id_idx ON answer_links (org_id, assignment_id);

-- What people say of their time, and time off that somebody agrees to.
CREATE TABLE availabilities (
    id INTEGER NOT NULL CONSTRAINT availabilities_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    crew_member_id BIGINT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT availabilities_kind_known CHECK (kind IN ('available', 'unavailable', 'preferred', 'time_off')),
    status TEXT NOT NULL CONSTRAINT availabilities_status_known CHECK (status IN ('pending', 'approved', 'rejected')),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    -- Comes again every so many weeks until then; 0 for once.
    every_weeks BIGINT NOT NULL DEFAULT 0,
    until_at BIGINT,
    note TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    CONSTRAINT availabilities_ends_after_it_starts CHECK (ends_at > starts_at),
    FOREIGN KEY (org_id, crew_member_id) REFERENCES crew_members (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX availabilities_org_id_id_key ON availabilities (org_id, id);
CREATE INDEX availabilities_org_id_crew_member_id_idx ON availabilities (org_id, crew_member_id, starts_at);

-- A private address of a calendar: of a person, or of a project.
CREATE TABLE calendar_feeds (
    id INTEGER NOT NULL CONSTRAINT calendar_feeds_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    crew_member_id BIGINT,
    project_id BIGINT,
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    FOREIGN KEY (org_id, crew_member_id) REFERENCES crew_members (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, project_id) REFERENCES projects (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX calendar_feeds_token_hash_key ON calendar_feeds (token_hash);
CREATE INDEX calendar_feeds_org_id_crew_member_id_idx ON calendar_feeds (org_id, crew_member_id);

-- A rule that was overruled for a person and a mission, by whom and why.
CREATE TABLE rule_overrides (
    id INTEGER NOT NULL CONSTRAINT rule_overrides_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    assignment_id BIGINT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    account_id BIGINT,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, assignment_id) REFERENCES assignments (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX rule_overrides_org_id_assignment_id_rule_key ON rule_overrides (org_id, assignment_id, rule);

-- What people can do, how well, and until when a permit is good.
ALTER TABLE crew_skills ADD COLUMN level BIGINT NOT NULL DEFAULT 1;
ALTER TABLE crew_skills ADD COLUMN expires_on TEXT;
ALTER TABLE crew_members ADD COLUMN employment_type TEXT NOT NULL DEFAULT 'OTHER' CONSTRAINT crew_members_employment_known
    CHECK (employment_type IN ('CDI', 'CDD', 'FREELANCE', 'INTERMITTENT', 'OTHER'));
ALTER TABLE crew_members ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE crew_members ADD COLUMN bio TEXT NOT NULL DEFAULT '';

-- What goes with a mail: calendar entries.
ALTER TABLE mails ADD COLUMN calendar TEXT;

-- What a person costs from a day on, in cents; percentages are added for the hours they name.
CREATE TABLE rates (
    id INTEGER NOT NULL CONSTRAINT rates_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL,
    crew_member_id BIGINT NOT NULL,
    from_date TEXT NOT NULL,
    unit TEXT NOT NULL CONSTRAINT rates_unit_known CHECK (unit IN ('hour', 'day', 'cachet')),
    amount_cents BIGINT NOT NULL CONSTRAINT rates_amount_counts CHECK (amount_cents >= 0),
    night_percent BIGINT NOT NULL DEFAULT 0,
    sunday_percent BIGINT NOT NULL DEFAULT 0,
    holiday_percent BIGINT NOT NULL DEFAULT 0,
    FOREIGN KEY (org_id, crew_member_id) REFERENCES crew_members (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX rates_org_id_crew_member_id_from_date_unit_key ON rates (org_id, crew_member_id, from_date, unit);
