//! What the crew has in its hands: what to answer, the days to come, the badge.

use super::*;
use crate::islands::badge::{BadgeCode, BadgeIsland, BadgeWords};
use crate::web::qr;
use jiff::civil::date;

pub(super) fn parts(lang: Lang) -> Vec<Part> {
    vec![missions(lang), badge(words(lang))]
}

fn missions(lang: Lang) -> Part {
    let shown = view! { {reply(lang)}{cues(lang)} };
    let about = "What waits for an answer, then one line down the page, time first. The lamp is now.";
    Part::new("missions", "Missions", about, shown.into_any())
}

fn reply(lang: Lang) -> AnyView {
    let t = words(lang);
    let day = format::day_of_year(date(2026, 11, 21), lang);
    view! {
        <section class="card reply stack tight" aria-labelledby="reply-title">
            <div class="row"><Pill tone="accent" icon="mail" text=t.answer_waiting() /></div>
            <h3 id="reply-title">"Représentation, "{day}</h3>
            <p class="muted"><strong class="strong">"17:00 – 23:30"</strong>" · Son"<br />"Le Soulier de satin · Grande salle"</p>
            <div class="answers">
                <details><summary class="btn secondary">{t.answer_no()}</summary><form class="stack tight" method="get"><div class="field"><label for="sample-reason">{t.answer_reason()}</label><input class="input" id="sample-reason" name="reason" maxlength="300" /></div><button class="btn danger">{t.answer_no_sure()}</button></form></details>
                <form method="get"><button class="btn primary">{t.answer_yes()}</button></form>
            </div>
        </section>
    }
    .into_any()
}

fn cues(lang: Lang) -> AnyView {
    let t = words(lang);
    let day = format::day_of_year(date(2026, 11, 20), lang);
    view! {
        <section><h3 class="day">{t.today()}" "<span>{day}</span></h3>
            <ol class="cues">
                <li class="now"><time datetime="2026-11-20T08:00+01:00">"08:00"<small>"17:00"</small></time><div><span class="title">"Montage"</span><p>"Son · Grande salle"</p><div class="row"><Pill tone="now" icon="clock" text=t.mission_now() /></div></div></li>
                <li><time datetime="2026-11-20T19:00+01:00">"19:00"<small>"23:30"</small></time><div><span class="title">"Générale"</span><p>"Son · Grande salle"</p><div class="row"><Pill tone="danger" icon="ban" text=t.assignment_cancelled() /></div></div></li>
            </ol></section>
    }
    .into_any()
}

fn badge(t: &Words) -> Part {
    // A text of a badge's length that is nobody's.
    let drawn = qr::badge("NOT-A-BADGE-OF-ANYBODY-1");
    let (path, side) = drawn.map_or_else(|| (String::new(), 33), |drawn| (drawn.path, i64::try_from(drawn.side).unwrap_or(33)));
    let first = BadgeCode { path, side, left_ms: 19_000, life_ms: 30_000, next: "in".to_owned(), since: String::new() };
    let said = BadgeWords {
        enter: t.badge_in(),
        exit: t.badge_out(),
        pause_end: t.badge_break_end(),
        renews: t.badge_renews(),
        failed: t.badge_failed(),
        label: t.badge_label(),
    };
    let shown = view! { <BadgeIsland first words=said renew_url=String::new() /> };
    let about = "Black on white whatever the scheme, as wide as the screen allows. Its frame is the time left.";
    Part::new("badge", "Badge", about, shown.into_any())
}
