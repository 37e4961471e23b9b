use crate::access::Permit;
use crate::accounts::service::find_account;
use crate::audit::{self, Event};
use crate::kernel::text;
use crate::orgs::rules::CheckedCrewMember;
use crate::orgs::{CrewMember, FindMyCrew, OrgError, ReadMyCrew, store};
use crate::platform::App;
use crate::platform::db::OnUnique;

/// The crew record of the member who asks. When there is none, the one with the member's address that belongs to nobody
/// becomes theirs, else one is made: every member can badge.
///
/// Permission: any member, for themselves. Audit: `crew.linked`, `crew.added`; nothing when the record exists.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn find_my_crew(app: &App, permit: Permit<FindMyCrew>) -> Result<CrewMember, OrgError> {
    let account = permit.account()?;
    if let Some(mine) = store::find_crew_member_of(&mut permit.read(&app.db).await?, account).await? {
        return Ok(mine);
    }
    let me = find_account(app, account).await?.ok_or(OrgError::NotFound)?;
    let mut tx = audit::begin(app, &permit).await?;
    // An address that nobody has proved to read is no reason to be somebody.
    if me.verified_at.is_some()
        && let Some(person) = store::find_unlinked_by_email(&mut tx, &me.email).await?
        && store::link_account(&mut tx, person.id, account).await?
    {
        tx.commit(Event::new("crew.linked", person.id.into()).with("account", account.0)).await?;
        return Ok(CrewMember { account_id: Some(account), ..person });
    }
    let name = text::clean_line(&me.name, 100).unwrap_or_else(|| me.email.clone());
    // The address may stand with somebody else's record: the account's own address is enough to reach them.
    let new = CheckedCrewMember { name, email: None, phone: None, job: None, skills: Vec::new() };
    let now = tx.now();
    let inserted = store::insert_crew_member(&mut tx, Some(account), &new, now).await;
    let person = match inserted.on_unique("crew_members_org_id_account_id_key", OrgError::AlreadyLinked) {
        Ok(person) => person,
        Err(OrgError::AlreadyLinked) => {
            // Another request of the same person was faster.
            drop(tx);
            let mine = store::find_crew_member_of(&mut permit.read(&app.db).await?, account).await?;
            return mine.ok_or(OrgError::NotFound);
        }
        Err(error) => return Err(error),
    };
    tx.commit(Event::new("crew.added", person.id.into()).with("name", person.name.as_str()).with("account", account.0)).await?;
    Ok(person)
}

/// The crew record of the account that asks, without making one.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_my_crew_if_any(app: &App, permit: Permit<ReadMyCrew>) -> Result<Option<CrewMember>, OrgError> {
    let account = permit.account()?;
    Ok(store::find_crew_member_of(&mut permit.read(&app.db).await?, account).await?)
}
