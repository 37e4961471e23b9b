use crate::access::Permit;
use crate::kernel::CrewMemberId;
use crate::orgs::service::find_org;
use crate::planning::profiles::Skill;
use crate::planning::store::AvailabilityFilter;
use crate::planning::{AvailabilityKind, AvailabilityStatus, PlanError, ReadProfiles, ReadStaffing, store};
use crate::platform::App;
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap};

/// Who cannot be asked for a day: on a mission that touches it, drafts included, or away for a part of it by what they said or
/// what was granted.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_taken(app: &App, permit: Permit<ReadStaffing>, day: Date) -> Result<Vec<CrewMemberId>, PlanError> {
    let zone = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.zone();
    let (from, to) = zone.span_of(day, day);
    let mut read = permit.read(&app.db).await?;
    let mut taken: BTreeSet<CrewMemberId> = store::list_people_on_missions(&mut read, from, to).await?.into_iter().collect();
    let status = Some(AvailabilityStatus::Approved);
    let filter = AvailabilityFilter { status, from: Some(from), to: Some(to), limit: 5000, ..AvailabilityFilter::default() };
    let away = store::list_availabilities(&mut read, &filter).await?.into_iter();
    let away = away.filter(|said| matches!(said.kind, AvailabilityKind::Unavailable | AvailabilityKind::TimeOff));
    taken.extend(away.filter(|said| !said.occurrences(from, to, &zone).is_empty()).map(|said| said.crew_member_id));
    Ok(taken.into_iter().collect())
}

/// Permits whose last day is `until` or earlier, by person; those in the archive are left out.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_ending_skills(
    app: &App,
    permit: Permit<ReadProfiles>,
    until: Date,
) -> Result<HashMap<CrewMemberId, Vec<Skill>>, PlanError> {
    let mut by_person: HashMap<CrewMemberId, Vec<Skill>> = HashMap::new();
    for (person, skill) in store::list_ending_skills(&mut permit.read(&app.db).await?, until).await? {
        by_person.entry(person).or_default().push(skill);
    }
    Ok(by_person)
}
