//! The kiosk at the door, in small: the whole screen of a tablet, drawn into a picture.

use super::*;
use jiff::civil::date;

pub(super) fn parts(lang: Lang) -> Vec<Part> {
    let t = words(lang);
    let screens = [
        picture(t.kiosk_camera_live(), idle(lang, None)),
        picture(t.kiosk_clock(), idle(lang, Some(t.kiosk_clock_fast()))),
        picture(t.kiosk_recorded(), accepted(t)),
        picture(t.kiosk_used(), refused(t)),
        picture(t.kiosk_too_soon(), warned(t)),
    ];
    let shown = view! { <div class="stack wide"><div class="pair">{screens}</div></div> };
    let about =
        "Read from two metres. An answer has the whole screen in one colour, a sign and words; a refusal says what to do.";
    vec![Part::new("door", "Kiosk", about, shown.into_any())]
}

/// A screen as large as it is, drawn smaller: what fills the window by itself fills the picture instead. Nothing in it can be
/// reached; its name is below.
fn picture(name: String, screen: AnyView) -> AnyView {
    view! {
        <figure class="stack tight">
            <div inert><svg width="100%" viewBox="0 0 1600 1100"><foreignObject width="1600" height="1100">{screen}</foreignObject></svg></div>
            <figcaption class="small muted">{name}</figcaption>
        </figure>
    }
    .into_any()
}

fn idle(lang: Lang, drift: Option<String>) -> AnyView {
    let t = words(lang);
    let day = format::day_of_year(date(2026, 11, 20), lang);
    let strip = drift.map(|text| view! { <p class="strip">{text}</p> });
    view! {
        <div class="kiosk idle overlay">
            {strip}
            <section class="departures"><p class="clock"><span>"07:52"</span><small>"18"</small></p><p class="date">{day}</p></section>
            <section class="scan">
                <header><h1>{t.kiosk_title()}</h1><p>"Théâtre du Mail · Entrée des artistes"</p></header>
                <div class="camera"><svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><path class="ghost" d="M176 92h48a10 10 0 0 1 10 10v96a10 10 0 0 1-10 10h-48a10 10 0 0 1-10-10v-96a10 10 0 0 1 10-10Z"></path><path d="M120 104V84a14 14 0 0 1 14-14h20M246 70h20a14 14 0 0 1 14 14v20M280 196v20a14 14 0 0 1-14 14h-20M154 230h-20a14 14 0 0 1-14-14v-20"></path><path class="beam" d="M132 150h136"></path></svg></div>
                <footer><span class="row"><Icon name="wifi" />{t.kiosk_online()}</span><span class="row">{t.kiosk_camera_live()}</span><button class="btn secondary push" type="button">{t.kiosk_full_screen()}</button></footer>
            </section>
        </div>
    }
    .into_any()
}

/// What a scan is answered.
struct Said {
    class: &'static str,
    icon: &'static str,
    title: String,
    line: String,
    time: &'static str,
    facts: Vec<(String, String)>,
    steps: Vec<String>,
    kept: String,
}

fn result(t: &Words, said: Said) -> AnyView {
    let facts = said.facts.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view();
    let steps = said.steps.into_iter().map(|step| view! { <li><span>{step}</span></li> }).collect_view();
    view! {
        <div class=said.class>
            <div class="main">
                <div class="hero"><Icon name=said.icon /><p class="big">{said.title}</p><p class="punch"><span>{said.line}</span>" "<b>{said.time}</b></p></div>
                <dl class="sum">{facts}</dl>
                <ol class="todo">{steps}</ol>
            </div>
            <footer><span>{said.kept}</span><span class="push">{t.kiosk_reading()}</span></footer>
        </div>
    }
    .into_any()
}

fn accepted(t: &Words) -> AnyView {
    let said = Said {
        class: "kiosk result overlay",
        icon: "check",
        title: t.kiosk_hello("Karim"),
        line: t.badge_in(),
        time: "08:02",
        facts: vec![(t.hours_today(), format::minutes(0))],
        steps: Vec::new(),
        kept: t.kiosk_recorded(),
    };
    result(t, said)
}

fn refused(t: &Words) -> AnyView {
    let said = Said {
        class: "kiosk result overlay no",
        icon: "x",
        title: t.kiosk_used(),
        line: t.punch_already_used(),
        time: "",
        facts: Vec::new(),
        steps: vec![t.kiosk_step_open(), t.kiosk_step_wait(30_i64), t.kiosk_step_show()],
        kept: t.kiosk_nothing(),
    };
    result(t, said)
}

fn warned(t: &Words) -> AnyView {
    let said = Said {
        class: "kiosk result overlay warn",
        icon: "warn",
        title: t.kiosk_too_soon(),
        line: t.punch_too_soon(),
        time: "",
        facts: Vec::new(),
        steps: Vec::new(),
        kept: t.kiosk_nothing(),
    };
    result(t, said)
}
