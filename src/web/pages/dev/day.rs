//! What the crew has in its hands: what to answer, the days to come, the badge.

use super::super::badge::badge_words;
use super::super::my_missions::{card, days};
use super::*;
use crate::islands::badge::{BadgeCode, BadgeIsland};
use crate::kernel::{AssignmentId, CrewMemberId};
use crate::planning::{AssignmentStatus, Colleague, Mission, MyMission};
use crate::web::qr;

pub(super) fn parts(member: &Member) -> Vec<Part> {
    vec![missions(member), badge(member.words())]
}

fn missions(member: &Member) -> Part {
    let (lang, now) = (member.visitor.lang, sample::at(20, (9, 0)));
    let show = mine(31, sample::mission(31, 1, "Représentation", 21, (17, 0), (23, 30)), AssignmentStatus::Invited);
    let set_up = mine(32, sample::mission(32, 1, "Montage", 20, (8, 0), (17, 0)), AssignmentStatus::Accepted);
    let run = mine(33, sample::mission(33, 1, "Générale", 20, (19, 0), (23, 30)), AssignmentStatus::Cancelled);
    let action = |id: AssignmentId| member.url(&format!("/missions/answers/{id}"));
    let card = card(&show, now, lang, &action(show.assignment.id));
    let days = days(vec![set_up, run], now, sample::TODAY, lang, &action);
    let shown = view! { {card}{days} };
    let about = "What waits for an answer, then one line down the page, time first. The lamp is now.";
    Part::new("missions", "Missions", about, shown.into_any())
}

fn mine(id: i64, mission: Mission, status: AssignmentStatus) -> MyMission {
    MyMission {
        assignment: sample::on(id, &mission, CrewMemberId(1), 0, status),
        mission,
        role: "Son".to_owned(),
        project: Some("Le Soulier de satin".to_owned()),
        colleagues: vec![Colleague { name: "Inès Moreau".to_owned(), role: "Lumière".to_owned() }],
    }
}

fn badge(t: &Words) -> Part {
    // A text of a badge's length that is nobody's.
    let drawn = qr::badge("NOT-A-BADGE-OF-ANYBODY-1");
    let (path, side) = drawn.map_or_else(|| (String::new(), 33), |drawn| (drawn.path, i64::try_from(drawn.side).unwrap_or(33)));
    let first = BadgeCode { path, side, left_ms: 19_000, life_ms: 30_000, next: "in".to_owned(), since: String::new() };
    let shown = view! { <BadgeIsland first words=badge_words(t) renew_url=String::new() /> };
    let about = "Black on white whatever the scheme, as wide as the screen allows. Its frame is the time left.";
    Part::new("badge", "Badge", about, shown.into_any())
}
