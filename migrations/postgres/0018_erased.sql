-- What deleting an account used to leave behind: addresses, in its links and in its changes of address.

DELETE FROM account_links WHERE account_id IN (SELECT id FROM accounts WHERE deleted_at IS NOT NULL);
DELETE FROM email_changes WHERE account_id IN (SELECT id FROM accounts WHERE deleted_at IS NOT NULL);
