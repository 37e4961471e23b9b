//! The live kiosk.

use super::browser;
use super::part::{Facts, Part};
use crate::islands::drift;
use crate::islands::outcome::{Look, look};
use crate::kernel::Drift;
use js_sys::Array;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// How long an answer stays when nobody else comes.
const SHOWN_MS: f64 = 3500.0;
/// How often a scan is sent again when the network fails; with the same key, so it is recorded once.
const TRIES: u32 = 3;
/// How long to wait before that.
const AGAIN_MS: f64 = 700.0;
/// How often the clock is drawn.
const CLOCK_MS: f64 = 500.0;
/// How often the server hears that the tablet is there.
const PULSE_MS: f64 = 25_000.0;
/// How long a tablet that is no kiosk any more says so, before it goes to where it can be paired.
const UNPAIRED_MS: f64 = 8000.0;

/// Whether the tablet may read, as far as the server has told.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Ready,
    /// Somebody has switched the kiosk off.
    Inactive,
    /// The kiosk was removed, or another tablet has taken its place.
    Unpaired,
}

/// What the server says of a scan, in words.
#[derive(Default)]
struct Answer {
    outcome: String,
    kind: String,
    title: String,
    line: String,
    time: String,
    facts: Vec<(String, String)>,
    steps: Vec<String>,
    server_ms: f64,
}

struct Kiosk {
    page: Part,
    minutes: Part,
    seconds: Part,
    date: Part,
    drift: Part,
    network: Part,
    network_icon: Part,
    network_words: Part,
    camera: Part,
    result: Part,
    hero: Part,
    result_icon: Part,
    title: Part,
    line: Part,
    time: Part,
    facts: Part,
    steps: Part,
    kept: Part,
    reading: Part,
    pair: Part,
    zone: String,
    language: String,
    /// What to add to this machine's clock: the tablet's may be wrong, the server's is shown.
    offset_ms: Cell<f64>,
    /// Counts answers, so that only the last one's end hides it.
    turn: Cell<u32>,
    /// An answer is on the screen.
    is_answering: Cell<bool>,
    standing: Cell<Standing>,
}

/// Wakes the kiosk, if the page has one.
pub fn wake() -> Option<()> {
    let kiosk = Rc::new(Kiosk::find(Part::island("kiosk")?)?);
    browser::keep_awake();
    let clock = Rc::clone(&kiosk);
    browser::every(CLOCK_MS, move || clock.draw_clock());
    let camera = Rc::clone(&kiosk);
    browser::on_camera(move |what, text| if what == "code" { camera.hear(&text) } else { camera.draw_camera(&text) });
    let wedge = Rc::clone(&kiosk);
    browser::on_wedge(move |text| wedge.hear(&text));
    browser::on_click(kiosk.page.part("full-screen")?.element(), browser::full_screen);
    // At once: a page that comes out of the browser's memory has an old time in it.
    kiosk.pulse();
    browser::every(PULSE_MS, move || kiosk.pulse());
    Some(())
}

impl Kiosk {
    fn find(page: Part) -> Option<Self> {
        Some(Self {
            minutes: page.part("minutes")?,
            seconds: page.part("seconds")?,
            date: page.part("date")?,
            drift: page.part("drift")?,
            network: page.part("network")?,
            network_icon: page.part("network-icon")?,
            network_words: page.part("network-words")?,
            camera: page.part("camera")?,
            result: page.part("result")?,
            hero: page.part("hero")?,
            result_icon: page.part("result-icon")?,
            title: page.part("title")?,
            line: page.part("line")?,
            time: page.part("time")?,
            facts: page.part("facts")?,
            steps: page.part("steps")?,
            kept: page.part("kept")?,
            reading: page.part("reading")?,
            pair: page.part("pair")?,
            zone: page.fact("zone")?,
            language: page.fact("language")?,
            offset_ms: Cell::new(page.fact_number("now")? as f64 - browser::now_ms()),
            turn: Cell::new(0),
            is_answering: Cell::new(false),
            standing: Cell::new(Standing::Ready),
            page,
        })
    }

    /// Learns the server's time from the answer to what was asked at `asked_ms`, and says whether the tablet's is wrong.
    fn set_clock(&self, server_ms: f64, asked_ms: f64) {
        let offset_ms = drift::offset_ms(server_ms as i64, asked_ms as i64, browser::now_ms() as i64);
        self.offset_ms.set(offset_ms as f64);
        let words = match drift::drift(offset_ms) {
            Drift::None => None,
            Drift::Fast => self.drift.fact("fast"),
            Drift::Slow => self.drift.fact("slow"),
        };
        self.drift.hide(words.is_none());
        self.drift.say(&words.unwrap_or_default());
    }

