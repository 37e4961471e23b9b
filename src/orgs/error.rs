//! What can go wrong with organisations and their people.

use super::rules::CrewProblem;
use crate::access::Denied;
use crate::accounts::AccountError;
use crate::kernel::{Failure, Kind};
use crate::platform::db::DbError;

/// Why an action on an organisation did not happen.
#[derive(Debug, thiserror::Error)]
pub enum OrgError {
    #[error("fields are wrong: {0:?}")]
    Fields(Vec<CrewProblem>),
    #[error("another crew member has the e-mail address")]
    EmailTaken,
    #[error("there is no such crew member")]
    NotFound,
    #[error("somebody else has changed it in the meantime")]
    Stale,
    #[error("the link is unknown, used or too old")]
    LinkDead,
    #[error("the crew member has no e-mail address")]
    NoEmail,
    #[error("the crew member has an account already")]
    AlreadyLinked,
    #[error("the installation is set up already")]
    AlreadySetUp,
    #[error("the last owner can neither go nor become less")]
    LastOwner,
    #[error("the role is at or above one's own")]
    Rank,
    #[error("the account belongs to other organisations, too")]
    SharedAccount,
    #[error("somebody with this address is a member or is invited")]
    MemberExists,
    #[error("the invitation is for another address")]
    WrongAddress,
    #[error("the logo is no PNG or JPEG, or too large")]
    Logo,
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<OrgError> for Failure {
    fn from(error: OrgError) -> Self {
        match error {
            OrgError::Fields(problems) => Self::fields(problems),
            OrgError::EmailTaken => Self {
                kind: Kind::Conflict,
                code: "crew.email_taken".to_owned(),
                ..Self::fields([("email", "crew.email_taken")])
            },
            OrgError::NotFound => Self::not_found(),
            OrgError::Stale => Self::new(Kind::Conflict, "stale"),
            OrgError::LinkDead => Self::new(Kind::Gone, "link.dead"),
            OrgError::NoEmail => Self::fields([("email", "crew.no_email")]),
            OrgError::AlreadyLinked => Self::new(Kind::Conflict, "crew.already_linked"),
            OrgError::AlreadySetUp => Self::new(Kind::Gone, "setup.done"),
            OrgError::LastOwner => Self::new(Kind::Conflict, "member.last_owner"),
            OrgError::Rank => Self::new(Kind::Forbidden, "member.rank"),
            OrgError::SharedAccount => Self::new(Kind::Forbidden, "member.shared_account"),
            OrgError::MemberExists => {
                Self { kind: Kind::Conflict, code: "member.exists".to_owned(), ..Self::fields([("email", "member.exists")]) }
            }
            OrgError::WrongAddress => Self::new(Kind::Forbidden, "account.wrong_address"),
            OrgError::Logo => Self::fields([("logo", "logo.invalid")]),
            OrgError::Account(error) => error.into(),
            OrgError::Denied(denied) => denied.into(),
            OrgError::Db(error) => error.into(),
        }
    }
}
