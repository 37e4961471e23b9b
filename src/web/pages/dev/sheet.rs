//! The planner, as it is drawn: a week with its head and foot, a month and a day; what stands beside and over them.

use super::super::candidates;
use super::super::plan::{self, board, panel};
use super::*;

pub(super) fn parts(member: &Member) -> Vec<Part> {
    let t = member.words();
    [Some(planner(member)), Some(spans(member)), beside(member), Some(by_hand(t))].into_iter().flatten().collect()
}

fn planner(member: &Member) -> Part {
    let board = plan::board_part(member, &sample::sight(member, "week"), &sample::facts(), "");
    let shown = view! { <div class="planner">{board}</div> };
    let about = "Days across, projects above, people below. What is chosen has a tick, what has the focus a ring.";
    Part::block("planner", "Planner", about, shown.into_any())
}

fn spans(member: &Member) -> Part {
    let table = |span| board::table(member, &sample::sight(member, span), &sample::facts());
    let shown = view! { {table("month")}{table("day")} };
    let about =
        "A month keeps the hour that something begins at. A day is drawn to the quarter of an hour; an edge can be pulled.";
    Part::block("spans", "Month and day", about, shown.into_any())
}

fn beside(member: &Member) -> Option<Part> {
    let mission = panel::Panel::Mission(Box::new(sample::staff()?));
    let panel = panel::view(member, &sample::sight(member, "week"), Some(&mission));
    let shown = view! {
        <div class="split"><div class="stack">{candidates::reasons(member, &sample::ranked())}{plan::keys(member)}</div>{panel}</div>
    };
    let about = "What is chosen, who is on it, what rules say of it; why somebody is offered first; what keys do.";
    Some(Part::new("beside", "Panel, reasons, keys", about, shown.into_any()))
}

/// What the browser adds to the sheet: no page comes with it. `tests/http/components.rs` reads the classes in its source.
fn by_hand(t: &Words) -> Part {
    let toasts = plan::toasts(t, Some(t.flash_plan_edited()), Some(3));
    let shown = view! {
        <div class="plan-scroll" tabindex="0" role="region" aria-label=t.plan_help_title()>
            <table class="week">
                <thead><tr><th scope="col">{t.key_cut()}</th><th scope="col">{t.key_select()}</th><th scope="col">{t.key_paste()}</th></tr></thead>
                <tbody><tr><td><i class="slot gel-1 cut"></i></td><td><i class="slot gel-1 chosen"></i></td><td class="over"></td></tr></tbody>
            </table>
            <div class="stack tight">{toasts}</div>
        </div>
    };
    let about = "What is cut is pale, what is chosen has a tick, the cell under what is dragged a frame. A toast goes by itself.";
    Part::block("by-hand", "By hand", about, shown.into_any())
}
