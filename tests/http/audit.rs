//! What writes leaves a trace: every action that says so has its events here, and every event is in the code.

use super::access::code::{self, Written, differences};
use crate::support::each_app;
use regie::kernel::Role;
use serde_json::json;
use std::collections::BTreeSet;

/// Each writing action and its events. No event: the reason is in the closed list of `audit/reasons.rs`.
const COVERAGE: &[(&str, &[&str])] = &[
    ("account.register", &["account.registered"]),
    (
        "account.sign_in",
        &["account.signed_in", "account.sign_in_failed", "account.password_rehashed", "factor.used", "factor.refused"],
    ),
    ("session.refresh", &["session.refreshed", "session.reuse_detected", "session.ended"]),
    ("account.request_reset", &["account.reset_requested", "account.reset_sent"]),
    (
        "account.answer_link",
        &["account.verified", "account.email_confirmed", "account.email_changed", "account.denied", "account.password_reset"],
    ),
    ("session.end", &["session.ended"]),
    (
        "account.change",
        &[
            "account.changed",
            "account.password_changed",
            "account.email_requested",
            "account.verification_sent",
            "factor.started",
            "factor.added",
            "factor.removed",
            "factor.codes_renewed",
        ],
    ),
    ("session.manage_mine", &["session.labelled", "session.ended", "session.all_ended"]),
    ("token.manage_mine", &["token.made", "token.revoked"]),
    ("platform.manage_accounts", &["account.closed", "account.opened", "account.platform_admin_changed"]),
    ("member.invite", &["member.invited", "member.invited_again", "member.invitation_revoked"]),
    ("invitation.accept", &["member.joined", "crew.linked", "account.registered"]),
    ("member.add", &["account.registered", "member.joined"]),
    ("org.join", &["member.joined", "crew.linked"]),
    (
        "member.manage",
        &[
            "member.role_changed",
            "member.suspended",
            "member.restored",
            "member.removed",
            "member.sessions_ended",
            "member.reset_started",
        ],
    ),
    ("org.leave", &["member.left"]),
    ("org.change_settings", &["org.settings_changed", "org.logo_changed", "org.logo_removed"]),
    ("account.close", &["account.closed", "account.deleted"]),
    ("profile.manage", &["profile.changed", "rate.set"]),
    ("rate.manage", &["rate.set"]),
    ("project.manage", &["project.created", "project.changed"]),
    ("project.delete", &["project.deleted"]),
    ("template.manage", &["template.saved", "template.renamed", "template.deleted"]),
    ("mission.manage", &["mission.created", "mission.changed", "mission.deleted", "mission.cancelled", "assignment.created"]),
    (
        "assignment.manage",
        &[
            "assignment.created",
            "assignment.cancelled",
            "assignment.accepted",
            "assignment.declined",
            "assignment.reminded",
            "assignment.links_revoked",
            "assignment.link_made",
            "assignment.invited",
            "rule.overruled",
        ],
    ),
    ("rule.override", &["rule.overruled", "rule.restored"]),
    (
        "plan.edit",
        &[
            "mission.created",
            "mission.changed",
            "mission.deleted",
            "mission.cancelled",
            "assignment.created",
            "assignment.cancelled",
            "template.pasted",
            "plan.undone",
            "plan.redone",
        ],
    ),
    ("plan.publish", &["plan.published", "assignment.invited"]),
    ("plan.tell", &["plan.told", "assignment.reminded"]),
    ("assignment.offer", &["assignment.created", "assignment.offered", "assignment.unoffered"]),
    ("assignment.release", &["assignment.released"]),
    ("assignment.answer_mine", &["assignment.accepted", "assignment.declined"]),
    ("assignment.answer_by_link", &["assignment.accepted", "assignment.declined"]),
    ("availability.declare", &["availability.declared", "availability.withdrawn"]),
    ("availability.decide", &["availability.declared", "availability.approved", "availability.rejected", "availability.revoked"]),
    ("platform.enter_org", &["support.entered", "support.left"]),
    ("installation.set_up", &["account.registered", "org.created"]),
    ("installation.issue_link", &["setup.link_issued"]),
    ("org.create_with_owner", &["account.registered", "org.created"]),
    ("org.create", &["org.created"]),
    ("crew.add", &["crew.added"]),
    ("crew.change", &["crew.changed", "crew.archived", "crew.restored"]),
    ("crew.link", &["crew.link_sent"]),
    ("crew.join", &["crew.linked", "member.joined", "account.registered"]),
    ("crew.find_mine", &["crew.linked", "crew.added"]),
    ("demo.seed", &["crew.added", "org.removed"]),
    ("device.register", &["device.registered"]),
    ("device.revoke_mine", &["device.revoked"]),
    ("device.revoke", &["device.revoked"]),
    ("badge.issue", &[]),
    ("punch.record", &["punch.recorded", "punch.refused"]),
    ("kiosk.manage", &["kiosk.created", "kiosk.changed", "kiosk.removed", "kiosk.key_issued", "kiosk.pairing_code_issued"]),
    ("kiosk.pair", &["kiosk.paired"]),
    ("kiosk.report", &[]),
    ("punch.seed", &["punch.recorded"]),
    ("calendar.manage_mine", &["calendar.made", "calendar.revoked"]),
    ("calendar.manage", &["calendar.made", "calendar.revoked"]),
    ("plan.seed", &["assignment.created", "assignment.accepted", "assignment.declined", "plan.published"]),
    ("platform.manage_jobs", &["job.retried", "job.discarded"]),
];

