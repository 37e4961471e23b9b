//! What can go wrong with accounts.

use super::PasswordProblem;
use crate::access::Denied;
use crate::kernel::{Failure, Kind};
use crate::platform::db::DbError;
use crate::platform::hashing::HashingError;

/// Why an account action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("the e-mail address is malformed")]
    Email,
    #[error("the name is empty or too long")]
    Name,
    #[error("the password is not taken: {0:?}")]
    Password(PasswordProblem),
    #[error("the address has an account")]
    EmailTaken,
    #[error("strangers may not register here")]
    RegistrationClosed,
    /// Wrong address or wrong password: which one is not told.
    #[error("address or password is wrong")]
    Credentials,
    #[error("the account is deactivated")]
    Inactive,
    #[error("the refresh token is unknown, used or too old")]
    RefreshToken,
    #[error("no key signs tokens")]
    Signing,
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Hashing(#[from] HashingError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Email => Self::fields([("email", "email.invalid")]),
            AccountError::Name => Self::fields([("name", "name.invalid")]),
            AccountError::Password(problem) => Self::fields([("password", problem.code())]),
            AccountError::EmailTaken => Self {
                kind: Kind::Conflict,
                code: "account.email_taken".to_owned(),
                ..Self::fields([("email", "account.email_taken")])
            },
            AccountError::RegistrationClosed => Self::new(Kind::Forbidden, "account.registration_closed"),
            AccountError::Credentials => Self::new(Kind::SignIn, "account.credentials"),
            AccountError::Inactive => Self::new(Kind::Forbidden, "account.inactive"),
            AccountError::RefreshToken => Self::new(Kind::SignIn, "account.refresh_token"),
            AccountError::Denied(denied) => denied.into(),
            AccountError::Hashing(HashingError::Busy) => Self::new(Kind::Unavailable, "unavailable"),
            AccountError::Hashing(HashingError::Failed(reason)) => {
                tracing::error!(reason, "Hashing failed");
                Self::new(Kind::Unexpected, "unexpected")
            }
            AccountError::Signing => {
                tracing::error!("No key signs tokens");
                Self::new(Kind::Unexpected, "unexpected")
            }
            AccountError::Db(error) => error.into(),
        }
    }
}
