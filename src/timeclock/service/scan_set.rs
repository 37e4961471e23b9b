//! Scans that come at the same time: what costs a round trip to the database is done once for all.
//!
//! First its badge is looked at, then its punch is recorded. In either place a set is at work while the next one gathers, so one
//! is looked at while another is made durable, and all who wait for the writer are one set. Each scan ends as if it were alone:
//! of one person, one scan is in a change, and the next sees what that one did.

use super::hours::{minutes_today, since_for_today};
use crate::access::Permit;
use crate::audit::{self, Event, Quiet};
use crate::kernel::zone::Zone;
use crate::kernel::{BadgeId, Instant, KioskId, PunchId};
use crate::platform::App;
use crate::platform::db::{DbError, DbResult};
use crate::platform::gather::Gather;
use crate::timeclock::rules::{Decision, LastPunch, decide, state_after};
use crate::timeclock::store::{self, BadgeRow, PunchValues, PunchedRow};
use crate::timeclock::{Presence, PunchError, PunchKind, RecordPunch, Scan};
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

impl Asked {
    /// What repeating the request is known by.
    fn key(&self) -> &str {
        self.scan.key.as_deref().unwrap_or(&self.code_hash)
    }
}

/// A scan of a good badge.
pub(super) struct Good {
    pub asked: Arc<Asked>,
    pub badge: BadgeRow,
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
    /// Nothing was recorded, and the badge has to be looked at once more: another request may have used it. If not, it is
    /// refused for this reason, if there is one.
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
    looked_at: Gather<Arc<Asked>, DbResult<Option<BadgeRow>>>,
    written: Gather<Good, Written>,
}

impl Sets {
    /// For sets of at most `most` scans.
    pub(super) fn new(most: usize) -> Self {
        Self { looked_at: Gather::new(most, 1), written: Gather::new(most, 1) }
    }

    /// The badge behind a code, of whichever organisation.
    pub(super) async fn look(&self, app: &App, asked: Arc<Asked>) -> DbResult<Option<BadgeRow>> {
        let app = app.clone();
        self.looked_at.ask(asked, move |set| look_at_all(app.clone(), set)).await.unwrap_or_else(|| Err(broken_off()))
    }

    /// Uses a badge up and records its punch.
    pub(super) async fn write(&self, app: &App, good: Good) -> Written {
        let app = app.clone();
        self.written.ask(good, move |set| write_all(app.clone(), set)).await.unwrap_or_else(|| broken_off().into())
    }
}

fn broken_off() -> DbError {
    DbError::Unavailable("a set of scans broke off".into())
}

async fn look_at_all(app: App, set: Vec<Arc<Asked>>) -> Vec<DbResult<Option<BadgeRow>>> {
    let found = list_badges(&app, &set).await;
    let badge = |asked: &Arc<Asked>| found.as_ref().map(|badges| badges.get(&asked.code_hash).cloned()).map_err(Clone::clone);
    set.iter().map(badge).collect()
}

async fn list_badges(app: &App, set: &[Arc<Asked>]) -> DbResult<HashMap<String, BadgeRow>> {
    let Some(first) = set.first() else { return Ok(HashMap::new()) };
    let hashes: Vec<_> = set.iter().map(|asked| asked.code_hash.as_str()).collect();
    let badges = store::list_badges(&mut first.permit.read(&app.db).await?, &hashes).await?;
    Ok(badges.into_iter().map(|badge| (badge.code_hash.clone(), badge)).collect())
}

/// Records the first scan of each person; the others come again when that is durable.
async fn write_all(app: App, set: Vec<Good>) -> Vec<Written> {
    let mut people = HashSet::with_capacity(set.len());
    let firsts: Vec<_> = (0..set.len()).filter(|i| people.insert(set[*i].badge.crew_member_id)).collect();
    let good: Vec<_> = firsts.iter().map(|i| &set[*i]).collect();
    let written = match write(&app, &good).await {
        Ok(written) => written,
        Err(error) if error.is_unavailable() => good.iter().map(|_| error.clone().into()).collect(),
        // What one of them wants cannot be, or is taken: which one, they find out alone.
        Err(_) => {
            let mut written = Vec::with_capacity(good.len());
            for good in good {
                written.push(write_alone(&app, good).await);
            }
            written
        }
    };
    let mut all: Vec<_> = set.iter().map(|_| Written::Again(None)).collect();
    firsts.into_iter().zip(written).for_each(|(i, written)| all[i] = written);
    all
}

/// As [`write`], for one whose wish may be taken.
async fn write_alone(app: &App, good: &Good) -> Written {
    match write(app, &[good]).await {
        Ok(mut written) => written.pop().unwrap_or(Written::Again(None)),
        // Another request of the same person was faster,
        Err(DbError::Unique(name)) if name == "punches_org_id_crew_member_id_seq_key" => Written::Refused(PunchError::Raced),
        // or one with the same key.
        Err(DbError::Unique(_)) => Written::Refused(PunchError::AlreadyUsed),
        Err(other) => other.into(),
    }
}

/// What a scan is going to record.
struct Plan {
    kind: PunchKind,
    /// When the exit before it counts as forgotten.
    lapse_at: Option<Instant>,
}

