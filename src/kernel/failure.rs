//! What a door tells about something that did not work: a kind, a code, and which fields are concerned. Never free text:
//! the words are looked up in the reader's language.

use serde::{Deserialize, Serialize};

/// What a caller can do about it; decides the HTTP status (`docs/http-and-errors.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The request cannot be understood: 400.
    Malformed,
    /// Sign in first: 401.
    SignIn,
    /// You may see it, not do it: 403.
    Forbidden,
    /// There is no such thing, or none that you may see: 404.
    NotFound,
    /// There is such a thing, but that cannot be done with it: 405.
    NotAllowed,
    /// It contradicts what is: 409.
    Conflict,
    /// It was there and its time is over: 410.
    Gone,
    /// It is longer than we take: 413.
    TooLarge,
    /// It is of a kind that we do not read: 415.
    Unsupported,
    /// What was typed is wrong: 422.
    Invalid,
    /// Come back later: 429.
    TooMany,
    /// Our fault: 500.
    Unexpected,
    /// We cannot answer now: 503.
    Unavailable,
}

impl Kind {
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::SignIn => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::NotAllowed => 405,
            Self::Conflict => 409,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::Unsupported => 415,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Unexpected => 500,
            Self::Unavailable => 503,
        }
    }
}

/// One wrong field of a form or a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFailure {
    pub field: String,
    pub code: String,
}

/// Something that did not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}")]
pub struct Failure {
    pub kind: Kind,
    pub code: String,
    pub fields: Vec<FieldFailure>,
    /// When it is worth trying again, in seconds from now.
    pub retry_seconds: Option<i64>,
}

impl Failure {
    pub fn new(kind: Kind, code: &str) -> Self {
        Self { kind, code: code.to_owned(), fields: Vec::new(), retry_seconds: None }
    }

    /// Says when it is worth trying again.
    #[must_use]
    pub fn after(mut self, seconds: i64) -> Self {
        self.retry_seconds = Some(seconds);
        self
    }

    /// What was typed is wrong in these fields: `[("email", "email.invalid")]`.
    pub fn fields<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let fields = fields.into_iter().map(|(field, code)| FieldFailure { field: field.to_owned(), code: code.to_owned() });
        Self { kind: Kind::Invalid, code: "form.invalid".to_owned(), fields: fields.collect(), retry_seconds: None }
    }

    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "not_found")
    }

    pub fn forbidden() -> Self {
        Self::new(Kind::Forbidden, "forbidden")
    }

    pub fn sign_in() -> Self {
        Self::new(Kind::SignIn, "sign_in_required")
    }

    /// Tells of a field under the name that it has in a form.
    #[must_use]
    pub fn named(mut self, field: &str, in_form: &str) -> Self {
        for wrong in self.fields.iter_mut().filter(|wrong| wrong.field == field) {
            wrong.field = in_form.to_owned();
        }
        self
    }

    /// The code of a field, if it is wrong.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|f| f.field == field).map(|f| f.code.as_str())
    }
}
