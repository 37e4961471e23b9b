//! The chain of hashes.

use super::AuditRow;
use crate::kernel::{Instant, zone};
use crate::platform::secret::fingerprint;
use std::fmt;

/// The end of a chain: the newest row's number and hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Link {
    pub seq: i64,
    pub hash: String,
}

/// SHA-256 over the row's fields and the hash before it. Every field is preceded by its length, so that no two different
/// rows give the same bytes.
pub fn row_hash(row: &AuditRow) -> String {
    let numbers = [row.org_id, row.seq, row.at, row.actor_id.unwrap_or(-1), row.subject_id.unwrap_or(-1)];
    let texts = [&row.actor_kind, &row.action, &row.subject_kind, &row.detail, &row.address, &row.request_id, &row.prev_hash];
    let mut bytes = b"regie-audit-1".to_vec();
    numbers.iter().for_each(|n| bytes.extend_from_slice(&n.to_be_bytes()));
    for text in texts {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    fingerprint(bytes)
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its own fields are not those that were hashed.
    Changed,
    /// It does not continue the row before it.
    Unlinked,
    /// It is not there; the row with this number is in its place.
    Missing { found: i64 },
    /// It is not there, nor is any after it: the newest rows were taken away.
    Removed,
}

/// The first place where a chain is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The number of the row that is wrong or missing.
    pub seq: i64,
    pub fault: Fault,
    /// When the row that stands there is dated; `None` when there is none.
    pub at: Option<Instant>,
    /// What that row says happened.
    pub action: Option<String>,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match self.fault {
            Fault::Changed => write!(f, "row {seq} was changed")?,
            Fault::Unlinked => write!(f, "row {seq} does not continue the row before it")?,
            Fault::Missing { found } => write!(f, "row {seq} is missing or out of place; row {found} stands there")?,
            Fault::Removed => write!(f, "row {seq} and all after it were removed")?,
        }
        match (&self.action, self.at) {
            (Some(action), Some(at)) => write!(f, " ({action}, {})", zone::utc(at)),
            _ => Ok(()),
        }
    }
}

/// Follows a chain row by row, from its first.
#[derive(Debug, Default)]
pub struct Follower {
    last: Link,
}

impl Follower {
    /// Takes the next row.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn follow(&mut self, row: &AuditRow) -> Result<(), Break> {
        let next = self.last.seq + 1;
        let fault = if row.seq != next {
            Some(Fault::Missing { found: row.seq })
        } else if row.hash != row_hash(row) {
            Some(Fault::Changed)
        } else if row.prev_hash != self.last.hash {
            Some(Fault::Unlinked)
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(Break { seq: next, fault, at: Some(Instant(row.at)), action: Some(row.action.clone()) });
        }
        self.last = Link { seq: row.seq, hash: row.hash.clone() };
        Ok(())
    }

    /// The newest row so far.
    pub const fn last(&self) -> &Link {
        &self.last
    }

    /// Ends at `head`, where the chain is said to end. Gives the number of rows.
    ///
    /// # Errors
    /// When rows are missing at the end.
    pub fn end(self, head: &Link) -> Result<i64, Break> {
        if self.last == *head {
            return Ok(head.seq);
        }
        Err(Break { seq: self.last.seq + 1, fault: Fault::Removed, at: None, action: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> AuditRow {
        AuditRow {
            id: 1,
            org_id: 7,
            seq: 3,
            at: 1_000,
            actor_kind: "account".into(),
            actor_id: Some(4),
            action: "punch.recorded".into(),
            subject_kind: "punch".into(),
            subject_id: Some(9),
            detail: "{}".into(),
            address: "127.0.0.1".into(),
            request_id: "r".into(),
            prev_hash: "p".into(),
            hash: String::new(),
        }
    }

    #[test]
    fn every_field_counts() {
        let whole = row_hash(&row());
        let changes: [fn(&mut AuditRow); 12] = [
            |r| r.org_id += 1,
            |r| r.seq += 1,
            |r| r.at += 1,
            |r| r.actor_kind.push('x'),
            |r| r.actor_id = None,
            |r| r.action.push('x'),
            |r| r.subject_kind.push('x'),
            |r| r.subject_id = None,
            |r| r.detail.push(' '),
            |r| r.address.push('x'),
            |r| r.request_id.push('x'),
            |r| r.prev_hash.push('x'),
        ];
        for (n, change) in changes.into_iter().enumerate() {
            let mut changed = row();
            change(&mut changed);
            assert_ne!(row_hash(&changed), whole, "change {n}");
        }
        // Text that moves from one field to the next is another row.
        let mut moved = row();
        (moved.action, moved.subject_kind) = ("punch.recordedpunch".into(), String::new());
        assert_ne!(row_hash(&moved), whole);
    }
}
