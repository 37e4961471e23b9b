//! A chain as lines of JSON, to be kept elsewhere and checked without the database and without keys.
//!
//! A line for each row with everything that its hash covers, then one line that says where the chain ends. Whoever keeps the
//! last line in another place sees later whether anything before it was changed or taken away.

use super::{AuditRow, Break, Follower, Link};
use crate::kernel::OrgId;
use serde::{Deserialize, Serialize};
use std::io::BufRead;

/// One row. The order of the fields is the order in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowLine {
    org_id: i64,
    seq: i64,
    at: i64,
    actor_kind: String,
    actor_id: Option<i64>,
    action: String,
    subject_kind: String,
    subject_id: Option<i64>,
    /// The text itself, not what it means: the hash covers its bytes.
    detail: String,
    address: String,
    request_id: String,
    prev_hash: String,
    hash: String,
}

/// Where the chain ends.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadLine {
    head: Head,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    org_id: i64,
    seq: i64,
    hash: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Row(Box<RowLine>),
    Head(HeadLine),
}

fn line_of(value: &impl Serialize) -> String {
    // Numbers and texts: there is nothing in it that could fail.
    serde_json::to_string(value).map(|text| text + "\n").unwrap_or_default()
}

/// A row as a line.
pub fn chain_line(row: &AuditRow) -> String {
    let row = row.clone();
    line_of(&RowLine {
        org_id: row.org_id,
        seq: row.seq,
        at: row.at,
        actor_kind: row.actor_kind,
        actor_id: row.actor_id,
        action: row.action,
        subject_kind: row.subject_kind,
        subject_id: row.subject_id,
        detail: row.detail,
        address: row.address,
        request_id: row.request_id,
        prev_hash: row.prev_hash,
        hash: row.hash,
    })
}

/// The last line: where the chain ended when it was written out.
pub fn head_line(org: OrgId, head: &Link) -> String {
    line_of(&HeadLine { head: Head { org_id: org.0, seq: head.seq, hash: head.hash.clone() } })
}

impl From<RowLine> for AuditRow {
    fn from(line: RowLine) -> Self {
        Self {
            id: 0,
            org_id: line.org_id,
            seq: line.seq,
            at: line.at,
            actor_kind: line.actor_kind,
            actor_id: line.actor_id,
            action: line.action,
            subject_kind: line.subject_kind,
            subject_id: line.subject_id,
            detail: line.detail,
            address: line.address,
            request_id: line.request_id,
            prev_hash: line.prev_hash,
            hash: line.hash,
        }
    }
}

