//! Tokens that somebody makes for programs.

use super::door::OrgClient;
use super::problem::{Body, Path, Problem, ProblemBody};
use crate::accounts::{ApiToken, NewApiToken, service as accounts};
use crate::kernel::{ApiTokenId, zone};
use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A token, without its text.
#[derive(Serialize, ToSchema)]
pub struct TokenBody {
    id: i64,
    name: String,
    /// The beginning of its text.
    prefix: String,
    scopes: Vec<String>,
    created_at: String,
    expires_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

impl From<ApiToken> for TokenBody {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id.0,
            scopes: token.scopes.split_whitespace().map(str::to_owned).collect(),
            name: token.name,
            prefix: token.prefix,
            created_at: zone::utc(token.created_at),
            expires_at: zone::utc(token.expires_at),
            last_used_at: token.last_used_at.map(zone::utc),
            revoked_at: token.revoked_at.map(zone::utc),
        }
    }
}

/// One's own tokens, newest first.
#[utoipa::path(get, path = "/auth/tokens", operation_id = "list_api_tokens", tag = "tokens", responses((status = 200, body = Vec<TokenBody>), (status = 401, body = ProblemBody)))]
pub async fn list(client: OrgClient) -> Result<Json<Vec<TokenBody>>, Problem> {
    let tokens = accounts::list_my_tokens(&client.app, client.permit()?).await?;
    Ok(Json(tokens.into_iter().map(TokenBody::from).collect()))
}

/// A token to be made for the organisation of the session.
#[derive(Deserialize, ToSchema)]
pub struct NewTokenBody {
    name: String,
    /// Of `read`, `write`, `admin`.
    scopes: Vec<String>,
    /// Days until it ends, 1 to 366.
    days: i64,
    /// The password of who makes it.
    present_password: String,
}

/// A token with its text, shown this once.
#[derive(Serialize, ToSchema)]
pub struct MadeTokenBody {
    #[serde(flatten)]
    token: TokenBody,
    secret: String,
}

/// Makes a token. A token cannot make another one.
#[utoipa::path(post, path = "/auth/tokens", operation_id = "create_api_token", tag = "tokens", request_body = NewTokenBody, responses((status = 201, body = MadeTokenBody), (status = 403, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn make(client: OrgClient, Body(body): Body<NewTokenBody>) -> Result<(StatusCode, Json<MadeTokenBody>), Problem> {
    let new = NewApiToken { name: body.name, scopes: body.scopes.join(" "), days: body.days };
    let made = accounts::make_token(&client.app, client.permit()?, client.org.id, &new, &body.present_password).await?;
    Ok((StatusCode::CREATED, Json(MadeTokenBody { token: made.token.into(), secret: made.secret })))
}

/// Revokes one of one's own tokens.
#[utoipa::path(delete, path = "/auth/tokens/{id}", operation_id = "revoke_api_token", tag = "tokens", params(("id" = i64, Path)), responses((status = 204), (status = 404, body = ProblemBody)))]
pub async fn revoke(client: OrgClient, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    accounts::revoke_token(&client.app, client.permit()?, ApiTokenId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
