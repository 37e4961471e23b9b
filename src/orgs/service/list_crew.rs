use crate::access::Permit;
use crate::kernel::CrewMemberId;
use crate::orgs::{CrewFilter, CrewMember, CrewSheet, ListCrew, ListNames, OrgError, store};
use crate::platform::App;

/// The crew, by name.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_crew(app: &App, permit: Permit<ListCrew>, filter: &CrewFilter) -> Result<Vec<CrewSheet>, OrgError> {
    let mut read = permit.read(&app.db).await?;
    let people = store::list_crew(&mut read, filter).await?;
    let ids: Vec<CrewMemberId> = people.iter().map(|person| person.id).collect();
    let mut skills = store::list_skills_of(&mut read, &ids).await?;
    let sheets = people.into_iter().map(|person| CrewSheet { skills: skills.remove(&person.id).unwrap_or_default(), person });
    Ok(sheets.collect())
}

/// One crew member.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`OrgError::NotFound`].
pub async fn get_crew_sheet(app: &App, permit: Permit<ListCrew>, id: CrewMemberId) -> Result<CrewSheet, OrgError> {
    let mut read = permit.read(&app.db).await?;
    let person = store::find_crew_member(&mut read, id).await?.ok_or(OrgError::NotFound)?;
    let skills = store::list_skills_of(&mut read, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(CrewSheet { person, skills })
}

/// The crew for everybody who works there, by name: doors show names and numbers of it, nothing else.
///
/// Permission: any member. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_names(app: &App, permit: Permit<ListNames>, filter: &CrewFilter) -> Result<Vec<CrewMember>, OrgError> {
    Ok(store::list_crew(&mut permit.read(&app.db).await?, filter).await?)
}

/// All skills in use, for the filter.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_skills(app: &App, permit: Permit<ListCrew>) -> Result<Vec<String>, OrgError> {
    Ok(store::list_skills(&mut permit.read(&app.db).await?).await?)
}

/// All tags in use, for the filter.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_tags(app: &App, permit: Permit<ListCrew>) -> Result<Vec<String>, OrgError> {
    Ok(store::list_tags(&mut permit.read(&app.db).await?).await?)
}
