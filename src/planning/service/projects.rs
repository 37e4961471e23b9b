use crate::access::Permit;
use crate::audit::{self, Event};
use crate::kernel::ProjectId;
use crate::planning::{
    DeleteProject, ManageProjects, NewProject, PlanError, Project, ProjectFilter, ReadPlan, check_project, store,
};
use crate::platform::App;
use crate::platform::db::OnUnique;

const NAME_KEY: &str = "projects_org_id_name_key";

/// Projects, by name.
///
/// Permission: any member. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_projects(app: &App, permit: Permit<ReadPlan>, filter: &ProjectFilter) -> Result<Vec<Project>, PlanError> {
    Ok(store::list_projects(&mut permit.read(&app.db).await?, filter).await?)
}

/// One project.
///
/// Permission: any member. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn get_project(app: &App, permit: Permit<ReadPlan>, id: ProjectId) -> Result<Project, PlanError> {
    store::find_project(&mut permit.read(&app.db).await?, id).await?.ok_or(PlanError::NotFound)
}

/// Makes a project.
///
/// Permission: manager. Audit: `project.created`.
///
/// # Errors
/// Every wrong field; [`PlanError::ProjectTaken`].
pub async fn create_project(app: &App, permit: Permit<ManageProjects>, new: &NewProject) -> Result<Project, PlanError> {
    let checked = check_project(new).map_err(PlanError::Fields)?;
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let id = store::insert_project(&mut tx, &checked, now).await.on_unique(NAME_KEY, PlanError::ProjectTaken)?;
    let project = store::find_project(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    tx.commit(Event::new("project.created", id.into()).with("name", checked.name)).await?;
    Ok(project)
}

/// Changes a project that is still as the form showed it.
///
/// Permission: manager. Audit: `project.changed`, with the name and the status before and after.
///
/// # Errors
/// Every wrong field; [`PlanError::Stale`], [`PlanError::ProjectTaken`], [`PlanError::NotFound`].
pub async fn change_project(
    app: &App,
    permit: Permit<ManageProjects>,
    id: ProjectId,
    version: i64,
    new: &NewProject,
) -> Result<(), PlanError> {
    let checked = check_project(new).map_err(PlanError::Fields)?;
    let mut tx = audit::begin(app, &permit).await?;
    let before = store::find_project(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    let changed = store::change_project(&mut tx, id, version, &checked).await;
    if !changed.on_unique(NAME_KEY, PlanError::ProjectTaken)? {
        return Err(PlanError::Stale);
    }
    let spell = |name: &str, status: crate::planning::ProjectStatus| format!("{name} ({})", status.code());
    let event = Event::new("project.changed", id.into()).with("before", spell(&before.name, before.status));
    Ok(tx.commit(event.with("after", spell(&checked.name, checked.status))).await?)
}

/// Deletes a project. Its missions stay, and belong to none.
///
/// Permission: admin. Audit: `project.deleted`.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn delete_project(app: &App, permit: Permit<DeleteProject>, id: ProjectId) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let before = store::find_project(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    if !store::delete_project(&mut tx, id).await? {
        return Err(PlanError::NotFound);
    }
    Ok(tx.commit(Event::new("project.deleted", id.into()).with("name", before.name)).await?)
}
