//! What can have happened.

use crate::kernel::{
    AccountId, CrewMemberId, DeviceId, InvitationId, JobId, KioskId, LinkId, MembershipId, OrgId, PunchId, SessionId,
};
use crate::kernel::{AssignmentId, AvailabilityId, MissionId, MissionTemplateId, ProjectId};
use serde_json::{Value, json};

/// What an event is about: a kind and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject(pub &'static str, pub Option<i64>);

/// Something that happened. The name of an event is its past tense: `punch.recorded`.
#[derive(Clone, Debug)]
pub struct Event {
    pub action: &'static str,
    pub subject: Subject,
    /// What changed, for people who read the audit. No secrets, no badge values.
    pub detail: Value,
}

impl Event {
    pub fn new(action: &'static str, subject: Subject) -> Self {
        Self { action, subject, detail: json!({}) }
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(facts) = &mut self.detail {
            facts.insert(name.to_owned(), value.into());
        }
        self
    }
}

macro_rules! subjects {
    ($($type:ty => $kind:literal),* $(,)?) => { $(
        impl From<$type> for Subject {
            fn from(id: $type) -> Self {
                Self($kind, Some(id.0))
            }
        }
    )* };
}

subjects!(
    AccountId => "account", CrewMemberId => "crew_member", DeviceId => "device", KioskId => "kiosk", InvitationId => "invitation", JobId => "job", LinkId => "link",
    MembershipId => "membership", MissionId => "mission", MissionTemplateId => "mission_template", ProjectId => "project", AssignmentId => "assignment", AvailabilityId => "availability", OrgId => "org", PunchId => "punch", SessionId => "session",
);
