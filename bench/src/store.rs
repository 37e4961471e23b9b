//! The database from outside: whether what it holds is whole. Written against the schema and the published way of
//! hashing, not with the product's own code, so that a mistake there is not made here, too.

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::collections::HashMap;
use std::path::Path;

/// A punch with what makes it a link of its person's chain.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Punch {
    pub id: i64,
    pub crew_member_id: i64,
    seq: i64,
    prior_seq: Option<i64>,
    prior_state: String,
    pub kind: String,
    state: String,
    at: i64,
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Event {
    org_id: i64,
    seq: i64,
    at: i64,
    actor_kind: String,
    actor_id: Option<i64>,
    action: String,
    subject_kind: String,
    subject_id: Option<i64>,
    detail: String,
    address: String,
    request_id: String,
    prev_hash: String,
    hash: String,
}

const PUNCHES: &str =
    "SELECT id, crew_member_id, seq, prior_seq, prior_state, kind, state, at FROM punches ORDER BY crew_member_id, seq";
const EVENTS: &str =
    "SELECT org_id, seq, at, actor_kind, actor_id, action, subject_kind, subject_id, detail, address, request_id,
    prev_hash, hash FROM audit_events ORDER BY org_id, seq";
const HEADS: &str = "SELECT org_id, seq, hash FROM audit_heads";

/// What a look at the whole database found.
#[derive(Default)]
pub struct Findings {
    /// All punches, by number.
    pub punches: HashMap<i64, Punch>,
    pub events: usize,
    /// What is wrong, in words; empty when all is well.
    pub wrong: Vec<String>,
}

/// Reads all of a SQLite database and checks it.
///
/// # Errors
/// When it cannot be read.
pub async fn inspect(path: &Path) -> Result<Findings> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut db = SqliteConnection::connect_with(&options).await.context("cannot read the database")?;
    let mut found = Findings::default();
    let integrity: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut db).await?;
    if integrity != ["ok"] {
        found.wrong.push(format!("integrity_check: {}", integrity.join("; ")));
    }
    let orphans: Vec<String> = sqlx::query_scalar("SELECT \"table\" FROM pragma_foreign_key_check").fetch_all(&mut db).await?;
    if !orphans.is_empty() {
        found.wrong.push(format!("{} rows point at nothing", orphans.len()));
    }
    let punches: Vec<Punch> = sqlx::query_as(PUNCHES).fetch_all(&mut db).await?;
    found.wrong.extend(punch_chain(&punches));
    let events: Vec<Event> = sqlx::query_as(EVENTS).fetch_all(&mut db).await?;
    let heads: Vec<(i64, i64, String)> = sqlx::query_as(HEADS).fetch_all(&mut db).await?;
    found.wrong.extend(audit_chain(&events, &heads));
    found.wrong.extend(unrecorded(&punches, &events));
    found.events = events.len();
    found.punches = punches.into_iter().map(|punch| (punch.id, punch)).collect();
    db.close().await.context("cannot close the database")?;
    Ok(found)
}

/// Each person's punches are numbered from 1 and begin in the state that the one before left.
fn punch_chain(punches: &[Punch]) -> Option<String> {
    let mut last: Option<&Punch> = None;
    for punch in punches {
        let before = last.filter(|last| last.crew_member_id == punch.crew_member_id);
        let follows = match before {
            None => punch.seq == 1 && punch.prior_seq.is_none() && punch.prior_state == "off",
            Some(before) => {
                punch.seq == before.seq + 1
                    && punch.prior_seq == Some(before.seq)
                    && punch.prior_state == before.state
                    && punch.at >= before.at
            }
        };
        if !follows {
            return Some(format!("the chain of crew member {} breaks at {}", punch.crew_member_id, punch.seq));
        }
        last = Some(punch);
    }
    None
}

/// Each organisation's events are numbered from 1, each hashed with the one before, up to its head.
fn audit_chain(events: &[Event], heads: &[(i64, i64, String)]) -> Vec<String> {
    let mut ends: HashMap<i64, (i64, String)> = HashMap::new();
    let mut wrong = Vec::new();
    for event in events {
        let (seq, hash) = ends.remove(&event.org_id).unwrap_or_default();
        if event.seq != seq + 1 || event.prev_hash != hash || event.hash != hash_of(event) {
            wrong.push(format!("the audit of organisation {} breaks at {}", event.org_id, seq + 1));
        }
        ends.insert(event.org_id, (event.seq, event.hash.clone()));
    }
    for (org, seq, hash) in heads {
        if ends.remove(org).unwrap_or_default() != (*seq, hash.clone()) {
            wrong.push(format!("the audit of organisation {org} does not end at its head"));
        }
    }
    wrong.extend(ends.keys().map(|org| format!("the audit of organisation {org} has no head")));
    wrong
}

