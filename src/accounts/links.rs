//! One-time links of accounts: what they are for, how long they live.

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
    /// "This was not me": ends what a notice told of.
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
