//! What the code says of itself, read from its text: its routes, its actions, the events that it writes.
//!
//! What cannot be read is an error and never left out: a list with a hole would say that all is well.

use crate::http::audit_page::sources;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/");

/// Reads one thing after another in all files of the program; `one` is given the place of each in `src`, and its text.
fn read<T>(one: impl Fn(&str, &str) -> Result<Vec<T>, String>) -> Vec<T> {
    let mut found = Vec::new();
    for (path, text) in sources(Path::new(SOURCE)) {
        match one(path.strip_prefix(SOURCE).unwrap_or(&path), &text) {
            Ok(some) => found.extend(some),
            Err(error) => panic!("{path}: {error}"),
        }
    }
    found
}

/// Without the lines that are comments.
fn plain(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("//")).collect()
}

/// The text up to the first `end`, or the first bracket that was not opened in it, outside of brackets and quotes.
pub fn upto(text: &str, end: char) -> &str {
    let (mut depth, mut is_quoted, mut is_escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            c if depth == 0 && (c == end || ")]}".contains(c)) => return &text[..at],
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    text
}

/// What is in the code and has no line, what has two, and what has a line and is not in the code.
pub fn differences(what: &str, code: &BTreeSet<String>, lines: &[String]) -> Vec<String> {
    let (mut known, mut twice) = (BTreeSet::new(), Vec::new());
    for line in lines {
        if !known.insert(line.clone()) {
            twice.push(format!("{what} with two lines: {line}"));
        }
    }
    let missing = code.difference(&known).map(|name| format!("{what} without a line: {name}"));
    let gone = known.difference(code).map(|name| format!("line without its {what}: {name}"));
    missing.chain(gone).chain(twice).collect()
}

/// Who asks at a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Browser,
    Program,
}

/// Every route, as method and path. `HEAD` is not among them: it comes with each `GET`, from the same handler. Nor is
/// `OPTIONS`: it is answered before any route is looked for.
pub fn declared() -> BTreeMap<String, Door> {
    let api = serde_json::to_value(regie::api::description()).unwrap();
    described(&api).into_iter().map(|route| (route, Door::Program)).chain(read(by_hand)).collect()
}

/// The routes in the description of the API. Each is at the root, too, where the systems that Régie replaces had it.
fn described(api: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        let places = [Some(path.as_str()), path.strip_prefix("/api/v1")];
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase();
            found.extend(places.iter().flatten().map(|place| format!("{method} {place}")));
        }
    }
    found
}

/// What makes routes and is not read here.
const OTHER_WAYS: [&str; 6] =
    [".nest(", ".nest_service(", ".route_service(", ".fallback(", ".fallback_service(", ".method_not_allowed_fallback("];

/// Where that is no hole.
const KNOWN_WAYS: [(&str, &str); 3] = [
    // Its routes are in the description of the API.
    ("api/mod.rs", ".nest("),
    // The files of the site, which everybody may have, and the page that says that there is nothing.
    ("composition/http.rs", ".fallback("),
    // Refuses.
    ("composition/http.rs", ".method_not_allowed_fallback("),
];

const ROOT: &[&str] = &[""];
const VERSION_AND_ROOT: &[&str] = &["/api/v1", ""];

/// The routes that a file adds one by one.
pub fn by_hand(file: &str, text: &str) -> Result<Vec<(String, Door)>, String> {
    for way in OTHER_WAYS {
        if text.contains(way) && !KNOWN_WAYS.contains(&(file, way)) {
            return Err(format!("{way} makes routes that are not read"));
        }
    }
    let routes = routes_in(text)?;
    if routes.is_empty() {
        return Ok(Vec::new());
    }
    let (door, places) = match file {
        "api/mod.rs" | "api/docs.rs" | "api/health.rs" | "composition/http.rs" => (Door::Program, ROOT),
        _ if file.starts_with("api/") => (Door::Program, VERSION_AND_ROOT),
        _ if file.starts_with("web/") => (Door::Browser, ROOT),
        _ => return Err("routes, and it is no door".to_owned()),
    };
    let mut found = Vec::new();
    for (method, path) in routes {
        found.extend(places.iter().map(|place| (format!("{method} {place}{path}"), door)));
    }
    Ok(found)
}

const METHODS: &[(&str, &str)] = &[("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")];

/// Each method and path that is given to `.route(…)`.
fn routes_in(text: &str) -> Result<Vec<(&'static str, String)>, String> {
    let text = plain(text);
    let mut found = Vec::new();
    for call in text.split(".route(").skip(1) {
        let arguments = upto(call, ')').trim_start();
        let Some((path, chain)) = arguments.strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
            return Err(format!("the path of a route cannot be read: .route({arguments}"));
        };
        found.extend(methods_of(chain)?.into_iter().map(|method| (method, path.to_owned())));
    }
    Ok(found)
}

/// The methods of a chain like `get(page).post(submit)`.
fn methods_of(chain: &str) -> Result<Vec<&'static str>, String> {
    let (mut found, mut rest) = (Vec::new(), chain);
    loop {
        rest = rest.trim_matches(|c: char| c == ',' || c == '.' || c.is_whitespace());
        if rest.is_empty() && !found.is_empty() {
            return Ok(found);
        }
        let name = upto(rest, '(');
        let known = METHODS.iter().find(|(call, _)| name.rsplit("::").next() == Some(*call));
        let (Some((_, method)), Some(after)) = (known, rest[name.len()..].strip_prefix('(')) else {
            return Err(format!("the methods of a route cannot be read: {chain}"));
        };
        found.push(*method);
        rest = after[upto(after, ')').len()..].strip_prefix(')').unwrap_or_default();
    }
}

