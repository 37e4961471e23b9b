//! Arrows only point down, files stay readable, and what only one place may do is done there alone.

use std::fs;
use std::path::{Path, PathBuf};

/// Each part and the parts of this crate that it may name.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("kernel", &[]),
    ("islands", &["kernel"]),
    ("platform", &["kernel"]),
    ("access", &["kernel", "platform"]),
    ("audit", &["access", "kernel", "platform"]),
    ("accounts", &["access", "audit", "kernel", "platform"]),
    ("orgs", &["access", "accounts", "audit", "kernel", "platform"]),
    ("timeclock", &["access", "audit", "kernel", "orgs", "platform"]),
    ("planning", &["access", "accounts", "audit", "kernel", "orgs", "platform", "timeclock"]),
    ("documents", &["kernel"]),
    ("operations", &["access", "audit", "kernel", "platform"]),
    (
        "web",
        &[
            "access",
            "accounts",
            "audit",
            "documents",
            "islands",
            "kernel",
            "operations",
            "orgs",
            "planning",
            "platform",
            "timeclock",
        ],
    ),
    ("api", &["access", "accounts", "audit", "kernel", "orgs", "planning", "platform", "timeclock"]),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The source files in a folder and below.
pub fn files(directory: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// The parts that a text names after `crate::`.
fn named(text: &str) -> Vec<&str> {
    let after = text.split("crate::").skip(1);
    after.map(|rest| &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]).collect()
}

fn wrong_arrows(part: &str, allowed: &[&str], text: &str) -> Vec<String> {
    let parts: Vec<_> = MAY_USE.iter().map(|(name, _)| *name).chain(["composition"]).collect();
    let wrong = named(text).into_iter().filter(|name| parts.contains(name) && *name != part && !allowed.contains(name));
    wrong.map(str::to_owned).collect()
}

#[test]
fn arrows_only_point_down() {
    let mut wrong = Vec::new();
    for (part, allowed) in MAY_USE {
        for (path, text) in files(&source().join(part)) {
            wrong.extend(wrong_arrows(part, allowed, &text).into_iter().map(|name| format!("{} names {name}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_arrow_that_points_up_is_seen() {
    assert_eq!(wrong_arrows("kernel", &[], "use crate::platform::App;"), ["platform"]);
    assert_eq!(wrong_arrows("orgs", MAY_USE[6].1, "crate::timeclock::rules::decide()"), ["timeclock"]);
}

#[test]
fn a_room_is_entered_by_its_service() {
    for (path, text) in files(&source()) {
        for room in ["accounts", "orgs", "planning", "timeclock"] {
            let inside = path.starts_with(source().join(room));
            assert!(inside || !text.contains(&format!("{room}::store")), "{} reaches into {room}", path.display());
        }
    }
}

/// Changes are kept by the audit. Who else may write, and why: the jobs' own bookkeeping, sessions (a browser's state),
/// house-keeping, the removal of the demonstration, the schema.
const WRITERS: [&str; 10] = [
    "audit/tx.rs",
    "platform/jobs/worker.rs",
    "platform/mail/send.rs",
    "accounts/sessions.rs",
    "accounts/service/purge_sessions.rs",
    "orgs/service/forget_contacts.rs",
    "timeclock/service/issue_badge.rs",
    "composition/jobs.rs",
    "composition/demo.rs",
    "platform/db/",
];

#[test]
fn only_the_audit_keeps_changes() {
    for (path, text) in files(&source()) {
        let name = path.strip_prefix(source()).unwrap().to_string_lossy().into_owned();
        let allowed = WRITERS.iter().any(|writer| name.starts_with(writer));
        let writes = ["begin_write(", "db.write(", "write_in_portions("].iter().any(|way| text.contains(way));
        assert!(allowed || !writes, "{name} writes past the audit");
    }
}

#[test]
fn statements_live_in_stores() {
    for (path, text) in files(&source()) {
        let name = path.strip_prefix(source()).unwrap().to_string_lossy().into_owned();
        let allowed = name.contains("store") || name.starts_with("platform/db/") || name.starts_with("composition/demo");
        assert!(
            allowed || !(text.contains("\"SELECT ") || text.contains("\"UPDATE ") || text.contains("\"INSERT INTO")),
            "{name} holds SQL"
        );
        assert!(name.starts_with("platform/db/") || !text.contains("sqlx::query"), "{name} goes past the database layer");
    }
}

/// Leptos writes the children of a text field unescaped.
#[test]
fn text_fields_escape_what_was_typed() {
    for (path, text) in files(&source().join("web")) {
        for field in text.split("<textarea").skip(1) {
            let inside = field.split_once("</textarea>").and_then(|(field, _)| field.rsplit_once('>')).unwrap().1;
            assert!(inside.is_empty() || inside.starts_with("{typed_text("), "{}: {inside}", path.display());
        }
    }
}

/// A form without an address is sent to where its page was asked for, which may have been what another form was sent to.
#[test]
fn every_form_says_where_it_goes() {
    let pages = source().join("web/pages");
    for (path, text) in files(&source().join("web")) {
        // The page of components sends nothing.
        if path == pages.join("dev.rs") || path.starts_with(pages.join("dev")) {
            continue;
        }
        for form in text.split("<form ").skip(1) {
            let tag = form.split('>').next().unwrap();
            assert!(tag.contains("action=") || tag.contains("method=\"dialog\""), "{}: <form {tag}>", path.display());
        }
        assert!(!text.contains("<form>"), "{}: <form>", path.display());
    }
}

#[test]
fn files_stay_readable() {
    let long: Vec<_> =
        files(&source()).into_iter().filter(|(_, text)| text.lines().count() > 500).map(|(path, _)| path).collect();
    assert!(long.is_empty(), "over 500 lines: {long:#?}");
}