    /// The time that the page shows: the server's, as far as is known.
    fn shown_ms(&self) -> f64 {
        browser::now_ms() + self.offset_ms.get()
    }

    fn draw_clock(&self) {
        let text = browser::wall_clock(self.shown_ms(), &self.zone, &self.language);
        let mut lines = text.split('\n');
        for part in [&self.minutes, &self.seconds, &self.date] {
            part.say(lines.next().unwrap_or_default());
        }
    }

    fn draw_network(&self, is_online: bool) {
        let (state, icon) = if is_online { ("online", "/icons.svg#i-wifi") } else { ("offline", "/icons.svg#i-wifioff") };
        self.network.set("data-state", state);
        self.network_icon.set("href", icon);
        let words = if is_online { self.network_words.fact("online") } else { self.network_words.fact("offline") };
        self.network_words.say(&words.unwrap_or_default());
    }

    fn draw_camera(&self, state: &str) {
        let words = match state {
            "live" => self.camera.fact("live"),
            "refused" => self.camera.fact("refused"),
            "absent" => self.camera.fact("absent"),
            "starting" => self.camera.fact("starting"),
            _ => self.camera.fact("lost"),
        };
        self.camera.set("data-camera", state);
        self.camera.say(&words.unwrap_or_default());
    }

    /// Tells the server that the tablet is there, and learns the time and whether the kiosk is switched on.
    fn pulse(self: &Rc<Self>) {
        if self.standing.get() == Standing::Unpaired {
            return;
        }
        let (kiosk, asked_ms) = (Rc::clone(self), browser::now_ms());
        browser::post("/kiosk/pulse", "version=1", move |status, text| {
            // A refusal has come by the network, too.
            kiosk.draw_network(matches!(status, 200 | 401));
            if status == 401 {
                kiosk.unpair();
            } else if let Some((server_ms, is_active)) = read_pulse(&text) {
                kiosk.set_clock(server_ms, asked_ms);
                kiosk.stand(if is_active { Standing::Ready } else { Standing::Inactive });
            }
        });
    }

    /// Learns whether the kiosk is switched on, and says so unless it shows an answer.
    fn stand(&self, standing: Standing) {
        let before = self.standing.get();
        if before == standing || before == Standing::Unpaired {
            return;
        }
        self.standing.set(standing);
        if !self.is_answering.get() {
            self.rest();
        }
    }

    /// The tablet is no kiosk any more: it says so, reads nothing, and goes to where it can be paired.
    fn unpair(&self) {
        if self.standing.replace(Standing::Unpaired) == Standing::Unpaired {
            return;
        }
        // The end of an answer that is on the screen hides nothing then.
        self.turn.set(self.turn.get().wrapping_add(1));
        self.pair.hide(false);
        self.rest();
        browser::after(UNPAIRED_MS, || browser::go_to("/kiosk"));
    }

    /// A code came in, from the camera or the wedge scanner.
    fn hear(self: &Rc<Self>, code: &str) {
        if self.standing.get() == Standing::Unpaired {
            return;
        }
        let shown = (self.shown_ms() as i64).to_string();
        self.send(["code=", &browser::encode(code), "&key=", &browser::random_key(), "&at=", &shown].concat(), TRIES);
    }

    /// Sends a scan, again when the network fails.
    fn send(self: &Rc<Self>, body: String, tries: u32) {
        let kiosk = Rc::clone(self);
        let (again, asked_ms) = (body.clone(), browser::now_ms());
        browser::post("/kiosk/scan", &body, move |status, text| match Answer::read(&text) {
            Some(answer) if status == 200 => {
                kiosk.draw_network(true);
                kiosk.set_clock(answer.server_ms, asked_ms);
                kiosk.show(&answer);
                kiosk.stand(if answer.kind == "kiosk.inactive" { Standing::Inactive } else { Standing::Ready });
            }
            _ if status == 401 => {
                kiosk.draw_network(true);
                browser::beep(false);
                kiosk.unpair();
            }
            _ if tries > 1 && (status == 0 || status >= 500) => browser::after(AGAIN_MS, move || kiosk.send(again, tries - 1)),
            _ => {
                kiosk.draw_network(false);
                let (title, line) = (kiosk.page.fact("lost-title"), kiosk.page.fact("lost-text"));
                let answer = Answer {
                    outcome: "warn".to_owned(),
                    title: title.unwrap_or_default(),
                    line: line.unwrap_or_default(),
                    ..Answer::default()
                };
                kiosk.show(&answer);
            }
        });
    }

