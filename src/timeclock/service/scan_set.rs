//! Scans that came at the same time, recorded with one change: what costs a round trip to the database is done once for all.
//!
//! Each scan ends as if it were alone. Of one person, one scan is in a change, and the next sees what that one did; a scan
//! that another request beats, and one that finds nothing to do, is looked at once more when the change is durable.

use super::hours::minutes_today;
use crate::access::{Conn, Permit};
use crate::audit::{self, Event, Quiet};
use crate::kernel::zone::Zone;
use crate::kernel::{BadgeId, CrewMemberId, Drift, Instant, KioskId, OrgId, PunchId};
use crate::platform::App;
use crate::platform::db::{DbError, DbResult};
use crate::timeclock::rules::{Decision, LastPunch, decide, state_after};
use crate::timeclock::store::{self, BadgeRow, PunchValues};
use crate::timeclock::{Presence, PunchError, PunchKind, Receipt, RecordPunch, Scan};
use std::collections::{HashMap, HashSet};

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

/// A scan on its way.
struct Entry {
    asked: Asked,
    /// Why a change did not record it. It is told, unless the badge turns out to be used: that explains it better.
    refused: Option<PunchError>,
    outcome: Option<Result<Recorded, PunchError>>,
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

/// A scan of a good badge.
struct Good<'e> {
    entry: &'e mut Entry,
    badge: BadgeRow,
}

/// Records scans of one organisation and gives their answers, in order.
pub(super) async fn record_all(app: App, asked: Vec<Asked>) -> Vec<Result<Receipt, PunchError>> {
    let mut entries: Vec<_> = asked.into_iter().map(|asked| Entry { asked, refused: None, outcome: None }).collect();
    while entries.iter().any(|entry| entry.outcome.is_none()) {
        if let Err(error) = record_some(&app, &mut entries).await {
            let open = entries.iter_mut().filter(|entry| entry.outcome.is_none());
            open.for_each(|entry| entry.outcome = Some(Err(error.clone().into())));
        }
    }
    receipts(&app, entries).await
}

/// Brings at least one scan to its end, or closer to it.
async fn record_some(app: &App, entries: &mut [Entry]) -> DbResult<()> {
    let mut good = look(app, entries).await?;
    match write(app, &mut good).await {
        // What one of them wants cannot be, or is taken: which one, they find out alone.
        Err(error) if !error.is_unavailable() => {
            for one in &mut good {
                write_alone(app, one).await;
            }
            Ok(())
        }
        other => other,
    }
}

/// Looks at the badges. What is no good is told without keeping the writer from those who have something to write; of the
/// others, the first of each person is given.
async fn look<'e>(app: &App, entries: &'e mut [Entry]) -> DbResult<Vec<Good<'e>>> {
    let open: Vec<_> = entries.iter_mut().filter(|entry| entry.outcome.is_none()).collect();
    let Some(first) = open.first() else { return Ok(Vec::new()) };
    let mut read = first.asked.permit.read(&app.db).await?;
    let hashes: Vec<_> = open.iter().map(|entry| entry.asked.code_hash.as_str()).collect();
    let badges = store::list_badges(&mut read, &hashes).await?;
    let badges: HashMap<_, _> = badges.iter().map(|badge| (badge.code_hash.as_str(), badge)).collect();
    let (now, mut people, mut good) = (app.clock.now(), HashSet::new(), Vec::new());
    for entry in open {
        let outcome = match find_good(&badges, entry, read.org()) {
            Err(refused) => Err(refused),
            Ok(badge) if badge.consumed_at.is_some() => repeated(&mut read, entry.asked.scan.key.as_deref(), badge).await,
            Ok(badge) => match check(badge, entry.asked.scan.shown_at, now).err().or_else(|| entry.refused.take()) {
                Some(refused) => Err(refused),
                None if people.insert(badge.crew_member_id) => {
                    good.push(Good { entry, badge: badge.clone() });
                    continue;
                }
                None => continue,
            },
        };
        entry.outcome = Some(outcome);
    }
    Ok(good)
}

/// The badge behind a code, if it is of this organisation.
fn find_good<'b>(badges: &HashMap<&str, &'b BadgeRow>, entry: &Entry, org: OrgId) -> Result<&'b BadgeRow, PunchError> {
    let badge = badges.get(entry.asked.code_hash.as_str()).ok_or(PunchError::UnknownBadge)?;
    if badge.org_id == org { Ok(badge) } else { Err(PunchError::OtherOrg) }
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
async fn repeated(conn: &mut impl Conn, key: Option<&str>, badge: &BadgeRow) -> Result<Recorded, PunchError> {
    let Some(key) = key else { return Err(PunchError::AlreadyUsed) };
    let recorded = store::find_punch_by_key(conn, key).await?.filter(|punch| punch.crew_member_id == badge.crew_member_id);
    let recorded = recorded.ok_or(PunchError::AlreadyUsed)?;
    let (punch, kind) = (recorded.id, store::kind_of(&recorded.kind));
    Ok(Recorded { badge: badge.clone(), punch, kind, at: recorded.at, since: None, repeated: true })
}

