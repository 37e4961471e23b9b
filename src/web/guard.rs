//! What protects browsers: who may post, and the headers of every answer.

use super::extract::asked_lang;
use super::refusal::Refusal;
use crate::kernel::{Failure, Kind};
use crate::platform::{App, random};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::json;

/// The nonce of one answer's scripts.
#[derive(Clone)]
pub struct Nonce(pub String);

/// Refuses what another site makes a browser send. Modern browsers say where a request comes from (`Sec-Fetch-Site`); for
/// the others the origin must be ours. `Origin: null` is a stranger. A request that says nothing is refused, too.
pub async fn same_site(State(app): State<App>, request: Request, next: Next) -> Response {
    if is_from_here(&app, &request) { next.run(request).await } else { refused(request.headers()) }
}

/// A page; a problem (RFC 9457) for a program that wants JSON, and lost its way: pages are not for it.
fn refused(headers: &HeaderMap) -> Response {
    const CODE: &str = "request.cross_site";
    let wanted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if wanted.contains("html") || !wanted.contains("json") {
        return Refusal::new(Failure::new(Kind::Forbidden, CODE), asked_lang(headers)).into_response();
    }
    let problem = json!({
        "type": "about:blank", "title": "Forbidden", "status": 403, "code": CODE, "errors": [],
        "detail": "Only our own pages may send this: Sec-Fetch-Site or Origin says otherwise, or nothing",
    });
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
}

fn is_from_here(app: &App, request: &Request) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text("origin").is_some_and(|origin| origin == app.config.server.public_url),
    }
}

/// Puts the security headers on every answer. A page that has islands sets its own content policy before.
pub async fn security_headers(State(app): State<App>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Nonce(random::token::<16>()));
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, PLAIN_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(header::CACHE_CONTROL, if api { "no-store" } else { "private, no-store" });
    if app.config.server.hsts {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}

/// Pages without islands run no script at all.
const PLAIN_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'; object-src 'none'; script-src 'none'";

/// Pages with a script of ours, a file.
pub const SCRIPT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'; object-src 'none'; script-src 'self'; connect-src 'self'";

/// The content policy of a page with islands: its own scripts by nonce, WebAssembly, a worker.
pub fn island_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         object-src 'none'; connect-src 'self'; worker-src 'self'; media-src 'self' blob:; \
         script-src 'self' 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'"
    )
}
