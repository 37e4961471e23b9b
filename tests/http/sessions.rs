//! "My devices": what is revoked is refused at the next request, wherever it asks.

use crate::support::{Answer, PASSWORD, TestApp, each_app, proof};
use axum::body::Body;
use http::Request;
use regie::accounts::service::set_account_active;
use regie::kernel::{AccountId, INSTALLATION, Role};
use regie::platform::db::DbError;
use serde_json::{Value, json};

/// The living sessions of whose token it is.
async fn sessions(test: &TestApp, token: &str) -> Vec<Value> {
    let answer = test.api("GET", "/api/v1/auth/devices", token, None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json().as_array().unwrap().clone()
}

/// The number of the session that asks.
async fn number(test: &TestApp, token: &str) -> i64 {
    sessions(test, token).await.iter().find(|session| session["current"] == true).unwrap()["id"].as_i64().unwrap()
}

/// Where a page of one's own sends who is not signed in, or 200.
async fn page(test: &TestApp, cookie: &str) -> u16 {
    test.browse("GET", "/me", cookie, "").await.status.as_u16()
}

async fn end(test: &TestApp, token: &str, id: i64) -> Answer {
    test.api("DELETE", &format!("/api/v1/auth/devices/{id}"), token, None).await
}

#[tokio::test]
async fn what_another_session_revokes_is_refused_at_the_next_request() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (phone, refresh) = test.tokens(&email).await;
        let (laptop, browser) = (test.token(&email).await, test.cookie(&email).await);
        for path in ["/api/v1/auth/me", "/api/v1/devices/me", "/api/v1/settings", "/auth/me"] {
            assert_eq!(test.api("GET", path, &phone, None).await.status, 200, "{path}");
        }
        assert_eq!(end(&test, &laptop, number(&test, &phone).await).await.status, 204);
        for path in ["/api/v1/auth/me", "/api/v1/devices/me", "/api/v1/settings", "/auth/me"] {
            assert_eq!(test.api("GET", path, &phone, None).await.status, 401, "{path}: the token itself is valid for an hour");
        }
        let renewed = test.api("POST", "/api/v1/auth/refresh", "", Some(json!({ "refresh_token": refresh }))).await;
        assert_eq!(renewed.status, 401, "nor can it be renewed");
        assert_eq!((test.me(&laptop).await, page(&test, &browser).await), (200, 200), "the others stay");

        // From the browser, and the browser itself.
        let mine = number(&test, &laptop).await;
        let ended = test.browse("POST", &format!("/me/devices/{mine}/end"), &browser, "").await;
        assert_eq!(ended.status, 303, "{}", ended.text);
        assert_eq!(test.me(&laptop).await, 401);
        let laptop = test.token(&email).await;
        let open = sessions(&test, &laptop).await;
        let browser_id = open.iter().find(|session| session["kind"] == "browser").unwrap()["id"].as_i64().unwrap();
        assert_eq!(end(&test, &laptop, browser_id).await.status, 204);
        assert_eq!(page(&test, &browser).await, 303);
        let posted = test.browse("POST", "/me", &browser, "name=X&language=fr&time_zone=Europe%2FParis").await;
        assert_eq!(
            posted.headers["location"].to_str().unwrap().split('?').next(),
            Some("/sign-in"),
            "nothing is written any more"
        );
        assert_eq!(test.texts("SELECT name FROM accounts").await, ["Claire Vasseur"]);
        assert_eq!(end(&test, &laptop, browser_id).await.status, 404, "what has ended is gone");
    })
    .await;
}

