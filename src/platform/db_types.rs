//! How the words of the kernel are bound in SQL.

use crate::bind_newtype;
use crate::kernel::{
    AccountId, AnswerLinkId, ApiTokenId, AssignmentId, AvailabilityId, BadgeId, CrewMemberId, DeviceId, EmailChangeId, Instant,
    InvitationId, JobId, KioskId, LinkId, MailId, MembershipId, MissionId, MissionTemplateId, NeedId, OrgId, PasskeyId,
    ProjectId, PunchId, RateId, SessionId, SupportEntryId,
};

bind_newtype!(
    AnswerLinkId => i64, AssignmentId => i64, AvailabilityId => i64, MissionId => i64, NeedId => i64, ProjectId => i64, RateId => i64, MissionTemplateId => i64,
    AccountId => i64, ApiTokenId => i64, BadgeId => i64, EmailChangeId => i64, InvitationId => i64, PasskeyId => i64,
    SupportEntryId => i64, CrewMemberId => i64, DeviceId => i64, Instant => i64, JobId => i64, KioskId => i64,
    LinkId => i64, MailId => i64, MembershipId => i64, OrgId => i64, PunchId => i64, SessionId => i64,
);
