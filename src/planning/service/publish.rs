use super::assign::move_to;
use super::deadlines::ask;
use super::findings::{ConflictSheet, around, check_roster};
use super::read::sheets_of;
use super::roster::{Worked, find_worked, gather};
use super::tell::tell_later;
use crate::access::{Action, Conn, Permit};
use crate::audit::{self, Event, Subject};
use crate::kernel::zone::Zone;
use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId};
use crate::orgs::CrewMember;
use crate::orgs::service::{find_org, list_crew_members_in};
use crate::planning::rules::{Calendar, Finding};
use crate::planning::{
    Assignment, AssignmentStatus, Mission, MissionFilter, Moved, PlanError, Publish, ReadStaffing, Telling, store,
};
use crate::platform::App;
use crate::platform::db::DbResult;
use jiff::ToSpan as _;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A move of an accepted mission by more than this asks the person again, in minutes.
const ASKS_AGAIN_AFTER: i64 = 30;
/// Missions that are read at once.
const PAGE: i64 = 1000;
/// Longest time of one, in weeks: the rules look at all of it.
const LONGEST: i64 = 13;
/// Longest mission, in days.
const LONGEST_MISSION: i64 = 3;

/// What is to be told: an assignment that nobody has heard of, or one whose mission has changed since.
struct News {
    assignment: Assignment,
    mission: Mission,
}

impl News {
    fn is_new(&self) -> bool {
        self.assignment.status == AssignmentStatus::Draft
    }

    fn is_off(&self) -> bool {
        self.assignment.status == AssignmentStatus::Cancelled
    }

    /// What was told, and what is now.
    fn moved(&self) -> Moved {
        let Mission { title, time_zone, starts_at, ends_at, place, .. } = self.mission.clone();
        let told = &self.assignment;
        let before = (
            told.told_starts_at.unwrap_or(starts_at),
            told.told_ends_at.unwrap_or(ends_at),
            told.told_place.clone().unwrap_or_default(),
        );
        Moved { title, time_zone, before, after: (starts_at, ends_at, place) }
    }

    /// Whether what was accepted is no longer what was asked.
    fn asks_again(&self) -> bool {
        let moved = |told: Option<Instant>, is: Instant| told.is_none_or(|told| told.minutes_since(is).abs() > ASKS_AGAIN_AFTER);
        self.assignment.status == AssignmentStatus::Accepted
            && (moved(self.assignment.told_starts_at, self.mission.starts_at)
                || moved(self.assignment.told_ends_at, self.mission.ends_at))
    }
}

/// News of the missions that begin in `[from, to)`: what has begun before is of the time before, and was looked at with that.
async fn find_news(conn: &mut impl Conn, from: Instant, to: Instant) -> DbResult<Vec<News>> {
    let mut filter = MissionFilter { from: Some(from), to: Some(to), limit: PAGE, ..MissionFilter::default() };
    let mut news = Vec::new();
    loop {
        let missions = store::list_missions(conn, &filter).await?;
        let Some(last) = missions.last() else { break };
        filter.after = Some((last.starts_at, last.id));
        let missions = missions.into_iter().filter(|mission| mission.starts_at >= from).collect();
        for sheet in sheets_of(conn, missions).await? {
            for assignment in sheet.assignments {
                let is_news = assignment.status == AssignmentStatus::Draft
                    || (assignment.status.is_active() && assignment.has_changed(&sheet.mission));
                if is_news {
                    news.push(News { assignment, mission: sheet.mission.clone() });
                }
            }
        }
    }
    let off = store::list_believed(conn, from, to).await?;
    let ids: Vec<MissionId> = off.iter().map(|assignment| assignment.mission_id).collect();
    if !ids.is_empty() {
        let missions = store::list_these_missions(conn, &ids).await?;
        let mission = |id: MissionId| missions.iter().find(|mission| mission.id == id).cloned();
        let with = |assignment: Assignment| mission(assignment.mission_id).map(|mission| News { assignment, mission });
        news.extend(off.into_iter().filter_map(with));
    }
    Ok(news)
}

/// What a publication would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// Who would be told of what, by name.
    pub tellings: Vec<Telling>,
    /// What rules keep back, by name.
    pub held: Vec<HeldBack>,
    /// What rules say of the whole time, and of the weeks that it touches.
    pub conflicts: ConflictSheet,
}

/// News that somebody is not told: a hard rule forbids it, or a soft one wants a written reason.
#[derive(Clone, Debug)]
pub struct HeldBack {
    pub assignment: AssignmentId,
    pub person: CrewMemberId,
    pub name: String,
    pub mission: Mission,
    pub findings: Vec<Finding>,
}

/// What a publication did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// How many people are told.
    pub people: usize,
    /// How many news were kept back.
    pub held: usize,
}

/// What the rules look at for a publication of a time, and what has been worked. A longer time than [`LONGEST`] is refused: what is
/// not looked at cannot be kept back.
async fn rules_of<A: Action>(
    app: &App,
    permit: &Permit<A>,
    from: Instant,
    to: Instant,
) -> Result<(Zone, Calendar, Arc<Vec<Worked>>), PlanError> {
    let zone = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.zone();
    let first = zone.local(from).date;
    let last = zone.local(Instant(to.0 - 1)).date.max(first);
    if last > first.saturating_add(LONGEST.weeks()) {
        return Err(PlanError::Fields(vec![("to", "time.too_long")]));
    }
    // What begins on the last day may end days later.
    let calendar = Calendar::new(&zone, around(first, last.saturating_add(LONGEST_MISSION.days())));
    let worked = find_worked(app, permit, &calendar).await?;
    Ok((zone, calendar, worked))
}

