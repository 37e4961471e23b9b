//! Mails: written to the `mails` table with the change that causes them, sent by a job.
//!
//! Once sent, a mail says here only to whom, about what and when, and is forgotten after a month. One that was put aside keeps what
//! it says while somebody may have it tried again: until it is given up, at most for a month, after which it is forgotten with its
//! job. Without an SMTP server mails stay there as they are, and developers read them at `/dev/mail`.

mod send;
mod store;

pub use send::{MailError, PURGE, SEND, purge_mails, send};
pub use store::{SpooledMail, erase_mail, find_mail, insert_mail, list_mails};

/// A mail to be sent. Both bodies say the same.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// One address.
    pub recipient: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Calendar entries that go with it (RFC 5545).
    pub calendar: Option<String>,
}

use crate::kernel::Lang;

/// A mail that asks for one thing.
pub struct Letter {
    pub recipient: String,
    pub subject: String,
    /// A sentence or two. Lines are kept.
    pub intro: String,
    /// What the button says.
    pub button: String,
    /// Where it leads.
    pub address: String,
    pub outro: String,
}

impl Letter {
    /// Both bodies of the mail.
    pub fn write(self, lang: Lang) -> NewMail {
        let Self { recipient, subject, intro, button, address, outro } = self;
        let colon = if lang == Lang::Fr { " :" } else { ":" };
        let text = format!("{intro}\n\n{button}{colon} {address}\n\n{outro}\n");
        NewMail { html: html_of(lang, &intro, &button, &address, &outro), recipient, subject, text, calendar: None }
    }
}

/// The HTML body of a mail that asks for one thing: a sentence, a button, a sentence. Plain tables and inline colours are
/// what mail programs understand; the address is also written out, for those that show no buttons.
fn html_of(lang: Lang, intro: &str, button: &str, address: &str, outro: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let (intro, button, address, outro) = (escape(intro).replace('\n', "<br>"), escape(button), escape(address), escape(outro));
    let lang = lang.code();
    format!(
        "<!doctype html><html lang=\"{lang}\"><body style=\"font:16px/1.5 system-ui,sans-serif;color:#241f19;background:#fdfcfa;padding:24px\">\
         <p>{intro}</p><p><a href=\"{address}\" style=\"display:inline-block;padding:12px 20px;border-radius:7px;background:#1f4bb8;\
         color:#fff;text-decoration:none\">{button}</a></p><p style=\"color:#5c5348\">{outro}<br><a href=\"{address}\">{address}</a></p></body></html>"
    )
}
