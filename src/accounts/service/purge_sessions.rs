use crate::accounts::store;
use crate::platform::App;
use crate::platform::db::DbResult;

/// The job that forgets old sessions.
pub const PURGE: &str = "sessions.purge";
/// Ended sessions stay for the audit this long (a quarter, as CNIL advises for access logs).
const KEPT_DAYS: i64 = 90;

/// Forgets sessions, refresh tokens and links that ended more than [`KEPT_DAYS`] ago. Sessions that nobody signed in with
/// are no concern of the audit's, and go as soon as they have ended.
///
/// # Errors
/// When the database cannot be written.
pub async fn purge_sessions(app: &App) -> DbResult<u64> {
    let now = app.clock.now();
    let before = now.plus_days(-KEPT_DAYS);
    let mut tx = app.db.begin_write().await?;
    let count = store::purge_sessions(&mut tx, before, now).await? + store::purge_links(&mut tx, before).await?;
    tx.commit().await?;
    Ok(count)
}
