-- Missions to be pasted on a date: a day, or several, with a name. They are written and read as a whole.
CREATE TABLE mission_templates (
    id INTEGER NOT NULL CONSTRAINT mission_templates_pkey PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- A JSON list of missions, by day and time of day.
    missions TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX mission_templates_org_id_id_key ON mission_templates (org_id, id);
CREATE UNIQUE INDEX mission_templates_org_id_name_key ON mission_templates (org_id, name);