    /// Shows an answer for a while.
    fn show(self: &Rc<Self>, answer: &Answer) {
        // What was sent before that was known may be answered after.
        if self.standing.get() == Standing::Unpaired {
            return;
        }
        let mine = self.turn.get().wrapping_add(1);
        self.turn.set(mine);
        self.is_answering.set(true);
        browser::beep(answer.outcome == "ok");
        self.kept.hide(false);
        self.reading.hide(answer.kind == "kiosk.inactive");
        self.draw(answer);
        self.result.hide(false);
        let kiosk = Rc::clone(self);
        browser::after(SHOWN_MS, move || {
            if kiosk.turn.get() == mine {
                kiosk.is_answering.set(false);
                kiosk.rest();
            }
        });
    }

    /// Shows what is to be seen while nobody's answer is: that the kiosk may not read, or the camera.
    fn rest(&self) {
        let notice = self.notice();
        self.result.hide(notice.is_none());
        // Nobody has shown a badge, and nothing is read.
        self.kept.hide(notice.is_some());
        self.reading.hide(notice.is_some());
        // The next who comes finds no name, and the same words are news again.
        self.draw(&notice.unwrap_or_default());
    }

    /// Why the kiosk may not read, and what to do.
    fn notice(&self) -> Option<Answer> {
        let (kind, title, line, steps) = match self.standing.get() {
            Standing::Ready => return None,
            Standing::Inactive => (
                "kiosk.inactive",
                self.page.fact("inactive-title"),
                self.page.fact("inactive-text"),
                [self.page.fact("inactive-step"), None],
            ),
            Standing::Unpaired => (
                "kiosk.unpaired",
                self.page.fact("unpaired-title"),
                self.page.fact("unpaired-text"),
                [self.page.fact("unpaired-step"), self.page.fact("unpaired-wait")],
            ),
        };
        Some(Answer {
            outcome: "no".to_owned(),
            kind: kind.to_owned(),
            title: title.unwrap_or_default(),
            line: line.unwrap_or_default(),
            steps: steps.into_iter().flatten().collect(),
            ..Answer::default()
        })
    }

    fn draw(&self, answer: &Answer) {
        let is_good = answer.outcome == "ok";
        let Look { class, icon, role } = look(&answer.outcome);
        self.result.set("class", class);
        self.result.set("data-outcome", &answer.outcome);
        self.result.set("data-kind", &answer.kind);
        self.hero.set("role", role);
        self.result_icon.set("href", icon);
        self.title.say(&answer.title);
        self.line.say(&answer.line);
        self.time.say(&answer.time);
        let kept = if is_good { self.kept.fact("recorded") } else { self.kept.fact("nothing") };
        self.kept.say(&kept.unwrap_or_default());
        self.facts.say("");
        for (name, value) in &answer.facts {
            if let Some(row) = self.facts.add("div", "") {
                row.add("dt", name);
                row.add("dd", value);
            }
        }
        self.steps.say("");
        for step in &answer.steps {
            if let Some(row) = self.steps.add("li", "") {
                row.add("span", step);
            }
        }
    }
}

impl Answer {
    fn read(json: &str) -> Option<Self> {
        let facts = Facts::read(json)?;
        Some(Self {
            outcome: facts.text("outcome")?,
            kind: facts.text("kind")?,
            title: facts.text("title")?,
            line: facts.text("line")?,
            time: facts.text("time")?,
            facts: facts.list("facts")?.into_iter().map(pair).collect::<Option<_>>()?,
            steps: facts.list("steps")?.iter().map(JsValue::as_string).collect::<Option<_>>()?,
            server_ms: facts.number("server_ms")?,
        })
    }
}

/// What the server says to a pulse: its time, and whether the kiosk is switched on.
fn read_pulse(json: &str) -> Option<(f64, bool)> {
    let facts = Facts::read(json)?;
    Some((facts.number("server_ms")?, facts.flag("is_active")?))
}

/// A name and its value.
fn pair(item: JsValue) -> Option<(String, String)> {
    let pair = item.dyn_into::<Array>().ok()?;
    Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
}
