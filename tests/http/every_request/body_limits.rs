//! How long a body may be.

use crate::support::{TestApp, each_app_with};
use axum::body::Body;
use http::Request;

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
