//! From components to an answer.

use super::guard::{SCRIPT_POLICY, island_policy};
use crate::platform::App;
use crate::platform::markup::{document, markup};
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::*;

/// A part of a page, for an island that puts it in its place.
pub fn part<V: IntoView + 'static>(status: StatusCode, view: impl FnOnce() -> V) -> Response {
    (status, Html(markup(view))).into_response()
}

/// A page without scripts.
pub fn page<V: IntoView + 'static>(status: StatusCode, view: impl FnOnce() -> V) -> Response {
    (status, Html(document(view))).into_response()
}

/// A page whose forms a small script helps: passkeys, and the strength of a password. It works without.
pub fn script_page<V: IntoView + 'static>(status: StatusCode, view: impl FnOnce() -> V) -> Response {
    let mut response = page(status, view);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SCRIPT_POLICY));
    response
}

/// A page with islands; `camera` for the one that scans.
pub fn island_page<V: IntoView + 'static>(nonce: &str, camera: bool, view: impl FnOnce() -> V) -> Response {
    let mut response = Html(document(view)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&island_policy(nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let permissions = if camera {
        "camera=(self), screen-wake-lock=(self), fullscreen=(self), microphone=(), geolocation=()"
    } else {
        "camera=(), screen-wake-lock=(self), microphone=(), geolocation=()"
    };
    headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static(permissions));
    response
}

/// The script that starts the islands of a page: it loads the bundle, which finds them, and registers the worker that keeps
/// a page for when there is no network.
pub fn island_scripts(app: &App, nonce: &str) -> impl IntoView + use<> {
    let (script, wasm) = (app.assets.url("regie.js"), app.assets.url("regie.wasm"));
    let start = format!(
        "import('{script}').then(m=>m.default({{module_or_path:'{wasm}'}}));navigator.serviceWorker?.register('/offline.js').catch(()=>{{}})"
    );
    view! {
        <link rel="modulepreload" href=script />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script type="module" nonce=nonce.to_owned() inner_html=start></script>
    }
}
