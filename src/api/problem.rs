//! Errors as programs read them.

use crate::kernel::{Failure, Kind};
use axum::extract::rejection::{FormRejection, JsonRejection};
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// A failure on its way to a program (RFC 9457).
#[derive(Debug)]
pub struct Problem(pub Failure);

/// The body of a problem.
#[derive(Serialize, ToSchema)]
pub struct ProblemBody {
    /// Always `about:blank`: the code says what it is.
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// What the systems that Régie replaces said here.
    detail: String,
    /// Ours, stable, for programs to branch on.
    code: String,
    errors: Vec<FieldProblem>,
}

/// One wrong field.
#[derive(Serialize, ToSchema)]
pub struct FieldProblem {
    field: String,
    code: String,
}

impl<T: Into<Failure>> From<T> for Problem {
    fn from(error: T) -> Self {
        Self(error.into())
    }
}

/// The words of the predecessors, by our code; a short English text where they had none.
fn detail(code: &str) -> &str {
    match code {
        "account.email_taken" => "email_already_registered",
        "account.credentials" => "invalid_credentials",
        "account.refresh_token" => "Invalid or expired refresh token",
        "account.inactive" => "Account is inactive",
        "account.second_factor" => "second_factor_required",
        "account.factor_required" => "second_factor_must_be_added",
        "too_often" => "Trop de tentatives de connexion – réessayez plus tard",
        "link.dead" => "token invalide",
        "sign_in_required" => "Not authenticated",
        "token.invalid" => "invalid_token",
        "forbidden" => "forbidden",
        "not_found" => "Not found",
        "device.not_found" => "Device not found or not owned by user",
        "device.already_revoked" => "Device is already revoked",
        "device.known" => "Device with this fingerprint already registered for user",
        "punch.malformed" | "punch.unknown" | "punch.other_org" => "Token not found in tracking database (may be forged)",
        "punch.expired" => "Token has expired",
        "punch.already_used" => "Token has already been used (replay attack detected)",
        "punch.device_revoked" => "Device has been revoked",
        "punch.clock_differs" => "The time of the scan differs from the server's by more than two minutes",
        "kiosk.inactive" => "Kiosk is not active",
        "kiosk.not_found" => "Kiosk not found",
        "kiosk.taken" => "Kiosk with this name already exists",
        "kiosk.key_missing" => "Missing API key (X-Kiosk-API-Key header required)",
        "kiosk.key_unknown" => "Invalid API key",
        "form.invalid" => "Some fields are wrong",
        "project.not_found" => "project introuvable",
        "mission.not_found" => "mission introuvable",
        "assignment.not_found" => "assignment introuvable",
        "assignment.overlap" => "conflit horaire utilisateur",
        "assignment.released" => "the deadline has passed, the place was given back",
        "profile.not_found" => "profil introuvable",
        "invitation.not_found" => "invitation or assignment not found",
        "invitation.token" => "invalid token",
        "availability.not_found" => "availability not found",
        "availability.order" => "end must be after start",
        "availability.overlap" => "overlap with existing approved slot",
        "version.stale" => "It has changed since it was read",
        "unavailable" => "Busy, try again",
        other => other,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Failure { kind, code, fields, retry_seconds } = self.0;
        let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // The predecessors answered 400 to an address that is taken; their clients look for it.
        let status = match code.as_str() {
            "account.email_taken" => StatusCode::BAD_REQUEST,
            // What `If-Match` asked for is no more.
            "version.stale" => StatusCode::PRECONDITION_FAILED,
            _ => status,
        };
        let errors = fields.into_iter().map(|f| FieldProblem { field: f.field, code: f.code }).collect();
        let body = ProblemBody {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: detail(&code).to_owned(),
            code,
            errors,
        };
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if kind == Kind::SignIn {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(kind, Kind::Unavailable | Kind::TooMany) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_seconds.unwrap_or(2)));
        }
        response
    }
}

/// A JSON body, whose faults are problems: 422 with the reason's place, as the predecessors answered.
pub struct Body<T>(pub T);

impl<T, S: Send + Sync> FromRequest<S> for Body<T>
where
    axum::Json<T>: FromRequest<S, Rejection = JsonRejection>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem(body_failure(&rejection.body_text()))),
        }
    }
}

/// A JSON body that may be missing; as [`Body`].
pub struct OptionalBody<T>(pub Option<T>);

impl<T: serde::de::DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let unreadable = || Problem(Failure::fields([("body", "body.invalid")]));
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(|_| unreadable())?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(None));
        }
        serde_json::from_slice(&bytes).map(|value| Self(Some(value))).map_err(|error| Problem(body_failure(&error.to_string())))
    }
}

/// A form body; as [`Body`].
pub struct FormBody<T>(pub T);

impl<T, S: Send + Sync> FromRequest<S> for FormBody<T>
where
    axum::Form<T>: FromRequest<S, Rejection = FormRejection>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Form::from_request(request, state).await {
            Ok(axum::Form(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem(body_failure(&rejection.body_text()))),
        }
    }
}

/// Which field serde stumbled over, if it says so: ``missing field `email` ``.
pub(super) fn body_failure(text: &str) -> Failure {
    // Only names of fields: serde also quotes what was sent.
    let field = text.split_once("field `").and_then(|(_, rest)| rest.split_once('`')).map_or("body", |(field, _)| field);
    Failure::fields([(field, "body.invalid")])
}
