//! The API's description: what it says is kept under version control, and it says all that the router answers and the handlers read.
//! That answers are as it says is asked of each of them, whichever test it is for (`support::described`).

pub mod code;

use super::access::{MATRIX, answered, lines};
use super::audit_page::sources;
use crate::support::each_app;
use code::{Handler, described_types, handlers};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Made with `REGIE_TEST_BLESS=1`, read in review: what changes here changes for every client.
const SNAPSHOT: &str = include_str!("../../docs/openapi.json");

/// Paths that are routed by hand: the description, and what is counted; and what is described with a verb after a colon, which the
/// router does not know.
const BY_HAND: [&str; 8] = [
    "/assignments/{id}",
    "/availabilities/{id}",
    "/docs",
    "/metrics",
    "/mission-templates/{id}",
    "/missions/{id}",
    "/openapi.json",
    "/redoc",
];

/// Paths that are described and at the root alone: what says how the server is, the keys, and the address of a calendar, which people
/// see.
const AT_THE_ROOT: [&str; 7] =
    ["/.well-known/jwks.json", "/calendar/{token}", "/health", "/health/db", "/healthz", "/livez", "/readyz"];

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

#[tokio::test]
async fn every_route_is_described_and_every_description_is_routed() {
    each_app(async |test| {
        let api = description();
        let mut described: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (path, method, _) in operations(&api) {
            assert!(path.starts_with("/api/v1/") || AT_THE_ROOT.contains(&path), "{path}");
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

/// The names of the parameters in one place, sorted.
fn parameters<'a>(operation: &'a Value, place: &str) -> Vec<&'a str> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    let mut names: Vec<_> = all.filter(|one| one["in"] == place).map(|one| one["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

/// The operation that a handler describes, and its name.
fn described<'a>(api: &'a Value, handler: &Handler) -> (&'a str, &'a Value) {
    let paths = [format!("/api/v1{}", handler.path), handler.path.clone()];
    let operation = paths.iter().find_map(|path| api["paths"].get(path)?.get(&handler.method));
    let operation = operation.unwrap_or_else(|| panic!("{} {} is not described", handler.method, handler.path));
    (operation["operationId"].as_str().unwrap(), operation)
}

fn resolved<'a>(api: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"].as_str().map_or(value, |name| api.pointer(name.trim_start_matches('#')).unwrap())
}

/// The statuses that are described, each with what is said of it.
fn answers<'a>(api: &'a Value, operation: &'a Value) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let answers = operation["responses"].as_object().unwrap().iter();
    answers.map(move |(status, answer)| (status.as_str(), resolved(api, answer)))
}

#[test]
fn each_place_in_a_path_is_one_parameter_and_no_other_is() {
    let api = description();
    for (path, method, operation) in operations(&api) {
        let mut places: Vec<_> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        places.sort_unstable();
        assert_eq!(parameters(operation, "path"), places, "{method} {path}");
        let all = operation["parameters"].as_array().into_iter().flatten();
        for one in all {
            let place = one["in"].as_str().unwrap();
            assert!(["header", "path", "query"].contains(&place), "{method} {path}: {one}");
            assert!(place != "path" || one["required"] == true, "{method} {path}: {one}");
            // What can be left out is not `null` instead.
            assert!(one["schema"]["type"].is_string(), "{method} {path}: {one}");
        }
    }
}

/// What must stand after the `?`; all else may be left out.
const REQUIRED: [(&str, &str); 7] = [
    ("accept_invitation", "token"),
    ("decline_invitation", "token"),
    ("list_held", "from"),
    ("list_held", "to"),
    ("preview_publication", "from"),
    ("preview_publication", "to"),
    ("verify_invitation", "token"),
];

#[test]
fn a_query_is_described_as_its_handler_reads_it() {
    let (api, mut required) = (description(), BTreeSet::new());
    let handlers = handlers();
    assert_eq!(handlers.len(), operations(&api).len(), "each is read");
    for handler in &handlers {
        let (id, operation) = described(&api, handler);
        let read: Vec<_> = handler.query().into_iter().collect();
        assert_eq!(parameters(operation, "query"), read, "{id}");
        let all = operation["parameters"].as_array().into_iter().flatten();
        let must =
            all.filter(|one| one["in"] != "path" && one["required"] == true).map(|one| (id, one["name"].as_str().unwrap()));
        required.extend(must);
    }
    assert_eq!(required, BTreeSet::from(REQUIRED));
}

/// How the description has a type of the code.
fn schema_of(kind: &str) -> Value {
    match kind.strip_prefix("Vec<").and_then(|kind| kind.strip_suffix('>')) {
        Some(kind) => json!({ "type": "array", "items": schema_of(kind) }),
        None => json!({ "$ref": format!("#/components/schemas/{kind}") }),
    }
}

