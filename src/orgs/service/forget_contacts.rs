use crate::orgs::store;
use crate::platform::App;
use crate::platform::db::DbResult;

/// The job that takes contact details out of people archived long ago.
pub const FORGET: &str = "orgs.forget_contacts";

/// Takes the contact details and the date of birth out of people who were archived longer ago than their organisation keeps them (GDPR 5.1.e).
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_old_contacts(app: &App) -> DbResult<u64> {
    let now = app.clock.now();
    app.db.write(async |tx| store::forget_old_contacts(tx, now).await).await
}
