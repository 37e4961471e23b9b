use super::findings::window_of;
use super::read::find_sheet;
use super::roster::{Planned, Spellings, Worked, find_worked, gather};
use crate::access::{Conn, Permit};
use crate::kernel::zone::{Zone, monday_of};
use crate::kernel::{CrewMemberId, Instant, MissionId, NeedId};
use crate::orgs::service::find_org;
use crate::planning::cost::{Work, costs_of};
use crate::planning::ranking::{Candidate, Load, Ranked, Strain, rank};
use crate::planning::rates::Rate;
use crate::planning::rules::{self, Calendar, Kind, Need as Asks, Pack, Shift, State, packs};
use crate::planning::{Mission, MissionSheet, Need, PlanError, ReadStaffing, store};
use crate::platform::App;
use crate::platform::db::DbResult;
use jiff::ToSpan as _;
use std::collections::{HashMap, HashSet};

/// Who can fill a place of a mission.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The need; `None` for a mission that names none.
    pub need: Option<Need>,
    pub ranked: Vec<Ranked>,
}

/// Everybody who is not on a mission, in the order in which its open places would best be offered to them: need by need, the
/// wanted one alone if there is one. What people have really worked counts as it was.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn rank_candidates(
    app: &App,
    permit: Permit<ReadStaffing>,
    mission: MissionId,
    need: Option<NeedId>,
) -> Result<(MissionSheet, Vec<Candidates>), PlanError> {
    let zone = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.zone();
    let mut read = permit.read(&app.db).await?;
    let sheet = find_sheet(&mut read, mission).await?.ok_or(PlanError::NotFound)?;
    drop(read);
    let calendar = Calendar::new(&zone, window_of(&zone, &sheet.mission));
    let worked = find_worked(app, &permit, &calendar).await?;
    let mut read = permit.read(&app.db).await?;
    let needs: Vec<Option<Need>> = match need {
        Some(wanted) => vec![Some(sheet.needs.iter().find(|known| known.id == wanted).cloned().ok_or(PlanError::NotFound)?)],
        None if sheet.needs.is_empty() => vec![None],
        None => sheet.needs.iter().filter(|need| sheet.filled(need.id) < need.quota).cloned().map(Some).collect(),
    };
    let people = Field::read(&mut read, &zone, &calendar, app.clock.now(), &worked, &sheet).await?;
    let candidates = needs.into_iter().map(|need| Candidates { ranked: people.rank(need.as_ref()), need });
    Ok((sheet.clone(), candidates.collect()))
}

/// As [`rank_candidates`] for one need, inside of a change; what was badged is left out: it is for places ahead.
pub(super) async fn rank_in(
    conn: &mut impl Conn,
    zone: &Zone,
    now: Instant,
    sheet: &MissionSheet,
    need: Option<&Need>,
) -> DbResult<Vec<Ranked>> {
    let calendar = Calendar::new(zone, window_of(zone, &sheet.mission));
    Ok(Field::read(conn, zone, &calendar, now, &[], sheet).await?.rank(need))
}

/// Weeks before that of the mission in which nights, weekends and early calls are counted.
const WEEKS_OF_LOAD: i64 = 12;

/// Everybody who might do a mission, with all that the order asks about them.
struct Field<'a> {
    zone: &'a Zone,
    calendar: &'a Calendar,
    mission: &'a Mission,
    people: Vec<Planned>,
    spellings: Spellings,
    rates: HashMap<CrewMemberId, Vec<Rate>>,
    /// Who declined the mission or was taken off it.
    was_on: HashSet<CrewMemberId>,
    packs: Vec<Pack>,
    project: Option<(jiff::civil::Date, jiff::civil::Date)>,
}

