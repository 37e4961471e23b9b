use super::scan_set::{Asked, record_all};
use crate::access::{Actor, Permit, Who};
use crate::audit::{self, Event, Subject};
use crate::kernel::zone::Zone;
use crate::kernel::{KioskId, OrgId};
use crate::platform::App;
use crate::platform::db::DbError;
use crate::platform::gather::Gather;
use crate::platform::secret::fingerprint;
use crate::timeclock::{PunchError, Receipt, RecordPunch, Scan};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How many sets of scans of an organisation are recorded at the same time: one reads while another is stored.
const SETS_AT_ONCE: usize = 2;

/// Where the scans of each organisation wait for those before them, to be recorded together with those that came meanwhile.
#[derive(Default)]
struct Scans(Mutex<HashMap<OrgId, Queue>>);

type Queue = Gather<Asked, Result<Receipt, PunchError>>;

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
    let org = asked.permit.org();
    let scans = {
        let scans = app.shared.of(Scans::default);
        let mut all = scans.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(org).or_insert_with(|| Gather::new(app.config.database.batch, SETS_AT_ONCE)).clone()
    };
    let app = app.clone();
    let answer = scans.ask(asked, move |set| record_all(app.clone(), set)).await;
    answer.unwrap_or_else(|| Err(DbError::Unavailable("a set of scans broke off".into()).into()))
}
