//! Mails that tell somebody what happened to their account, each with a link that says "this was not me".

use super::client::client_words;
use super::links::{Added, FIRST_PASSWORD_MINUTES, Purpose};
use super::model::Account;
use super::store::{self, LinkValues};
use crate::access::Conn;
use crate::audit::Tx;
use crate::kernel::{Instant, Lang};
use crate::platform::db::DbResult;
use crate::platform::mail::Letter;
use crate::platform::secret::fingerprint;
use crate::platform::words::words;
use crate::platform::{App, random};

/// What happened.
pub(super) enum Notice<'a> {
    /// A browser or program signed in that had not before.
    NewSignIn {
        client: &'a str,
        address: &'a str,
    },
    PasswordChanged,
    /// The account has another address now; told to the old one, whose link takes it back.
    EmailChanged {
        old: &'a str,
        new: &'a str,
    },
    /// A second factor was added: the link takes away this one, and no other.
    FactorAdded(Added),
    FactorRemoved,
    /// New recovery codes were made, at this moment.
    CodesRenewed(Instant),
    /// A token for a program was made.
    TokenMade {
        name: &'a str,
    },
    /// A refresh token was shown a second time: somebody has a copy. The session has been ended.
    TokenReused {
        client: &'a str,
    },
}

/// Writes the mail and its link in the change that causes them.
pub(super) async fn tell(tx: &mut Tx, app: &App, account: &Account, notice: Notice<'_>) -> DbResult<()> {
    let lang = Lang::parse(&account.language).unwrap_or_default();
    let t = words(lang);
    let (mut recipient, mut added, mut old_email) = (account.email.clone(), None, None);
    let (subject, intro) = match notice {
        Notice::NewSignIn { client, address } => {
            (t.notice_sign_in_subject(), t.notice_sign_in_text(client_words(client, t), address.to_owned()))
        }
        Notice::PasswordChanged => (t.notice_password_subject(), t.notice_password_text()),
        Notice::EmailChanged { old, new } => {
            (recipient, old_email) = (old.to_owned(), Some(old));
            (t.notice_email_subject(), t.notice_email_text(new.to_owned()))
        }
        Notice::FactorAdded(factor) => {
            added = Some(factor);
            (t.notice_factor_subject(), t.notice_factor_text())
        }
        Notice::FactorRemoved => (t.notice_factor_subject(), t.notice_factor_text()),
        Notice::CodesRenewed(at) => {
            added = Some(Added::Codes(at));
            (t.notice_codes_subject(), t.notice_codes_text())
        }
        Notice::TokenMade { name } => (t.notice_token_subject(), t.notice_token_text(name.to_owned())),
        Notice::TokenReused { client } => (t.notice_reuse_subject(), t.notice_reuse_text(client_words(client, t))),
    };
    let token = random::token::<24>();
    let now = tx.now();
    let values = LinkValues {
        account: account.id,
        purpose: Purpose::NotMe,
        token_hash: &fingerprint(&token),
        subject: added.map(Added::subject),
        subject_kind: added.map(Added::kind),
        email: old_email,
        now,
        minutes: Purpose::NotMe.life_minutes(),
    };
    store::insert_link(tx.tx(), &values).await?;
    let (button, outro) = (t.notice_not_me(), t.notice_was_me());
    let letter = Letter { recipient, subject, intro, button, address: app.link(&format!("/not-me/{token}")), outro };
    tx.send_mail(&letter.write(lang)).await
}

/// Makes a link that works for so many minutes, and ends the older ones of its purpose. Gives the end of its address.
async fn make_link(
    tx: &mut Tx,
    account: &Account,
    purpose: Purpose,
    recipient: &str,
    subject_id: Option<i64>,
    minutes: i64,
) -> DbResult<String> {
    let token = random::token::<24>();
    let now = tx.now();
    store::void_links(tx.tx(), account.id, purpose, now).await?;
    let values = LinkValues {
        account: account.id,
        purpose,
        token_hash: &fingerprint(&token),
        subject: subject_id,
        subject_kind: None,
        email: Some(recipient),
        now,
        minutes,
    };
    store::insert_link(tx.tx(), &values).await?;
    Ok(token)
}

/// Makes a link, ends the older ones of its purpose, and mails it.
pub(super) async fn mail_link(
    tx: &mut Tx,
    app: &App,
    account: &Account,
    purpose: Purpose,
    recipient: &str,
    subject_id: Option<i64>,
) -> DbResult<()> {
    let lang = Lang::parse(&account.language).unwrap_or_default();
    let t = words(lang);
    let token = make_link(tx, account, purpose, recipient, subject_id, purpose.life_minutes()).await?;
    let (path, subject, intro, button, outro) = match purpose {
        Purpose::VerifyEmail => {
            ("verify", t.mail_verify_subject(), t.mail_verify_text(), t.mail_verify_button(), t.mail_verify_outro())
        }
        Purpose::ResetPassword => {
            ("reset", t.mail_reset_subject(), t.mail_reset_text(), t.mail_reset_button(), t.mail_reset_outro())
        }
        Purpose::ChangeEmailOld | Purpose::ChangeEmailNew => {
            ("confirm-email", t.mail_email_subject(), t.mail_email_text(), t.mail_email_button(), t.mail_email_outro())
        }
        // Told by `tell`, which knows what happened.
        Purpose::NotMe => return Ok(()),
    };
    let address = app.link(&format!("/{path}/{token}"));
    let letter = Letter { recipient: recipient.to_owned(), subject, intro, button, address, outro };
    tx.send_mail(&letter.write(lang)).await
}

/// Tells somebody who has made an account for them, and where, with a link to choose their own password: that it arrived proves the
/// address, and the password that was given for them ends.
pub(super) async fn mail_made(tx: &mut Tx, app: &App, account: &Account, by: &str, org: &str) -> DbResult<()> {
    let lang = Lang::parse(&account.language).unwrap_or_default();
    let t = words(lang);
    let token = make_link(tx, account, Purpose::ResetPassword, &account.email, None, FIRST_PASSWORD_MINUTES).await?;
    let letter = Letter {
        recipient: account.email.clone(),
        subject: t.mail_made_subject(org),
        intro: t.mail_made_text(by, org),
        button: t.mail_reset_button(),
        address: app.link(&format!("/reset/{token}")),
        outro: t.mail_made_outro(),
    };
    tx.send_mail(&letter.write(lang)).await
}
