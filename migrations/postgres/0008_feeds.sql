-- A person and a project each have one calendar address that works.
CREATE UNIQUE INDEX calendar_feeds_org_id_crew_member_id_key ON calendar_feeds (org_id, crew_member_id) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX calendar_feeds_org_id_project_id_key ON calendar_feeds (org_id, project_id) WHERE revoked_at IS NULL;

-- When a mission was last written: the LAST-MODIFIED of calendar entries.
ALTER TABLE missions ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
UPDATE missions SET changed_at = COALESCE(cancelled_at, created_at);
