//! The kiosk itself: pairing a tablet, the full-screen page, its scans.

use super::*;
use crate::access::Actor;
use crate::access::Who;
use crate::islands::kiosk::{Answer as ScanAnswer, KioskWords};
use crate::kernel::{Instant, Lang, text};
use crate::orgs::{Org, service as orgs};
use crate::timeclock::{Kiosk, PunchError, PunchKind, Receipt, Scan, service as clock};
use crate::web::door::{client_origin, kiosk_cookie_name};
use crate::web::refusal::words_of;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use http::request::Parts;
use serde::{Deserialize, Serialize};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/kiosk", get(page))
        .route("/kiosk/pair", post(pair))
        .route("/kiosk/scan", post(scan))
        .route("/kiosk/pulse", post(pulse))
}

/// A paired tablet: its cookie proves it. The address of the page alone opens nothing.
struct Tablet {
    app: App,
    kiosk: Kiosk,
    org: Org,
    actor: Actor,
}

impl Tablet {
    async fn find(parts: &Parts, app: &App) -> Result<Option<Self>, Refusal> {
        let jar = CookieJar::from_headers(&parts.headers);
        let unavailable = |e: crate::platform::db::DbError| Refusal::new(e.into(), Lang::Fr);
        let Some(cookie) = jar.get(kiosk_cookie_name(app)) else { return Ok(None) };
        let Some(kiosk) = clock::find_kiosk_by_tablet(app, cookie.value()).await.map_err(unavailable)? else { return Ok(None) };
        let Some(org) = orgs::find_org(app, kiosk.org_id).await.map_err(unavailable)? else { return Ok(None) };
        let origin = client_origin(app, &parts.headers, &parts.extensions);
        let actor = Actor { who: Who::Kiosk { kiosk: kiosk.id, org: org.id }, origin };
        Ok(Some(Self { app: app.clone(), kiosk, org, actor }))
    }
}

impl FromRequestParts<App> for Tablet {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        Self::find(parts, app).await?.ok_or_else(|| Refusal::new(Failure::sign_in(), Lang::Fr))
    }
}

/// A tablet that may not be paired yet.
struct MaybeTablet(Option<Tablet>);

impl FromRequestParts<App> for MaybeTablet {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        Tablet::find(parts, app).await.map(Self)
    }
}

#[derive(Deserialize)]
struct Code {
    code: Option<String>,
}

async fn page(visitor: Visitor, MaybeTablet(tablet): MaybeTablet, Query(query): Query<Code>) -> Answer {
    let Some(tablet) = tablet else {
        return Ok(show_pairing(visitor, Typed { failure: None, values: vec![("code", query.code.unwrap_or_default())] }));
    };
    let lang = tablet.org.lang();
    let t = crate::platform::words::words(lang);
    let words = kiosk_words(t, format!("{} · {}", tablet.org.name, tablet.kiosk.place));
    let assets = &visitor.app.assets;
    let (worker, decoder, camera, styles) =
        (assets.url("scan-worker.js"), assets.url("scanner.wasm"), assets.url("kiosk-camera.js"), assets.url("regie.css"));
    let (nonce, zone, now) = (visitor.nonce.clone(), tablet.org.time_zone.clone(), visitor.app.clock.now());
    let head = render::island_scripts(&visitor.app, &nonce).into_any();
    let script_nonce = nonce.clone();
    Ok(render::island_page(&nonce, true, move || {
        view! {
            <crate::web::shell::Document lang title=tablet.kiosk.name body_class="kiosk-body" head=view! { {head}<script type="module" src=camera nonce=script_nonce></script> }.into_any() styles=styles>
                <noscript><p class="note warning">{t.kiosk_no_script()}</p></noscript>
                <crate::islands::kiosk::KioskIsland words=words worker=worker decoder=decoder time_zone=zone language=lang.code().to_owned() server_ms=now.0 />
            </crate::web::shell::Document>
        }
    }))
}

