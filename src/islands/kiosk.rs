//! The kiosk reads codes from the camera and from a wedge scanner all day, answers full-screen, and goes on when camera or
//! network are lost. A form cannot hold a camera.

use super::outcome::{Look, look};
use leptos::prelude::*;
use serde::Serialize;

/// What the server says of a scan, in words.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answer {
    /// `ok`, `no` or `warn`.
    pub outcome: String,
    /// The punch's kind, or the code of the refusal.
    pub kind: String,
    pub title: String,
    pub line: String,
    pub time: String,
    pub facts: Vec<(String, String)>,
    pub steps: Vec<String>,
    /// The server's clock, in milliseconds since 1970.
    pub server_ms: i64,
}

/// The words of the kiosk.
#[derive(Clone, Debug)]
pub struct KioskWords {
    pub title: String,
    pub place: String,
    pub online: String,
    pub offline: String,
    pub camera_starting: String,
    pub camera_live: String,
    pub camera_refused: String,
    pub camera_absent: String,
    pub camera_lost: String,
    pub reading: String,
    pub lost_title: String,
    pub lost_text: String,
    pub nothing: String,
    pub recorded: String,
    pub full_screen: String,
    pub clock: String,
    pub clock_fast: String,
    pub clock_slow: String,
    pub inactive_title: String,
    pub inactive_text: String,
    pub inactive_step: String,
    pub unpaired_title: String,
    pub unpaired_text: String,
    pub unpaired_step: String,
    pub unpaired_wait: String,
    pub pair: String,
}

/// What is to be seen while nobody's answer is: nothing is known before the browser's part begins.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub minutes: String,
    pub seconds: String,
    pub date: String,
    /// That the tablet's clock is wrong.
    pub drift: String,
    /// The camera reads.
    pub is_live: bool,
}

/// The kiosk before the first scan; `live/kiosk.rs` does the rest.
#[component]
pub fn KioskIsland(
    words: KioskWords,
    worker: String,
    decoder: String,
    time_zone: String,
    language: String,
    server_ms: i64,
) -> impl IntoView {
    let idle = view! { <KioskIdle words=words.clone() worker=worker decoder=decoder seen=Seen::default() is_picture=false /> };
    let result = view! { <KioskResult words=words.clone() answer=Answer::default() is_shown=false /> };
    view! {
        <div data-island="kiosk" data-now=server_ms data-zone=time_zone data-language=language data-lost-title=words.lost_title data-lost-text=words.lost_text
            data-inactive-title=words.inactive_title data-inactive-text=words.inactive_text data-inactive-step=words.inactive_step
            data-unpaired-title=words.unpaired_title data-unpaired-text=words.unpaired_text data-unpaired-step=words.unpaired_step data-unpaired-wait=words.unpaired_wait>
            {idle}{result}
        </div>
    }
}

/// An empty text would be drawn as a space.
fn text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The clock and the camera. `is_picture`: it is no page's main part, and as large as its place.
#[component]
pub fn KioskIdle(words: KioskWords, worker: String, decoder: String, seen: Seen, is_picture: bool) -> impl IntoView {
    let class = if is_picture { "kiosk idle overlay" } else { "kiosk idle" };
    let (camera, camera_words) =
        if seen.is_live { ("live", words.camera_live.clone()) } else { ("starting", words.camera_starting.clone()) };
    let is_right = seen.drift.is_empty();
    let scan = view! {
        <header><h1>{words.title}</h1><p>{words.place}</p></header>
        <div class="camera"><kiosk-camera worker=worker decoder=decoder></kiosk-camera>
            <svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><path d="M120 104V84a14 14 0 0 1 14-14h20M246 70h20a14 14 0 0 1 14 14v20M280 196v20a14 14 0 0 1-14 14h-20M154 230h-20a14 14 0 0 1-14-14v-20"></path></svg>
        </div>
        <footer>
            <span class="row" data-part="network" data-state="online"><svg class="icon" aria-hidden="true"><use data-part="network-icon" href="/icons.svg#i-wifi"></use></svg><span data-part="network-words" data-online=words.online data-offline=words.offline>{words.online.clone()}</span></span>
            <span class="row" data-part="camera" data-camera=camera data-starting=words.camera_starting data-live=words.camera_live data-refused=words.camera_refused data-absent=words.camera_absent data-lost=words.camera_lost>{camera_words}</span>
            <button class="btn secondary push" data-part="full-screen">{words.full_screen}</button>
        </footer>
    };
    let scan = if is_picture {
        view! { <section class="scan">{scan}</section> }.into_any()
    } else {
        view! { <main class="scan" id="main">{scan}</main> }.into_any()
    };
    view! {
        <div class=class>
            <p class="strip" role="status" data-part="drift" data-fast=words.clock_fast data-slow=words.clock_slow hidden=is_right>{text(seen.drift)}</p>
            <section class="departures" aria-label=words.clock>
                <p class="clock"><span data-part="minutes">{text(seen.minutes)}</span><small data-part="seconds">{text(seen.seconds)}</small></p>
                <p class="date" data-part="date">{text(seen.date)}</p>
            </section>
            {scan}
        </div>
    }
}

/// An answer, over the whole screen; the browser makes the next ones of it.
#[component]
pub fn KioskResult(words: KioskWords, answer: Answer, is_shown: bool) -> impl IntoView {
    let Look { class, icon, role } = look(&answer.outcome);
    let kept = if answer.outcome == "ok" { words.recorded.clone() } else { words.nothing.clone() };
    let facts = answer.facts.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view();
    let steps = answer.steps.into_iter().map(|step| view! { <li><span>{step}</span></li> }).collect_view();
    let is_hidden = !is_shown;
    view! {
        <div class=class data-part="result" data-outcome=answer.outcome data-kind=answer.kind hidden=is_hidden>
            <div class="main">
                <div class="hero" data-part="hero" role=role>
                    <svg class="icon" aria-hidden="true"><use data-part="result-icon" href=icon></use></svg>
                    <p class="big" data-part="title">{text(answer.title)}</p>
                    <p class="punch"><span data-part="line">{text(answer.line)}</span>" "<b data-part="time">{text(answer.time)}</b></p>
                </div>
                <dl class="sum" data-part="facts">{facts}</dl>
                <ol class="todo" data-part="steps">{steps}</ol>
            </div>
            <footer><span data-part="kept" data-recorded=words.recorded data-nothing=words.nothing>{kept}</span><span class="push" data-part="reading">{words.reading}</span><a class="btn push" data-part="pair" href="/kiosk" hidden>{words.pair}</a></footer>
        </div>
    }
}
