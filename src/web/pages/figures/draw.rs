//! Drawings as SVG. What lies side by side is placed in percent and what stands above in pixels, so that a drawing is as wide as
//! its place and its words stay as large as other words.

use super::Weeks;
use leptos::prelude::*;

/// Minutes of the longest week that the Code du travail allows (L3121-20).
const LIMIT: i64 = 48 * 60;
/// The height of a person's columns, of the words above them, and of the columns of places.
const COLUMN: i64 = 30;
const WORD: i64 = 16;
const PLACES: i64 = 120;

/// A part of a whole, in percent.
fn percent(part: i64, whole: i64) -> String {
    let hundredths = if whole == 0 { 0 } else { part * 10_000 / whole };
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// Where the column of a week begins, its middle, and how wide it is; with a gap at each side.
struct Column {
    left: String,
    middle: String,
    width: String,
    whole: (String, String),
}

fn column(n: usize, of: usize) -> Column {
    let (n, of) = (i64::try_from(n).unwrap_or(0), i64::try_from(of).unwrap_or(1));
    Column {
        left: percent(10 * n + 1, 10 * of),
        middle: percent(10 * n + 5, 10 * of),
        width: percent(8, 10 * of),
        whole: (percent(n, of), percent(1, of)),
    }
}

/// The lamp of the present week.
fn lamp(weeks: &Weeks) -> AnyView {
    let now = (0..weeks.all.len()).find(|n| weeks.is_now(*n));
    now.map(|n| {
        let (x, width) = column(n, weeks.all.len()).whole;
        view! { <rect class="lamp" x=x y="0" width=width height="100%" /> }
    })
    .into_any()
}

/// The names of the weeks, above people's columns.
pub fn heads(weeks: &Weeks, heads: &[String]) -> AnyView {
    let marks = heads.iter().enumerate().map(|(n, head)| {
        view! { <text x=column(n, heads.len()).middle y="13" text-anchor="middle">{head.clone()}</text> }
    });
    let marks = marks.collect_view();
    view! { <svg width="100%" height="18">{lamp(weeks)}{marks}</svg> }.into_any()
}

/// A person's weeks as columns with their hours, and the line of the longest week.
pub fn columns(weeks: &Weeks, minutes: &[i64], label: String) -> AnyView {
    let top = minutes.iter().copied().max().unwrap_or(0).max(LIMIT * 5 / 4);
    let height = |minutes: i64| (minutes * COLUMN / top).max(1);
    let bars = minutes.iter().enumerate().filter(|(_, minutes)| **minutes > 0).map(|(n, minutes)| {
        let Column { left, middle, width, .. } = column(n, weeks.all.len());
        let (tall, class) = (height(*minutes), if *minutes > LIMIT { "over" } else { "" });
        let (y, word) = (WORD + COLUMN - tall, WORD + COLUMN - tall - 3);
        let hours = (minutes + 30) / 60;
        view! { <g class=class><rect class="bar" x=left y=y width=width height=tall /><text x=middle y=word text-anchor="middle">{hours}</text></g> }
    });
    let bars = bars.collect_view();
    let limit = WORD + COLUMN - height(LIMIT);
    view! { <svg role="img" aria-label=label width="100%" height=WORD + COLUMN>{lamp(weeks)}<line class="limit" x1="0" x2="100%" y1=limit y2=limit />{bars}<line class="ground" x1="0" x2="100%" y1=WORD + COLUMN y2=WORD + COLUMN /></svg> }
    .into_any()
}

/// Filled places of all places, a column a week.
pub fn fill(weeks: &Weeks, heads: &[String], label: String) -> AnyView {
    let bars = weeks.all.iter().enumerate().map(|(n, week)| {
        let Column { left, middle, width, .. } = column(n, heads.len());
        let head = heads.get(n).cloned().unwrap_or_default();
        let said = week.percent().map_or_else(|| "–".to_owned(), |percent| percent.to_string());
        let tall = week.percent().unwrap_or(0) * PLACES / 100;
        let track = (week.quota > 0).then(|| view! { <rect class="track" x=left.clone() y=WORD width=width.clone() height=PLACES /> });
        view! {
            {track}<rect class="bar" x=left y=WORD + PLACES - tall width=width height=tall />
            <text x=middle.clone() y=WORD - 4 text-anchor="middle">{said}</text><text class="head" x=middle y=WORD + PLACES + 15 text-anchor="middle">{head}</text>
        }
    });
    let bars = bars.collect_view();
    view! { <svg role="img" aria-label=label width="100%" height=PLACES + WORD + 20>{lamp(weeks)}{bars}</svg> }.into_any()
}

/// A bar of a project's colour, as long as its part of the dearest.
pub fn bar(part: i64, most: i64, colour: i64, label: String) -> AnyView {
    let class = format!("project gel-{colour}");
    view! { <svg role="img" aria-label=label width="100%" height="20"><rect class="track" x="0" y="4" width="100%" height="12" /><rect class=class x="0" y="4" width=percent(part, most) height="12" /></svg> }
    .into_any()
}
