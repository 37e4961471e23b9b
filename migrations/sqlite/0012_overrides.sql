-- How far the rule was broken when somebody wrote the reason: what is worse afterwards needs another one.
ALTER TABLE rule_overrides ADD COLUMN excess BIGINT NOT NULL DEFAULT 0;
