//! Errors as programs read them.

use crate::kernel::{Failure, Kind};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

/// What a kiosk is asked for with 401 (RFC 9110, 11.6.1): a scheme of ours, and the header that its key comes in.
const KIOSK_KEY: &str = "Kiosk-Key header=\"X-Kiosk-API-Key\"";

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
fn detail(failure: &Failure) -> &str {
    match failure.code.as_str() {
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
        "request.broken" => "The body broke off",
        "request.method" => "Method Not Allowed",
        "request.too_large" => "The body is too long",
        "request.type" => "The body is not of the Content-Type that is read here",
        "session.not_found" => "Appareil introuvable",
        "user.not_found" => "user_not_found",
        "role.invalid" => "invalid_role",
        "device.unknown" => "Device not found",
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
        "kiosk.taken" if failure.of("device_fingerprint").is_some() => "Kiosk with this fingerprint already exists",
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
        let detail = detail(&self.0).to_owned();
        let Failure { kind, code, fields, retry_seconds } = self.0;
        let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // The predecessors answered 400 to an address that is taken; their clients look for it.
        let status = match code.as_str() {
            "account.email_taken" => StatusCode::BAD_REQUEST,
            // What `If-Match` asked for is no more.
            "version.stale" => StatusCode::PRECONDITION_FAILED,
            _ => status,
        };
        let challenge = if code.starts_with("kiosk.key_") { KIOSK_KEY } else { "Bearer" };
        let errors = fields.into_iter().map(|f| FieldProblem { field: f.field, code: f.code }).collect();
        let body = ProblemBody {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail,
            code,
            errors,
        };
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if kind == Kind::SignIn {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if matches!(kind, Kind::Unavailable | Kind::TooMany) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_seconds.unwrap_or(2)));
        }
        response
    }
}

/// A number or a word of the path. One that cannot be what is asked for is the address of nothing: 404.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem(Failure::not_found())),
        }
    }
}

/// What comes after the `?`, whose faults are problems: 422 with the parameter that is wrong.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem(query_failure(&rejection.body_text()))),
        }
    }
}

/// The bytes of a body: 413 when there are too many, 400 when it broke off.
pub(super) async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| unread(rejection.status()))
}

/// Why a body could not be read, by the status that axum has for it.
fn unread(status: StatusCode) -> Problem {
    Problem(match status {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::new(Kind::TooLarge, "request.too_large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Failure::new(Kind::Unsupported, "request.type"),
        _ => Failure::new(Kind::Malformed, "request.broken"),
    })
}

/// Whether a body says that it is JSON: `application/json`, `application/merge-patch+json; charset=utf-8`.
fn says_json(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default().trim();
    let Some((kind, format)) = essence.split_once('/') else { return false };
    let suffix = format.rsplit('+').next().unwrap_or_default();
    kind.eq_ignore_ascii_case("application") && suffix.eq_ignore_ascii_case("json")
}

/// A JSON body, whose faults are problems: 422 with the reason's place, as the predecessors answered.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = says_json(request.headers());
        let bytes = read_body(request, state).await?;
        if !is_json {
            return Err(unread(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        match axum::Json::<T>::from_bytes(&bytes) {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem(body_failure(&rejection.body_text()))),
        }
    }
}

/// A JSON body that may be missing; as [`Body`], but that it need not say that it is JSON.
pub struct OptionalBody<T>(pub Option<T>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = read_body(request, state).await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(None));
        }
        serde_json::from_slice(&bytes).map(|value| Self(Some(value))).map_err(|error| Problem(body_failure(&error.to_string())))
    }
}

/// A form body; as [`Body`].
pub struct FormBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for FormBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Form::<T>::from_request(request, state).await {
            Ok(axum::Form(value)) => Ok(Self(value)),
            Err(rejection) if rejection.status() == StatusCode::UNPROCESSABLE_ENTITY => {
                Err(Problem(body_failure(&rejection.body_text())))
            }
            Err(rejection) => Err(unread(rejection.status())),
        }
    }
}

/// Which field serde stumbled over, if it says so: ``missing field `email` ``.
pub(super) fn body_failure(text: &str) -> Failure {
    Failure::fields([(field_said(text).unwrap_or("body"), "body.invalid")])
}

/// As [`body_failure`], of a query: `…: limit: invalid digit found in string` names a parameter, too.
fn query_failure(text: &str) -> Failure {
    let is_name = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let parameter = text.split(": ").nth(1).filter(is_name);
    Failure::fields([(field_said(text).or(parameter).unwrap_or("query"), "query.invalid")])
}

/// The field that a sentence of serde names. Only names of fields: it also quotes what was sent.
fn field_said(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("field `")?;
    rest.split_once('`').map(|(field, _)| field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read is asked")]
    struct Page {
        limit: Option<i64>,
        #[serde(default)]
        all: bool,
        name: String,
    }

    fn wrong(query: &str) -> Option<String> {
        let uri: http::Uri = format!("/list?{query}").parse().unwrap();
        let rejection = axum::extract::Query::<Page>::try_from_uri(&uri).err()?;
        Some(query_failure(&rejection.body_text()).fields.remove(0).field)
    }

    #[test]
    fn a_wrong_query_names_the_parameter() {
        for (query, field) in [
            ("name=a&limit=x", Some("limit")),
            ("name=a&limit=", Some("limit")),
            ("name=a&all=perhaps", Some("all")),
            ("name=a&name=b", Some("name")),
            ("limit=1", Some("name")),
            ("name=a&limit=1&all=true&more=x", None),
        ] {
            assert_eq!(wrong(query).as_deref(), field, "{query}");
        }
    }

    #[test]
    fn json_is_what_says_so() {
        for (said, is_json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/problem+json", true),
            ("text/json", false),
            ("application/jsonp", false),
            ("text/plain; application/json", false),
            ("json", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(said))]);
            assert_eq!(says_json(&headers), is_json, "{said}");
        }
        assert!(!says_json(&HeaderMap::new()));
    }

    #[test]
    fn what_was_sent_is_not_said_again() {
        let uri: http::Uri = "/list?name=a&all=secret%3A+word".parse().unwrap();
        let rejection = axum::extract::Query::<Page>::try_from_uri(&uri).err().unwrap();
        assert_eq!(query_failure(&rejection.body_text()), Failure::fields([("all", "query.invalid")]));
        assert_eq!(query_failure("no sentence that is known"), Failure::fields([("query", "query.invalid")]));
    }
}
