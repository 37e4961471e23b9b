//! What a page is on paper.

use super::*;
use crate::web::qr;

pub(super) fn parts(lang: Lang) -> Vec<Part> {
    let t = words(lang);
    let drawn = qr::text("https://regie.example/kiosk?code=0000-0000");
    let code = drawn.map(|d| {
        let (view_box, paper) = (format!("0 0 {0} {0}", d.side), format!("M0 0h{0}v{0}H0z", d.side));
        view! { <svg class="qr-print" viewBox=view_box role="img" aria-label=t.pairing_qr() shape-rendering="crispEdges"><path fill="#fff" d=paper></path><path stroke="#000" d=d.path></path></svg> }
    });
    let shown = view! {
        <ul class="list"><li><span class="grow">"The sheet alone, in the light scheme, ten points."</span></li><li><span class="grow">"No navigation, no buttons, no tabs, no panel, no pages of a list."</span></li><li><span class="grow">"A row, a card and a note are never broken; the head of a table is on every page; slots and states keep their colours."</span></li></ul>
        <ol class="steps stack tight"><li>{t.pairing_step_1()}" "<strong>"regie.example/kiosk"</strong></li><li>{t.pairing_step_2()}<p class="pairing-code"><code>"0000-0000"</code></p></li></ol>
        {code}
        <div class="note"><Icon name="info" /><p>{t.pairing_life()}</p></div>
        <button class="btn secondary" type="button">"Not on paper"</button>
    };
    let about = "Print this page to see it. Sheets of hours are made as PDF and XLSX, not by printing.";
    vec![Part::new("paper", "On paper", about, shown.into_any())]
}
