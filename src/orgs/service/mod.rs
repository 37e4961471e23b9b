//! What this room does, one file per use case.

mod add_crew;
mod change_crew;
mod create_org;
mod find_my_crew;
mod find_place;
mod join_crew;
mod link_crew;
mod list_crew;
mod seed_demo;
mod set_up;

pub use add_crew::{add_crew_member, import_crew, preview_crew};
pub use change_crew::{archive_crew_member, change_crew_member};
pub use create_org::create_org;
pub use find_my_crew::find_my_crew;
pub use find_place::{find_membership, find_org, find_org_by_slug, list_my_orgs};
pub use join_crew::{Newcomer, find_join_link, join_crew};
pub use link_crew::link_crew;
pub use list_crew::{count_crew, get_crew_sheet, list_crew, list_skills};
pub use seed_demo::{DemoPerson, add_demo_person, create_demo_org, find_demo_org};
pub use set_up::{SetUpForm, find_set_up_link, issue_set_up_link, set_up};
