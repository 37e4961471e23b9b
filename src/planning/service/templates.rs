use super::edit_plan::{Edited, Work};
use super::missions::check_project;
use super::read::sheets_of;
use crate::access::{Conn, Permit};
use crate::audit::{self, Event};
use crate::kernel::text::clean_line;
use crate::kernel::zone::{Zone, parse_date};
use crate::kernel::{MissionTemplateId, ProjectId};
use crate::orgs::service::find_org;
use crate::planning::steps::as_written;
use crate::planning::templates::{
    MOST_DAYS, MOST_MISSIONS, MissionTemplate, NewTemplate, TemplateMission, first_day, template_of,
};
use crate::planning::{
    CheckedMission, EditKind, EditPlan, ManageTemplates, MissionFilter, NewMission, PlanError, ReadStaffing, check_mission, store,
};
use crate::platform::App;
use crate::platform::db::OnUnique;
use jiff::civil::Date;

/// The index that keeps one template of a name.
const NAME_KEY: &str = "mission_templates_org_id_name_key";

fn wrong(field: &'static str, code: &'static str) -> PlanError {
    PlanError::Fields(vec![(field, code)])
}

async fn zone_of(app: &App, org: crate::kernel::OrgId) -> Result<String, PlanError> {
    Ok(find_org(app, org).await?.ok_or(PlanError::NotFound)?.time_zone)
}

fn check_name(name: &str) -> Result<String, PlanError> {
    clean_line(name, 120).ok_or(wrong("name", "name.invalid"))
}

/// What is planned on these days, without its people.
async fn find_planned(conn: &mut impl Conn, new: &NewTemplate, zone: &Zone) -> Result<Vec<CheckedMission>, PlanError> {
    let from = parse_date(new.from.trim()).ok_or(wrong("from", "date.invalid"))?;
    let to = parse_date(new.to.trim()).ok_or(wrong("to", "date.invalid"))?;
    if to < from {
        return Err(wrong("to", "time.order"));
    }
    if i64::from((to - from).get_days()) >= MOST_DAYS {
        return Err(wrong("to", "time.too_long"));
    }
    let (from, to) = zone.span_of(from, to);
    let limit = i64::try_from(MOST_MISSIONS).unwrap_or(i64::MAX) + 1;
    // What has begun the evening before is not of these days, and must not use up the limit.
    let filter =
        MissionFilter { from: Some(from), to: Some(to), project: new.project, limit: limit * 2, ..MissionFilter::default() };
    let missions = store::list_missions(conn, &filter).await?;
    let missions: Vec<_> = missions.into_iter().filter(|mission| mission.starts_at >= from).collect();
    if missions.len() > MOST_MISSIONS {
        return Err(wrong("to", "list.length"));
    }
    Ok(sheets_of(conn, missions).await?.iter().map(as_written).collect())
}

/// What a template of these days would hold, and the day that would be its first.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// Every wrong field but the name.
pub async fn preview_template(
    app: &App,
    permit: Permit<ReadStaffing>,
    new: &NewTemplate,
) -> Result<(Option<Date>, Vec<TemplateMission>), PlanError> {
    let zone = Zone::named_or_utc(&zone_of(app, permit.org()).await?);
    let missions = find_planned(&mut permit.read(&app.db).await?, new, &zone).await?;
    Ok((first_day(&missions), template_of(missions)))
}

/// Keeps the missions of some days, without their people, to be pasted on others.
///
/// Permission: manager. Audit: `template.saved`.
///
/// # Errors
/// Every wrong field; [`PlanError::TemplateTaken`].
pub async fn save_template(app: &App, permit: Permit<ManageTemplates>, new: &NewTemplate) -> Result<MissionTemplate, PlanError> {
    let zone = Zone::named_or_utc(&zone_of(app, permit.org()).await?);
    let name = check_name(&new.name)?;
    let missions = find_planned(&mut permit.read(&app.db).await?, new, &zone).await?;
    keep(app, &permit, name, template_of(missions)).await
}

