use crate::access::Permit;
use crate::audit::{self, Event};
use crate::orgs::rules::{CheckedCrewMember, check_crew_member};
use crate::orgs::{AddCrew, CrewMember, CrewPreview, ListCrew, NewCrewMember, OrgError, read_crew_csv, store};
use crate::platform::App;
use crate::platform::db::OnUnique;

/// Adds a person to the crew.
///
/// Permission: manager. Audit: `crew.added`.
///
/// # Errors
/// Every wrong field; [`OrgError::EmailTaken`].
pub async fn add_crew_member(app: &App, permit: Permit<AddCrew>, new: NewCrewMember) -> Result<CrewMember, OrgError> {
    let checked = check_crew_member(&new).map_err(OrgError::Fields)?;
    let mut tx = audit::begin(app, &permit).await?;
    let person = insert(&mut tx, &checked).await?;
    tx.commit(added(&person)).await?;
    Ok(person)
}

/// Reads a pasted list and says of each line what is wrong with it. Adds nothing.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn preview_crew(app: &App, permit: Permit<ListCrew>, text: &str) -> Result<CrewPreview, OrgError> {
    let taken = store::list_crew_emails(&mut permit.read(&app.db).await?).await?;
    Ok(read_crew_csv(text, &taken))
}

/// Adds the good lines of a pasted list, all or none, and gives how many they were.
///
/// Permission: manager. Audit: `crew.added` for each.
///
/// # Errors
/// [`OrgError::EmailTaken`] when somebody has added one of them since the preview.
pub async fn import_crew(app: &App, permit: Permit<AddCrew>, text: &str) -> Result<usize, OrgError> {
    let mut tx = audit::begin(app, &permit).await?;
    let taken = store::list_crew_emails(&mut tx).await?;
    let preview = read_crew_csv(text, &taken);
    let mut events = Vec::new();
    for line in preview.good() {
        let checked = check_crew_member(&line.typed).map_err(OrgError::Fields)?;
        events.push(added(&insert(&mut tx, &checked).await?));
    }
    let count = events.len();
    if count > 0 {
        tx.commit_all(events).await?;
    }
    Ok(count)
}

async fn insert(tx: &mut audit::Tx, checked: &CheckedCrewMember) -> Result<CrewMember, OrgError> {
    let now = tx.now();
    let inserted = store::insert_crew_member(tx, None, checked, now).await;
    let person = inserted.on_unique("crew_members_org_id_email_key", OrgError::EmailTaken)?;
    store::replace_skills(tx, person.id, &checked.skills).await?;
    Ok(person)
}

fn added(person: &CrewMember) -> Event {
    Event::new("crew.added", person.id.into()).with("name", person.name.as_str())
}
