//! What programs and people hear of what is not there, not allowed, or too long.

use crate::support::each_app_with;
use axum::body::Body;
use http::Request;

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
                let heard = (answer.status.as_u16(), answer.header("content-type"));
                assert_eq!(heard, (status, Some(kind)), "{method} {path}: {}", answer.text);
                if accept == "*/*" {
                    assert_eq!(answer.json()["status"], status, "{}", answer.text);
                } else {
                    assert!(answer.text.contains("<html lang="), "{}", answer.text);
                }
                assert_eq!(answer.header("allow").is_some(), status == 405, "{method} {path}");
            }
        },
    )
    .await;
}
