use crate::access::{Conn, Permit};
use crate::accounts::{AccountError, ChangeMe, store};
use crate::audit::{self, Event};
use crate::kernel::{INSTALLATION, Lang, text};
use crate::platform::App;

/// Changes the name and the language of the account that asks.
///
/// Permission: a signed-in account. Audit: `account.changed`.
///
/// # Errors
/// [`AccountError::Name`].
pub async fn change_me(app: &App, permit: Permit<ChangeMe>, name: &str, language: Lang) -> Result<(), AccountError> {
    let name = text::clean_line(name, 100).ok_or(AccountError::Name)?;
    let id = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    store::change_account(tx.tx(), id, &name, language.code()).await?;
    Ok(tx.commit(Event::new("account.changed", id.into())).await?)
}
