use super::assign::put_on;
use super::deadlines::extend;
use super::read::{find_sheet, sheets_of};
use super::tell::tell_later;
use crate::access::{Conn, Permit};
use crate::audit::{self, Event, Tx};
use crate::kernel::zone::Zone;
use crate::kernel::{CrewMemberId, Instant, MissionId, ProjectId};
use crate::orgs::service::find_org;
use crate::planning::steps::as_written;
use crate::planning::{
    AssignmentStatus, CheckedMission, ManageMissions, Mission, MissionFilter, MissionSheet, NewMission, PlanError, ProjectStatus,
    check_mission, store,
};
use crate::platform::App;
use jiff::ToSpan;
use std::collections::HashMap;

/// Most missions that are made at once.
const MOST_AT_ONCE: usize = 500;

async fn zone_of(app: &App, permit: &Permit<ManageMissions>) -> Result<String, PlanError> {
    Ok(find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.time_zone)
}

/// Refuses a project that is not there or archived.
pub(super) async fn check_project(conn: &mut impl Conn, id: Option<ProjectId>) -> Result<(), PlanError> {
    let Some(id) = id else { return Ok(()) };
    let project = store::find_project(conn, id).await?;
    let project = project.ok_or(PlanError::Fields(vec![("project_id", "not_found")]))?;
    if project.status == ProjectStatus::Archived { Err(PlanError::ProjectArchived) } else { Ok(()) }
}

pub(super) fn created(mission: MissionId, new: &CheckedMission) -> Event {
    let starts = Zone::named_or_utc(&new.time_zone).rfc3339(new.starts_at);
    Event::new("mission.created", mission.into()).with("title", new.title.as_str()).with("starts_at", starts)
}

/// Makes a mission.
///
/// Permission: manager. Audit: `mission.created`.
///
/// # Errors
/// Every wrong field; [`PlanError::ProjectArchived`].
pub async fn create_mission(app: &App, permit: Permit<ManageMissions>, new: &NewMission) -> Result<MissionSheet, PlanError> {
    Ok(create_missions(app, permit, std::slice::from_ref(new)).await?.remove(0))
}

/// Makes several missions, all or none.
///
/// Permission: manager. Audit: `mission.created` for each.
///
/// # Errors
/// As [`create_mission`], for the first that is wrong; [`PlanError::Fields`] for none, or more than 500.
pub async fn create_missions(
    app: &App,
    permit: Permit<ManageMissions>,
    new: &[NewMission],
) -> Result<Vec<MissionSheet>, PlanError> {
    if new.is_empty() || new.len() > MOST_AT_ONCE {
        return Err(PlanError::Fields(vec![("missions", "list.length")]));
    }
    let zone = zone_of(app, &permit).await?;
    let checked: Vec<_> = new.iter().map(|new| check_mission(new, &zone)).collect::<Result<_, _>>().map_err(PlanError::Fields)?;
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let mut events = Vec::new();
    let mut ids = Vec::new();
    for new in &checked {
        check_project(&mut tx, new.project_id).await?;
        let id = store::insert_mission(&mut tx, new, now).await?;
        events.push(created(id, new));
        ids.push(id);
    }
    let missions = store::list_these_missions(&mut tx, &ids).await?;
    let mut sheets = sheets_of(&mut tx, missions).await?;
    sheets.sort_by_key(|sheet| ids.iter().position(|id| *id == sheet.mission.id));
    tx.commit_all(events).await?;
    Ok(sheets)
}

