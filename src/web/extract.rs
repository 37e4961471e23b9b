//! What a page is asked with: words of its path, what comes after the `?`, a form. What cannot be read is answered with a page.

use super::door::lang_of;
use super::refusal::Refusal;
use crate::kernel::{Failure, Kind, Lang};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum_extra::extract::CookieJar;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

/// The reader's language, as far as the request tells it.
pub fn asked_lang(headers: &HeaderMap) -> Lang {
    lang_of(&CookieJar::from_headers(headers), headers)
}

/// Words of the path. One that cannot be what is asked for is the address of nothing.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Refusal::new(Failure::not_found(), asked_lang(&parts.headers))),
        }
    }
}

/// What comes after the `?`. Our links and forms write it: what is wrong with it was typed into the address.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        match axum::extract::Query::<T>::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(_) => Err(Refusal::new(Failure::not_found(), asked_lang(&parts.headers))),
        }
    }
}

/// A form.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let lang = asked_lang(request.headers());
        let refuse = |failure| Refusal::new(failure, lang);
        let request = form_of(request, state).await.map_err(refuse)?;
        let read = axum::Form::<T>::from_request(request, state).await;
        read.map(|axum::Form(value)| Self(value)).map_err(|rejection| refuse(unread(rejection.status())))
    }
}

/// A form that may say one name several times.
pub struct ListForm<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ListForm<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let lang = asked_lang(request.headers());
        let refuse = |failure| Refusal::new(failure, lang);
        let request = form_of(request, state).await.map_err(refuse)?;
        let read = axum_extra::extract::Form::<T>::from_request(request, state).await;
        read.map(|axum_extra::extract::Form(value)| Self(value)).map_err(|rejection| refuse(unread(rejection.status())))
    }
}

/// A request whose body says that it is a form. Of another, whether it is too long is told before that it is no form.
async fn form_of<S: Send + Sync>(request: Request, state: &S) -> Result<Request, Failure> {
    let said = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(request);
    }
    let read = Bytes::from_request(request, state).await;
    Err(unread(read.map_or_else(|rejection| rejection.status(), |_| StatusCode::UNSUPPORTED_MEDIA_TYPE)))
}

/// Why a body could not be read, by the status that axum has for it.
pub fn unread(status: StatusCode) -> Failure {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::new(Kind::TooLarge, "request.too_large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Failure::new(Kind::Unsupported, "request.type"),
        StatusCode::BAD_REQUEST => Failure::new(Kind::Malformed, "request.broken"),
        _ => Failure::new(Kind::Invalid, "form.invalid"),
    }
}
