//! Tokens that people make for programs: less than their owner, and gone when told.

use crate::support::{Answer, PASSWORD, Shop, TestApp, each_app, escaped, proof};
use regie::accounts::service::set_account_active;
use regie::kernel::{INSTALLATION, Role};
use serde_json::{Value, json};

/// Makes a token of the session's account: its number and its text.
async fn make(test: &TestApp, session: &str, scopes: &[&str], days: i64) -> (i64, String) {
    let body = json!({ "name": "Paie", "scopes": scopes, "days": days, "present_password": PASSWORD });
    let made = test.api("POST", "/api/v1/auth/tokens", session, Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    (made.json()["id"].as_i64().unwrap(), made.json()["secret"].as_str().unwrap().to_owned())
}

async fn list(test: &TestApp, token: &str) -> Vec<Value> {
    test.api("GET", "/api/v1/auth/tokens", token, None).await.json().as_array().unwrap().clone()
}

async fn get(test: &TestApp, token: &str, path: &str) -> u16 {
    test.api("GET", path, token, None).await.status.as_u16()
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

/// A manager of a shop: the address.
async fn manager(test: &TestApp, shop: &Shop) -> String {
    test.person(shop, "Marc", Role::Manager).await;
    shop.email("Marc")
}

#[tokio::test]
async fn a_token_may_do_what_its_scopes_say_and_its_owner_may() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.token(&shop.owner.email).await;
        let invite = async |token: &str, email: &str| {
            let body = json!({ "email": email, "role": "tech" });
            test.api("POST", "/api/v1/members/invitations", token, Some(body)).await.status.as_u16()
        };
        let kiosk = async |token: &str, name: &str| {
            let body = json!({ "kiosk_name": name, "location": "Quai" });
            test.api("POST", "/api/v1/admin/kiosks", token, Some(body)).await.status.as_u16()
        };
        let members = "/api/v1/members";
        let (_, read) = make(&test, &owner, &["read"], 30).await;
        assert_eq!((get(&test, &read, members).await, invite(&read, "a@x.example").await), (200, 403));
        assert_eq!((get(&test, &read, "/api/v1/settings").await, kiosk(&read, "A").await), (403, 403), "for admins");
        let (_, write) = make(&test, &owner, &["write"], 30).await;
        assert_eq!((get(&test, &write, members).await, invite(&write, "a@x.example").await), (403, 201), "blind, but writes");
        assert_eq!((get(&test, &write, "/api/v1/settings").await, kiosk(&write, "B").await), (403, 403));
        let (_, both) = make(&test, &owner, &["read", "write"], 30).await;
        assert_eq!(
            (get(&test, &both, members).await, invite(&both, "b@x.example").await, kiosk(&both, "C").await),
            (200, 201, 403)
        );
        let (_, looks) = make(&test, &owner, &["read", "admin"], 30).await;
        assert_eq!((get(&test, &looks, "/api/v1/settings").await, kiosk(&looks, "D").await), (200, 403));
        let (_, all) = make(&test, &owner, &["read", "write", "admin"], 30).await;
        assert_eq!((get(&test, &all, "/api/v1/settings").await, kiosk(&all, "E").await), (200, 201));

        // A tech's token with every scope is still a tech's.
        test.person(&shop, "Tara", Role::Tech).await;
        let tara = test.token("tara@theatre-du-mail.example").await;
        let (_, hers) = make(&test, &tara, &["read", "write", "admin"], 30).await;
        assert_eq!(
            (get(&test, &hers, members).await, invite(&hers, "c@x.example").await, kiosk(&hers, "F").await),
            (403, 403, 403)
        );
        assert_eq!(get(&test, &hers, "/api/v1/punch/history").await, 200);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_token_is_not_made() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.token(&shop.owner.email).await;
        for (name, scopes, days) in [
            ("", json!(["read"]), json!(30)),
            ("Paie", json!([]), json!(30)),
            ("Paie", json!(["admin"]), json!(30)),
            ("Paie", json!(["root"]), json!(30)),
            ("Paie", json!(["read", "READ"]), json!(30)),
            ("Paie", json!("read"), json!(30)),
            ("Paie", json!(["read"]), json!(0)),
            ("Paie", json!(["read"]), json!(367)),
            ("Paie", json!(["read"]), json!(-1)),
            ("Paie", json!(["read"]), json!(1.5)),
            ("Paie", json!(["read"]), json!("30")),
            ("Paie", json!(["read"]), json!(null)),
        ] {
            let body = json!({ "name": name, "scopes": scopes, "days": days, "present_password": PASSWORD });
            let refused = test.api("POST", "/api/v1/auth/tokens", &owner, Some(body.clone())).await;
            assert_eq!(refused.status, 422, "{body}");
        }
        assert_eq!(test.number("SELECT count(*) FROM api_tokens").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_shown_once_and_kept_as_a_hash() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (owner, cookie) = (test.token(&shop.owner.email).await, test.cookie(&shop.owner.email).await);
        let (_, secret) = make(&test, &owner, &["read"], 30).await;
        assert!(secret.starts_with("rgt_") && secret.len() >= 40, "256 random bits behind a mark for scanners: {}", secret.len());
        let stored = test.texts("SELECT token_hash || ' ' || prefix || ' ' || name FROM api_tokens").await.concat();
        assert_eq!(stored, format!("{} {} Paie", regie::platform::secret::fingerprint(&secret), &secret[..8]));
        let present = format!("present_password={}", escaped(PASSWORD));
        let everywhere = [
            test.texts("SELECT detail FROM audit_events").await.concat(),
            test.texts("SELECT text_body || html_body || subject FROM mails").await.concat(),
            test.texts("SELECT payload FROM jobs").await.concat(),
            test.texts("SELECT data FROM sessions").await.concat(),
            Value::from(list(&test, &owner).await).to_string(),
            test.browse("GET", "/me/tokens", &cookie, "").await.text,
            test.browse("POST", "/me/export", &cookie, &present).await.text,
        ];
        for place in everywhere {
            assert!(!place.contains(&secret) && !place.contains(&secret[8..]), "{place}");
        }
        // By the page: shown in the answer to the form, and on no page after it.
        let form = format!("name=Script&org={}&scopes=read&scopes=write&days=7&{present}", shop.org.slug);
        let made = test.browse("POST", "/me/tokens", &cookie, &form).await;
        let shown = made.text.split("rgt_").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let secret = format!("rgt_{shown}");
        assert_eq!(test.me(&secret).await, 200);
        assert!(!test.browse("GET", "/me/tokens", &cookie, "").await.text.contains(&shown));
        assert_eq!(made.headers["cache-control"], "private, no-store");
        assert!(test.mail_to(&shop.owner.email).await.text_body.contains("Script"), "the owner is told");
    })
    .await;
}

