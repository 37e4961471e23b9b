//! What a program's token may do of what its owner may.

use super::Audited;
use crate::kernel::Role;
use std::fmt;

/// A set of scopes: `read`, `write`, `admin`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    /// Look at what the owner may look at.
    pub read: bool,
    /// Change what a manager may change.
    pub write: bool,
    /// Together with `read` or `write`: what only admins may.
    pub admin: bool,
}

impl Scopes {
    /// Reads the words that [`fmt::Display`] writes, in any order. `None` when a word is unknown or nothing could be done.
    pub fn parse(text: &str) -> Option<Self> {
        let mut scopes = Self::default();
        for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
            match word {
                "read" => scopes.read = true,
                "write" => scopes.write = true,
                "admin" => scopes.admin = true,
                _ => return None,
            }
        }
        (scopes.read || scopes.write).then_some(scopes)
    }

    /// Whether a token with these scopes may do an action that members with `least` may do.
    pub const fn allow(self, least: Role, audited: Audited) -> bool {
        let kind = match audited {
            Audited::Read => self.read,
            Audited::Write => self.write,
        };
        kind && (self.admin || !matches!(least, Role::Admin | Role::Owner))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [("read", self.read), ("write", self.write), ("admin", self.admin)];
        let words: Vec<_> = words.into_iter().filter_map(|(word, has)| has.then_some(word)).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_words() {
        for text in ["read", "write", "read write", "read admin", "read write admin"] {
            assert_eq!(Scopes::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "admin", "read root", "READ"] {
            assert_eq!(Scopes::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_scope_is_less_than_its_owner() {
        let read = Scopes::parse("read").unwrap();
        assert!(read.allow(Role::Manager, Audited::Read));
        assert!(!read.allow(Role::Manager, Audited::Write));
        assert!(!read.allow(Role::Admin, Audited::Read));
        let all = Scopes::parse("read write admin").unwrap();
        assert!(all.allow(Role::Owner, Audited::Write));
    }
}
