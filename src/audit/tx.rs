//! A change under way: the only thing that can keep one.

use super::{AuditRow, Event, Quiet, row_hash, store};
use crate::access::{Action, Actor, Audited, Conn, Permit};
use crate::kernel::{Instant, OrgId};
use crate::platform::App;
use crate::platform::db::{DbResult, ReadTx, WriteTx};
use crate::platform::jobs::{self, NewJob};
use crate::platform::mail::{self, NewMail};

/// A change in an organisation. Dropped without [`Tx::commit`], nothing is kept.
#[must_use]
pub struct Tx {
    tx: WriteTx,
    org: OrgId,
    actor: Actor,
    now: Instant,
}

impl Conn for Tx {
    fn org(&self) -> OrgId {
        self.org
    }

    fn tx(&mut self) -> &mut ReadTx {
        &mut self.tx
    }
}

/// Starts a change under a permit, in its organisation.
///
/// # Errors
/// When the database cannot be reached.
pub async fn begin<A: Action>(app: &App, permit: &Permit<A>) -> DbResult<Tx> {
    begin_in(app, permit, permit.org()).await
}

/// As [`begin`], in an organisation that the permit's actor is making right now or that a link names.
///
/// # Errors
/// When the database cannot be reached.
pub async fn begin_in<A: Action>(app: &App, permit: &Permit<A>, org: OrgId) -> DbResult<Tx> {
    debug_assert_eq!(A::AUDITED, Audited::Write, "{} does not say that it writes", A::NAME);
    Ok(Tx { tx: app.db.begin_write().await?, org, actor: permit.actor().clone(), now: app.clock.now() })
}

/// Records something that changes nothing else: a refusal, a failed sign-in.
///
/// # Errors
/// When the database cannot be written.
pub async fn record(app: &App, actor: &Actor, org: OrgId, event: Event) -> DbResult<()> {
    let tx = Tx { tx: app.db.begin_write().await?, org, actor: actor.clone(), now: app.clock.now() };
    tx.commit(event).await
}

impl Tx {
    /// When the change happens.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Moves a change that has just made its organisation into it.
    pub fn enter(&mut self, org: OrgId) {
        self.org = org;
    }

    /// Holds `key` until the end, against writers that want the same one (PostgreSQL; SQLite has one writer).
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn lock(&mut self, key: i64) -> DbResult<()> {
        self.tx.lock(key).await
    }

    /// As [`Tx::lock`], for several.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn lock_all(&mut self, keys: &[i64]) -> DbResult<()> {
        self.tx.lock_all(keys).await
    }

    /// Wants work done after the commit.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn enqueue(&mut self, kind: &'static str, payload: String) -> DbResult<()> {
        self.enqueue_at(kind, payload, self.now).await
    }

    /// Wants work done after the commit, and not before `run_at`.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn enqueue_at(&mut self, kind: &'static str, payload: String, run_at: Instant) -> DbResult<()> {
        let job = NewJob { kind, payload, run_at };
        jobs::enqueue(&mut self.tx, self.org, &job, self.now).await.map(drop)
    }

    /// Wants a mail sent after the commit.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn send_mail(&mut self, new: &NewMail) -> DbResult<()> {
        let id = mail::insert_mail(&mut self.tx, self.org, new, self.now).await?;
        self.enqueue(mail::SEND, id.to_string()).await
    }

    /// Keeps the change and writes its event.
    ///
    /// # Errors
    /// When anything of it could not be stored; then nothing is.
    pub async fn commit(self, event: Event) -> DbResult<()> {
        self.commit_all(vec![event]).await
    }

    /// Keeps a change that leaves no event, for one of the reasons in the closed list.
    ///
    /// # Errors
    /// As [`Tx::commit`].
    pub async fn commit_quietly(self, _reason: Quiet) -> DbResult<()> {
        self.tx.commit().await
    }

    /// Keeps the change and writes its events, in order.
    ///
    /// # Errors
    /// As [`Tx::commit`].
    pub async fn commit_all(self, events: Vec<Event>) -> DbResult<()> {
        let actor = self.actor.clone();
        self.write(events.into_iter().map(|event| (&actor, event)).collect()).await
    }

    /// Keeps what several who asked at the same time are allowed in this organisation, and writes the event of each.
    ///
    /// # Errors
    /// As [`Tx::commit`].
    pub async fn commit_each<A: Action>(self, events: Vec<(&Permit<A>, Event)>) -> DbResult<()> {
        debug_assert!(events.iter().all(|(permit, _)| permit.org() == self.org), "{} of another organisation", A::NAME);
        self.write(events.into_iter().map(|(permit, event)| (permit.actor(), event)).collect()).await
    }

    async fn write(mut self, events: Vec<(&Actor, Event)>) -> DbResult<()> {
        // Last before the COMMIT: on PostgreSQL the chain is locked from here on, so as briefly as can be.
        let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let mut link = store::take_numbers(&mut self.tx, self.org, count).await?;
        let mut rows = Vec::with_capacity(events.len());
        for (actor, event) in events {
            let (actor_kind, actor_id) = actor.audit_name();
            let mut row = AuditRow {
                id: 0,
                org_id: self.org.0,
                seq: link.seq + 1,
                at: self.now.0,
                actor_kind: actor_kind.to_owned(),
                actor_id,
                action: event.action.to_owned(),
                subject_kind: event.subject.0.to_owned(),
                subject_id: event.subject.1,
                detail: event.detail.to_string(),
                address: actor.origin.address.clone(),
                request_id: actor.origin.request_id.clone(),
                prev_hash: link.hash,
                hash: String::new(),
            };
            row.hash = row_hash(&row);
            link = super::Link { seq: row.seq, hash: row.hash.clone() };
            rows.push(row);
        }
        store::insert_all(&mut self.tx, &rows).await?;
        self.tx.commit().await
    }
}
