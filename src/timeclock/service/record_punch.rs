use super::hours::{minutes_today, since_for_today};
use super::scan_set::{Asked, Plan, Recorded, Refused, Sets, Written};
use crate::access::{Actor, Permit, Who};
use crate::audit::{self, Event, Subject};
use crate::kernel::zone::Zone;
use crate::kernel::{Drift, Instant, KioskId, OrgId};
use crate::platform::App;
use crate::platform::secret::fingerprint;
use crate::timeclock::rules::{Decision, decide};
use crate::timeclock::store::{self, BadgeRow, Scanned};
use crate::timeclock::{PunchError, PunchKind, Receipt, RecordPunch, Scan};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How often a badge is looked at before the scan is given up: only more punches of one person at the same moment than anybody
/// makes get that far.
const LOOKS: usize = 8;

/// The sets of each organisation.
#[derive(Default)]
struct Scans(Mutex<HashMap<OrgId, Sets>>);

/// Records one scan of a badge. Repeated with the same key it records nothing and tells of the punch that was recorded, with the
/// minutes of today as they are by now. `zone` is the organisation's: what counts as today.
///
/// Permission: a kiosk. Audit: `punch.recorded`, or `punch.refused` with the reason, and with whose code on which phone it was where
/// it is one of the organisation's.
///
/// # Errors
/// Why nothing was recorded.
pub async fn record_punch(app: &App, permit: Permit<RecordPunch>, zone: &Zone, scan: Scan) -> Result<Receipt, PunchError> {
    let actor = permit.actor().clone();
    let result = match asked(permit, zone, scan) {
        Ok(asked) => record(app, asked).await,
        Err(error) => Err(error.into()),
    };
    let outcome = result.as_ref().map_or_else(|refused| refused.error.code(), |receipt| receipt.kind.code());
    metrics::counter!("punches_total", "outcome" => outcome).increment(1);
    if let Err(refused) = &result
        && deserves_audit(&refused.error)
    {
        audit::record(app, &actor, actor.org(), event(refused)).await?;
    }
    result.map_err(|refused| refused.error)
}

fn event(refused: &Refused) -> Event {
    let reason = refused.error.code();
    let Some(holder) = refused.holder else {
        return Event::new("punch.refused", Subject("punch", None)).with("reason", reason);
    };
    let event = Event::new("punch.refused", holder.crew_member.into()).with("reason", reason);
    event.with("crew_member", holder.crew_member.0).with("device", holder.device.0)
}

/// A picture of nothing in particular in front of the camera is no event; a code that was ours is.
const fn deserves_audit(refused: &PunchError) -> bool {
    !matches!(refused, PunchError::Malformed | PunchError::UnknownBadge | PunchError::TooSoon { .. } | PunchError::Db(_))
}

fn asked(permit: Permit<RecordPunch>, zone: &Zone, scan: Scan) -> Result<Asked, PunchError> {
    let code = scan.code.trim().to_ascii_uppercase();
    if code.len() != 24 || base45::decode(&code).is_err() {
        return Err(PunchError::Malformed);
    }
    let kiosk = kiosk_of(permit.actor());
    Ok(Asked { permit, kiosk, zone: zone.clone(), code_hash: fingerprint(&code), scan })
}

fn kiosk_of(actor: &Actor) -> Option<KioskId> {
    match actor.who {
        Who::Kiosk { kiosk, .. } => Some(kiosk),
        _ => None,
    }
}

async fn record(app: &App, asked: Asked) -> Result<Receipt, Refused> {
    let sets = sets_of(app, asked.permit.org());
    let Recorded { badge, punch, kind, at, minutes_today } = record_in(app, &sets, &Arc::new(asked)).await?;
    let (crew_member, device) = (badge.crew_member_id, Some(badge.device_id));
    Ok(Receipt { punch, crew_member, device, name: badge.name, kind, at, minutes_today })
}

fn sets_of(app: &App, org: OrgId) -> Sets {
    let scans = app.shared.of(Scans::default);
    let mut all = scans.0.lock().unwrap_or_else(PoisonError::into_inner);
    all.entry(org).or_insert_with(|| Sets::new(app.config.database.batch)).clone()
}

/// Records, until nobody else was faster.
async fn record_in(app: &App, sets: &Sets, asked: &Arc<Asked>) -> Result<Recorded, Refused> {
    for _ in 0..LOOKS {
        match sets.write(app, asked.clone()).await {
            Written::Done(recorded) => return Ok(*recorded),
            Written::Used(seen) => return repeated(app, asked, *seen).await,
            Written::KeyTaken => {
                let mut read = asked.permit.read(&app.db).await?;
                let since = since_for_today(&asked.zone, app.clock.now());
                let seen = store::list_scanned(&mut read, &[&asked.code_hash], since).await?.pop();
                drop(read);
                let Some(seen) = seen else { return Err(PunchError::AlreadyUsed.into()) };
                if seen.badge.used_at.is_none() {
                    return Err(Refused::of(&seen.badge, PunchError::AlreadyUsed));
                }
                return repeated(app, asked, seen).await;
            }
            Written::Refused(refused) => return Err(refused),
            Written::Again => {}
        }
    }
    Err(PunchError::Raced.into())
}

/// What a scan of this badge records.
///
/// # Errors
/// What becomes of it instead.
pub(super) fn judge(asked: &Asked, seen: &Scanned, now: Instant) -> Result<Plan, Written> {
    if seen.badge.org_id != asked.permit.org() {
        // Whose it is, only that organisation knows.
        return Err(Written::Refused(PunchError::OtherOrg.into()));
    }
    // That it was used explains better than anything else why nothing is recorded.
    if seen.badge.used_at.is_some() {
        return Err(Written::Used(Box::new(seen.clone())));
    }
    let plan = check(&seen.badge, asked.scan.shown_at, now).and_then(|()| plan(seen, asked.scan.wanted, now));
    plan.map_err(|error| Written::Refused(Refused::of(&seen.badge, error)))
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

fn plan(seen: &Scanned, wanted: Option<PunchKind>, now: Instant) -> Result<Plan, PunchError> {
    match decide(seen.last.as_ref(), wanted, now) {
        Decision::Record(kind) => Ok(Plan { kind, lapse_at: None }),
        Decision::LapseThenIn { lapse_at } => Ok(Plan { kind: PunchKind::In, lapse_at: Some(lapse_at) }),
        Decision::TooSoon(_) => {
            Err(PunchError::TooSoon { name: seen.badge.name.clone(), at: seen.last.as_ref().map_or(now, |last| last.at) })
        }
        Decision::AlreadyIn => Err(PunchError::AlreadyIn),
        Decision::AlreadyOut => Err(PunchError::AlreadyOut),
    }
}

/// A code that was used: by this very request before (its answer was lost on the way), or by somebody. Only a key chosen
/// by the caller tells the two apart.
async fn repeated(app: &App, asked: &Asked, seen: Scanned) -> Result<Recorded, Refused> {
    let used = || Refused::of(&seen.badge, PunchError::AlreadyUsed);
    let key = asked.scan.key.as_deref().ok_or_else(used)?;
    let recorded = store::find_punch_by_key(&mut asked.permit.read(&app.db).await?, key).await?;
    let recorded = recorded.filter(|punch| punch.crew_member_id == seen.badge.crew_member_id).ok_or_else(used)?;
    let minutes_today = minutes_today(&asked.zone, seen.steps, app.clock.now());
    let (punch, kind) = (recorded.id, store::kind_of(&recorded.kind));
    Ok(Recorded { badge: seen.badge, punch, kind, at: recorded.at, minutes_today })
}
