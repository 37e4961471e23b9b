//! What a page says when something does not work.

use super::extract::asked_lang;
use super::render;
use super::shell::Plain;
use crate::kernel::{Failure, Kind, Lang};
use crate::platform::random;
use crate::platform::words::words;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use leptos::prelude::*;

/// A failure on its way to a browser.
#[derive(Debug)]
pub struct Refusal {
    failure: Failure,
    lang: Lang,
    /// Somewhere else to go instead.
    elsewhere: Option<String>,
}

impl Refusal {
    pub fn new(failure: Failure, lang: Lang) -> Self {
        Self { failure, lang, elsewhere: None }
    }

    /// Sends to the sign-in page, and from there back to `path`.
    pub fn sign_in(lang: Lang, path: &str) -> Self {
        Self::go_to(lang, format!("/sign-in?next={}", url_part(path)))
    }

    /// Sends to a page where what is missing can be done.
    pub fn go_to(lang: Lang, url: String) -> Self {
        Self { failure: Failure::sign_in(), lang, elsewhere: Some(url) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Some(url) = self.elsewhere {
            return Redirect::to(&url).into_response();
        }
        let status = StatusCode::from_u16(self.failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let incident = (self.failure.kind == Kind::Unexpected).then(random::token::<6>);
        if let Some(incident) = &incident {
            tracing::error!(incident, code = self.failure.code, "Answered with an incident");
        }
        let (lang, t) = (self.lang, words(self.lang));
        let (title, text) = match self.failure.kind {
            Kind::NotFound => (t.error_not_found_title(), t.error_not_found_text()),
            Kind::Forbidden => (t.error_forbidden_title(), words_of(&self.failure.code, lang)),
            Kind::Unavailable => (t.error_unavailable_title(), t.error_unavailable_text()),
            Kind::TooMany => (t.error_unavailable_title(), words_of(&self.failure.code, lang)),
            Kind::Unexpected => (t.error_unexpected_title(), t.error_unexpected_text(incident.unwrap_or_default())),
            _ => (t.error_title(), words_of(&self.failure.code, lang)),
        };
        // As programs are told; a form's own page says it when it knows.
        let in_a_moment = matches!(self.failure.kind, Kind::Unavailable | Kind::TooMany).then_some(2);
        let retry = self.failure.retry_seconds.or(in_a_moment);
        let page = render::page(
            status,
            move || view! { <Plain lang title=title.clone()><h1>{title}</h1><p class="muted">{text}</p><p><a class="btn primary" href="/">{t.error_home()}</a></p></Plain> },
        );
        with_retry(page, retry)
    }
}

/// Says in a header when it is worth trying again.
pub fn with_retry(mut response: Response, seconds: Option<i64>) -> Response {
    if let Some(value) = seconds.and_then(|seconds| http::HeaderValue::from_str(&seconds.to_string()).ok()) {
        response.headers_mut().insert(http::header::RETRY_AFTER, value);
    }
    response
}

/// A path as the value of a query.
pub fn url_part(path: &str) -> String {
    path.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-_./".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Where to go on to: a path of ours, never an address of somebody else. Browsers leave tabs and ends of lines out of an address, and
/// take `\` for `/`: what is `/\t/` here is `//` to them.
pub fn safe_next(next: Option<&str>) -> &str {
    let is_ours = |path: &&str| path.starts_with('/') && !path.starts_with("//");
    let is_plain = |path: &&str| !path.contains(|c: char| c == '\\' || c.is_control());
    next.filter(is_ours).filter(is_plain).unwrap_or("/")
}

/// The sentence of a failure's code.
pub fn words_of(code: &str, lang: Lang) -> String {
    let t = words(lang);
    match code {
        "request.method" => t.failure_method(),
        "request.cross_site" => t.failure_cross_site(),
        "request.type" => t.failure_type(),
        "request.broken" => t.failure_broken(),
        "request.too_large" => t.failure_too_large(),
        "form.invalid" => t.failure_form(),
        "email.invalid" => t.failure_email(),
        "name.invalid" => t.failure_name(),
        "phone.invalid" => t.failure_phone(),
        "text.too_long" => t.failure_too_long(),
        "skills.too_many" => t.failure_skills(),
        "time_zone.unknown" => t.failure_time_zone(),
        "password.too_short" => t.failure_password_short(i64::try_from(crate::accounts::MIN_PASSWORD).unwrap_or(0)),
        "password.too_long" => t.failure_password_long(),
        "password.guessable" => t.failure_password_guessable(),
        "account.email_taken" => t.failure_email_taken(),
        "account.registration_closed" => t.failure_registration_closed(),
        "account.credentials" => t.failure_credentials(),
        "account.present_password" => t.failure_present_password(),
        "account.second_factor" => t.failure_second_factor(),
        "account.code" => t.failure_code(),
        "account.factor_exists" => t.failure_factor_exists(),
        "account.factor_required" => t.failure_factor_required(),
        "account.passkey" => t.failure_passkey(),
        "account.wrong_address" => t.failure_wrong_address(),
        "too_often" => t.failure_too_often(),
        "token.scopes" => t.failure_scopes(),
        "token.days" => t.failure_days(),
        "invitation.days" => t.failure_invitation_days(),
        "member.last_owner" => t.failure_last_owner(),
        "member.rank" => t.failure_rank(),
        "member.shared_account" => t.failure_shared_account(),
        "member.exists" => t.failure_member_exists(),
        "role.unknown" => t.failure_role(),
        "logo.invalid" => t.failure_logo(),
        "domains.invalid" => t.failure_domains(),
        "retention.invalid" => t.failure_retention(),
        "convention.unknown" => t.failure_convention(),
        "project.taken" => t.failure_project_taken(),
        "template.taken" => t.failure_template_taken(),
        "template.empty" => t.failure_template_empty(),
        "plan.no_step" => t.failure_no_step(),
        "plan.step_stale" => t.failure_step_stale(),
        "plan.step_lost" => t.failure_step_lost(),
        "edit.unreadable" => t.failure_edit(),
        "edit.nothing" => t.failure_edit_nothing(),
        "edit.nobody" => t.failure_edit_nobody(),
        "split.outside" => t.failure_split(),
        "project.archived" => t.failure_project_archived(),
        "assignment.exists" => t.failure_assignment_exists(),
        "assignment.filled" => t.failure_assignment_filled(),
        "rule.blocked" => t.failure_rule_blocked(),
        "rule.open" => t.failure_rule_open(),
        "rule.reason" => t.failure_rule_reason(),
        "rule.none" => t.failure_rule_none(),
        "assignment.overlap" => t.failure_assignment_overlap(),
        "assignment.released" => t.failure_assignment_released(),
        "assignment.state" => t.failure_assignment_state(),
        "assignment.nothing_waits" => t.failure_nothing_waits(),
        "availability.overlap" => t.failure_availability_overlap(),
        "date.invalid" => t.failure_date(),
        "birth.invalid" => t.failure_birth(),
        "time.order" => t.failure_time_order(),
        "time.too_long" => t.failure_time_long(),
        "hours.invalid" => t.failure_answer_hours(),
        "break.invalid" => t.failure_break(),
        "needs.unreadable" => t.failure_needs(),
        "amount.invalid" => t.failure_amount(),
        "skills.invalid" => t.failure_skills_invalid(),
        "status.unknown" => t.failure_status(),
        "list.length" => t.failure_length(),
        "reason.missing" => t.failure_reason(),
        "account.inactive" => t.failure_inactive(),
        "account.refresh_token" | "sign_in_required" => t.failure_sign_in(),
        "crew.email_taken" => t.failure_crew_email(),
        "crew.email_twice" => t.failure_crew_twice(),
        "crew.no_email" => t.failure_crew_no_email(),
        "crew.already_linked" => t.failure_crew_linked(),
        "line.too_many_columns" => t.failure_line(),
        "link.dead" => t.failure_link(),
        "setup.done" => t.failure_setup(),
        "stale" => t.failure_stale(),
        "kiosk.taken" => t.failure_kiosk_taken(),
        "kiosk.pairing_code" => t.failure_pairing(),
        "kiosk.inactive" => t.failure_kiosk_inactive(),
        "device.known" => t.failure_device_known(),
        "device.not_found" | "kiosk.not_found" | "not_found" => t.error_not_found_text(),
        "device.already_revoked" => t.failure_device_revoked(),
        "forbidden" => t.error_forbidden_text(),
        "punch.malformed" | "punch.unknown" => t.punch_unknown(),
        "punch.expired" => t.punch_expired(),
        "punch.already_used" => t.punch_already_used(),
        "punch.other_org" => t.punch_other_org(),
        "punch.device_revoked" => t.punch_device_revoked(),
        "punch.archived" => t.punch_archived(),
        "punch.clock_differs" => t.punch_clock_differs(),
        "punch.too_soon" => t.punch_too_soon(),
        "punch.already_in" => t.punch_already_in(),
        "punch.already_out" => t.punch_already_out(),
        "punch.raced" => t.punch_raced(),
        "unavailable" => t.error_unavailable_text(),
        _ => t.error_title(),
    }
}

/// The page for a failure that no page of ours told of, in the language that the request's headers ask for.
pub fn failed(failure: Failure, headers: &http::HeaderMap) -> Response {
    Refusal::new(failure, asked_lang(headers)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_ours_is_gone_on_to() {
        for ours in ["/", "/me", "/o/salle/plan?week=2026-11-23&rows=crew", "/o/salle/crew?q=%09%5C//", "/a//b", "/é"] {
            assert_eq!(safe_next(Some(ours)), ours);
        }
        for other in [
            "",
            "me",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example/x",
            "/\n/evil.example",
            "/\r/evil.example",
            "\t//evil.example",
            "/me\t",
            "/\0/evil.example",
            "/\u{7f}/evil.example",
            "/\u{85}/evil.example",
        ] {
            assert_eq!(safe_next(Some(other)), "/", "{other:?}");
        }
        assert_eq!(safe_next(None), "/");
    }
}