/// Two servers on one database.
#[tokio::test]
async fn what_one_server_changes_the_other_obeys_at_once() {
    each_app(async |here| {
        let there = here.twin().await;
        let shop = here.shop("Théâtre du Mail").await;
        here.person(&shop, "Marc", Role::Manager).await;
        let marc = "marc@theatre-du-mail.example";
        let (owner, members) = (here.token(&shop.owner.email).await, "/api/v1/members");
        let list = there.api("GET", members, &owner, None).await.json();
        let his = list.as_array().unwrap().iter().find(|member| member["email"] == marc).unwrap().clone();
        let (his_url, account) = (format!("{members}/{}", his["id"]), AccountId(his["account_id"].as_i64().unwrap()));
        let change = async |body: Value| assert_eq!(here.api("PATCH", &his_url, &owner, Some(body)).await.status, 200);
        let asks = async |token: &str| there.api("GET", members, token, None).await.status.as_u16();

        let (token, cookie) = (here.token(marc).await, here.cookie(marc).await);
        assert_eq!((there.me(&token).await, asks(&token).await, page(&there, &cookie).await), (200, 200, 200));
        change(json!({ "role": "tech" })).await;
        assert_eq!(asks(&token).await, 403, "a tech lists no members, whatever the token still says");
        let crew = format!("/o/{}/crew", shop.org.slug);
        assert_eq!(there.browse("GET", &crew, &cookie, "").await.status, 403);
        change(json!({ "role": "manager", "is_suspended": true })).await;
        assert_eq!(asks(&token).await, 403, "suspended");
        assert_eq!(there.browse("GET", &crew, &cookie, "").await.status, 404, "the organisation is not there for him");
        change(json!({ "is_suspended": false })).await;
        assert_eq!((asks(&token).await, there.browse("GET", &crew, &cookie, "").await.status.as_u16()), (200, 200));

        // One session, ended on the other server; then all of them, by an admin.
        let second = there.token(marc).await;
        assert_eq!(end(&there, &second, number(&there, &token).await).await.status, 204);
        assert_eq!((here.me(&token).await, there.me(&token).await, here.me(&second).await), (401, 401, 200));
        let all = there.api("DELETE", &format!("{his_url}/sessions"), &owner, None).await;
        assert_eq!(all.status, 204, "{}", all.text);
        assert_eq!((here.me(&second).await, page(&here, &cookie).await), (401, 303));

        // The account, closed by the platform.
        let (token, cookie) = (there.token(marc).await, there.cookie(marc).await);
        assert_eq!((here.me(&token).await, page(&here, &cookie).await), (200, 200));
        set_account_active(&there.app, proof(INSTALLATION), account, false).await.unwrap();
        assert_eq!((here.me(&token).await, page(&here, &cookie).await), (401, 303));
        set_account_active(&here.app, proof(INSTALLATION), account, true).await.unwrap();
        assert_eq!((there.me(&token).await, page(&there, &cookie).await), (401, 303), "what was closed stays closed");
        let (token, removed) = (here.token(marc).await, there.api("DELETE", &his_url, &owner, None).await);
        assert_eq!(removed.status, 204);
        assert_eq!((asks(&token).await, here.me(&token).await), (403, 200), "out of the organisation, still somebody");
        there.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_page_that_is_read_writes_nothing() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let seen = "SELECT max(last_seen_at) FROM sessions";
        // The page after the sign-in shows what it had to say, and forgets it.
        test.browse("GET", "/me", &cookie, "").await;
        let before = test.number(seen).await;
        test.app.clock.advance_seconds(30);
        for path in ["/me".to_owned(), format!("/o/{}/crew", shop.org.slug), format!("/o/{}/plan", shop.org.slug)] {
            assert_eq!(test.browse("GET", &path, &cookie, "").await.status, 200, "{path}");
        }
        assert_eq!(test.number(seen).await, before, "a session is saved when something in it changes, or after minutes");
    })
    .await;
}

