//! Accounts that somebody else has made, opened or moved: what their owner does keeps the other one out.

use super::links::{NEW_PASSWORD, ask_reset, is_dead};
use crate::support::{PASSWORD, TestApp, each_app, escaped, link_of, session_cookie};
use axum::body::Body;
use http::Request;
use serde_json::json;

/// Somebody makes an account with the address of somebody else, who presses the button of the mail.
#[tokio::test]
async fn an_address_is_not_verified_for_who_has_not_signed_in_to_its_account() {
    each_app(async |test| {
        let other = test.cookie(&test.shop("Salle voisine").await.owner.email).await;
        let email = "ana@exemple.fr";
        let new = json!({ "email": email, "password": PASSWORD, "full_name": "Ana" });
        assert_eq!(test.api("POST", "/api/v1/auth/register", "", Some(new)).await.status, 201);
        let path = link_of(&test.mail_to(email).await);
        let unproved =
            async || test.number("SELECT count(*) FROM accounts WHERE email = 'ana@exemple.fr' AND verified_at IS NULL").await;
        for cookie in ["", other.as_str()] {
            assert!(test.browse("GET", &path, cookie, "").await.text.contains("Connectez-vous pour confirmer votre adresse."));
            let answered = test.browse("POST", &path, cookie, "").await;
            let next = format!("/sign-in?next={path}");
            assert_eq!((answered.status.as_u16(), answered.header("location")), (303, Some(next.as_str())));
            assert_eq!(unproved().await, 1);
            if cookie.is_empty() {
                let shown = test.browse("GET", &next, &session_cookie(&answered), "").await;
                assert!(shown.text.contains("Connectez-vous pour confirmer votre adresse."), "{}", shown.text);
            }
        }
        let mine = test.cookie(email).await;
        assert!(test.browse("GET", &path, &mine, "").await.text.contains("Confirmer mon adresse"));
        let answered = test.browse("POST", &path, &mine, "").await;
        assert_eq!((answered.header("location"), unproved().await), (Some("/me"), 0), "the link was not used up");
    })
    .await;
}

/// Moves the account of `cookie` from one address to another, as both confirm. Gives the path that takes it back.
async fn move_account(test: &TestApp, cookie: &str, old: &str, new: &str) -> String {
    let form = format!("email={}&present_password={}", escaped(new), escaped(PASSWORD));
    assert_eq!(test.browse("POST", "/me/email", cookie, &form).await.status, 303);
    for email in [old, new] {
        let link = link_of(&test.mail_to(email).await);
        assert_eq!(test.browse("POST", &link, cookie, "").await.status, 303, "{link}");
    }
    link_of(&test.mail_to(old).await)
}

#[tokio::test]
async fn what_was_taken_back_is_not_handed_over_by_a_later_link() {
    each_app(async |test| {
        for (name, thief_first) in [("Théâtre du Mail", false), ("Théâtre du Quai", true)] {
            let mine = test.shop(name).await.owner.email;
            let (theirs, last) = (mine.replace("patron", "voleur"), mine.replace("patron", "receleur"));
            let cookie = test.cookie(&mine).await;
            let to_mine = move_account(&test, &cookie, &mine, &theirs).await;
            let to_theirs = move_account(&test, &cookie, &theirs, &last).await;
            let has = async |email: &str| test.texts("SELECT email FROM accounts").await.iter().any(|known| known == email);
            assert!(has(&last).await && !has(&mine).await);
            if thief_first {
                assert_eq!(test.browse("POST", &to_theirs, "", "").await.status, 200);
                assert!(has(&theirs).await);
            }
            assert_eq!(test.browse("POST", &to_mine, "", "").await.status, 200);
            assert!(has(&mine).await, "the older link is the owner's, and no later one has ended it");
            is_dead(&test, &to_theirs, "").await;
            assert!(has(&mine).await);
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_address_that_waits_ends_with_the_password() {
    each_app(async |test| {
        for (name, way) in [("Théâtre du Mail", "reset"), ("Théâtre du Quai", "change"), ("Théâtre du Parc", "deny")] {
            let email = test.shop(name).await.owner.email;
            let cookie = test.cookie(&email).await;
            let notice = link_of(&test.mail_to(&email).await);
            let new = email.replace("patron", "voleur");
            let form = format!("email={}&present_password={}", escaped(&new), escaped(PASSWORD));
            assert_eq!(test.browse("POST", "/me/email", &cookie, &form).await.status, 303);
            let (to_old, to_new) = (link_of(&test.mail_to(&email).await), link_of(&test.mail_to(&new).await));
            assert_eq!(test.browse("POST", &to_new, &cookie, "").await.status, 303);
            let password = format!("password={}", escaped(NEW_PASSWORD));
            let answered = match way {
                "reset" => test.browse("POST", &ask_reset(&test, &email).await, "", &password).await,
                "change" => {
                    let form = format!("present_password={}&{password}", escaped(PASSWORD));
                    test.browse("POST", "/me/security/password", &cookie, &form).await
                }
                _ => test.browse("POST", &notice, "", "").await,
            };
            assert_eq!(answered.status, if way == "deny" { 200 } else { 303 }, "{way}: {}", answered.text);
            is_dead(&test, &to_old, "").await;
        }
        assert_eq!(test.number("SELECT count(*) FROM accounts WHERE email LIKE 'voleur%'").await, 0);
        assert_eq!(test.number("SELECT count(*) FROM email_changes WHERE closed_at IS NULL").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_reset_link_ends_with_a_change_of_password() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (token, path) = (test.token(&email).await, ask_reset(&test, &email).await);
        let change = json!({ "present_password": PASSWORD, "new_password": NEW_PASSWORD });
        assert_eq!(test.api("POST", "/api/v1/auth/password", &token, Some(change)).await.status, 204);
        is_dead(&test, &path, &format!("password={}", escaped(PASSWORD))).await;
    })
    .await;
}

/// What a client calls itself is no secret.
#[tokio::test]
async fn a_program_is_known_by_its_address_too_and_not_by_a_browser_s_name() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let told = async || test.number("SELECT count(*) FROM mails WHERE subject LIKE 'Nouvelle connexion%'").await;
        let login = async |address: &str| {
            let body = json!({ "email": email, "password": PASSWORD }).to_string();
            let request = Request::post("/api/v1/auth/login").header("content-type", "application/json");
            let answer = test.send_from(address, request.header("user-agent", "Firefox").body(Body::from(body)).unwrap()).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            told().await
        };
        let form = format!("email={}&password={}", escaped(&email), escaped(PASSWORD));
        let request = Request::post("/sign-in").header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("sec-fetch-site", "same-origin").header("user-agent", "Firefox");
        assert_eq!(test.send_from("203.0.113.9", request.body(Body::from(form)).unwrap()).await.status, 303);
        assert_eq!(told().await, 1);
        assert_eq!(login("203.0.113.9").await, 2, "a program, although it calls itself as the browser does");
        assert_eq!(login("203.0.113.9").await, 2, "known by now");
        assert_eq!(login("198.51.100.7").await, 3, "from elsewhere");
        assert_eq!(login("203.0.113.9").await, 3);
    })
    .await;
}
