//! Mailed links: looking uses nothing up, a button does once.

use crate::support::{Answer, PASSWORD, TestApp, each_app, escaped, link_of, local, proof};
use axum::body::Body;
use http::Request;
use regie::access::{Action, Actor, Origin, Permit, permit};
use regie::accounts::NewAccount;
use regie::kernel::INSTALLATION;
use regie::orgs::OrgError;
use regie::orgs::service as orgs;
use serde_json::json;
use std::collections::BTreeMap;

pub const NEW_PASSWORD: &str = "la lumière s'éteint à minuit";

/// Everything that looking could use up or change.
async fn state(test: &TestApp) -> Vec<i64> {
    let mut all = Vec::new();
    for sql in [
        "SELECT count(*) FROM account_links WHERE used_at IS NULL",
        "SELECT count(*) FROM links WHERE used_at IS NULL",
        "SELECT count(*) FROM invitations WHERE accepted_at IS NULL AND revoked_at IS NULL",
        "SELECT count(*) FROM accounts WHERE verified_at IS NULL",
        "SELECT count(*) FROM email_changes WHERE old_confirmed_at IS NULL AND new_confirmed_at IS NULL",
        "SELECT count(*) FROM sessions",
        "SELECT count(*) FROM memberships",
        "SELECT count(*) FROM mails",
        "SELECT count(*) FROM audit_events",
    ] {
        all.push(test.number(sql).await);
    }
    all
}

/// What mail scanners do: ask for the head, open the link some times as several browsers, follow where it leads, and open what
/// the page links to. Gives the last page.
async fn scan(test: &TestApp, path: &str) -> Answer {
    let before = state(test).await;
    let ask = async |method: &str, path: &str, agent: &str, cookie: &str| {
        let request = Request::builder().method(method).uri(path).header("user-agent", agent).header("cookie", cookie);
        let request = request.header("accept", "text/html").header("sec-fetch-site", "none").header("purpose", "prefetch");
        test.send(request.body(Body::empty()).unwrap()).await
    };
    let mut last = None;
    for agent in ["", "Mozilla/5.0 (compatible; SafeLinks)", "Mozilla/5.0 HeadlessChrome/142.0", "curl/8.5"] {
        for method in ["HEAD", "OPTIONS", "GET", "GET"] {
            let (mut at, mut cookie, mut page) = (path.to_owned(), String::new(), None);
            for _ in 0..5 {
                let answer = ask(method, &at, agent, &cookie).await;
                if let Some(kept) = answer.headers.get("set-cookie") {
                    cookie = kept.to_str().unwrap().split(';').next().unwrap().to_owned();
                }
                let next = answer.headers.get("location").map(|next| next.to_str().unwrap().to_owned());
                page = Some(answer);
                match next {
                    Some(next) => at = next,
                    None => break,
                }
            }
            if method == "GET" {
                let page = page.unwrap();
                for link in page
                    .text
                    .split("href=\"")
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next())
                    .filter(|link| link.starts_with('/'))
                {
                    ask("GET", link, agent, &cookie).await;
                }
                last = Some(page);
            }
        }
        // A form that is sent by another site, or by a script without a page, is refused before anybody looks at the link.
        let posted = ask("POST", path, agent, "").await;
        assert!([403, 404].contains(&posted.status.as_u16()), "{path}: {}", posted.status);
    }
    assert_eq!(state(test).await, before, "{path}: looking has changed something");
    last.unwrap()
}

/// A link that its page must ask about, and that works once. Gives what it answered then.
async fn works_once(test: &TestApp, path: &str, form: &str, expected: u16) -> Answer {
    works_once_in(test, path, "", form, expected).await
}

/// As [`works_once`], when it is answered in the browser of this cookie.
async fn works_once_in(test: &TestApp, path: &str, cookie: &str, form: &str, expected: u16) -> Answer {
    let page = scan(test, path).await;
    assert_eq!(page.status, 200, "{path}");
    assert!(page.text.contains("<form") && page.text.contains("<button"), "a button answers, not the page: {path}");
    let answered = test.browse("POST", path, cookie, form).await;
    assert_eq!(answered.status, expected, "{path}: {}", answered.text);
    is_dead(test, path, form).await;
    answered
}

