-- "This was not me" takes away the factor that its notice told of, and no other: which one that is, by what it is, and its number, or
-- when it was made.
ALTER TABLE account_links ADD COLUMN subject_kind TEXT CONSTRAINT account_links_subject_kind_known
    CHECK (subject_kind IN ('passkey', 'totp', 'codes'));