#[tokio::test]
async fn a_token_ends_when_its_days_are_over_or_it_is_revoked() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = async || test.token(&shop.owner.email).await;
        let session = owner().await;
        let (short, secret) = make(&test, &session, &["read"], 1).await;
        let (long, other) = make(&test, &session, &["read"], 366).await;
        let used = async |id: i64| {
            let all = list(&test, &other).await;
            all.iter().find(|token| token["id"] == id).unwrap()["last_used_at"].clone()
        };
        assert_eq!(used(short).await, Value::Null);
        assert_eq!(test.me(&secret).await, 200);
        let first = used(short).await;
        assert!(first.is_string());
        test.app.clock.advance_seconds(240);
        assert_eq!((test.me(&secret).await, used(short).await), (200, first.clone()), "not written at each request");
        test.app.clock.advance_seconds(120);
        assert_eq!(test.me(&secret).await, 200);
        assert_ne!(used(short).await, first);
        test.app.clock.advance_seconds(86_400 - 361);
        assert_eq!(test.me(&secret).await, 200, "a second is left");
        test.app.clock.advance_seconds(1);
        assert_eq!((test.me(&secret).await, get(&test, &secret, "/api/v1/members").await), (401, 401));

        let there = test.twin().await;
        assert_eq!(there.me(&other).await, 200);
        let url = format!("/api/v1/auth/tokens/{long}");
        let stranger = test.shop("Salle voisine").await.owner.email;
        let stranger = test.token(&stranger).await;
        let (theirs, random) = (
            test.api("DELETE", &url, &stranger, None).await,
            test.api("DELETE", "/api/v1/auth/tokens/987654", &stranger, None).await,
        );
        assert_eq!(
            (theirs.status.as_u16(), &theirs.text),
            (404, &random.text),
            "somebody else's answers as one that is not there"
        );
        assert_eq!(test.api("DELETE", &url, &owner().await, None).await.status, 204);
        assert_eq!((test.me(&other).await, there.me(&other).await), (401, 401), "on every server");
        assert_eq!(test.api("DELETE", &url, &owner().await, None).await.status, 404);
        there.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_token_manages_neither_tokens_nor_its_owner() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let session = test.token(&shop.owner.email).await;
        let (id, all) = make(&test, &session, &["read", "write", "admin"], 30).await;
        let sessions = test.api("GET", "/api/v1/auth/devices", &session, None).await.json();
        let here = sessions[0]["id"].as_i64().unwrap();
        let password = json!({ "present_password": PASSWORD, "new_password": "la lumière s'éteint à minuit" });
        let token = json!({ "name": "x", "scopes": ["read"], "days": 30, "present_password": PASSWORD });
        for (method, path, body) in [
            ("POST", "/api/v1/auth/tokens".to_owned(), Some(token)),
            ("DELETE", format!("/api/v1/auth/tokens/{id}"), None),
            ("PATCH", "/api/v1/auth/me".to_owned(), Some(json!({ "full_name": "Autre" }))),
            ("POST", "/api/v1/auth/password".to_owned(), Some(password)),
            ("POST", "/api/v1/auth/revoke-all".to_owned(), None),
            ("DELETE", format!("/api/v1/auth/devices/{here}"), None),
            ("PATCH", format!("/api/v1/auth/devices/{here}"), Some(json!({ "device_label": "x" }))),
        ] {
            let refused = test.api(method, &path, &all, body).await;
            assert_eq!(code(&refused), (403, "forbidden".to_owned()), "{method} {path}");
        }
        assert_eq!((test.me(&all).await, test.me(&session).await), (200, 200));
        // It is no browser's session either.
        for cookie in [format!("regie={all}"), format!("refresh_token={all}")] {
            assert_eq!(test.browse("GET", "/me", &cookie, "").await.status, 303);
        }
        let refresh = test.api("POST", "/api/v1/auth/refresh", "", Some(json!({ "refresh_token": all }))).await;
        assert_eq!(refresh.status, 401);
        let out = test.api("POST", "/api/v1/auth/logout", &all, None).await;
        assert_eq!(out.status, 403, "it has no session to end: {}", out.text);
        assert_eq!(test.me(&all).await, 200, "nor has it ended itself");
    })
    .await;
}

