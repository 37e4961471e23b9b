-- No number is given twice. SQLite gives a new row the greatest number and one: who still held the number of a row that was gone (a
-- page that is open, a job, a step to be undone, a line of the audit) met another one with it. Punches and audit events are left as
-- they are: they go with the demonstration only, and each insert would write once more.
--
-- What the tables hold stays the same, so they need not be written anew: their definitions are, as ALTER TABLE does it
-- (https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes). RESET has them read again, and the
-- triggers and indexes made below have other connections do so.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '_pkey PRIMARY KEY,', '_pkey PRIMARY KEY AUTOINCREMENT,')
WHERE type = 'table' AND name NOT IN ('punches', 'audit_events')
  AND instr(sql, 'id INTEGER NOT NULL CONSTRAINT ' || name || '_pkey PRIMARY KEY,') > 0;
PRAGMA writable_schema = RESET;

-- The numbers go on behind those that are there, and those that the audit remembers of rows that people delete.
WITH remembered (kind, id) AS (SELECT subject_kind, max(subject_id) FROM audit_events GROUP BY subject_kind),
newest (name, kind, id) AS (
    SELECT 'account_links', NULL, max(id) FROM account_links
    UNION ALL SELECT 'accounts', NULL, max(id) FROM accounts
    UNION ALL SELECT 'answer_links', NULL, max(id) FROM answer_links
    UNION ALL SELECT 'api_tokens', NULL, max(id) FROM api_tokens
    UNION ALL SELECT 'assignment_changes', NULL, max(id) FROM assignment_changes
    UNION ALL SELECT 'assignments', 'assignment', max(id) FROM assignments
    UNION ALL SELECT 'availabilities', 'availability', max(id) FROM availabilities
    UNION ALL SELECT 'calendar_feeds', NULL, max(id) FROM calendar_feeds
    UNION ALL SELECT 'crew_members', NULL, max(id) FROM crew_members
    UNION ALL SELECT 'devices', NULL, max(id) FROM devices
    UNION ALL SELECT 'email_changes', NULL, max(id) FROM email_changes
    UNION ALL SELECT 'invitations', NULL, max(id) FROM invitations
    UNION ALL SELECT 'jobs', 'job', max(id) FROM jobs
    UNION ALL SELECT 'kiosks', NULL, max(id) FROM kiosks
    UNION ALL SELECT 'known_browsers', NULL, max(id) FROM known_browsers
    UNION ALL SELECT 'links', NULL, max(id) FROM links
    UNION ALL SELECT 'mails', NULL, max(id) FROM mails
    UNION ALL SELECT 'memberships', 'membership', max(id) FROM memberships
    UNION ALL SELECT 'mission_needs', NULL, max(id) FROM mission_needs
    UNION ALL SELECT 'mission_templates', 'mission_template', max(id) FROM mission_templates
    UNION ALL SELECT 'missions', 'mission', max(id) FROM missions
    UNION ALL SELECT 'orgs', NULL, max(id) FROM orgs
    UNION ALL SELECT 'passkeys', NULL, max(id) FROM passkeys
    UNION ALL SELECT 'plan_steps', NULL, max(id) FROM plan_steps
    UNION ALL SELECT 'projects', 'project', max(id) FROM projects
    UNION ALL SELECT 'rates', NULL, max(id) FROM rates
    UNION ALL SELECT 'recovery_codes', NULL, max(id) FROM recovery_codes
    UNION ALL SELECT 'refresh_tokens', NULL, max(id) FROM refresh_tokens
    UNION ALL SELECT 'rule_overrides', NULL, max(id) FROM rule_overrides
    UNION ALL SELECT 'sessions', 'session', max(id) FROM sessions
    UNION ALL SELECT 'support_entries', NULL, max(id) FROM support_entries
)
INSERT INTO sqlite_sequence (name, seq)
    SELECT newest.name, max(coalesce(newest.id, 0), coalesce(remembered.id, 0))
    FROM newest LEFT JOIN remembered ON remembered.kind = newest.kind;

-- Append-only also against INSERT OR REPLACE, which takes away the rows that have a key of the new one, and fires no trigger of a
-- delete. Who only inserts hears what the unique index would say.
CREATE TRIGGER punches_kept_insert BEFORE INSERT ON punches
WHEN EXISTS (SELECT 1 FROM punches WHERE org_id = NEW.org_id AND crew_member_id = NEW.crew_member_id AND seq = NEW.seq)
  OR (NEW.badge_id IS NOT NULL AND EXISTS (SELECT 1 FROM punches WHERE badge_id = NEW.badge_id))
  OR (NEW.request_key IS NOT NULL AND EXISTS (SELECT 1 FROM punches WHERE org_id = NEW.org_id AND request_key = NEW.request_key))
  OR (NEW.id > 0 AND EXISTS (SELECT 1 FROM punches WHERE id = NEW.id))
BEGIN
    SELECT RAISE(ABORT, 'UNIQUE constraint failed: punches.badge_id')
    WHERE EXISTS (SELECT 1 FROM punches WHERE badge_id = NEW.badge_id);
    SELECT RAISE(ABORT, 'UNIQUE constraint failed: punches.org_id, punches.request_key')
    WHERE EXISTS (SELECT 1 FROM punches WHERE org_id = NEW.org_id AND request_key = NEW.request_key);
    SELECT RAISE(ABORT, 'UNIQUE constraint failed: punches.org_id, punches.crew_member_id, punches.seq')
    WHERE EXISTS (SELECT 1 FROM punches WHERE org_id = NEW.org_id AND crew_member_id = NEW.crew_member_id AND seq = NEW.seq);
    SELECT RAISE(ABORT, 'punches are append-only');
END;
CREATE TRIGGER audit_events_kept_insert BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events WHERE org_id = NEW.org_id AND seq = NEW.seq)
  OR (NEW.id > 0 AND EXISTS (SELECT 1 FROM audit_events WHERE id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END;

-- What has ended is found by an index: some at a time are forgotten, and nobody waits for all.
CREATE INDEX sessions_revoked_at_idx ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at);
CREATE INDEX account_links_expires_at_idx ON account_links (expires_at);
