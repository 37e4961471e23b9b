//! A whole application in a test: its own database, a clock that is set, requests without a network.

mod described;
pub mod jobs;
mod people;
pub mod redis;

pub use people::{Holder, Shop};

use crate::db::{Place, on_postgres, on_sqlite, postgres_url};
use axum::Router;
use axum::body::{Body, to_bytes};
use futures_util::StreamExt as _;
use http::{HeaderMap, Request, StatusCode};
use regie::access::{Action, Actor, Permit, permit};
use regie::composition;
use regie::kernel::{Instant, OrgId};
use regie::platform::App;
use regie::platform::clock::Clock;
use regie::platform::config::Config;
use regie::platform::mail::{SpooledMail, list_mails};
use regie::platform::secret::Secret;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tower::ServiceExt;

/// Long enough, and nobody's name.
pub const PASSWORD: &str = "le rideau se lève à huit heures";
/// Where it is, as it believes.
pub const ORIGIN: &str = "http://127.0.0.1:3000";
/// Saturday 21 November 2026, 09:00 in Paris.
pub const NOW: Instant = Instant(1_795_248_000_000);

/// An application of its own.
#[derive(Clone)]
pub struct TestApp {
    pub app: App,
    pub router: Router,
    /// Its data directory, which goes with the last of the clones and twins; none where somebody else keeps it.
    pub folder: Option<Arc<TempDir>>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// The session cookie that an answer sets.
pub fn session_cookie(answer: &Answer) -> String {
    kept_cookie(answer, "regie")
}

/// The cookie of this name that an answer sets, as a browser sends it back.
pub fn kept_cookie(answer: &Answer, name: &str) -> String {
    set_cookie(answer, name).unwrap().split(';').next().unwrap().to_owned()
}

/// The cookie of this name that an answer sets, with its attributes.
pub fn set_cookie(answer: &Answer, name: &str) -> Option<String> {
    let mut cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned());
    cookies.rfind(|cookie| cookie.starts_with(&format!("{name}=")))
}

/// The value of a form's field.
pub fn escaped(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// The path of the link in a mail.
pub fn link_of(mail: &SpooledMail) -> String {
    local(mail.text_body.split_whitespace().find(|word| word.starts_with("http")).unwrap())
}

/// The path of an address of ours.
pub fn local(url: &str) -> String {
    url.strip_prefix(ORIGIN).unwrap_or_else(|| panic!("not ours: {url}")).to_owned()
}

/// What stands in a text between two others.
pub fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split(to).next()
}

