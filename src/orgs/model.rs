//! Facts about organisations and their people.

use crate::kernel::zone::Zone;
use crate::kernel::{
    AccountId, Convention, CrewMemberId, Instant, InvitationId, Lang, MembershipId, OrgId, Role, SupportEntryId,
};

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Org {
    pub id: OrgId,
    pub slug: String,
    pub name: String,
    pub time_zone: String,
    pub language: String,
    pub is_demo: bool,
    /// From this role on, members need a second factor.
    pub second_factor_from: Option<String>,
    /// Whose verified address ends in one of these may join as a tech by themselves; separated by spaces.
    pub join_domains: String,
    /// How long the contact details of archived people are kept, in months.
    pub retention_months: i64,
    /// The number of the collective agreement that its people are under.
    pub idcc: Option<i64>,
    pub version: i64,
}

impl Org {
    /// Whether a member with `role` needs a second factor here.
    pub fn asks_second_factor(&self, role: Role) -> bool {
        self.second_factor_from.as_deref().and_then(Role::parse).is_some_and(|least| role >= least)
    }

    /// The domains whose people may join by themselves.
    pub fn domains(&self) -> impl Iterator<Item = &str> {
        self.join_domains.split_whitespace()
    }

    /// The collective agreement that its people are under, where there is one whose rules are known.
    pub fn convention(&self) -> Option<Convention> {
        self.idcc.and_then(Convention::of)
    }

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

/// A crew member to be added, as typed. Skills are separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCrewMember {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub job: String,
    pub skills: String,
}

/// What a crew member is called, does, and is reached at, as typed. What they can do is in their profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrewContact {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub job: String,
}

/// Which crew members to list.
#[derive(Clone, Debug, Default)]
pub struct CrewFilter {
    /// Part of a name, an e-mail address or a job.
    pub search: Option<String>,
    pub skill: Option<String>,
    pub tag: Option<String>,
    /// Only these people, and none of those: what another room knows of them.
    pub only: Option<Vec<CrewMemberId>>,
    pub but: Vec<CrewMemberId>,
    pub archived: bool,
    /// The place ([`CrewMember::search`]) and number of the last one of the page before.
    pub after: Option<(String, CrewMemberId)>,
    pub limit: i64,
}

/// A member as admins see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: MembershipId,
    pub account: AccountId,
    pub role: Role,
    pub is_suspended: bool,
    /// Whether the account itself is open.
    pub is_active: bool,
    pub since: Instant,
    /// When the account was made.
    pub account_since: Instant,
    pub name: String,
    pub email: String,
    pub has_factor: bool,
    /// Whether the account is a member of another organisation, too.
    pub is_elsewhere: bool,
    /// Not told of who is elsewhere, too: what people do in other organisations is no business of this one.
    pub last_seen_at: Option<Instant>,
}

/// Which members to list.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// Part of a name or an address.
    pub search: Option<String>,
    pub role: Option<Role>,
    pub suspended: Option<bool>,
    /// Whether the account itself is open.
    pub is_active: Option<bool>,
    /// The number of the last one of the page before.
    pub after: Option<MembershipId>,
    pub limit: i64,
}

/// A mailed invitation that nobody has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub org: OrgId,
    pub email: String,
    pub role: Role,
    pub message: String,
    pub created_at: Instant,
    pub sent_at: Instant,
    pub expires_at: Instant,
    /// The name of who invited; empty when that was not a person.
    pub invited_by: String,
}

/// An invitation to be sent, as typed.
#[derive(Clone, Debug, Default)]
pub struct NewInvitation {
    pub email: String,
    pub role: String,
    pub message: String,
    /// Days until it runs out, 1 to 30.
    pub days: i64,
}

/// An organisation's settings, as typed.
#[derive(Clone, Debug, Default)]
pub struct OrgSettings {
    pub name: String,
    pub time_zone: String,
    pub language: String,
    /// A role's code; empty when nobody needs one.
    pub second_factor_from: String,
    /// Domains of mail addresses, separated by spaces or commas.
    pub join_domains: String,
    pub retention_months: i64,
    /// The number of a collective agreement; empty when there is none.
    pub idcc: String,
}

/// An organisation's logo.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Logo {
    /// `image/png` or `image/jpeg`.
    pub mime: String,
    /// base64.
    pub content: String,
    pub updated_at: Instant,
}

/// An organisation as the platform sees it: nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OrgSheet {
    pub id: OrgId,
    pub slug: String,
    pub name: String,
    pub is_demo: bool,
    pub created_at: Instant,
    pub members: i64,
}

/// A platform admin's look into an organisation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SupportEntry {
    pub id: SupportEntryId,
    pub org_id: OrgId,
    pub account_id: AccountId,
    pub reason: String,
    pub entered_at: Instant,
    pub ends_at: Instant,
}
