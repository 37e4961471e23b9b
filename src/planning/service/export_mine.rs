use super::profile::find;
use super::read::with_missions;
use crate::access::Permit;
use crate::kernel::AssignmentId;
use crate::orgs::CrewMember;
use crate::planning::profiles::Profile;
use crate::planning::store::{self, AvailabilityFilter};
use crate::planning::{Availability, MyMission, PlanError, ReadMyProfile};
use crate::platform::App;

/// Times that are read at once.
const PORTION: i64 = 500;

/// All that this room knows of a person and has told them.
pub struct Known {
    /// How they are employed, what they can do, what they are paid.
    pub profile: Profile,
    /// By beginning, with what they answered.
    pub missions: Vec<MyMission>,
    /// When they can work, and time off, by beginning.
    pub availabilities: Vec<Availability>,
}

/// Everything that is known of the member who asks (GDPR 15 and 20), however long ago it was. Drafts are the manager's own.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn export_mine(app: &App, permit: Permit<ReadMyProfile>, me: &CrewMember) -> Result<Known, PlanError> {
    let mut read = permit.read(&app.db).await?;
    let profile = find(&mut read, me.id).await?;
    let (mut missions, mut before) = (Vec::new(), AssignmentId(i64::MAX));
    loop {
        let told = store::list_told_assignments_before(&mut read, me.id, before).await?;
        let Some(last) = told.last() else { break };
        before = last.id;
        missions.extend(with_missions(&mut read, told).await?);
    }
    missions.sort_by_key(|mine| (mine.mission.starts_at, mine.mission.id));
    let mut availabilities: Vec<Availability> = Vec::new();
    loop {
        let after = availabilities.last().map(|said| (said.starts_at, said.id));
        let filter = AvailabilityFilter { person: Some(me.id), after, limit: PORTION, ..AvailabilityFilter::default() };
        let said = store::list_availabilities(&mut read, &filter).await?;
        if said.is_empty() {
            break;
        }
        availabilities.extend(said);
    }
    Ok(Known { profile, missions, availabilities })
}
