//! The router and what every request passes.

use crate::accounts::{Sessions, watch_sessions};
use crate::kernel::{Failure, Kind};
use crate::platform::assets::Asset;
use crate::platform::db::watched;
use crate::platform::{App, random};
use crate::{api, web};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate, SizeAbove};
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};
use tracing::Instrument as _;

/// The whole application as one service.
pub fn router(app: &App) -> Router {
    let secure = app.config.is_secure();
    let days = app.config.tokens.session_days;
    let sessions = SessionManagerLayer::new(Sessions(app.clone()))
        .with_name(if secure { "__Host-regie" } else { "regie" })
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(tower_sessions::cookie::time::Duration::days(days)));
    let pages = web::routes(app)
        .layer(sessions)
        .layer((middleware::from_fn_with_state(app.clone(), web::same_site), middleware::from_fn(with_session)));
    let metrics_here = app.config.server.metrics && app.config.server.metrics_addr.is_none();
    // What goes into one packet anyway, like the answer to a scan, is not worth an encoder's memory and time.
    let compressed = DefaultPredicate::new()
        .and(SizeAbove::new(1024))
        .and(NotForContentType::const_new("application/vnd.openxmlformats-officedocument"))
        .and(NotForContentType::const_new("application/pdf"));
    let routes = Router::new()
        .merge(pages)
        .merge(api::routes())
        .merge(if metrics_here { api::metrics_routes() } else { Router::new() })
        .route("/style.css", get(style))
        .layer(CompressionLayer::new().compress_when(compressed))
        .fallback(asset);
    around(app, routes)
}

/// Routes, with what every request passes.
pub fn around(app: &App, routes: Router<App>) -> Router {
    let doors = Doors { app: app.clone(), root: Arc::new(api::root_paths().into_iter().collect()) };
    routes
        .method_not_allowed_fallback(not_allowed)
        // What is one layer is copied at once for each request; each layer by itself would be copied with all below it.
        .layer((
            middleware::from_fn(observe),
            middleware::from_fn_with_state(doors.clone(), cors),
            middleware::from_fn_with_state(app.clone(), web::security_headers),
            middleware::from_fn_with_state(doors, answered),
            DefaultBodyLimit::max(app.config.server.body_kib * 1024),
        ))
        .with_state(app.clone())
}

/// What an answer depends on before any handler is asked.
#[derive(Clone)]
struct Doors {
    app: App,
    /// The API's paths at the root, by their templates.
    root: Arc<HashSet<String>>,
}

impl Doors {
    fn is_api(&self, request: &Request) -> bool {
        let template = request.extensions().get::<MatchedPath>();
        request.uri().path().starts_with("/api/") || template.is_some_and(|path| self.root.contains(path.as_str()))
    }
}

/// Who asked, for answers that no handler gives.
#[derive(Clone)]
struct Asker {
    is_program: bool,
    /// Those that say in which language.
    headers: HeaderMap,
}

impl Asker {
    fn refuse(&self, failure: Failure) -> Response {
        if self.is_program { api::Problem::from(failure).into_response() } else { web::failed(failure, &self.headers) }
    }
}

/// What is counted and logged of a request: when it is answered, or when the client goes away before.
struct Observed {
    method: &'static str,
    route: String,
    started: Stopwatch,
    status: Option<StatusCode>,
}

impl Observed {
    fn begin(request: &Request) -> Self {
        metrics::gauge!("app_inflight_requests").increment(1.0);
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        // Whatever a stranger sends: each word would be a series of its own.
        let method = known.into_iter().find(|known| request.method() == *known).unwrap_or("other");
        let route =
            request.extensions().get::<MatchedPath>().map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
        Self { method, route, started: Stopwatch::now(), status: None }
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        metrics::gauge!("app_inflight_requests").decrement(1.0);
        let seconds = self.started.elapsed().as_secs_f64();
        let (method, route) = (self.method, self.route.clone());
        let status = self.status.map_or_else(|| "gone".to_owned(), |status| status.as_u16().to_string());
        metrics::counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.clone())
            .increment(1);
        metrics::counter!("app_requests_total", "route" => route.clone()).increment(1);
        metrics::histogram!("app_request_duration_seconds", "route" => route.clone()).record(seconds);
        let millis = format!("{:.1}", seconds * 1000.0);
        tracing::info!(%method, route, status, millis, "Answered {method} {route} with {status}");
    }
}

/// Gives each request a name, which every line of the log about it has, and measures it. Names of people, addresses and codes are
/// in no path of ours but one-time links, which are logged by their template.
async fn observe(mut request: Request, next: Next) -> Response {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let plain = |id: &&str| (8..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let id = given.filter(plain).map_or_else(random::token::<12>, str::to_owned);
    let value = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("-"));
    request.headers_mut().insert(REQUEST_ID, value.clone());
    let mut observed = Observed::begin(&request);
    let span = tracing::info_span!("request", request.id = id);
    async {
        let mut response = next.run(request).await;
        observed.status = Some(response.status());
        let millis = format!("{:.1}ms", observed.started.elapsed().as_secs_f64() * 1000.0);
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, value);
        if let Ok(time) = HeaderValue::from_str(&millis) {
            headers.insert(HeaderName::from_static("x-response-time"), time);
        }
        drop(observed);
        response
    }
    .instrument(span)
    .await
}

