//! Scans that come at the same time: what costs a round trip to the database is done once for all.
//!
//! Those who come while a set is at work are the next one. A set is one change: its badges are looked at, with what their people
//! did before, and those that are good are recorded. Where others write at the same moment (PostgreSQL, another process) the table
//! refuses a punch that does not follow the last one, and a badge that has one, and who is refused that way looks again. So each
//! scan ends as if it were alone.

use super::hours::{minutes_today, since_for_today};
use super::record_punch::judge;
use crate::access::Permit;
use crate::audit::{self, Event};
use crate::kernel::zone::Zone;
use crate::kernel::{CrewMemberId, DeviceId, Instant, KioskId, PunchId};
use crate::platform::App;
use crate::platform::db::{DbError, DbResult};
use crate::platform::gather::Gather;
use crate::timeclock::rules::state_after;
use crate::timeclock::store::{self, BadgeRow, PunchValues, Scanned};
use crate::timeclock::{Presence, PunchError, PunchKind, RecordPunch, Scan};
use futures_util::future::join_all;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A scan whose text can be a code.
pub(super) struct Asked {
    pub permit: Permit<RecordPunch>,
    pub kiosk: Option<KioskId>,
    pub zone: Zone,
    pub code_hash: String,
    pub scan: Scan,
}

/// What a scan is going to record.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub kind: PunchKind,
    /// When the exit before it counts as forgotten.
    pub lapse_at: Option<Instant>,
}

/// A punch that is stored.
pub(super) struct Recorded {
    pub badge: BadgeRow,
    pub punch: PunchId,
    pub kind: PunchKind,
    pub at: Instant,
    pub minutes_today: i64,
}

/// Whose code was scanned, and the phone that showed it.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    pub crew_member: CrewMemberId,
    pub device: DeviceId,
}

/// Why nothing was recorded, and for whom, where that is known.
pub(super) struct Refused {
    pub error: PunchError,
    pub holder: Option<Holder>,
}

impl Refused {
    /// For a badge of the organisation that asks.
    pub(super) fn of(badge: &BadgeRow, error: PunchError) -> Self {
        let holder = Holder { crew_member: badge.crew_member_id, device: badge.device_id };
        Self { error, holder: Some(holder) }
    }
}

impl From<PunchError> for Refused {
    fn from(error: PunchError) -> Self {
        Self { error, holder: None }
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        PunchError::from(error).into()
    }
}

/// What became of a scan in a change.
pub(super) enum Written {
    Done(Box<Recorded>),
    /// Its badge has its punch already.
    Used(Box<Scanned>),
    /// Another scan has the key that the caller chose: this very one, sent twice, or one of another badge.
    KeyTaken,
    /// Nothing was recorded: another request was faster, and the badge has to be looked at once more.
    Again,
    Refused(Refused),
}

impl From<DbError> for Written {
    fn from(error: DbError) -> Self {
        Self::Refused(error.into())
    }
}

/// A scan that is going to be recorded.
struct Good<'a> {
    asked: &'a Asked,
    seen: &'a Scanned,
    plan: Plan,
}

/// As many scans are always recorded together: two sets would take longer than one.
const WHOLE: usize = 16;

/// Where the scans of an organisation wait for those before them.
#[derive(Clone)]
pub(super) struct Sets(Gather<Arc<Asked>, Written>);

impl Sets {
    /// For sets of at most `most` scans.
    pub(super) fn new(most: usize) -> Self {
        Self(Gather::in_halves(most, WHOLE))
    }

    /// Records a punch, if the badge is good.
    pub(super) async fn write(&self, app: &App, asked: Arc<Asked>) -> Written {
        let app = app.clone();
        let written = self.0.ask(asked, move |set| write_all(app.clone(), set)).await;
        written.unwrap_or_else(|| DbError::Unavailable("a set of scans broke off".into()).into())
    }
}

async fn write_all(app: App, set: Vec<Arc<Asked>>) -> Vec<Written> {
    match write(&app, &set).await {
        Ok(all) => all,
        Err(error) if error.is_unavailable() => set.iter().map(|_| error.clone().into()).collect(),
        // What one of them wants cannot be, or is taken: which one, they find out alone.
        Err(_) => join_all(set.iter().map(|asked| write_alone(&app, asked))).await,
    }
}

/// As [`write`], for one whose wish may be taken.
async fn write_alone(app: &App, asked: &Arc<Asked>) -> Written {
    match write(app, std::slice::from_ref(asked)).await {
        Ok(mut written) => written.pop().unwrap_or(Written::Again),
        Err(DbError::Unique(name)) if name == "punches_org_id_request_key_key" => Written::KeyTaken,
        // The person punched, the badge was used, the state is not what it was; the badge is no longer good.
        Err(DbError::Unique(_) | DbError::Invalid(_) | DbError::Rows { .. }) => Written::Again,
        Err(other) => other.into(),
    }
}

