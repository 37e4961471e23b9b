//! Kinds of events, as people look for them.

/// A kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Punches,
    Planning,
    Crew,
    Accounts,
    Members,
    Settings,
    /// What stands at the door, and the phones that are shown to it.
    Kiosks,
    Support,
    Jobs,
}

impl Group {
    pub const ALL: [Self; 9] = [
        Self::Punches,
        Self::Planning,
        Self::Crew,
        Self::Accounts,
        Self::Members,
        Self::Settings,
        Self::Kiosks,
        Self::Support,
        Self::Jobs,
    ];

    /// The word in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Punches => "punches",
            Self::Planning => "planning",
            Self::Crew => "crew",
            Self::Accounts => "accounts",
            Self::Members => "members",
            Self::Settings => "settings",
            Self::Kiosks => "kiosks",
            Self::Support => "support",
            Self::Jobs => "jobs",
        }
    }

    /// Reads [`Group::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }

    /// What the names of its events begin with, before the dot.
    pub const fn nouns(self) -> &'static [&'static str] {
        match self {
            Self::Punches => &["punch"],
            Self::Planning => {
                &["project", "mission", "assignment", "plan", "rule", "availability", "rate", "profile", "calendar", "template"]
            }
            Self::Crew => &["crew"],
            Self::Accounts => &["account", "session", "token", "factor"],
            Self::Members => &["member"],
            Self::Settings => &["org", "setup"],
            Self::Kiosks => &["kiosk", "device"],
            Self::Support => &["support"],
            Self::Jobs => &["job"],
        }
    }

    /// The group of an event by its name; `None` for a name that no group knows.
    pub fn of(action: &str) -> Option<Self> {
        let (noun, _) = action.split_once('.')?;
        Self::ALL.into_iter().find(|group| group.nouns().contains(&noun))
    }
}
