//! What every request passes, whatever it asks for: its name and time, what is counted, limits, and the headers that protect.

use crate::support::{Answer, NOW, TestApp, each_app, each_app_with, set_cookie};
use axum::body::Body;
use http::Request;
use regie::kernel::INSTALLATION;
use regie::platform::config::Config;
use regie::platform::db::EngineKind;
use regie::platform::jobs::{self, NewJob};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use tempfile::TempDir;
use tokio::sync::Mutex;

async fn get(test: &TestApp, path: &str) -> Answer {
    test.send(Request::get(path).body(Body::empty()).unwrap()).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name).map(|value| value.to_str().unwrap())
}

/// The name that an answer gives a request which comes with `given`.
async fn request_id(test: &TestApp, given: Option<&str>) -> String {
    let mut request = Request::get("/livez");
    if let Some(id) = given {
        request = request.header("x-request-id", id.as_bytes());
    }
    let answer = test.send(request.body(Body::empty()).unwrap()).await;
    header(&answer, "x-request-id").unwrap().to_owned()
}

#[tokio::test]
async fn a_plain_request_id_is_echoed_and_any_other_replaced() {
    each_app(async |test| {
        let (longest, longer) = ("a".repeat(64), "a".repeat(65));
        for plain in ["12345678", "Karim-renamed_1", longest.as_str()] {
            assert_eq!(request_id(&test, Some(plain)).await, plain);
        }
        let mut made = BTreeSet::new();
        for other in ["", "1234567", longer.as_str(), "has a space", "semi;colon", "a/path/like", "<b>12345</b>", "ça-va-bien"] {
            let id = request_id(&test, Some(other)).await;
            assert_eq!(request_id(&test, Some(id.as_str())).await, id, "instead of {other:?}: plain itself");
            assert!(made.insert(id), "{other:?}");
        }
        for _ in 0..50 {
            assert!(made.insert(request_id(&test, None).await), "two requests have one name");
        }
    })
    .await;
}

/// `12.3ms`.
fn is_time(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.strip_suffix("ms").and_then(|number| number.split_once('.'));
    parts.is_some_and(|(whole, tenth)| is_number(whole) && is_number(tenth) && tenth.len() == 1)
}

#[tokio::test]
async fn every_answer_says_how_long_it_took() {
    assert!(is_time("12.3ms") && ["12ms", "12.34ms", "12.3", ".3ms", "12.ms", "1e2.3ms"].into_iter().all(|text| !is_time(text)));
    each_app(async |test| {
        for (path, status) in [("/livez", 200), ("/recover", 200), ("/me", 303), ("/api/v1/auth/me", 401), ("/nowhere", 404)] {
            let answer = get(&test, path).await;
            assert_eq!(answer.status, status, "{path}");
            let time = header(&answer, "x-response-time").unwrap();
            assert!(is_time(time), "{path}: {time}");
        }
    })
    .await;
}

/// The process has one set of metrics. Gauges are set when they are asked for: one application after the other asks.
static ASKING: Mutex<()> = Mutex::const_new(());

async fn metrics(test: &TestApp) -> String {
    let _alone = ASKING.lock().await;
    let answer = get(test, "/metrics").await;
    assert_eq!((answer.status.as_u16(), header(&answer, "content-type")), (200, Some("text/plain; version=0.0.4")));
    answer.text
}

/// The value of a series; 0 when there is none yet.
fn value(metrics: &str, series: &str) -> f64 {
    let found = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    found.map_or(0.0, |number| number.parse().unwrap())
}

#[tokio::test]
async fn a_request_is_counted_and_timed() {
    // No other test asks with HEAD, so these are counted exactly.
    const EXACT: &str = "http_requests_total{method=\"HEAD\",route=\"/livez\",status=\"200\"}";
    const SHARED: [&str; 3] = [
        "app_requests_total{route=\"/livez\"}",
        "app_request_duration_seconds_count{route=\"/livez\"}",
        "app_request_duration_seconds_bucket{route=\"/livez\",le=\"+Inf\"}",
    ];
    each_app(async |test| {
        let before = metrics(&test).await;
        for _ in 0..3 {
            assert_eq!(test.send(Request::head("/livez").body(Body::empty()).unwrap()).await.status, 200);
        }
        let after = metrics(&test).await;
        let counted = |series: &str| value(&after, series) - value(&before, series);
        assert_eq!(counted(EXACT), 3.0);
        for series in SHARED {
            assert!(counted(series) >= 3.0, "{series}: {}", counted(series));
        }
        assert!(value(&after, "app_inflight_requests") >= 1.0, "who asks is on the way");
    })
    .await;
}