#[test]
fn a_body_is_described_as_its_handler_reads_it() {
    let api = description();
    for handler in handlers() {
        let (id, operation) = described(&api, &handler);
        let told = &operation["requestBody"];
        let Some(read) = handler.body() else {
            assert!(told.is_null(), "{id} reads no body");
            continue;
        };
        let content = told["content"].as_object().unwrap_or_else(|| panic!("{id} reads a body"));
        assert!(content.keys().eq([read.content_type]), "{id}: {content:?}");
        let schema = &content[read.content_type]["schema"];
        if let Some(kind) = read.of {
            assert_eq!(*schema, schema_of(&kind), "{id}");
        }
        assert!(schema["oneOf"].is_null(), "{id}: what can be left out is not `null` instead");
        let is_required = told["required"].as_bool().unwrap_or_default();
        assert!(read.is_required.is_none_or(|really| really == is_required), "{id}: required is {is_required}");
        assert_eq!(operation["responses"].get("415").is_some(), read.says_type, "{id}");
        for status in ["400", "413", "422"] {
            assert!(operation["responses"].get(status).is_some(), "{id}: {status}");
        }
    }
}

/// What in a handler means that it reads a header, or that it answers with one.
const READ: [(&str, &str); 3] =
    [("Wanted::", "If-Match"), ("IF_NONE_MATCH", "If-None-Match"), ("\"idempotency-key\"", "Idempotency-Key")];
const ANSWERED: [(&str, &str); 7] = [
    ("versioned(", "ETag"),
    ("header::ETAG", "ETag"),
    (".answer(&uri)", "Link"),
    ("kept_page(", "Link"),
    ("kept_page(", "X-Cache"),
    ("-> Tokens", "Set-Cookie"),
    ("(CookieJar, StatusCode)", "Set-Cookie"),
];