/// The link says that it is over, in words, however it is asked.
pub async fn is_dead(test: &TestApp, path: &str, form: &str) {
    for (method, form) in [("POST", form), ("GET", ""), ("POST", form)] {
        let dead = test.browse(method, path, "", form).await;
        assert_eq!(dead.status, 410, "{method} {path}");
        let words = dead.text.contains("Ce lien a déjà servi") || dead.text.contains("déjà faite");
        assert!(words, "{method} {path}: {}", dead.text);
    }
}

pub async fn ask_reset(test: &TestApp, email: &str) -> String {
    let asked = test.api("POST", "/api/v1/auth/reset/request", "", Some(json!({ "email": email }))).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    test.run_jobs().await;
    link_of(&test.mail_to(email).await)
}

#[tokio::test]
async fn a_reset_link_works_once_and_ends_everything() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (token, cookie) = (test.token(&email).await, test.cookie(&email).await);
        let path = ask_reset(&test, &email).await;
        let form = format!("password={}", escaped(NEW_PASSWORD));
        let short = test.browse("POST", &path, "", "password=court").await;
        assert_eq!((short.status.as_u16(), test.me(&token).await), (422, 200), "a password that is not taken uses nothing up");
        works_once(&test, &path, &form, 303).await;
        assert_eq!((test.me(&token).await, test.browse("GET", "/me", &cookie, "").await.status.as_u16()), (401, 303));
        let login = async |password: &str| {
            test.api("POST", "/api/v1/auth/login", "", Some(json!({ "email": email, "password": password })))
                .await
                .status
                .as_u16()
        };
        assert_eq!((login(PASSWORD).await, login(NEW_PASSWORD).await), (401, 200));
    })
    .await;
}

#[tokio::test]
async fn only_the_newest_reset_link_lives_and_for_a_quarter_of_an_hour() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let form = format!("password={}", escaped(NEW_PASSWORD));
        let (older, newer) = (ask_reset(&test, &email).await, ask_reset(&test, &email).await);
        is_dead(&test, &older, &form).await;
        test.app.clock.advance_seconds(15 * 60 - 1);
        assert_eq!(scan(&test, &newer).await.status, 200);
        test.app.clock.advance_seconds(1);
        is_dead(&test, &newer, &form).await;
        // By the API, under all its names.
        for (ask, confirm) in [("reset/request", "reset/confirm"), ("recover", "reset")] {
            test.app.clock.advance_seconds(3600);
            let asked = test.api("POST", &format!("/api/v1/auth/{ask}"), "", Some(json!({ "email": email }))).await;
            assert_eq!(asked.status, 200);
            test.run_jobs().await;
            let token = link_of(&test.mail_to(&email).await).trim_start_matches("/reset/").to_owned();
            let body = json!({ "token": token, "new_password": NEW_PASSWORD });
            let url = format!("/api/v1/auth/{confirm}");
            assert_eq!(test.api("POST", &url, "", Some(body.clone())).await.status, 200);
            let again = test.api("POST", &url, "", Some(body)).await;
            assert_eq!((again.status.as_u16(), again.json()["detail"].as_str()), (410, Some("token invalide")));
        }
    })
    .await;
}

#[tokio::test]
async fn many_who_answer_a_link_at_once_answer_it_once() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let path = ask_reset(&test, &email).await;
        let answers = (0..12).map(|n| {
            let (test, path) = (test.clone(), path.clone());
            let form = format!("password={}", escaped(&format!("{NEW_PASSWORD} {n}")));
            crate::db::spawn(async move { test.browse("POST", &path, "", &form).await.status.as_u16() })
        });
        let mut all: Vec<u16> = Vec::new();
        for answer in futures_util::future::join_all(answers).await {
            all.push(answer.unwrap());
        }
        all.sort_unstable();
        assert_eq!(all, [vec![303], vec![410; 11]].concat());
        assert_eq!(test.number("SELECT count(*) FROM audit_events WHERE action = 'account.password_reset'").await, 1);
    })
    .await;
}

