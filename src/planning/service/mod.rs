//! What this room does, one file per use case.

mod answer;
mod assign;
mod availability;
mod missions;
mod projects;
mod publish;
mod read;
mod seed_plan;
mod tell;

pub use answer::{answer_by_link, answer_for, answer_mine, find_answer_link};
pub use assign::{assign, list_history, unassign};
pub use availability::{decide, declare, declare_for, list_availabilities, list_mine, withdraw};
pub use missions::{change_mission, copy_missions, create_mission, create_missions, delete_mission, duplicate_mission};
pub use projects::{change_project, create_project, delete_project, get_project, list_projects};
pub use publish::{preview_publish, publish};
pub use read::{get_mission, list_missions, list_my_missions, list_sheets};
pub use seed_plan::{SeedAssignment, seed_assignments};
pub use tell::{TELL, remind, revoke_links, tell};
