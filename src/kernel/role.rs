//! Roles of a membership.

use serde::{Deserialize, Serialize};

/// What a membership may do; a greater role may do all that a lesser one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Tech,
    Manager,
    Admin,
    Owner,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Tech, Self::Manager, Self::Admin, Self::Owner];

    /// The word stored in the database and spoken by the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Tech => "tech",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// Reads [`Role::code`]; `None` for anything else.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}