/// Records the first scan of each person whose badge is good; their others come again. Nothing is kept unless all are.
async fn write(app: &App, set: &[Arc<Asked>]) -> DbResult<Vec<Written>> {
    let Some(first) = set.first() else { return Ok(Vec::new()) };
    let mut tx = audit::begin(app, &first.permit).await?;
    let now = tx.now();
    let hashes: Vec<_> = set.iter().map(|asked| asked.code_hash.as_str()).collect();
    let found = store::list_scanned(&mut tx, &hashes, since_for_today(&first.zone, now)).await?;
    let found: HashMap<_, _> = found.iter().map(|seen| (seen.badge.code_hash.as_str(), seen)).collect();
    let mut people = HashSet::with_capacity(set.len());
    let judged: Vec<Result<Good<'_>, Written>> = set
        .iter()
        .map(|asked| {
            let unknown = || Written::Refused(PunchError::UnknownBadge.into());
            let seen = *found.get(asked.code_hash.as_str()).ok_or_else(unknown)?;
            let plan = judge(asked, seen, now)?;
            if people.insert(seen.badge.crew_member_id) { Ok(Good { asked, seen, plan }) } else { Err(Written::Again) }
        })
        .collect();
    let good: Vec<_> = judged.iter().filter_map(|judged| judged.as_ref().ok()).collect();
    let mut punches = record(tx, &good, now).await?.into_iter();
    let outcome = |judged| match judged {
        Ok(good) => punches.next().map_or(Written::Again, |punch| Written::Done(Box::new(recorded(&good, punch, now)))),
        Err(written) => written,
    };
    Ok(judged.into_iter().map(outcome).collect())
}

/// The numbers of their punches, in their order.
async fn record(mut tx: audit::Tx, good: &[&Good<'_>], now: Instant) -> DbResult<Vec<PunchId>> {
    if good.is_empty() {
        return Ok(Vec::new());
    }
    tx.lock_all(&good.iter().map(|good| good.seen.badge.crew_member_id.0).collect::<Vec<_>>()).await?;
    let (mut values, mut ends) = (Vec::with_capacity(good.len()), Vec::with_capacity(good.len()));
    for good in good {
        values.extend(rows(good, now));
        ends.push(values.len() - 1);
    }
    let all = store::insert_punches(&mut tx, &values).await?;
    drop(values);
    let punches: Vec<PunchId> = ends.into_iter().filter_map(|end| all.get(end).copied()).collect();
    let events = good.iter().zip(&punches).map(|(good, punch)| (&good.asked.permit, event(good, *punch)));
    tx.commit_each(events.collect()).await?;
    Ok(punches)
}

/// The rows of a scan: its punch, after the exit that was forgotten.
fn rows<'a>(good: &Good<'a>, now: Instant) -> Vec<PunchValues<'a>> {
    let Good { asked, seen: Scanned { badge, last, .. }, plan } = good;
    let mut before = last.as_ref().map(|last| (last.seq, last.state));
    let mut rows = Vec::with_capacity(1);
    if let (Some(at), Some((seq, _))) = (plan.lapse_at, before) {
        rows.push(PunchValues {
            crew_member: badge.crew_member_id,
            last: before,
            kind: PunchKind::Lapse,
            state: Presence::Off,
            at,
            now,
            kiosk: None,
            device: None,
            badge: None,
            source: "system",
            key: None,
        });
        before = Some((seq + 1, Presence::Off));
    }
    rows.push(PunchValues {
        crew_member: badge.crew_member_id,
        last: before,
        kind: plan.kind,
        state: state_after(plan.kind),
        at: now,
        now,
        kiosk: asked.kiosk,
        device: Some(badge.device_id),
        badge: Some(badge.id),
        source: asked.scan.source,
        key: asked.scan.key.as_deref(),
    });
    rows
}

fn event(good: &Good<'_>, punch: PunchId) -> Event {
    let event = Event::new("punch.recorded", punch.into()).with("crew_member", good.seen.badge.crew_member_id.0);
    event.with("kind", good.plan.kind.code())
}

fn recorded(good: &Good<'_>, punch: PunchId, now: Instant) -> Recorded {
    let Good { asked, seen, plan } = good;
    let lapse = plan.lapse_at.map(|at| (PunchKind::Lapse, at));
    let steps = seen.steps.iter().copied().chain(lapse).chain([(plan.kind, now)]);
    let minutes_today = minutes_today(&asked.zone, steps, now);
    Recorded { badge: seen.badge.clone(), punch, kind: plan.kind, at: now, minutes_today }
}
