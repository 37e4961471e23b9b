//! What a page is on paper.

use super::super::kiosks::pairing_steps;
use super::*;

pub(super) fn parts(t: &Words) -> Vec<Part> {
    let link = "https://regie.example/kiosk?code=0000-0000";
    let steps = pairing_steps(t, "https://regie.example/kiosk".to_owned(), "0000-0000".to_owned(), link);
    let shown = view! {
        <ul class="list"><li><span class="grow">"The sheet alone, in the light scheme, ten points."</span></li><li><span class="grow">"No navigation, no buttons, no tabs, no panel, no pages of a list."</span></li><li><span class="grow">"A row, a card and a note are never broken; the head of a table is on every page; slots and states keep their colours."</span></li></ul>
        {steps}
        <p class="muted">{t.pairing_life()}</p>
        <button class="btn secondary" type="button">"Not on paper"</button>
    };
    let about = "Print this page to see it. Sheets of hours are made as PDF and XLSX, not by printing.";
    vec![Part::new("paper", "On paper", about, shown.into_any())]
}
