//! Facts about organisations and their people.

use crate::kernel::zone::Zone;
use crate::kernel::{AccountId, CrewMemberId, Instant, Lang, MembershipId, OrgId, Role};

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Org {
    pub id: OrgId,
    pub slug: String,
    pub name: String,
    pub time_zone: String,
    pub language: String,
    pub is_demo: bool,
}

impl Org {
    /// The place whose clocks count here.
    pub fn zone(&self) -> Zone {
        Zone::named_or_utc(&self.time_zone)
    }

    /// The language of its papers and of its kiosks.
    pub fn lang(&self) -> Lang {
        Lang::parse(&self.language).unwrap_or_default()
    }
}

/// An organisation to be made, as typed.
#[derive(Clone, Debug)]
pub struct NewOrg {
    pub name: String,
    pub time_zone: String,
    pub language: String,
    pub is_demo: bool,
}

/// An account in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    pub id: MembershipId,
    pub org: OrgId,
    pub account: AccountId,
    pub role: Role,
}

/// An organisation in the list of somebody who belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgOfMine {
    pub org: Org,
    pub membership: Membership,
}

/// A person who is planned and paid.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CrewMember {
    pub id: CrewMemberId,
    pub account_id: Option<AccountId>,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job: Option<String>,
    pub archived_at: Option<Instant>,
    pub version: i64,
}

impl CrewMember {
    /// Where the person stands in the list.
    pub fn search(&self) -> String {
        super::rules::search_text(&self.name, self.email.as_deref(), self.job.as_deref())
    }
}

/// A crew member with what is shown beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrewSheet {
    pub person: CrewMember,
    pub skills: Vec<String>,
}

/// A crew member to be added or changed, as typed. Skills are separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCrewMember {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub job: String,
    pub skills: String,
}

/// Which crew members to list.
#[derive(Clone, Debug, Default)]
pub struct CrewFilter {
    /// Part of a name, an e-mail address or a job.
    pub search: Option<String>,
    pub skill: Option<String>,
    pub archived: bool,
    /// The place ([`CrewMember::search`]) and number of the last one of the page before.
    pub after: Option<(String, CrewMemberId)>,
    pub limit: i64,
}