impl<'a> Field<'a> {
    async fn read(
        conn: &mut impl Conn,
        zone: &'a Zone,
        calendar: &'a Calendar,
        now: Instant,
        worked: &[Worked],
        sheet: &'a MissionSheet,
    ) -> DbResult<Self> {
        let mission = &sheet.mission;
        let roster = gather(conn, zone, calendar, now, worked, None).await?;
        let is_on = |person: CrewMemberId| sheet.assignments.iter().any(|a| a.crew_member_id == person && a.status.is_active());
        let people = roster.people.into_iter().filter(|planned| !is_on(planned.row.id)).collect();
        let project = match mission.project_id {
            Some(id) => store::find_project(conn, id).await?.and_then(|project| project.starts_on.zip(project.ends_on)),
            None => None,
        };
        Ok(Self {
            zone,
            calendar,
            mission,
            people,
            spellings: roster.spellings,
            rates: store::list_all_rates(conn).await?,
            was_on: sheet.assignments.iter().filter(|a| !a.status.is_active()).map(|a| a.crew_member_id).collect(),
            packs: packs::all(),
            project,
        })
    }

    fn rank(&self, need: Option<&Need>) -> Vec<Ranked> {
        let candidates = self.people.iter().map(|planned| self.candidate(planned, need)).collect();
        rank(candidates, Strain::of(self.mission.starts_at, self.mission.ends_at, self.zone))
    }

    fn candidate(&self, planned: &Planned, need: Option<&Need>) -> Candidate {
        let mission = self.mission;
        let asks = need.and_then(|need| {
            let skill = self.spellings.of(need.skill.as_deref()?);
            Some(Asks { skill, level: need.min_level })
        });
        let level = asks.as_ref().and_then(|asks| {
            let has = planned.facts.skills.iter().filter(|skill| skill.name == asks.skill && skill.level >= asks.level);
            has.map(|skill| skill.level).max()
        });
        let proposed = Shift {
            key: mission.id.0,
            start: mission.starts_at,
            end: mission.ends_at,
            break_minutes: mission.break_minutes,
            state: State::Proposed,
            project: self.project,
            needs: asks.into_iter().collect(),
        };
        let shifts: Vec<Shift> = planned.shifts.iter().chain([&proposed]).cloned().collect();
        let mut findings = rules::check_in(&planned.facts, &shifts, &self.packs, self.calendar);
        findings.retain(|finding| finding.shifts.contains(&mission.id.0));
        if findings.iter().any(|finding| finding.kind == Kind::Overlap) {
            // Nobody does both: days and rests that count both say nothing.
            findings.retain(|finding| matches!(finding.kind, Kind::Overlap | Kind::MissingSkill | Kind::ExpiredSkill));
        }
        let monday = monday_of(self.zone.local(mission.starts_at).date);
        let (from, to) = self.zone.span_of(monday, monday.saturating_add(6.days()));
        let in_week = |shift: &&Shift| shift.start >= from && shift.start < to;
        let since = self.zone.start_of(monday.saturating_sub(WEEKS_OF_LOAD.weeks()));
        let before = |shift: &&Shift| shift.start < to && shift.start >= since;
        let covers = |from: Instant, to: Instant| from <= mission.starts_at && to >= mission.ends_at;
        Candidate {
            person: planned.row.id,
            name: planned.row.name.clone(),
            search: planned.row.search.clone(),
            findings,
            prefers: planned.facts.preferred.iter().any(|span| covers(span.from, span.to)),
            was_on: self.was_on.contains(&planned.row.id),
            level,
            week_minutes: shifts.iter().filter(in_week).map(|shift| work_of(shift).minutes()).sum(),
            load: Load::of(planned.shifts.iter().filter(before), self.zone),
            cost_cents: self.cost_of(planned, &proposed),
        }
    }

    /// What the mission would cost with this person: of a daily rate that is paid for another mission already, the share.
    fn cost_of(&self, planned: &Planned, proposed: &Shift) -> Option<i64> {
        let rates = self.rates.get(&planned.row.id)?;
        let day = self.zone.local(proposed.start).date;
        let same_day = planned.shifts.iter().filter(|shift| self.zone.local(shift.start).date == day);
        let works: Vec<Work> = [proposed].into_iter().chain(same_day).map(work_of).collect();
        costs_of(&works, rates, self.zone).first().copied().flatten()
    }
}

fn work_of(shift: &Shift) -> Work {
    Work { start: shift.start, end: shift.end, break_minutes: shift.break_minutes }
}
