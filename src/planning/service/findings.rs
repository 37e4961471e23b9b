use super::read::sheets_of;
use crate::access::Permit;
use crate::kernel::zone::{Zone, parse_date};
use crate::kernel::{CrewMemberId, Instant, MissionId};
use crate::orgs::service::find_org;
use crate::planning::rules::{self, Calendar, Employment, Finding, Person, Shift, Skill, Span, State, Window, packs};
use crate::planning::store::{self, AvailabilityFilter};
use crate::planning::{
    AssignmentStatus, Availability, AvailabilityKind, AvailabilityStatus, MissionFilter, PlanError, ReadStaffing,
};
use crate::platform::App;
use std::collections::HashMap;

/// Most missions that are looked at: fourteen weeks of a very large house.
const MOST: i64 = 20_000;

/// Time that somebody has really worked.
#[derive(Clone, Copy, Debug)]
pub struct Worked {
    pub person: CrewMemberId,
    pub start: Instant,
    pub end: Instant,
    pub break_minutes: i64,
}

/// What the rules say of one person.
#[derive(Clone, Debug)]
pub struct Conflicts {
    pub person: CrewMemberId,
    pub name: String,
    pub findings: Vec<Finding>,
}

/// The findings of all people in a window, and the titles of the missions they name; shifts are called by their mission's
/// number, real punches by negative ones.
#[derive(Clone, Debug, Default)]
pub struct ConflictSheet {
    pub people: Vec<Conflicts>,
    pub titles: HashMap<i64, String>,
}

impl ConflictSheet {
    /// What is said of one person's mission.
    pub fn of(&self, person: CrewMemberId, mission: MissionId) -> impl Iterator<Item = &Finding> {
        let theirs = self.people.iter().filter(move |conflicts| conflicts.person == person);
        theirs.flat_map(|conflicts| &conflicts.findings).filter(move |finding| finding.shifts.contains(&mission.0))
    }

    /// How many findings there are.
    pub fn count(&self) -> usize {
        self.people.iter().map(|conflicts| conflicts.findings.len()).sum()
    }
}

/// Checks the plan of `window` against the rules of every pack: what is assigned, and, where people have badged, what they
/// really worked (`worked`, which the caller may read).
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn check_plan(
    app: &App,
    permit: Permit<ReadStaffing>,
    window: Window,
    worked: &[Worked],
) -> Result<ConflictSheet, PlanError> {
    let zone = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.zone();
    let calendar = Calendar::new(&zone, window);
    let horizon = calendar.horizon();
    let mut read = permit.read(&app.db).await?;
    let filter = MissionFilter { from: Some(horizon.from), to: Some(horizon.to), limit: MOST, ..MissionFilter::default() };
    let missions = store::list_missions(&mut read, &filter).await?;
    let sheets = sheets_of(&mut read, missions).await?;
    let filter = AvailabilityFilter {
        status: Some(AvailabilityStatus::Approved),
        from: Some(horizon.from),
        to: Some(horizon.to),
        limit: MOST,
        ..AvailabilityFilter::default()
    };
    let slots = store::list_availabilities(&mut read, &filter).await?;
    let mut projects = HashMap::new();
    for id in sheets.iter().filter_map(|sheet| sheet.mission.project_id) {
        if let std::collections::hash_map::Entry::Vacant(place) = projects.entry(id) {
            let dates = store::find_project(&mut read, id).await?.and_then(|project| project.starts_on.zip(project.ends_on));
            place.insert(dates);
        }
    }
    let people = store::list_people(&mut read).await?;
    let mut skills: HashMap<CrewMemberId, Vec<Skill>> = HashMap::new();
    for row in store::list_people_skills(&mut read).await? {
        let until = row.expires_on.as_deref().and_then(parse_date);
        skills.entry(row.crew_member_id).or_default().push(Skill { name: row.skill, level: row.level, until });
    }
    drop(read);

    let mut shifts: HashMap<CrewMemberId, Vec<Shift>> = HashMap::new();
    for (n, real) in worked.iter().enumerate() {
        let key = -1 - i64::try_from(n).unwrap_or(0);
        let shift = Shift {
            key,
            start: real.start,
            end: real.end,
            break_minutes: real.break_minutes,
            state: State::Worked,
            phase: None,
            project: None,
            needs: Vec::new(),
        };
        shifts.entry(real.person).or_default().push(shift);
    }
    let now = app.clock.now();
    for sheet in &sheets {
        let mission = &sheet.mission;
        for assignment in sheet.assignments.iter().filter(|assignment| assignment.status.is_active()) {
            let mine = shifts.entry(assignment.crew_member_id).or_default();
            let badged = mine.iter().any(|s| s.state == State::Worked && s.start < mission.ends_at && s.end > mission.starts_at);
            // What is over and was badged counts as it was, not as it was meant.
            if badged && mission.ends_at <= now {
                continue;
            }
            let need = sheet.needs.iter().find(|need| Some(need.id) == assignment.need_id);
            let needs = need.and_then(|need| need.skill.clone().map(|skill| rules::Need { skill, level: need.min_level }));
            mine.push(Shift {
                key: mission.id.0,
                start: mission.starts_at,
                end: mission.ends_at,
                break_minutes: mission.break_minutes,
                state: if assignment.status == AssignmentStatus::Accepted { State::Accepted } else { State::Assigned },
                phase: None,
                project: mission.project_id.and_then(|id| projects.get(&id).copied().flatten()),
                needs: needs.into_iter().collect(),
            });
        }
    }
    let packs = packs::all();
    let mut found = Vec::new();
    for row in people {
        let Some(shifts) = shifts.get(&row.id) else { continue };
        let person = facts_of(&row, skills.remove(&row.id).unwrap_or_default(), &slots, horizon, &zone);
        let findings = rules::check_in(&person, shifts, &packs, &calendar);
        if !findings.is_empty() {
            found.push(Conflicts { person: row.id, name: row.name, findings });
        }
    }
    let titles = sheets.into_iter().map(|sheet| (sheet.mission.id.0, sheet.mission.title)).collect();
    Ok(ConflictSheet { people: found, titles })
}

/// What the rules need to know of a person.
fn facts_of(row: &store::PersonRow, skills: Vec<Skill>, slots: &[Availability], horizon: Span, zone: &Zone) -> Person {
    let spans = |wanted: AvailabilityKind| {
        let theirs = slots.iter().filter(move |slot| slot.crew_member_id == row.id && slot.kind == wanted);
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
