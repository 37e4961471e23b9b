//! The badge renews its code before it ends, counts down, and hides when nobody looks. HTML alone can only reload the page,
//! which it does where scripts are off.

use super::countdown;
use leptos::prelude::*;
use serde::Serialize;

/// A code to show: in the page at first, then what the browser asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
#[derive(Clone, Debug)]
pub struct BadgeWords {
    pub enter: String,
    pub exit: String,
    pub pause_end: String,
    pub renews: String,
    pub failed: String,
    pub label: String,
}

/// The badge as it is at first; `live/badge.rs` keeps it up to date.
#[component]
pub fn BadgeIsland(first: BadgeCode, words: BadgeWords, renew_url: String) -> impl IntoView {
    let direction = match first.next.as_str() {
        "in" => &words.enter,
        "break_end" => &words.pause_end,
        _ => &words.exit,
    };
    let icon = if first.next == "out" { "/icons.svg#i-exit" } else { "/icons.svg#i-enter" };
    let veil = if first.left_ms <= 0 { "qr veiled" } else { "qr" };
    let view_box = format!("0 0 {0} {0}", first.side);
    view! {
        <div class="badge" data-island="badge" data-renew=renew_url data-left=first.left_ms data-life=first.life_ms>
            <div class="way">
                <b role="status"><svg class="icon" aria-hidden="true"><use data-part="icon" href=icon></use></svg><span data-part="way" data-way-in=words.enter.clone() data-way-out=words.exit.clone() data-way-break_end=words.pause_end.clone()>{direction.clone()}</span></b>
                <p class="muted" data-part="since">{first.since}</p>
            </div>
            <div class=veil data-part="qr" role="img" aria-label=words.label>
                <svg viewBox="0 0 360 360" aria-hidden="true">
                    <rect class="track" x="3" y="3" width="354" height="354" rx="26"></rect>
                    <path class="left live" data-part="ring" pathLength="100" stroke-dashoffset=countdown::ring_offset(first.left_ms, first.life_ms) d="M180 3H331a26 26 0 0 1 26 26V331a26 26 0 0 1-26 26H29A26 26 0 0 1 3 331V29A26 26 0 0 1 29 3Z"></path>
                </svg>
                <svg class="code" data-part="code" viewBox=view_box shape-rendering="crispEdges" aria-hidden="true">
                    <path class="paper" d="M0 0h99v99H0z"></path>
                    <path class="ink" data-part="ink" d=first.path></path>
                </svg>
            </div>
            <p class="renew">{words.renews}" "<strong data-part="seconds">{countdown::seconds(first.left_ms)}</strong></p>
            <p class="note warning" data-part="failed" role="alert" hidden>{words.failed}</p>
        </div>
    }
}
