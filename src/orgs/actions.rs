//! What can be asked of this room.

use crate::access::For;
use crate::kernel::Role;

crate::actions! {
    /// Make the first account and organisation, with the one-time link of the first start.
    SetUp: "installation.set_up", For::Everyone, Write;
    /// Make an organisation of one's own.
    CreateOrg: "org.create", For::Account, Write;
    /// List the organisations one belongs to.
    ListMyOrgs: "org.list_mine", For::Account, Read;
    /// List the organisation's crew.
    ListCrew: "crew.list", For::Member(Role::Manager), Read;
    /// Add people to the crew.
    AddCrew: "crew.add", For::Member(Role::Manager), Write;
    /// Change a crew member, or put one in the archive.
    ChangeCrew: "crew.change", For::Member(Role::Manager), Write;
    /// Mail a crew member the link that ties an account to them.
    LinkCrew: "crew.link", For::Member(Role::Manager), Write;
    /// Look at a link before answering it.
    ReadLink: "link.read", For::Everyone, Read;
    /// Tie one's account to a crew member with a mailed link.
    JoinCrew: "crew.join", For::Everyone, Write;
    /// Find one's own crew record, which is made when missing.
    FindMyCrew: "crew.find_mine", For::Member(Role::Tech), Write;
    /// Fill and remove the demonstration.
    SeedDemo: "demo.seed", For::System, Write;
}
