-- No number is given twice: here none ever was.

-- Append-only also against TRUNCATE, which fires no trigger of a row.
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are append-only', replace(TG_TABLE_NAME, '_', ' ');
END;
$$;
CREATE TRIGGER punches_kept_truncate BEFORE TRUNCATE ON punches FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
CREATE TRIGGER audit_events_kept_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();

-- What has ended is found by an index: some at a time are forgotten, and nobody waits for all.
CREATE INDEX sessions_revoked_at_idx ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at);
CREATE INDEX account_links_expires_at_idx ON account_links (expires_at);
