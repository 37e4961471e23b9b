//! The access matrix: every route, for everybody. A route without a line fails.

use crate::support::{TestApp, each_app};
use regie::kernel::Role;
use std::collections::BTreeSet;

/// Method, path, then the status for nobody, tech, manager, admin, owner, and the owner of another organisation. `{org}`
/// is the organisation; other places are filled with the number of something that does not exist.
const MATRIX: &str = include_str!("matrix.txt");

fn lines() -> impl Iterator<Item = (&'static str, &'static str, Vec<u16>)> {
    MATRIX.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut words = line.split_whitespace();
        (words.next().unwrap(), words.next().unwrap(), words.map(|status| status.parse().unwrap()).collect())
    })
}

#[tokio::test]
async fn everybody_gets_what_the_matrix_says() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let mut browsers = vec![String::new()];
        let mut programs = vec![String::new()];
        for (name, role) in [("Tara", Role::Tech), ("Marc", Role::Manager), ("Ada", Role::Admin)] {
            test.person(&shop, name, role).await;
            let email = format!("{}@theatre-du-mail.example", name.to_lowercase());
            browsers.push(test.cookie(&email).await);
            programs.push(test.token(&email).await);
        }
        browsers.push(test.cookie(&shop.owner.email).await);
        programs.push(test.token(&shop.owner.email).await);
        let other = test.shop("Salle voisine").await;
        browsers.push(test.cookie(&other.owner.email).await);
        programs.push(test.token(&other.owner.email).await);
        if std::env::var("REGIE_TEST_BLESS").is_ok() {
            return bless(&test, &shop.org.slug, &browsers, &programs).await;
        }
        let mut wrong = Vec::new();
        for (method, path, expected) in lines() {
            for (who, status) in expected.iter().enumerate() {
                let answer = ask(&test, method, path, &shop.org.slug, &browsers[who], &programs[who]).await;
                if answer != *status {
                    wrong.push(format!("{method} {path} for {who}: {answer} instead of {status}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// The routes as the code declares them.
fn declared() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let api = serde_json::to_value(regie::api::description()).unwrap();
    for (path, methods) in api["paths"].as_object().unwrap() {
        found.extend(methods.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())));
    }
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/pages")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for route in text.split(".route(").skip(1) {
            let path = route.split('"').nth(1).unwrap();
            let rest = &route[..route.find("\n").unwrap_or(route.len())];
            for (call, method) in [("get(", "GET"), ("post(", "POST")] {
                if rest.contains(call) && !path.starts_with("/dev/") {
                    found.insert(format!("{method} {path}"));
                }
            }
        }
    }
    found
}

#[test]
fn every_route_has_its_line() {
    let known: BTreeSet<String> = lines().map(|(method, path, _)| format!("{method} {path}")).collect();
    let declared = declared();
    assert!(declared.len() > 50, "the declarations are found: {}", declared.len());
    let missing: Vec<_> = declared.difference(&known).collect();
    let gone: Vec<_> = known.difference(&declared).collect();
    assert!(missing.is_empty() && gone.is_empty(), "without a line: {missing:#?}\nwithout a route: {gone:#?}");
}

/// Every field of every form and body, so that what refuses is the permission and not a missing field.
const FORM: &str = "name=Nom&email=&phone=&job=&skills=&text=Ana&step=preview&place=Lieu&archived=true&org_name=&time_zone=&\
    password=x&language=fr&code=x&version=1&active=true";

async fn ask(test: &TestApp, method: &str, path: &str, org: &str, cookie: &str, token: &str) -> u16 {
    let url = path.replace("{org}", org).replace("{id}", "987654").replace("{token}", "none").replace("{file}", "hours.pdf");
    let answer = if path.starts_with("/api/") {
        let body = serde_json::json!({ "email": "x", "password": "x", "refresh_token": "x", "device_id": 987654, "device_fingerprint": "f", "device_name": "n",
            "kiosk_name": "Borne", "location": "Lieu", "qr_token": "x" });
        test.api(method, &url, token, (method != "GET").then_some(body)).await
    } else {
        test.browse(method, &url, cookie, if method == "GET" { "" } else { FORM }).await
    };
    answer.status.as_u16()
}

/// Writes the matrix anew, to be read in review. Routes that end sessions come last.
async fn bless(test: &TestApp, org: &str, browsers: &[String], programs: &[String]) {
    let mut text = MATRIX.lines().next().unwrap().to_owned() + "\n";
    let (last, first): (Vec<_>, Vec<_>) =
        declared().into_iter().partition(|route| route.contains("sign-out") || route.contains("logout"));
    for route in first.into_iter().chain(last) {
        let (method, path) = route.split_once(' ').unwrap();
        let mut statuses = Vec::new();
        for who in 0..browsers.len() {
            statuses.push(ask(test, method, path, org, &browsers[who], &programs[who]).await.to_string());
        }
        text += &format!("{method} {path} {}\n", statuses.join(" "));
    }
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/matrix.txt"), text).unwrap();
}
