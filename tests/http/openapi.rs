//! The API's description: what it says is kept under version control, and it says all that the router answers.

use super::audit_page::sources;
use crate::support::{TestApp, each_app};
use http::Request;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Made with `REGIE_TEST_BLESS=1`, read in review: what changes here changes for every client.
const SNAPSHOT: &str = include_str!("../../docs/openapi.json");

/// Paths that are routed by hand: what says how the server is, the description and the keys; and what is described with a verb
/// after a colon, which the router does not know.
const BY_HAND: [&str; 14] = [
    "/.well-known/jwks.json",
    "/assignments/{id}",
    "/availabilities/{id}",
    "/docs",
    "/health",
    "/health/db",
    "/healthz",
    "/livez",
    "/metrics",
    "/mission-templates/{id}",
    "/missions/{id}",
    "/openapi.json",
    "/readyz",
    "/redoc",
];

fn description() -> Value {
    serde_json::to_value(regie::api::description()).unwrap()
}

/// Each operation with its path and method.
fn operations(api: &Value) -> Vec<(&str, String, &Value)> {
    let mut found = Vec::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().iter();
        found.extend(methods.map(|(method, operation)| (path.as_str(), method.to_uppercase(), operation)));
    }
    found
}

#[test]
fn the_description_is_the_one_that_was_read() {
    let text = serde_json::to_string_pretty(&description()).unwrap() + "\n";
    if std::env::var("REGIE_TEST_BLESS").is_ok() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json"), text).unwrap();
        return;
    }
    let differs = text.lines().zip(SNAPSHOT.lines()).position(|(is, was)| is != was);
    let line = differs.unwrap_or_else(|| text.lines().count().min(SNAPSHOT.lines().count()));
    let [is, was] = [&*text, SNAPSHOT].map(|text| text.lines().nth(line).unwrap_or("(the end)"));
    assert!(text == SNAPSHOT, "docs/openapi.json, line {}:\n{is}\ninstead of\n{was}", line + 1);
}

#[test]
fn the_description_is_openapi_3_1_and_whole() {
    let api = description();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1."), "{}", api["openapi"]);
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&api) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{method} {path}: another operation has the name {id}");
        assert!(!operation["responses"].as_object().unwrap().is_empty(), "{method} {path} answers nothing");
    }
    let text = api.to_string();
    for name in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(api.pointer(name).is_some(), "{name} is missing");
    }
}

/// The methods that the router answers at a path, as it says when it is asked with another.
async fn answered(test: &TestApp, path: &str) -> BTreeSet<String> {
    let request = Request::builder().method("TRACE").uri(path.replace("{id}", "987654"));
    let answer = test.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 405, "{path}");
    let allowed = answer.headers["allow"].to_str().unwrap().split(',').map(str::to_owned);
    // Comes with each GET.
    allowed.filter(|method| method != "HEAD").collect()
}

#[tokio::test]
async fn every_route_is_described_and_every_description_is_routed() {
    each_app(async |test| {
        let api = description();
        let mut described: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (path, method, _) in operations(&api) {
            // People see the address of a calendar, which is at the root.
            assert!(path.starts_with("/api/v1/") || path == "/calendar/{token}", "{path}");
            // The router knows no verb after a parameter.
            let routed = path.find("}:").map_or(path, |end| &path[..=end]);
            described.entry(routed).or_default().insert(method);
        }
        assert!(described.len() > 50, "{}", described.len());
        for (path, methods) in described {
            assert_eq!(answered(&test, path).await, methods, "{path}");
        }
    })
    .await;
    // Whatever else the API answers is routed by hand: `routes!` describes what it routes.
    let code = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/api")));
    let text: String = code.into_iter().map(|(_, text)| text).collect();
    let by_hand: BTreeSet<_> = text.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(by_hand, BTreeSet::from(BY_HAND));
    assert_eq!(text.matches(".route(").count(), BY_HAND.len(), "each in one line, with its path");
}
