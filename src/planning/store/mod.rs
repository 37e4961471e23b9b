//! SQL of this room.

mod answer_links;
mod assignments;
mod availability;
mod conflicts;
mod feeds;
mod missions;
mod overrides;
mod plan_tags;
mod profiles;
mod projects;
mod rates;
mod slots;
mod steps;
mod templates;

pub use answer_links::*;
pub use assignments::*;
pub use availability::*;
pub use conflicts::*;
pub use feeds::*;
pub use missions::*;
pub use overrides::*;
use plan_tags::replace_plan_tag;
pub use plan_tags::{find_plan_tag, find_planner_tag, replace_staffing_tag};
pub use profiles::*;
pub use projects::*;
pub use rates::*;
pub use slots::*;
pub use steps::*;
pub use templates::*;
