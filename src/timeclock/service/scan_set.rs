//! Scans that come at the same time: what costs a round trip to the database is done once for all.
//!
//! First its badge is looked at, with what its person did before, then its punch is recorded. In either place a set is at work
//! while the next one gathers, so one is looked at while another is made durable, and all who wait for the writer are one set. What
//! was seen may be old by then: the table refuses a punch that does not follow the last one, and a badge that has one, and who is
//! refused that way looks again. So each scan ends as if it were alone.

use super::hours::{minutes_today, since_for_today};
use crate::access::Permit;
use crate::audit::{self, Event};
use crate::kernel::zone::Zone;
use crate::kernel::{Instant, KioskId, PunchId};
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

/// A scan that is going to be recorded.
pub(super) struct Good {
    pub asked: Arc<Asked>,
    pub seen: Scanned,
    pub plan: Plan,
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
    pub since: Option<Instant>,
    pub minutes_today: i64,
    pub repeated: bool,
}

/// What became of a scan in a change.
pub(super) enum Written {
    Done(Recorded),
    /// Nothing was recorded: another request was faster, and the badge has to be looked at once more. If that one did not use it,
    /// it is refused for this reason, if there is one.
    Again(Option<PunchError>),
    Refused(PunchError),
}

impl From<DbError> for Written {
    fn from(error: DbError) -> Self {
        Self::Refused(error.into())
    }
}

/// Where the scans of an organisation wait for those before them.
#[derive(Clone)]
pub(super) struct Sets {
    looked_at: Gather<Arc<Asked>, DbResult<Option<Scanned>>>,
    written: Gather<Good, Written>,
}

impl Sets {
    /// For sets of at most `most` scans.
    pub(super) fn new(most: usize) -> Self {
        Self { looked_at: Gather::new(most, 1), written: Gather::new(most, 1) }
    }

    /// The badge behind a code, of whichever organisation, and what its person did before.
    pub(super) async fn look(&self, app: &App, asked: Arc<Asked>) -> DbResult<Option<Scanned>> {
        let app = app.clone();
        self.looked_at.ask(asked, move |set| look_at_all(app.clone(), set)).await.unwrap_or_else(|| Err(broken_off()))
    }

    /// Records a punch.
    pub(super) async fn write(&self, app: &App, good: Good) -> Written {
        let app = app.clone();
        self.written.ask(good, move |set| write_all(app.clone(), set)).await.unwrap_or_else(|| broken_off().into())
    }
}

fn broken_off() -> DbError {
    DbError::Unavailable("a set of scans broke off".into())
}

async fn look_at_all(app: App, set: Vec<Arc<Asked>>) -> Vec<DbResult<Option<Scanned>>> {
    let found = list_scanned(&app, &set).await;
    let scanned = |asked: &Arc<Asked>| found.as_ref().map(|found| found.get(&asked.code_hash).cloned()).map_err(Clone::clone);
    set.iter().map(scanned).collect()
}

async fn list_scanned(app: &App, set: &[Arc<Asked>]) -> DbResult<HashMap<String, Scanned>> {
    let Some(first) = set.first() else { return Ok(HashMap::new()) };
    let hashes: Vec<_> = set.iter().map(|asked| asked.code_hash.as_str()).collect();
    let since = since_for_today(&first.zone, app.clock.now());
    let found = store::list_scanned(&mut first.permit.read(&app.db).await?, &hashes, since).await?;
    Ok(found.into_iter().map(|scanned| (scanned.badge.code_hash.clone(), scanned)).collect())
}

/// Records the first scan of each person; the others come again when that is durable.
async fn write_all(app: App, set: Vec<Good>) -> Vec<Written> {
    let mut people = HashSet::with_capacity(set.len());
    let firsts: Vec<_> = (0..set.len()).filter(|i| people.insert(set[*i].seen.badge.crew_member_id)).collect();
    let good: Vec<_> = firsts.iter().map(|i| &set[*i]).collect();
    let written = match write(&app, &good).await {
        Ok(recorded) => recorded.into_iter().map(Written::Done).collect(),
        Err(error) if error.is_unavailable() => good.iter().map(|_| error.clone().into()).collect(),
        // What one of them wants cannot be, or is taken: which one, they find out alone.
        Err(_) => join_all(good.into_iter().map(|good| write_alone(&app, good))).await,
    };
    let mut all: Vec<_> = set.iter().map(|_| Written::Again(None)).collect();
    firsts.into_iter().zip(written).for_each(|(i, written)| all[i] = written);
    all
}

/// As [`write`], for one whose wish may be taken.
async fn write_alone(app: &App, good: &Good) -> Written {
    match write(app, &[good]).await {
        Ok(mut recorded) => recorded.pop().map_or(Written::Again(None), Written::Done),
        // Another scan has the key that the caller chose: this very one, sent twice, or one of another badge.
        Err(DbError::Unique(name)) if name == "punches_org_id_request_key_key" => Written::Again(Some(PunchError::AlreadyUsed)),
        // The person punched, the badge was used, the state is not what it was; the badge is no longer good.
        Err(DbError::Unique(_) | DbError::Invalid(_) | DbError::Rows { .. }) => Written::Again(None),
        Err(other) => other.into(),
    }
}

/// Records the punches of some scans, each of another person. Nothing is kept unless all are.
async fn write(app: &App, good: &[&Good]) -> DbResult<Vec<Recorded>> {
    let Some(first) = good.first() else { return Ok(Vec::new()) };
    let mut tx = audit::begin(app, &first.asked.permit).await?;
    let now = tx.now();
    tx.lock_all(&good.iter().map(|good| good.seen.badge.crew_member_id.0).collect::<Vec<_>>()).await?;
    let (mut values, mut ends) = (Vec::with_capacity(good.len()), Vec::with_capacity(good.len()));
    for good in good {
        values.extend(rows(good, now));
        ends.push(values.len() - 1);
    }
    let all = store::insert_punches(&mut tx, &values).await?;
    drop(values);
    let punches: Vec<(&Good, PunchId)> =
        good.iter().copied().zip(ends.into_iter().filter_map(|end| all.get(end).copied())).collect();
    tx.commit_each(punches.iter().map(|(good, punch)| (&good.asked.permit, event(good, *punch))).collect()).await?;
    Ok(punches.into_iter().map(|(good, punch)| recorded(good, punch, now)).collect())
}

/// The rows of a scan: its punch, after the exit that was forgotten.
fn rows(good: &Good, now: Instant) -> Vec<PunchValues<'_>> {
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

fn event(good: &Good, punch: PunchId) -> Event {
    let event = Event::new("punch.recorded", punch.into()).with("crew_member", good.seen.badge.crew_member_id.0);
    event.with("kind", good.plan.kind.code())
}

fn recorded(good: &Good, punch: PunchId, now: Instant) -> Recorded {
    let Good { asked, seen, plan } = good;
    let since = seen.last.as_ref().filter(|_| plan.kind != PunchKind::In).map(|last| last.opened_at);
    let lapse = plan.lapse_at.map(|at| (PunchKind::Lapse, at));
    let steps = seen.steps.iter().copied().chain(lapse).chain([(plan.kind, now)]);
    let minutes_today = minutes_today(&asked.zone, steps, now);
    Recorded { badge: seen.badge.clone(), punch, kind: plan.kind, at: now, since, minutes_today, repeated: false }
}