/// An answer without what differs between any two: its name, its time.
fn told(answer: &Answer, email: &str) -> (u16, String, BTreeMap<String, String>) {
    let headers = answer.headers.iter().filter(|(name, _)| !["x-request-id", "x-response-time"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    (answer.status.as_u16(), answer.text.replace(email, "EMAIL"), headers)
}

#[tokio::test]
async fn nothing_tells_whether_an_address_has_an_account() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let known = shop.owner.email.clone();
        let unknown = known.replace("patron", "nobody");
        let owner = test.token(&test.shop("Salle voisine").await.owner.email).await;
        let mails = test.mails().await.len();
        for path in ["/api/v1/auth/reset/request", "/api/v1/auth/recover"] {
            let ask = async |email: &str| told(&test.api("POST", path, "", Some(json!({ "email": email }))).await, email);
            assert_eq!(ask(&known).await, ask(&unknown).await, "{path}");
        }
        let recover =
            async |email: &str| told(&test.browse("POST", "/recover", "", &format!("email={}", escaped(email))).await, email);
        assert_eq!(recover(&known).await, recover(&unknown).await);
        let login = async |email: &str| {
            let body = json!({ "email": email, "password": "autre chose encore" });
            told(&test.api("POST", "/api/v1/auth/login", "", Some(body)).await, email)
        };
        assert_eq!(login(&known).await, login(&unknown).await);
        let sign_in = async |email: &str| {
            let form = format!("email={}&password=autre+chose", escaped(email));
            told(&test.browse("POST", "/sign-in", "", &form).await, email)
        };
        assert_eq!(sign_in(&known).await, sign_in(&unknown).await);
        let invite = async |email: &str| {
            let answer =
                test.api("POST", "/api/v1/members/invitations", &owner, Some(json!({ "email": email, "role": "tech" }))).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            let id = answer.json()["id"].to_string();
            let (status, text, headers) = told(&answer, email);
            (status, text.replace(&id, "ID"), headers)
        };
        assert_eq!(invite(&known).await, invite(&unknown).await);
        test.run_jobs().await;
        let new = test.mails().await.len() - mails;
        assert_eq!(new, 2 + 3, "two invitations, three links to the one who has an account");
        assert!(test.mails().await.iter().all(|mail| mail.recipient != unknown || mail.text_body.contains("/invite/")));
        // A link that never was answers as one that is over.
        test.app.clock.advance_seconds(600);
        let (random, used) = ("/reset/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ask_reset(&test, &known).await);
        let form = format!("password={}", escaped(NEW_PASSWORD));
        assert_eq!(test.browse("POST", &used, "", &form).await.status, 303);
        assert_eq!(told(&test.browse("GET", random, "", "").await, ""), told(&test.browse("GET", &used, "", "").await, ""));
    })
    .await;
}

#[tokio::test]
async fn verifying_an_address_works_once() {
    each_app(async |test| {
        let email = "ana@exemple.fr";
        let new = json!({ "email": email, "password": PASSWORD, "full_name": "Ana" });
        assert_eq!(test.api("POST", "/api/v1/auth/register", "", Some(new)).await.status, 201);
        let path = link_of(&test.mail_to(email).await);
        assert!(path.starts_with("/verify/"));
        works_once_in(&test, &path, &test.cookie(email).await, "", 303).await;
        assert_eq!(test.number("SELECT count(*) FROM accounts WHERE verified_at IS NULL").await, 0);
        let late = json!({ "email": "ben@exemple.fr", "password": PASSWORD, "full_name": "Ben" });
        test.api("POST", "/api/v1/auth/register", "", Some(late)).await;
        let path = link_of(&test.mail_to("ben@exemple.fr").await);
        test.app.clock.advance_seconds(3 * 86_400);
        is_dead(&test, &path, "").await;
        // The newest link alone lives.
        let cookie = test.cookie("ben@exemple.fr").await;
        assert_eq!(test.browse("POST", "/me/verification", &cookie, "").await.status, 303);
        let older = link_of(&test.mail_to("ben@exemple.fr").await);
        assert_eq!(test.browse("POST", "/me/verification", &cookie, "").await.status, 303);
        is_dead(&test, &older, "").await;
        works_once_in(&test, &link_of(&test.mail_to("ben@exemple.fr").await), &cookie, "", 303).await;
    })
    .await;
}