/// The type and the name of every action that writes.
pub fn actions() -> Vec<(String, String)> {
    read(|_, text| actions_in(text))
}

pub fn actions_in(text: &str) -> Result<Vec<(String, String)>, String> {
    let text = plain(text);
    let mut found = Vec::new();
    for block in text.split("actions! {").skip(1) {
        for action in upto(block, '}').split(';').map(str::trim).filter(|action| !action.is_empty()) {
            let kind = action.split(':').next().unwrap_or_default();
            match (action.split('"').nth(1), action.rsplit(',').next().map(str::trim)) {
                (Some(name), Some("Write")) => found.push((kind.to_owned(), name.to_owned())),
                (Some(_), Some("Read")) => {}
                _ => return Err(format!("an action cannot be read: {action}")),
            }
        }
    }
    Ok(found)
}

/// An event that a function can write.
pub struct Written {
    pub event: String,
    /// The types of the actions that the function is given the proofs for.
    pub permits: Vec<String>,
}

/// Every event that the program can write.
pub fn events() -> Vec<Written> {
    read(|_, text| events_in(text))
}

/// What is given to `Event::new`, or to the variable that is given to it.
pub fn events_in(text: &str) -> Result<Vec<Written>, String> {
    let text = plain(text);
    let mut found = Vec::new();
    for item in text.split("\n}\n") {
        let permits = permits_of(item);
        for (at, call) in item.match_indices("Event::new(") {
            let argument = upto(&item[at + call.len()..], ',').trim();
            let mut names = names_in(argument);
            let binding = format!("let {argument} =");
            if names.is_empty()
                && let Some(start) = item[..at].rfind(&binding)
            {
                names = names_in(upto(&item[start + binding.len()..], ';'));
            }
            if names.is_empty() {
                return Err(format!("the name of an event cannot be read: Event::new({argument}"));
            }
            found.extend(names.into_iter().map(|event| Written { event, permits: permits.clone() }));
        }
    }
    Ok(found)
}

/// The types of the permits in the head of the function that an item of a module is.
fn permits_of(item: &str) -> Vec<String> {
    let is_before = |line: &&str| line.starts_with(char::is_whitespace) || !line.contains("fn ");
    let before: usize = item.split_inclusive('\n').take_while(is_before).map(str::len).sum();
    let head = item[before..].split('{').next().unwrap_or_default();
    head.split("Permit<").skip(1).filter_map(|rest| rest.split('>').next()).map(str::to_owned).collect()
}

/// The literals of the shape `noun.verb`.
fn names_in(text: &str) -> Vec<String> {
    let is_plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let literals = text.split('"').skip(1).step_by(2);
    let shaped = literals.filter(|literal| literal.split_once('.').is_some_and(|(noun, verb)| is_plain(noun) && is_plain(verb)));
    shaped.map(str::to_owned).collect()
}

#[test]
fn every_method_of_a_route_is_read() {
    let text = r#"Router::new()
        .route("/", get(home))
        // .route("/gone", get(gone))
        .route("/a/{id}", axum::routing::get(async || Json(json!({ "(": "ok" }))).post(change))
        .route(
            "/b",
            get(show)
                .put(change)
                .patch(change)
                .delete(remove),
        )"#;
    let routes: Vec<String> = routes_in(text).unwrap().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
    assert_eq!(routes, ["GET /", "GET /a/{id}", "POST /a/{id}", "GET /b", "PUT /b", "PATCH /b", "DELETE /b"]);
}

#[test]
fn a_route_is_where_its_file_is_routed() {
    let places = |file: &str| by_hand(file, r#".route("/a/{id}", post(act))"#).unwrap();
    let [version, root] = ["POST /api/v1/a/{id}", "POST /a/{id}"].map(str::to_owned);
    assert_eq!(places("api/planning/mod.rs"), [(version, Door::Program), (root.clone(), Door::Program)]);
    assert_eq!(places("api/health.rs"), [(root.clone(), Door::Program)]);
    assert_eq!(places("web/pages/plan/mod.rs"), [(root, Door::Browser)]);
    let api = serde_json::json!({ "paths": { "/api/v1/a/{id}:do": { "post": {} }, "/calendar/{token}": { "get": {} } } });
    assert_eq!(described(&api), ["POST /api/v1/a/{id}:do", "POST /a/{id}:do", "GET /calendar/{token}"]);
}

#[test]
fn what_cannot_be_read_is_said() {
    for text in [
        r#".route("/a", any(page))"#,
        r#".route("/a", routes)"#,
        r#".route("/a", get(page).merge(more))"#,
        ".route(PATH, get(page))",
        r#".route_service("/a", files)"#,
        r#".nest("/a", more())"#,
    ] {
        assert!(by_hand("web/pages/a.rs", text).is_err(), "{text}");
    }
    assert!(by_hand("orgs/service/a.rs", r#".route("/a", get(page))"#).is_err(), "no door");
    assert!(actions_in(r#"crate::actions! { OpenDoor: "door.open", For::Everyone, Perhaps; }"#).is_err());
    assert!(events_in("Event::new(name_of(door), door.into())").is_err());
}
