//! Buttons, states, text, people, icons, messages, and what stands where there is nothing, or not yet.

use super::super::conflicts::overrule_form;
use super::super::plan::edit::{EditForm, refusal_view};
use super::*;
use crate::kernel::{AssignmentId, MissionId};

/// Every icon of the sprite.
const ICONS: [&str; 37] = [
    "ban", "calendar", "chart", "check", "clock", "copy", "download", "empty", "enter", "exit", "file", "gear", "home", "info",
    "key", "laptop", "left", "mail", "pencil", "phone", "plus", "qr", "redo", "right", "search", "shield", "stop", "swap",
    "tablet", "undo", "user", "useradd", "users", "warn", "wifi", "wifioff", "x",
];

pub(super) fn parts(member: &Member) -> Vec<Part> {
    let t = member.words();
    vec![buttons(), states(t), text(), people(), icons(), messages(t), dialogs(member), waiting(t)]
}

fn buttons() -> Part {
    let shown = view! {
        <div class="row"><button class="btn primary" type="button">"Primary"</button><button class="btn secondary" type="button">"Secondary"</button><button class="btn" type="button">"Quiet"</button><button class="btn danger" type="button">"Danger"</button><button class="btn danger-quiet" type="button">"Danger quiet"</button></div>
        <div class="row"><button class="btn primary" type="button">"Key"<kbd>"P"</kbd></button><button class="btn secondary" type="button"><Icon name="plus" />"Icon"</button><button class="btn square secondary" type="button" aria-label="Add"><Icon name="plus" /></button><button class="btn pick" type="button">"Pick"<Icon name="right" small=true /></button><button class="btn primary" type="button" disabled>"Disabled"</button></div>
        <button class="btn primary large block" type="button">"Large, as wide as its place"</button>
    };
    let about = "One primary button a view. What destroys is a word until the last step.";
    Part::new("buttons", "Buttons", about, shown.into_any())
}

fn states(t: &Words) -> Part {
    let pills = [
        ("positive", "check", t.assignment_accepted()),
        ("warning", "warn", t.hours_forgotten()),
        ("danger", "stop", t.assignment_declined()),
        ("info", "mail", t.assignment_invited()),
        ("accent", "swap", t.assignment_changed()),
        ("", "pencil", t.assignment_draft()),
        ("outline", "key", "CACES".to_owned()),
        ("now", "clock", t.mission_now()),
    ];
    let pills = pills.into_iter().map(|(tone, icon, text)| view! { <Pill tone icon text /> }).collect_view();
    let shown = view! {
        <div class="row">{pills}</div>
        <p class="row">{t.nav_punches()}<span class="count">"4"</span></p>
    };
    Part::new("states", "States", "A colour never speaks alone: an icon and a word are with it.", shown.into_any())
}

fn text() -> Part {
    let shown = view! {
        <div class="stack tight">
            <h3>"A heading in a part"</h3>
            <p>"What is read. "<strong class="strong">"What weighs."</strong>" "<a href="#text">"Where it goes on."</a></p>
            <p class="muted">"What goes with it."</p>
            <p class="faint">"What is a label."</p>
            <p class="small muted">"What is small, and " <span class="num">"35 h 10"</span>" that do not break."</p>
            <p><code>"server.development"</code>" "<kbd>"Ctrl"</kbd>" "<kbd>"Z"</kbd>" "<span class="hash">"1f0a·93c4"</span></p>
            <p><del>"Studio 2"</del>" → "<ins>"Grande salle"</ins></p>
        </div>
    };
    Part::new("text", "Text", "Three inks, three weights.", shown.into_any())
}

fn people() -> Part {
    let names = ["Claire Vasseur", "Karim Benali", "Inès Moreau", "Hugo Lambert", "Sarah Gomis", "Jean-Paul Roux"];
    let avatars = names.into_iter().map(|name| view! { <Avatar name=name /> }).collect_view();
    let gels = (0..=6_i64).map(|gel| view! { <span class=format!("row small gel-{gel}")><i class="swatch"></i>{gel}</span> });
    let gels = gels.collect_view();
    let shown = view! {
        <div class="row">{avatars}<span class="avatar l gel-4" aria-hidden="true">"CV"</span><span class="avatar" aria-hidden="true"><Icon name="gear" small=true /></span><span class="tile-icon"><Icon name="phone" /></span></div>
        <span class="person"><Avatar name="Karim Benali" /><span><strong>"Karim Benali"</strong><small>"Son"</small></span></span>
        <div class="row">{gels}</div>
    };
    let about = "A colour tells faces and projects apart and means nothing. The name is beside it.";
    Part::new("people", "People and projects", about, shown.into_any())
}

fn icons() -> Part {
    let icons = ICONS.into_iter().map(|name| view! { <span class="row small"><Icon name />{name}</span> }).collect_view();
    let shown = view! { <div class="row">{icons}</div> };
    Part::new("icons", "Icons", "One file, drawn with a line.", shown.into_any())
}

fn messages(t: &Words) -> Part {
    let shown = view! {
        <div class="note"><Icon name="shield" /><p>{t.audit_verify_lead()}</p><form class="push" method="get"><button class="btn secondary">{t.audit_verify()}</button></form></div>
        <div class="note info"><Icon name="info" /><p>{t.time_off_help()}</p></div>
        <div class="note positive"><Icon name="check" /><p>{t.flash_plan_published()}</p></div>
        <div class="note warning"><Icon name="warn" /><p>{t.place_nobody_left()}</p></div>
        <div class="note danger"><Icon name="stop" /><div><strong>{t.audit_broken()}</strong><p>{t.audit_broken_lead()}</p></div></div>
    };
    let about = "A note stays in its page.";
    Part::new("messages", "Messages", about, shown.into_any())
}

fn dialogs(member: &Member) -> Part {
    let (lang, t) = (member.visitor.lang, member.words());
    let text = words_of("edit.nothing", lang);
    let refusal = refusal_view(member, &sample::sight(member, "week"), &EditForm::default(), text, &[]);
    let overrule = overrule_form(member, AssignmentId(9), &sample::outside(MissionId(9)), "/plan");
    let shown = view! { <div class="dialog" role="group" aria-label=t.plan_refused()>{refusal}</div>{overrule} };
    let about = "The planner alone opens dialogs. Elsewhere what is rare unfolds, and works without scripts.";
    Part::new("dialogs", "Dialog and details", about, shown.into_any())
}

fn waiting(t: &Words) -> Part {
    let shown = view! {
        <Empty title=t.hours_empty_title() text=t.hours_empty_text() />
        <progress value="62" max="100" aria-label="Some"></progress>
        <progress class="thin ink" value="36" max="48" aria-label="Few"></progress>
        <progress class="thin warning" value="45" max="48" aria-label="Many"></progress>
    };
    let about = "What there is nothing of says what to do about it.";
    Part::new("waiting", "Empty, progress", about, shown.into_any())
}
