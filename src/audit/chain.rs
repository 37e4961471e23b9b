//! The chain of hashes.

use super::AuditRow;
use crate::platform::secret::fingerprint;

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
