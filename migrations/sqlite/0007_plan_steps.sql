-- What a manager did in the planner, to be undone and done again: how each mission was before and after.
CREATE TABLE plan_steps (
    id INTEGER NOT NULL CONSTRAINT plan_steps_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    -- The word of what was done: `move`, `split`.
    what TEXT NOT NULL,
    -- A JSON list of missions, each with its state before and after.
    changes TEXT NOT NULL,
    undone_at BIGINT
);
CREATE INDEX plan_steps_org_id_account_id_idx ON plan_steps (org_id, account_id, id);

-- What the person still believes of an assignment that was taken back and not yet told; a publication tells it.
ALTER TABLE assignments ADD COLUMN believed TEXT CONSTRAINT assignments_believed_known CHECK (believed IN ('invited', 'accepted'));

-- As the word of projects and missions, but of who is on them and who can: lists of missions do not show it, the planner does.
ALTER TABLE plan_tags ADD COLUMN staffing TEXT NOT NULL DEFAULT '';
