//! SQL of this room.

mod answer_links;
mod assignments;
mod availability;
mod conflicts;
mod missions;
mod plan_tags;
mod profiles;
mod projects;
mod rates;
mod slots;

pub use answer_links::*;
pub use assignments::*;
pub use availability::*;
pub use conflicts::*;
pub use missions::*;
pub use plan_tags::find_plan_tag;
pub use profiles::*;
pub use projects::*;
pub use rates::*;
pub use slots::*;
