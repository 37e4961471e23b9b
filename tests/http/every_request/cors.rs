//! Which other sites may call the API from a browser.

use crate::support::{Answer, TestApp, each_app, each_app_with};
use axum::body::Body;
use http::Request;

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
            let to_pages = ["/recover", "/sign-in", "/docs", "/nowhere"].map(|path| (PARTNER, path));
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
