use super::close_account::close_account;
use crate::access::{Conn, Permit};
use crate::accounts::model::AccountFilter;
use crate::accounts::{Account, AccountError, ListAccounts, ManageAccounts, store};
use crate::audit::{self, Event};
use crate::kernel::{AccountId, INSTALLATION, text};
use crate::platform::App;

/// Accounts of the installation.
///
/// Permission: platform admin. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_accounts(
    app: &App,
    _permit: Permit<ListAccounts>,
    filter: &AccountFilter,
) -> Result<Vec<Account>, AccountError> {
    Ok(store::list_accounts(&mut app.db.read().await?, filter).await?)
}

/// Closes or opens an account for the platform; one that its owner has closed, too, so that they do not open it again. One's own cannot
/// be closed here.
///
/// Permission: platform admin. Audit: `account.closed`, `account.opened`.
///
/// # Errors
/// [`AccountError::NotFound`] when there is nothing to do.
pub async fn set_account_active(
    app: &App,
    permit: Permit<ManageAccounts>,
    id: AccountId,
    is_active: bool,
) -> Result<(), AccountError> {
    if permit.actor().account() == Some(id) {
        return Err(AccountError::NotFound);
    }
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let changed = if is_active {
        store::enable_account(tx.tx(), id, "platform").await?
    } else {
        close_account(&mut tx, id, "platform").await?
    };
    if !changed {
        return Err(AccountError::NotFound);
    }
    Ok(tx.commit(Event::new(if is_active { "account.opened" } else { "account.closed" }, id.into())).await?)
}

/// Lets an account run the installation, or no longer. One's own right cannot be taken away here.
///
/// Permission: platform admin, or the command line. Audit: `account.platform_admin_changed`.
///
/// # Errors
/// [`AccountError::Email`], [`AccountError::NotFound`].
pub async fn set_platform_admin(
    app: &App,
    permit: Permit<ManageAccounts>,
    email: &str,
    is_admin: bool,
) -> Result<(), AccountError> {
    let email = text::clean_email(email).ok_or(AccountError::Email)?;
    let found = store::find_account_by_email(&mut app.db.read().await?, &email).await?.ok_or(AccountError::NotFound)?;
    set_platform_admin_of(app, permit, found.account.id, is_admin).await
}

/// As [`set_platform_admin`], for an account with a number, whether it is closed or not.
///
/// # Errors
/// [`AccountError::NotFound`].
pub async fn set_platform_admin_of(
    app: &App,
    permit: Permit<ManageAccounts>,
    id: AccountId,
    is_admin: bool,
) -> Result<(), AccountError> {
    if permit.actor().account() == Some(id) {
        return Err(AccountError::NotFound);
    }
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let found = store::find_account(tx.tx(), id).await?;
    found.filter(|account| account.deleted_at.is_none()).ok_or(AccountError::NotFound)?;
    store::set_platform_admin(tx.tx(), id, is_admin).await?;
    Ok(tx.commit(Event::new("account.platform_admin_changed", id.into()).with("after", is_admin)).await?)
}
