use super::assign::move_to;
use super::read::sheets_of;
use super::tell::tell_later;
use crate::access::{Conn, Permit};
use crate::audit::{self, Event, Subject};
use crate::kernel::{CrewMemberId, Instant, MissionId};
use crate::orgs::service::find_crew_member_in;
use crate::planning::{
    Assignment, AssignmentStatus, Mission, MissionFilter, Moved, PlanError, Publish, ReadStaffing, Telling, store,
};
use crate::platform::App;
use crate::platform::db::DbResult;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A move of an accepted mission by more than this asks the person again, in minutes.
const ASKS_AGAIN_AFTER: i64 = 30;
/// Most missions of one publication.
const MOST: i64 = 2000;

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

async fn find_news(conn: &mut impl Conn, from: Instant, to: Instant) -> DbResult<Vec<News>> {
    let filter = MissionFilter { from: Some(from), to: Some(to), limit: MOST, ..MissionFilter::default() };
    let missions = store::list_missions(conn, &filter).await?;
    let mut news = Vec::new();
    for sheet in sheets_of(conn, missions).await? {
        for assignment in sheet.assignments {
            let is_news = assignment.status == AssignmentStatus::Draft
                || (assignment.status.is_active() && assignment.has_changed(&sheet.mission));
            if is_news {
                news.push(News { assignment, mission: sheet.mission.clone() });
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

/// Who would be told of what, by name, if the plan of a time were published now.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn preview_publish(
    app: &App,
    permit: Permit<ReadStaffing>,
    from: Instant,
    to: Instant,
) -> Result<Vec<Telling>, PlanError> {
    let mut read = permit.read(&app.db).await?;
    let mut tellings: BTreeMap<CrewMemberId, Telling> = BTreeMap::new();
    for news in find_news(&mut read, from, to).await? {
        let id = news.assignment.crew_member_id;
        let telling = match tellings.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let Some(person) = find_crew_member_in(&mut read, id).await? else { continue };
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
    Ok(tellings)
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
/// more than half an hour is asked again. Gives how many people are told.
///
/// Permission: manager. Audit: `plan.published`.
///
/// # Errors
/// When the database cannot be written.
pub async fn publish(app: &App, permit: Permit<Publish>, from: Instant, to: Instant) -> Result<usize, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let news = find_news(&mut tx, from, to).await?;
    if !news.is_empty() {
        store::replace_staffing_tag(&mut tx).await?;
    }
    let mut people: Vec<CrewMemberId> = Vec::new();
    let mut counted = Vec::new();
    for news in &news {
        if news.is_new() || news.asks_again() {
            move_to(&mut tx, &permit, &news.assignment, AssignmentStatus::Invited, "").await?;
        }
        if !news.is_new() && !counted.contains(&news.mission.id) {
            store::count_up_sequence(&mut tx, news.mission.id).await?;
            counted.push(news.mission.id);
        }
        store::tell_assignment(&mut tx, news.assignment.id, &news.mission, now).await?;
        people.push(news.assignment.crew_member_id);
    }
    people.sort_unstable();
    people.dedup();
    for person in &people {
        tell_later(&mut tx, *person).await?;
    }
    if !news.is_empty() {
        let event = Event::new("plan.published", Subject("plan", None)).with("people", people.len()).with("missions", news.len());
        tx.commit(event).await?;
    }
    Ok(people.len())
}
