//! One-time links: what they are for, how long they live.

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The first account of the installation.
    SetUp,
    /// Ties an account to a crew member.
    JoinCrew,
}

impl Purpose {
    pub const fn code(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::JoinCrew => "join_crew",
        }
    }

    /// How long a link of this kind works, in minutes.
    pub const fn life_minutes(self) -> i64 {
        match self {
            Self::SetUp => 30,
            Self::JoinCrew => 7 * 24 * 60,
        }
    }
}
