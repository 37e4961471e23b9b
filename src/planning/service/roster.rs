//! What the rules need to know of people and their shifts, read at once.

use crate::access::{Action, Conn, Permit, permit};
use crate::kernel::text::fold;
use crate::kernel::zone::{Zone, parse_date};
use crate::kernel::{AssignmentId, Convention, CrewMemberId, Instant, MissionId};
use crate::planning::profiles::read_birth;
use crate::planning::rules::{Calendar, Employment, Need, Person, Shift, Skill, Span, State};
use crate::planning::store::{self, AvailabilityFilter, PersonRow, ShiftRow};
use crate::planning::{AssignmentStatus, Availability, AvailabilityKind, AvailabilityStatus, PlanError};
use crate::platform::App;
use crate::platform::db::DbResult;
use crate::timeclock::ReadHours;
use crate::timeclock::service::{count_punches, list_hours};
use std::collections::HashMap;
use std::sync::Arc;

/// Most declared times that are looked at.
const MOST: i64 = 20_000;

/// Time that somebody has really worked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worked {
    person: CrewMemberId,
    start: Instant,
    end: Instant,
    break_minutes: i64,
}

/// One person with their shifts. A shift is called by its mission's number, a real one by a negative number.
pub(super) struct Planned {
    pub row: PersonRow,
    pub facts: Person,
    pub shifts: Vec<Shift>,
    /// The assignments of the planned ones, by mission.
    pub assignments: HashMap<MissionId, AssignmentId>,
}

/// Everybody, what their missions are called, and how skills are spelled.
pub(super) struct Roster {
    pub people: Vec<Planned>,
    pub titles: HashMap<i64, String>,
    pub spellings: Spellings,
}

/// One spelling for each skill: the rules compare names as they are, and people write `CACES` as well as `caces`.
#[derive(Debug, Default)]
pub(super) struct Spellings(HashMap<String, String>);

impl Spellings {
    /// The spelling of a skill, which it sets when it is the first to name it.
    fn learn(&mut self, name: &str) -> String {
        self.0.entry(fold(name)).or_insert_with(|| name.to_owned()).clone()
    }

    /// The spelling of a skill; its own when nobody has it.
    pub fn of(&self, name: &str) -> String {
        self.0.get(&fold(name)).map_or(name, String::as_str).to_owned()
    }
}

/// What people have really worked in the time that a calendar knows: kept until somebody badges again. Read it before any
/// transaction is begun.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn find_worked<A: Action>(
    app: &App,
    proof: &Permit<A>,
    calendar: &Calendar,
) -> Result<Arc<Vec<Worked>>, PlanError> {
    let span = calendar.horizon();
    if span.from > app.clock.now() {
        return Ok(Arc::default());
    }
    // Hours are the time clock's: it asks for its own proof, of the same actor.
    let proof: Permit<ReadHours> = permit(proof.actor())?;
    let version = (count_punches(app, &proof, span.from, span.to).await?, 0);
    let key = format!("worked {} {} {}", proof.org(), span.from.0, span.to.0);
    if let Some(kept) = app.memo.find(&key, version) {
        return Ok(kept);
    }
    let mut worked = Vec::new();
    for hours in &list_hours(app, proof, span.from, span.to).await? {
        for (interval, _) in &hours.intervals {
            if let Some(end) = interval.end {
                let (person, start, break_minutes) = (hours.crew_member, interval.start, interval.break_minutes);
                worked.push(Worked { person, start, end, break_minutes });
            }
        }
    }
    Ok(app.memo.keep(key, version, worked))
}

/// Everybody, or that one person, with what they are assigned to in the time that `calendar` knows, and what they have `worked`
/// where they have badged.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn gather(
    conn: &mut impl Conn,
    zone: &Zone,
    calendar: &Calendar,
    now: Instant,
    worked: &[Worked],
    only: Option<CrewMemberId>,
) -> DbResult<Roster> {
    let horizon = calendar.horizon();
    let rows = store::list_shifts(conn, horizon.from, horizon.to, only).await?;
    let filter = AvailabilityFilter {
        person: only,
        status: Some(AvailabilityStatus::Approved),
        from: Some(horizon.from),
        to: Some(horizon.to),
        limit: MOST,
        ..AvailabilityFilter::default()
    };
    let mut slots: HashMap<CrewMemberId, Vec<Availability>> = HashMap::new();
    for slot in store::list_availabilities(conn, &filter).await? {
        slots.entry(slot.crew_member_id).or_default().push(slot);
    }
    let people = store::list_people(conn, only).await?;
    let mut spellings = Spellings::default();
    let mut skills: HashMap<CrewMemberId, Vec<Skill>> = HashMap::new();
    for row in store::list_people_skills(conn, only).await? {
        let until = row.expires_on.as_deref().and_then(parse_date);
        let name = spellings.learn(&row.skill);
        skills.entry(row.crew_member_id).or_default().push(Skill { name, level: row.level, until });
    }

    let mut shifts: HashMap<CrewMemberId, Vec<Shift>> = HashMap::new();
    for (n, real) in worked.iter().enumerate() {
        shifts.entry(real.person).or_default().push(real_shift(-1 - i64::try_from(n).unwrap_or(0), real));
    }
    let mut assignments: HashMap<CrewMemberId, HashMap<MissionId, AssignmentId>> = HashMap::new();
    let mut titles = HashMap::new();
    for row in rows {
        titles.entry(row.mission_id.0).or_insert_with(|| row.title.clone());
        assignments.entry(row.crew_member_id).or_default().insert(row.mission_id, row.id);
        let mine = shifts.entry(row.crew_member_id).or_default();
        let left = left_of(planned_shift(&row, &mut spellings), mine, now);
        mine.extend(left);
    }
    let planned = people.into_iter().map(|row| {
        let theirs = slots.remove(&row.id).unwrap_or_default();
        Planned {
            facts: facts_of(&row, skills.remove(&row.id).unwrap_or_default(), &theirs, horizon, zone),
            shifts: shifts.remove(&row.id).unwrap_or_default(),
            assignments: assignments.remove(&row.id).unwrap_or_default(),
            row,
        }
    });
    Ok(Roster { people: planned.collect(), titles, spellings })
}