/// Uses the badges up and records their punches, each of another person. Scans with nothing to record, and those that another
/// request beat, are refused for now.
async fn write(app: &App, good: &[&Good]) -> DbResult<Vec<Written>> {
    let Some(first) = good.first() else { return Ok(Vec::new()) };
    let mut tx = audit::begin(app, &first.asked.permit).await?;
    let now = tx.now();
    let people: Vec<_> = good.iter().map(|good| good.badge.crew_member_id).collect();
    tx.lock_all(&people.iter().map(|person| person.0).collect::<Vec<_>>()).await?;
    let punched = store::list_punched(&mut tx, &people, since_for_today(&first.asked.zone, now)).await?;
    let last = |good: &Good| punched.get(&good.badge.crew_member_id).map(|punched| &punched.last);
    let mut plans: Vec<_> = good.iter().map(|good| plan(good, last(good), now)).collect();
    use_badges(&mut tx, good, &mut plans, now).await?;
    let (mut values, mut ends) = (Vec::with_capacity(good.len()), Vec::with_capacity(good.len()));
    for (good, plan) in good.iter().zip(&plans) {
        if let Ok(plan) = plan {
            values.extend(rows(good, plan, last(good), now));
            ends.push(values.len() - 1);
        }
    }
    let punches = store::insert_punches(&mut tx, &values).await?;
    let punches: Vec<PunchId> = ends.into_iter().filter_map(|end| punches.get(end).copied()).collect();
    drop(values);
    let planned = good.iter().zip(&plans).filter_map(|(good, plan)| Some((good, plan.as_ref().ok()?)));
    let events: Vec<_> = planned.zip(&punches).map(|((good, plan), punch)| event(good, plan, *punch)).collect();
    if events.is_empty() {
        // What another one did may not be durable yet: what says that it is done waits until it is.
        tx.commit_quietly(Quiet::PunchRepeated).await?;
    } else {
        tx.commit_each(events).await?;
    }
    let mut punches = punches.into_iter();
    let written = |(good, plan): (&&Good, _)| match plan {
        Ok(plan) => punches.next().map_or(Written::Again(None), |punch| {
            Written::Done(recorded(good, &plan, punch, punched.get(&good.badge.crew_member_id), now))
        }),
        Err(refused) => Written::Again(Some(refused)),
    };
    Ok(good.iter().zip(plans).map(written).collect())
}

fn plan(good: &Good, last: Option<&LastPunch>, now: Instant) -> Result<Plan, PunchError> {
    match decide(last, good.asked.scan.wanted, now) {
        Decision::Record(kind) => Ok(Plan { kind, lapse_at: None }),
        Decision::LapseThenIn { lapse_at } => Ok(Plan { kind: PunchKind::In, lapse_at: Some(lapse_at) }),
        Decision::TooSoon(_) => Err(PunchError::TooSoon { name: good.badge.name.clone(), at: last.map_or(now, |last| last.at) }),
        Decision::AlreadyIn => Err(PunchError::AlreadyIn),
        Decision::AlreadyOut => Err(PunchError::AlreadyOut),
    }
}

/// Uses up the badges of those who have something to record. Who comes too late for that has nothing.
async fn use_badges(tx: &mut audit::Tx, good: &[&Good], plans: &mut [Result<Plan, PunchError>], now: Instant) -> DbResult<()> {
    let planned = good.iter().zip(&*plans).filter(|(_, plan)| plan.is_ok());
    let badges: Vec<_> = planned.map(|(good, _)| good.badge.id).collect();
    if badges.is_empty() {
        return Ok(());
    }
    let used: HashSet<BadgeId> = store::consume_badges(tx, &badges, now).await?.into_iter().collect();
    let late = good.iter().zip(plans).filter(|(good, plan)| plan.is_ok() && !used.contains(&good.badge.id));
    late.for_each(|(_, plan)| *plan = Err(PunchError::Raced));
    Ok(())
}

/// The rows of a scan: its punch, after the exit that was forgotten.
fn rows<'g>(good: &'g Good, plan: &Plan, last: Option<&LastPunch>, now: Instant) -> Vec<PunchValues<'g>> {
    let (asked, badge) = (&good.asked, &good.badge);
    let mut before = last.map(|last| (last.seq, last.state));
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
            key: format!("lapse-{}", asked.key()).into(),
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
        key: asked.key().into(),
    });
    rows
}

fn event<'g>(good: &'g Good, plan: &Plan, punch: PunchId) -> (&'g Permit<RecordPunch>, Event) {
    let event = Event::new("punch.recorded", punch.into()).with("crew_member", good.badge.crew_member_id.0);
    (&good.asked.permit, event.with("kind", plan.kind.code()))
}

fn recorded(good: &Good, plan: &Plan, punch: PunchId, punched: Option<&PunchedRow>, now: Instant) -> Recorded {
    let since = punched.filter(|_| plan.kind != PunchKind::In).map(|punched| punched.last.opened_at);
    let before = punched.map_or(&[][..], |punched| &punched.steps).iter().copied();
    let lapse = plan.lapse_at.map(|at| (PunchKind::Lapse, at));
    let minutes_today = minutes_today(&good.asked.zone, before.chain(lapse).chain([(plan.kind, now)]), now);
    Recorded { badge: good.badge.clone(), punch, kind: plan.kind, at: now, since, minutes_today, repeated: false }
}
