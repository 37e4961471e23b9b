//! The audit in words: what happened, on what, and the facts of it.

use crate::kernel::Lang;
use crate::platform::words::{Words, words};

/// An event as people read it: a colour, an icon, words.
pub struct EventWords {
    pub tone: &'static str,
    pub icon: &'static str,
    pub text: String,
}

/// What an event is called; `None` for a name that no code of ours writes.
pub fn event_words(action: &str, lang: Lang) -> Option<EventWords> {
    let t = words(lang);
    let (tone, icon, text) = match action {
        "account.registered" => ("", "useradd", t.event_account_registered()),
        "account.signed_in" => ("", "key", t.event_account_signed_in()),
        "account.sign_in_failed" => ("danger", "stop", t.event_account_sign_in_failed()),
        "account.password_rehashed" => ("", "key", t.event_account_password_rehashed()),
        "account.reset_requested" => ("", "mail", t.event_account_reset_requested()),
        "account.reset_sent" => ("", "mail", t.event_account_reset_sent()),
        "account.verified" => ("positive", "check", t.event_account_verified()),
        "account.email_requested" => ("", "mail", t.event_account_email_requested()),
        "account.email_confirmed" => ("", "check", t.event_account_email_confirmed()),
        "account.email_changed" => ("warning", "pencil", t.event_account_email_changed()),
        "account.verification_sent" => ("", "mail", t.event_account_verification_sent()),
        "account.denied" => ("danger", "stop", t.event_account_denied()),
        "account.password_reset" => ("warning", "key", t.event_account_password_reset()),
        "account.password_changed" => ("warning", "key", t.event_account_password_changed()),
        "account.changed" => ("", "pencil", t.event_account_changed()),
        "account.closed" => ("warning", "ban", t.event_account_closed()),
        "account.opened" => ("", "undo", t.event_account_opened()),
        "account.deleted" => ("warning", "x", t.event_account_deleted()),
        "account.platform_admin_changed" => ("warning", "shield", t.event_account_platform_admin_changed()),
        "factor.started" => ("", "shield", t.event_factor_started()),
        "factor.added" => ("positive", "shield", t.event_factor_added()),
        "factor.removed" => ("warning", "x", t.event_factor_removed()),
        "factor.used" => ("", "shield", t.event_factor_used()),
        "factor.refused" => ("danger", "stop", t.event_factor_refused()),
        "factor.codes_renewed" => ("", "shield", t.event_factor_codes_renewed()),
        "session.refreshed" => ("", "clock", t.event_session_refreshed()),
        "session.reuse_detected" => ("danger", "warn", t.event_session_reuse_detected()),
        "session.ended" => ("", "exit", t.event_session_ended()),
        "session.all_ended" => ("", "exit", t.event_session_all_ended()),
        "session.labelled" => ("", "pencil", t.event_session_labelled()),
        "token.made" => ("", "key", t.event_token_made()),
        "token.revoked" => ("", "ban", t.event_token_revoked()),
        "member.invited" => ("", "mail", t.event_member_invited()),
        "member.invited_again" => ("", "mail", t.event_member_invited_again()),
        "member.invitation_revoked" => ("", "ban", t.event_member_invitation_revoked()),
        "member.joined" => ("positive", "useradd", t.event_member_joined()),
        "member.left" => ("", "exit", t.event_member_left()),
        "member.role_changed" => ("warning", "pencil", t.event_member_role_changed()),
        "member.suspended" => ("warning", "ban", t.event_member_suspended()),
        "member.restored" => ("", "undo", t.event_member_restored()),
        "member.removed" => ("warning", "x", t.event_member_removed()),
        "member.sessions_ended" => ("", "exit", t.event_member_sessions_ended()),
        "member.reset_started" => ("", "key", t.event_member_reset_started()),
        "org.created" => ("positive", "home", t.event_org_created()),
        "org.settings_changed" => ("warning", "gear", t.event_org_settings_changed()),
        "org.logo_changed" => ("", "pencil", t.event_org_logo_changed()),
        "org.logo_removed" => ("", "x", t.event_org_logo_removed()),
        "setup.link_issued" => ("", "key", t.event_setup_link_issued()),
        "support.entered" => ("accent", "enter", t.event_support_entered()),
        "support.left" => ("accent", "exit", t.event_support_left()),
        "crew.added" => ("", "useradd", t.event_crew_added()),
        "crew.changed" => ("", "pencil", t.event_crew_changed()),
        "crew.archived" => ("", "file", t.event_crew_archived()),
        "crew.restored" => ("", "undo", t.event_crew_restored()),
        "crew.linked" => ("", "check", t.event_crew_linked()),
        "crew.link_sent" => ("", "mail", t.event_crew_link_sent()),
        "device.registered" => ("", "phone", t.event_device_registered()),
        "device.revoked" => ("warning", "ban", t.event_device_revoked()),
        "kiosk.created" => ("", "tablet", t.event_kiosk_created()),
        "kiosk.changed" => ("", "pencil", t.event_kiosk_changed()),
        "kiosk.removed" => ("warning", "x", t.event_kiosk_removed()),
        "kiosk.key_issued" => ("", "key", t.event_kiosk_key_issued()),
        "kiosk.pairing_code_issued" => ("", "key", t.event_kiosk_pairing_code_issued()),
        "kiosk.paired" => ("positive", "tablet", t.event_kiosk_paired()),
        "punch.recorded" => ("positive", "qr", t.event_punch_recorded()),
        "punch.refused" => ("danger", "stop", t.event_punch_refused()),
        "project.created" => ("", "plus", t.event_project_created()),
        "project.changed" => ("", "pencil", t.event_project_changed()),
        "project.deleted" => ("warning", "x", t.event_project_deleted()),
        "mission.created" => ("", "plus", t.event_mission_created()),
        "mission.changed" => ("", "pencil", t.event_mission_changed()),
        "mission.deleted" => ("warning", "x", t.event_mission_deleted()),
        "mission.cancelled" => ("warning", "ban", t.event_mission_cancelled()),
        "assignment.created" => ("", "useradd", t.event_assignment_created()),
        "assignment.cancelled" => ("warning", "x", t.event_assignment_cancelled()),
        "assignment.accepted" => ("positive", "check", t.event_assignment_accepted()),
        "assignment.declined" => ("warning", "stop", t.event_assignment_declined()),
        "rule.overruled" => ("warning", "warn", t.event_rule_overruled()),
        "rule.restored" => ("", "undo", t.event_rule_restored()),
        "assignment.released" => ("warning", "clock", t.event_assignment_released()),
        "assignment.reminded" => ("", "mail", t.event_assignment_reminded()),
        "assignment.links_revoked" => ("", "ban", t.event_assignment_links_revoked()),
        "plan.published" => ("accent", "calendar", t.event_plan_published()),
        "plan.undone" => ("", "undo", t.event_plan_undone()),
        "plan.redone" => ("", "redo", t.event_plan_redone()),
        "plan.told" => ("", "mail", t.event_plan_told()),
        "template.saved" => ("", "plus", t.event_template_saved()),
        "template.renamed" => ("", "pencil", t.event_template_renamed()),
        "template.deleted" => ("warning", "x", t.event_template_deleted()),
        "template.pasted" => ("", "copy", t.event_template_pasted()),
        "availability.declared" => ("", "calendar", t.event_availability_declared()),
        "availability.withdrawn" => ("", "x", t.event_availability_withdrawn()),
        "availability.approved" => ("positive", "check", t.event_availability_approved()),
        "availability.rejected" => ("warning", "stop", t.event_availability_rejected()),
        "assignment.invited" => ("info", "mail", t.event_assignment_invited()),
        "assignment.link_made" => ("", "key", t.event_assignment_link_made()),
        "calendar.made" => ("", "calendar", t.event_calendar_made()),
        "calendar.revoked" => ("", "ban", t.event_calendar_revoked()),
        "profile.changed" => ("", "pencil", t.event_profile_changed()),
        "rate.set" => ("", "pencil", t.event_rate_set()),
        "job.retried" => ("", "undo", t.event_job_retried()),
        "job.discarded" => ("warning", "x", t.event_job_discarded()),
        _ => return None,
    };
    Some(EventWords { tone, icon, text })
}

