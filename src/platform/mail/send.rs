//! Sending: SMTP when there is a server, else nothing. And forgetting what was sent.

use super::store::{self, SpooledMail};
use crate::kernel::{Instant, MailId};
use crate::platform::App;
use crate::platform::config::Mail;
use crate::platform::db::{DbError, DbResult, told};
use crate::platform::jobs::{self, JobError};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::fmt::Display;
use std::time::{Duration, UNIX_EPOCH};

/// The job that sends one mail; its payload is the mail's number.
pub const SEND: &str = "mail.send";
/// The job that forgets mails.
pub const PURGE: &str = "mails.purge";
/// To whom a mail was sent, and about what, stays this long, for those who miss one; and one that was put aside, for those who have it
/// tried again.
const KEPT_DAYS: i64 = 30;
/// Refusals that are for ever to a mail server, but not about the mail: it wants us to sign in, or otherwise, or encrypted
/// (RFC 4954). They end when somebody mends the settings.
const NOT_ABOUT_THE_MAIL: [u16; 4] = [530, 534, 535, 538];

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the mail cannot be built: {0}")]
    Malformed(String),
    /// For now.
    #[error("the mail server refused: {0}")]
    Refused(String),
    /// For ever.
    #[error("the mail server refused: {0}")]
    Unwanted(String),
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(String),
    #[error("the mail server took longer than {0} s")]
    Slow(u64),
    #[error("the mail server and we do not understand each other: {0}")]
    Misunderstood(String),
}

impl From<smtp::Error> for MailError {
    fn from(error: smtp::Error) -> Self {
        let words = error.to_string();
        match error.status().map(u16::from) {
            Some(code) if error.is_permanent() && !NOT_ABOUT_THE_MAIL.contains(&code) => Self::Unwanted(words),
            Some(_) => Self::Refused(words),
            None if error.is_client() || error.is_response() => Self::Misunderstood(words),
            None => Self::Unreachable(words),
        }
    }
}

impl From<MailError> for JobError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Malformed(_) | MailError::Unwanted(_) => Self::Never(error.to_string()),
            _ => Self::Later(error.to_string()),
        }
    }
}

/// Sends a mail that has not been sent yet, and erases what it said.
///
/// # Errors
/// When the mail server cannot be reached or refuses.
pub async fn send(app: &App, id: MailId) -> Result<(), MailError> {
    if app.config.mail.host.is_empty() {
        return Ok(());
    }
    // What leaves cannot be taken back: unlike the job's outcome, it waits for the disk before.
    let found = told(async { store::find_mail(&mut app.db.read().await?, id).await }).await?;
    let Some(mail) = found.filter(|mail| mail.sent_at.is_none()) else { return Ok(()) };
    let settings = &app.config.mail;
    let message = message(settings, mail)?;
    let transport = transport(settings)?;
    // The transport's own limit is for connecting alone, and a mail server may accept and then say nothing.
    let sending = tokio::time::timeout(Duration::from_secs(settings.seconds), transport.send(message));
    sending.await.map_err(|_| MailError::Slow(settings.seconds))??;
    let mut tx = app.db.begin_write().await?;
    store::mark_sent(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

fn malformed(error: impl Display) -> MailError {
    MailError::Malformed(error.to_string())
}

/// The mail as it leaves. Its name and its date are the row's: when a server ends after sending and before noting so, it leaves
/// twice, and mail servers and programs can tell that it is the same.
fn message(settings: &Mail, mail: SpooledMail) -> Result<Message, MailError> {
    let from = settings.from.parse::<Mailbox>().map_err(malformed)?;
    let to = mail.recipient.parse::<Mailbox>().map_err(malformed)?;
    let domain = Some(from.email.domain()).filter(|domain| domain.is_ascii()).unwrap_or("localhost");
    // With the time: numbers begin again in another database.
    let name = format!("<regie.{}.{}@{domain}>", mail.created_at.0, mail.id);
    let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(mail.created_at.0).unwrap_or_default());
    let parts = parts(mail.text_body, mail.html_body, mail.calendar).map_err(malformed)?;
    let builder = Message::builder().message_id(Some(name)).date(date).from(from).to(to).subject(mail.subject);
    builder.multipart(parts).map_err(malformed)
}

/// Both bodies, and the calendar as a file beside them.
fn parts(text: String, html: String, calendar: Option<String>) -> Result<MultiPart, lettre::message::header::ContentTypeErr> {
    let bodies = MultiPart::alternative_plain_html(text, html);
    let Some(calendar) = calendar else { return Ok(bodies) };
    let kind = ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH")?;
    Ok(MultiPart::mixed().multipart(bodies).singlepart(Attachment::new("missions.ics".to_owned()).body(calendar, kind)))
}

fn transport(mail: &Mail) -> Result<AsyncSmtpTransport<Tokio1Executor>, smtp::Error> {
    let builder = match mail.security.as_str() {
        "tls" => AsyncSmtpTransport::<Tokio1Executor>::relay(&mail.host)?,
        "none" => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.host),
        _ => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&mail.host)?,
    };
    let builder = builder.port(mail.port).timeout(Some(Duration::from_secs(20)));
    let builder = if mail.user.is_empty() {
        builder
    } else {
        builder.credentials(Credentials::new(mail.user.clone(), mail.password.reveal().clone()))
    };
    Ok(builder.build())
}

/// Forgets mails that were sent more than [`KEPT_DAYS`] ago, and those that were written as long ago and nobody sends any more. Where
/// there is no mail server, these stay: they are read here.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn purge_mails(app: &App) -> DbResult<u64> {
    let before = app.clock.now().plus_days(-KEPT_DAYS);
    let sent = purge_sent(app, before).await?;
    Ok(if app.config.mail.host.is_empty() { sent } else { sent + purge_unsent(app, before).await? })
}

async fn purge_sent(app: &App, before: Instant) -> DbResult<u64> {
    let mut count = 0;
    loop {
        // Looked for by a reader, and some at a time: everybody who writes waits meanwhile.
        let old = store::list_old_mails(&mut app.db.read().await?, before).await?;
        if old.is_empty() {
            return Ok(count);
        }
        let mut tx = app.db.begin_write().await?;
        count += store::delete_mails(&mut tx, &old).await?;
        tx.commit().await?;
    }
}

/// With each goes its job, which nobody can try again then.
async fn purge_unsent(app: &App, before: Instant) -> DbResult<u64> {
    let mut count = 0;
    loop {
        let old = store::list_unsent_mails(&mut app.db.read().await?, before).await?;
        if old.is_empty() {
            return Ok(count);
        }
        let payloads: Vec<String> = old.iter().map(MailId::to_string).collect();
        let mut tx = app.db.begin_write().await?;
        // The jobs first: one that somebody has tried again in the meantime keeps its mail.
        jobs::forget_dead(&mut tx, SEND, &payloads).await?;
        count += store::delete_unsent_mails(&mut tx, &old).await?;
        tx.commit().await?;
    }
}
