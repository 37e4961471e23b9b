//! The kiosk reads codes from the camera and from a wedge scanner all day, answers full-screen, and goes on when camera or
//! network are lost. A form cannot hold a camera.

use super::browser;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the server says of a scan, in words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Serialize, Deserialize)]
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
}

/// How long an answer stays when nobody else comes.
const SHOWN_MS: f64 = 3500.0;
/// How often a scan is sent again when the network fails; with the same key, so it is recorded once.
const TRIES: u32 = 3;

/// The live kiosk.
#[island]
pub fn KioskIsland(
    words: KioskWords,
    worker: String,
    decoder: String,
    time_zone: String,
    language: String,
    server_ms: i64,
) -> impl IntoView {
    let (shown, set_shown) = signal(None::<Answer>);
    let (online, set_online) = signal(true);
    let (camera, set_camera) = signal("starting".to_owned());
    let (clock, set_clock) = signal((String::new(), String::new(), String::new()));
    let words = StoredValue::new(words);

    Effect::new(move || {
        // The tablet's clock may be wrong; the server's is shown.
        let offset = StoredValue::new(server_ms as f64 - browser::now_ms());
        let turn = StoredValue::new(0u32);
        let (zone, language) = (time_zone.clone(), language.clone());
        browser::keep_awake();
        browser::every(500.0, move || {
            let text = browser::wall_clock(browser::now_ms() + offset.get_value(), &zone, &language);
            let mut lines = text.lines().map(str::to_owned);
            let mut next = || lines.next().unwrap_or_default();
            set_clock.set((next(), next(), next()));
        });
        let show = move |answer: Answer| {
            let mine = turn.get_value() + 1;
            turn.set_value(mine);
            browser::beep(answer.outcome == "ok");
            set_shown.set(Some(answer));
            browser::after(SHOWN_MS, move || {
                if turn.get_value() == mine {
                    set_shown.set(None);
                }
            });
        };
        let heard = move |code: String| {
            let body = format!("code={}&key={}", browser::encode(&code), browser::random_key());
            send(body, TRIES, move |answer| match answer {
                Some(answer) => {
                    set_online.set(true);
                    offset.set_value(answer.server_ms as f64 - browser::now_ms());
                    show(answer);
                }
                None => {
                    set_online.set(false);
                    let (title, line) = words.with_value(|w| (w.lost_title.clone(), w.lost_text.clone()));
                    show(Answer { outcome: "warn".into(), title, line, ..Answer::default() });
                }
            });
        };
        browser::on_camera(move |what, text| if what == "code" { heard(text) } else { set_camera.set(text) });
        browser::on_wedge(heard);
        browser::every(25_000.0, move || {
            browser::post("/kiosk/pulse", "version=1", move |status, text| {
                set_online.set(status == 200);
                if let Ok(now) = text.parse::<f64>() {
                    offset.set_value(now - browser::now_ms());
                }
                // Unpaired elsewhere: back to the pairing page.
                if status == 401 {
                    set_camera.set("refused".to_owned());
                }
            });
        });
    });

    let camera_words = move || {
        words.with_value(|w| match camera.get().as_str() {
            "live" => w.camera_live.clone(),
            "refused" => w.camera_refused.clone(),
            "absent" => w.camera_absent.clone(),
            "starting" => w.camera_starting.clone(),
            _ => w.camera_lost.clone(),
        })
    };
    let w = move |pick: fn(&KioskWords) -> &String| words.with_value(|words| pick(words).clone());
    let answer = move || shown.get().unwrap_or_default();
    let result_class = move || {
        let tone = match answer().outcome.as_str() {
            "ok" => "",
            "warn" => " warn",
            _ => " no",
        };
        format!("kiosk result overlay{tone}")
    };
    view! {
        <div class="kiosk idle">
            <section class="departures" aria-label=w(|w| &w.clock)>
                <p class="clock">{move || clock.get().0}<small>{move || clock.get().1}</small></p>
                <p class="date">{move || clock.get().2}</p>
            </section>
            <main class="scan" id="main">
                <header><h1>{w(|w| &w.title)}</h1><p>{w(|w| &w.place)}</p></header>
                <div class="camera"><kiosk-camera worker=worker decoder=decoder></kiosk-camera>
                    <svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><path d="M120 104V84a14 14 0 0 1 14-14h20M246 70h20a14 14 0 0 1 14 14v20M280 196v20a14 14 0 0 1-14 14h-20M154 230h-20a14 14 0 0 1-14-14v-20"></path></svg>
                </div>
                <footer>
                    <span class="row" data-state=move || if online.get() { "online" } else { "offline" }><svg class="icon" aria-hidden="true"><use href=move || if online.get() { "/icons.svg#i-wifi" } else { "/icons.svg#i-wifioff" }></use></svg>{move || if online.get() { w(|w| &w.online) } else { w(|w| &w.offline) }}</span>
                    <span class="row" data-camera=move || camera.get()>{camera_words}</span>
                    <button class="btn secondary push" on:click=move |_| browser::full_screen()>{w(|w| &w.full_screen)}</button>
                </footer>
            </main>
        </div>
        <div class=result_class hidden=move || shown.get().is_none() data-outcome=move || answer().outcome data-kind=move || answer().kind>
            <div class="main">
                <div class="hero" role=move || if answer().outcome == "ok" { "status" } else { "alert" }>
                    <svg class="icon" aria-hidden="true"><use href=move || match answer().outcome.as_str() { "ok" => "/icons.svg#i-check", "warn" => "/icons.svg#i-warn", _ => "/icons.svg#i-x" }></use></svg>
                    <p class="big">{move || answer().title}</p>
                    <p class="punch">{move || answer().line}" "<b>{move || answer().time}</b></p>
                </div>
                <dl class="sum">{move || answer().facts.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view()}</dl>
                <ol class="todo">{move || answer().steps.into_iter().map(|step| view! { <li><span>{step}</span></li> }).collect_view()}</ol>
            </div>
            <footer><span>{move || if answer().outcome == "ok" { w(|w| &w.recorded) } else { w(|w| &w.nothing) }}</span><span class="push">{w(|w| &w.reading)}</span></footer>
        </div>
    }
}

/// Sends a scan, again when the network fails. `None` when it could not be sent.
fn send(body: String, tries: u32, done: impl Fn(Option<Answer>) + Clone + 'static) {
    let again = body.clone();
    browser::post("/kiosk/scan", &body, move |status, text| match leptos::serde_json::from_str::<Answer>(&text) {
        Ok(answer) if status == 200 => done(Some(answer)),
        _ if tries > 1 && (status == 0 || status >= 500) => browser::after(700.0, move || send(again, tries - 1, done)),
        _ => done(None),
    });
}
