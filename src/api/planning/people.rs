//! The people who are planned: names for everybody, times and conflicts for who plans and for themselves.

use super::availability::SlotBody;
use super::{LaterBody, lists, read_time, refusal, wrong};
use crate::api::door::OrgClient;
use crate::api::problem::{Path, Problem, ProblemBody, Query};
use crate::kernel::{CrewMemberId, Instant, MembershipId, zone};
use crate::orgs::{
    AddCrew, CrewFilter, CrewMember, ListCrew, ListMembers, ListNames, MemberFilter, NewCrewMember, service as orgs,
};
use crate::planning::conflicts::Conflict;
use crate::planning::profiles::SOON_DAYS;
use crate::planning::{AvailabilityFilter, AvailabilityStatus, service as planning};
use axum::Json;
use axum::extract::OriginalUri;
use axum::response::Response;
use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const MISSING: &str = "profile.not_found";

/// A person.
#[derive(Serialize, ToSchema)]
pub struct UserBody {
    id: i64,
    name: String,
}

impl From<CrewMember> for UserBody {
    fn from(person: CrewMember) -> Self {
        Self { id: person.id.0, name: person.name }
    }
}

/// Which people.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Part of a name, an address or a job.
    q: Option<String>,
    /// Those who can this. For who plans, as the next three.
    skill: Option<String>,
    tag: Option<String>,
    /// A day: those who are on no mission, and not away.
    free_on: Option<String>,
    /// Those with a permit that ends within 60 days or has ended.
    #[serde(default)]
    ends_soon: bool,
    /// Where the page before ended: see its `Link` header.
    after: Option<String>,
    /// 1 to 500; 100 when absent.
    limit: Option<i64>,
}

/// The crew, by name.
#[utoipa::path(get, path = "/users", operation_id = "list_users", tag = "people", params(UserQuery), responses((status = 200, body = Vec<UserBody>, headers(("Link"))), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn list(client: OrgClient, OriginalUri(uri): OriginalUri, Query(query): Query<UserQuery>) -> Result<Response, Problem> {
    let permit = client.permit::<ListNames>()?;
    let size = lists::page_size(query.limit);
    let app = &client.app;
    // What people can and when they are away is not for everybody.
    if query.skill.is_some() || query.tag.is_some() {
        client.permit::<ListCrew>()?;
    }
    let but = match query.free_on.as_deref() {
        Some(text) => {
            let day = zone::parse_date(text.trim()).ok_or(wrong("free_on", "date.invalid"))?;
            planning::list_taken(app, client.permit()?, day).await.map_err(refusal(MISSING))?
        }
        None => Vec::new(),
    };
    let only = if query.ends_soon {
        let until = client.org.zone().local(app.clock.now()).date.saturating_add(SOON_DAYS.days());
        let ending = planning::list_ending_skills(app, client.permit()?, until).await.map_err(refusal(MISSING))?;
        Some(ending.into_keys().collect())
    } else {
        None
    };
    let filter = CrewFilter {
        search: query.q.filter(|q| !q.trim().is_empty()),
        skill: query.skill,
        tag: query.tag,
        only,
        but,
        after: lists::read_cursor(query.after.as_deref())?.map(|(id, key)| (key, CrewMemberId(id))),
        limit: size + 1,
        ..CrewFilter::default()
    };
    let rows = orgs::list_names(&client.app, permit, &filter).await?;
    let place = |person: &CrewMember| lists::cursor(person.id.0, &person.search());
    Ok(lists::Page::of(rows, size, place, UserBody::from).answer(&uri))
}

/// A person to be added.
#[derive(Deserialize, ToSchema)]
pub struct NewUserBody {
    name: String,
}

/// Adds a person to the crew.
#[utoipa::path(post, path = "/users", operation_id = "create_user", tag = "people", request_body = NewUserBody, responses((status = 200, body = UserBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create(client: OrgClient, body: LaterBody) -> Result<Json<UserBody>, Problem> {
    let permit = client.permit::<AddCrew>()?;
    let new = NewCrewMember { name: body.read::<NewUserBody>()?.name, ..NewCrewMember::default() };
    Ok(Json(orgs::add_crew_member(&client.app, permit, new).await?.into()))
}

/// A member's account and role.
#[derive(Serialize, ToSchema)]
pub struct OrgMemberBody {
    account_id: i64,
    /// `owner`, `admin`, `manager` or `tech`.
    role: String,
}

/// The members of the organisation.
#[derive(Serialize, ToSchema)]
pub struct OrgMembersBody {
    members: Vec<OrgMemberBody>,
}

