//! Lists, cards, tables that are cards on phones, figures.

use super::super::badge::device_line;
use super::super::figures::{ProjectCost, costs};
use super::super::hours::tiles;
use super::super::kiosks;
use super::*;
use crate::kernel::{CrewMemberId, DeviceId, KioskId};
use crate::planning::service::Cost;
use crate::timeclock::{Device, Kiosk};

pub(super) fn parts(member: &Member) -> Vec<Part> {
    vec![lists(member), tables(member.words()), figures(member)]
}

fn lists(member: &Member) -> Part {
    let t = member.words();
    let phone = Device {
        id: DeviceId(1),
        crew_member_id: CrewMemberId(1),
        fingerprint: String::new(),
        name: "Pixel de Karim".to_owned(),
        attestation: None,
        registered_at: sample::at(16, (7, 52)),
        last_seen_at: None,
        revoked_at: None,
    };
    let door = Kiosk {
        id: KioskId(1),
        org_id: member.org.id,
        name: "Entrée des artistes".to_owned(),
        place: "4 rue du Mail".to_owned(),
        fingerprint: String::new(),
        is_active: true,
        has_key: false,
        paired_at: Some(sample::at(16, (7, 52))),
        last_seen_at: Some(sample::at(16, (7, 52))),
        app_version: None,
        device_info: None,
        created_at: Instant(0),
    };
    let (phone, door) = (device_line(member, phone, true), kiosks::line(member, door, Typed::default()));
    let shown = view! {
        <ul class="list">{phone}{door}</ul>
        <div class="card stack tight"><h3>{t.nav_projects()}</h3>
            <dl class="facts"><dt>{t.mission_place()}</dt><dd><del>"Studio 2"</del>" → "<ins>"Grande salle"</ins></dd><dt>{t.field_time_zone()}</dt><dd>"Europe/Paris"</dd></dl></div>
    };
    let about = "Lines order a page. A card holds what can be answered or moved.";
    Part::new("lists", "Lists and cards", about, shown.into_any())
}

fn tables(t: &Words) -> Part {
    let rows = [
        table_row(t, "Karim Benali", "Son", 2110, "positive", "check", t.assignment_accepted()),
        table_row(t, "Inès Moreau", "Lumière", 2715, "warning", "warn", t.hours_forgotten()),
    ];
    let shown = view! {
        <div class="table-wrap"><table class="table" role="table"><caption class="vh">{t.nav_crew()}</caption>
            <thead role="rowgroup"><tr role="row"><th role="columnheader"><span class="vh">{t.member_pick_head()}</span></th><th role="columnheader">{t.sheet_person()}</th><th role="columnheader">{t.field_job()}</th><th role="columnheader" class="end">{t.hours_worked()}</th><th role="columnheader">{t.member_state()}</th><th role="columnheader"><span class="vh">{t.assign_button()}</span></th></tr></thead>
            <tbody role="rowgroup"><tr role="row" class="group"><th role="rowheader" colspan="6" scope="rowgroup">"Le Soulier de satin"</th></tr>{rows}</tbody>
        </table></div>
    };
    let about =
        "Where a table has less than 640 pixels, each row is a card: what is picked in its corner, each value with its name.";
    Part::new("tables", "Tables", about, shown.into_any())
}

fn table_row(
    t: &Words,
    name: &'static str,
    job: &'static str,
    minutes: i64,
    tone: &'static str,
    icon: &'static str,
    state: String,
) -> AnyView {
    view! {
        <tr role="row">
            <td role="cell" class="corner"><input type="checkbox" aria-label=t.member_pick(name) /></td>
            <th scope="row" role="rowheader"><span class="person"><Avatar name=name /><span><a href="#tables">{name}</a></span></span></th>
            <td role="cell" data-label=t.field_job()>{job}</td>
            <td role="cell" data-label=t.hours_worked() class="num end">{format::minutes(minutes)}</td>
            <td role="cell" data-label=t.member_state()><Pill tone icon text=state /></td>
            <td role="cell" class="bare"><form class="row" method="get"><button class="btn secondary" aria-label=t.candidates_assign_name(name)>{t.assign_button()}</button></form></td>
        </tr>
    }
    .into_any()
}

fn figures(member: &Member) -> Part {
    let (lang, t) = (member.visitor.lang, member.words());
    let tiles = tiles(t, format::minutes(2110), Some((format::minutes(250), Some(t.hours_since("08:02")))));
    let project =
        |name: &str, colour, cents| ProjectCost { name: name.to_owned(), colour, cost: Cost { cents, places: 4, unknown: 0 } };
    let costs = costs(&[project("Le Soulier de satin", 1, 123_450), project("Cabaret", 2, 48_200)], lang);
    let shown = view! { <div class="pair">{tiles}{chart()}</div>{costs} };
    let about = "A drawing has its sentence, and a table that says the same where there is more than one number.";
    Part::new("figures", "Figures", about, shown.into_any())
}

/// Hours that were planned and worked, and the rest between two days against the one that is needed.
fn chart() -> AnyView {
    view! {
        <div>
            <svg class="chart" viewBox="0 0 420 150" role="img" aria-label="Hours: 8, 7, 9 and 3 until now. Rest: 9 h 20 of 11.">
                <path class="grid" d="M0 14H420M0 42H420"></path><path class="base" d="M0 70.5H420"></path>
                <rect class="planned" x="20" y="14" width="52" height="56" rx="4"></rect><rect class="done" x="25" y="14" width="42" height="56" rx="3"></rect>
                <rect class="planned" x="120" y="20" width="52" height="50" rx="4"></rect><rect class="done" x="125" y="21" width="42" height="49" rx="3"></rect>
                <rect class="planned" x="220" y="20" width="52" height="50" rx="4"></rect><rect class="over" x="225" y="8" width="42" height="62" rx="3"></rect>
                <rect class="planned" x="320" y="12" width="52" height="58" rx="4"></rect><rect class="live" x="325" y="48" width="42" height="22" rx="3"></rect>
                <rect class="work" x="20" y="110" width="120" height="20" rx="3"></rect><rect class="rest" x="140" y="110" width="110" height="20"></rect><rect class="need" x="140" y="106" width="130" height="28"></rect><rect class="work" x="250" y="110" width="120" height="20" rx="3"></rect>
                <text class="bad" x="195" y="124" text-anchor="middle">"9 h 20"</text>
            </svg>
        </div>
    }
    .into_any()
}