/// Changes a mission that is still as the form showed it. People who were told see that it has changed; they hear of it when
/// it is published again. More time to answer holds for those who wait, too.
///
/// Permission: manager. Audit: `mission.changed`, with the times before and after.
///
/// # Errors
/// Every wrong field; [`PlanError::Stale`], [`PlanError::NotFound`], [`PlanError::ProjectArchived`].
pub async fn change_mission(
    app: &App,
    permit: Permit<ManageMissions>,
    id: MissionId,
    version: i64,
    new: &NewMission,
) -> Result<MissionSheet, PlanError> {
    let zone = zone_of(app, &permit).await?;
    let checked = check_mission(new, &zone).map_err(PlanError::Fields)?;
    let mut tx = audit::begin(app, &permit).await?;
    let before = find_live(&mut tx, id).await?;
    if before.project_id != checked.project_id {
        check_project(&mut tx, checked.project_id).await?;
    }
    let now = tx.now();
    if !store::change_mission(&mut tx, id, version, &checked, now).await? {
        return Err(PlanError::Stale);
    }
    if checked.answer_hours != before.answer_hours {
        let (waiting, after) = (store::list_assignments(&mut tx, &[id]).await?, find_live(&mut tx, id).await?);
        extend(&mut tx, &waiting, &after, &Zone::named_or_utc(&zone)).await?;
    }
    let sheet = find_sheet(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    tx.commit(changed(&before, &sheet.mission)).await?;
    Ok(sheet)
}

/// That a mission has changed, with its times before and after.
pub(super) fn changed(before: &Mission, after: &Mission) -> Event {
    let times = |mission: &Mission| {
        let zone = mission.zone();
        format!("{} – {}", zone.rfc3339(mission.starts_at), zone.rfc3339(mission.ends_at))
    };
    let event = Event::new("mission.changed", after.id.into()).with("title", after.title.as_str());
    event.with("before", times(before)).with("after", times(after))
}

pub(super) async fn find_live(conn: &mut impl Conn, id: MissionId) -> Result<Mission, PlanError> {
    let found = store::find_mission(conn, id).await?;
    found.filter(|mission| mission.cancelled_at.is_none()).ok_or(PlanError::NotFound)
}

/// Deletes a mission of which nobody has heard, or calls one off of which people have: they are told, and it stays for them
/// to see.
///
/// Permission: manager. Audit: `mission.deleted` or `mission.cancelled`.
///
/// # Errors
/// [`PlanError::Stale`], [`PlanError::NotFound`].
pub async fn delete_mission(app: &App, permit: Permit<ManageMissions>, id: MissionId, version: i64) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    // First of all: on PostgreSQL a publication of the same moment waits, or has told people before it is looked whether one has.
    store::replace_staffing_tag(&mut tx).await?;
    let before = find_live(&mut tx, id).await?;
    let assignments = store::list_assignments(&mut tx, &[id]).await?;
    let now = tx.now();
    let told = assignments.iter().any(|assignment| assignment.told_at.is_some());
    let gone = if told {
        store::cancel_mission(&mut tx, id, version, now).await?
    } else {
        store::delete_mission(&mut tx, id, version).await?
    };
    if !gone {
        return Err(PlanError::Stale);
    }
    if told {
        store::count_up_sequence(&mut tx, id).await?;
        for assignment in assignments.iter().filter(|assignment| assignment.status.is_active()) {
            super::assign::move_to(&mut tx, &permit, assignment, AssignmentStatus::Cancelled, "").await?;
            if assignment.told_at.is_some() {
                store::tell_assignment(&mut tx, assignment.id, &before, now, None).await?;
                tell_later(&mut tx, assignment.crew_member_id).await?;
            }
        }
    }
    let event = Event::new(if told { "mission.cancelled" } else { "mission.deleted" }, id.into());
    Ok(tx.commit(event.with("title", before.title)).await?)
}

/// A mission's needs and times `days` later, as a mission to be made; `None` beyond the years that are planned. The time of day stays
/// what clocks there show; where a clock change skips it, the mission keeps its length.
pub(super) fn shifted(sheet: &MissionSheet, days: i64) -> Option<CheckedMission> {
    let zone = sheet.mission.zone();
    let shift = |at: Instant| {
        let local = zone.local(at);
        let shifted = zone.instant(local.date.checked_add(days.days()).ok()?, local.hour, local.minute);
        zone.reaches(shifted).then_some(shifted)
    };
    let new = as_written(sheet);
    let minutes = new.ends_at.minutes_since(new.starts_at);
    let shifted = CheckedMission { starts_at: shift(new.starts_at)?, ends_at: shift(new.ends_at)?, ..new };
    Some(shifted.settled(minutes)).filter(|shifted| zone.reaches(shifted.ends_at))
}

