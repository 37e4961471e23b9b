//! What can be asked of this room.

use crate::access::For;
use crate::kernel::Role;

crate::actions! {
    /// Make the first account and organisation, with the one-time link of the first start.
    SetUp: "installation.set_up", For::Everyone, Write;
    /// Make the one-time link of the first start.
    IssueSetUpLink: "installation.issue_link", For::System, Write;
    /// Make an organisation together with its owner's account, without a link.
    CreateOrgWithOwner: "org.create_with_owner", For::System, Write;
    /// Make an organisation of one's own.
    CreateOrg: "org.create", For::Account, Write;
    /// List the organisations one belongs to.
    ListMyOrgs: "org.list_mine", For::Account, Read;
    /// List the organisation's crew.
    ListCrew: "crew.list", For::Member(Role::Manager), Read;
    /// See the names of the crew.
    ListNames: "crew.list_names", For::Member(Role::Tech), Read;
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
    /// Find one's own crew record, if there is one.
    ReadMyCrew: "crew.read_mine", For::Member(Role::Tech), Read;
    /// List the members and the open invitations.
    ListMembers: "member.list", For::Member(Role::Manager), Read;
    /// Invite people to be members, and take invitations back. Never to a role at or above one's own, owners excepted.
    InviteMembers: "member.invite", For::Member(Role::Manager), Write;
    /// Look at an invitation before answering it.
    ReadInvitation: "invitation.read", For::Everyone, Read;
    /// Answer an invitation.
    AcceptInvitation: "invitation.accept", For::Everyone, Write;
    /// Join an organisation that is open to one's verified address.
    JoinOrg: "org.join", For::Account, Write;
    /// Change a member's role, suspend or remove them, end their sessions, start a password reset.
    ManageMembers: "member.manage", For::Member(Role::Admin), Write;
    /// See a member's sessions.
    ReadMemberSessions: "member.read_sessions", For::Member(Role::Admin), Read;
    /// See the accounts behind the members.
    ReadMemberAccounts: "member.read_accounts", For::Member(Role::Admin), Read;
    /// Make an account for somebody, who is a member at once. Never with a role at or above one's own, owners excepted.
    AddMembers: "member.add", For::Member(Role::Admin), Write;
    /// Leave the organisation.
    LeaveOrg: "org.leave", For::Member(Role::Tech), Write;
    /// Read the organisation's settings.
    ReadSettings: "org.read_settings", For::Member(Role::Admin), Read;
    /// Change the organisation's settings and logo.
    ChangeSettings: "org.change_settings", For::Member(Role::Admin), Write;
    /// Close or delete one's own account, everywhere.
    CloseMyAccount: "account.close", For::Account, Write;
    /// List the organisations of the installation.
    ListOrgs: "platform.list_orgs", For::Platform, Read;
    /// Look into an organisation, for a reason that it can read.
    EnterOrg: "platform.enter_org", For::Platform, Write;
    /// Fill and remove the demonstration.
    SeedDemo: "demo.seed", For::System, Write;
}
