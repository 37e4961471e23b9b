//! What the rules need to know of people and their shifts, read at once.

use crate::access::{Action, Conn, Permit, permit};
use crate::kernel::zone::{Zone, parse_date};
use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId};
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

/// Everybody, and what their missions are called.
pub(super) struct Roster {
    pub people: Vec<Planned>,
    pub titles: HashMap<i64, String>,
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
    let mut skills: HashMap<CrewMemberId, Vec<Skill>> = HashMap::new();
    for row in store::list_people_skills(conn, only).await? {
        let until = row.expires_on.as_deref().and_then(parse_date);
        skills.entry(row.crew_member_id).or_default().push(Skill { name: row.skill, level: row.level, until });
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
        let badged = mine.iter().any(|s| s.state == State::Worked && s.start < row.ends_at && s.end > row.starts_at);
        // What is over and was badged counts as it was, not as it was meant.
        if !badged || row.ends_at > now {
            mine.push(planned_shift(&row));
        }
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
    Ok(Roster { people: planned.collect(), titles })
}

const fn real_shift(key: i64, real: &Worked) -> Shift {
    Shift {
        key,
        start: real.start,
        end: real.end,
        break_minutes: real.break_minutes,
        state: State::Worked,
        phase: None,
        project: None,
        needs: Vec::new(),
    }
}

fn planned_shift(row: &ShiftRow) -> Shift {
    let day = |text: &Option<String>| text.as_deref().and_then(parse_date);
    let is_accepted = AssignmentStatus::parse(&row.status) == Some(AssignmentStatus::Accepted);
    let needs = row.skill.clone().map(|skill| Need { skill, level: row.min_level.unwrap_or(1) });
    Shift {
        key: row.mission_id.0,
        start: row.starts_at,
        end: row.ends_at,
        break_minutes: row.break_minutes,
        state: if is_accepted { State::Accepted } else { State::Assigned },
        phase: None,
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
        employment,
        ..Person::default()
    }
}