/// Why an export does not hold.
#[derive(Debug, thiserror::Error)]
pub enum BadExport {
    #[error("{0}")]
    Broken(Break),
    #[error("line {line}, where row {seq} belongs, cannot be read: {reason}")]
    Unreadable { line: usize, seq: i64, reason: String },
    #[error("row {seq} is missing, or the line that says where the chain ends: the file was cut")]
    Cut { seq: i64 },
    #[error("line {line} comes after the end of the chain")]
    Beyond { line: usize },
    #[error("the last line is of organisation {head}, the rows are of {rows}")]
    Mixed { head: i64, rows: i64 },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Follows an export from its first row to its last line: every hash is computed again, every number and every link is
/// checked. Needs neither a database nor a key. Gives the number of rows.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_export(lines: impl BufRead) -> Result<i64, BadExport> {
    let mut follower = Follower::default();
    let mut org = None;
    let mut head: Option<Head> = None;
    for (number, text) in lines.split(b'\n').enumerate() {
        let (line, text) = (number + 1, text?);
        if head.is_some() {
            return Err(BadExport::Beyond { line });
        }
        let seq = follower.last().seq + 1;
        let unreadable = |reason: String| BadExport::Unreadable { line, seq, reason };
        match serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))? {
            Line::Row(row) => {
                let row = AuditRow::from(*row);
                follower.follow(&row).map_err(BadExport::Broken)?;
                org = org.or(Some(row.org_id));
            }
            Line::Head(found) => head = Some(found.head),
        }
    }
    let Some(head) = head else { return Err(BadExport::Cut { seq: follower.last().seq + 1 }) };
    if let Some(rows) = org.filter(|rows| *rows != head.org_id) {
        return Err(BadExport::Mixed { head: head.org_id, rows });
    }
    follower.end(&Link { seq: head.seq, hash: head.hash }).map_err(BadExport::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::row_hash;

    /// Five rows and the last line.
    fn export() -> Vec<String> {
        let mut lines = Vec::new();
        let mut last = Link::default();
        for seq in 1..=5 {
            let mut row = AuditRow {
                id: 100 + seq,
                org_id: 7,
                seq,
                at: 1_795_248_000_000 + seq,
                actor_kind: "account".into(),
                actor_id: Some(41),
                action: "punch.recorded".into(),
                subject_kind: "punch".into(),
                subject_id: Some(92),
                detail: "{\"name\":\"Élodie\"}".into(),
                address: "127.0.0.1".into(),
                request_id: "abcdefgh".into(),
                prev_hash: last.hash,
                hash: String::new(),
            };
            row.hash = row_hash(&row);
            lines.push(chain_line(&row));
            last = Link { seq, hash: row.hash };
        }
        lines.push(head_line(OrgId(7), &last));
        lines
    }

    fn check(lines: &[String]) -> Result<i64, String> {
        verify_export(lines.concat().as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_export_that_nobody_touched_holds() {
        assert_eq!(check(&export()), Ok(5));
        assert_eq!(check(&[head_line(OrgId(7), &Link::default())]), Ok(0), "nothing has happened yet");
    }

    #[test]
    fn one_byte_of_any_field_names_the_row() {
        for (field, from, to) in [
            ("organisation", "\"org_id\":7", "\"org_id\":8"),
            ("time", "1795248000003", "1795248000004"),
            ("actor's kind", "\"actor_kind\":\"account\"", "\"actor_kind\":\"accounu\""),
            ("actor", "\"actor_id\":41", "\"actor_id\":42"),
            ("actor taken away", "\"actor_id\":41", "\"actor_id\":null"),
            ("event", "punch.recorded", "punch.recordee"),
            ("subject's kind", "\"subject_kind\":\"punch\"", "\"subject_kind\":\"puncg\""),
            ("subject", "\"subject_id\":92", "\"subject_id\":93"),
            ("facts", "Élodie", "Elodie"),
            ("address", "127.0.0.1", "127.0.0.2"),
            ("request", "abcdefgh", "abcdefgi"),
        ] {
            let mut lines = export();
            assert!(lines[2].contains(from), "{field}");
            lines[2] = lines[2].replace(from, to);
            let said = check(&lines).unwrap_err();
            assert!(said.starts_with("row 3 was changed (punch.record"), "{field}: {said}");
            assert!(said.contains("2026-11-21T08:00:00.00"), "{field}: {said}");
        }
        for field in ["prev_hash", "hash"] {
            let mut lines = export();
            let place = lines[2].find(&format!("\"{field}\":\"")).unwrap() + field.len() + 4;
            let other = if &lines[2][place..=place] == "0" { "1" } else { "0" };
            lines[2].replace_range(place..=place, other);
            assert!(check(&lines).unwrap_err().starts_with("row 3 was changed"), "{field}");
        }
        let mut lines = export();
        lines[2] = lines[2].replace("\"seq\":3", "\"seq\":4");
        assert!(check(&lines).unwrap_err().starts_with("row 3 is missing or out of place; row 4 stands there"), "number");
        let mut lines = export();
        lines[2] = lines[2].replace("\"at\"", "\"ah\"");
        assert!(check(&lines).unwrap_err().starts_with("line 3, where row 3 belongs, cannot be read"), "a field's name");
    }

    #[test]
    fn a_row_whose_hash_was_made_anew_does_not_continue_the_one_before() {
        let mut lines = export();
        let line: RowLine = serde_json::from_str(&lines[2]).unwrap();
        let mut row = AuditRow::from(line);
        row.detail = "{}".into();
        row.hash = row_hash(&row);
        lines[2] = chain_line(&row);
        assert!(check(&lines).unwrap_err().starts_with("row 4 does not continue the row before it"));
    }

    #[test]
    fn rows_that_are_removed_swapped_or_cut_off_are_named() {
        let mut removed = export();
        removed.remove(1);
        assert!(check(&removed).unwrap_err().starts_with("row 2 is missing or out of place; row 3 stands there (punch.recorded"));
        let mut first = export();
        first.remove(0);
        assert!(check(&first).unwrap_err().starts_with("row 1 is missing"));
        let mut swapped = export();
        swapped.swap(1, 2);
        assert!(check(&swapped).unwrap_err().starts_with("row 2 is missing or out of place; row 3 stands there"));
        let mut twice = export();
        twice.insert(2, twice[1].clone());
        assert!(check(&twice).unwrap_err().starts_with("row 3 is missing or out of place; row 2 stands there"));
        let mut tail = export();
        tail.remove(4);
        assert_eq!(check(&tail).unwrap_err(), "row 5 and all after it were removed");
        let mut cut = export();
        cut.truncate(3);
        assert!(check(&cut).unwrap_err().starts_with("row 4 is missing"), "with its last line");
        assert!(check(&[]).unwrap_err().starts_with("row 1 is missing"));
    }

    #[test]
    fn the_last_line_counts() {
        let mut hash = export();
        hash[5] = head_line(OrgId(7), &Link { seq: 5, hash: "0".repeat(64) });
        assert!(check(&hash).unwrap_err().starts_with("row 6 and all after it were removed"));
        let mut other = export();
        other[5] = other[5].replace("\"org_id\":7", "\"org_id\":8");
        assert!(check(&other).unwrap_err().contains("of organisation 8"));
        let mut more = export();
        more.push(more[0].clone());
        assert_eq!(check(&more).unwrap_err(), "line 7 comes after the end of the chain");
    }
}
