use crate::access::{Conn, Permit};
use crate::accounts::{AccountError, ChangeMe, store};
use crate::audit::{self, Event};
use crate::kernel::zone::Zone;
use crate::kernel::{INSTALLATION, Lang, text};
use crate::platform::App;

/// Changes the name, the language and the time zone of the account that asks.
///
/// Permission: a signed-in account. Audit: `account.changed`, without the name: the audit keeps
/// what it has, and the account may be erased.
///
/// # Errors
/// [`AccountError::Name`], [`AccountError::TimeZone`].
pub async fn change_me(
    app: &App,
    permit: Permit<ChangeMe>,
    name: &str,
    language: Lang,
    time_zone: &str,
) -> Result<(), AccountError> {
    let name = text::clean_line(name, 100).ok_or(AccountError::Name)?;
    if Zone::named(time_zone).is_none() {
        return Err(AccountError::TimeZone);
    }
    let id = permit.account()?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    let before = store::find_account(tx.tx(), id).await?.ok_or(AccountError::NotFound)?;
    store::change_account(tx.tx(), &before, &name, language.code(), time_zone).await?;
    Ok(tx.commit(Event::new("account.changed", id.into())).await?)
}