#[tokio::test]
async fn others_and_all_end_what_they_say() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (first, second) = (test.token(&email).await, test.token(&email).await);
        let (here, there) = (test.cookie(&email).await, test.cookie(&email).await);
        let stranger = test.shop("Salle voisine").await.owner.email;
        let stranger = test.token(&stranger).await;
        assert_eq!(sessions(&test, &first).await.len(), 4);
        assert_eq!(test.browse("POST", "/me/devices/others/end", &here, "").await.status, 303);
        assert_eq!((page(&test, &here).await, page(&test, &there).await), (200, 303));
        assert_eq!((test.me(&first).await, test.me(&second).await), (401, 401));

        let (first, second) = (test.token(&email).await, test.token(&email).await);
        let all = test.browse("POST", "/me/devices/all/end", &here, "").await;
        assert_eq!(all.headers["location"], "/sign-in");
        assert_eq!((page(&test, &here).await, test.me(&first).await, test.me(&second).await), (303, 401, 401));

        let (first, here) = (test.token(&email).await, test.cookie(&email).await);
        assert_eq!(test.api("POST", "/api/v1/auth/revoke-all", &first, None).await.status, 204);
        assert_eq!((page(&test, &here).await, test.me(&first).await), (303, 401));
        assert_eq!(test.me(&stranger).await, 200, "nobody else is concerned");
        let reasons = test.texts("SELECT DISTINCT ended_reason FROM sessions WHERE revoked_at IS NOT NULL").await;
        assert_eq!(reasons, ["ended_by_owner"], "ended sessions stay for the audit");
    })
    .await;
}

#[tokio::test]
async fn a_password_change_ends_the_other_sessions_and_all_tokens() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (here, other, cookie) = (test.token(&email).await, test.tokens(&email).await, test.cookie(&email).await);
        let program = test.program_token(&here, &["read"]).await;
        assert_eq!(test.me(&program).await, 200);
        let new = "la lumière s'éteint à minuit";
        let change = json!({ "present_password": PASSWORD, "new_password": new });
        let wrong = json!({ "present_password": "une autre phrase", "new_password": new });
        let refused = test.api("POST", "/api/v1/auth/password", &here, Some(wrong)).await;
        assert_eq!((refused.status.as_u16(), test.me(&other.0).await), (422, 200));
        assert_eq!(test.api("POST", "/api/v1/auth/password", &here, Some(change)).await.status, 204);
        assert_eq!(test.me(&here).await, 200, "who changed it goes on");
        assert_eq!((test.me(&other.0).await, page(&test, &cookie).await, test.me(&program).await), (401, 303, 401));
        let refresh = json!({ "refresh_token": other.1 });
        assert_eq!(test.api("POST", "/api/v1/auth/refresh", "", Some(refresh)).await.status, 401);
        let old = test.api("POST", "/api/v1/auth/login", "", Some(json!({ "email": email, "password": PASSWORD }))).await;
        assert_eq!(old.status, 401);
        assert!(test.mail_to(&email).await.text_body.contains("/not-me/"), "the owner is told");
    })
    .await;
}

#[tokio::test]
async fn labels_are_one_s_own() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (token, cookie) = (test.token(&email).await, test.cookie(&email).await);
        let url = format!("/api/v1/auth/devices/{}", number(&test, &token).await);
        let label =
            async |text: &str| test.api("PATCH", &url, &token, Some(json!({ "device_label": text }))).await.status.as_u16();
        assert_eq!(label("  Mon   portable ").await, 204);
        let shown = async || sessions(&test, &token).await.iter().find(|s| s["current"] == true).unwrap()["device_label"].clone();
        assert_eq!(shown().await, "Mon portable");
        assert!(test.browse("GET", "/me/devices", &cookie, "").await.text.contains("Mon portable"));
        assert_eq!(label(&"x".repeat(61)).await, 422);
        assert_eq!(shown().await, "Mon portable");
        let id = number(&test, &token).await;
        let typed = test.browse("POST", &format!("/me/devices/{id}/label"), &cookie, "label=%3Cb%3EAtelier%3C%2Fb%3E").await;
        assert_eq!(typed.status, 303);
        let html = test.browse("GET", "/me/devices", &cookie, "").await.text;
        assert!(html.contains("&lt;b&gt;Atelier&lt;/b&gt;") && !html.contains("<b>Atelier"), "a label is text");
        assert_eq!(label(" ").await, 204);
        assert_eq!(shown().await, "");
    })
    .await;
}

