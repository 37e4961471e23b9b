//! Refresh tokens: rotated at each use, patient with tabs, merciless with copies.

use crate::db::spawn;
use crate::support::{Answer, TestApp, each_app, set_cookie};
use axum::body::Body;
use http::Request;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

async fn refresh(test: &TestApp, token: &str) -> Answer {
    test.api("POST", "/api/v1/auth/refresh", "", Some(json!({ "refresh_token": token }))).await
}

/// The new pair.
async fn renewed(test: &TestApp, token: &str) -> (String, String) {
    let answer = refresh(test, token).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    (body["access_token"].as_str().unwrap().to_owned(), body["refresh_token"].as_str().unwrap().to_owned())
}

const REUSES: &str = "SELECT count(*) FROM audit_events WHERE action = 'session.reuse_detected'";

#[tokio::test]
async fn a_refresh_token_is_rotated_and_kept_as_a_hash() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (mut access, mut token) = test.tokens(&email).await;
        for _ in 0..3 {
            test.app.clock.advance_seconds(600);
            let (new_access, new) = renewed(&test, &token).await;
            assert!(new != token && new_access != access);
            assert_eq!(
                (test.me(&access).await, test.me(&new_access).await),
                (200, 200),
                "the old access token runs out by itself"
            );
            (access, token) = (new_access, new);
        }
        let stored = test.texts("SELECT token_hash FROM refresh_tokens").await;
        assert_eq!(stored.len(), 4);
        assert!(stored.iter().all(|hash| hash.len() == 64 && !token.contains(hash)), "never the token itself");
        assert_eq!(test.number("SELECT count(*) FROM sessions WHERE kind = 'api'").await, 1, "one session all the time");
        for wrong in ["", "x", "rt_", &token[3..], &token.to_uppercase(), &format!("{token} "), &access] {
            let answer = refresh(&test, wrong).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()["code"].as_str()),
                (401, Some("account.refresh_token")),
                "{wrong:?}"
            );
        }
        assert_eq!(test.number(REUSES).await, 0, "a wrong guess ends nothing");
        test.app.clock.advance_seconds(test.app.config.tokens.refresh_days * 86_400);
        assert_eq!(refresh(&test, &token).await.status, 401, "too old");
    })
    .await;
}

#[tokio::test]
async fn a_used_token_works_within_the_grace_and_not_after() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (_, token) = test.tokens(&email).await;
        let (access, first) = renewed(&test, &token).await;
        let grace = test.app.config.tokens.grace_seconds;
        test.app.clock.advance_seconds(grace - 1);
        let (_, second) = renewed(&test, &token).await;
        test.app.clock.advance_seconds(1);
        let (_, third) = renewed(&test, &token).await;
        assert!(first != second && second != third);
        assert_eq!(test.number(REUSES).await, 0);
        test.app.clock.advance_seconds(1);
        assert_eq!(refresh(&test, &token).await.status, 401, "the grace counts from the first use");
        assert_eq!((test.number(REUSES).await, test.me(&access).await), (1, 401));
        for heir in [first, second, third] {
            assert_eq!(refresh(&test, &heir).await.status, 401, "the whole family is dead");
        }
    })
    .await;
}

/// Somebody has stolen a token that its owner has used already, and shows it; `restarted`: to a server that was started since.
async fn theft(test: &TestApp, restarted: bool) {
    let email = test.shop("Théâtre du Mail").await.owner.email;
    let (_, stolen) = test.tokens(&email).await;
    let (access, owner_s) = renewed(test, &stolen).await;
    let other = test.token(&email).await;
    let told = test.mails().await.len();
    test.app.clock.advance_seconds(test.app.config.tokens.grace_seconds + 1);
    let server = if restarted {
        test.app.db.close().await.unwrap();
        test.twin().await
    } else {
        test.clone()
    };
    assert_eq!(server.me(&access).await, 200);
    for _ in 0..5 {
        let shown = refresh(&server, &stolen).await;
        assert_eq!((shown.status.as_u16(), shown.json()["code"].as_str()), (401, Some("account.refresh_token")));
    }
    assert_eq!(server.me(&access).await, 401, "the access token dies with the family, at once");
    assert_eq!(refresh(&server, &owner_s).await.status, 401, "the newest of the family, too");
    assert_eq!(server.me(&other).await, 200, "other sessions of the account go on");
    let mails = server.mails().await;
    assert_eq!(mails.len(), told + 1, "one mail, however often it is shown");
    assert_eq!(mails[0].recipient, email);
    assert!(mails[0].text_body.contains("/not-me/"));
    assert_eq!(server.number(REUSES).await, 1, "one row in the audit");
    let reasons = server.texts("SELECT ended_reason FROM sessions WHERE ended_reason IS NOT NULL").await;
    assert_eq!(reasons, ["token_reused"]);
}

#[tokio::test]
async fn a_stolen_token_ends_the_family() {
    each_app(async |test| theft(&test, false).await).await;
}

#[tokio::test]
async fn a_stolen_token_ends_the_family_after_a_restart_too() {
    each_app(async |test| theft(&test, true).await).await;
}