/// Takes out what rules keep back. Who is taken off a mission is always told.
fn hold_back(news: Vec<News>, conflicts: &ConflictSheet) -> (Vec<News>, Vec<(News, Vec<Finding>)>) {
    let (mut go, mut held) = (Vec::new(), Vec::new());
    for news in news {
        let findings: Vec<Finding> = if news.is_off() {
            Vec::new()
        } else {
            conflicts.holding(news.assignment.crew_member_id, news.mission.id).cloned().collect()
        };
        if findings.is_empty() {
            go.push(news);
        } else {
            held.push((news, findings));
        }
    }
    (go, held)
}

/// What would happen if the plan of a time were published now.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::Fields`] for more than a quarter of a year.
pub async fn preview_publish(app: &App, permit: Permit<ReadStaffing>, from: Instant, to: Instant) -> Result<Preview, PlanError> {
    let (zone, calendar, worked) = rules_of(app, &permit, from, to).await?;
    let mut read = permit.read(&app.db).await?;
    let roster = gather(&mut read, &zone, &calendar, app.clock.now(), &worked, None).await?;
    let conflicts = check_roster(&mut read, &calendar, roster, None).await?;
    let mut tellings: BTreeMap<CrewMemberId, Telling> = BTreeMap::new();
    let (go, kept) = hold_back(find_news(&mut read, from, to).await?, &conflicts);
    let name_of = |id: CrewMemberId| conflicts.people.iter().find(|known| known.person == id).map(|known| known.name.clone());
    let kept = kept.into_iter().map(|(News { assignment, mission }, findings)| {
        let (person, assignment) = (assignment.crew_member_id, assignment.id);
        HeldBack { assignment, person, name: name_of(person).unwrap_or_default(), mission, findings }
    });
    let mut held: Vec<HeldBack> = kept.collect();
    held.sort_by(|a, b| (&a.name, a.mission.starts_at).cmp(&(&b.name, b.mission.starts_at)));
    let mut ids: Vec<CrewMemberId> = go.iter().map(|news| news.assignment.crew_member_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = list_crew_members_in(&mut read, &ids).await?;
    let mut people: HashMap<CrewMemberId, CrewMember> = people.into_iter().map(|person| (person.id, person)).collect();
    for news in go {
        let id = news.assignment.crew_member_id;
        let telling = match tellings.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let Some(person) = people.remove(&id) else { continue };
                let has_address = person.email.is_some() || person.account_id.is_some();
                let (new, changed, off) = (Vec::new(), Vec::new(), Vec::new());
                place.insert(Telling { crew_member: id, name: person.name, has_address, new, changed, off })
            }
        };
        if news.is_new() {
            telling.new.push(news.mission.title);
        } else if news.is_off() {
            telling.off.push(news.mission.title);
        } else {
            telling.changed.push(news.moved());
        }
    }
    let mut tellings: Vec<Telling> = tellings.into_values().collect();
    tellings.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Preview { tellings, held, conflicts })
}

/// How many people of a time have been taken off a mission and not been told.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_off(app: &App, permit: Permit<ReadStaffing>, from: Instant, to: Instant) -> Result<usize, PlanError> {
    Ok(store::list_believed(&mut permit.read(&app.db).await?, from, to).await?.len())
}

/// Tells everybody what is new or has changed for them in a time. Drafts become questions; an accepted mission that moved by
/// more than half an hour is asked again. What rules keep back waits, and nobody hears of it.
///
/// Permission: manager. Audit: `plan.published`.
///
/// # Errors
/// [`PlanError::Fields`] for more than a quarter of a year.
pub async fn publish(app: &App, permit: Permit<Publish>, from: Instant, to: Instant) -> Result<Published, PlanError> {
    let (zone, calendar, worked) = rules_of(app, &permit, from, to).await?;
    let mut tx = audit::begin(app, &permit).await?;
    // First of all: on PostgreSQL who else changes the plan waits here, and is not told of what was so before.
    store::replace_staffing_tag(&mut tx).await?;
    let now = tx.now();
    let roster = gather(&mut tx, &zone, &calendar, now, &worked, None).await?;
    let conflicts = check_roster(&mut tx, &calendar, roster, None).await?;
    let (news, held) = hold_back(find_news(&mut tx, from, to).await?, &conflicts);
    let mut people: Vec<CrewMemberId> = Vec::new();
    let mut counted = Vec::new();
    for news in &news {
        let is_asked = news.is_new() || news.asks_again();
        if is_asked {
            move_to(&mut tx, &permit, &news.assignment, AssignmentStatus::Invited, "").await?;
        }
        if !news.is_new() && !counted.contains(&news.mission.id) {
            store::count_up_sequence(&mut tx, news.mission.id).await?;
            counted.push(news.mission.id);
        }
        // Who has not answered yet is asked something else now: the time to answer counts anew.
        if is_asked || news.assignment.status == AssignmentStatus::Invited {
            ask(&mut tx, news.assignment.id, &news.mission, &zone).await?;
        } else {
            store::tell_assignment(&mut tx, news.assignment.id, &news.mission, now, None).await?;
        }
        people.push(news.assignment.crew_member_id);
    }
    people.sort_unstable();
    people.dedup();
    for person in &people {
        tell_later(&mut tx, *person).await?;
    }
    if !news.is_empty() {
        let event = Event::new("plan.published", Subject("plan", None)).with("people", people.len()).with("missions", news.len());
        tx.commit(if held.is_empty() { event } else { event.with("held", held.len()) }).await?;
    }
    Ok(Published { people: people.len(), held: held.len() })
}