#[tokio::test]
async fn a_session_of_somebody_else_answers_as_one_that_is_not_there() {
    each_app(async |test| {
        let (mine, theirs) = (test.shop("Théâtre du Mail").await.owner.email, test.shop("Salle voisine").await.owner.email);
        let (token, cookie, victim) = (test.token(&mine).await, test.cookie(&mine).await, test.token(&theirs).await);
        let (known, random) = (number(&test, &victim).await, 987_654);
        let body = json!({ "device_label": "x" });
        for (method, body) in [("DELETE", None), ("PATCH", Some(body))] {
            let ask = async |id: i64| {
                let answer = test.api(method, &format!("/api/v1/auth/devices/{id}"), &token, body.clone()).await;
                (answer.status.as_u16(), answer.text)
            };
            let (known, random) = (ask(known).await, ask(random).await);
            assert_eq!((known.0, &known), (404, &random), "{method}");
        }
        for what in ["end", "label"] {
            let ask = async |id: i64| {
                let answer = test.browse("POST", &format!("/me/devices/{id}/{what}"), &cookie, "label=x").await;
                (answer.status.as_u16(), answer.text)
            };
            let (known, random) = (ask(known).await, ask(random).await);
            assert_eq!((known.0, &known), (404, &random), "{what}");
        }
        assert_eq!(test.me(&victim).await, 200);
        assert_eq!(test.number("SELECT count(*) FROM sessions WHERE label <> ''").await, 0);
        // Nor by a cookie that is no session's, or was planted.
        for planted in ["regie=AAAAAAAAAAAAAAAAAAAAAA", "regie=", "regie=../../x", "regie=\u{1f600}"] {
            assert_eq!(page(&test, planted).await, 303, "{planted}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_number_planted_before_signing_in_is_worth_nothing() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        // A session without an account: the challenge of a passkey makes one.
        let planted = test.browse("POST", "/sign-in/passkey/challenge", "", "").await;
        let planted = crate::support::session_cookie(&planted);
        let signed_in = test.sign_in(&shop.owner.email, &planted).await;
        assert_eq!(signed_in.status, 303, "{}", signed_in.text);
        let cookie = crate::support::session_cookie(&signed_in);
        assert_ne!(cookie, planted);
        assert_eq!((page(&test, &cookie).await, page(&test, &planted).await), (200, 303));
        let attributes = crate::support::set_cookie(&signed_in, "regie").unwrap();
        assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"), "{attributes}");
        let out = test.browse("POST", "/sign-out", &cookie, "").await;
        assert_eq!((out.headers["location"].to_str().unwrap(), page(&test, &cookie).await), ("/sign-in", 303));
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_itself_and_is_forgotten_after_a_quarter() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (cookie, days) = (test.cookie(&email).await, test.app.config.tokens.session_days);
        test.app.clock.advance_seconds((days - 1) * 86_400);
        assert_eq!(page(&test, &cookie).await, 200);
        test.app.clock.advance_seconds((days - 1) * 86_400);
        assert_eq!(page(&test, &cookie).await, 200, "seen since: it lives on");
        test.app.clock.advance_seconds(days * 86_400);
        assert_eq!(page(&test, &cookie).await, 303);
        let purge = async || regie::accounts::service::purge_sessions(&test.app).await.unwrap();
        assert_eq!((purge().await > 0, test.number("SELECT count(*) FROM sessions").await), (false, 1));
        test.app.clock.advance_seconds(91 * 86_400);
        assert!(purge().await > 0);
        assert_eq!(test.number("SELECT count(*) FROM sessions").await, 0);
    })
    .await;
}

/// Who signs in meanwhile waits for some of them, not for all.
#[tokio::test]
async fn sessions_are_forgotten_some_at_a_time() {
    // Ended long ago by themselves, by somebody, and before anybody signed in with them.
    const OLD: &str = "
      INSERT INTO sessions (kind, key_hash, account_id, created_at, last_seen_at, expires_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        SELECT 'browser', 'expired ' || CAST(n.i AS TEXT), a.id, 0, 0, n.i FROM n CROSS JOIN (SELECT min(id) AS id FROM accounts) a;
      INSERT INTO sessions (kind, key_hash, account_id, created_at, last_seen_at, expires_at, revoked_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        SELECT 'api', 'revoked ' || CAST(n.i AS TEXT), a.id, 0, 0, 9000000000000, n.i
          FROM n CROSS JOIN (SELECT min(id) AS id FROM accounts) a;
      INSERT INTO sessions (kind, key_hash, created_at, last_seen_at, expires_at)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        SELECT 'browser', 'nobody ' || CAST(n.i AS TEXT), 0, 0, 1795000000000 FROM n;
      INSERT INTO refresh_tokens (session_id, token_hash, issued_at, expires_at)
        SELECT id, key_hash, 0, 9000000000000 FROM sessions WHERE key_hash LIKE 'revoked %';
      CREATE TABLE held (session_id BIGINT NOT NULL REFERENCES sessions (id));
      INSERT INTO held (session_id) SELECT id FROM sessions WHERE key_hash = 'expired 2500'";
    const LEFT: &str = "SELECT count(*) FROM sessions WHERE created_at = 0";
    each_app(async |test| {
        test.shop("Théâtre du Mail").await;
        test.app.db.script(OLD).await.unwrap();
        let purge = async || regie::accounts::service::purge_sessions(&test.app).await;
        // Something keeps the newest: what is forgotten with it is not.
        let held = purge().await;
        assert!(matches!(held, Err(DbError::ForeignKey)), "{held:?}");
        assert_eq!(test.number(LEFT).await, 3 * 500);
        assert_eq!(test.number("SELECT count(*) FROM refresh_tokens").await, 0, "with a session that ended all of its end");
        test.app.db.script("DROP TABLE held").await.unwrap();
        assert_eq!((purge().await.unwrap(), test.number(LEFT).await), (3 * 500, 0));
    })
    .await;
}

#[tokio::test]
async fn another_site_can_neither_end_nor_use_a_session() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let cookie = test.cookie(&email).await;
        let ask = |name: &'static str, value: &'static str| {
            let request = Request::post("/me/devices/all/end").header("cookie", &cookie).header(name, value);
            request.header("content-type", "application/x-www-form-urlencoded").body(Body::empty()).unwrap()
        };
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("origin", "null"),
            ("origin", "https://evil.example"),
            ("x-nothing", "at all"),
        ] {
            assert_eq!(test.send(ask(name, value)).await.status, 403, "{name}: {value}");
        }
        assert_eq!(page(&test, &cookie).await, 200);
        assert_eq!(test.send(ask("origin", "http://127.0.0.1:3000")).await.status, 303, "an older browser on our page");
    })
    .await;
}

