use super::hours::minutes_today;
use crate::access::{Actor, Conn, Permit, Who};
use crate::audit::{self, Event, Quiet, Subject};
use crate::kernel::zone::Zone;
use crate::kernel::{Drift, Instant, KioskId, OrgId, PunchId};
use crate::platform::App;
use crate::platform::db::{DbError, OnUnique};
use crate::platform::secret::fingerprint;
use crate::timeclock::rules::{Decision, LastPunch, decide, state_after};
use crate::timeclock::store::{self, BadgeRow, PunchValues};
use crate::timeclock::{Presence, PunchError, PunchKind, Receipt, RecordPunch, Scan};

/// Records one scan of a badge. Repeated with the same key it records nothing and gives the first receipt. `zone` is the
/// organisation's: what counts as today.
///
/// Permission: a kiosk. Audit: `punch.recorded`, or `punch.refused` with the reason.
///
/// # Errors
/// Why nothing was recorded.
pub async fn record_punch(app: &App, permit: Permit<RecordPunch>, zone: &Zone, scan: Scan) -> Result<Receipt, PunchError> {
    let actor = permit.actor().clone();
    let result = match record(app, permit, scan).await {
        Ok(recorded) => receipt(app, actor.org(), zone, recorded).await,
        Err(refused) => Err(refused),
    };
    let outcome = result.as_ref().map_or_else(PunchError::code, |receipt| receipt.kind.code());
    metrics::counter!("punches_total", "outcome" => outcome).increment(1);
    if let Err(refused) = &result
        && deserves_audit(refused)
    {
        let event = Event::new("punch.refused", Subject("punch", None)).with("reason", refused.code());
        audit::record(app, &actor, actor.org(), event).await?;
    }
    result
}

/// A picture of nothing in particular in front of the camera is no event; a code that was ours is.
const fn deserves_audit(refused: &PunchError) -> bool {
    !matches!(refused, PunchError::Malformed | PunchError::UnknownBadge | PunchError::TooSoon { .. } | PunchError::Db(_))
}

fn kiosk_of(actor: &Actor) -> Option<KioskId> {
    match actor.who {
        Who::Kiosk { kiosk, .. } => Some(kiosk),
        _ => None,
    }
}

/// A punch that is stored.
struct Recorded {
    badge: BadgeRow,
    punch: PunchId,
    kind: PunchKind,
    at: Instant,
    since: Option<Instant>,
    repeated: bool,
}

async fn record(app: &App, permit: Permit<RecordPunch>, scan: Scan) -> Result<Recorded, PunchError> {
    let code = scan.code.trim().to_ascii_uppercase();
    if code.len() != 24 || base45::decode(&code).is_err() {
        return Err(PunchError::Malformed);
    }
    let code_hash = fingerprint(&code);
    // What is no good is told without keeping the writer from those who have something to write.
    let badge = {
        let mut read = permit.read(&app.db).await?;
        let badge = find_good(&mut read, &code_hash).await?;
        if badge.consumed_at.is_some() {
            return repeated(&mut read, scan.key.as_deref(), badge).await;
        }
        badge
    };
    check(&badge, scan.shown_at, app.clock.now())?;
    let key = scan.key.as_deref().unwrap_or(&code_hash);
    let kiosk = kiosk_of(permit.actor());
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    tx.lock(badge.crew_member_id.0).await?;
    // First: of many at once, exactly one goes on.
    if !store::consume_badge(&mut tx, badge.id, kiosk.unwrap_or(KioskId(0)), now).await? {
        return lost(tx, scan.key.as_deref(), &code_hash, now).await;
    }
    let last = store::find_last_punch(&mut tx, badge.crew_member_id).await?;
    let (kind, before) = match decide(last.as_ref(), scan.wanted, now) {
        Decision::Record(kind) => (kind, last.map(|l| (l.seq, l.state))),
        Decision::LapseThenIn { lapse_at } => {
            (PunchKind::In, Some(close_forgotten(&mut tx, &badge, last.as_ref(), lapse_at, key).await?))
        }
        Decision::TooSoon(_) => return Err(PunchError::TooSoon { name: badge.name, at: last.map_or(now, |l| l.at) }),
        Decision::AlreadyIn => return Err(PunchError::AlreadyIn),
        Decision::AlreadyOut => return Err(PunchError::AlreadyOut),
    };
    let values = PunchValues {
        crew_member: badge.crew_member_id,
        last: before,
        kind,
        state: state_after(kind),
        at: now,
        now,
        kiosk,
        device: Some(badge.device_id),
        badge: Some(badge.id),
        source: scan.source,
        key,
    };
    let punch = insert(&mut tx, &values).await?;
    let event = Event::new("punch.recorded", punch.into()).with("crew_member", badge.crew_member_id.0).with("kind", kind.code());
    tx.commit(event).await?;
    let since = if kind == PunchKind::In { None } else { last.map(|l| l.opened_at) };
    Ok(Recorded { badge, punch, kind, at: now, since, repeated: false })
}

