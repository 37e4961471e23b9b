use crate::access::Permit;
use crate::kernel::zone::Zone;
use crate::kernel::{CrewMemberId, Instant, MissionId, ProjectId};
use crate::orgs::service::find_org;
use crate::planning::cost::{Work, costs_of};
use crate::planning::rates::Rate;
use crate::planning::store::ShiftRow;
use crate::planning::{PlanError, ReadRates, store};
use crate::platform::App;
use std::collections::HashMap;

/// What somebody's place on a mission costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceCost {
    pub mission: MissionId,
    pub project: Option<ProjectId>,
    pub person: CrewMemberId,
    pub starts_at: Instant,
    /// Minutes of work.
    pub minutes: i64,
    /// `None` when the person has no rate that day.
    pub cents: Option<i64>,
}

/// A sum of costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub cents: i64,
    /// How many places are in the sum.
    pub places: i64,
    /// How many are not, for want of a rate.
    pub unknown: i64,
}

impl Cost {
    /// Adds up.
    pub fn of<'a>(places: impl Iterator<Item = &'a PlaceCost>) -> Self {
        places.fold(Self::default(), |sum, place| match place.cents {
            Some(cents) => Self { cents: sum.cents + cents, places: sum.places + 1, ..sum },
            None => Self { unknown: sum.unknown + 1, ..sum },
        })
    }
}

/// What the plan of a time costs, drafts included, place by place: the missions that begin in `[from, to)`.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn cost_plan(app: &App, permit: Permit<ReadRates>, from: Instant, to: Instant) -> Result<Vec<PlaceCost>, PlanError> {
    let zone = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.zone();
    let mut read = permit.read(&app.db).await?;
    let rates = store::list_all_rates(&mut read).await?;
    let mut costs = Vec::new();
    // A daily rate is shared among all missions of its day: whole days are read, a month at once.
    let (mut first, last) = (zone.local(from).date, zone.local(to).date);
    while first <= last {
        let (begins, ends) = zone.span_of(first, first.last_of_month().min(last));
        let mut rows = store::list_shifts(&mut read, begins, ends, None).await?;
        // What has begun before is of the month before.
        rows.retain(|row| row.starts_at >= begins);
        cost_places(rows, &rates, &zone, &mut costs);
        let Ok(next) = first.last_of_month().tomorrow() else { break };
        first = next;
    }
    costs.retain(|place| place.starts_at >= from && place.starts_at < to);
    costs.sort_by_key(|place| (place.starts_at, place.mission, place.person));
    Ok(costs)
}

/// What these places cost, which are all of their days.
fn cost_places(rows: Vec<ShiftRow>, rates: &HashMap<CrewMemberId, Vec<Rate>>, zone: &Zone, costs: &mut Vec<PlaceCost>) {
    let mut by_person: HashMap<CrewMemberId, Vec<ShiftRow>> = HashMap::new();
    for row in rows {
        by_person.entry(row.crew_member_id).or_default().push(row);
    }
    for (person, rows) in by_person {
        let work = |row: &ShiftRow| Work { start: row.starts_at, end: row.ends_at, break_minutes: row.break_minutes };
        let works: Vec<Work> = rows.iter().map(work).collect();
        let of_person = costs_of(&works, rates.get(&person).map_or(&[], Vec::as_slice), zone);
        for ((row, work), cents) in rows.iter().zip(&works).zip(of_person) {
            let (mission, project, starts_at) = (row.mission_id, row.project_id, row.starts_at);
            costs.push(PlaceCost { mission, project, person, starts_at, minutes: work.minutes(), cents });
        }
    }
}

/// What a mission costs.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn cost_mission(app: &App, permit: Permit<ReadRates>, id: MissionId) -> Result<Cost, PlanError> {
    let mission = store::find_mission(&mut permit.read(&app.db).await?, id).await?.ok_or(PlanError::NotFound)?;
    let places = cost_plan(app, permit, mission.starts_at, mission.starts_at.plus_minutes(1)).await?;
    Ok(Cost::of(places.iter().filter(|place| place.mission == id)))
}

/// What a project costs from its first mission to its last.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn cost_project(app: &App, permit: Permit<ReadRates>, id: ProjectId) -> Result<Cost, PlanError> {
    let Some((first, last)) = store::find_project_span(&mut permit.read(&app.db).await?, id).await? else {
        return Ok(Cost::default());
    };
    let places = cost_plan(app, permit, first, last.plus_minutes(1)).await?;
    Ok(Cost::of(places.iter().filter(|place| place.project == Some(id))))
}