#[tokio::test]
async fn a_token_follows_its_owner_s_role_and_dies_with_the_membership() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.token(&shop.owner.email).await;
        let email = manager(&test, &shop).await;
        let (_, program) = make(&test, &test.token(&email).await, &["read", "write"], 30).await;
        let members = "/api/v1/members";
        let list = test.api("GET", members, &owner, None).await.json();
        let his = list.as_array().unwrap().iter().find(|m| m["email"] == email.as_str()).unwrap()["id"].as_i64().unwrap();
        let url = format!("{members}/{his}");
        let change = async |body: Value| assert_eq!(test.api("PATCH", &url, &owner, Some(body)).await.status, 200);
        assert_eq!(get(&test, &program, members).await, 200);
        change(json!({ "role": "tech" })).await;
        assert_eq!((get(&test, &program, members).await, get(&test, &program, "/api/v1/punch/history").await), (403, 200));
        change(json!({ "role": "manager", "is_suspended": true })).await;
        assert_eq!((get(&test, &program, members).await, test.me(&program).await), (403, 401), "suspended");
        change(json!({ "is_suspended": false })).await;
        assert_eq!(get(&test, &program, members).await, 200);
        assert_eq!(test.api("DELETE", &url, &owner, None).await.status, 204);
        assert_eq!((get(&test, &program, members).await, test.me(&program).await), (403, 401), "out of the organisation");
    })
    .await;
}

