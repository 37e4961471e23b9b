//! One-time links of accounts: what they are for, how long they live.

use crate::kernel::{Instant, PasskeyId};

/// How long the first link lives with which somebody chooses the password of an account that was made for them, in minutes.
pub const FIRST_PASSWORD_MINUTES: i64 = 7 * 24 * 60;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Proves that somebody reads mail at the account's address.
    VerifyEmail,
    /// Sets a new password.
    ResetPassword,
    /// The old address agrees to a new one.
    ChangeEmailOld,
    /// The new address agrees.
    ChangeEmailNew,
    /// "This was not me": undoes what a notice told of, and shuts out whoever did it.
    NotMe,
}

impl Purpose {
    pub const fn code(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::ChangeEmailOld => "change_email_old",
            Self::ChangeEmailNew => "change_email_new",
            Self::NotMe => "not_me",
        }
    }

    /// How long a link of this kind works, in minutes.
    pub const fn life_minutes(self) -> i64 {
        match self {
            Self::ResetPassword => 15,
            Self::ChangeEmailOld | Self::ChangeEmailNew => 24 * 60,
            Self::VerifyEmail => 3 * 24 * 60,
            Self::NotMe => 30 * 24 * 60,
        }
    }
}

/// A factor that was added to an account, as the link of its notice names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    Passkey(PasskeyId),
    /// The authenticator app that was confirmed at this moment, and the recovery codes that came with it.
    Totp(Instant),
    /// The recovery codes that were made at this moment.
    Codes(Instant),
}

impl Added {
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Passkey(_) => "passkey",
            Self::Totp(_) => "totp",
            Self::Codes(_) => "codes",
        }
    }

    pub const fn subject(self) -> i64 {
        match self {
            Self::Passkey(id) => id.0,
            Self::Totp(at) | Self::Codes(at) => at.0,
        }
    }

    /// What a link names, if it names a factor.
    pub fn parse(kind: Option<&str>, subject: Option<i64>) -> Option<Self> {
        match kind? {
            "passkey" => subject.map(PasskeyId).map(Self::Passkey),
            "totp" => subject.map(Instant).map(Self::Totp),
            "codes" => subject.map(Instant).map(Self::Codes),
            _ => None,
        }
    }
}