#[tokio::test]
async fn a_session_is_over_one_day_however_often_it_is_seen() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let cookie = test.cookie(&email).await;
        let (mut access, mut token) = test.tokens(&email).await;
        let refresh =
            async |token: &str| test.api("POST", "/api/v1/auth/refresh", "", Some(json!({ "refresh_token": token }))).await;
        let (step, most) = (5 * 86_400, test.app.config.tokens.session_most_days * 86_400);
        let mut passed = 0;
        while passed < most - 1 {
            let seconds = step.min(most - 1 - passed);
            test.app.clock.advance_seconds(seconds);
            passed += seconds;
            assert_eq!(page(&test, &cookie).await, 200, "{passed}");
            let answer = refresh(&token).await;
            assert_eq!(answer.status, 200, "{passed}: {}", answer.text);
            let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
            (access, token) = (text("access_token"), text("refresh_token"));
        }
        assert_eq!(test.me(&access).await, 200);
        assert_eq!(test.number("SELECT count(*) FROM sessions WHERE expires_at > created_at + 7776000000").await, 0);
        test.app.clock.advance_seconds(1);
        let statuses = (page(&test, &cookie).await, test.me(&access).await, refresh(&token).await.status.as_u16());
        assert_eq!(statuses, (303, 401, 401));
        assert_eq!(page(&test, &test.cookie(&email).await).await, 200);
    })
    .await;
}