#[tokio::test]
async fn a_token_dies_with_its_owner_s_account() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let email = manager(&test, &shop).await;
        let (_, program) = make(&test, &test.token(&email).await, &["read"], 30).await;
        let account = test.api("GET", "/api/v1/auth/me", &program, None).await.json()["id"].as_i64().unwrap();
        let account = regie::kernel::AccountId(account);
        set_account_active(&test.app, proof(INSTALLATION), account, false).await.unwrap();
        assert_eq!((test.me(&program).await, get(&test, &program, "/api/v1/members").await), (401, 401));
        set_account_active(&test.app, proof(INSTALLATION), account, true).await.unwrap();
        assert_eq!(test.me(&program).await, 401, "opened again, without the old tokens");
    })
    .await;
}

#[tokio::test]
async fn a_token_acts_in_its_organisation_alone() {
    each_app(async |test| {
        let (shop, other) = (test.shop("Théâtre du Mail").await, test.shop("Salle voisine").await);
        let cookie = test.cookie(&shop.owner.email).await;
        let form = format!("name=x&org={}&scopes=read&days=7", other.org.slug);
        let refused = test.browse("POST", "/me/tokens", &cookie, &form).await;
        let random = test.browse("POST", "/me/tokens", &cookie, "name=x&org=none-such&scopes=read&days=7").await;
        assert_eq!((refused.status.as_u16(), refused.text), (404, random.text), "no token for somebody else's");
        let session = test.token(&shop.owner.email).await;
        let (_, program) = make(&test, &session, &["read", "write", "admin"], 30).await;
        let members = test.api("GET", "/api/v1/members", &program, None).await.json();
        assert_eq!(members.as_array().unwrap().len(), 1);
        let theirs = test.token(&other.owner.email).await;
        let theirs = test.api("GET", "/api/v1/members", &theirs, None).await.json()[0]["id"].as_i64().unwrap();
        let ask = async |id: i64| test.api("GET", &format!("/api/v1/members/{id}/sessions"), &program, None).await;
        let (known, random) = (ask(theirs).await, ask(987_654).await);
        assert_eq!((known.status.as_u16(), known.text), (404, random.text));
    })
    .await;
}

#[tokio::test]
async fn an_open_screen_gives_neither_a_token_nor_the_data() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (token, cookie) = (test.token(&shop.owner.email).await, test.cookie(&shop.owner.email).await);
        let ask = async |body: Value| test.api("POST", "/api/v1/auth/tokens", &token, Some(body)).await;
        assert_eq!(ask(json!({ "name": "Paie", "scopes": ["read"], "days": 30 })).await.status, 422);
        let wrong = json!({ "name": "Paie", "scopes": ["read"], "days": 30, "present_password": "une autre phrase" });
        let refused = ask(wrong.clone()).await;
        let field = json!([{ "field": "present_password", "code": "account.present_password" }]);
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"]), (422, &field));
        let form = format!("name=Script&org={}&scopes=read&days=7&present_password=x", shop.org.slug);
        let page = test.browse("POST", "/me/tokens", &cookie, &form).await;
        assert!(page.status == 422 && page.text.contains("present_password-error"), "{}", page.text);
        assert_eq!(test.number("SELECT count(*) FROM api_tokens").await, 0);

        assert!(test.browse("GET", "/me", &cookie, "").await.text.contains("action=\"/me/export\""));
        let asked = test.browse("GET", "/me/export", &cookie, "").await;
        assert_eq!(
            (asked.status.as_u16(), asked.header("location")),
            (303, Some("/me")),
            "no link, and nobody else's page, takes it"
        );
        let page = test.browse("POST", "/me/export", &cookie, "present_password=x").await;
        assert!(page.status == 422 && page.text.contains("export-password-error"), "{}", page.text);
        assert!(!page.text.contains("\"sessions\""), "{}", page.text);
        let right = format!("present_password={}", escaped(PASSWORD));
        let file = test.browse("POST", "/me/export", &cookie, &right).await;
        assert_eq!(file.json()["account"]["email"], shop.owner.email.as_str(), "{}", file.text);
        // Three were wrong: eight are allowed.
        for _ in 0..5 {
            assert_eq!(ask(wrong.clone()).await.status, 422);
        }
        for late in [ask(wrong).await, test.browse("POST", "/me/export", &cookie, &right).await] {
            assert!(late.status == 429 && late.headers.contains_key("retry-after"), "{}", late.text);
        }
    })
    .await;
}
