use super::read::with_missions;
use crate::access::{Action, Conn, Permit, Read};
use crate::audit::{self, Event, Subject};
use crate::kernel::{Instant, ProjectId};
use crate::orgs::CrewMember;
use crate::orgs::service::{find_crew_member_in, find_org};
use crate::planning::calendar::{self, DAYS_AHEAD, DAYS_BACK, OFF_DAYS};
use crate::planning::{FeedAddress, FeedOf, ManageFeeds, ManageMyFeed, PlanError, ReadFeed, ReadMyMissions, ReadStaffing, store};
use crate::platform::db::OnUnique;
use crate::platform::secret::fingerprint;
use crate::platform::throttle::Rate;
use crate::platform::{App, random};

/// Addresses that are none, for each network address. Programs of many people come from one, with addresses that are.
const MISSES: Rate = Rate { burst: 60, every_ms: 2_000 };
/// Readings of one address: programs look every hour, some every few minutes.
const READINGS: Rate = Rate { burst: 60, every_ms: 5_000 };

/// The indexes that keep one working address of a person, and of a project.
const PERSON_KEY: &str = "calendar_feeds_org_id_crew_member_id_key";
const PROJECT_KEY: &str = "calendar_feeds_org_id_project_id_key";

/// Makes the calendar address of one's own missions. The one before stops working.
///
/// Permission: any member, for themselves. Audit: `calendar.made`.
///
/// # Errors
/// [`PlanError::Stale`] when two are made at once.
pub async fn make_my_feed(app: &App, permit: Permit<ManageMyFeed>, me: &CrewMember) -> Result<FeedAddress, PlanError> {
    make(app, &permit, FeedOf::Person(me.id)).await
}

/// Makes the calendar address of a project; as [`make_my_feed`].
///
/// Permission: manager. Audit: `calendar.made`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::Stale`] when two are made at once.
pub async fn make_project_feed(app: &App, permit: Permit<ManageFeeds>, project: ProjectId) -> Result<FeedAddress, PlanError> {
    make(app, &permit, FeedOf::Project(project)).await
}

async fn make<A: Action>(app: &App, permit: &Permit<A>, of: FeedOf) -> Result<FeedAddress, PlanError> {
    let mut tx = audit::begin(app, permit).await?;
    let subject = subject_of(&mut tx, of).await?;
    let (now, token) = (tx.now(), random::token::<24>());
    store::revoke_feed(&mut tx, of, now).await?;
    let key = if matches!(of, FeedOf::Person(_)) { PERSON_KEY } else { PROJECT_KEY };
    store::insert_feed(&mut tx, of, &fingerprint(&token), now).await.on_unique(key, PlanError::Stale)?;
    tx.commit(Event::new("calendar.made", subject)).await?;
    Ok(FeedAddress::new(app.link(&format!("/calendar/{token}.ics"))))
}

/// What the audit names; a refusal for what is not there.
async fn subject_of(conn: &mut impl Conn, of: FeedOf) -> Result<Subject, PlanError> {
    match of {
        FeedOf::Person(id) => find_crew_member_in(conn, id).await?.map(|person| person.id.into()),
        FeedOf::Project(id) => store::find_project(conn, id).await?.map(|project| project.id.into()),
    }
    .ok_or(PlanError::NotFound)
}

/// Ends the calendar address of one's own missions. None to end is no error.
///
/// Permission: any member, for themselves. Audit: `calendar.revoked`.
///
/// # Errors
/// When the database cannot be written.
pub async fn revoke_my_feed(app: &App, permit: Permit<ManageMyFeed>, me: &CrewMember) -> Result<(), PlanError> {
    revoke(app, &permit, FeedOf::Person(me.id)).await
}

/// Ends the calendar address of a project or of a person. None to end is no error.
///
/// Permission: manager. Audit: `calendar.revoked`.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn revoke_feed(app: &App, permit: Permit<ManageFeeds>, of: FeedOf) -> Result<(), PlanError> {
    revoke(app, &permit, of).await
}

async fn revoke<A: Action>(app: &App, permit: &Permit<A>, of: FeedOf) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, permit).await?;
    let subject = subject_of(&mut tx, of).await?;
    let now = tx.now();
    if !store::revoke_feed(&mut tx, of, now).await? {
        return Ok(());
    }
    Ok(tx.commit(Event::new("calendar.revoked", subject)).await?)
}

/// Since when one's own missions have a calendar address.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_my_feed(app: &App, permit: Permit<ReadMyMissions>, me: &CrewMember) -> Result<Option<Instant>, PlanError> {
    Ok(store::find_feed_since(&mut permit.read(&app.db).await?, FeedOf::Person(me.id)).await?)
}

/// Since when a project or a person has a calendar address.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_feed(app: &App, permit: Permit<ReadStaffing>, of: FeedOf) -> Result<Option<Instant>, PlanError> {
    Ok(store::find_feed_since(&mut permit.read(&app.db).await?, of).await?)
}

/// What a calendar address shows: to a person what they have been told, of a project its missions.
///
/// Permission: who knows the address. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`] for an address that is none; [`PlanError::TooOften`].
pub async fn read_feed(app: &App, permit: Permit<ReadFeed>, token: &str) -> Result<String, PlanError> {
    let (now, place) = (app.clock.now(), permit.actor().origin.address.as_str());
    app.throttle.take("calendar miss", place, MISSES, now).await?;
    let mark = fingerprint(token);
    let found = store::find_feed(&mut app.db.read().await?, &mark).await?;
    let (org, of) = found.ok_or(PlanError::NotFound)?;
    app.throttle.give_back("calendar miss", place, MISSES, now).await;
    app.throttle.take("calendar", &mark, READINGS, now).await?;
    let org = find_org(app, org).await?.ok_or(PlanError::NotFound)?;
    let (from, to) = (now.plus_days(-DAYS_BACK), now.plus_days(DAYS_AHEAD));
    let mut read = Read::new(app.db.read().await?, org.id);
    match of {
        FeedOf::Person(id) => {
            let person = find_crew_member_in(&mut read, id).await?.filter(|person| person.archived_at.is_none());
            let person = person.ok_or(PlanError::NotFound)?;
            let told = store::list_told_between(&mut read, id, from, to).await?;
            let missions = with_missions(&mut read, told).await?;
            Ok(calendar::write_person(&missions, &format!("{} · {}", org.name, person.name), now))
        }
        FeedOf::Project(id) => {
            let project = store::find_project(&mut read, id).await?.ok_or(PlanError::NotFound)?;
            let off_since = now.plus_days(-OFF_DAYS);
            let missions = store::list_missions_of_calendar(&mut read, id, (from, to), off_since).await?;
            Ok(calendar::write_project(&missions, &format!("{} · {}", project.name, org.name)))
        }
    }
}