/// What a kind of subject is called.
pub fn subject_word(kind: &str, t: &Words) -> Option<String> {
    Some(match kind {
        "account" => t.subject_account(),
        "crew_member" => t.subject_crew_member(),
        "device" => t.subject_device(),
        "kiosk" => t.subject_kiosk(),
        "invitation" => t.subject_invitation(),
        "link" => t.subject_link(),
        "membership" => t.subject_membership(),
        "org" => t.subject_org(),
        "punch" => t.subject_punch(),
        "session" => t.subject_session(),
        "token" => t.subject_token(),
        "passkey" => t.subject_passkey(),
        "support_entry" => t.subject_support_entry(),
        "installation" => t.subject_installation(),
        "job" => t.subject_job(),
        "project" => t.subject_project(),
        "mission" => t.subject_mission(),
        "assignment" => t.subject_assignment(),
        "availability" => t.subject_availability(),
        "plan" => t.subject_plan(),
        "mission_template" => t.subject_template(),
        _ => return None,
    })
}

/// What a fact is called; `None` for a name that no code of ours writes.
pub fn fact_word(name: &str, lang: Lang) -> Option<String> {
    let t = words(lang);
    Some(match name {
        "before" | "after" => t.fact_change(),
        "name" => t.fact_name(),
        "role" => t.fact_role(),
        "email" => t.fact_email(),
        "time_zone" => t.fact_time_zone(),
        "language" => t.fact_language(),
        "second_factor_from" => t.fact_second_factor_from(),
        "join_domains" => t.fact_join_domains(),
        "retention_months" => t.fact_retention_months(),
        "account" => t.fact_account(),
        "crew_member" => t.fact_crew_member(),
        "org" => t.fact_org(),
        "passkey" => t.fact_passkey(),
        "kind" => t.fact_kind(),
        "method" => t.fact_method(),
        "reason" => t.fact_reason(),
        "minutes" => t.fact_minutes(),
        "bytes" => t.fact_bytes(),
        "active" => t.fact_active(),
        "device" => t.fact_device(),
        "scopes" => t.fact_scopes(),
        "sessions_ended" => t.fact_sessions_ended(),
        "tokens_revoked" => t.fact_tokens_revoked(),
        "attempts" => t.fact_attempts(),
        "job" => t.fact_job(),
        "cents" => t.fact_cents(),
        "employment" => t.fact_employment(),
        "from" => t.fact_from(),
        "link" => t.fact_link(),
        "skills" => t.fact_skills(),
        "unit" => t.fact_unit(),
        "mission" => t.fact_mission(),
        "missions" => t.fact_missions(),
        "people" => t.fact_people(),
        "person" => t.fact_person(),
        "starts_at" => t.fact_starts_at(),
        "rule" => t.fact_rule(),
        "measured" => t.fact_measured(),
        "limit" => t.fact_limit(),
        "held" => t.fact_held(),
        "title" => t.fact_title(),
        _ => return None,
    })
}