/// The words of a kiosk at a place.
pub(super) fn kiosk_words(t: &Words, place: String) -> KioskWords {
    KioskWords {
        title: t.kiosk_title(),
        place,
        online: t.kiosk_online(),
        offline: t.kiosk_offline(),
        camera_starting: t.kiosk_camera_starting(),
        camera_live: t.kiosk_camera_live(),
        camera_refused: t.kiosk_camera_refused(),
        camera_absent: t.kiosk_camera_absent(),
        camera_lost: t.kiosk_camera_lost(),
        reading: t.kiosk_reading(),
        lost_title: t.kiosk_lost_title(),
        lost_text: t.kiosk_lost_text(),
        nothing: t.kiosk_nothing(),
        recorded: t.kiosk_recorded(),
        full_screen: t.kiosk_full_screen(),
        clock: t.kiosk_clock(),
        clock_fast: t.kiosk_clock_fast(),
        clock_slow: t.kiosk_clock_slow(),
        inactive_title: t.kiosk_inactive(),
        inactive_text: t.failure_kiosk_inactive(),
        inactive_step: t.kiosk_step_manager(),
        unpaired_title: t.kiosk_unpaired_title(),
        unpaired_text: t.kiosk_unpaired_text(),
        unpaired_step: t.kiosk_unpaired_step(),
        unpaired_wait: t.kiosk_unpaired_wait(),
        pair: t.pair_title(),
    }
}

fn show_pairing(visitor: Visitor, typed: Typed) -> Response {
    let (lang, t) = (visitor.lang, visitor.words());
    render::page(form_status(&typed), move || {
        view! {
            <Plain lang title=t.pair_title() visitor=visitor>
                <h1>{t.pair_title()}</h1><p class="muted">{t.pair_lead()}</p>
                <form class="stack" method="post" action="/kiosk/pair"><FormError typed=typed.clone() lang />
                    <Field typed=typed.clone() lang name="code" label=t.pair_code() autocomplete="off" required=true />
                    <button class="btn primary large block">{t.pair_button()}</button>
                </form>
            </Plain>
        }
    })
}

async fn pair(
    visitor: Visitor,
    jar: CookieJar,
    headers: http::HeaderMap,
    Form(form): Form<Code>,
) -> Result<(CookieJar, Response), Refusal> {
    let app = &visitor.app;
    let agent = headers.get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let code = form.code.unwrap_or_default();
    match clock::pair_kiosk(app, visitor.permit()?, &code, agent).await {
        Ok(secret) => {
            let cookie = Cookie::build((kiosk_cookie_name(app), secret))
                .path("/")
                .same_site(SameSite::Strict)
                .http_only(true)
                .secure(app.config.is_secure())
                .permanent();
            Ok((jar.add(cookie), Redirect::to("/kiosk").into_response()))
        }
        Err(error) => Ok((jar, show_pairing(visitor, Typed { failure: Some(error.into()), values: vec![("code", code)] }))),
    }
}

#[derive(Deserialize)]
struct ScanForm {
    code: String,
    key: Option<String>,
    /// What the tablet's clock showed, in milliseconds since 1970.
    at: Option<i64>,
}

/// One scan. The answer is always 200: the tablet shows what it says.
async fn scan(tablet: Tablet, Form(form): Form<ScanForm>) -> Result<Json<ScanAnswer>, Refusal> {
    let lang = tablet.org.lang();
    let refuse = |failure: Failure| Refusal::new(failure, lang);
    let seconds = tablet.app.config.badge.seconds;
    if !tablet.kiosk.is_active {
        return Ok(Json(refused(lang, seconds, &PunchError::KioskInactive, tablet.app.clock.now())));
    }
    let permit = permit(&tablet.actor).map_err(|e| refuse(e.into()))?;
    let scan = Scan {
        code: form.code,
        wanted: None,
        key: form.key.filter(|k| (16..=64).contains(&k.len())),
        source: "kiosk",
        shown_at: form.at.map(Instant),
    };
    Ok(Json(match clock::record_punch(&tablet.app, permit, &tablet.org.zone(), scan).await {
        Ok(receipt) => accepted(&tablet.org, &receipt, tablet.app.clock.now()),
        Err(PunchError::Db(error)) => return Err(refuse(error.into())),
        Err(error) => refused(lang, seconds, &error, tablet.app.clock.now()),
    }))
}