#[test]
fn headers_are_described_where_they_are_read_and_answered() {
    let (api, mut seen) = (description(), BTreeSet::new());
    for handler in handlers() {
        let (id, operation) = described(&api, &handler);
        let meant = |marks: &[(&str, &'static str)]| -> BTreeSet<&'static str> {
            marks.iter().filter(|(mark, _)| handler.code.contains(*mark)).map(|(_, header)| *header).collect()
        };
        assert!(meant(&READ).into_iter().eq(parameters(operation, "header")), "{id}");
        for (status, answer) in answers(&api, operation).filter(|(status, _)| status.starts_with('2')) {
            let headers = answer["headers"].as_object().into_iter().flatten().map(|(header, _)| header.as_str());
            assert!(meant(&ANSWERED).into_iter().eq(headers), "{id}: {status}");
        }
        seen.extend(meant(&READ).into_iter().chain(meant(&ANSWERED)));
    }
    let all: BTreeSet<_> = READ.iter().chain(&ANSWERED).map(|(_, header)| *header).collect();
    assert_eq!(seen, all, "every mark is in some handler");
}

/// Each line of the access matrix that is of a described operation, with what a stranger and what a kiosk is answered.
fn asked(api: &Value) -> Vec<(&str, &Value, Vec<&str>)> {
    let all: BTreeMap<_, _> = lines(MATRIX).map(|(method, path, statuses)| ((method, path), statuses)).collect();
    let mut found = Vec::new();
    for (path, method, operation) in operations(api) {
        let statuses = all.get(&(method.as_str(), path)).unwrap_or_else(|| panic!("{method} {path} has no line"));
        found.push((path, operation, statuses.clone()));
    }
    found
}

/// The number of somebody's column in the access matrix.
fn column(who: &str) -> usize {
    let (_, names) = MATRIX.lines().next().unwrap().split_once(": ").unwrap();
    names.trim_end_matches('.').split(", ").position(|name| name == who).unwrap()
}

/// Where the matrix does not tell what is asked for: something else may stand for a token, or a stranger is refused for what is in the
/// body. Nothing stands for what everybody may.
const OTHERWISE: [(&str, &[&str]); 6] = [
    ("accept_assignment", &["", "bearerAuth"]),
    ("decline_assignment", &["", "bearerAuth"]),
    ("login", &[""]),
    ("logout", &["", "bearerAuth", "refreshCookie"]),
    ("refresh", &["", "refreshCookie"]),
    ("revoke_token", &["", "bearerAuth", "refreshCookie"]),
];

#[test]
fn what_is_asked_for_is_described_as_the_access_matrix_has_it() {
    let api = description();
    let (stranger, kiosk) = (column("nobody"), column("kiosk"));
    let mut seen = BTreeSet::new();
    for (path, operation, statuses) in asked(&api) {
        let id = operation["operationId"].as_str().unwrap();
        let otherwise = OTHERWISE.iter().find(|(name, _)| *name == id).map(|(_, schemes)| *schemes);
        let schemes = otherwise.unwrap_or(match (statuses[stranger], statuses[kiosk]) {
            ("401", "401") => &["bearerAuth"],
            ("401", _) => &["kioskKey"],
            _ => &[""],
        });
        let one = |scheme: &&str| if scheme.is_empty() { json!({}) } else { json!({ (*scheme): [] }) };
        let expected: Vec<Value> = schemes.iter().map(one).collect();
        assert_eq!(operation["security"], Value::Array(expected), "{path}: {id}");
        seen.extend(schemes.iter().filter(|scheme| !scheme.is_empty()).copied());
    }
    let schemes = &api["components"]["securitySchemes"];
    assert!(schemes.as_object().unwrap().keys().map(String::as_str).eq(seen), "{schemes}");
    let part = |name: &str, part: &str| schemes[name][part].as_str().unwrap().to_owned();
    assert_eq!([part("bearerAuth", "type"), part("bearerAuth", "scheme")], ["http", "bearer"]);
    assert_eq!(["type", "in", "name"].map(|at| part("kioskKey", at)), ["apiKey", "header", "X-Kiosk-API-Key"]);
    assert_eq!(["type", "in", "name"].map(|at| part("refreshCookie", at)), ["apiKey", "cookie", "refresh_token"]);
}

#[test]
fn every_status_of_the_access_matrix_is_described() {
    let api = description();
    for (path, operation, statuses) in asked(&api) {
        for status in statuses {
            assert!(operation["responses"].get(status).is_some(), "{path}: {} answers {status}", operation["operationId"]);
        }
    }
}

#[test]
fn what_refuses_is_a_problem_and_nothing_else_is() {
    let api = description();
    for (path, method, operation) in operations(&api) {
        let asks_who = operation["tags"] != json!(["server"]);
        for (status, is_possible) in [("401", asks_who), ("403", asks_who), ("500", true), ("503", true)] {
            assert_eq!(operation["responses"].get(status).is_some(), is_possible, "{method} {path}: {status}");
        }
        assert!(operation["responses"].get("404").is_some() || !path.contains('{'), "{method} {path}: 404");
        for (status, answer) in answers(&api, operation) {
            let mut kinds: Vec<_> = answer["content"].as_object().into_iter().flatten().collect();
            if path == "/readyz" && status == "503" {
                let (_, own) = kinds.remove(kinds.iter().position(|(kind, _)| *kind == "application/json").unwrap());
                assert_eq!(own["schema"], schema_of("ReadyBody"), "what is not ready is named");
            }
            let at = format!("{method} {path}: {status}: {answer}");
            assert!(!answer["description"].as_str().unwrap_or_default().is_empty(), "{at}");
            if status < "400" {
                assert_eq!(kinds.len(), usize::from(!["204", "304"].contains(&status)), "{at}");
                assert!(!answer.to_string().contains("Problem"), "{at}");
                continue;
            }
            let [(kind, content)] = kinds[..] else { panic!("{at}") };
            assert_eq!((kind.as_str(), &content["schema"]), ("application/problem+json", &schema_of("ProblemBody")), "{at}");
            let headers = answer["headers"].as_object().into_iter().flatten().map(|(header, _)| header.as_str());
            let expected = match status {
                "401" => Some("WWW-Authenticate"),
                "429" | "503" => Some("Retry-After"),
                _ => None,
            };
            assert!(headers.eq(expected), "{at}");
        }
    }
}

#[test]
fn everything_is_told_in_words() {
    let api = description();
    let info = &api["info"];
    assert_eq!((&info["title"], &info["version"]), (&json!("Régie"), &json!(env!("CARGO_PKG_VERSION"))));
    assert!(info["description"].is_string() && info["license"].is_null() && api["servers"][0]["url"] == "/", "{info}");
    let word = |tag: &Value, part: &str| tag[part].as_str().unwrap().to_owned();
    let tags = api["tags"].as_array().unwrap().iter().map(|tag| (word(tag, "name"), word(tag, "description")));
    let tags: BTreeMap<_, _> = tags.collect();
    assert!(tags.values().all(|words| words.ends_with('.')), "{tags:?}");
    let mut used = BTreeSet::new();
    for (path, method, operation) in operations(&api) {
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(summary.ends_with('.') && !summary.contains('\n') && summary.len() > 10, "{method} {path}: {summary}");
        let [tag] = operation["tags"].as_array().unwrap().as_slice() else { panic!("{method} {path} has one tag") };
        used.insert(tag.as_str().unwrap().to_owned());
        for header in operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "header") {
            assert!(header["description"].is_string(), "{method} {path}: {header}");
        }
        for (status, answer) in answers(&api, operation) {
            let mut headers = answer["headers"].as_object().into_iter().flatten();
            assert!(headers.all(|(_, header)| header["description"].is_string()), "{method} {path}: {status}");
        }
    }
    assert!(tags.into_keys().eq(used), "each tag is used and said");
    assert!(!api.to_string().contains("[`"), "a link that only Rust can follow");
}

/// Of two types with one name the description would have one, for both.
#[test]
fn each_type_has_a_name_of_its_own() {
    let api = description();
    let described: Vec<_> = api["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(described_types(), described);
}
