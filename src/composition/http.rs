//! The router and what every request passes.

use crate::accounts::Sessions;
use crate::platform::assets::Asset;
use crate::platform::db::watched;
use crate::platform::{App, random};
use crate::{api, web};
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use std::time::{Duration, Instant as Stopwatch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate, SizeAbove};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

/// The whole application as one service.
pub fn router(app: &App) -> Router {
    let secure = app.config.is_secure();
    let days = app.config.tokens.session_days;
    let sessions = SessionManagerLayer::new(Sessions(app.clone()))
        .with_name(if secure { "__Host-regie" } else { "regie" })
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(tower_sessions::cookie::time::Duration::days(days)));
    let pages = web::routes(app).layer(sessions).layer(middleware::from_fn_with_state(app.clone(), web::same_site));
    let metrics_here = app.config.server.metrics && app.config.server.metrics_addr.is_none();
    // What goes into one packet anyway, like the answer to a scan, is not worth an encoder's memory and time.
    let compressed = DefaultPredicate::new()
        .and(SizeAbove::new(1024))
        .and(NotForContentType::const_new("application/vnd.openxmlformats-officedocument"))
        .and(NotForContentType::const_new("application/pdf"));
    let patience = Duration::from_secs(app.config.server.request_seconds);
    let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, patience);
    Router::new()
        .merge(pages)
        .merge(api::routes())
        .merge(api::health_routes(metrics_here))
        .route("/style.css", get(style))
        .layer(CompressionLayer::new().compress_when(compressed))
        .fallback(asset)
        .layer((
            middleware::from_fn_with_state(app.clone(), cors),
            middleware::from_fn_with_state(app.clone(), web::security_headers),
        ))
        .layer(RequestBodyLimitLayer::new(app.config.server.body_kib * 1024))
        // What is one layer is copied at once for each request; each layer by itself would be copied with all below it.
        .layer((middleware::from_fn(observe), CatchPanicLayer::new(), timeout, middleware::from_fn(durable)))
        .with_state(app.clone())
}

/// Gives each request a name, measures it, and logs it. Names of people, addresses and codes are in no path of ours but
/// one-time links, which are logged by their template.
async fn observe(mut request: Request, next: Next) -> Response {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let plain = |id: &&str| (8..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let id = given.filter(plain).map_or_else(random::token::<12>, str::to_owned);
    let value = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("-"));
    request.headers_mut().insert(REQUEST_ID, value.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let started = Stopwatch::now();
    metrics::gauge!("app_inflight_requests").increment(1.0);
    let mut response = next.run(request).await;
    metrics::gauge!("app_inflight_requests").decrement(1.0);
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16().to_string();
    metrics::counter!("http_requests_total", "method" => method.to_string(), "route" => route.clone(), "status" => status.clone()).increment(1);
    metrics::counter!("app_requests_total", "route" => route.clone()).increment(1);
    metrics::histogram!("app_request_duration_seconds", "route" => route.clone()).record(seconds);
    let millis = format!("{:.1}", seconds * 1000.0);
    tracing::info!(request.id = id, %method, route, status, millis, "Answered {method} {route} with {status}");
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, value);
    if let Ok(time) = HeaderValue::from_str(&format!("{millis}ms")) {
        headers.insert(HeaderName::from_static("x-response-time"), time);
    }
    response
}

/// Keeps each answer back until what was seen and done for it is durable.
async fn durable(request: Request, next: Next) -> Response {
    let (is_api, headers) = (request.uri().path().starts_with("/api/"), request.headers().get(header::ACCEPT_LANGUAGE).cloned());
    let (response, seen) = watched(next.run(request)).await;
    match seen.durable().await {
        Ok(()) => response,
        Err(error) if is_api => api::Problem::from(error).into_response(),
        Err(error) => web::failed(error, headers.as_ref()),
    }
}

/// Lets the configured origins call the JSON API from a browser; nobody else, no wildcard, no cookies.
async fn cors(State(app): State<App>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).and_then(|o| o.to_str().ok());
    let allowed =
        origin.filter(|o| request.uri().path().starts_with("/api/") && app.config.server.allowed_origins.iter().any(|a| a == o));
    let allowed = allowed.and_then(|o| HeaderValue::from_str(o).ok());
    let preflight = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    if let Some(origin) = allowed {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag, link, x-cache, x-request-id"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("authorization, content-type, idempotency-key, if-match, x-request-id"),
        );
    }
    response
}

/// The style sheet under a name that error pages know.
async fn style(State(app): State<App>, headers: HeaderMap) -> Response {
    let url = app.assets.url("regie.css");
    app.assets.get(&url).map_or_else(|| StatusCode::NOT_FOUND.into_response(), |asset| send(asset, &headers, false))
}

/// A file of the site, or the page that says there is none.
async fn asset(State(app): State<App>, request: Request) -> Response {
    match app.assets.get(request.uri().path()) {
        Some(asset) if matches!(*request.method(), Method::GET | Method::HEAD) => send(asset, request.headers(), asset.immutable),
        _ => web::not_found(request.headers()),
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
