//! SQL of the mail spool.

use super::{NewMail, SEND};
use crate::kernel::{Instant, MailId, OrgId};
use crate::platform::db::{DbResult, ReadTx, WriteTx};

/// Mails that were not sent, and for which no job of the kind `$1` waits or is under way.
macro_rules! unsent {
    ($start:literal, $rest:literal) => {
        concat!(
            $start,
            " FROM mails WHERE sent_at IS NULL
  AND CAST(id AS TEXT) NOT IN (SELECT payload FROM jobs WHERE kind = $1 AND state IN ('waiting', 'running')) AND ",
            $rest
        )
    };
}

/// A mail as it is kept. Once it was sent or given up, its bodies are empty and the calendar is gone.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SpooledMail {
    pub id: MailId,
    pub recipient: String,
    pub subject: String,
    pub text_body: String,
    pub html_body: String,
    pub created_at: Instant,
    pub sent_at: Option<Instant>,
    pub calendar: Option<String>,
}

const INSERT: &str = "INSERT INTO mails (org_id, recipient, subject, text_body, html_body, created_at, calendar)
  VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
const FIND: &str = "SELECT id, recipient, subject, text_body, html_body, created_at, sent_at, calendar FROM mails WHERE id = $1";
const LIST: &str = "SELECT id, recipient, subject, text_body, html_body, created_at, sent_at, calendar FROM mails
  ORDER BY id DESC LIMIT $1";
// What it said is in the recipient's mailbox now. Here nobody needs it any more, and it may hold links that let people in.
const MARK_SENT: &str = "UPDATE mails SET sent_at = $2, text_body = '', html_body = '', calendar = NULL
  WHERE id = $1 AND sent_at IS NULL";
const LIST_OLD: &str = "SELECT id FROM mails WHERE sent_at < $1 ORDER BY id LIMIT 500";
const DELETE: &str = "DELETE FROM mails WHERE id IN ($1..)";
const LIST_UNSENT: &str = unsent!("SELECT id", "created_at < $2 ORDER BY id LIMIT 500");
const DELETE_UNSENT: &str = unsent!("DELETE", "id IN ($2..)");
const ERASE: &str = "UPDATE mails SET text_body = '', html_body = '', calendar = NULL WHERE id = $1 AND sent_at IS NULL";

/// Keeps a mail of an organisation.
pub async fn insert_mail(tx: &mut WriteTx, org: OrgId, mail: &NewMail, now: Instant) -> DbResult<MailId> {
    let query = tx.query(INSERT).bind(org).bind(&mail.recipient).bind(&mail.subject).bind(&mail.text).bind(&mail.html);
    query.bind(now).bind(mail.calendar.as_deref()).scalar().await
}

/// One mail.
pub async fn find_mail(tx: &mut ReadTx, id: MailId) -> DbResult<Option<SpooledMail>> {
    tx.query(FIND).bind(id).optional().await
}

/// The newest `limit` mails.
pub async fn list_mails(tx: &mut ReadTx, limit: i64) -> DbResult<Vec<SpooledMail>> {
    tx.query(LIST).bind(limit).all().await
}

/// Notes that a mail was sent, and erases what it said.
pub(super) async fn mark_sent(tx: &mut WriteTx, id: MailId, now: Instant) -> DbResult<u64> {
    tx.query(MARK_SENT).bind(id).bind(now).execute().await
}

/// Some of the mails that were sent before.
pub(super) async fn list_old_mails(tx: &mut ReadTx, before: Instant) -> DbResult<Vec<MailId>> {
    tx.query(LIST_OLD).bind(before).scalars().await
}

/// Some of the mails that were written before, and that nobody sends unless somebody has them tried again.
pub(super) async fn list_unsent_mails(tx: &mut ReadTx, before: Instant) -> DbResult<Vec<MailId>> {
    tx.query(LIST_UNSENT).bind(SEND).bind(before).scalars().await
}

/// Deletes those of these mails that nobody sends.
pub(super) async fn delete_unsent_mails(tx: &mut WriteTx, ids: &[MailId]) -> DbResult<u64> {
    tx.query(DELETE_UNSENT).bind(SEND).bind_list(ids).execute().await
}

/// Erases what a mail says that will not be sent: it may hold links that let people in.
pub async fn erase_mail(tx: &mut ReadTx, id: MailId) -> DbResult<u64> {
    tx.query(ERASE).bind(id).execute().await
}

pub(super) async fn delete_mails(tx: &mut WriteTx, ids: &[MailId]) -> DbResult<u64> {
    tx.query(DELETE).bind_list(ids).execute().await
}
