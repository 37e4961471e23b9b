//! Organisations: the tenants, who belongs to them, and the people they plan and pay.
//!
//! Owns the tables `orgs`, `org_logos`, `memberships`, `invitations`, `support_entries`, `crew_members`, `crew_skills`, `links`. Calls `accounts`. Invariants: an
//! account is a member of an organisation at most once; a crew member is tied to at most one account, and an account to at
//! most one crew member of an organisation; a link works once.

mod actions;
mod csv_import;
mod csv_records;
mod error;
mod links;
mod member_rules;
mod model;
mod rules;
pub mod service;
mod store;

pub use actions::*;
pub use csv_import::{CrewLine, CrewPreview, LineProblem, read_crew_csv};
pub use error::OrgError;
pub use links::Purpose;
pub use member_rules::{InvitationLine, InvitationPreview, may_act_on, may_grant, read_invitations_csv};
pub use model::*;
pub use rules::{CrewProblem, check_crew_member};
