//! Missions to be pasted on a date.

use super::{DONE, DoneBody, LaterBody, missing, refusal, verb, wrong};
use crate::api::door::OrgClient;
use crate::api::problem::{Path, Problem, ProblemBody};
use crate::kernel::zone::parse_date;
use crate::kernel::{MissionTemplateId, ProjectId};
use crate::planning::templates::{MissionTemplate, NewTemplate, TemplateMission};
use crate::planning::{EditPlan, ManageTemplates, service as planning};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MISSING: &str = "not_found";

/// A mission of a template.
#[derive(Serialize, ToSchema)]
pub struct TemplateMissionBody {
    title: String,
    /// Days after the day the template is pasted on.
    day: i64,
    /// From when to when, as clocks of its place show: `08:00–18:00`.
    hours: String,
    place: String,
    time_zone: String,
    break_minutes: i64,
    /// What it needs: `2 Son, 1 Lumière`.
    needs: String,
}

impl From<TemplateMission> for TemplateMissionBody {
    fn from(mission: TemplateMission) -> Self {
        Self {
            day: mission.day,
            hours: mission.hours(),
            needs: mission.roles(),
            title: mission.title,
            place: mission.place,
            time_zone: mission.time_zone,
            break_minutes: mission.break_minutes,
        }
    }
}

/// A template.
#[derive(Serialize, ToSchema)]
pub struct TemplateBody {
    id: i64,
    name: String,
    /// How many days it takes.
    days: i64,
    /// How many missions are made when it is pasted.
    count: usize,
    missions: Vec<TemplateMissionBody>,
}

impl From<MissionTemplate> for TemplateBody {
    fn from(template: MissionTemplate) -> Self {
        Self {
            id: template.id.0,
            days: template.days(),
            count: template.missions.len(),
            name: template.name,
            missions: template.missions.into_iter().map(TemplateMissionBody::from).collect(),
        }
    }
}

/// Which days of the plan are to be kept as a template.
#[derive(Deserialize, ToSchema)]
pub struct NewTemplateBody {
    name: String,
    /// The first day, by the organisation's clocks: `2026-11-21`.
    from: String,
    /// The last day; the first when absent.
    to: Option<String>,
    /// Only missions of this project.
    project_id: Option<i64>,
}

/// Where a template is to be pasted.
#[derive(Deserialize, ToSchema)]
pub struct PasteBody {
    /// The day its first missions are on: `2026-11-21`.
    date: String,
    /// The project of the new missions; none when absent.
    project_id: Option<i64>,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub struct PastedBody {
    /// `ok`.
    status: &'static str,
    created: usize,
    ids: Vec<i64>,
}

/// All templates, by name.
#[utoipa::path(get, path = "/mission-templates", operation_id = "list_mission_templates", tag = "planning", responses((status = 200, body = Vec<TemplateBody>), (status = 403, body = ProblemBody)))]
pub async fn list(client: OrgClient) -> Result<Json<Vec<TemplateBody>>, Problem> {
    let templates = planning::list_templates(&client.app, client.permit()?).await?;
    Ok(Json(templates.into_iter().map(TemplateBody::from).collect()))
}

/// Keeps the missions of some days, without their people, to be pasted on others.
#[utoipa::path(post, path = "/mission-templates", operation_id = "create_mission_template", tag = "planning", request_body = NewTemplateBody, responses((status = 200, body = TemplateBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create(client: OrgClient, body: LaterBody) -> Result<Json<TemplateBody>, Problem> {
    let permit = client.permit::<ManageTemplates>()?;
    let body = body.read::<NewTemplateBody>()?;
    let to = body.to.unwrap_or_else(|| body.from.clone());
    let new = NewTemplate { name: body.name, from: body.from, to, project: body.project_id.map(ProjectId) };
    Ok(Json(planning::save_template(&client.app, permit, &new).await?.into()))
}

/// One template.
#[utoipa::path(get, path = "/mission-templates/{id}", operation_id = "read_mission_template", tag = "planning", params(("id" = i64, Path)), responses((status = 200, body = TemplateBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn read(client: OrgClient, Path(id): Path<i64>) -> Result<Json<TemplateBody>, Problem> {
    let template = planning::get_template(&client.app, client.permit()?, MissionTemplateId(id)).await;
    Ok(Json(template.map_err(refusal(MISSING))?.into()))
}

/// Deletes a template. What was pasted from it stays.
#[utoipa::path(delete, path = "/mission-templates/{id}", operation_id = "delete_mission_template", tag = "planning", params(("id" = i64, Path)), responses((status = 200, body = DoneBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn remove(client: OrgClient, Path(id): Path<i64>) -> Result<Json<DoneBody>, Problem> {
    let permit = client.permit::<ManageTemplates>()?;
    planning::delete_template(&client.app, permit, MissionTemplateId(id)).await.map_err(refusal(MISSING))?;
    Ok(DONE)
}

/// What is asked of one template.
pub async fn act(client: OrgClient, Path(what): Path<String>, body: LaterBody) -> Result<Json<PastedBody>, Problem> {
    match verb(&what) {
        Some((id, "paste")) => paste_verb(client, id, body).await,
        _ => Err(missing("not_found")),
    }
}

/// Makes the missions of a template on a date and the days after it, as drafts. It is one step, which its maker can undo in
/// the planner.
#[utoipa::path(post, path = "/mission-templates/{id}/paste", operation_id = "paste_mission_template", tag = "planning", params(("id" = i64, Path)), request_body = PasteBody, responses((status = 200, body = PastedBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn paste(client: OrgClient, Path(id): Path<i64>, body: LaterBody) -> Result<Json<PastedBody>, Problem> {
    paste_verb(client, id, body).await
}

/// As `/mission-templates/{id}/paste`.
#[utoipa::path(post, path = "/mission-templates/{id}:paste", operation_id = "paste_mission_template_by_verb", tag = "planning", params(("id" = i64, Path)), request_body = PasteBody, responses((status = 200, body = PastedBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn paste_verb(client: OrgClient, id: i64, body: LaterBody) -> Result<Json<PastedBody>, Problem> {
    let (app, id, permit) = (&client.app, MissionTemplateId(id), client.permit::<EditPlan>()?);
    // What is not there is said before what is wrong with the body.
    planning::get_template(app, client.permit()?, id).await.map_err(refusal(MISSING))?;
    let body = body.read::<PasteBody>()?;
    let date = parse_date(body.date.trim()).ok_or(wrong("date", "date.invalid"))?;
    let made = planning::paste_template(app, permit, id, date, body.project_id.map(ProjectId)).await;
    let ids: Vec<i64> = made.map_err(refusal(MISSING))?.missions.iter().map(|id| id.0).collect();
    Ok(Json(PastedBody { status: "ok", created: ids.len(), ids }))
}
