//! Who can do it, what rules say, and what it costs.

use super::{LaterBody, missing, refusal};
use crate::api::door::OrgClient;
use crate::api::problem::{Path, Problem, ProblemBody, Query};
use crate::kernel::{AssignmentId, MissionId, NeedId, ProjectId};
use crate::planning::ranking::Ranked;
use crate::planning::rules::Severity;
use crate::planning::service::{self as planning, Cost};
use crate::planning::{OverrideRule, ReadRates, ReadStaffing};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const MISSION: &str = "mission.not_found";
const ASSIGNMENT: &str = "assignment.not_found";

/// Which need.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NeedQuery {
    /// The open needs of the mission when absent.
    need_id: Option<i64>,
}

/// A rule that would be broken.
#[derive(Serialize, ToSchema)]
pub struct BrokenBody {
    rule: &'static str,
    /// Empty for rules of the plan itself.
    article: &'static str,
    /// `hard` or `soft`.
    severity: &'static str,
    measured: i64,
    limit: i64,
}

/// Somebody who might do it.
#[derive(Serialize, ToSchema)]
pub struct CandidateBody {
    need_id: Option<i64>,
    /// From 1.
    rank: usize,
    user_id: i64,
    name: String,
    /// `fits`, `needs_reason` or `blocked`.
    standing: &'static str,
    broken: Vec<BrokenBody>,
    /// What else speaks for the person: `prefers`, `skilled`, `less_load`.
    reasons_for: Vec<&'static str>,
    /// And against: `more_load`, `was_on`, `no_rate`.
    reasons_against: Vec<&'static str>,
    /// Minutes of work that week, this mission included.
    week_minutes: i64,
    /// In the twelve weeks before and the week itself.
    nights: i64,
    weekends: i64,
    early_calls: i64,
    cost_cents: Option<i64>,
}

impl CandidateBody {
    fn of(need_id: Option<i64>, rank: usize, ranked: Ranked) -> Self {
        let one = ranked.candidate;
        let broken = one.findings.iter().map(|finding| BrokenBody {
            rule: finding.rule,
            article: finding.article,
            severity: if finding.severity == Severity::Hard { "hard" } else { "soft" },
            measured: finding.measured,
            limit: finding.limit,
        });
        let broken = broken.collect();
        let reasons = |good: bool| ranked.reasons.iter().filter(|r| r.is_for() == good).map(|r| r.code()).collect();
        Self {
            need_id,
            rank,
            user_id: one.person.0,
            name: one.name,
            standing: ranked.standing.code(),
            broken,
            reasons_for: reasons(true),
            reasons_against: reasons(false),
            week_minutes: one.week_minutes,
            nights: one.load.nights,
            weekends: one.load.weekends,
            early_calls: one.load.early_calls,
            cost_cents: one.cost_cents,
        }
    }
}

/// Who can do it: for each open need, everybody who is not on the mission, best first.
#[utoipa::path(get, path = "/missions/{id}/candidates", operation_id = "list_candidates", tag = "planning", params(("id" = i64, Path), NeedQuery), responses((status = 200, body = Vec<CandidateBody>), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn candidates(
    client: OrgClient,
    Path(id): Path<i64>,
    Query(query): Query<NeedQuery>,
) -> Result<Json<Vec<CandidateBody>>, Problem> {
    let permit = client.permit::<ReadStaffing>()?;
    let (_, open) = planning::rank_candidates(&client.app, permit, MissionId(id), query.need_id.map(NeedId))
        .await
        .map_err(refusal(MISSION))?;
    let all = open.into_iter().flat_map(|open| {
        let need = open.need.map(|need| need.id.0);
        open.ranked.into_iter().enumerate().map(move |(n, ranked)| CandidateBody::of(need, n + 1, ranked))
    });
    Ok(Json(all.collect()))
}

/// A sum of costs.
#[derive(Serialize, ToSchema)]
pub struct CostBody {
    cents: i64,
    /// `EUR`.
    currency: &'static str,
    /// How many places are in the sum.
    places: i64,
    /// How many are not, for want of a rate.
    places_without_rate: i64,
}

impl From<Cost> for CostBody {
    fn from(cost: Cost) -> Self {
        Self { cents: cost.cents, currency: "EUR", places: cost.places, places_without_rate: cost.unknown }
    }
}

/// What a mission costs as it is planned, drafts included, before contributions.
#[utoipa::path(get, path = "/missions/{id}/cost", operation_id = "read_mission_cost", tag = "planning", params(("id" = i64, Path)), responses((status = 200, body = CostBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn mission_cost(client: OrgClient, Path(id): Path<i64>) -> Result<Json<CostBody>, Problem> {
    let permit = client.permit::<ReadRates>()?;
    Ok(Json(planning::cost_mission(&client.app, permit, MissionId(id)).await.map_err(refusal(MISSION))?.into()))
}

/// What a project costs, from its first mission to its last.
#[utoipa::path(get, path = "/projects/{id}/cost", operation_id = "read_project_cost", tag = "planning", params(("id" = i64, Path)), responses((status = 200, body = CostBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn project_cost(client: OrgClient, Path(id): Path<i64>) -> Result<Json<CostBody>, Problem> {
    let permit = client.permit::<ReadRates>()?;
    let id = ProjectId(id);
    planning::get_project(&client.app, client.permit()?, id).await.map_err(|_| missing("project.not_found"))?;
    Ok(Json(planning::cost_project(&client.app, permit, id).await.map_err(refusal("project.not_found"))?.into()))
}

/// A soft rule that is to be overruled.
#[derive(Deserialize, ToSchema)]
pub struct OverrideBody {
    /// As it is called in a refusal's `errors[].field`, or in `broken[].rule`.
    rule: String,
    reason: String,
}

/// The mission that it is about.
#[derive(Serialize, ToSchema)]
pub struct OverruledBody {
    mission_id: i64,
}

/// Lets an assignment stand against a soft rule, for a written reason.
#[utoipa::path(post, path = "/assignments/{id}/overrides", operation_id = "override_rule", tag = "planning", params(("id" = i64, Path)), request_body = OverrideBody, responses((status = 200, body = OverruledBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn overrule(client: OrgClient, Path(id): Path<i64>, body: LaterBody) -> Result<Json<OverruledBody>, Problem> {
    let permit = client.permit::<OverrideRule>()?;
    let body = body.read::<OverrideBody>()?;
    let done = planning::override_rule(&client.app, permit, AssignmentId(id), &body.rule, &body.reason).await;
    Ok(Json(OverruledBody { mission_id: done.map_err(refusal(ASSIGNMENT))?.0 }))
}

/// Lets a rule count again.
#[utoipa::path(delete, path = "/assignments/{id}/overrides/{rule}", operation_id = "restore_rule", tag = "planning", params(("id" = i64, Path), ("rule" = String, Path)), responses((status = 200, body = OverruledBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn restore(client: OrgClient, Path((id, rule)): Path<(i64, String)>) -> Result<Json<OverruledBody>, Problem> {
    let permit = client.permit::<OverrideRule>()?;
    let done = planning::restore_rule(&client.app, permit, AssignmentId(id), &rule).await;
    Ok(Json(OverruledBody { mission_id: done.map_err(refusal(ASSIGNMENT))?.0 }))
}
