//! What is shown without a network: a page of ours, and the service worker that keeps it.
//!
//! The worker is registered by pages with islands only; the others run no script. It keeps the page, its style and its icons.

use super::*;
use crate::platform::markup::document;
use crate::platform::secret::fingerprint;
use axum::extract::State;
use axum::routing::get;
use http::header;

pub fn routes() -> Router<App> {
    Router::new().route("/offline", get(page)).route("/offline.js", get(worker))
}

const WORKER: &str = include_str!("offline.js");

/// It asks our own server for what it keeps, and for the pages that pass through it.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";

async fn page() -> Response {
    render::page(StatusCode::OK, offline)
}

/// In both languages: the kept page does not know who will read it.
fn offline() -> impl IntoView {
    let (fr, en) = (words(Lang::Fr), words(Lang::En));
    let part = |t: &Words| {
        view! {
            <p class="muted">{t.offline_text()}</p>
            <ul class="stack tight"><li>{t.offline_network()}</li><li>{t.offline_server()}</li><li>{t.offline_kept()}</li></ul>
            // The address of the page that was wanted: the kept one is shown in its place.
            <p><a class="btn primary" href="">{t.offline_retry()}</a></p>
        }
    };
    view! {
        <Plain lang=Lang::Fr title=fr.offline_title()>
            <section class="stack"><h1>{fr.offline_title()}</h1>{part(fr)}</section>
            <section class="stack" lang=Lang::En.code()><h2>{en.offline_title()}</h2>{part(en)}</section>
        </Plain>
    }
}

/// The worker's script. Whatever of the kept page changes, its version does, and browsers fetch all of it anew.
async fn worker(State(app): State<App>) -> Response {
    let icons = app.assets.get("/icons.svg").map(|icons| String::from_utf8_lossy(icons.bytes)).unwrap_or_default();
    let version = fingerprint([WORKER, &document(offline), &app.assets.url("regie.css"), &icons].concat());
    let script = WORKER.replacen("{version}", version.get(..12).unwrap_or(&version), 1);
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, WORKER_POLICY),
    ];
    (headers, script).into_response()
}
