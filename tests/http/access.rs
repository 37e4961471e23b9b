//! The access matrix: every route, for everybody. A route without a line fails.

pub mod code;

use crate::support::{PASSWORD, Shop, TestApp, each_app, each_app_with, proof};
use axum::body::Body;
use code::{Door, by_hand, declared, differences};
use http::Request;
use regie::accounts::service::set_platform_admin;
use regie::kernel::{INSTALLATION, Role};
use regie::platform::config::Config;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Method, path, then the status for each principal, in the order of [`principals`]; `-` where one has no way to ask.
/// `{org}` is the organisation; other places are filled with the number of something that does not exist.
pub const MATRIX: &str = include_str!("matrix.txt");

pub fn lines(matrix: &str) -> impl Iterator<Item = (&str, &str, Vec<&str>)> {
    matrix.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut words = line.split_whitespace();
        (words.next().unwrap(), words.next().unwrap(), words.collect())
    })
}

/// The routes without a line, and the lines without a route.
fn unlined(declared: &BTreeMap<String, Door>, matrix: &str) -> Vec<String> {
    let known: Vec<String> = lines(matrix).map(|(method, path, _)| format!("{method} {path}")).collect();
    let code: BTreeSet<String> = declared.keys().cloned().collect();
    differences("route", &code, &known)
}

/// What a route answered, if the matrix says otherwise.
fn deviation(route: &str, statuses: &[String], matrix: &str) -> Option<String> {
    let line = lines(matrix).find(|(method, path, _)| route.split_once(' ') == Some((*method, *path)));
    let expected = line.map(|(_, _, statuses)| statuses.join(" ")).unwrap_or_default();
    let got = statuses.join(" ");
    (got != expected).then(|| format!("{route}: {got} instead of {expected}"))
}

/// Somebody or something that asks.
struct Principal {
    name: &'static str,
    /// Signs in anew with this, where a route ends sessions.
    email: Option<String>,
    cookie: String,
    token: String,
    kiosk_key: Option<String>,
}

async fn signed_in(test: &TestApp, name: &'static str, email: &str) -> Principal {
    let (cookie, token) = (test.cookie(email).await, test.token(email).await);
    Principal { name, email: Some(email.to_owned()), cookie, token, kiosk_key: None }
}

fn program(name: &'static str, token: &str, kiosk_key: Option<String>) -> Principal {
    Principal { name, email: None, cookie: String::new(), token: token.to_owned(), kiosk_key }
}

async fn api_token(test: &TestApp, token: &str, scopes: &[&str]) -> String {
    let body = json!({ "name": "Paie", "scopes": scopes, "days": 30, "present_password": PASSWORD });
    let made = test.api("POST", "/api/v1/auth/tokens", token, Some(body)).await;
    made.json()["secret"].as_str().unwrap().to_owned()
}

async fn principals(test: &TestApp, shop: &Shop) -> Vec<Principal> {
    let mail = |name: &str| format!("{}@theatre-du-mail.example", name.to_lowercase());
    let mut all = vec![program("nobody", "", None)];
    for (name, role) in [("Tara", Role::Tech), ("Marc", Role::Manager), ("Ada", Role::Admin)] {
        test.person(shop, name, role).await;
        all.push(signed_in(test, role.code(), &mail(name)).await);
    }
    all.push(signed_in(test, "owner", &shop.owner.email).await);
    let other = test.shop("Salle voisine").await;
    all.push(signed_in(test, "owner-elsewhere", &other.owner.email).await);

    let owner = test.token(&shop.owner.email).await;
    test.person(shop, "Sam", Role::Admin).await;
    let suspended = signed_in(test, "suspended-admin", &mail("Sam")).await;
    let members = test.api("GET", "/api/v1/members?search=Sam", &owner, None).await.json();
    let path = format!("/api/v1/members/{}", members[0]["id"]);
    assert_eq!(test.api("PATCH", &path, &owner, Some(json!({ "is_suspended": true }))).await.status, 200);
    all.push(suspended);

    let invited = json!({ "email": "ivo@exemple.fr", "password": PASSWORD });
    assert_eq!(test.api("POST", "/api/v1/auth/register", "", Some(invited)).await.status, 201);
    let invitation = json!({ "email": "ivo@exemple.fr", "role": "admin" });
    assert_eq!(test.api("POST", "/api/v1/members/invitations", &owner, Some(invitation)).await.status, 201);
    all.push(signed_in(test, "invited-only", "ivo@exemple.fr").await);

    let admin = test.token(&mail("Ada")).await;
    all.push(program("admin-token-read", &api_token(test, &admin, &["read"]).await, None));
    all.push(program("admin-token-write", &api_token(test, &admin, &["read", "write"]).await, None));
    let (_, key) = test.kiosk(&owner, "Entrée").await;
    all.push(program("kiosk", "", Some(key)));

    let root = json!({ "email": "root@exemple.fr", "password": PASSWORD });
    assert_eq!(test.api("POST", "/api/v1/auth/register", "", Some(root)).await.status, 201);
    set_platform_admin(&test.app, proof(INSTALLATION), "root@exemple.fr", true).await.unwrap();
    all.push(signed_in(test, "platform-admin", "root@exemple.fr").await);
    all
}