/// What the code has and `coverage` lacks, and the other way round: the writing actions by type and name, and the events.
fn uncovered(actions: &[(String, String)], events: &[Written], coverage: &[(&str, &[&str])]) -> Vec<String> {
    let code: BTreeSet<String> = actions.iter().map(|(_, name)| name.clone()).collect();
    let lines: Vec<String> = coverage.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut found = differences("action", &code, &lines);
    let code: BTreeSet<String> = events.iter().map(|written| written.event.clone()).collect();
    // Several actions may write the same event.
    let listed: BTreeSet<String> = coverage.iter().flat_map(|(_, events)| *events).map(|event| (*event).to_owned()).collect();
    let lines: Vec<String> = listed.iter().cloned().collect();
    found.extend(differences("event", &code, &lines));
    for Written { event, permits } in events {
        let names = permits.iter().map(|kind| actions.iter().find(|(known, _)| known == kind).map(|(_, name)| name.as_str()));
        // What several actions share does not say for which of them it writes.
        let Some(names) = names.collect::<Option<Vec<&str>>>() else { continue };
        let mine: Vec<&[&str]> = coverage.iter().filter(|(name, _)| names.contains(name)).map(|(_, events)| *events).collect();
        if listed.contains(event) && !mine.is_empty() && !mine.iter().any(|events| events.contains(&event.as_str())) {
            found.push(format!("event in another line than that of {}: {event}", names.join(" or ")));
        }
    }
    found
}

