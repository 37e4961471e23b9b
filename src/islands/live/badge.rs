//! The live badge.

use super::browser;
use super::part::{Facts, Part};
use crate::islands::countdown;
use std::cell::Cell;
use std::rc::Rc;

/// How often the countdown is drawn.
const TICK_MS: f64 = 250.0;
/// How long to wait after a failure: a server that is down must not be hammered by every phone.
const PAUSE_MS: f64 = 2000.0;

struct Badge {
    icon: Part,
    way: Part,
    since: Part,
    qr: Part,
    ring: Part,
    code: Part,
    ink: Part,
    seconds: Part,
    failed: Part,
    renew: String,
    life_ms: i64,
    /// When the code on the screen ends, by this machine's clock.
    end_ms: Cell<f64>,
    is_asking: Cell<bool>,
}

/// Wakes the badge, if the page has one.
pub fn wake() -> Option<()> {
    let badge = Rc::new(Badge::find(&Part::island("badge")?)?);
    browser::keep_awake();
    let shown = Rc::clone(&badge);
    browser::on_visibility(move || shown.draw());
    browser::every(TICK_MS, move || badge.tick());
    Some(())
}

impl Badge {
    fn find(page: &Part) -> Option<Self> {
        Some(Self {
            icon: page.part("icon")?,
            way: page.part("way")?,
            since: page.part("since")?,
            qr: page.part("qr")?,
            ring: page.part("ring")?,
            code: page.part("code")?,
            ink: page.part("ink")?,
            seconds: page.part("seconds")?,
            failed: page.part("failed")?,
            renew: page.fact("renew")?,
            life_ms: page.fact_number("life")?,
            end_ms: Cell::new(browser::now_ms() + page.fact_number("left")? as f64),
            is_asking: Cell::new(false),
        })
    }

    fn left_ms(&self) -> i64 {
        (self.end_ms.get() - browser::now_ms()) as i64
    }

    fn tick(self: &Rc<Self>) {
        self.draw();
        if countdown::is_due(self.left_ms(), self.is_asking.get(), browser::is_visible()) {
            self.ask();
        }
    }

    /// The time that is left. The code is hidden when it has ended, and when nobody looks.
    fn draw(&self) {
        let left = self.left_ms();
        let is_veiled = left <= 0 || !browser::is_visible();
        self.qr.set("class", if is_veiled { "qr veiled" } else { "qr" });
        self.ring.set("stroke-dashoffset", &countdown::ring_offset(left, self.life_ms));
        self.seconds.say(&countdown::seconds(left));
    }

    /// Asks for a new code, and shows it or that there is none.
    fn ask(self: &Rc<Self>) {
        self.is_asking.set(true);
        let badge = Rc::clone(self);
        browser::post(&self.renew, "", move |status, text| {
            let is_shown = status == 200 && Facts::read(&text).is_some_and(|new| badge.show(&new).is_some());
            // The phone is registered no more, or nobody is signed in: the page says so when it is loaded again.
            let is_refused = !is_shown && !matches!(status, 0 | 429 | 500..);
            if is_refused && browser::reload() {
                return;
            }
            badge.failed.hide(is_shown);
            if is_shown {
                badge.is_asking.set(false);
            } else {
                browser::after(PAUSE_MS, move || badge.is_asking.set(false));
            }
        });
    }

    /// Shows a new code; `None` if the answer is not one.
    fn show(&self, new: &Facts) -> Option<()> {
        let (path, side, left) = (new.text("path")?, new.number("side")?, new.number("left_ms")?);
        let (next, since) = (new.text("next")?, new.text("since")?);
        let side = (side as i64).to_string();
        self.end_ms.set(browser::now_ms() + left);
        self.code.set("viewBox", &["0 0 ", &side, " ", &side].concat());
        self.ink.set("d", &path);
        self.icon.set("href", if next == "out" { "/icons.svg#i-exit" } else { "/icons.svg#i-enter" });
        let way = match next.as_str() {
            "in" => self.way.fact("way-in"),
            "break_end" => self.way.fact("way-break_end"),
            _ => self.way.fact("way-out"),
        };
        self.way.say(&way.unwrap_or_default());
        self.since.say(&since);
        self.draw();
        Some(())
    }
}
