use crate::access::Conn;
use crate::accounts::store;
use crate::audit::Tx;
use crate::kernel::AccountId;
use crate::platform::db::DbResult;

/// Closes an account inside a change: sessions and tokens end. Its owner opens it again with a reset link; `platform` alone
/// opens what the platform closed. `false` when it is closed already.
///
/// # Errors
/// When the database cannot be written.
pub async fn close_account(tx: &mut Tx, account: AccountId, by: &str) -> DbResult<bool> {
    let now = tx.now();
    if !store::disable_account(tx.tx(), account, by).await? {
        return Ok(false);
    }
    store::end_sessions(tx.tx(), account, None, "account_closed", now).await?;
    store::revoke_api_tokens(tx.tx(), account, now).await?;
    Ok(true)
}

/// Takes everything personal out of an account, for good. What its owner's employers keep is their own: records and hours, with the
/// name. The audit keeps the account's number.
///
/// # Errors
/// When the database cannot be written.
pub async fn erase_account(tx: &mut Tx, account: AccountId) -> DbResult<()> {
    let now = tx.now();
    store::end_sessions(tx.tx(), account, None, "account_deleted", now).await?;
    store::revoke_api_tokens(tx.tx(), account, now).await?;
    store::forget_browsers(tx.tx(), account).await?;
    store::remove_passkeys(tx.tx(), account).await?;
    store::replace_recovery_codes(tx.tx(), account, &[], now).await?;
    store::forget_links(tx.tx(), account).await?;
    store::erase_account(tx.tx(), account, now).await
}