#[tokio::test]
async fn an_address_changes_when_both_have_said_yes_and_not_me_takes_it_back() {
    each_app(async |test| {
        let old = test.shop("Théâtre du Mail").await.owner.email;
        let (new, cookie) = ("claire@exemple.fr", test.cookie(&old).await);
        let form = |password: &str| format!("email={}&present_password={}", escaped(new), escaped(password));
        assert_eq!(test.browse("POST", "/me/email", &cookie, &form("autre chose encore")).await.status, 422);
        assert_eq!(test.browse("POST", "/me/email", &cookie, &form(PASSWORD)).await.status, 303);
        let (to_old, to_new) = (link_of(&test.mail_to(&old).await), link_of(&test.mail_to(new).await));
        assert!(to_old.starts_with("/confirm-email/") && to_new != to_old);
        let address = async || test.texts("SELECT email FROM accounts").await.concat();
        let elsewhere = test.browse("POST", &to_new, "", "").await;
        assert!(
            elsewhere.header("location").is_some_and(|to| to.starts_with("/sign-in?next=/confirm-email/")),
            "{}",
            elsewhere.text
        );
        works_once_in(&test, &to_new, &cookie, "", 303).await;
        assert_eq!(address().await, old, "one of two is not enough");
        works_once(&test, &to_old, "", 303).await;
        assert_eq!(address().await, new);

        let token = test.token(new).await;
        let not_me = test.mails().await.into_iter().find(|mail| mail.recipient == old && mail.text_body.contains("/not-me/"));
        let not_me = link_of(&not_me.unwrap());
        works_once(&test, &not_me, "", 200).await;
        assert_eq!(address().await, old, "taken back");
        assert_eq!((test.me(&token).await, test.browse("GET", "/me", &cookie, "").await.status.as_u16()), (401, 303));
        assert!(link_of(&test.mail_to(&old).await).starts_with("/reset/"), "and a reset has been started");
    })
    .await;
}

#[tokio::test]
async fn this_was_not_me_ends_all_sessions_and_the_password() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let cookie = test.cookie(&email).await;
        let login = json!({ "email": email, "password": PASSWORD });
        let request = Request::post("/api/v1/auth/login").header("content-type", "application/json");
        let thief = test.send(request.header("user-agent", "curl/8.5").body(Body::from(login.to_string())).unwrap()).await;
        let thief = thief.json()["access_token"].as_str().unwrap().to_owned();
        let mail = test.mail_to(&email).await;
        assert!(mail.text_body.contains("curl"), "the mail says what signed in: {}", mail.text_body);
        works_once(&test, &link_of(&mail), "", 200).await;
        // Whoever knows the password may have opened the other one, too, and would open the next.
        assert_eq!((test.me(&thief).await, test.browse("GET", "/me", &cookie, "").await.status.as_u16()), (401, 303));
        let try_with = async |email: &str, password: &str| {
            let body = json!({ "email": email, "password": password });
            told(&test.api("POST", "/api/v1/auth/login", "", Some(body)).await, email)
        };
        let refused = try_with(&email, PASSWORD).await;
        assert_eq!((refused.0, &refused), (401, &try_with(&email, "autre chose encore").await));
        assert_eq!(refused, try_with("nobody@exemple.fr", PASSWORD).await, "nor does that tell that there is an account");
        let reset = link_of(&test.mail_to(&email).await);
        assert!(reset.starts_with("/reset/"));
        assert_eq!(test.browse("POST", &reset, "", &format!("password={}", escaped(NEW_PASSWORD))).await.status, 303);
        assert_eq!((try_with(&email, PASSWORD).await.0, try_with(&email, NEW_PASSWORD).await.0), (401, 200));
    })
    .await;
}

#[tokio::test]
async fn joining_a_crew_works_once() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (cookie, base) = (test.cookie(&shop.owner.email).await, format!("/o/{}/crew", shop.org.slug));
        let form = "name=%C3%89lodie+Petit&email=elodie%40exemple.fr&phone=&job=&skills=";
        assert_eq!(test.browse("POST", &format!("{base}/new"), &cookie, form).await.status, 303);
        let id = test.number("SELECT id FROM crew_members WHERE email = 'elodie@exemple.fr'").await;
        let mut links = Vec::new();
        for _ in 0..2 {
            assert_eq!(test.browse("POST", &format!("{base}/{id}/link"), &cookie, "").await.status, 303);
            links.push(link_of(&test.mail_to("elodie@exemple.fr").await));
        }
        let form = format!("name=%C3%89lodie&password={}", escaped(PASSWORD));
        is_dead(&test, &links[0], &form).await;
        works_once(&test, &links[1], &form, 303).await;
    })
    .await;
}

