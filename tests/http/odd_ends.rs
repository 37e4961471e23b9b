//! Requests that end as no handler meant them to, and what the log says of them.

use crate::support::{Answer, TestApp, each_app, each_app_with};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use regie::composition::around;
use regie::platform::App;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing_subscriber::fmt::MakeWriter;

async fn panics() -> StatusCode {
    panic!("nobody saw that coming")
}

async fn sleeps() -> StatusCode {
    tokio::time::sleep(Duration::from_secs(60)).await;
    StatusCode::OK
}

/// The same bad handlers behind both doors.
fn odd(app: &App) -> Router {
    let routes = Router::new().route("/panics", get(panics)).route("/sleeps", get(sleeps));
    around(app, routes.clone().nest("/api/v1", routes))
}

async fn ask(test: &TestApp, path: &str) -> Answer {
    let test = TestApp { router: odd(&test.app), ..test.clone() };
    test.send(Request::get(path).header("accept-language", "fr").body(Body::empty()).unwrap()).await
}

/// Neither hangs up on anybody, and what comes has the headers that protect.
#[tokio::test]
async fn a_panic_and_a_handler_that_hangs_are_answered_at_both_doors() {
    each_app_with(
        |config| config.server.request_seconds = 1,
        async |test| {
            for (path, status, code) in [("/panics", 500, "unexpected"), ("/sleeps", 503, "unavailable")] {
                let page = ask(&test, path).await;
                assert_eq!(page.status, status, "{path}");
                assert!(page.text.contains("<html lang=\"fr\""), "{path}: {}", page.text);
                let problem = ask(&test, &format!("/api/v1{path}")).await;
                assert_eq!((problem.status.as_u16(), problem.json()["code"].as_str()), (status, Some(code)), "{path}");
                for answer in [page, problem] {
                    assert_eq!(answer.headers.contains_key("retry-after"), status == 503, "{path}");
                    assert!(
                        answer.headers.contains_key("content-security-policy") && answer.headers.contains_key("x-request-id")
                    );
                }
            }
        },
    )
    .await;
}

#[tokio::test]
async fn where_nothing_is_the_language_that_was_chosen_is_kept() {
    each_app(async |test| {
        let request = Request::get("/nowhere").header("accept-language", "fr").header("cookie", "language=en");
        let page = test.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text.contains("<html lang=\"en\""), "{}", page.text);
    })
    .await;
}

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What was asked for, and what was logged meanwhile.
pub async fn overheard<T>(asking: impl Future<Output = T>) -> (T, String) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let listening = tracing::subscriber::set_default(subscriber);
    let answer = asking.await;
    drop(listening);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    (answer, text)
}

/// The number of the one incident that was logged.
fn incident(log: &str) -> &str {
    let numbers: Vec<&str> = log.split("incident=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(numbers.len(), 1, "{log}");
    numbers[0]
}

/// Who reports the number of a page finds all that the request left in the log.
#[tokio::test]
async fn every_line_about_a_request_names_it() {
    each_app(async |test| {
        let shop = test.shop("Salle sans tables").await;
        let cookie = test.cookie(&shop.owner.email).await;
        test.change("ALTER TABLE devices RENAME TO elsewhere").await;
        let (page, log) = overheard(test.browse("GET", &format!("/o/{}/devices", shop.org.slug), &cookie, "")).await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        let id = page.headers["x-request-id"].to_str().unwrap();
        let incident = incident(&log);
        assert!(page.text.contains(incident), "{incident}: {}", page.text);
        let lines: Vec<_> = log.lines().filter(|line| line.contains("regie::")).collect();
        assert!(lines.len() >= 3 && lines.iter().all(|line| line.contains(id)), "{id}: {log}");
    })
    .await;
}

/// Who keeps sessions answers by itself when it cannot keep one, and with nothing.
#[tokio::test]
async fn a_session_that_cannot_be_read_or_kept_is_answered_as_other_errors_are() {
    each_app(async |test| {
        let shop = test.shop("Salle sans mémoire").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let profile = "name=Claire&language=fr&time_zone=Europe%2FParis";
        for (change, method, form) in [
            // A session is written with it, and read without.
            ("ALTER TABLE sessions RENAME COLUMN client TO elsewhere", "POST", profile),
            ("ALTER TABLE sessions RENAME TO elsewhere", "GET", ""),
        ] {
            test.change(change).await;
            let (page, log) = overheard(test.browse(method, "/me", &cookie, form)).await;
            assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{method}: {}", page.text);
            let incident = incident(&log);
            assert!(page.text.contains("<html lang=\"fr\"") && page.text.contains(incident), "{method}: {}", page.text);
            assert!(log.contains("Database refused a statement"), "{method}: {log}");
            for name in ["content-security-policy", "content-type", "x-content-type-options", "x-request-id"] {
                assert!(page.headers.contains_key(name), "{method}: {name}");
            }
            assert!(!page.headers.contains_key("retry-after") && !page.headers.contains_key("set-cookie"), "{method}");
        }
    })
    .await;
}