/// What "before" and "after" of an event are.
pub fn change_word(action: &str, t: &Words) -> String {
    match action {
        "crew.changed" | "account.changed" | "template.renamed" => t.fact_name(),
        "member.role_changed" => t.fact_role(),
        "account.email_changed" => t.fact_email(),
        "account.platform_admin_changed" => t.fact_admin(),
        _ => t.fact_change(),
    }
}

/// What a kind of job does.
pub fn job_word(kind: &str, t: &Words) -> String {
    match kind {
        "mail.send" => t.job_mail(),
        "badges.purge" => t.job_badges(),
        "sessions.purge" => t.job_sessions(),
        "accounts.reset" => t.job_reset(),
        "orgs.forget_contacts" => t.job_forget(),
        "planning.tell" => t.job_tell(),
        "planning.remind" => t.job_remind(),
        "planning.release" => t.job_release(),
        other => other.to_owned(),
    }
}

/// Why the program itself did something.
pub fn system_words(reason: &str, t: &Words) -> String {
    match reason {
        "command line" => t.audit_system_command(),
        "demonstration" => t.audit_system_demo(),
        "password reset" => t.audit_system_reset(),
        "plan published" => t.audit_system_plan(),
        "deadline near" => t.audit_system_deadline_near(),
        "deadline passed" => t.audit_system_deadline_passed(),
        "first start" => t.audit_system_start(),
        other => other.to_owned(),
    }
}