#[tokio::test]
async fn copies_shown_at_once_to_two_servers_are_told_once() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let there = test.twin().await;
        let (_, stolen) = test.tokens(&email).await;
        let (access, _) = renewed(&test, &stolen).await;
        let told = test.mails().await.len();
        test.app.clock.advance_seconds(test.app.config.tokens.grace_seconds + 1);
        let thieves = (0..20).map(|n| {
            let (server, stolen) = (if n % 2 == 0 { test.clone() } else { there.clone() }, stolen.clone());
            spawn(async move { refresh(&server, &stolen).await.status.as_u16() })
        });
        for thief in futures_util::future::join_all(thieves).await {
            assert_eq!(thief.unwrap(), 401);
        }
        assert_eq!((test.number(REUSES).await, test.mails().await.len(), there.me(&access).await), (1, told + 1, 401));
        there.app.db.close().await.unwrap();
    })
    .await;
}

/// Tabs of one browser: they share what the newest answer gave them, and now and then ask all at once.
async fn tabs(test: &TestApp, email: &str, count: usize, until: impl Fn(usize) -> bool) -> usize {
    let (access, token) = test.tokens(email).await;
    let shared = Arc::new(Mutex::new((access, token)));
    let mut rounds = 0;
    while until(rounds) {
        let start = Arc::new(tokio::sync::Barrier::new(count));
        let tabs = (0..count).map(|_| {
            let (test, shared, start) = (test.clone(), shared.clone(), start.clone());
            spawn(async move {
                let (access, token) = shared.lock().await.clone();
                start.wait().await;
                let new = renewed(&test, &token).await;
                let works = [test.me(&access).await, test.me(&new.0).await];
                // The last answer wins, as in a cookie jar.
                *shared.lock().await = new;
                works
            })
        });
        for tab in futures_util::future::join_all(tabs).await {
            assert_eq!(tab.unwrap(), [200, 200], "round {rounds}: somebody was signed out");
        }
        // Less than the grace, or more: the token of the next round is one that nobody has used.
        test.app.clock.advance_seconds([1, 9, 30][rounds % 3]);
        rounds += 1;
    }
    assert_eq!(test.number(REUSES).await, 0);
    assert_eq!(test.number("SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL").await, 0);
    rounds
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_tabs_that_refresh_at_once_lose_nobody() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        tabs(&test, &email, 50, |round| round < 8).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute for each engine: cargo test … -- --ignored fifty_tabs"]
async fn fifty_tabs_lose_nobody_for_a_minute() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let start = Instant::now();
        let rounds = tabs(&test, &email, 50, |_| start.elapsed() < Duration::from_secs(60)).await;
        println!("{rounds} rounds of 50");
    })
    .await;
}

/// A refresh as a browser makes it.
fn by_cookie(cookie: &str, site: Option<&str>) -> Request<Body> {
    let request = Request::post("/api/v1/auth/refresh").header("cookie", cookie);
    let request = if let Some(site) = site { request.header("sec-fetch-site", site) } else { request };
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_browser_refreshes_with_a_cookie_that_no_script_reads() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let login = json!({ "email": email, "password": crate::support::PASSWORD });
        let answer = test.api("POST", "/api/v1/auth/login", "", Some(login)).await;
        let cookie = set_cookie(&answer, "refresh_token").unwrap();
        for attribute in ["HttpOnly", "Path=/api/v1/auth", "SameSite=Strict", "Max-Age=604800"] {
            assert!(cookie.contains(attribute), "{attribute}: {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        let value = cookie.split(';').next().unwrap().to_owned();
        for site in ["cross-site", "same-site", "none"] {
            assert_eq!(test.send(by_cookie(&value, Some(site))).await.status, 401, "{site}");
        }
        let renewed = test.send(by_cookie(&value, Some("same-origin"))).await;
        assert_eq!(renewed.status, 200, "what another site asked for has used nothing up: {}", renewed.text);
        assert!(renewed.json().get("refresh_token").is_none(), "not where a script could read it: {}", renewed.text);
        let next = set_cookie(&renewed, "refresh_token").unwrap();
        assert!(next.contains("HttpOnly") && next.split(';').next() != Some(value.as_str()));
        let access = renewed.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(test.me(&access).await, 200);

        let next = next.split(';').next().unwrap();
        let cross = Request::post("/api/v1/auth/logout").header("cookie", next).header("sec-fetch-site", "cross-site");
        assert_eq!(test.send(cross.body(Body::empty()).unwrap()).await.status, 401, "nor can another site sign out");
        assert_eq!(test.me(&access).await, 200);
        let out = Request::post("/api/v1/auth/logout").header("cookie", next).header("sec-fetch-site", "same-origin");
        let out = test.send(out.body(Body::empty()).unwrap()).await;
        assert_eq!((out.status.as_u16(), test.me(&access).await), (204, 401));
        assert!(set_cookie(&out, "refresh_token").unwrap().starts_with("refresh_token=;"), "the cookie is taken away");
        assert_eq!(test.send(by_cookie(next, Some("same-origin"))).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn over_tls_the_cookie_stays_on_tls() {
    let change = |config: &mut regie::platform::config::Config| config.server.public_url = "https://regie.example".into();
    crate::support::each_app_with(change, async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let login = json!({ "email": email, "password": crate::support::PASSWORD });
        let answer = test.api("POST", "/api/v1/auth/login", "", Some(login)).await;
        assert!(set_cookie(&answer, "refresh_token").unwrap().contains("Secure"));
        let browser = test.sign_in(&email, "").await;
        for name in ["__Host-regie", "__Host-regie_browser"] {
            let cookie = set_cookie(&browser, name).unwrap();
            assert!(cookie.contains("Secure") && cookie.contains("HttpOnly") && cookie.contains("Path=/"), "{cookie}");
        }
    })
    .await;
}