#[tokio::test]
async fn setting_up_works_once() {
    each_app(async |test| {
        let issue = async || orgs::issue_set_up_link(&test.app, proof(INSTALLATION)).await.unwrap();
        let path = |link: Option<String>| local(&link.unwrap());
        let (older, newer) = (path(issue().await), path(issue().await));
        let form = |name: &str| {
            let org = "org_name=Th%C3%A9%C3%A2tre&time_zone=Europe%2FParis";
            format!("{org}&name={name}&email=ana%40exemple.fr&password={}", escaped(PASSWORD))
        };
        is_dead(&test, &older, &form("Ana")).await;
        let wrong = test.browse("POST", &newer, "", &form("+")).await;
        assert!(wrong.status == 422 && wrong.text.contains("ana@exemple.fr"), "what was typed is kept: {}", wrong.text);
        let done = works_once(&test, &newer, &form("Ana"), 303).await;
        assert_eq!(done.header("location"), Some("/o/theatre/crew"));
        assert!(issue().await.is_none());
    })
    .await;
}

/// By a command, while the link was on its way.
#[tokio::test]
async fn a_set_up_link_is_over_once_somebody_has_an_account() {
    each_app(async |test| {
        let link = orgs::issue_set_up_link(&test.app, proof(INSTALLATION)).await.unwrap().unwrap();
        let path = local(&link);
        test.shop("Théâtre du Quai").await;
        let form =
            format!("org_name=Intrus&time_zone=Europe%2FParis&name=Ana&email=ana%40exemple.fr&password={}", escaped(PASSWORD));
        let refused = test.browse("POST", &path, "", &form).await;
        assert!(refused.status.is_client_error(), "{}", refused.text);
        assert_eq!(test.number("SELECT count(*) FROM orgs").await, 1);
    })
    .await;
}

fn anybody<A: Action>() -> Permit<A> {
    permit(&Actor::nobody(Origin::default())).unwrap()
}

/// The links of invitations by their services: what the page of `/invite/{token}` calls.
#[tokio::test]
async fn an_invitation_is_accepted_once() {
    each_app(async |test| {
        let owner = test.token(&test.shop("Théâtre du Mail").await.owner.email).await;
        let email = "ines@exemple.fr";
        let invite = json!({ "email": email, "role": "manager", "days": 3 });
        let made = test.api("POST", "/api/v1/members/invitations", &owner, Some(invite)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let id = made.json()["id"].as_i64().unwrap();
        let token = async || link_of(&test.mail_to(email).await).trim_start_matches("/invite/").to_owned();
        let new = || NewAccount {
            email: "other@exemple.fr".into(),
            name: "Inès".into(),
            password: PASSWORD.into(),
            language: "fr".into(),
        };
        let accept = async |token: &str| orgs::accept_invitation(&test.app, anybody(), token, Some(new())).await;
        let older = token().await;
        assert_eq!(test.api("POST", &format!("/api/v1/members/invitations/{id}/resend"), &owner, None).await.status, 204);
        assert!(matches!(accept(&older).await, Err(OrgError::LinkDead)), "a newer one was sent");
        let newer = token().await;
        let before = state(&test).await;
        for _ in 0..3 {
            let (_, invitation) = orgs::find_live_invitation(&test.app, anybody(), &newer).await.unwrap();
            assert_eq!(invitation.email, email);
        }
        assert_eq!(state(&test).await, before, "looking uses nothing up");
        let (_, account) = accept(&newer).await.unwrap();
        assert_eq!(account.email, email, "the address that the mail went to, not the one that was typed");
        assert!(account.verified_at.is_some());
        assert!(matches!(accept(&newer).await, Err(OrgError::LinkDead)));
        assert!(matches!(orgs::find_live_invitation(&test.app, anybody(), &newer).await, Err(OrgError::LinkDead)));

        for (email, revoked) in [("jean@exemple.fr", true), ("luc@exemple.fr", false)] {
            let invite = json!({ "email": email, "role": "tech", "days": 3 });
            let made = test.api("POST", "/api/v1/members/invitations", &owner, Some(invite)).await;
            let link = link_of(&test.mail_to(email).await).trim_start_matches("/invite/").to_owned();
            if revoked {
                let url = format!("/api/v1/members/invitations/{}", made.json()["id"]);
                assert_eq!(test.api("DELETE", &url, &owner, None).await.status, 204);
            } else {
                test.app.clock.advance_seconds(3 * 86_400);
            }
            assert!(matches!(accept(&link).await, Err(OrgError::LinkDead)), "{email}");
        }
    })
    .await;
}
