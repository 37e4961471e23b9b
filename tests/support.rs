//! A whole application in a test: its own database, a clock that is set, requests without a network.

use crate::db::{Place, on_postgres, on_sqlite};
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use regie::access::{Action, Actor, Permit, permit};
use regie::accounts::{Account, NewAccount};
use regie::composition;
use regie::kernel::{INSTALLATION, Instant, OrgId, Role};
use regie::orgs::service::{DemoPerson, add_demo_person, create_demo_org};
use regie::orgs::{CrewMember, NewCrewMember, NewOrg, Org};
use regie::platform::App;
use regie::platform::clock::Clock;
use regie::platform::config::Config;
use regie::platform::secret::Secret;
use serde_json::{Value, json};
use tower::ServiceExt;

/// Long enough, and nobody's name.
pub const PASSWORD: &str = "le rideau se lève à huit heures";
/// Saturday 21 November 2026, 09:00 in Paris.
pub const NOW: Instant = Instant(1_795_248_000_000);

/// An application of its own.
#[derive(Clone)]
pub struct TestApp {
    pub app: App,
    pub router: Router,
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
}

/// The session cookie that an answer sets.
pub fn session_cookie(answer: &Answer) -> String {
    let mut cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    cookies.rfind(|cookie| cookie.starts_with("regie=")).unwrap().split(';').next().unwrap().to_owned()
}

/// Runs a test on an application on each engine that is asked for (`REGIE_TEST_ENGINES`, SQLite when unset).
pub async fn each_app(test: impl AsyncFn(TestApp)) {
    let engines = std::env::var("REGIE_TEST_ENGINES").unwrap_or_else(|_| "sqlite".into());
    let run = async |place: &Place| test(TestApp::open(&place.url).await).await;
    if engines.contains("sqlite") {
        on_sqlite(run).await;
    }
    if engines.contains("postgres") {
        on_postgres(run).await;
    }
}

pub fn proof<A: Action>(org: OrgId) -> Permit<A> {
    permit(&Actor::system(org, "test")).unwrap()
}

/// An organisation with its owner.
pub struct Shop {
    pub org: Org,
    pub owner: Account,
}

impl TestApp {
    pub async fn open(url: &str) -> Self {
        let data = tempfile::tempdir().unwrap().keep();
        let mut config = Config { data, development: true, ..Config::default() };
        config.database.url = Secret::new(url.to_owned());
        config.server.public_url = "http://127.0.0.1:3000".into();
        // The cheapest hash there is: these tests are not about it.
        (config.passwords.memory_kib, config.passwords.passes) = (64, 1);
        config.tokens.access_minutes = 60;
        let app = composition::open(config, Clock::manual(NOW)).await.unwrap();
        app.db.migrate(NOW.0).await.unwrap();
        let router = composition::router(&app);
        Self { app, router }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.weigh(request).await.0
    }

    /// The answer and the number of its body's bytes as they were sent.
    pub async fn weigh(&self, request: Request<Body>) -> (Answer, usize) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        (Answer { status: parts.status, headers: parts.headers, text }, bytes.len())
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
        let request =
            Request::post("/api/v1/punch/validate").header("x-kiosk-api-key", key).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// An organisation of this name.
    pub async fn shop(&self, name: &str) -> Shop {
        let email = format!("patron@{}.example", regie::kernel::text::slug(name));
        let owner = NewAccount { email, name: "Claire Vasseur".into(), password: PASSWORD.into(), language: "fr".into() };
        let org = NewOrg { name: name.into(), time_zone: "Europe/Paris".into(), language: "fr".into(), is_demo: false };
        let (org, owner) = create_demo_org(&self.app, proof(INSTALLATION), owner, org).await.unwrap();
        Shop { org, owner }
    }

    pub async fn person(&self, shop: &Shop, name: &str, role: Role) -> CrewMember {
        let email = format!("{}@{}.example", regie::kernel::text::slug(name), shop.org.slug);
        let crew = NewCrewMember { name: name.into(), email, ..NewCrewMember::default() };
        add_demo_person(&self.app, proof(shop.org.id), "fr", DemoPerson { role, password: PASSWORD.into(), crew }).await.unwrap()
    }

    /// An access token.
    pub async fn token(&self, email: &str) -> String {
        let answer = self.api("POST", "/api/v1/auth/login", "", Some(json!({ "email": email, "password": PASSWORD }))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A browser's session cookie.
    pub async fn cookie(&self, email: &str) -> String {
        let form = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.browse("POST", "/sign-in", "", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        session_cookie(&answer)
    }

    /// A kiosk's key.
    pub async fn kiosk(&self, token: &str, name: &str) -> (i64, String) {
        let body = json!({ "kiosk_name": name, "location": "Entrée des artistes" });
        let id = self.api("POST", "/api/v1/admin/kiosks", token, Some(body)).await.json()["id"].as_i64().unwrap();
        let answer = self.api("POST", &format!("/api/v1/admin/kiosks/{id}/generate-api-key"), token, None).await;
        (id, answer.json()["api_key"].as_str().unwrap().to_owned())
    }

    /// A phone's number.
    pub async fn phone(&self, token: &str) -> i64 {
        let body = json!({ "device_fingerprint": "phone-1", "device_name": "Téléphone", "attestation_data": "opaque" });
        let answer = self.api("POST", "/api/v1/devices/register", token, Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["id"].as_i64().unwrap()
    }

    /// A badge code.
    pub async fn code(&self, token: &str, phone: i64) -> String {
        let answer = self.api("POST", "/api/v1/punch/request-token", token, Some(json!({ "device_id": phone }))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["qr_token"].as_str().unwrap().to_owned()
    }

    /// The events of an organisation, newest first.
    pub async fn events(&self, token: &str) -> Vec<String> {
        let rows = self.api("GET", "/api/v1/admin/audit-logs?limit=100", token, None).await.json();
        rows.as_array().unwrap().iter().map(|row| row["event_type"].as_str().unwrap().to_owned()).collect()
    }
}
