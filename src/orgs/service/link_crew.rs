use super::allow_mails::allow_mails;
use super::find_place::find_org;
use crate::access::Permit;
use crate::audit::{self, Event};
use crate::kernel::CrewMemberId;
use crate::orgs::store::{self, LinkValues};
use crate::orgs::{LinkCrew, OrgError, Purpose};
use crate::platform::mail::Letter;
use crate::platform::secret::fingerprint;
use crate::platform::words::words;
use crate::platform::{App, random};

/// Mails a crew member the link that ties an account to them. An older link of theirs stops working.
///
/// Permission: manager. Audit: `crew.link_sent`.
///
/// # Errors
/// [`OrgError::NoEmail`], [`OrgError::AlreadyLinked`], [`OrgError::NotFound`];
/// [`AccountError::TooOften`](crate::accounts::AccountError::TooOften).
pub async fn link_crew(app: &App, permit: Permit<LinkCrew>, id: CrewMemberId) -> Result<(), OrgError> {
    let org = find_org(app, permit.org()).await?.ok_or(OrgError::NotFound)?;
    let person = store::find_crew_member(&mut permit.read(&app.db).await?, id).await?.ok_or(OrgError::NotFound)?;
    let asked = person.email.ok_or(OrgError::NoEmail)?;
    if person.account_id.is_some() {
        return Err(OrgError::AlreadyLinked);
    }
    allow_mails(app, &permit, &[asked.as_str()]).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let person = store::find_crew_member(&mut tx, id).await?.ok_or(OrgError::NotFound)?;
    let email = person.email.filter(|email| *email == asked).ok_or(OrgError::Stale)?;
    if person.account_id.is_some() {
        return Err(OrgError::AlreadyLinked);
    }
    let token = random::token::<24>();
    let now = tx.now();
    store::void_links(&mut tx, Purpose::JoinCrew, Some(id.0), now).await?;
    let values = LinkValues {
        purpose: Purpose::JoinCrew,
        token_hash: &fingerprint(&token),
        subject: Some(id.0),
        email: Some(&email),
        now,
    };
    store::insert_link(&mut tx, &values).await?;
    let t = words(org.lang());
    let mail = Letter {
        recipient: email,
        subject: t.mail_join_subject(org.name.as_str()),
        intro: t.mail_join_intro(person.name.as_str(), org.name.as_str()),
        button: t.mail_join_button(),
        address: app.link(&format!("/join/{token}")),
        outro: t.mail_join_outro(),
    }
    .write(org.lang());
    tx.send_mail(&mail).await?;
    Ok(tx.commit(Event::new("crew.link_sent", id.into())).await?)
}