/// Keeps missions that are on no plan, to be pasted; their dates count from the first.
///
/// Permission: manager. Audit: `template.saved`.
///
/// # Errors
/// As [`save_template`].
pub async fn define_template(
    app: &App,
    permit: Permit<ManageTemplates>,
    name: &str,
    missions: &[NewMission],
) -> Result<MissionTemplate, PlanError> {
    let zone = zone_of(app, permit.org()).await?;
    let name = check_name(name)?;
    let missions: Result<Vec<CheckedMission>, _> = missions.iter().map(|mission| check_mission(mission, &zone)).collect();
    let missions = template_of(missions.map_err(PlanError::Fields)?);
    if missions.len() > MOST_MISSIONS || missions.iter().any(|mission| mission.day >= MOST_DAYS) {
        return Err(wrong("missions", "list.length"));
    }
    keep(app, &permit, name, missions).await
}

async fn keep(
    app: &App,
    permit: &Permit<ManageTemplates>,
    name: String,
    missions: Vec<TemplateMission>,
) -> Result<MissionTemplate, PlanError> {
    if missions.is_empty() {
        return Err(wrong("from", "template.empty"));
    }
    let mut tx = audit::begin(app, permit).await?;
    let now = tx.now();
    let inserted = store::insert_template(&mut tx, &name, &missions, now).await;
    let id = inserted.on_unique(NAME_KEY, PlanError::TemplateTaken)?;
    let event = Event::new("template.saved", id.into()).with("name", name.as_str()).with("missions", missions.len());
    tx.commit(event).await?;
    Ok(MissionTemplate { id, name, missions })
}

/// All templates, by name.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_templates(app: &App, permit: Permit<ReadStaffing>) -> Result<Vec<MissionTemplate>, PlanError> {
    Ok(store::list_templates(&mut permit.read(&app.db).await?).await?)
}

/// One template.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn get_template(app: &App, permit: Permit<ReadStaffing>, id: MissionTemplateId) -> Result<MissionTemplate, PlanError> {
    store::find_template(&mut permit.read(&app.db).await?, id).await?.ok_or(PlanError::NotFound)
}

/// Calls a template something else.
///
/// Permission: manager. Audit: `template.renamed`.
///
/// # Errors
/// [`PlanError::NotFound`], [`PlanError::Fields`], [`PlanError::TemplateTaken`].
pub async fn rename_template(
    app: &App,
    permit: Permit<ManageTemplates>,
    id: MissionTemplateId,
    name: &str,
) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let before = store::find_template(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    let name = check_name(name)?;
    let renamed = store::rename_template(&mut tx, id, &name).await;
    if !renamed.on_unique(NAME_KEY, PlanError::TemplateTaken)? {
        return Err(PlanError::NotFound);
    }
    Ok(tx.commit(Event::new("template.renamed", id.into()).with("before", before.name).with("after", name)).await?)
}

/// Deletes a template. What was pasted from it stays.
///
/// Permission: manager. Audit: `template.deleted`.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn delete_template(app: &App, permit: Permit<ManageTemplates>, id: MissionTemplateId) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let before = store::find_template(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    if !store::delete_template(&mut tx, id).await? {
        return Err(PlanError::NotFound);
    }
    Ok(tx.commit(Event::new("template.deleted", id.into()).with("name", before.name)).await?)
}

/// Makes the missions of a template on a date and the days after it, as drafts of a project, in one step of the planner.
///
/// Permission: manager. Audit: `mission.created` for each, and `template.pasted`.
///
/// # Errors
/// [`PlanError::NotFound`], [`PlanError::ProjectArchived`]; [`PlanError::Fields`] for a date beyond the calendar.
pub async fn paste_template(
    app: &App,
    permit: Permit<EditPlan>,
    id: MissionTemplateId,
    first: Date,
    project: Option<ProjectId>,
) -> Result<Edited, PlanError> {
    let mut work = Work::begin(app, &permit).await?;
    let template = store::find_template(&mut work.tx, id).await?.ok_or(PlanError::NotFound)?;
    check_project(&mut work.tx, project).await?;
    for mission in &template.missions {
        let new = mission.on(first, project).ok_or(wrong("date", "date.invalid"))?;
        work.make(&new).await?;
    }
    let event = Event::new("template.pasted", id.into()).with("name", template.name).with("starts_at", first.to_string());
    work.note(event.with("missions", template.missions.len()));
    work.finish(EditKind::Paste, true).await
}
