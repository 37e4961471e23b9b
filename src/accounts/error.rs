//! What can go wrong with accounts.

use super::PasswordProblem;
use crate::access::Denied;
use crate::kernel::{Failure, Kind};
use crate::platform::db::DbError;
use crate::platform::hashing::HashingError;
use crate::platform::throttle::TooOften;

/// Why an account action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("the e-mail address is malformed")]
    Email,
    #[error("the name is empty or too long")]
    Name,
    #[error("the time zone is unknown")]
    TimeZone,
    #[error("the password is not taken: {0:?}")]
    Password(PasswordProblem),
    #[error("the address has an account")]
    EmailTaken,
    #[error("strangers may not register here")]
    RegistrationClosed,
    /// Wrong address or wrong password: which one is not told.
    #[error("address or password is wrong")]
    Credentials,
    /// The present password, asked for before something that matters.
    #[error("the present password is wrong")]
    PresentPassword,
    #[error("the account is deactivated")]
    Inactive,
    /// The password is right and not enough.
    #[error("a second factor is needed")]
    SecondFactor,
    #[error("the code is wrong or was used")]
    Code,
    #[error("a second factor is there already")]
    FactorExists,
    #[error("the organisation asks for a second factor")]
    FactorRequired,
    #[error("the passkey was not accepted")]
    Passkey,
    #[error("the refresh token is unknown, used or too old")]
    RefreshToken,
    #[error("the link is unknown, used or too old")]
    LinkDead,
    #[error("there is no such thing")]
    NotFound,
    #[error("the scopes are unknown or empty")]
    Scopes,
    #[error("the life is not from 1 to 366 days")]
    Days,
    #[error(transparent)]
    TooOften(#[from] TooOften),
    #[error("a key is missing")]
    Keys,
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Hashing(#[from] HashingError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        let new = Self::new;
        match error {
            AccountError::Email => Self::fields([("email", "email.invalid")]),
            AccountError::Name => Self::fields([("name", "name.invalid")]),
            AccountError::TimeZone => Self::fields([("time_zone", "time_zone.unknown")]),
            AccountError::Password(problem) => Self::fields([("password", problem.code())]),
            AccountError::EmailTaken => Self {
                kind: Kind::Conflict,
                code: "account.email_taken".to_owned(),
                ..Self::fields([("email", "account.email_taken")])
            },
            AccountError::RegistrationClosed => new(Kind::Forbidden, "account.registration_closed"),
            AccountError::Credentials => new(Kind::SignIn, "account.credentials"),
            AccountError::PresentPassword => Self::fields([("present_password", "account.present_password")]),
            AccountError::Inactive => new(Kind::Forbidden, "account.inactive"),
            AccountError::SecondFactor => new(Kind::SignIn, "account.second_factor"),
            AccountError::Code => Self::fields([("code", "account.code")]),
            AccountError::FactorExists => new(Kind::Conflict, "account.factor_exists"),
            AccountError::FactorRequired => new(Kind::Forbidden, "account.factor_required"),
            AccountError::Passkey => new(Kind::Invalid, "account.passkey"),
            AccountError::RefreshToken => new(Kind::SignIn, "account.refresh_token"),
            AccountError::LinkDead => new(Kind::Gone, "link.dead"),
            AccountError::NotFound => Self::not_found(),
            AccountError::Scopes => Self::fields([("scopes", "token.scopes")]),
            AccountError::Days => Self::fields([("days", "token.days")]),
            AccountError::TooOften(TooOften(seconds)) => new(Kind::TooMany, "too_often").after(seconds),
            AccountError::Denied(denied) => denied.into(),
            AccountError::Hashing(HashingError::Busy) => new(Kind::Unavailable, "unavailable").after(2),
            AccountError::Hashing(HashingError::Failed(reason)) => {
                tracing::error!(reason, "Hashing failed");
                new(Kind::Unexpected, "unexpected")
            }
            AccountError::Keys => {
                tracing::error!("A key is missing or does not work");
                new(Kind::Unexpected, "unexpected")
            }
            AccountError::Db(error) => error.into(),
        }
    }
}