#[tokio::test]
async fn routes_are_counted_by_their_template() {
    each_app(async |test| {
        let shop = test.shop("Salle mesurée").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let before = metrics(&test).await;
        assert_eq!(test.browse("GET", &format!("/o/{}/punches", shop.org.slug), &cookie, "").await.status, 200);
        assert_eq!(get(&test, "/nowhere-4711").await.status, 404);
        let after = metrics(&test).await;
        for (route, status) in [("/o/{org}/punches", 200), ("unmatched", 404)] {
            let series = format!("http_requests_total{{method=\"GET\",route=\"{route}\",status=\"{status}\"}}");
            assert!(value(&after, &series) > value(&before, &series), "{series}");
        }
        for told in [shop.org.slug.as_str(), "nowhere-4711"] {
            assert!(!after.contains(told), "an address has got into the metrics: {told}");
        }
    })
    .await;
}

#[tokio::test]
async fn punches_are_counted_by_what_became_of_them() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let token = test.token(&shop.owner.email).await;
        let (_, key) = test.kiosk(&token, "Entrée").await;
        let phone = test.phone(&token).await;
        let code = test.code(&token, phone).await;
        let before = metrics(&test).await;
        for status in [200, 400] {
            assert_eq!(test.scan(&key, json!({ "qr_token": code })).await.status, status);
        }
        let after = metrics(&test).await;
        for outcome in ["in", "punch.already_used"] {
            let series = format!("punches_total{{outcome=\"{outcome}\"}}");
            assert!(value(&after, &series) > value(&before, &series), "{series}");
        }
    })
    .await;
}

