//! What this room does, one file per use case.

mod add_crew;
mod add_member;
mod allow_mails;
mod change_crew;
mod change_settings;
mod create_org;
mod find_my_crew;
mod find_person;
mod find_place;
mod forget_contacts;
mod invite_members;
mod join_crew;
mod link_crew;
mod list_crew;
mod manage_members;
mod platform;
mod seed_demo;
mod set_up;

pub use add_crew::{add_crew_member, import_crew, preview_crew};
pub use add_member::add_member;
pub use change_crew::{archive_crew_member, change_crew_member};
pub use change_settings::{MAX_LOGO, change_settings, find_logo, find_settings, remove_logo, set_logo};
pub use create_org::{create_org, create_org_with_owner};
pub use find_my_crew::{find_my_crew, find_my_crew_if_any};
pub use find_person::{find_address_of, find_crew_member_in, list_crew_members_in};
pub use find_place::{find_membership, find_org, find_org_by_slug, list_my_orgs};
pub use forget_contacts::{FORGET, forget_old_contacts};
pub use invite_members::{
    accept_invitation, find_live_invitation, import_invitations, invite_member, list_invitations, preview_invitations,
    resend_invitation, revoke_invitation,
};
pub use join_crew::{Newcomer, find_join_link, join_crew};
pub use link_crew::link_crew;
pub use list_crew::{get_crew_sheet, list_crew, list_names, list_skills, list_tags};
pub use manage_members::{
    change_role, close_my_account, end_member_sessions, get_member, get_member_of, join_org, leave_org, list_member_accounts,
    list_member_sessions, list_members, list_open_orgs, remove_member, start_member_reset, suspend_member,
};
pub use platform::{enter_org, find_support_entry, leave_support, list_my_support_entries, list_orgs};
pub use seed_demo::{DemoPerson, add_demo_person, find_demo_org};
pub use set_up::{SetUpForm, find_set_up_link, issue_set_up_link, set_up};
