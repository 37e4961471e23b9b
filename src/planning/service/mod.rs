//! What this room does, one file per use case.

mod answer;
mod assign;
mod availability;
mod conflicts;
mod costs;
mod deadlines;
mod edit_plan;
mod export_mine;
mod feeds;
mod figures;
mod findings;
mod invitations;
mod invite;
mod lists;
mod missions;
mod offer_next;
mod override_rule;
mod people;
mod profile;
mod projects;
mod publish;
mod rank_candidates;
mod rates;
mod read;
mod roster;
mod seed_plan;
mod tell;
mod templates;
mod undo_plan;

pub use answer::{answer_by_link, answer_for, answer_mine, find_answer_link};
pub use assign::{assign, list_history, unassign};
pub use availability::{
    decide, declare, declare_for, get_availability, get_my_availability, list_availabilities, list_mine, list_my_availabilities,
    withdraw,
};
pub use conflicts::{list_conflicts, list_my_conflicts};
pub use costs::{Cost, PlaceCost, cost_mission, cost_plan, cost_project};
pub use deadlines::{RELEASE, REMIND, read_deadline, release_place, remind_late};
pub use edit_plan::{Edited, edit_plan};
pub use export_mine::{Known, export_mine};
pub use feeds::{find_feed, find_my_feed, make_my_feed, make_project_feed, read_feed, revoke_feed, revoke_my_feed};
pub use figures::list_figures;
pub use findings::{ConflictSheet, Conflicts, check_plan, window_of};
pub use invitations::{Invitation, MadeInvitation, answer_invitation, find_invitation, make_invitation, revoke_invitation};
pub use invite::{Asked, assign_and_invite, get_assignment, invite};
pub use lists::{find_plan_tag, find_planner_tag, get_mission_as_crew, list_plan};
pub use missions::{change_mission, copy_missions, create_mission, create_missions, delete_mission, duplicate_mission};
pub use offer_next::{OFFER, offer_next};
pub use override_rule::{override_rule, restore_rule};
pub use people::{list_ending_skills, list_taken};
pub use profile::{change_profile, get_my_profile, get_profile};
pub use projects::{change_project, create_project, delete_project, get_project, list_projects};
pub use publish::{HeldBack, Preview, Published, count_off, preview_publish, publish};
pub use rank_candidates::{Candidates, rank_candidates};
pub use rates::{list_my_rates, list_rates, set_rate};
pub use read::{get_mission, list_missions, list_my_missions, list_sheets};
pub use seed_plan::{SeedAssignment, seed_assignments};
pub use tell::{TELL, remind, revoke_links, tell};
pub use templates::{
    define_template, delete_template, get_template, list_templates, paste_template, preview_template, rename_template,
    save_template,
};
pub use undo_plan::{count_steps, undo_plan};
