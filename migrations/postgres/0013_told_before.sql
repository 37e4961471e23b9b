-- What a person was told before the last time, where that was something else: it is said beside what is so now.
ALTER TABLE assignments ADD COLUMN was_starts_at BIGINT;
ALTER TABLE assignments ADD COLUMN was_ends_at BIGINT;
ALTER TABLE assignments ADD COLUMN was_place TEXT;
