//! The API answers as its description says: asked of every answer, whichever test it is for.

use super::Answer;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static API: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(regie::api::description()).unwrap());

/// What is answered and not described; nothing where no operation was asked.
pub fn deviation(method: &str, path: &str, answer: &Answer) -> Option<String> {
    let (route, operation) = find(method, path)?;
    let tell = |what: &str| Some(format!("{method} {route}: {what}: {} {}", answer.status, answer.text));
    let Some(response) = operation["responses"].get(answer.status.as_str()) else {
        return tell("this status is not described");
    };
    let Some(contents) = resolved(response)["content"].as_object() else {
        return if answer.text.is_empty() { None } else { tell("no body is described") };
    };
    let content_type = answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    let Some(content) = contents.get(content_type) else {
        return tell(&format!("{content_type} is not described"));
    };
    if !content_type.ends_with("json") || answer.headers.contains_key("content-encoding") {
        return None;
    }
    misfit(&content["schema"], &answer.json(), "body").and_then(|wrong| tell(&wrong))
}

/// The operation that is asked, below `/api/v1` or at the root.
fn find(method: &str, path: &str) -> Option<(&'static str, &'static Value)> {
    let method = method.to_lowercase();
    let operations =
        API["paths"].as_object()?.iter().filter_map(|(route, methods)| Some((route.as_str(), methods.get(&method)?)));
    let asked = operations.filter(|(route, _)| {
        fits(route, path) || route.strip_prefix("/api/v1").is_some_and(|at_the_root| fits(at_the_root, path))
    });
    asked.min_by_key(|(route, _)| route.matches('{').count())
}

fn fits(route: &str, path: &str) -> bool {
    route.split('/').count() == path.split('/').count()
        && route.split('/').zip(path.split('/')).all(|(place, part)| filled(place, part))
}

/// Whether a part of a path can stand in a place: `12:duplicate` in `{id}:duplicate`, and not in `{id}`.
fn filled(place: &str, part: &str) -> bool {
    match place.strip_prefix('{').and_then(|place| place.split_once('}')) {
        Some((_, verb)) => part.strip_suffix(verb).is_some_and(|name| !name.is_empty() && !name.contains(':')),
        None => place == part,
    }
}

fn resolved(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(name) => API.pointer(name.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

fn each<'a>(schema: &'a Value, list: &str) -> &'a [Value] {
    schema[list].as_array().map_or(&[], Vec::as_slice)
}

/// Where a value is not what a schema says.
fn misfit(schema: &Value, value: &Value, at: &str) -> Option<String> {
    let known = names(schema);
    let mut found = value.as_object().into_iter().flatten().map(|(name, _)| name);
    // What names nothing may have anything.
    let unknown = found.find(|name| !known.is_empty() && !known.contains(name.as_str()));
    unknown.map(|name| format!("{at}/{name} is not described")).or_else(|| misfit_of_part(schema, value, at))
}

fn names(schema: &Value) -> BTreeSet<&str> {
    let schema = resolved(schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    own.chain(each(schema, "allOf").iter().flat_map(names)).collect()
}

/// As [`misfit`], for what may have more.
fn misfit_of_part(schema: &Value, value: &Value, at: &str) -> Option<String> {
    let schema = resolved(schema);
    let parts = each(schema, "allOf").iter().find_map(|part| misfit_of_part(part, value, at));
    let choices = each(schema, "oneOf");
    let is_none = !choices.is_empty() && choices.iter().all(|choice| misfit(choice, value, at).is_some());
    let kinds: &[Value] = match &schema["type"] {
        Value::Null => &[],
        Value::Array(kinds) => kinds.as_slice(),
        kind => std::slice::from_ref(kind),
    };
    if is_none || !kinds.is_empty() && !kinds.iter().any(|kind| is(value, kind)) {
        return Some(format!("{at} is not what is described"));
    }
    let mut required = each(schema, "required").iter().filter_map(Value::as_str).filter(|_| value.is_object());
    let missing = required.find(|name| value.get(name).is_none()).map(|name| format!("{at}/{name} is missing"));
    let mut fields = schema["properties"].as_object().into_iter().flatten();
    let mut rows = value.as_array().into_iter().flatten();
    let below = || fields.find_map(|(name, schema)| misfit(schema, value.get(name)?, &format!("{at}/{name}")));
    let rows = || rows.find_map(|row| misfit(&schema["items"], row, at));
    parts.or(missing).or_else(below).or_else(rows)
}

fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap_or_default() {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        _ => false,
    }
}

#[test]
fn an_answer_that_is_not_described_is_seen() {
    let ask = |method: &str, path: &str, status: u16, content_type: &'static str, text: &str| {
        let headers = http::HeaderMap::from_iter([(http::header::CONTENT_TYPE, http::HeaderValue::from_static(content_type))]);
        let answer = Answer { status: http::StatusCode::from_u16(status).unwrap(), headers, text: text.to_owned() };
        deviation(method, path, &answer).map(|told| told.split(": ").nth(1).unwrap().to_owned())
    };
    let json = "application/json; charset=utf-8";
    assert_eq!(ask("GET", "/api/v1/users", 200, json, r#"[{"id":1,"name":"Ana"}]"#), None);
    assert_eq!(ask("GET", "/users", 200, json, r#"[{"id":1,"name":"Ana"}]"#), None);
    assert_eq!(ask("GET", "/users", 200, json, r#"[{"id":1}]"#).unwrap(), "body/name is missing");
    assert_eq!(ask("GET", "/users", 200, json, r#"[{"id":"1","name":"Ana"}]"#).unwrap(), "body/id is not what is described");
    assert_eq!(ask("GET", "/users", 200, json, r#"[{"id":1,"name":"Ana","age":9}]"#).unwrap(), "body/age is not described");
    assert_eq!(ask("GET", "/users", 201, json, "[]").unwrap(), "this status is not described");
    assert_eq!(ask("GET", "/users", 200, "text/html", "[]").unwrap(), "text/html is not described");
    assert_eq!(ask("GET", "/users", 403, json, "{}").unwrap(), "application/json is not described");
    assert_eq!(ask("POST", "/auth/logout", 204, json, "{}").unwrap(), "no body is described");
    // Of two things in one, and of one that may be missing.
    let asked = r#"{"id":1,"mission_id":2,"user_id":3,"need_id":null,"status":"DRAFT","reason":"","told_at":null,"answered_at":null,"answer_by_at":null,"passed_to_id":null,"open_rules":[]}"#;
    assert_eq!(ask("POST", "/assignments", 200, json, asked), None);
    assert_eq!(ask("POST", "/assignments", 200, json, &asked.replace("\"reason\":\"\",", "")).unwrap(), "body/reason is missing");
    assert_eq!(
        ask("POST", "/assignments", 200, json, &asked.replace("\"open", "\"shut")).unwrap(),
        "body/shut_rules is not described"
    );
    // Verbs, and what is no operation.
    assert_eq!(ask("POST", "/api/v1/availabilities/7:approve", 200, json, "[]").unwrap(), "body is not what is described");
    for (method, path) in [("POST", "/missions/7:forget"), ("GET", "/o/theatre/crew"), ("PATCH", "/users"), ("HEAD", "/users")] {
        assert_eq!(ask(method, path, 418, json, "{}"), None, "{method} {path}");
    }
}
