//! What programs and people hear of what is not there, not allowed, or too long.

use crate::support::{each_app, each_app_with};
use axum::body::Body;
use http::Request;
use serde_json::json;

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

#[tokio::test]
async fn what_is_described_refuses_as_a_problem_wherever_it_is() {
    each_app(async |test| {
        for path in regie::api::description().paths.paths.into_keys() {
            // The router knows no verb after a parameter.
            let routed = path.find("}:").map_or(path.as_str(), |end| &path[..=end]);
            for place in [Some(routed), routed.strip_prefix("/api/v1")].into_iter().flatten() {
                let request = Request::builder().method("TRACE").uri(place.replace(['{', '}'], ""));
                let request = request.header("sec-fetch-site", "same-origin");
                let answer = test.send(request.body(Body::empty()).unwrap()).await;
                let heard = (answer.status.as_u16(), answer.header("content-type"));
                assert_eq!(heard, (405, Some("application/problem+json")), "{place}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_not_known_hears_what_is_asked_for() {
    each_app(async |test| {
        let kiosk = "Kiosk-Key header=\"X-Kiosk-API-Key\"";
        let (status, scan) = ("/api/v1/kiosk/status", "/api/v1/punch/validate");
        let nameless = test.api("POST", scan, "", Some(json!({ "qr_token": "x" }))).await;
        let unknown = test.kiosk_api("GET", status, "nobody", None).await;
        let stranger = test.api("GET", "/api/v1/auth/me", "", None).await;
        for (answer, code, challenge) in [
            (nameless, "kiosk.key_missing", kiosk),
            (unknown, "kiosk.key_unknown", kiosk),
            (stranger, "sign_in_required", "Bearer"),
        ] {
            assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (401, Some(code)));
            assert_eq!(answer.header("www-authenticate"), Some(challenge), "{code}");
        }
    })
    .await;
}
