use crate::access::Permit;
use crate::accounts::NewAccount;
use crate::accounts::service::{ReadyAccount, insert_account};
use crate::audit::{self, Event};
use crate::kernel::Role;
use crate::orgs::rules::check_crew_member;
use crate::orgs::{CrewMember, NewCrewMember, Org, OrgError, SeedDemo, store};
use crate::platform::App;

/// A person of the demonstration.
pub struct DemoPerson {
    pub role: Role,
    pub password: String,
    pub crew: NewCrewMember,
}

/// The demonstration's organisation, if there is one.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_demo_org(app: &App) -> Result<Option<Org>, OrgError> {
    Ok(store::find_demo_org(&mut app.db.read().await?).await?)
}

/// Adds a person with an account, a membership and a crew record.
///
/// Permission: the system, in the organisation. Audit: `crew.added`.
///
/// # Errors
/// What is wrong with the person.
pub async fn add_demo_person(
    app: &App,
    permit: Permit<SeedDemo>,
    language: &str,
    new: DemoPerson,
) -> Result<CrewMember, OrgError> {
    let checked = check_crew_member(&new.crew).map_err(OrgError::Fields)?;
    let typed = NewAccount { email: new.crew.email, name: new.crew.name, password: new.password, language: language.to_owned() };
    let ready = ReadyAccount::prepare(app, typed).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let account = insert_account(&mut tx, &ready, true).await?;
    store::insert_membership(&mut tx, account.id, new.role, now).await?;
    let person = store::insert_crew_member(&mut tx, Some(account.id), &checked, now).await?;
    store::replace_skills(&mut tx, person.id, &checked.skills).await?;
    tx.commit(Event::new("crew.added", person.id.into()).with("name", person.name.as_str())).await?;
    Ok(person)
}
