//! Everything the sheet shows, read in a fixed number of statements.

use super::super::*;
use super::sight::Sight;
use crate::kernel::text::short_code;
use crate::kernel::{CrewMemberId, MissionId, ProjectId};
use crate::orgs::{CrewFilter, CrewSheet, service as orgs};
use crate::planning::rules::{Severity, Window};
use crate::planning::service::ConflictSheet;
use crate::planning::{
    Assignment, AssignmentStatus, Availability, AvailabilityFilter, AvailabilityStatus, Mission, MissionFilter, MissionSheet,
    Project, ProjectFilter, service as planning,
};
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;

/// Most missions of a sheet.
pub const MOST: i64 = 2000;

/// What is planned in a sight, and what is to be said of it.
pub struct Facts {
    pub sheets: Vec<MissionSheet>,
    pub projects: HashMap<ProjectId, Project>,
    pub crew: Vec<CrewSheet>,
    pub absences: Vec<Availability>,
    pub conflicts: Arc<ConflictSheet>,
    /// How many things a publication would tell.
    pub news: i64,
    /// How many steps the reader can undo, and do again.
    pub steps: (i64, i64),
    /// The word of the plan before all this was read: another word means that something has changed since.
    pub tag: String,
}

/// Reads it.
///
/// # Errors
/// The page that says why not.
pub async fn find_facts(member: &Member, sight: &Sight) -> Result<Facts, Refusal> {
    let app = &member.visitor.app;
    let tag = super::events::tag(member).await?;
    let refuse = |e: crate::planning::PlanError| member.refuse(e);
    let filter = MissionFilter { from: Some(sight.from), to: Some(sight.to), limit: MOST, ..MissionFilter::default() };
    let projects = ProjectFilter { limit: 500, ..ProjectFilter::default() };
    let crew = CrewFilter { limit: 500, ..CrewFilter::default() };
    let absences = AvailabilityFilter {
        status: Some(AvailabilityStatus::Approved),
        from: Some(sight.from),
        to: Some(sight.to),
        limit: MOST,
        ..AvailabilityFilter::default()
    };
    // Beside each other: a read mostly waits for the database's thread.
    let (conflicts, sheets, projects, crew, absences, off, steps) = tokio::try_join!(
        super::super::conflicts::find(member, Window { first: sight.first(), last: sight.last() }),
        async { planning::list_sheets(app, member.permit()?, &filter).await.map_err(refuse) },
        async { planning::list_projects(app, member.permit()?, &projects).await.map_err(refuse) },
        async { orgs::list_crew(app, member.permit()?, &crew).await.map_err(|e| member.refuse(e)) },
        async { planning::list_availabilities(app, member.permit()?, &absences).await.map_err(refuse) },
        async { planning::count_off(app, member.permit()?, sight.from, sight.to).await.map_err(refuse) },
        async { planning::count_steps(app, member.permit()?).await.map_err(refuse) },
    )?;
    // A publication is of what begins in its time.
    let begins = |sheet: &&MissionSheet| (sight.from..sight.to).contains(&sheet.mission.starts_at);
    let told = sheets.iter().filter(begins).flat_map(|sheet| sheet.assignments.iter().map(move |a| (sheet, a)));
    let news = i64::try_from(told.filter(|(sheet, a)| is_news(sheet, a)).count() + off).unwrap_or(0);
    let projects = projects.into_iter().map(|project| (project.id, project)).collect();
    Ok(Facts { sheets, projects, crew, absences, conflicts, news, steps, tag })
}

/// Whether a publication would tell somebody of it.
fn is_news(sheet: &MissionSheet, assignment: &Assignment) -> bool {
    assignment.status == AssignmentStatus::Draft || (assignment.status.is_active() && assignment.has_changed(&sheet.mission))
}

impl Facts {
    pub fn project(&self, mission: &Mission) -> Option<&Project> {
        mission.project_id.and_then(|id| self.projects.get(&id))
    }

    /// The colour of a mission's project.
    pub fn gel(&self, mission: &Mission) -> String {
        format!("gel-{}", self.project(mission).map_or(0, |project| project.colour))
    }

    /// Three letters of a mission's project, and a dot: `SDS · `.
    pub fn code(&self, mission: &Mission) -> String {
        let code = self.project(mission).map(|project| short_code(&project.name)).unwrap_or_default();
        if code.is_empty() { code } else { format!("{code} · ") }
    }

    /// Filled places and all places, of the missions of these days: a night of the day before is that day's.
    pub fn fill(&self, days: &[Date]) -> (i64, i64) {
        let theirs = self.sheets.iter().filter(|sheet| days.contains(&day_of(&sheet.mission)));
        theirs.map(MissionSheet::fill).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    }

    /// How bad the worst finding on somebody's mission is.
    pub fn worst(&self, person: CrewMemberId, mission: MissionId) -> Option<Severity> {
        super::super::conflicts::worst(&self.conflicts, person, mission)
    }
}

/// The day a mission begins on, by the clocks of its place.
pub fn day_of(mission: &Mission) -> Date {
    mission.zone().local(mission.starts_at).date
}

/// `08:00–18:00`, by the clocks of its place.
pub fn hours(mission: &Mission) -> String {
    let zone = mission.zone();
    format!("{}–{}", zone.local(mission.starts_at).hour_minute(), zone.local(mission.ends_at).hour_minute())
}
