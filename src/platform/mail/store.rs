//! SQL of the mail spool.

use super::NewMail;
use crate::kernel::{Instant, MailId, OrgId};
use crate::platform::db::{DbResult, ReadTx, WriteTx};

/// A mail as it is kept.
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
const MARK_SENT: &str = "UPDATE mails SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL";

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

pub(super) async fn mark_sent(tx: &mut WriteTx, id: MailId, now: Instant) -> DbResult<u64> {
    tx.query(MARK_SENT).bind(id).bind(now).execute().await
}
