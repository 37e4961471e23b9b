//! Sending: SMTP when there is a server, else nothing.

use super::store;
use crate::kernel::MailId;
use crate::platform::App;
use crate::platform::config::Mail;
use crate::platform::db::DbError;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;

/// The job that sends one mail; its payload is the mail's number.
pub const SEND: &str = "mail.send";

/// Why a mail was not sent; the job is tried again.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the mail cannot be built: {0}")]
    Malformed(String),
    #[error("the mail server refused: {0}")]
    Refused(String),
}

/// Sends a mail that has not been sent yet.
///
/// # Errors
/// When the mail server cannot be reached or refuses.
pub async fn send(app: &App, id: MailId) -> Result<(), MailError> {
    if app.config.mail.host.is_empty() {
        return Ok(());
    }
    let Some(mail) = store::find_mail(&mut app.db.read().await?, id).await?.filter(|mail| mail.sent_at.is_none()) else {
        return Ok(());
    };
    let malformed = |error: &dyn std::fmt::Display| MailError::Malformed(error.to_string());
    let message = Message::builder()
        .from(app.config.mail.from.parse().map_err(|e| malformed(&e))?)
        .to(mail.recipient.parse().map_err(|e| malformed(&e))?)
        .subject(mail.subject)
        .multipart(parts(mail.text_body, mail.html_body, mail.calendar).map_err(|e| malformed(&e))?)
        .map_err(|e| malformed(&e))?;
    let transport = transport(&app.config.mail).map_err(|e| MailError::Refused(e.to_string()))?;
    transport.send(message).await.map_err(|e| MailError::Refused(e.to_string()))?;
    let mut tx = app.db.begin_write().await?;
    store::mark_sent(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Both bodies, and the calendar as a file beside them.
fn parts(text: String, html: String, calendar: Option<String>) -> Result<MultiPart, lettre::message::header::ContentTypeErr> {
    let bodies = MultiPart::alternative_plain_html(text, html);
    let Some(calendar) = calendar else { return Ok(bodies) };
    let kind = ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH")?;
    Ok(MultiPart::mixed().multipart(bodies).singlepart(Attachment::new("missions.ics".to_owned()).body(calendar, kind)))
}

fn transport(mail: &Mail) -> Result<AsyncSmtpTransport<Tokio1Executor>, lettre::transport::smtp::Error> {
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