/// Copies a mission `days` later, without its people.
///
/// Permission: manager. Audit: `mission.created`.
///
/// # Errors
/// [`PlanError::NotFound`], [`PlanError::ProjectArchived`].
pub async fn duplicate_mission(
    app: &App,
    permit: Permit<ManageMissions>,
    id: MissionId,
    days: i64,
) -> Result<MissionSheet, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    find_live(&mut tx, id).await?;
    let sheet = find_sheet(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    let copy = copy_sheet(&mut tx, &sheet, days).await?;
    let made = find_sheet(&mut tx, copy.0).await?.ok_or(PlanError::NotFound)?;
    tx.commit(copy.1).await?;
    Ok(made)
}

pub(super) async fn copy_sheet(tx: &mut Tx, sheet: &MissionSheet, days: i64) -> Result<(MissionId, Event), PlanError> {
    let new = shifted(sheet, days).ok_or(PlanError::Fields(vec![("days", "date.invalid")]))?;
    check_project(tx, new.project_id).await?;
    let now = tx.now();
    let id = store::insert_mission(tx, &new, now).await?;
    Ok((id, created(id, &new)))
}

/// Puts the people of a mission on its copy, in their roles. Who is in the archive is in no `names`, and stays away.
async fn copy_people(
    tx: &mut Tx,
    permit: &Permit<ManageMissions>,
    sheet: &MissionSheet,
    copy: MissionId,
    names: &HashMap<CrewMemberId, String>,
) -> Result<Vec<Event>, PlanError> {
    let needs = store::list_needs(tx, &[copy]).await?;
    let mut events = Vec::new();
    for assignment in sheet.assignments.iter().filter(|assignment| assignment.status.is_active()) {
        let Some(name) = names.get(&assignment.crew_member_id) else { continue };
        let role = sheet.needs.iter().find(|need| Some(need.id) == assignment.need_id).map(|need| need.role.as_str());
        let need = needs.iter().find(|need| Some(need.role.as_str()) == role).map(|need| need.id);
        let person = (assignment.crew_member_id, name.as_str());
        events.push(put_on(tx, permit, (copy, sheet.mission.title.as_str()), person, need).await?.1);
    }
    Ok(events)
}

/// Copies all missions that begin in `[from, to)` some days later, as drafts; with their people if wanted, but for who is in the
/// archive by now. Gives how many missions.
///
/// Permission: manager. Audit: `mission.created` and `assignment.created` for each.
///
/// # Errors
/// [`PlanError::ProjectArchived`]; [`PlanError::Fields`] for more than 500.
pub async fn copy_missions(
    app: &App,
    permit: Permit<ManageMissions>,
    from: Instant,
    to: Instant,
    days: i64,
    people: bool,
) -> Result<usize, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    store::replace_staffing_tag(&mut tx).await?;
    let most = i64::try_from(MOST_AT_ONCE).unwrap_or(i64::MAX);
    let filter = MissionFilter { from: Some(from), to: Some(to), limit: most + 1, ..MissionFilter::default() };
    let missions = store::list_missions(&mut tx, &filter).await?;
    let missions: Vec<_> = missions.into_iter().filter(|mission| mission.starts_at >= from).collect();
    if missions.len() > MOST_AT_ONCE {
        return Err(PlanError::Fields(vec![("missions", "list.length")]));
    }
    let count = missions.len();
    let mut names = HashMap::new();
    if people {
        names.extend(store::list_people(&mut tx, None).await?.into_iter().map(|person| (person.id, person.name)));
    }
    let mut events = Vec::new();
    for sheet in sheets_of(&mut tx, missions).await? {
        let (copy, created) = copy_sheet(&mut tx, &sheet, days).await?;
        events.push(created);
        if people {
            events.extend(copy_people(&mut tx, &permit, &sheet, copy, &names).await?);
        }
    }
    if count > 0 {
        tx.commit_all(events).await?;
    }
    Ok(count)
}
