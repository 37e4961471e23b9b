//! Where tower-sessions keeps the sessions of browsers: in the table that "my devices" reads.

use super::store::{self, SessionValues};
use crate::kernel::{AccountId, Failure, Instant, Kind};
use crate::platform::App;
use crate::platform::db::DbError;
use crate::platform::secret::fingerprint;
use std::cell::RefCell;
use std::fmt;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// Under this name a loaded session tells its own number.
pub const SESSION_ID: &str = "session";
/// Under this name it tells whose it is.
pub const ACCOUNT: &str = "account";
/// Under this name the door notes the browser's own words for itself.
pub const CLIENT: &str = "client";
/// Under this name the door notes where the browser is.
pub const ADDRESS: &str = "address";
/// Under this name the door notes how the person proved who they are.
pub const METHOD: &str = "method";
/// "Last seen" is written no more often than this.
const TOUCH_AFTER_MINUTES: i64 = 5;
/// A session of nobody keeps a challenge, a right password, or a word for the next page: for minutes.
const NOBODY_S_MINUTES: i64 = 60;

/// The store. Session ids are 128 random bits and stored hashed.
#[derive(Clone)]
pub struct Sessions(pub App);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

tokio::task_local! {
    static FAILURE: RefCell<Option<Failure>>;
}

/// Runs `work`, and says what went wrong with a session meanwhile. tower-sessions tells a text, and nobody but the log when it could
/// not save: it answers 500 without a body then.
pub async fn watch_sessions<T>(work: impl Future<Output = T>) -> (T, Option<Failure>) {
    let work = async {
        let value = work.await;
        (value, FAILURE.with(RefCell::take))
    };
    FAILURE.scope(RefCell::default(), work).await
}

/// Keeps a failure for who watches, and gives what tower-sessions is told.
fn failed(failure: Failure, error: Error) -> Error {
    FAILURE.try_with(|kept| kept.replace(Some(failure))).ok(); // nobody watches
    error
}

fn backend(error: DbError) -> Error {
    let told = Error::Backend(error.to_string());
    failed(error.into(), told)
}

/// What is kept of a session is no session.
fn unreadable(error: Error) -> Error {
    failed(Failure::new(Kind::Unexpected, "unexpected"), error)
}

impl Sessions {
    fn expiry(&self, account: Option<AccountId>, born: Instant, now: Instant) -> Instant {
        match account {
            Some(_) => now.plus_days(self.0.config.tokens.session_days).min(last_end(&self.0, born)),
            None => now.plus_minutes(NOBODY_S_MINUTES),
        }
    }
}

/// When a session that was opened at `born` ends, however often it is seen.
pub(super) fn last_end(app: &App, born: Instant) -> Instant {
    born.plus_days(app.config.tokens.session_most_days)
}

/// Sessions that were opened then or before have ended, whatever is written of their end.
pub(super) fn too_old(app: &App) -> Instant {
    app.clock.now().plus_days(-app.config.tokens.session_most_days)
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // A record whose session was ended still has its old id, which somebody may have planted: a new session never takes
        // it up. Ids come from a 128-bit generator; the unique index turns the impossible collision into an error.
        record.id = Id::default();
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let now = self.0.clock.now();
        let text = |name: &str| record.data.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let account = record.data.get(ACCOUNT).and_then(serde_json::Value::as_i64).map(AccountId);
        let data = serde_json::to_string(&record.data).map_err(|e| unreadable(Error::Encode(e.to_string())))?;
        let (key_hash, client, method) = (fingerprint(record.id.to_string()), text(CLIENT), text(METHOD));
        let values = SessionValues {
            key_hash: &key_hash,
            account,
            org: None,
            data: &data,
            client: &client,
            address: &text(ADDRESS),
            method: &method,
            now,
            expires_at: self.expiry(account, now, now),
            most_days: self.0.config.tokens.session_most_days,
        };
        let mut tx = self.0.db.begin_write().await.map_err(backend)?;
        store::save_browser_session(&mut tx, &values).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.0.clock.now();
        let key_hash = fingerprint(id.to_string());
        let row = {
            let mut tx = self.0.db.read().await.map_err(backend)?;
            store::find_browser_session(&mut tx, &key_hash, now, too_old(&self.0)).await.map_err(backend)?
        };
        let Some(row) = row else { return Ok(None) };
        if now.minutes_since(row.last_seen_at) >= TOUCH_AFTER_MINUTES {
            let mut tx = self.0.db.begin_write().await.map_err(backend)?;
            let expires_at = self.expiry(row.account_id, row.created_at, now);
            store::touch_session(&mut tx, row.id, now, expires_at).await.map_err(backend)?;
            tx.commit().await.map_err(backend)?;
        }
        let mut data: std::collections::HashMap<_, _> =
            serde_json::from_str(&row.data).map_err(|e| unreadable(Error::Decode(e.to_string())))?;
        data.insert(SESSION_ID.to_owned(), row.id.0.into());
        // The expiry was checked above against our own clock; the layer only needs one that is not over.
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.0 / 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut tx = self.0.db.begin_write().await.map_err(backend)?;
        store::end_session_by_key(&mut tx, &fingerprint(id.to_string()), self.0.clock.now()).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

/// Notes that an API session was seen, no more often than [`TOUCH_AFTER_MINUTES`].
pub(super) async fn touch_api_session(app: &App, row: &super::SessionRow) -> crate::platform::db::DbResult<()> {
    let now = app.clock.now();
    if now.minutes_since(row.last_seen_at) < TOUCH_AFTER_MINUTES {
        return Ok(());
    }
    let mut tx = app.db.begin_write().await?;
    store::touch_session(&mut tx, row.id, now, row.expires_at).await?;
    tx.commit().await
}

/// As [`touch_api_session`], for a token of a program.
pub(super) async fn touch_api_token(app: &App, token: &super::ApiToken) -> crate::platform::db::DbResult<()> {
    let now = app.clock.now();
    if token.last_used_at.is_some_and(|last| now.minutes_since(last) < TOUCH_AFTER_MINUTES) {
        return Ok(());
    }
    let mut tx = app.db.begin_write().await?;
    store::touch_api_token(&mut tx, token.id, now).await?;
    tx.commit().await
}
