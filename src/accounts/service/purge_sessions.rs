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
    // Tokens before their sessions, which take those that are left along, however many.
    let tokens = app.db.write_in_portions(|tx| Box::pin(store::purge_refresh_tokens(tx, before))).await?;
    let sessions = app.db.write_in_portions(|tx| Box::pin(store::purge_sessions(tx, before, now))).await?;
    let links = app.db.write_in_portions(|tx| Box::pin(store::purge_links(tx, before))).await?;
    Ok(tokens + sessions + links)
}