/// The badge behind a code, if it is of this organisation.
async fn find_good(conn: &mut impl Conn, code_hash: &str) -> Result<BadgeRow, PunchError> {
    let badge = store::find_badge(conn, code_hash).await?.ok_or(PunchError::UnknownBadge)?;
    if badge.org_id == conn.org() { Ok(badge) } else { Err(PunchError::OtherOrg) }
}

fn check(badge: &BadgeRow, shown_at: Option<Instant>, now: Instant) -> Result<(), PunchError> {
    if badge.device_revoked_at.is_some() {
        Err(PunchError::DeviceRevoked)
    } else if badge.archived_at.is_some() {
        Err(PunchError::Archived)
    } else if badge.expires_at <= now {
        Err(PunchError::Expired)
    } else if shown_at.is_some_and(|shown| Drift::of(shown, now) != Drift::None) {
        Err(PunchError::ClockDiffers)
    } else {
        Ok(())
    }
}

/// Writes the exit that was forgotten.
async fn close_forgotten(
    tx: &mut audit::Tx,
    badge: &BadgeRow,
    last: Option<&LastPunch>,
    at: Instant,
    key: &str,
) -> Result<(i64, Presence), PunchError> {
    let Some(last) = last else { return Err(PunchError::Raced) };
    let values = PunchValues {
        crew_member: badge.crew_member_id,
        last: Some((last.seq, last.state)),
        kind: PunchKind::Lapse,
        state: Presence::Off,
        at,
        now: tx.now(),
        kiosk: None,
        device: None,
        badge: None,
        source: "system",
        key: &format!("lapse-{key}"),
    };
    insert(tx, &values).await?;
    Ok((last.seq + 1, Presence::Off))
}

async fn insert(tx: &mut audit::Tx, values: &PunchValues<'_>) -> Result<PunchId, PunchError> {
    let inserted: Result<_, DbError> = store::insert_punch(tx, values).await;
    // Each of these says that another request of the same person or with the same key was faster.
    inserted.on_unique("punches_org_id_crew_member_id_seq_key", PunchError::Raced).map_err(|error| match error {
        PunchError::Db(DbError::Unique(_)) => PunchError::AlreadyUsed,
        other => other,
    })
}

/// A code that was used: by this very request before (its answer was lost on the way), or by somebody. Only a key chosen
/// by the caller tells the two apart.
async fn repeated(conn: &mut impl Conn, key: Option<&str>, badge: BadgeRow) -> Result<Recorded, PunchError> {
    let Some(key) = key else { return Err(PunchError::AlreadyUsed) };
    let recorded = store::find_punch_by_key(conn, key).await?.filter(|punch| punch.crew_member_id == badge.crew_member_id);
    let recorded = recorded.ok_or(PunchError::AlreadyUsed)?;
    let (punch, kind) = (recorded.id, store::kind_of(&recorded.kind));
    Ok(Recorded { badge, punch, kind, at: recorded.at, since: None, repeated: true })
}

/// A badge that was good a moment ago and is no more: another request was faster.
async fn lost(mut tx: audit::Tx, key: Option<&str>, code_hash: &str, now: Instant) -> Result<Recorded, PunchError> {
    let badge = find_good(&mut tx, code_hash).await?;
    if badge.consumed_at.is_none() {
        return Err(check(&badge, None, now).err().unwrap_or(PunchError::Raced));
    }
    let recorded = repeated(&mut tx, key, badge).await?;
    // The other one's punch may not be durable yet: what says that it is recorded waits until it is.
    tx.commit_quietly(Quiet::PunchRepeated).await?;
    Ok(recorded)
}

async fn receipt(app: &App, org: OrgId, zone: &Zone, recorded: Recorded) -> Result<Receipt, PunchError> {
    let Recorded { badge, punch, kind, at, since, repeated } = recorded;
    Ok(Receipt {
        punch,
        crew_member: badge.crew_member_id,
        device: Some(badge.device_id),
        minutes_today: minutes_today(app, org, zone, badge.crew_member_id, app.clock.now()).await?,
        name: badge.name,
        kind,
        at,
        since,
        repeated,
    })
}
