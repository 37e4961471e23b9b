//! The keys that access tokens are verified with.

use crate::platform::App;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::header;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Public keys (RFC 7517).
#[derive(Serialize, ToSchema)]
pub struct KeySetBody {
    /// The newest first; none of a secret that signs and verifies.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
}

/// The public halves of the keys that sign access tokens. For who verifies tokens without asking.
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "list_signing_keys", tag = "server", security(()), responses((status = 200, body = KeySetBody)))]
pub async fn list(State(app): State<App>) -> impl IntoResponse {
    let public = app.signer.public_keys(app.clock.now());
    let keys = public.keys.iter().filter_map(|key| serde_json::to_value(key).ok()).collect();
    ([(header::CACHE_CONTROL, "public, max-age=60")], Json(KeySetBody { keys }))
}
