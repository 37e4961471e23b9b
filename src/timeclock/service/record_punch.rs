use super::hours::minutes_today;
use crate::access::{Actor, Conn, Permit, Who};
use crate::audit::{self, Event, Subject};
use crate::kernel::{Drift, Instant, KioskId, PunchId};
use crate::orgs::service::find_org;
use crate::platform::App;
use crate::platform::db::{DbError, OnUnique};
use crate::platform::secret::fingerprint;
use crate::timeclock::rules::{Decision, LastPunch, decide, state_after};
use crate::timeclock::store::{self, BadgeRow, PunchValues};
use crate::timeclock::{Presence, PunchError, PunchKind, Receipt, RecordPunch, Scan};

/// Records one scan of a badge. Repeated with the same key it records nothing and gives the first receipt.
///
/// Permission: a kiosk. Audit: `punch.recorded`, or `punch.refused` with the reason.
///
/// # Errors
/// Why nothing was recorded.
pub async fn record_punch(app: &App, permit: Permit<RecordPunch>, scan: Scan) -> Result<Receipt, PunchError> {
    let actor = permit.actor().clone();
    let result = record(app, permit, scan).await;
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

async fn record(app: &App, permit: Permit<RecordPunch>, scan: Scan) -> Result<Receipt, PunchError> {
    // Wedge scanners may type in lower case and end with a line break.
    let code = scan.code.trim().to_uppercase();
    if code.len() != 24 || base45::decode(&code).is_err() {
        return Err(PunchError::Malformed);
    }
    let code_hash = fingerprint(&code);
    let key = scan.key.as_deref().unwrap_or(&code_hash);
    let kiosk = kiosk_of(permit.actor());
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let badge = store::find_badge(&mut tx, &code_hash).await?.ok_or(PunchError::UnknownBadge)?;
    if badge.org_id != tx.org() {
        return Err(PunchError::OtherOrg);
    }
    if badge.consumed_at.is_some() {
        return repeated(app, &mut tx, scan.key.as_deref(), badge).await;
    }
    check(&badge, scan.shown_at, now)?;
    tx.lock(badge.crew_member_id.0).await?;
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
    if !store::consume_badge(&mut tx, badge.id, kiosk.unwrap_or(KioskId(0)), now).await? {
        return Err(PunchError::AlreadyUsed);
    }
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
    receipt(app, badge, punch, kind, now, since, false).await
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
async fn repeated(app: &App, tx: &mut audit::Tx, key: Option<&str>, badge: BadgeRow) -> Result<Receipt, PunchError> {
    let Some(key) = key else { return Err(PunchError::AlreadyUsed) };
    let recorded = store::find_punch_by_key(tx, key).await?.filter(|punch| punch.crew_member_id == badge.crew_member_id);
    let recorded = recorded.ok_or(PunchError::AlreadyUsed)?;
    receipt(app, badge, recorded.id, store::kind_of(&recorded.kind), recorded.at, None, true).await
}

async fn receipt(
    app: &App,
    badge: BadgeRow,
    punch: PunchId,
    kind: PunchKind,
    at: Instant,
    since: Option<Instant>,
    repeated: bool,
) -> Result<Receipt, PunchError> {
    let org = find_org(app, badge.org_id).await?.ok_or(PunchError::UnknownBadge)?;
    let minutes_today = minutes_today(app, &org, badge.crew_member_id, app.clock.now()).await?;
    Ok(Receipt {
        punch,
        crew_member: badge.crew_member_id,
        device: Some(badge.device_id),
        name: badge.name,
        kind,
        at,
        since,
        minutes_today,
        repeated,
    })
}