/// Waits for something that happens soon, and fails when it does not.
pub async fn soon(what: &str, happens: impl AsyncFn() -> bool) {
    for _ in 0..2000 {
        if happens().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not happen: {what}");
}

/// Runs a test on an application on each engine that is asked for (`REGIE_TEST_ENGINES`, SQLite when unset).
pub async fn each_app(test: impl AsyncFn(TestApp)) {
    each_app_with(|_| {}, test).await;
}

/// As [`each_app`], with other settings.
pub async fn each_app_with(change: impl Fn(&mut Config), test: impl AsyncFn(TestApp)) {
    let engines = std::env::var("REGIE_TEST_ENGINES").unwrap_or_else(|_| "sqlite".into());
    let (sqlite, postgres) = (engines.contains("sqlite"), engines.contains("postgres"));
    // Whoever asks for an engine is told when nothing is tested on it.
    assert!(sqlite || postgres, "REGIE_TEST_ENGINES names no engine: {engines}");
    let run = async |place: &Place| test(TestApp::open_with(&place.url, &change).await).await;
    if sqlite {
        on_sqlite(run).await;
    }
    if postgres {
        assert!(postgres_url().is_some(), "REGIE_TEST_POSTGRES says where PostgreSQL is, and is not set");
        on_postgres(run).await;
    }
}

pub fn proof<A: Action>(org: OrgId) -> Permit<A> {
    permit(&Actor::system(org, "test")).unwrap()
}

/// A stream of events.
pub struct EventStream(axum::body::BodyDataStream);

impl EventStream {
    /// The next event as it was sent. Waits twenty seconds at most.
    pub async fn next_event(&mut self) -> String {
        let next = tokio::time::timeout(Duration::from_secs(20), self.0.next());
        let bytes = next.await.unwrap().unwrap().unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }
}

impl TestApp {
    pub async fn open_with(url: &str, change: impl Fn(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config { data: folder.path().to_owned(), development: true, ..Config::default() };
        config.database.url = Secret::new(url.to_owned());
        config.server.public_url = ORIGIN.into();
        // The cheapest hash there is: these tests are not about it.
        (config.passwords.memory_kib, config.passwords.passes) = (64, 1);
        config.tokens.access_minutes = 60;
        change(&mut config);
        let app = composition::open(config, Clock::manual(NOW)).await.unwrap();
        app.db.migrate(NOW.0).await.unwrap();
        let router = composition::router(&app);
        Self { app, router, folder: Some(Arc::new(folder)) }
    }

    /// Another server on the same database, with the same keys and clock: the neighbour of this one, or this one after a
    /// restart.
    pub async fn twin(&self) -> Self {
        let app = composition::open(self.app.config.clone(), self.app.clock.clone()).await.unwrap();
        let router = composition::router(&app);
        Self { app, router, folder: self.folder.clone() }
    }

    /// As [`TestApp::twin`], on a disk of which a test decides when it has something.
    pub async fn twin_on_disk(&self, sync: fn(&std::fs::File) -> std::io::Result<()>) -> Self {
        let opened = composition::open_on_disk(self.app.config.clone(), self.app.clock.clone(), sync).await;
        let app = opened.unwrap();
        let router = composition::router(&app);
        Self { app, router, folder: self.folder.clone() }
    }

    /// Does the jobs that are due.
    pub async fn run_jobs(&self) {
        let worker = composition::worker(&self.app);
        while worker.run_next().await.unwrap() {}
    }

    /// The mails, newest first.
    pub async fn mails(&self) -> Vec<SpooledMail> {
        list_mails(&mut self.app.db.read().await.unwrap(), 200).await.unwrap()
    }

    /// The newest mail to somebody.
    pub async fn mail_to(&self, email: &str) -> SpooledMail {
        self.mails().await.into_iter().find(|mail| mail.recipient == email).unwrap_or_else(|| panic!("no mail to {email}"))
    }

    /// A number from the database.
    pub async fn number(&self, sql: &'static str) -> i64 {
        self.app.db.read().await.unwrap().query(sql).scalar().await.unwrap()
    }

    /// Texts from the database.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        self.app.db.read().await.unwrap().query(sql).scalars().await.unwrap()
    }

    /// Does something to the database that no service offers.
    pub async fn change(&self, sql: &'static str) -> u64 {
        let mut tx = self.app.db.begin_write().await.unwrap();
        let count = tx.query(sql).execute().await.unwrap();
        tx.commit().await.unwrap();
        count
    }

    /// As [`Self::send`], from a network address.
    pub async fn send_from(&self, address: &str, mut request: Request<Body>) -> Answer {
        let socket = SocketAddr::new(address.parse().unwrap(), 4711);
        request.extensions_mut().insert(axum::extract::ConnectInfo(socket));
        self.send(request).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.weigh(request).await.0
    }

    /// What anybody gets.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// The answer and the number of its body's bytes as they were sent.
    pub async fn weigh(&self, request: Request<Body>) -> (Answer, usize) {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let answer = Answer { status: parts.status, headers: parts.headers, text };
        if let Some(deviation) = described::deviation(&method, &path, &answer) {
            panic!("not as the API is described: {deviation}");
        }
        (answer, bytes.len())
    }

    /// An answer that goes on: its events, one by one.
    pub async fn open_stream(&self, request: Request<Body>) -> EventStream {
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        EventStream(response.into_body().into_data_stream())
    }

    /// A JSON request with a bearer token.
    pub async fn api(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// A browser's request with a session cookie.
    pub async fn browse(&self, method: &str, path: &str, cookie: &str, form: &str) -> Answer {
        let request =
            Request::builder().method(method).uri(path).header("cookie", cookie).header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// A script's request with a session cookie.
    pub async fn script(&self, path: &str, cookie: &str, body: Value) -> Answer {
        let request = Request::post(path).header("cookie", cookie).header("sec-fetch-site", "same-origin");
        self.send(request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap()).await
    }

    /// A form with one file and a session cookie.
    pub async fn upload(&self, path: &str, cookie: &str, field: &str, bytes: &[u8]) -> Answer {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"f\"\r\n\r\n");
        let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
        let request = Request::post(path).header("cookie", cookie).header("sec-fetch-site", "same-origin");
        self.send(request.header("content-type", "multipart/form-data; boundary=b").body(Body::from(body)).unwrap()).await
    }

    /// A JSON request with a kiosk's key.
    pub async fn kiosk_api(&self, method: &str, path: &str, key: &str, body: Option<Value>) -> Answer {
        let request = Request::builder().method(method).uri(path).header("x-kiosk-api-key", key);
        let request = request.header("content-type", "application/json");
        self.send(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()).await
    }

    pub async fn scan(&self, key: &str, body: Value) -> Answer {
        self.scan_as(key, None, body).await
    }

    /// As [`Self::scan`], with a key of this scan, by which a kiosk asks again when an answer was lost.
    pub async fn scan_as(&self, key: &str, scan: Option<&str>, body: Value) -> Answer {
        let mut request = Request::post("/api/v1/punch/validate").header("x-kiosk-api-key", key);
        if let Some(scan) = scan {
            request = request.header("idempotency-key", scan);
        }
        let request = request.header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }
}