/// What ends sessions is asked with a new one each time; what ends a membership comes last of all.
fn in_order(routes: impl Iterator<Item = String>) -> Vec<String> {
    let rank = |route: &String| match route {
        route if route.ends_with("/leave") => 2,
        route if ends_sessions(route) => 1,
        _ => 0,
    };
    let mut routes: Vec<_> = routes.collect();
    routes.sort_by_key(|route| (rank(route), route.clone()));
    routes
}

fn ends_sessions(route: &str) -> bool {
    ["sign-out", "logout", "revoke-all", "/end", "/auth/revoke"].iter().any(|mark| route.ends_with(mark))
}

#[tokio::test]
async fn everybody_gets_what_the_matrix_says() {
    // Whether the site has been built says nothing of who may have its style sheet.
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("pkg")).unwrap();
    std::fs::write(site.path().join("pkg/regie.css"), "p { margin: 0 }").unwrap();
    let change = |config: &mut Config| config.server.site = site.path().to_owned();
    each_app_with(change, async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let mut who = principals(&test, &shop).await;
        let bless = std::env::var("REGIE_TEST_BLESS").is_ok();
        let names: Vec<_> = who.iter().map(|principal| principal.name).collect();
        let mut text = format!("# Method, path, then the status for: {}.\n", names.join(", "));
        let doors = declared();
        let routes: BTreeSet<String> = if bless {
            doors.keys().cloned().collect()
        } else {
            lines(MATRIX).map(|(method, path, _)| format!("{method} {path}")).collect()
        };
        let mut wrong = Vec::new();
        for route in in_order(routes.into_iter()) {
            // A line without a route is told of by another test.
            let door = doors.get(&route).copied().unwrap_or(Door::Browser);
            let mut statuses = Vec::new();
            for principal in &mut who {
                if let Some(email) = principal.email.clone().filter(|_| ends_sessions(&route) || route.ends_with("/leave")) {
                    *principal = signed_in(&test, principal.name, &email).await;
                }
                statuses.push(ask(&test, door, &route, &shop.org.slug, principal).await);
            }
            if !bless {
                wrong.extend(deviation(&route, &statuses, MATRIX));
            }
            text += &format!("{route} {}\n", statuses.join(" "));
        }
        if bless {
            // To be read in review.
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/matrix.txt"), text).unwrap();
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[test]
fn every_route_has_its_line() {
    let declared = declared();
    assert!(declared.len() > 380, "the declarations are found: {}", declared.len());
    let wrong = unlined(&declared, MATRIX);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_route_or_a_method_without_its_line_is_reported() {
    let text = r#"Router::new()
        .route("/a", get(page))
        .route(
            "/b/{id}",
            get(show)
                .post(change),
        )"#;
    let declared: BTreeMap<String, Door> = by_hand("web/pages/a.rs", text).unwrap().into_iter().collect();
    let matrix = "# Method, path\nGET /a 200\nGET /b/{id} 404\nPOST /b/{id} 404\n";
    let without = |line: &str| unlined(&declared, &matrix.replace(line, ""));
    assert!(without("nothing").is_empty(), "{:?}", without("nothing"));
    assert_eq!(without("GET /a 200\n"), ["route without a line: GET /a"]);
    assert_eq!(without("GET /b/{id} 404\n"), ["route without a line: GET /b/{id}"]);
    assert_eq!(without("POST /b/{id} 404\n"), ["route without a line: POST /b/{id}"]);
    let with = |line: &str| unlined(&declared, &format!("{matrix}{line}\n"));
    assert_eq!(with("POST /a 303"), ["line without its route: POST /a"]);
    assert_eq!(with("GET /a 303"), ["route with two lines: GET /a"]);
}

/// The aliases are the same handlers: whoever reads the matrix need read the answers once.
#[test]
fn the_api_answers_the_same_at_the_root() {
    let all: BTreeMap<(&str, &str), Vec<&str>> =
        lines(MATRIX).map(|(method, path, statuses)| ((method, path), statuses)).collect();
    for ((method, path), statuses) in &all {
        if let Some(alias) = path.strip_prefix("/api/v1") {
            assert_eq!(all.get(&(*method, alias)), Some(statuses), "{method} {alias}");
        }
    }
}

#[test]
fn a_status_that_differs_is_reported() {
    let matrix = "# Method, path\nGET /a 200 -\nPOST /a 303 404\n";
    let deviates = |route: &str, statuses: [&str; 2]| deviation(route, &statuses.map(str::to_owned), matrix);
    assert_eq!(deviates("GET /a", ["200", "-"]), None);
    assert_eq!(deviates("POST /a", ["303", "404"]), None);
    assert_eq!(deviates("POST /a", ["303", "403"]).unwrap(), "POST /a: 303 403 instead of 303 404");
    assert_eq!(deviates("GET /a/b", ["200", "-"]).unwrap(), "GET /a/b: 200 - instead of ");
    assert!(deviation("GET /a", &["200".to_owned()], matrix).is_some(), "somebody was not asked");
}

/// The methods that the router answers at a path, as it says when it is asked with another; none where it has no route.
pub async fn answered(test: &TestApp, path: &str) -> BTreeSet<String> {
    let request = Request::builder().method("TRACE").uri(filled(path, "nowhere", "987654"));
    let request = request.header("sec-fetch-site", "same-origin");
    let answer = test.send(request.body(Body::empty()).unwrap()).await;
    let Some(allowed) = answer.headers.get("allow") else { return BTreeSet::new() };
    // Comes with each GET.
    allowed.to_str().unwrap().split(',').filter(|method| *method != "HEAD").map(str::to_owned).collect()
}

#[tokio::test]
async fn the_router_answers_what_the_code_declares() {
    each_app(async |test| {
        let declared = declared();
        let mut paths: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for route in declared.keys() {
            let (method, path) = route.split_once(' ').unwrap();
            // The router knows no verb after a parameter.
            let routed = path.find("}:").map_or(path, |end| &path[..=end]);
            paths.entry(routed).or_default().insert(method.to_owned());
        }
        for (path, methods) in &paths {
            assert_eq!(answered(&test, path).await, *methods, "{path}");
            // What was read as a route at the root is not a part of the API as well.
            let nested = format!("/api/v1{path}");
            if !paths.contains_key(nested.as_str()) {
                assert_eq!(answered(&test, &nested).await, BTreeSet::new(), "{nested}");
            }
        }
    })
    .await;
}

/// Every field of every form and body, so that what refuses is the permission and not a missing field.
const FORM: &str = "name=Nom&phone=&job=&skills=&text=Ana&step=preview&place=Lieu&archived=true&org_name=&time_zone=&\
    org_time_zone=&password=x&present_password=x&language=fr&code=x&version=1&active=true&what=close&label=x&org=x&days=0&role=tech&\
    suspended=true&reason=&title=T&starts_at=2026-11-23T08:00&ends_at=2026-11-23T18:00&accept=true&approve=true&week=2026-11-23&status=active&rule=plan.overlap&\
    date=2026-11-23&from=2026-11-23&to=2026-11-23";

/// Nobody's address, the right password, and names of this route alone: what refuses is no throttle that another principal or
/// route has filled, and nothing that another route has made.
fn body(who: &str, path: &str) -> serde_json::Value {
    json!({ "email": who, "password": "x", "refresh_token": "x", "device_id": 987654, "device_fingerprint": path, "device_name": "n",
        "kiosk_name": path, "location": "Lieu", "qr_token": "x", "device_label": "x", "present_password": PASSWORD,
        "new_password": "x", "token": "x", "name": "x", "scopes": [], "days": 0, "role": "tech", "time_zone": "x",
        "language": "fr", "retention_months": 1, "version": 0, "status": "INVITED", "mission_id": 987654, "user_id": 987654,
        "assignment_id": 987654, "rule": "plan.overlap", "reason": "Il le faut", "date": "2026-11-23", "from": "2026-11-23" })
}

/// A path with something in each of its places.
fn filled(path: &str, org: &str, id: &str) -> String {
    let path = path.replace("{org}", org).replace("{slug}", org).replace("{id}", id);
    path.replace("{token}", "none").replace("{rule}", "plan.overlap").replace("{file}", "hours.pdf")
}

async fn ask(test: &TestApp, door: Door, route: &str, org: &str, who: &Principal) -> String {
    let (method, path) = route.split_once(' ').unwrap();
    let url = filled(path, org, "987654");
    if door == Door::Browser {
        // Programs have no cookie; they are nobody here.
        if who.email.is_none() && who.name != "nobody" {
            return "-".to_owned();
        }
        let script = path.contains("passkey") && method == "POST" && !path.ends_with("/remove");
        let answer = if script {
            test.script(&url, &who.cookie, json!({ "present_password": "x" })).await
        } else {
            let form = format!("{FORM}&email={}", who.name);
            match method {
                "GET" => test.browse(method, &url, &who.cookie, "").await,
                _ if path.ends_with("/settings/logo") => test.upload(&url, &who.cookie, "logo", b"no picture").await,
                _ => test.browse(method, &url, &who.cookie, &form).await,
            }
        };
        return answer.status.as_u16().to_string();
    }
    let body = (method != "GET").then(|| body(who.name, path));
    let answer = match &who.kiosk_key {
        Some(key) => test.kiosk_api(method, &url, key, body).await,
        None => test.api(method, &url, &who.token, body).await,
    };
    answer.status.as_u16().to_string()
}

/// What another organisation has, by the beginning of the paths that name it.
async fn foreign_ids(test: &TestApp) -> Vec<(&'static str, String)> {
    let other = test.shop("Salle voisine").await;
    let crew = test.person(&other, "Nora", Role::Tech).await.id.to_string();
    let owner = test.token(&other.owner.email).await;
    let (kiosk, _) = test.kiosk(&owner, "Quai").await;
    let phone = test.phone(&owner).await.to_string();
    let first = async |path: &str| test.api("GET", path, &owner, None).await.json()[0]["id"].to_string();
    let invitation = json!({ "email": "ivo@exemple.fr", "role": "tech" });
    test.api("POST", "/api/v1/members/invitations", &owner, Some(invitation)).await;
    api_token(test, &owner, &["read"]).await;
    let session = first("/api/v1/auth/devices").await;
    let cookie = test.cookie(&other.owner.email).await;
    let base = format!("/o/{}", other.org.slug);
    let typed = async |path: &str, form: &str| test.browse("POST", &format!("{base}{path}"), &cookie, form).await;
    assert_eq!(typed("/projects/new", "name=Tourn%C3%A9e&status=active&colour=1").await.status, 303);
    let mission = "title=Montage&starts_at=2026-11-23T08:00&ends_at=2026-11-23T18:00&break_minutes=60&needs=1+Son";
    let typed_mission =
        typed("/missions/new", mission).await.headers["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
    typed(&format!("/missions/{typed_mission}/assign"), &format!("person={crew}&need=")).await;
    let template = typed("/templates/new", "name=Montage&from=2026-11-23&to=2026-11-23").await;
    let template = template.headers["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let slot = "kind=time_off&starts_at=2026-12-01T08:00&ends_at=2026-12-02T08:00";
    assert_eq!(typed("/availability", slot).await.status, 303);
    let made = async |path: &str, body: serde_json::Value| {
        let answer = test.api("POST", path, &owner, Some(body)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()["id"].to_string()
    };
    let times = json!({ "starts_at": "2026-12-01T08:00", "ends_at": "2026-12-01T12:00" });
    let (project, mission) =
        (made("/api/v1/projects", json!({ "name": "Festival" })).await, made("/api/v1/missions", times).await);
    let number = |id: &str| id.parse::<i64>().unwrap();
    let assignment = json!({ "mission_id": number(&mission), "user_id": number(&crew) });
    let assignment = made("/api/v1/assignments", assignment).await;
    let link = made("/api/v1/invitations", json!({ "assignment_id": number(&assignment) })).await;
    let slot = json!({ "user_id": number(&crew), "starts_at": "2026-12-01T00:00", "ends_at": "2026-12-02T00:00" });
    let slot = made("/api/v1/availabilities", slot).await;
    vec![
        ("/o/{org}/projects/", "1".to_owned()),
        ("/o/{org}/missions/", typed_mission),
        ("/o/{org}/templates/", template.clone()),
        ("/api/v1/mission-templates/", template),
        ("/o/{org}/assignments/", "1".to_owned()),
        ("/o/{org}/availability/", "1".to_owned()),
        ("/o/{org}/time-off/", "1".to_owned()),
        ("/answer/", "1".to_owned()),
        ("/api/v1/projects/", project),
        ("/api/v1/missions/", mission),
        ("/api/v1/assignments/", assignment),
        ("/api/v1/invitations/", link),
        ("/api/v1/availabilities/", slot),
        ("/api/v1/users/", crew.clone()),
        ("/api/v1/conflicts/user/", crew.clone()),
        ("/api/v1/rates/user/", crew.clone()),
        ("/api/v1/auth/devices/", session.clone()),
        ("/me/devices/", session),
        ("/api/v1/auth/tokens/", first("/api/v1/auth/tokens").await),
        ("/me/tokens/", first("/api/v1/auth/tokens").await),
        ("/api/v1/members/invitations/", first("/api/v1/members/invitations").await),
        ("/api/v1/members/", first("/api/v1/members").await),
        ("/o/{org}/members/", first("/api/v1/members").await),
        ("/o/{org}/invitations/", first("/api/v1/members/invitations").await),
        ("/api/v1/admin/kiosks/", kiosk.to_string()),
        ("/o/{org}/kiosks/", kiosk.to_string()),
        ("/api/v1/admin/users/", other.owner.id.to_string()),
        ("/api/v1/admin/devices/", phone.clone()),
        ("/api/v1/devices/", phone.clone()),
        ("/o/{org}/devices/", phone),
        ("/o/{org}/crew/", crew),
    ]
}

#[tokio::test]
async fn what_belongs_to_others_answers_as_what_does_not_exist() {
    each_app(async |test| {
        let foreign = foreign_ids(&test).await;
        let shop = test.shop("Théâtre du Mail").await;
        let me = signed_in(&test, "owner", &shop.owner.email).await;
        let mut seen = BTreeSet::new();
        for (route, door) in declared().into_iter().filter(|(route, _)| route.contains("{id}")) {
            let (method, path) = route.split_once(' ').unwrap();
            // At the root the API has the same handlers.
            let is_alias = door == Door::Program && !path.starts_with("/api/");
            let known = if is_alias { format!("/api/v1{path}") } else { path.to_owned() };
            let Some((prefix, id)) = foreign.iter().find(|(prefix, _)| known.starts_with(prefix)) else {
                // Of no organisation: the installation's area, an account's own keys, and what developers alone have.
                let is_of_none = path.starts_with("/admin/") || path.starts_with("/dev/") || path.contains("passkeys");
                assert!(is_of_none, "{route} has no foreign id");
                continue;
            };
            seen.insert(*prefix);
            let ask = async |id: &str| {
                let url = filled(path, &shop.org.slug, id);
                let answer = match door {
                    Door::Program => test.api(method, &url, &me.token, (method != "GET").then(|| body("owner", path))).await,
                    Door::Browser => test.browse(method, &url, &me.cookie, if method == "GET" { "" } else { FORM }).await,
                };
                (answer.status.as_u16(), answer.text.replace(&format!("/{id}"), "/0"))
            };
            assert_eq!(ask(id).await, ask("987654").await, "{route}");
        }
        assert_eq!(seen.len(), foreign.len(), "every kind was asked for");
    })
    .await;
}
