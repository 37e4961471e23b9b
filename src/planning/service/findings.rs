use super::roster::{Planned, Roster, find_worked, gather};
use crate::access::{Conn, Permit};
use crate::audit::find_version;
use crate::kernel::zone::{Zone, monday_of};
use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId};
use crate::orgs::service::find_org;
use crate::planning::overrides::{Ruled, rule_out};
use crate::planning::rules::{self, Calendar, Finding, Kind, Shift, State, Window, packs};
use crate::planning::store::{self, Override};
use crate::planning::{Mission, PlanError, ReadStaffing};
use crate::platform::App;
use crate::platform::db::DbResult;
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;

/// What the rules say of one person.
#[derive(Clone, Debug)]
pub struct Conflicts {
    pub person: CrewMemberId,
    pub name: String,
    /// What is open.
    pub findings: Vec<Finding>,
    /// What somebody has overruled, with the reason.
    pub overruled: Vec<(Finding, Override)>,
    /// The assignments of the person's missions.
    pub assignments: HashMap<MissionId, AssignmentId>,
    /// Of these missions, those that the person has accepted.
    pub accepted: Vec<MissionId>,
}

/// The findings of all people in a window, and the titles of the missions they name; shifts are called by their mission's
/// number, real punches by negative ones.
#[derive(Clone, Debug, Default)]
pub struct ConflictSheet {
    pub people: Vec<Conflicts>,
    pub titles: HashMap<i64, String>,
}

impl ConflictSheet {
    /// What is open of one person's mission.
    pub fn of(&self, person: CrewMemberId, mission: MissionId) -> impl Iterator<Item = &Finding> {
        let theirs = self.people.iter().filter(move |conflicts| conflicts.person == person);
        theirs.flat_map(|conflicts| &conflicts.findings).filter(move |finding| finding.shifts.contains(&mission.0))
    }

    /// What was overruled of one person's mission.
    pub fn overruled(&self, person: CrewMemberId, mission: MissionId) -> impl Iterator<Item = &(Finding, Override)> {
        let theirs = self.people.iter().filter(move |conflicts| conflicts.person == person);
        theirs.flat_map(|conflicts| &conflicts.overruled).filter(move |(finding, _)| finding.shifts.contains(&mission.0))
    }

    /// What keeps somebody from being told of a mission. Two missions at once only do when the other one is accepted: who is asked
    /// for both may choose.
    pub fn holding(&self, person: CrewMemberId, mission: MissionId) -> impl Iterator<Item = &Finding> {
        let accepted = self.people.iter().find(|conflicts| conflicts.person == person).map(|conflicts| &conflicts.accepted);
        let other = move |key: &i64| *key != mission.0 && accepted.is_some_and(|accepted| accepted.contains(&MissionId(*key)));
        self.of(person, mission).filter(move |finding| finding.kind != Kind::Overlap || finding.shifts.iter().any(other))
    }

    /// How many findings are open.
    pub fn count(&self) -> usize {
        self.people.iter().map(|conflicts| conflicts.findings.len()).sum()
    }
}

/// Checks the plan of `window` against the rules of every pack: what is assigned, and, where people have badged, what they
/// really worked. Kept until something changes in the organisation, and for a minute at most: what is over counts as it was.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn check_plan(app: &App, permit: Permit<ReadStaffing>, window: Window) -> Result<Arc<ConflictSheet>, PlanError> {
    let now = app.clock.now();
    let version = (find_version(&mut permit.read(&app.db).await?).await?, now.0 / 60_000);
    let key = format!("findings {} {} {}", permit.org(), window.first, window.last);
    if let Some(kept) = app.memo.find(&key, version) {
        return Ok(kept);
    }
    let zone = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.zone();
    let calendar = Calendar::new(&zone, window);
    let worked = find_worked(app, &permit, &calendar).await?;
    let mut read = permit.read(&app.db).await?;
    let roster = gather(&mut read, &zone, &calendar, now, &worked, None).await?;
    let sheet = check_roster(&mut read, &calendar, roster, None).await?;
    Ok(app.memo.keep(key, version, sheet))
}

/// Which of a person's missions are looked at beside one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    All,
    /// Those at another time.
    Others,
}

/// What the rules have to look at for a mission: from the week before it begins, whose rest it may end, to the Sunday of the week in
/// which it ends. A rest after it begins there.
pub fn window_of(zone: &Zone, mission: &Mission) -> Window {
    around(zone.local(mission.starts_at).date, zone.local(mission.ends_at).date)
}

/// As [`window_of`], for what begins on `first` or later and ends on `last` or sooner.
pub(super) fn around(first: Date, last: Date) -> Window {
    Window { first: monday_of(first).saturating_sub(7.days()), last: monday_of(last.max(first)).saturating_add(6.days()) }
}

/// What the rules say of one person in the weeks of a mission, as the plan is inside of a change. What was badged is left out: it
/// is for telling people what is ahead.
pub(super) async fn check_person(
    conn: &mut impl Conn,
    zone: &Zone,
    now: Instant,
    person: CrewMemberId,
    mission: &Mission,
    beside: Beside,
) -> DbResult<ConflictSheet> {
    let calendar = Calendar::new(zone, window_of(zone, mission));
    let mut roster = gather(conn, zone, &calendar, now, &[], Some(person)).await?;
    if beside == Beside::Others {
        let overlaps = |shift: &Shift| shift.start < mission.ends_at && shift.end > mission.starts_at;
        let stays = |shift: &Shift| shift.key == mission.id.0 || !overlaps(shift);
        roster.people.iter_mut().for_each(|planned| planned.shifts.retain(stays));
    }
    check_roster(conn, &calendar, roster, Some(person)).await
}

/// What the rules say of a roster, and what was overruled of it.
pub(super) async fn check_roster(
    conn: &mut impl Conn,
    calendar: &Calendar,
    roster: Roster,
    only: Option<CrewMemberId>,
) -> DbResult<ConflictSheet> {
    let span = calendar.horizon();
    let mut overrides: HashMap<CrewMemberId, Vec<Override>> = HashMap::new();
    for row in store::list_overrides(conn, span.from, span.to, only).await? {
        overrides.entry(row.crew_member_id).or_default().push(row);
    }
    let packs = packs::all();
    let mut people = Vec::new();
    for Planned { row, facts, shifts, assignments } in roster.people {
        if shifts.is_empty() {
            continue;
        }
        let found = rules::check_in(&facts, &shifts, &packs, calendar);
        if !found.is_empty() {
            let Ruled { open, overruled } = rule_out(found, overrides.get(&row.id).map_or(&[], Vec::as_slice));
            let accepted =
                shifts.iter().filter(|shift| shift.state == State::Accepted).map(|shift| MissionId(shift.key)).collect();
            people.push(Conflicts { person: row.id, name: row.name, findings: open, overruled, assignments, accepted });
        }
    }
    Ok(ConflictSheet { people, titles: roster.titles })
}
