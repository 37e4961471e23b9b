//! What cannot be read: addresses, queries, bodies, and forms that another site sends. Programs hear it as a problem, people as a page.

use crate::support::{Answer, TestApp, each_app, each_app_with};
use axum::body::Body;
use futures_util::stream;
use http::Request;
use regie::platform::config::Config;
use serde_json::json;
use std::io;

/// The answer is a problem of this status and code, about these fields.
#[track_caller]
fn problem(answer: &Answer, status: u16, code: &str, fields: &[(&str, &str)]) {
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", answer.text);
    let body = answer.json();
    assert_eq!((answer.status.as_u16(), body["status"].as_u64()), (status, Some(u64::from(status))), "{}", answer.text);
    let errors: Vec<_> = fields.iter().map(|(field, code)| json!({ "field": field, "code": code })).collect();
    assert_eq!((&body["code"], &body["errors"]), (&json!(code), &json!(errors)), "{}", answer.text);
    assert!(body["detail"].as_str().unwrap().contains(' '), "in words: {}", answer.text);
}

/// The answer is a page of this status in this language, with these words.
#[track_caller]
fn page(answer: &Answer, status: u16, lang: &str, words: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8", "{}", answer.text);
    assert!(answer.text.contains(&format!("<html lang=\"{lang}\"")) && answer.text.contains(words), "{}", answer.text);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_names_the_parameter() {
    each_app(async |test| {
        let token = test.token(&test.shop("Théâtre du Mail").await.owner.email).await;
        for (path, field) in [
            ("/admin/punches?limit=x", "limit"),
            ("/admin/punches?limit=", "limit"),
            ("/admin/devices?limit=1&is_revoked=perhaps", "is_revoked"),
            ("/admin/audit-logs?kiosk_id=1&kiosk_id=2", "kiosk_id"),
            ("/devices/me?include_revoked=2", "include_revoked"),
            ("/members?after=99999999999999999999", "after"),
            ("/users?ends_soon=soon", "ends_soon"),
            ("/missions?limit=many", "limit"),
        ] {
            for base in ["/api/v1", ""] {
                let path = format!("{base}{path}");
                let answer = test.api("GET", &path, &token, None).await;
                problem(&answer, 422, "form.invalid", &[(field, "query.invalid")]);
                let stranger = test.api("GET", &path, "", None).await;
                problem(&stranger, 401, "sign_in_required", &[]);
            }
        }
        assert_eq!(test.api("GET", "/api/v1/admin/punches?limit=1&more=x", &token, None).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_path_that_is_no_number_is_the_address_of_nothing() {
    each_app(async |test| {
        let token = test.token(&test.shop("Théâtre du Mail").await.owner.email).await;
        for base in ["/api/v1", ""] {
            for (method, path) in [
                ("GET", "/missions/abc"),
                ("GET", "/projects/1.5"),
                ("GET", "/users/99999999999999999999/profile"),
                ("GET", "/conflicts/user/%FF"),
                ("PATCH", "/admin/kiosks/abc"),
                ("POST", "/admin/devices/abc/revoke"),
                ("POST", "/devices/-/revoke"),
                ("POST", "/missions/abc:duplicate"),
                ("DELETE", "/members/invitations/abc"),
            ] {
                let path = format!("{base}{path}");
                let body = (method != "GET").then(|| json!({}));
                problem(&test.api(method, &path, &token, body.clone()).await, 404, "not_found", &[]);
                problem(&test.api(method, &path, "", body).await, 401, "sign_in_required", &[]);
            }
            let session = test.api("DELETE", &format!("{base}/auth/devices/abc"), &token, None).await;
            problem(&session, 404, "not_found", &[]);
        }
    })
    .await;
}

/// A request with a body of this type, whose length it does not tell.
fn sent(method: &str, path: &str, token: &str, kind: Option<&str>, body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    request.body(body).unwrap()
}

/// A body that breaks off.
fn broken(start: &'static str) -> Body {
    Body::from_stream(stream::iter([Ok(start), Err(io::Error::other("gone"))]))
}

fn small(config: &mut Config) {
    config.server.body_kib = 16;
}

const TOO_LONG: usize = 16 * 1024 + 1;
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Each way in which the API reads a body: the path, the type, and how the body begins.
const BODIES: [(&str, &str, &str); 4] = [
    ("/auth/login", JSON, "{\"email\":\"a@exemple.fr\",\"password\":\""),
    ("/auth/token", FORM, "username=a%40exemple.fr&password="),
    // It may be missing.
    ("/auth/refresh", JSON, "{\"refresh_token\":\""),
    // It is read when it is known that its sender may write.
    ("/projects", JSON, "{\"name\":\""),
];

#[tokio::test]
async fn a_body_is_refused_for_what_is_wrong_with_it() {
    each_app_with(small, async |test: TestApp| {
        let token = test.token(&test.shop("Théâtre du Mail").await.owner.email).await;
        for base in ["/api/v1", ""] {
            for (path, kind, start) in BODIES {
                let path = format!("{base}{path}");
                let long = Body::from(format!("{start}{}", "x".repeat(TOO_LONG)));
                let answer = test.send(sent("POST", &path, &token, Some(kind), long)).await;
                problem(&answer, 413, "request.too_large", &[]);
                let answer = test.send(sent("POST", &path, &token, Some(kind), broken(start))).await;
                problem(&answer, 400, "request.broken", &[]);
            }
            let others = [("/auth/login", FORM), ("/auth/login", "text/json"), ("/auth/token", JSON), ("/auth/token", "")];
            for (path, kind) in others {
                let path = format!("{base}{path}");
                let answer = test.send(sent("POST", &path, "", Some(kind), Body::from("{}"))).await;
                problem(&answer, 415, "request.type", &[]);
            }
            let untold = test.send(sent("POST", &format!("{base}/auth/login"), "", None, Body::from("{}"))).await;
            problem(&untold, 415, "request.type", &[]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_body_that_was_read_and_is_wrong_names_the_field() {
    each_app(async |test| {
        for (path, kind, body, field) in [
            ("/auth/login", JSON, "", "body"),
            ("/auth/login", JSON, "{\"email\":", "body"),
            ("/auth/login", JSON, "{\"email\":\"a@exemple.fr\"}", "password"),
            ("/auth/login", JSON, "[]", "body"),
            ("/auth/login", "application/json; charset=utf-8", "{}", "email"),
            ("/auth/refresh", JSON, "{\"refresh_token\":1}", "body"),
            ("/auth/token", FORM, "username=a", "password"),
        ] {
            let answer = test.send(sent("POST", &format!("/api/v1{path}"), "", Some(kind), Body::from(body))).await;
            problem(&answer, 422, "form.invalid", &[(field, "body.invalid")]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_is_not_found_at_an_address_that_is_none() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let english = format!("{cookie}; language=en");
        for path in [
            "/crew/abc",
            "/crew/99999999999999999999",
            "/missions/abc",
            "/templates/1.5",
            "/crew?after=a&after_id=x",
            "/punches?before=yesterday",
            "/audit?before=x",
        ] {
            let path = format!("/o/{}{path}", shop.org.slug);
            page(&test.browse("GET", &path, &cookie, "").await, 404, "fr", "Introuvable");
            page(&test.browse("GET", &path, &english, "").await, 404, "en", "Not found");
            assert_eq!(test.browse("GET", &path, "", "").await.status, 303, "strangers sign in first: {path}");
        }
        let act = format!("/o/{}/kiosks/abc/remove", shop.org.slug);
        page(&test.browse("POST", &act, &cookie, "").await, 404, "fr", "Introuvable");
    })
    .await;
}

#[tokio::test]
async fn a_form_is_refused_with_a_page() {
    each_app_with(small, async |test: TestApp| {
        let sign_in = async |kind: Option<&str>, body: Body| test.send(sent("POST", "/sign-in", "", kind, body)).await;
        let words = "Cela n’a pas marché";
        page(&sign_in(Some(FORM), Body::from("email=a")).await, 422, "fr", words);
        page(&sign_in(Some(JSON), Body::from("{}")).await, 415, "fr", words);
        page(&sign_in(None, Body::from("email=a&password=b")).await, 415, "fr", words);
        page(&sign_in(Some(FORM), broken("email=a&password=")).await, 400, "fr", words);
        let long = || Body::from(format!("email=a&password={}", "x".repeat(TOO_LONG)));
        for kind in [Some(FORM), Some(JSON), None] {
            page(&sign_in(kind, long()).await, 413, "fr", "trop volumineux");
        }
        // A form that may say one name several times.
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let path = format!("/o/{}/members/invite", shop.org.slug);
        page(&test.script(&path, &cookie, json!({})).await, 415, "fr", words);
        page(&test.browse("POST", &path, &cookie, &"x".repeat(TOO_LONG)).await, 413, "fr", "trop volumineux");
        // A picture.
        let path = format!("/o/{}/settings/logo", shop.org.slug);
        page(&test.browse("POST", &path, &cookie, "logo=x").await, 415, "fr", words);
        page(&test.upload(&path, &cookie, "logo", "x".repeat(TOO_LONG).as_bytes()).await, 413, "fr", "trop volumineux");
    })
    .await;
}

#[tokio::test]
async fn what_another_site_sends_is_refused_in_words() {
    each_app(async |test| {
        let send = async |accept: &str, language: &str| {
            let request = Request::post("/sign-in").header("sec-fetch-site", "cross-site").header("accept", accept);
            let request = request.header("accept-language", language).header("content-type", FORM);
            test.send(request.body(Body::from("email=a&password=b")).unwrap()).await
        };
        page(&send("text/html,application/xhtml+xml,*/*;q=0.8", "fr").await, 403, "fr", "Accès refusé");
        page(&send("*/*", "en").await, 403, "en", "Not allowed");
        let answer = send("application/json", "fr").await;
        problem(&answer, 403, "request.cross_site", &[]);
    })
    .await;
}
