//! Identifiers: 64-bit integers made by the database, one type per thing so that they cannot be mixed up.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )* };
}

ids! {
    /// Somebody who signs in.
    AccountId,
    /// An organisation, the tenant. [`INSTALLATION`] stands for none.
    OrgId,
    /// An account in an organisation.
    MembershipId,
    /// A person who is planned and paid in an organisation.
    CrewMemberId,
    /// One signed-in browser or API client.
    SessionId,
    /// A phone registered to show a badge.
    DeviceId,
    /// A tablet at a door.
    KioskId,
    /// One issued badge code.
    BadgeId,
    /// One recorded punch.
    PunchId,
    /// A one-time link sent by mail.
    LinkId,
    /// A mail, sent or to be sent.
    MailId,
    /// A piece of work for later.
    JobId,
    /// A token that somebody made for a program of theirs.
    ApiTokenId,
    /// A passkey.
    PasskeyId,
    /// A mailed invitation to be a member.
    InvitationId,
    /// A project: what missions belong to.
    ProjectId,
    /// A mission: work at a place, from a time to a time.
    MissionId,
    /// A role that a mission needs.
    NeedId,
    /// A person on a mission.
    AssignmentId,
    /// A link that answers without an account.
    AnswerLinkId,
    /// A time that somebody can or cannot work.
    AvailabilityId,
    /// What somebody costs from a day on.
    RateId,
    /// Missions that can be pasted on a date.
    MissionTemplateId,
    /// A wanted change of e-mail address.
    EmailChangeId,
    /// A platform admin's look into an organisation.
    SupportEntryId,
}

/// The organisation number of what belongs to no organisation: accounts, the set-up, the installation's audit chain.
pub const INSTALLATION: OrgId = OrgId(0);
