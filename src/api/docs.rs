//! The API's description for people, without a script or an outside request.

use crate::platform::App;
use crate::platform::markup::document;
use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::get;
use leptos::prelude::*;
use serde_json::Value;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(async || axum::Json(super::description())))
        .route("/docs", get(docs))
        .route("/redoc", get(async || Redirect::permanent("/docs")))
}

async fn docs() -> Html<String> {
    let api = serde_json::to_value(super::description()).unwrap_or_default();
    Html(document(|| page(&api)))
}

fn page(api: &Value) -> impl IntoView + use<> {
    let paths = api["paths"].as_object().cloned().unwrap_or_default();
    let schemas = api["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let operations = paths.into_iter().flat_map(|(path, methods)| {
        methods
            .as_object()
            .cloned()
            .unwrap_or_default()
            .into_iter()
            .map(move |(method, operation)| (path.clone(), method, operation))
    });
    let operations: Vec<_> = operations.map(|(path, method, operation)| {
        let text = ["summary", "description"].map(|part| operation[part].as_str().unwrap_or_default()).join(" ");
        let statuses = operation["responses"].as_object().map(|r| r.keys().cloned().collect::<Vec<_>>().join(", ")).unwrap_or_default();
        let body = operation["requestBody"]["content"].as_object().and_then(|c| c.values().next()).and_then(|c| c["schema"]["$ref"].as_str()).map(name_of);
        view! { <li class="stack tight"><h3><code>{method.to_uppercase()}" "{path}</code></h3><p>{text}</p>
            {body.map(|name| view! { <p class="small"><a href=format!("#{name}")>{name.clone()}</a></p> })}<p class="small muted">{statuses}</p></li> }
    }).collect();
    let schemas: Vec<_> = schemas.into_iter().map(|(name, schema)| {
        let fields = schema["properties"].as_object().cloned().unwrap_or_default();
        let rows: Vec<_> = fields.into_iter().map(|(field, kind)| {
            let described = kind["description"].as_str().unwrap_or_default().to_owned();
            view! { <tr><th scope="row"><code>{field}</code></th><td>{described}</td></tr> }
        }).collect();
        view! { <section class="stack tight" id=name.clone()><h3>{name.clone()}</h3><table class="table"><tbody>{rows}</tbody></table></section> }
    }).collect();
    view! {
        <html lang="en"><head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><meta name="color-scheme" content="light dark" /><title>"API · Régie"</title><link rel="stylesheet" href="/style.css" /></head>
        <body><main class="sheet" id="main"><div class="mid stack wide"><h1>"Régie API"</h1><p>"OpenAPI 3.1: "<a href="/openapi.json">"/openapi.json"</a></p><ul class="list">{operations}</ul><h2>"Bodies"</h2>{schemas}</div></main></body></html>
    }
}

fn name_of(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}
