use super::read::sheets_of;
use crate::access::Permit;
use crate::kernel::zone::monday_of;
use crate::orgs::service::find_org;
use crate::planning::figures::{WEEKS, WEEKS_BEFORE, WeekFigures};
use crate::planning::{MissionFilter, PlanError, ReadStaffing, store};
use crate::platform::App;
use jiff::ToSpan;
use jiff::civil::Date;

/// Most missions of one week.
const MOST: i64 = 5000;

/// The plan in numbers, twelve weeks around a day.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_figures(app: &App, permit: Permit<ReadStaffing>, around: Date) -> Result<Vec<WeekFigures>, PlanError> {
    let zone = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.zone();
    let first = monday_of(around).saturating_sub((7 * WEEKS_BEFORE).days());
    let mut read = permit.read(&app.db).await?;
    let mut weeks = Vec::new();
    // A week at a time: what is held at once stays small.
    for n in 0..WEEKS {
        let monday = first.saturating_add((7 * n).days());
        let (from, to) = zone.span_of(monday, monday.saturating_add(6.days()));
        let filter = MissionFilter { from: Some(from), to: Some(to), limit: MOST, ..MissionFilter::default() };
        let mut missions = store::list_missions(&mut read, &filter).await?;
        missions.retain(|mission| mission.starts_at >= from);
        weeks.push(WeekFigures::of(monday, &sheets_of(&mut read, missions).await?));
    }
    Ok(weeks)
}
