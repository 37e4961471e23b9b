-- Until when a question waits for its answer. A mission says how many hours its people have from being asked; 0 for as long as
-- they like.
ALTER TABLE missions ADD COLUMN answer_hours BIGINT NOT NULL DEFAULT 0 CONSTRAINT missions_answer_hours_known CHECK (answer_hours BETWEEN 0 AND 720);
-- Whether the place of who declines, or lets the time pass, is offered to the next person.
ALTER TABLE missions ADD COLUMN cascades BOOLEAN NOT NULL DEFAULT FALSE;

-- The place is given back then, when nothing was answered.
ALTER TABLE assignments ADD COLUMN answer_by_at BIGINT;
-- When the person was reminded of what they were told last.
ALTER TABLE assignments ADD COLUMN reminded_at BIGINT;
-- When the place of who is off was passed on, and to which assignment; none when nobody was left to offer it to.
ALTER TABLE assignments ADD COLUMN passed_on_at BIGINT;
ALTER TABLE assignments ADD COLUMN passed_to_id BIGINT;