/// What is said of a scan that was recorded; `now` is the server's time.
pub(super) fn accepted(org: &Org, receipt: &Receipt, now: Instant) -> ScanAnswer {
    let t = words(org.lang());
    let time = org.zone().local(receipt.at).hour_minute();
    let first = text::first_name(&receipt.name);
    let (title, line) = match receipt.kind {
        PunchKind::Out => (t.kiosk_bye(first), t.kiosk_out()),
        PunchKind::BreakEnd => (t.kiosk_hello(first), t.badge_break_end()),
        _ => (t.kiosk_hello(first), t.kiosk_in()),
    };
    let facts = vec![(t.hours_today(), format::minutes(receipt.minutes_today))];
    ScanAnswer {
        outcome: "ok".into(),
        kind: receipt.kind.code().into(),
        title,
        line,
        time,
        facts,
        steps: Vec::new(),
        server_ms: now.0,
    }
}

/// What is said of a scan that was not. A code is renewed every so many `seconds`.
pub(super) fn refused(lang: Lang, seconds: i64, error: &PunchError, now: Instant) -> ScanAnswer {
    let t = words(lang);
    let again = vec![t.kiosk_step_open(), t.kiosk_step_wait(seconds), t.kiosk_step_show()];
    let (outcome, title, steps) = match error {
        PunchError::Expired => ("no", t.kiosk_expired(), again),
        PunchError::AlreadyUsed => ("no", t.kiosk_used(), again),
        PunchError::OtherOrg => ("no", t.kiosk_other(), vec![t.kiosk_step_org()]),
        PunchError::DeviceRevoked => ("no", t.kiosk_revoked(), vec![t.kiosk_step_register()]),
        PunchError::Archived => ("no", t.kiosk_archived(), vec![t.kiosk_step_restore()]),
        PunchError::TooSoon { .. } | PunchError::AlreadyIn | PunchError::AlreadyOut => ("warn", t.kiosk_too_soon(), Vec::new()),
        PunchError::ClockDiffers => ("warn", t.kiosk_clock_differs(), vec![t.kiosk_step_again(), t.kiosk_step_clock()]),
        PunchError::KioskInactive => ("no", t.kiosk_inactive(), vec![t.kiosk_step_manager()]),
        PunchError::Raced => ("warn", t.kiosk_raced(), again),
        _ => ("no", t.kiosk_unknown(), vec![t.kiosk_step_badge(), t.kiosk_step_show()]),
    };
    let line = words_of(error.code(), lang);
    ScanAnswer {
        outcome: outcome.into(),
        kind: error.code().into(),
        title,
        line,
        time: String::new(),
        facts: Vec::new(),
        steps,
        server_ms: now.0,
    }
}

#[derive(Deserialize)]
struct Pulse {
    version: Option<String>,
}

/// What a tablet learns between scans.
#[derive(Serialize)]
struct PulseAnswer {
    /// The server's clock, in milliseconds since 1970.
    server_ms: i64,
    /// Whether the kiosk is switched on.
    is_active: bool,
}

/// Every half minute: says that the tablet is there, and tells it the time and whether it may read.
async fn pulse(tablet: Tablet, Form(form): Form<Pulse>) -> Result<Json<PulseAnswer>, Refusal> {
    let refuse = |failure: Failure| Refusal::new(failure, tablet.org.lang());
    let permit = permit(&tablet.actor).map_err(|e| refuse(e.into()))?;
    clock::report_kiosk(&tablet.app, permit, tablet.kiosk.id, form.version.as_deref(), None)
        .await
        .map_err(|e| refuse(e.into()))?;
    Ok(Json(PulseAnswer { server_ms: tablet.app.clock.now().0, is_active: tablet.kiosk.is_active }))
}