/// Keeps each answer back until what was seen and done for it is durable, and answers for handlers that take too long or panic.
async fn answered(State(doors): State<Doors>, mut request: Request, next: Next) -> Response {
    let of_language = [header::ACCEPT_LANGUAGE, header::COOKIE];
    let headers = of_language.into_iter().filter_map(|name| request.headers().get(&name).cloned().map(|value| (name, value)));
    let asker = Asker { is_program: doors.is_api(&request), headers: headers.collect() };
    request.extensions_mut().insert(asker.clone());
    let work = async {
        let (response, seen) = watched(next.run(request)).await;
        seen.durable().await.map(|()| response)
    };
    let patience = Duration::from_secs(doors.app.config.server.request_seconds);
    match tokio::time::timeout(patience, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(Ok(response))) => response,
        Ok(Ok(Err(error))) => asker.refuse(error.into()),
        Ok(Err(_)) => asker.refuse(Failure::new(Kind::Unexpected, "unexpected")), // the panic itself was logged where it happened
        Err(_) => asker.refuse(Failure::new(Kind::Unavailable, "unavailable")),
    }
}

/// Answers for a session that could not be read or kept, as for anything else that went wrong: the page only knows that it has none, and
/// who keeps sessions answers without a body.
async fn with_session(Extension(asker): Extension<Asker>, request: Request, next: Next) -> Response {
    let (response, failure) = watch_sessions(next.run(request)).await;
    match failure {
        Some(failure) if response.status().is_server_error() => asker.refuse(failure),
        _ => response,
    }
}

/// There is such a path, but not to be asked in that way. The router says in which. Who opens an address that only forms are sent to
/// has seen the answer to one there, and is led up to where the forms are.
async fn not_allowed(Extension(asker): Extension<Asker>, method: Method, uri: Uri) -> Response {
    if asker.is_program || !matches!(method, Method::GET | Method::HEAD) {
        return asker.refuse(Failure::new(Kind::NotAllowed, "request.method"));
    }
    let above = uri.path().rsplit_once('/').map(|(above, _)| above).filter(|above| !above.is_empty() && !above.starts_with("//"));
    Redirect::to(above.unwrap_or("/")).into_response()
}

/// Lets the configured origins call the JSON API from a browser; nobody else, no wildcard, no cookies.
async fn cors(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let origins = &doors.app.config.server.allowed_origins;
    if origins.is_empty() || !doors.is_api(&request) {
        return next.run(request).await;
    }
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .filter(|origin| origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()));
    let allowed = origin.cloned();
    let preflight = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    let Some(allowed) = allowed else { return response };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    if preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"));
        let accepted = "authorization, content-type, idempotency-key, if-match, x-kiosk-api-key, x-request-id";
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(accepted));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    } else {
        let shown = "etag, link, retry-after, x-cache, x-request-id";
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(shown));
    }
    response
}

/// The style sheet under a name that error pages know.
async fn style(State(app): State<App>, headers: HeaderMap) -> Response {
    let url = app.assets.url("regie.css");
    app.assets.get(&url).map_or_else(|| StatusCode::NOT_FOUND.into_response(), |asset| send(asset, &headers, false))
}

/// A file of the site, or what says that there is none.
async fn asset(State(app): State<App>, Extension(asker): Extension<Asker>, request: Request) -> Response {
    match app.assets.get(request.uri().path()) {
        Some(asset) if matches!(*request.method(), Method::GET | Method::HEAD) => send(asset, request.headers(), asset.immutable),
        _ => asker.refuse(Failure::not_found()),
    }
}

fn send(asset: &Asset, headers: &HeaderMap, immutable: bool) -> Response {
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (bytes, encoding) = match (asset.brotli, asset.zstd) {
        (Some(brotli), _) if accepts.contains("br") => (brotli, Some("br")),
        (_, Some(zstd)) if accepts.contains("zstd") => (zstd, Some("zstd")),
        _ => (asset.bytes, None),
    };
    let mut response = Body::from(bytes).into_response();
    let out = response.headers_mut();
    let mime = if asset.mime.starts_with("text/") && !asset.mime.contains("charset") {
        format!("{}; charset=utf-8", asset.mime)
    } else {
        asset.mime.to_owned()
    };
    if let Ok(mime) = HeaderValue::from_str(&mime) {
        out.insert(header::CONTENT_TYPE, mime);
    }
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let keep = if immutable { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    // Workers obey the policy of their own file, not the page's.
    if asset.mime.contains("javascript") {
        out.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"),
        );
    }
    response
}
