use crate::access::{Conn, Permit};
use crate::audit::{self, Event};
use crate::kernel::{CrewMemberId, RateId};
use crate::orgs::CrewMember;
use crate::orgs::service::{find_crew_member_in, find_org};
use crate::planning::rates::{CheckedRate, NewRate, Rate, check_rate};
use crate::planning::{ManageRates, PlanError, ReadMyProfile, ReadRates, store};
use crate::platform::App;

/// What a person costs, by day.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn list_rates(app: &App, permit: Permit<ReadRates>, person: CrewMemberId) -> Result<Vec<Rate>, PlanError> {
    let mut read = permit.read(&app.db).await?;
    find_crew_member_in(&mut read, person).await?.ok_or(PlanError::NotFound)?;
    Ok(store::list_rates(&mut read, person).await?)
}

/// What one is paid oneself, by day.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_rates(app: &App, permit: Permit<ReadMyProfile>, me: &CrewMember) -> Result<Vec<Rate>, PlanError> {
    Ok(store::list_rates(&mut permit.read(&app.db).await?, me.id).await?)
}

/// Sets what a person costs from a day on; the same unit and day are replaced.
///
/// Permission: manager. Audit: `rate.set`.
///
/// # Errors
/// Every wrong field; [`PlanError::NotFound`].
pub async fn set_rate(app: &App, permit: Permit<ManageRates>, person: CrewMemberId, new: &NewRate) -> Result<RateId, PlanError> {
    let org = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?;
    let today = org.zone().local(app.clock.now()).date;
    let mut tx = audit::begin(app, &permit).await?;
    find_crew_member_in(&mut tx, person).await?.ok_or(PlanError::NotFound)?;
    let checked = check_rate(new, today).map_err(PlanError::Fields)?;
    let (id, event) = set_rate_in(&mut tx, person, &checked).await?;
    tx.commit(event).await?;
    Ok(id)
}

/// Sets a rate inside of a change.
pub(super) async fn set_rate_in(
    tx: &mut impl Conn,
    person: CrewMemberId,
    rate: &CheckedRate,
) -> Result<(RateId, Event), PlanError> {
    let id = store::set_rate(tx, person, rate).await?;
    let event = Event::new("rate.set", person.into()).with("unit", rate.unit.code()).with("cents", rate.amount_cents);
    Ok((id, event.with("from", rate.from_date.to_string())))
}
