//! The badge renews its code before it ends, counts down, and hides when nobody looks. HTML alone can only reload the page,
//! which it does where scripts are off.

use super::browser;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A code to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BadgeCode {
    /// The drawn code.
    pub path: String,
    /// The side of its view box.
    pub side: i64,
    pub left_ms: i64,
    pub life_ms: i64,
    /// What the next scan will do: `in`, `out`, `break_end`.
    pub next: String,
    /// "since 08:02", if the person is in.
    pub since: String,
}

/// The words of the badge.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BadgeWords {
    pub enter: String,
    pub exit: String,
    pub pause_end: String,
    pub renews: String,
    pub hidden: String,
    pub failed: String,
    pub label: String,
}

/// Asked for this long before the code on the screen ends, so that one that is being scanned still works.
const RENEW_BEFORE_MS: f64 = 4000.0;

/// The live badge.
#[island]
pub fn BadgeIsland(first: BadgeCode, words: BadgeWords, renew_url: String) -> impl IntoView {
    let life = first.life_ms;
    let (code, set_code) = signal(first);
    let (left, set_left) = signal(code.get_untracked().left_ms);
    let (hidden, set_hidden) = signal(false);
    let (failed, set_failed) = signal(false);

    Effect::new(move || {
        let end = StoredValue::new(browser::now_ms() + f64::from(i32::try_from(code.get_untracked().left_ms).unwrap_or(0)));
        let asking = StoredValue::new(false);
        let url = renew_url.clone();
        browser::keep_awake();
        browser::on_visibility(move || set_hidden.set(!browser::is_visible()));
        browser::every(250.0, move || {
            let remains = end.get_value() - browser::now_ms();
            set_left.set(remains.max(0.0) as i64);
            if remains > RENEW_BEFORE_MS || asking.get_value() || !browser::is_visible() {
                return;
            }
            asking.set_value(true);
            browser::post(&url, "", move |status, text| {
                match (status, leptos::serde_json::from_str::<BadgeCode>(&text)) {
                    (200, Ok(new)) => {
                        end.set_value(browser::now_ms() + f64::from(i32::try_from(new.left_ms).unwrap_or(0)));
                        set_failed.set(false);
                        set_code.set(new);
                        asking.set_value(false);
                    }
                    _ => {
                        set_failed.set(true);
                        // Not at once: a server that is down must not be hammered by every phone.
                        browser::after(2000.0, move || asking.set_value(false));
                    }
                }
            });
        });
    });

    let words = StoredValue::new(words);
    let direction = move || {
        words.with_value(|w| match code.get().next.as_str() {
            "in" => w.enter.clone(),
            "break_end" => w.pause_end.clone(),
            _ => w.exit.clone(),
        })
    };
    let icon = move || if code.get().next == "out" { "/icons.svg#i-exit" } else { "/icons.svg#i-enter" };
    let over = move || left.get() <= 0;
    let dash = move || {
        let part = 100 * (life - left.get()).clamp(0, life) / life.max(1);
        format!("-{part}")
    };
    let view_box = move || format!("0 0 {0} {0}", code.get().side);
    view! {
        <div class="badge">
            <div class="way">
                <b role="status"><svg class="icon" aria-hidden="true"><use href=icon></use></svg>{direction}</b>
                <p class="muted">{move || code.get().since}</p>
            </div>
            <div class="qr" role="img" aria-label=words.with_value(|w| w.label.clone()) class:veiled=move || hidden.get() || over()>
                <svg viewBox="0 0 360 360" aria-hidden="true">
                    <rect class="track" x="3" y="3" width="354" height="354" rx="26"></rect>
                    <path class="left live" pathLength="100" stroke-dashoffset=dash d="M180 3H331a26 26 0 0 1 26 26V331a26 26 0 0 1-26 26H29A26 26 0 0 1 3 331V29A26 26 0 0 1 29 3Z"></path>
                </svg>
                <svg class="code" viewBox=view_box shape-rendering="crispEdges" aria-hidden="true">
                    <path class="paper" d="M0 0h99v99H0z"></path>
                    <path class="ink" d=move || code.get().path></path>
                </svg>
            </div>
            <p class="renew">{words.with_value(|w| w.renews.clone())}" "<strong>{move || format!("{} s", (left.get() + 999) / 1000)}</strong></p>
            <p class="note warning" role="alert" hidden=move || !failed.get()>{words.with_value(|w| w.failed.clone())}</p>
        </div>
    }
}
