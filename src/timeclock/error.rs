//! What can go wrong at the clock.

use crate::access::Denied;
use crate::kernel::{Failure, Instant, Kind};
use crate::orgs::OrgError;
use crate::platform::db::DbError;

/// Why an action at the clock did not happen. Nothing was recorded then.
#[derive(Debug, thiserror::Error)]
pub enum PunchError {
    #[error("the text is no badge code")]
    Malformed,
    #[error("no badge has this code")]
    UnknownBadge,
    #[error("the code is too old")]
    Expired,
    #[error("the code was used before")]
    AlreadyUsed,
    #[error("the code is of another organisation")]
    OtherOrg,
    #[error("the phone was revoked")]
    DeviceRevoked,
    #[error("the person is in the archive")]
    Archived,
    #[error("the person has just punched")]
    TooSoon { name: String, at: Instant },
    #[error("the person is in already")]
    AlreadyIn,
    #[error("the person is out already")]
    AlreadyOut,
    #[error("another request of the person is under way")]
    Raced,
    #[error("the clock of who asks differs from the server's")]
    ClockDiffers,
    #[error("the kiosk is not active")]
    KioskInactive,
    #[error("there is no such device")]
    DeviceNotFound,
    #[error("the device was revoked before")]
    DeviceAlreadyRevoked,
    #[error("the phone is registered already")]
    DeviceKnown,
    #[error("there is no such kiosk")]
    KioskNotFound,
    #[error("the kiosk's {0} is taken")]
    KioskTaken(&'static str),
    #[error("the pairing code is unknown, used or too old")]
    PairingCode,
    #[error("fields are wrong")]
    Fields(Vec<(&'static str, &'static str)>),
    #[error(transparent)]
    Org(#[from] OrgError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl PunchError {
    /// The code of a refused scan, for the kiosk's words, the audit and the metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "punch.malformed",
            Self::UnknownBadge => "punch.unknown",
            Self::Expired => "punch.expired",
            Self::AlreadyUsed => "punch.already_used",
            Self::OtherOrg => "punch.other_org",
            Self::DeviceRevoked => "punch.device_revoked",
            Self::Archived => "punch.archived",
            Self::TooSoon { .. } => "punch.too_soon",
            Self::AlreadyIn => "punch.already_in",
            Self::AlreadyOut => "punch.already_out",
            Self::Raced => "punch.raced",
            Self::ClockDiffers => "punch.clock_differs",
            Self::KioskInactive => "kiosk.inactive",
            _ => "unavailable",
        }
    }
}

impl From<PunchError> for Failure {
    fn from(error: PunchError) -> Self {
        let code = error.code();
        match error {
            PunchError::Malformed
            | PunchError::UnknownBadge
            | PunchError::Expired
            | PunchError::AlreadyUsed
            | PunchError::OtherOrg => Self::new(Kind::Malformed, code),
            PunchError::DeviceRevoked | PunchError::Archived | PunchError::KioskInactive => Self::new(Kind::Forbidden, code),
            PunchError::TooSoon { .. }
            | PunchError::AlreadyIn
            | PunchError::AlreadyOut
            | PunchError::Raced
            | PunchError::ClockDiffers => Self::new(Kind::Conflict, code),
            PunchError::DeviceNotFound => Self::new(Kind::NotFound, "device.not_found"),
            PunchError::DeviceAlreadyRevoked => Self::new(Kind::Malformed, "device.already_revoked"),
            PunchError::DeviceKnown => Self::new(Kind::Conflict, "device.known"),
            PunchError::KioskNotFound => Self::new(Kind::NotFound, "kiosk.not_found"),
            PunchError::KioskTaken(field) => {
                Self { kind: Kind::Conflict, code: "kiosk.taken".to_owned(), ..Self::fields([(field, "kiosk.taken")]) }
            }
            PunchError::PairingCode => {
                Self { kind: Kind::Gone, code: "kiosk.pairing_code".to_owned(), ..Self::fields([("code", "kiosk.pairing_code")]) }
            }
            PunchError::Fields(problems) => Self::fields(problems),
            PunchError::Org(error) => error.into(),
            PunchError::Denied(denied) => denied.into(),
            PunchError::Db(error) => error.into(),
        }
    }
}
