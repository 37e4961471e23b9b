//! The name that each request has, and how long its answer took.

use crate::support::{TestApp, each_app};
use axum::body::Body;
use http::Request;
use std::collections::BTreeSet;

/// The name that an answer gives a request which comes with `given`.
async fn request_id(test: &TestApp, given: Option<&str>) -> String {
    let mut request = Request::get("/livez");
    if let Some(id) = given {
        request = request.header("x-request-id", id.as_bytes());
    }
    let answer = test.send(request.body(Body::empty()).unwrap()).await;
    answer.header("x-request-id").unwrap().to_owned()
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
            let answer = test.get(path).await;
            assert_eq!(answer.status, status, "{path}");
            let time = answer.header("x-response-time").unwrap();
            assert!(is_time(time), "{path}: {time}");
        }
    })
    .await;
}
