//! How the words of the kernel are bound in SQL.

use crate::bind_newtype;
use crate::kernel::{
    AccountId, BadgeId, CrewMemberId, DeviceId, Instant, JobId, KioskId, LinkId, MailId, MembershipId, OrgId, PunchId, SessionId,
};

bind_newtype!(
    AccountId => i64, BadgeId => i64, CrewMemberId => i64, DeviceId => i64, Instant => i64, JobId => i64, KioskId => i64,
    LinkId => i64, MailId => i64, MembershipId => i64, OrgId => i64, PunchId => i64, SessionId => i64,
);