/// Every punch has exactly one event.
fn unrecorded(punches: &[Punch], events: &[Event]) -> Option<String> {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for id in events.iter().filter(|event| event.action == "punch.recorded").filter_map(|event| event.subject_id) {
        *counts.entry(id).or_default() += 1;
    }
    let without = punches.iter().filter(|punch| counts.get(&punch.id) != Some(&1)).count();
    let differ = without > 0 || counts.len() != punches.len();
    differ.then(|| format!("{} punches, {without} without exactly one event; {} events of punches", punches.len(), counts.len()))
}

/// SHA-256 over a row: `regie-audit-1`, then the numbers as 8 bytes each, then each text after its length
/// (`src/audit/chain.rs` says the same).
fn hash_of(event: &Event) -> String {
    let mut sha = Sha256::new();
    sha.update(b"regie-audit-1");
    for number in [event.org_id, event.seq, event.at, event.actor_id.unwrap_or(-1), event.subject_id.unwrap_or(-1)] {
        sha.update(number.to_be_bytes());
    }
    let texts = [
        &event.actor_kind,
        &event.action,
        &event.subject_kind,
        &event.detail,
        &event.address,
        &event.request_id,
        &event.prev_hash,
    ];
    for text in texts {
        sha.update((text.len() as u64).to_be_bytes());
        sha.update(text.as_bytes());
    }
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn punch(seq: i64, prior_state: &str, state: &str) -> Punch {
        let (prior_state, state) = (prior_state.to_owned(), state.to_owned());
        let prior_seq = (seq > 1).then_some(seq - 1);
        Punch { id: seq, crew_member_id: 1, seq, prior_seq, prior_state, kind: String::new(), state, at: seq }
    }

    fn events(count: i64) -> Vec<Event> {
        let mut all: Vec<Event> = Vec::new();
        for seq in 1..=count {
            let mut event = Event {
                org_id: 1,
                seq,
                at: seq,
                actor_kind: "kiosk".into(),
                actor_id: Some(1),
                action: "punch.recorded".into(),
                subject_kind: "punch".into(),
                subject_id: Some(seq),
                detail: "{}".into(),
                address: String::new(),
                request_id: String::new(),
                prev_hash: all.last().map(|last| last.hash.clone()).unwrap_or_default(),
                hash: String::new(),
            };
            event.hash = hash_of(&event);
            all.push(event);
        }
        all
    }

    #[test]
    fn a_missing_punch_breaks_the_chain() {
        let whole = [punch(1, "off", "on"), punch(2, "on", "off"), punch(3, "off", "on")];
        assert_eq!(punch_chain(&whole), None);
        assert!(punch_chain(&[whole[0].clone(), whole[2].clone()]).is_some());
        assert!(punch_chain(&whole[1..]).is_some());
    }

    #[test]
    fn a_touched_or_missing_event_breaks_the_chain() {
        let all = events(3);
        let head = [(1, 3, all[2].hash.clone())];
        assert!(audit_chain(&all, &head).is_empty());
        assert_eq!(audit_chain(&all[..2], &head).len(), 1, "the newest is missing");
        assert_eq!(audit_chain(&[all[0].clone(), all[2].clone()], &head).len(), 1, "one between is missing");
        let mut touched = all.clone();
        touched[1].detail = "{ }".into();
        assert_eq!(audit_chain(&touched, &head).len(), 1);
        assert_eq!(audit_chain(&all, &[]).len(), 1, "no head");
    }

    #[test]
    fn every_punch_has_its_event() {
        let punches = [punch(1, "off", "on"), punch(2, "on", "off")];
        assert_eq!(unrecorded(&punches, &events(2)), None);
        assert!(unrecorded(&punches, &events(1)).is_some());
        assert!(unrecorded(&punches[..1], &events(2)).is_some());
    }
}
