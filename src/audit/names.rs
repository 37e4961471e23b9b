//! Names of what rows of the audit are by and about.

use super::{AuditRow, store};
use crate::access::Conn;
use crate::platform::db::DbResult;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What something is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Empty for an account that was deleted.
    pub name: String,
    /// Whose it is.
    pub owner: Option<String>,
}

/// The names that some rows need.
#[derive(Clone, Debug, Default)]
pub struct Names(HashMap<(&'static str, i64), Name>);

/// The kinds that have names; the same words name facts that hold a number of one of them.
const KINDS: [&str; 12] = [
    "account",
    "token",
    "session",
    "passkey",
    "org",
    "membership",
    "crew_member",
    "kiosk",
    "device",
    "punch",
    "invitation",
    "support_entry",
];

fn known(kind: &str) -> Option<&'static str> {
    // Both are accounts, in a particular role.
    let kind = if matches!(kind, "platform" | "support") { "account" } else { kind };
    KINDS.into_iter().find(|known| *known == kind)
}

impl Names {
    /// What a thing is called, if it has a name.
    pub fn of(&self, kind: &str, id: i64) -> Option<&Name> {
        self.0.get(&(known(kind)?, id))
    }

    /// Looks up what `rows` name: their actors, their subjects, and the numbers among their facts.
    pub(super) async fn find(conn: &mut impl Conn, rows: &[AuditRow]) -> DbResult<Self> {
        let mut wanted: BTreeMap<&'static str, BTreeSet<i64>> = BTreeMap::new();
        let mut want = |kind: &str, id: Option<i64>| {
            if let Some((kind, id)) = known(kind).zip(id) {
                wanted.entry(kind).or_default().insert(id);
            }
        };
        for row in rows {
            want(&row.actor_kind, row.actor_id);
            want(&row.subject_kind, row.subject_id);
            if let Ok(serde_json::Value::Object(facts)) = serde_json::from_str(&row.detail) {
                facts.iter().for_each(|(name, value)| want(name, value.as_i64()));
            }
        }
        let mut names = HashMap::new();
        for (kind, ids) in wanted {
            let ids: Vec<i64> = ids.into_iter().collect();
            let found = store::list_names(conn, kind, &ids).await?;
            names.extend(found.into_iter().map(|(id, name)| ((kind, id), name)));
        }
        Ok(Self(names))
    }
}