#[test]
fn every_writing_action_and_every_event_has_its_line() {
    let (actions, events) = (code::actions(), code::events());
    assert!(actions.len() > 50 && events.len() > 100, "they are found: {}, {}", actions.len(), events.len());
    let wrong = uncovered(&actions, &events, COVERAGE);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const DOORS: &str = r#"
crate::actions! {
    /// Opens; and says how wide.
    OpenDoor: "door.open", For::Member(Role::Tech), Write;
    /// Looks whether it is open.
    SeeDoor: "door.see", For::Everyone, Read;
    /// Shuts.
    ShutDoor: "door.shut", For::Everyone, Write;
}

pub async fn open_door(app: &App, permit: Permit<OpenDoor>, wide: bool) -> DbResult<()> {
    let event = Event::new(if wide { "door.opened" } else { "door.set_ajar" }, id.into());
    tx.commit(event).await
}

pub async fn shut_door(app: &App, permit: &Permit<ShutDoor>) -> DbResult<()> {
    let action = match why {
        Why::Wind => "door.slammed",
        Why::Hand => "door.closed",
    };
    tx.commit(Event::new(action, id.into()).with("colour", "door.blue")).await
}
"#;

#[test]
fn an_action_or_an_event_without_its_line_is_reported() {
    let (actions, events) = (code::actions_in(DOORS).unwrap(), code::events_in(DOORS).unwrap());
    let report = |open: &[&str], shut: &[&str]| uncovered(&actions, &events, &[("door.open", open), ("door.shut", shut)]);
    let (open, shut) = (["door.opened", "door.set_ajar"], ["door.slammed", "door.closed"]);
    assert!(report(&open, &shut).is_empty(), "{:?}", report(&open, &shut));
    assert_eq!(report(&open[..1], &shut), ["event without a line: door.set_ajar"]);
    assert_eq!(report(&open, &shut[1..]), ["event without a line: door.slammed"]);
    assert_eq!(report(&["door.opened", "door.set_ajar", "door.painted"], &shut), ["line without its event: door.painted"]);
    let elsewhere = report(&open[..1], &["door.slammed", "door.closed", "door.set_ajar"]);
    assert_eq!(elsewhere, ["event in another line than that of door.open: door.set_ajar"]);

    let all = ["door.opened", "door.set_ajar", "door.slammed", "door.closed"];
    let report = |names: &[&str]| {
        let coverage: Vec<(&str, &[&str])> = names.iter().map(|name| (*name, all.as_slice())).collect();
        uncovered(&actions, &events, &coverage)
    };
    assert!(report(&["door.open", "door.shut"]).is_empty());
    assert_eq!(report(&["door.open"]), ["action without a line: door.shut"]);
    assert_eq!(report(&["door.open", "door.shut", "door.lock"]), ["line without its action: door.lock"]);
    assert_eq!(report(&["door.open", "door.shut", "door.see"]), ["line without its action: door.see"]);
    assert_eq!(report(&["door.open", "door.shut", "door.open"]), ["action with two lines: door.open"]);
}

#[tokio::test]
async fn what_admins_do_is_in_the_audit() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let person = test.person(&shop, "Karim Benali", Role::Tech).await;
        let (token, cookie) = (test.token(&shop.owner.email).await, test.cookie(&shop.owner.email).await);
        let base = format!("/o/{}", shop.org.slug);
        let (kiosk, _) = test.kiosk(&token, "Entrée").await;
        test.api("PATCH", &format!("/api/v1/admin/kiosks/{kiosk}"), &token, Some(json!({ "is_active": false }))).await;
        let crew = format!("{base}/crew/{}", person.id);
        let changed = test.browse("POST", &crew, &cookie, "name=Karim&email=&phone=&job=&skills=&version=1").await;
        assert_eq!(changed.status, 303, "{}", changed.text);
        let stale = test.browse("POST", &crew, &cookie, "name=Karim&email=&phone=&job=&skills=&version=1").await;
        assert_eq!(stale.status, 409, "somebody else was faster");
        for archived in [true, false] {
            test.browse("POST", &format!("{crew}/archive"), &cookie, &format!("archived={archived}")).await;
        }
        let phone = test.phone(&token).await;
        test.api("POST", &format!("/api/v1/admin/devices/{phone}/revoke"), &token, None).await;
        test.browse("POST", &format!("{base}/kiosks/{kiosk}/pairing"), &cookie, "").await;
        test.api("DELETE", &format!("/api/v1/admin/kiosks/{kiosk}"), &token, None).await;
        let mut events = test.events(&token).await;
        events.reverse();
        let expected = [
            "account.registered",
            "org.created",
            "crew.added",
            "kiosk.created",
            "kiosk.key_issued",
            "kiosk.changed",
            "crew.changed",
            "crew.archived",
            "crew.restored",
            "crew.added",
            "device.registered",
            "device.revoked",
            "kiosk.pairing_code_issued",
            "kiosk.removed",
        ];
        assert_eq!(events, expected);
    })
    .await;
}