async fn enqueue(test: &TestApp, kind: &'static str) {
    let mut tx = test.app.db.begin_write().await.unwrap();
    jobs::enqueue(&mut tx, INSTALLATION, &NewJob { kind, payload: "1".into(), run_at: NOW }, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_queue_and_the_connections_are_measured() {
    // Nobody does this kind of job, and no other test makes one.
    const DONE: &str = "jobs_total{kind=\"floor.measured\",outcome=\"failed\"}";
    each_app(async |test| {
        for _ in 0..3 {
            enqueue(&test, "floor.measured").await;
        }
        test.change("UPDATE jobs SET state = 'dead' WHERE id = (SELECT min(id) FROM jobs)").await;
        let (reader, writer) = (test.app.db.read().await.unwrap(), test.app.db.begin_write().await.unwrap());
        let before = metrics(&test).await;
        drop((reader, writer));
        assert_eq!((value(&before, "jobs_waiting"), value(&before, "jobs_dead")), (2.0, 1.0));
        for pool in ["db_readers_in_use", "db_writers_in_use"] {
            assert!(value(&before, pool) >= 1.0, "{pool}");
        }
        test.run_jobs().await;
        assert_eq!(value(&metrics(&test).await, DONE) - value(&before, DONE), 2.0);
    })
    .await;
}

#[tokio::test]
async fn metrics_are_not_served_here_when_they_are_off_or_elsewhere() {
    let changes: [fn(&mut Config); 2] = [
        |config| config.server.metrics = false,
        |config| config.server.metrics_addr = Some(SocketAddr::from(([127, 0, 0, 1], 9))),
    ];
    for change in changes {
        each_app_with(change, async |test| {
            let answer = get(&test, "/metrics").await;
            assert!(answer.status == 404 && !answer.text.contains("http_requests_total"), "{}", answer.text);
            assert_eq!(get(&test, "/livez").await.status, 200);
        })
        .await;
    }
}

/// What machines that ask hear.
async fn health(test: &TestApp) -> Vec<(u16, Value)> {
    let mut heard = Vec::new();
    for path in ["/livez", "/readyz", "/healthz", "/health", "/health/db"] {
        let answer = get(test, path).await;
        heard.push((answer.status.as_u16(), answer.json()));
    }
    heard
}

#[tokio::test]
async fn machines_that_ask_hear_how_the_server_fares() {
    each_app(async |test| {
        let engine = if test.app.db.engine() == EngineKind::Sqlite { "sqlite" } else { "postgres" };
        let alive = (200_u16, json!({ "status": "live" }));
        let version = env!("CARGO_PKG_VERSION");
        let here = (200, json!({ "status": "healthy", "timestamp": "2026-11-21T08:00:00.000Z", "version": version }));
        let well = [
            alive.clone(),
            (200, json!({ "status": { "db": "ok", "ok": true }, "database": true, "migrations": true, "jobs": true })),
            here.clone(),
            (200, json!({ "status": "ok", "db": "ok" })),
            (200, json!({ "status": "ok", "database": true, "redis": false, "engine": engine })),
        ];
        assert_eq!(health(&test).await, well);
        test.app.db.close().await.unwrap();
        let down = [
            alive,
            (503, json!({ "status": { "db": "down", "ok": false }, "database": false, "migrations": false, "jobs": false })),
            here,
            (200, json!({ "status": "ok", "db": "down" })),
            (200, json!({ "status": "degraded", "database": false, "redis": false, "engine": engine })),
        ];
        assert_eq!(health(&test).await, down);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_ready_is_named() {
    each_app(async |test| {
        let ready = async || {
            let answer = get(&test, "/readyz").await;
            let body = answer.json();
            let parts = ["database", "migrations", "jobs"].map(|part| body[part].as_bool().unwrap());
            assert_eq!(body["status"]["ok"], parts == [true; 3]);
            (answer.status.as_u16(), parts)
        };
        enqueue(&test, "mail.send").await;
        test.app.clock.advance_seconds(5 * 60 - 1);
        assert_eq!(ready().await, (200, [true; 3]), "a job may wait for a while");
        test.app.clock.advance_seconds(1);
        assert_eq!(ready().await, (503, [true, true, false]), "nobody does it");
        test.change("UPDATE jobs SET state = 'dead'").await;
        assert_eq!(ready().await, (200, [true; 3]), "what was put aside waits for nobody");
        test.change("DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)").await;
        assert_eq!(ready().await, (503, [true, false, true]), "the program is newer than the schema");
    })
    .await;
}

/// A body of the API and a form: path, type, beginning, what it is filled up with unread, and the status when it is read.
const BODIES: [(&str, &str, &str, &str, u16); 2] = [
    ("/api/v1/auth/login", "application/json", "{\"email\":\"nobody@exemple.fr\",\"password\":\"x\"}", " ", 401),
    ("/sign-in", "application/x-www-form-urlencoded", "email=nobody%40exemple.fr&password=x&next=", "x", 422),
];

/// The status of sending as many bytes. `is_told`: the request says before how many they are.
async fn send_bytes(test: &TestApp, path: &str, mime: &str, body: String, is_told: bool) -> u16 {
    let mut request = Request::post(path).header("content-type", mime).header("sec-fetch-site", "same-origin");
    if is_told {
        request = request.header("content-length", body.len().to_string());
    }
    test.send(request.body(Body::from(body)).unwrap()).await.status.as_u16()
}

async fn one_byte_more_is_too_much(is_told: bool) {
    each_app_with(
        |config| config.server.body_kib = 16,
        async |test| {
            for (path, mime, start, filler, read) in BODIES {
                let body = |bytes: usize| format!("{start}{}", filler.repeat(bytes - start.len()));
                for (bytes, status) in [(16 * 1024, read), (16 * 1024 + 1, 413)] {
                    assert_eq!(send_bytes(&test, path, mime, body(bytes), is_told).await, status, "{path}: {bytes}");
                }
            }
        },
    )
    .await;
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_setting_says() {
    one_byte_more_is_too_much(true).await;
}

#[tokio::test]
async fn a_body_that_does_not_say_its_length_is_measured_as_it_comes() {
    one_byte_more_is_too_much(false).await;
}

#[tokio::test]
async fn a_setting_of_more_than_two_mebibytes_is_obeyed() {
    // axum's own limit.
    const BYTES: usize = 2 * 1024 * 1024 + 1;
    each_app_with(
        |config| config.server.body_kib = 4096,
        async |test| {
            for (path, mime, start, filler, read) in BODIES {
                let body = format!("{start}{}", filler.repeat(BYTES - start.len()));
                assert_eq!(send_bytes(&test, path, mime, body, true).await, read, "{path}");
            }
        },
    )
    .await;
}

#[tokio::test]
async fn each_door_refuses_in_its_own_way() {
    let long = "x".repeat(16 * 1024 + 1);
    each_app_with(
        |config| config.server.body_kib = 16,
        async |test| {
            for (method, path, body, status) in [
                ("GET", "/api/v1/x", "", 404),
                ("DELETE", "/api/v1/auth/login", "", 405),
                ("POST", "/api/v1/auth/login", long.as_str(), 413),
                ("GET", "/x", "", 404),
                ("DELETE", "/sign-in", "", 405),
                ("POST", "/sign-in", long.as_str(), 413),
            ] {
                let (accept, kind) = if path.starts_with("/api/") {
                    ("*/*", "application/problem+json")
                } else {
                    ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8")
                };
                let request = Request::builder().method(method).uri(path).header("accept", accept);
                let request = request.header("sec-fetch-site", "same-origin").header("content-length", body.len().to_string());
                let answer = test.send(request.body(Body::from(body.to_owned())).unwrap()).await;
                let heard = (answer.status.as_u16(), header(&answer, "content-type"));
                assert_eq!(heard, (status, Some(kind)), "{method} {path}: {}", answer.text);
                if accept == "*/*" {
                    assert_eq!(answer.json()["status"], status, "{}", answer.text);
                } else {
                    assert!(answer.text.contains("<html lang="), "{}", answer.text);
                }
                assert_eq!(header(&answer, "allow").is_some(), status == 405, "{method} {path}");
            }
        },
    )
    .await;
}

/// A built site: a sheet with its hash in its name and its compressed forms, and a script without.
fn built_site() -> TempDir {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("pkg")).unwrap();
    let manifest = json!({
        "account.js": { "url": "/account.js", "immutable": false },
        "regie.css": { "url": "/pkg/regie.0123abcd.css", "immutable": true },
    });
    for (name, text) in [
        ("manifest.json", manifest.to_string()),
        ("account.js", "export {}".into()),
        ("pkg/regie.0123abcd.css", "as it is".into()),
        ("pkg/regie.0123abcd.css.br", "by brotli".into()),
        ("pkg/regie.0123abcd.css.zst", "by zstd".into()),
    ] {
        std::fs::write(site.path().join(name), text).unwrap();
    }
    site
}

#[tokio::test]
async fn a_file_with_its_hash_comes_compressed_and_is_kept_for_ever() {
    let site = built_site();
    each_app_with(
        |config| config.server.site = site.path().to_owned(),
        async |test| {
            for (accept, encoding, text) in [
                ("gzip, deflate, br, zstd", Some("br"), "by brotli"),
                ("gzip, zstd", Some("zstd"), "by zstd"),
                ("gzip", None, "as it is"),
                ("", None, "as it is"),
            ] {
                let request = Request::get("/pkg/regie.0123abcd.css").header("accept-encoding", accept);
                let answer = test.send(request.body(Body::empty()).unwrap()).await;
                let heard = (answer.status.as_u16(), header(&answer, "content-encoding"), answer.text.as_str());
                assert_eq!(heard, (200, encoding, text), "{accept}");
                for (name, expected) in [
                    ("cache-control", "public, max-age=31536000, immutable"),
                    ("content-type", "text/css; charset=utf-8"),
                    ("vary", "accept-encoding"),
                ] {
                    assert_eq!(header(&answer, name), Some(expected), "{accept}: {name}");
                }
            }
        },
    )
    .await;
}

#[tokio::test]
async fn a_file_without_a_hash_in_its_name_is_soon_asked_for_again() {
    let site = built_site();
    each_app_with(
        |config| config.server.site = site.path().to_owned(),
        async |test| {
            for path in ["/style.css", "/account.js"] {
                let answer = get(&test, path).await;
                assert_eq!(
                    (answer.status.as_u16(), header(&answer, "cache-control")),
                    (200, Some("public, max-age=300")),
                    "{path}"
                );
            }
        },
    )
    .await;
}

#[tokio::test]
async fn scripts_of_a_page_with_islands_carry_a_nonce_that_is_used_once() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let base = format!("/o/{}", shop.org.slug);
        let mut cookies = test.cookie(&shop.owner.email).await;
        let phone = test.browse("POST", &format!("{base}/devices"), &cookies, "name=Mon+mobile").await;
        let kiosk = test.browse("POST", &format!("{base}/kiosks"), &cookies, "name=Borne&place=Hall").await.text;
        let code = kiosk.split("class=\"pairing-code\"><code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
        let tablet = test.browse("POST", "/kiosk/pair", &cookies, &format!("code={code}")).await;
        for (answer, name) in [(&phone, "regie_device"), (&tablet, "regie_kiosk")] {
            let cookie = set_cookie(answer, name).unwrap();
            cookies += &format!("; {}", cookie.split(';').next().unwrap());
        }
        let mut used = BTreeSet::new();
        for path in [format!("{base}/plan"), format!("{base}/badge"), "/kiosk".to_owned()] {
            for _ in 0..2 {
                let page = test.browse("GET", &path, &cookies, "").await;
                let policy = header(&page, "content-security-policy").unwrap();
                let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
                let nonce = nonce.unwrap_or_else(|| panic!("{path}: {policy}"));
                let scripts: Vec<_> = page.text.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
                let ours = format!(" nonce=\"{nonce}\"");
                assert!(!scripts.is_empty() && scripts.iter().all(|script| script.contains(&ours)), "{path}: {scripts:?}");
                assert!(nonce.len() >= 22 && used.insert(nonce.to_owned()), "{path}: {nonce}");
            }
        }
    })
    .await;
}

/// What protects every answer; pages with scripts have a content policy of their own.
const PROTECTION: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; object-src 'none'; script-src 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[tokio::test]
async fn every_answer_protects_its_reader() {
    each_app(async |test| {
        for (path, status, keeping) in [
            ("/recover", 200, "private, no-store"),
            ("/nowhere", 404, "private, no-store"),
            ("/api/v1/auth/me", 401, "no-store"),
            ("/api/v1/nowhere", 404, "no-store"),
        ] {
            let answer = get(&test, path).await;
            assert_eq!(answer.status, status, "{path}");
            for (name, expected) in PROTECTION.into_iter().chain([("cache-control", keeping)]) {
                assert_eq!(header(&answer, name), Some(expected), "{path}: {name}");
            }
            assert_eq!(header(&answer, "strict-transport-security"), None, "{path}: TLS may not be there to stay");
        }
    })
    .await;
    each_app_with(
        |config| config.server.hsts = true,
        async |test| {
            for path in ["/recover", "/nowhere", "/api/v1/auth/me"] {
                let told = "max-age=31536000; includeSubDomains";
                assert_eq!(header(&get(&test, path).await, "strict-transport-security"), Some(told), "{path}");
            }
        },
    )
    .await;
}

/// A site that may call the API from a browser.
const PARTNER: &str = "https://planning.exemple.fr";
/// What it is told.
const ALLOWED: [(&str, &str); 2] = [
    ("access-control-allow-origin", PARTNER),
    ("access-control-expose-headers", "etag, link, retry-after, x-cache, x-request-id"),
];
/// What it is told when it asks before.
const ALLOWED_BEFORE: [(&str, &str); 4] = [
    ("access-control-allow-headers", "authorization, content-type, idempotency-key, if-match, x-kiosk-api-key, x-request-id"),
    ("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE"),
    ("access-control-allow-origin", PARTNER),
    ("access-control-max-age", "600"),
];

/// What a browser asks for a script of another site; with OPTIONS, whether it may.
async fn ask_from(test: &TestApp, origin: &str, method: &str, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header("origin", origin);
    test.send(request.header("access-control-request-method", "PUT").body(Body::empty()).unwrap()).await
}

/// What an answer lets other sites do.
fn permissions(answer: &Answer) -> Vec<(&str, &str)> {
    let headers = answer.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    let mut found: Vec<_> = headers.filter(|(name, _)| name.starts_with("access-control-")).collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn an_allowed_site_may_call_the_api_and_nobody_else_anything() {
    each_app_with(
        |config| config.server.allowed_origins = vec![PARTNER.into()],
        async |test| {
            for (method, path, status) in [
                ("OPTIONS", "/punch/validate", 204),
                ("OPTIONS", "/api/v1/missions/1", 204),
                ("GET", "/auth/me", 401),
                ("GET", "/api/v1/auth/me", 401),
                ("GET", "/api/v1/x", 404),
            ] {
                let answer = ask_from(&test, PARTNER, method, path).await;
                let allowed = if method == "OPTIONS" { ALLOWED_BEFORE.to_vec() } else { ALLOWED.to_vec() };
                assert_eq!((answer.status.as_u16(), permissions(&answer)), (status, allowed), "{method} {path}");
                let varies = answer.headers.get_all("vary").iter().any(|by| by.to_str().unwrap().contains("origin"));
                assert!(varies, "{method} {path}: what is kept of it is for that site only");
            }
            let strangers =
                ["https://evil.example", "null", "http://planning.exemple.fr", "https://planning.exemple.fr.evil.example"];
            let to_the_api = strangers.map(|origin| (origin, "/api/v1/auth/me"));
            let to_pages = ["/recover", "/sign-in", "/livez", "/nowhere"].map(|path| (PARTNER, path));
            for (origin, path) in to_the_api.into_iter().chain(to_pages) {
                for method in ["GET", "OPTIONS"] {
                    let answer = ask_from(&test, origin, method, path).await;
                    assert!(permissions(&answer).is_empty(), "{origin}, {method} {path}: {:?}", answer.headers);
                }
            }
        },
    )
    .await;
}

#[tokio::test]
async fn no_site_may_call_the_api_unless_it_is_named() {
    each_app(async |test| {
        for method in ["GET", "OPTIONS"] {
            let answer = ask_from(&test, PARTNER, method, "/api/v1/auth/me").await;
            assert!(permissions(&answer).is_empty(), "{method}: {:?}", answer.headers);
        }
    })
    .await;
}
