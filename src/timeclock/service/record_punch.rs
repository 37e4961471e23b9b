use super::hours::{minutes_today, since_for_today};
use super::scan_set::{Asked, Good, Recorded, Sets, Written};
use crate::access::{Actor, Permit, Who};
use crate::audit::{self, Event, Subject};
use crate::kernel::zone::Zone;
use crate::kernel::{Drift, Instant, KioskId, OrgId};
use crate::platform::App;
use crate::platform::secret::fingerprint;
use crate::timeclock::store::{self, BadgeRow};
use crate::timeclock::{PunchError, Receipt, RecordPunch, Scan};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The sets of each organisation.
#[derive(Default)]
struct Scans(Mutex<HashMap<OrgId, Sets>>);

/// Records one scan of a badge. Repeated with the same key it records nothing and gives the first receipt. `zone` is the
/// organisation's: what counts as today.
///
/// Permission: a kiosk. Audit: `punch.recorded`, or `punch.refused` with the reason.
///
/// # Errors
/// Why nothing was recorded.
pub async fn record_punch(app: &App, permit: Permit<RecordPunch>, zone: &Zone, scan: Scan) -> Result<Receipt, PunchError> {
    let actor = permit.actor().clone();
    let result = match asked(permit, zone, scan) {
        Ok(asked) => record(app, asked).await,
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

async fn record(app: &App, asked: Asked) -> Result<Receipt, PunchError> {
    let sets = sets_of(app, asked.permit.org());
    let Recorded { badge, punch, kind, at, since, minutes_today, repeated } = record_in(app, &sets, &Arc::new(asked)).await?;
    let (crew_member, device) = (badge.crew_member_id, Some(badge.device_id));
    Ok(Receipt { punch, crew_member, device, name: badge.name, kind, at, since, minutes_today, repeated })
}

fn sets_of(app: &App, org: OrgId) -> Sets {
    let scans = app.shared.of(Scans::default);
    let mut all = scans.0.lock().unwrap_or_else(PoisonError::into_inner);
    all.entry(org).or_insert_with(|| Sets::new(app.config.database.batch)).clone()
}

/// Looks at the badge and records, until it is clear what becomes of it: what is no good is told without keeping the writer
/// from those who have something to write.
async fn record_in(app: &App, sets: &Sets, asked: &Arc<Asked>) -> Result<Recorded, PunchError> {
    let mut refused = None;
    loop {
        let badge = sets.look(app, asked.clone()).await?.ok_or(PunchError::UnknownBadge)?;
        if badge.org_id != asked.permit.org() {
            return Err(PunchError::OtherOrg);
        }
        // That it was used explains better than anything else why nothing was recorded.
        if badge.consumed_at.is_some() {
            return repeated(app, asked, badge).await;
        }
        check(&badge, asked.scan.shown_at, app.clock.now())?;
        if let Some(refused) = refused {
            return Err(refused);
        }
        refused = match sets.write(app, Good { asked: asked.clone(), badge }).await {
            Written::Done(recorded) => return Ok(recorded),
            Written::Refused(error) => return Err(error),
            Written::Again(refused) => refused,
        };
    }
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

/// A code that was used: by this very request before (its answer was lost on the way), or by somebody. Only a key chosen
/// by the caller tells the two apart.
async fn repeated(app: &App, asked: &Asked, badge: BadgeRow) -> Result<Recorded, PunchError> {
    let Some(key) = asked.scan.key.as_deref() else { return Err(PunchError::AlreadyUsed) };
    let mut read = asked.permit.read(&app.db).await?;
    let (person, now) = (badge.crew_member_id, app.clock.now());
    let recorded = store::find_punch_by_key(&mut read, key).await?.filter(|punch| punch.crew_member_id == person);
    let recorded = recorded.ok_or(PunchError::AlreadyUsed)?;
    let punched = store::list_punched(&mut read, &[person], since_for_today(&asked.zone, now)).await?.remove(&person);
    let minutes_today = minutes_today(&asked.zone, punched.map(|punched| punched.steps).unwrap_or_default(), now);
    let (punch, kind) = (recorded.id, store::kind_of(&recorded.kind));
    Ok(Recorded { badge, punch, kind, at: recorded.at, since: None, minutes_today, repeated: true })
}