/// The members of the organisation, all of them; `/members` has pages and more to say of each.
#[utoipa::path(get, path = "/orgs/members", operation_id = "list_org_members", tag = "people", responses((status = 200, body = OrgMembersBody), (status = 403, body = ProblemBody)))]
pub async fn members(client: OrgClient) -> Result<Json<OrgMembersBody>, Problem> {
    const AT_ONCE: i64 = 500;
    let mut members = Vec::new();
    let mut after: Option<MembershipId> = None;
    loop {
        let filter = MemberFilter { after, limit: AT_ONCE, ..MemberFilter::default() };
        let rows = orgs::list_members(&client.app, client.permit::<ListMembers>()?, &filter).await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == AT_ONCE);
        after = rows.last().map(|member| member.id);
        let body =
            |member: crate::orgs::Member| OrgMemberBody { account_id: member.account.0, role: member.role.code().to_owned() };
        members.extend(rows.into_iter().map(body));
        if !is_full {
            return Ok(Json(OrgMembersBody { members }));
        }
    }
}

/// Between which times; without an end where none is given.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SpanQuery {
    /// RFC 3339, a local time, or a date.
    from: Option<String>,
    to: Option<String>,
}

impl SpanQuery {
    fn read(&self, client: &OrgClient) -> Result<(Option<Instant>, Option<Instant>), Problem> {
        let zone = client.org.zone();
        Ok((read_time("from", self.from.as_deref(), &zone)?, read_time("to", self.to.as_deref(), &zone)?))
    }
}

/// A person's agreed times. For who plans, and the person.
#[utoipa::path(get, path = "/users/{id}/calendar", operation_id = "read_calendar", tag = "people", params(("id" = i64, Path), SpanQuery), responses((status = 200, body = Vec<SlotBody>), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn calendar(
    client: OrgClient,
    Path(id): Path<i64>,
    Query(query): Query<SpanQuery>,
) -> Result<Json<Vec<SlotBody>>, Problem> {
    let (app, id) = (&client.app, CrewMemberId(id));
    let (from, to) = query.read(&client)?;
    let status = Some(AvailabilityStatus::Approved);
    let filter = AvailabilityFilter { person: Some(id), status, from, to, limit: 2000, ..AvailabilityFilter::default() };
    let slots = if client.plans() {
        planning::get_profile(app, client.permit()?, id).await.map_err(refusal(MISSING))?;
        planning::list_availabilities(app, client.permit()?, &filter).await
    } else {
        let me = client.only_me(id).await?;
        planning::list_my_availabilities(app, client.permit()?, &me, filter).await
    };
    Ok(Json(slots.map_err(refusal(MISSING))?.into_iter().map(SlotBody::from).collect()))
}

/// Two missions of a person at the same time.
#[derive(Serialize, ToSchema)]
pub struct ConflictBody {
    /// `ASSIGNMENT_OVERLAP`.
    kind: &'static str,
    user_id: i64,
    /// The mission that begins later, and its times.
    mission_id: i64,
    starts_at: String,
    ends_at: String,
    with_mission_id: i64,
}

/// What is wrong with a person's plan.
#[derive(Serialize, ToSchema)]
pub struct ConflictsBody {
    user_id: i64,
    items: Vec<ConflictBody>,
}

/// What is wrong with a person's plan. For who plans, drafts included, and for the person without them.
#[utoipa::path(get, path = "/conflicts/user/{id}", operation_id = "list_user_conflicts", tag = "people", params(("id" = i64, Path), SpanQuery), responses((status = 200, body = ConflictsBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn conflicts(
    client: OrgClient,
    Path(id): Path<i64>,
    Query(query): Query<SpanQuery>,
) -> Result<Json<ConflictsBody>, Problem> {
    let (app, person) = (&client.app, CrewMemberId(id));
    let span = query.read(&client)?;
    let found = if client.plans() {
        planning::list_conflicts(app, client.permit()?, person, span).await
    } else {
        let me = client.only_me(person).await?;
        planning::list_my_conflicts(app, client.permit()?, &me, span).await
    };
    let item = |conflict: Conflict| ConflictBody {
        kind: conflict.kind.code(),
        user_id: id,
        mission_id: conflict.mission.0,
        starts_at: zone::utc(conflict.starts_at),
        ends_at: zone::utc(conflict.ends_at),
        with_mission_id: conflict.with_mission.0,
    };
    let items = found.map_err(refusal(MISSING))?.into_iter().map(item).collect();
    Ok(Json(ConflictsBody { user_id: id, items }))
}
