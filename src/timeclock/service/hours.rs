use crate::access::{Conn, Permit};
use crate::kernel::Instant;
use crate::kernel::zone::Zone;
use crate::orgs::CrewMember;
use crate::platform::App;
use crate::timeclock::rules::{self, Interval, MAX_OPEN_MINUTES};
use crate::timeclock::store::{self, StepRow};
use crate::timeclock::{Hours, Present, PunchError, PunchFilter, PunchKind, PunchLine, ReadHours, ReadMyHours, Today};

/// Punches of anybody, newest first.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_punches(app: &App, permit: Permit<ReadHours>, filter: &PunchFilter) -> Result<Vec<PunchLine>, PunchError> {
    Ok(store::list_punches(&mut permit.read(&app.db).await?, filter).await?)
}

/// Punches of the member who asks, newest first.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn my_punches(
    app: &App,
    permit: Permit<ReadMyHours>,
    me: &CrewMember,
    limit: i64,
    offset: i64,
) -> Result<Vec<PunchLine>, PunchError> {
    let filter = PunchFilter { crew_member: Some(me.id), limit, offset, ..PunchFilter::default() };
    Ok(store::list_punches(&mut permit.read(&app.db).await?, &filter).await?)
}

/// Who is in now.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_present(app: &App, permit: Permit<ReadHours>) -> Result<Vec<Present>, PunchError> {
    let since = app.clock.now().plus_minutes(-MAX_OPEN_MINUTES);
    Ok(store::list_present(&mut permit.read(&app.db).await?, since).await?)
}

/// What the member who asks has worked today, by the clocks of `zone`, as a kiosk tells it.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn get_my_today(app: &App, permit: Permit<ReadMyHours>, zone: &Zone, me: &CrewMember) -> Result<Today, PunchError> {
    let now = app.clock.now();
    let mut read = permit.read(&app.db).await?;
    let steps = store::list_steps(&mut read, me.id, since_for_today(zone, now), now.plus_minutes(1)).await?;
    let steps: Vec<_> = steps.iter().map(|step| (store::kind_of(&step.kind), step.at)).collect();
    let running = rules::intervals(steps.iter().copied()).into_iter().find(|interval| interval.is_running(now));
    Ok(Today { minutes: minutes_today(zone, steps, now), running })
}

/// The hours of the member who asks that began in `[from, to)`.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn my_hours(
    app: &App,
    permit: Permit<ReadMyHours>,
    me: &CrewMember,
    from: Instant,
    to: Instant,
) -> Result<Hours, PunchError> {
    hours_of(&mut permit.read(&app.db).await?, me, from, to).await
}

/// The hours of one person that began in `[from, to)`.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn get_hours(
    app: &App,
    permit: Permit<ReadHours>,
    person: &CrewMember,
    from: Instant,
    to: Instant,
) -> Result<Hours, PunchError> {
    hours_of(&mut permit.read(&app.db).await?, person, from, to).await
}

/// Everybody's hours that began in `[from, to)`, by name.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_hours(app: &App, permit: Permit<ReadHours>, from: Instant, to: Instant) -> Result<Vec<Hours>, PunchError> {
    let rows = store::list_crew_steps(&mut permit.read(&app.db).await?, from, reach(to)).await?;
    let people = rows.chunk_by(|a, b| a.crew_member_id == b.crew_member_id);
    let hours = people.filter_map(|steps| {
        let first = steps.first()?;
        let intervals = began_before(of_steps(steps.iter().map(|row| row.step.clone()).collect()), to);
        let hours = Hours { crew_member: first.crew_member_id, name: first.name.clone(), job: first.job.clone(), intervals };
        (!hours.intervals.is_empty()).then_some(hours)
    });
    Ok(hours.collect())
}

/// How many punches [`list_hours`] looks at: punches are only ever added, so the hours stay the same for as long as the count
/// does. The greatest number would not do: on PostgreSQL a smaller one may be committed after it.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn count_punches(app: &App, permit: &Permit<ReadHours>, from: Instant, to: Instant) -> Result<i64, PunchError> {
    Ok(store::count_crew_steps(&mut permit.read(&app.db).await?, from, reach(to)).await?)
}

/// From when on punches count for the hours of today: what began last night may reach into it.
pub(super) fn since_for_today(zone: &Zone, now: Instant) -> Instant {
    midnight(zone, now).plus_minutes(-MAX_OPEN_MINUTES)
}

/// Minutes that somebody worked since the local midnight, a running interval included, by the punches [`since_for_today`]. A break
/// of last night is none of today's.
pub(super) fn minutes_today(zone: &Zone, steps: impl IntoIterator<Item = (PunchKind, Instant)>, now: Instant) -> i64 {
    let steps: Vec<_> = steps.into_iter().collect();
    rules::minutes_within(&steps, midnight(zone, now), now, now)
}

fn midnight(zone: &Zone, now: Instant) -> Instant {
    zone.start_of(zone.local(now).date)
}

async fn hours_of(conn: &mut impl Conn, person: &CrewMember, from: Instant, to: Instant) -> Result<Hours, PunchError> {
    let steps = store::list_steps(conn, person.id, from, reach(to)).await?;
    let intervals = began_before(of_steps(steps), to);
    Ok(Hours { crew_member: person.id, name: person.name.clone(), job: person.job.clone(), intervals })
}

/// An interval belongs to where it began: those of the last night end after `to`.
fn reach(to: Instant) -> Instant {
    to.plus_minutes(2 * MAX_OPEN_MINUTES)
}

fn began_before(intervals: Vec<(Interval, Option<String>)>, to: Instant) -> Vec<(Interval, Option<String>)> {
    intervals.into_iter().filter(|(interval, _)| interval.start < to).collect()
}

/// Intervals with the place of their entry.
fn of_steps(steps: Vec<StepRow>) -> Vec<(Interval, Option<String>)> {
    let punches: Vec<_> = steps.iter().map(|step| (store::kind_of(&step.kind), step.at)).collect();
    let entries = steps.into_iter().filter(|step| step.kind == "in").map(|step| step.place);
    rules::intervals(punches).into_iter().zip(entries).collect()
}
