use crate::access::{Action, Permit};
use crate::audit::{self, Event};
use crate::kernel::zone::{Zone, parse_date, parse_local};
use crate::kernel::{AvailabilityId, CrewMemberId, Instant};
use crate::orgs::CrewMember;
use crate::orgs::service::{find_crew_member_in, find_org};
use crate::planning::store::{self, AvailabilityFilter, AvailabilityValues};
use crate::planning::{
    Availability, AvailabilityKind, AvailabilityStatus, DecideAvailability, DeclareAvailability, NewAvailability, PlanError,
    ReadAvailability, ReadMyMissions, ReadMyProfile,
};
use crate::platform::App;

/// Longest time at once, in days.
const LONGEST_DAYS: i64 = 366;
/// Keeps two approvals for one person from passing each other (PostgreSQL).
const DECIDE_LOCK: i64 = 0x0054_4F46_4600_0000;

struct Checked {
    kind: AvailabilityKind,
    starts_at: Instant,
    ends_at: Instant,
    every_weeks: i64,
    until_at: Option<Instant>,
    note: String,
}

fn check(new: &NewAvailability, zone: &Zone) -> Result<Checked, PlanError> {
    let mut problems = Vec::new();
    let kind = AvailabilityKind::parse(&new.kind);
    let (starts, ends) = (parse_local(new.starts_at.trim(), zone), parse_local(new.ends_at.trim(), zone));
    let until = match new.until.trim() {
        "" => Ok(None),
        text => parse_date(text).map(|date| Some(zone.span_of(date, date).1)).ok_or(()),
    };
    let note: String = new.note.trim().chars().take(255).collect();
    let mut wrong = |wrong: bool, field, code| {
        if wrong {
            problems.push((field, code));
        }
    };
    wrong(kind.is_none(), "kind", "status.unknown");
    wrong(starts.is_none(), "starts_at", "date.invalid");
    wrong(ends.is_none(), "ends_at", "date.invalid");
    wrong(until.is_err(), "until", "date.invalid");
    wrong(!(0..=8).contains(&new.every_weeks), "every_weeks", "list.length");
    if let (Some(starts), Some(ends)) = (starts, ends) {
        wrong(ends <= starts, "ends_at", "time.order");
        let longest = if new.every_weeks > 0 { new.every_weeks * 7 } else { LONGEST_DAYS };
        wrong(ends.minutes_since(starts) > longest * 24 * 60, "ends_at", "time.too_long");
    }
    match (kind, starts, ends, until, problems.is_empty()) {
        (Some(kind), Some(starts_at), Some(ends_at), Ok(until_at), true) => {
            Ok(Checked { kind, starts_at, ends_at, every_weeks: new.every_weeks, until_at, note })
        }
        _ => Err(PlanError::Fields(problems)),
    }
}

async fn insert<A: Action>(
    app: &App,
    permit: &Permit<A>,
    person: CrewMemberId,
    new: &NewAvailability,
    decided: bool,
) -> Result<AvailabilityId, PlanError> {
    let org = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?;
    let checked = check(new, &org.zone())?;
    // What people say of themselves stands; time off is asked for.
    let waits = checked.kind == AvailabilityKind::TimeOff && !decided;
    let status = if waits { AvailabilityStatus::Pending } else { AvailabilityStatus::Approved };
    let mut tx = audit::begin(app, permit).await?;
    let name = find_crew_member_in(&mut tx, person).await?.ok_or(PlanError::NotFound)?.name;
    let now = tx.now();
    let values = AvailabilityValues {
        person,
        kind: checked.kind,
        status,
        starts_at: checked.starts_at,
        ends_at: checked.ends_at,
        every_weeks: checked.every_weeks,
        until_at: checked.until_at,
        note: &checked.note,
        now,
    };
    if checked.kind == AvailabilityKind::TimeOff && !waits {
        tx.lock(DECIDE_LOCK + person.0).await?;
        let none = AvailabilityId(0);
        if store::count_approved_overlaps(&mut tx, person, none, checked.starts_at, checked.ends_at).await? > 0 {
            return Err(PlanError::SlotTaken);
        }
    }
    let id = store::insert_availability(&mut tx, &values).await?;
    let event = Event::new("availability.declared", id.into()).with("kind", checked.kind.code()).with("person", name);
    tx.commit(event).await?;
    Ok(id)
}

/// Says when one can work or not, or asks for time off.
///
/// Permission: any member, for themselves. Audit: `availability.declared`.
///
/// # Errors
/// Every wrong field.
pub async fn declare(
    app: &App,
    permit: Permit<DeclareAvailability>,
    me: &CrewMember,
    new: &NewAvailability,
) -> Result<AvailabilityId, PlanError> {
    insert(app, &permit, me.id, new, false).await
}

/// Says for somebody when they can work; `pending` leaves time off to be decided.
///
/// Permission: manager. Audit: `availability.declared`.
///
/// # Errors
/// Every wrong field; [`PlanError::NotFound`]; [`PlanError::SlotTaken`].
pub async fn declare_for(
    app: &App,
    permit: Permit<DecideAvailability>,
    person: CrewMemberId,
    new: &NewAvailability,
    pending: bool,
) -> Result<AvailabilityId, PlanError> {
    insert(app, &permit, person, new, !pending).await
}