const fn real_shift(key: i64, real: &Worked) -> Shift {
    Shift {
        key,
        start: real.start,
        end: real.end,
        break_minutes: real.break_minutes,
        state: State::Worked,
        project: None,
        needs: Vec::new(),
    }
}

/// What is left of a planned shift beside what was badged of it: the time after, with what is left of the break. What is over and was
/// badged counts as it was, not as it was meant.
fn left_of(planned: Shift, shifts: &[Shift], now: Instant) -> Option<Shift> {
    let (start, end) = (planned.start, planned.end);
    let badged = || shifts.iter().filter(move |s| s.state == State::Worked && s.start < end && s.end > start);
    let (Some(from), Some(until)) = (badged().map(|s| s.start).min(), badged().map(|s| s.end).max()) else {
        return Some(planned);
    };
    if end <= now || until >= end {
        return None;
    }
    let at_work: i64 = badged().map(|s| s.end.minutes_since(s.start) - s.break_minutes).sum();
    let taken = (until.minutes_since(from) - at_work).max(0);
    Some(Shift { start: until, break_minutes: (planned.break_minutes - taken).max(0), ..planned })
}

fn planned_shift(row: &ShiftRow, spellings: &mut Spellings) -> Shift {
    let day = |text: &Option<String>| text.as_deref().and_then(parse_date);
    let is_accepted = AssignmentStatus::parse(&row.status) == Some(AssignmentStatus::Accepted);
    let needs = row.skill.as_deref().map(|skill| Need { skill: spellings.learn(skill), level: row.min_level.unwrap_or(1) });
    Shift {
        key: row.mission_id.0,
        start: row.starts_at,
        end: row.ends_at,
        break_minutes: row.break_minutes,
        state: if is_accepted { State::Accepted } else { State::Assigned },
        project: day(&row.starts_on).zip(day(&row.ends_on)),
        needs: needs.into_iter().collect(),
    }
}

/// What the rules need to know of a person.
fn facts_of(row: &PersonRow, skills: Vec<Skill>, slots: &[Availability], horizon: Span, zone: &Zone) -> Person {
    let spans = |wanted: AvailabilityKind| {
        let theirs = slots.iter().filter(move |slot| slot.kind == wanted);
        theirs.flat_map(|slot| slot.occurrences(horizon.from, horizon.to, zone)).map(|(from, to)| Span { from, to }).collect()
    };
    let employment = match row.employment_type.as_str() {
        "CDI" => Some(Employment::Cdi),
        "CDD" => Some(Employment::Cdd),
        "FREELANCE" => Some(Employment::Freelance),
        "INTERMITTENT" => Some(Employment::Intermittent),
        _ => None,
    };
    Person {
        skills,
        unavailable: spans(AvailabilityKind::Unavailable),
        time_off: spans(AvailabilityKind::TimeOff),
        preferred: spans(AvailabilityKind::Preferred),
        birth: row.born_on.as_deref().and_then(read_birth),
        employment,
        idcc: row.idcc.and_then(Convention::of).map(Convention::idcc),
        standings: store::standings_of(&row.standings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(state: State, hours: (i64, i64), break_minutes: i64) -> Shift {
        let at = |hour: i64| Instant(hour * 3_600_000);
        Shift { key: 1, start: at(hours.0), end: at(hours.1), break_minutes, state, project: None, needs: Vec::new() }
    }

    #[test]
    fn what_was_badged_is_not_planned_beside_itself() {
        let planned = || shift(State::Accepted, (9, 18), 60);
        let left = |badged: &[(i64, i64)], now: i64| {
            let real: Vec<Shift> = badged.iter().map(|hours| shift(State::Worked, *hours, 0)).collect();
            left_of(planned(), &real, Instant(now * 3_600_000)).map(|left| (left.start.0 / 3_600_000, left.break_minutes))
        };
        assert_eq!(left(&[], 12), Some((9, 60)), "nobody has badged");
        assert_eq!(left(&[(7, 9), (18, 19)], 12), Some((9, 60)), "that was before and after");
        assert_eq!(left(&[(9, 12)], 12), Some((12, 60)));
        assert_eq!(left(&[(8, 12), (13, 15)], 15), Some((15, 0)), "the break was taken");
        assert_eq!(left(&[(9, 18)], 17), None, "nothing is left");
        assert_eq!(left(&[(9, 12)], 18), None, "it is over, and counts as it was");
    }

    #[test]
    fn a_skill_has_one_spelling() {
        let mut spellings = Spellings::default();
        assert_eq!(spellings.learn("CACES"), "CACES");
        assert_eq!((spellings.learn("caces"), spellings.of("Caces")), ("CACES".to_owned(), "CACES".to_owned()));
        assert_eq!(spellings.of("habilitation électrique"), "habilitation électrique", "nobody has it");
    }
}