/// As [`write`], for one whose wish may be taken.
async fn write_alone(app: &App, one: &mut Good<'_>) {
    if let Err(error) = write(app, std::slice::from_mut(one)).await {
        one.entry.outcome = Some(Err(match error {
            // Another request of the same person was faster,
            DbError::Unique(name) if name == "punches_org_id_crew_member_id_seq_key" => PunchError::Raced,
            // or one with the same key.
            DbError::Unique(_) => PunchError::AlreadyUsed,
            other => other.into(),
        }));
    }
}

/// What a scan is going to record.
struct Plan {
    kind: PunchKind,
    /// When the exit before it counts as forgotten.
    lapse_at: Option<Instant>,
}

/// Uses the badges up and records their punches. Scans with nothing to record, and those that another request beat, are
/// refused for now.
async fn write(app: &App, good: &mut [Good<'_>]) -> DbResult<()> {
    let Some(first) = good.first() else { return Ok(()) };
    let mut tx = audit::begin(app, &first.entry.asked.permit).await?;
    let now = tx.now();
    let people: Vec<_> = good.iter().map(|good| good.badge.crew_member_id).collect();
    tx.lock_all(&people.iter().map(|person| person.0).collect::<Vec<_>>()).await?;
    let last = store::list_last_punches(&mut tx, &people).await?;
    let mut plans: Vec<_> = good.iter().map(|good| plan(good, last.get(&good.badge.crew_member_id), now)).collect();
    use_badges(&mut tx, good, &mut plans, now).await?;
    let (mut values, mut ends) = (Vec::with_capacity(good.len()), Vec::with_capacity(good.len()));
    for (good, plan) in good.iter().zip(&plans) {
        if let Ok(plan) = plan {
            values.extend(rows(good, plan, last.get(&good.badge.crew_member_id), now));
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
    for (good, plan) in good.iter_mut().zip(plans) {
        match plan {
            Ok(plan) => good.entry.outcome = punches.next().map(|punch| Ok(recorded(&good.badge, &plan, punch, &last, now))),
            Err(refused) => good.entry.refused = Some(refused),
        }
    }
    Ok(())
}

fn plan(good: &Good<'_>, last: Option<&LastPunch>, now: Instant) -> Result<Plan, PunchError> {
    match decide(last, good.entry.asked.scan.wanted, now) {
        Decision::Record(kind) => Ok(Plan { kind, lapse_at: None }),
        Decision::LapseThenIn { lapse_at } => Ok(Plan { kind: PunchKind::In, lapse_at: Some(lapse_at) }),
        Decision::TooSoon(_) => Err(PunchError::TooSoon { name: good.badge.name.clone(), at: last.map_or(now, |last| last.at) }),
        Decision::AlreadyIn => Err(PunchError::AlreadyIn),
        Decision::AlreadyOut => Err(PunchError::AlreadyOut),
    }
}

/// Uses up the badges of those who have something to record. Who comes too late for that has nothing.
async fn use_badges(tx: &mut audit::Tx, good: &[Good<'_>], plans: &mut [Result<Plan, PunchError>], now: Instant) -> DbResult<()> {
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
fn rows<'g>(good: &'g Good<'_>, plan: &Plan, last: Option<&LastPunch>, now: Instant) -> Vec<PunchValues<'g>> {
    let (asked, badge) = (&good.entry.asked, &good.badge);
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

fn event<'g>(good: &'g Good<'_>, plan: &Plan, punch: PunchId) -> (&'g Permit<RecordPunch>, Event) {
    let event = Event::new("punch.recorded", punch.into()).with("crew_member", good.badge.crew_member_id.0);
    (&good.entry.asked.permit, event.with("kind", plan.kind.code()))
}

fn recorded(badge: &BadgeRow, plan: &Plan, punch: PunchId, last: &HashMap<CrewMemberId, LastPunch>, now: Instant) -> Recorded {
    let since = last.get(&badge.crew_member_id).filter(|_| plan.kind != PunchKind::In).map(|last| last.opened_at);
    Recorded { badge: badge.clone(), punch, kind: plan.kind, at: now, since, repeated: false }
}

/// What is told of each, with the hours of today.
async fn receipts(app: &App, entries: Vec<Entry>) -> Vec<Result<Receipt, PunchError>> {
    let people: Vec<_> = entries.iter().filter_map(|e| Some(e.outcome.as_ref()?.as_ref().ok()?.badge.crew_member_id)).collect();
    let minutes = match entries.first() {
        Some(first) if !people.is_empty() => minutes(app, &first.asked, &people).await,
        _ => Ok(HashMap::new()),
    };
    let receipt = |entry: Entry| {
        let Recorded { badge, punch, kind, at, since, repeated } = entry.outcome.unwrap_or(Err(PunchError::Raced))?;
        let minutes_today = minutes.as_ref().map_err(Clone::clone)?.get(&badge.crew_member_id).copied().unwrap_or(0);
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
    };
    entries.into_iter().map(receipt).collect()
}

async fn minutes(app: &App, asked: &Asked, people: &[CrewMemberId]) -> DbResult<HashMap<CrewMemberId, i64>> {
    minutes_today(&mut asked.permit.read(&app.db).await?, &asked.zone, people, app.clock.now()).await
}
