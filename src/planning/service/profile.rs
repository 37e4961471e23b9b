use super::rates::set_rate_in;
use crate::access::{Conn, Permit};
use crate::audit::{self, Event};
use crate::kernel::CrewMemberId;
use crate::orgs::CrewMember;
use crate::orgs::service::{find_crew_member_in, find_org};
use crate::planning::profiles::{NewProfile, Profile, check_profile};
use crate::planning::rates::{CheckedRate, NewRate, check_rate};
use crate::planning::{ManageProfiles, ManageRates, PlanError, ReadMyProfile, ReadProfiles, store};
use crate::platform::App;

pub(super) async fn find(conn: &mut impl Conn, person: CrewMemberId) -> Result<Profile, PlanError> {
    let name = find_crew_member_in(conn, person).await?.ok_or(PlanError::NotFound)?.name;
    let terms = store::find_terms(conn, person).await?.ok_or(PlanError::NotFound)?;
    let skills = store::list_skill_levels(conn, person).await?;
    let rates = store::list_rates(conn, person).await?;
    Ok(Profile { person, name, terms, skills, rates })
}

/// What a person can do, how they are employed, and what they cost.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn get_profile(app: &App, permit: Permit<ReadProfiles>, person: CrewMemberId) -> Result<Profile, PlanError> {
    find(&mut permit.read(&app.db).await?, person).await
}

/// One's own profile.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn get_my_profile(app: &App, permit: Permit<ReadMyProfile>, me: &CrewMember) -> Result<Profile, PlanError> {
    find(&mut permit.read(&app.db).await?, me.id).await
}

/// Writes a profile over the one before, which must still be at `version` where one is named. Rates that are given count from today, unless they say another day; those that are
/// not given stay.
///
/// Permission: manager. Audit: `profile.changed`, and `rate.set` for each rate.
///
/// # Errors
/// Every wrong field; [`PlanError::NotFound`]; [`PlanError::Stale`] when somebody else was faster.
pub async fn change_profile(
    app: &App,
    permit: Permit<ManageProfiles>,
    _paying: Permit<ManageRates>,
    person: CrewMemberId,
    version: Option<i64>,
    new: &NewProfile,
    rates: &[NewRate],
) -> Result<Profile, PlanError> {
    let org = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?;
    let today = org.zone().local(app.clock.now()).date;
    let mut tx = audit::begin(app, &permit).await?;
    let before = store::find_terms(&mut tx, person).await?.ok_or(PlanError::NotFound)?;
    let checked = check_profile(new, &before, today);
    let checked_rates: Result<Vec<CheckedRate>, _> = rates.iter().map(|rate| check_rate(rate, today)).collect();
    let (checked, checked_rates) = match (checked, checked_rates) {
        (Ok(checked), Ok(rates)) => (checked, rates),
        (checked, rates) => {
            let problems = checked.err().into_iter().chain(rates.err()).flatten();
            return Err(PlanError::Fields(problems.collect()));
        }
    };
    if !store::change_profile(&mut tx, person, version.unwrap_or(before.version), &checked).await? {
        return Err(PlanError::Stale);
    }
    let skills = checked.skills.iter().map(|skill| skill.name.as_str()).collect::<Vec<_>>().join(", ");
    let changed = Event::new("profile.changed", person.into()).with("employment", checked.employment.code());
    // The audit forgets nothing: a date of birth is not told to it.
    let standings = checked.standings.iter().map(|standing| standing.code()).collect::<Vec<_>>().join(", ");
    let mut events = vec![changed.with("standings", standings).with("skills", skills)];
    for rate in &checked_rates {
        events.push(set_rate_in(&mut tx, person, rate).await?.1);
    }
    let profile = find(&mut tx, person).await?;
    tx.commit_all(events).await?;
    Ok(profile)
}
