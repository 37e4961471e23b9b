//! What writes leaves a trace: every action that says so has its events here, and every event is in the code.

use crate::support::each_app;
use regie::access::{Audited, For};
use regie::kernel::Role;
use serde_json::json;

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
    ("invitation.accept", &["member.joined", "account.registered"]),
    ("org.join", &["member.joined"]),
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
    ("mission.manage", &["mission.created", "mission.changed", "mission.deleted", "mission.cancelled"]),
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
    ("availability.decide", &["availability.declared", "availability.approved", "availability.rejected"]),
    ("platform.enter_org", &["support.entered", "support.left"]),
    ("installation.set_up", &["account.registered", "org.created"]),
    ("org.create", &["org.created"]),
    ("crew.add", &["crew.added"]),
    ("crew.change", &["crew.changed", "crew.archived", "crew.restored"]),
    ("crew.link", &["crew.link_sent"]),
    ("crew.join", &["crew.linked"]),
    ("crew.find_mine", &["crew.linked", "crew.added"]),
    ("demo.seed", &["setup.link_issued", "crew.added"]),
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

fn actions() -> Vec<(&'static str, For, Audited)> {
    [
        regie::accounts::ACTIONS,
        regie::orgs::ACTIONS,
        regie::timeclock::ACTIONS,
        regie::audit::ACTIONS,
        regie::planning::ACTIONS,
        regie::operations::ACTIONS,
    ]
    .concat()
}

#[test]
fn every_writing_action_has_its_line() {
    let writing: Vec<_> =
        actions().into_iter().filter(|(_, _, audited)| *audited == Audited::Write).map(|(name, ..)| name).collect();
    let known: Vec<_> = COVERAGE.iter().map(|(name, _)| *name).collect();
    let missing: Vec<_> = writing.iter().filter(|name| !known.contains(name)).collect();
    let gone: Vec<_> = known.iter().filter(|name| !writing.contains(name)).collect();
    assert!(missing.is_empty() && gone.is_empty(), "without a line: {missing:?}; without an action: {gone:?}");
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
