use crate::accounts::store;
use crate::platform::App;
use crate::platform::db::DbResult;

/// The job that forgets old sessions.
pub const PURGE: &str = "sessions.purge";
/// Ended sessions stay for the audit this long (a quarter, as CNIL advises for access logs).
const KEPT_DAYS: i64 = 90;

/// Forgets sessions, refresh tokens and links that ended more than [`KEPT_DAYS`] ago.
///
/// # Errors
/// When the database cannot be written.
pub async fn purge_sessions(app: &App) -> DbResult<u64> {
    let before = app.clock.now().plus_days(-KEPT_DAYS);
    let mut tx = app.db.begin_write().await?;
    let count = store::purge_sessions(&mut tx, before).await? + store::purge_links(&mut tx, before).await?;
    tx.commit().await?;
    Ok(count)
}