/// One's own times from now on, what comes again included.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_mine(app: &App, permit: Permit<ReadMyMissions>, me: &CrewMember) -> Result<Vec<Availability>, PlanError> {
    let filter =
        AvailabilityFilter { person: Some(me.id), from: Some(app.clock.now()), limit: 200, ..AvailabilityFilter::default() };
    Ok(store::list_availabilities(&mut permit.read(&app.db).await?, &filter).await?)
}

/// When people can work, by beginning.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_availabilities(
    app: &App,
    permit: Permit<ReadAvailability>,
    filter: &AvailabilityFilter,
) -> Result<Vec<Availability>, PlanError> {
    Ok(store::list_availabilities(&mut permit.read(&app.db).await?, filter).await?)
}

/// One's own times, by beginning.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_availabilities(
    app: &App,
    permit: Permit<ReadMyProfile>,
    me: &CrewMember,
    filter: AvailabilityFilter,
) -> Result<Vec<Availability>, PlanError> {
    let filter = AvailabilityFilter { person: Some(me.id), ..filter };
    Ok(store::list_availabilities(&mut permit.read(&app.db).await?, &filter).await?)
}

/// One time of somebody's.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn get_availability(
    app: &App,
    permit: Permit<ReadAvailability>,
    id: AvailabilityId,
) -> Result<Availability, PlanError> {
    store::find_availability(&mut permit.read(&app.db).await?, id).await?.ok_or(PlanError::NotFound)
}

/// One of one's own times.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// [`PlanError::NotFound`].
pub async fn get_my_availability(
    app: &App,
    permit: Permit<ReadMyProfile>,
    me: &CrewMember,
    id: AvailabilityId,
) -> Result<Availability, PlanError> {
    let found = store::find_availability(&mut permit.read(&app.db).await?, id).await?;
    found.filter(|slot| slot.crew_member_id == me.id).ok_or(PlanError::NotFound)
}

/// Agrees to time off, or not; or takes back what was agreed to, as long as it is not over. Its person sees it where they asked.
/// `shown` is how it stood on the page where somebody decided, so that a refusal does not undo what a colleague has agreed to since.
///
/// Permission: manager. Audit: `availability.approved`, `availability.rejected`, `availability.revoked`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::SlotTaken`] when it overlaps approved time off, itself included; [`PlanError::State`] for
/// what was refused, is over, was no time off, or stands otherwise by now.
pub async fn decide(
    app: &App,
    permit: Permit<DecideAvailability>,
    id: AvailabilityId,
    approve: bool,
    shown: Option<AvailabilityStatus>,
) -> Result<Availability, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let slot = store::find_availability(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    if shown.is_some_and(|shown| shown != slot.status) {
        return Err(PlanError::State);
    }
    tx.lock(DECIDE_LOCK + slot.crew_member_id.0).await?;
    let now = tx.now();
    let but = if slot.status == AvailabilityStatus::Approved { AvailabilityId(0) } else { id };
    if approve && store::count_approved_overlaps(&mut tx, slot.crew_member_id, but, slot.starts_at, slot.ends_at).await? > 0 {
        return Err(PlanError::SlotTaken);
    }
    let status = if approve { AvailabilityStatus::Approved } else { AvailabilityStatus::Rejected };
    let was_granted = slot.status == AvailabilityStatus::Approved;
    let may = match slot.status {
        AvailabilityStatus::Pending => true,
        // What people say of themselves is not a manager's to take back.
        AvailabilityStatus::Approved => !approve && slot.kind == AvailabilityKind::TimeOff && slot.is_ahead(now),
        AvailabilityStatus::Rejected => false,
    };
    if !may || !store::decide_availability(&mut tx, &slot, status, now).await? {
        return Err(PlanError::State);
    }
    let action = match (approve, was_granted) {
        (true, _) => "availability.approved",
        (false, false) => "availability.rejected",
        (false, true) => "availability.revoked",
    };
    let event = Event::new(action, id.into());
    let person = find_crew_member_in(&mut tx, slot.crew_member_id).await?.map(|person| person.name).unwrap_or_default();
    tx.commit(event.with("person", person)).await?;
    Ok(Availability { status, decided_at: Some(now), ..slot })
}

/// Takes back what one has said of one's own time. Approved time off stays; a manager takes it back.
///
/// Permission: any member, for themselves. Audit: `availability.withdrawn`.
///
/// # Errors
/// [`PlanError::NotFound`], [`PlanError::State`].
pub async fn withdraw(
    app: &App,
    permit: Permit<DeclareAvailability>,
    me: &CrewMember,
    id: AvailabilityId,
) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let found = store::find_availability(&mut tx, id).await?;
    let slot = found.filter(|slot| slot.crew_member_id == me.id).ok_or(PlanError::NotFound)?;
    if slot.kind == AvailabilityKind::TimeOff && slot.status == AvailabilityStatus::Approved {
        return Err(PlanError::State);
    }
    if !store::delete_availability(&mut tx, id).await? {
        return Err(PlanError::NotFound);
    }
    Ok(tx.commit(Event::new("availability.withdrawn", id.into())).await?)
}
