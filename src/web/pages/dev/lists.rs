//! Lists, cards, tables that are cards on phones, figures.

use super::*;

pub(super) fn parts(lang: Lang) -> Vec<Part> {
    vec![lists(words(lang)), tables(words(lang)), figures(lang)]
}

fn lists(t: &Words) -> Part {
    let shown = view! {
        <ul class="list">
            <li><span class="tile-icon"><Icon name="phone" /></span><span class="grow"><span class="strong">"Pixel de Karim"</span>" "<Pill tone="accent" icon="check" text=t.device_this() /><small>"16.11., 07:52"</small></span><form method="get"><button class="btn danger-quiet">{t.device_revoke_button()}</button></form></li>
            <li><span class="tile-icon"><Icon name="tablet" /></span><span class="grow"><span class="strong">"Entrée des artistes"</span><small>"4 rue du Mail"</small></span><Pill tone="warning" icon="wifioff" text=t.kiosks_offline() /></li>
        </ul>
        <div class="card stack tight"><h3>{t.nav_projects()}</h3>
            <dl class="facts"><dt>{t.mission_place()}</dt><dd><del>"Studio 2"</del>" → "<ins>"Grande salle"</ins></dd><dt>{t.field_time_zone()}</dt><dd>"Europe/Paris"</dd></dl></div>
    };
    let about = "Lines order a page. A card holds what can be answered or moved.";
    Part::new("lists", "Lists and cards", about, shown.into_any())
}

fn tables(t: &Words) -> Part {
    let rows = [
        table_row(t, "Karim Benali", "Son", 2110, "positive", "check", t.assignment_accepted()),
        table_row(t, "Inès Moreau", "Lumière", 2715, "warning", "warn", t.hours_forgotten()),
    ];
    let shown = view! {
        <div class="table-wrap"><table class="table" role="table"><caption class="vh">{t.nav_crew()}</caption>
            <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.sheet_person()}</th><th role="columnheader">{t.field_job()}</th><th role="columnheader" class="end">{t.hours_worked()}</th><th role="columnheader">{t.member_state()}</th><th role="columnheader"><span class="vh">{t.assign_button()}</span></th></tr></thead>
            <tbody role="rowgroup"><tr role="row" class="group"><th role="rowheader" colspan="5" scope="rowgroup">"Le Soulier de satin"</th></tr>{rows}</tbody>
            <tfoot role="rowgroup"><tr role="row"><th scope="row" role="rowheader" colspan="2">{t.hours_total()}</th><td role="cell" class="num end" data-label=t.hours_worked()>{format::minutes(4825)}</td></tr></tfoot>
        </table></div>
    };
    let about = "Where a table has less than 640 pixels, each row is a card: the state in its corner, each value with its name.";
    Part::new("tables", "Tables", about, shown.into_any())
}

fn table_row(
    t: &Words,
    name: &'static str,
    job: &'static str,
    minutes: i64,
    tone: &'static str,
    icon: &'static str,
    state: String,
) -> AnyView {
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><span class="person"><Avatar name=name /><span><a href="#tables">{name}</a></span></span></th>
            <td role="cell" data-label=t.field_job()>{job}</td>
            <td role="cell" data-label=t.hours_worked() class="num end">{format::minutes(minutes)}</td>
            <td role="cell" class="corner"><Pill tone icon text=state /></td>
            <td role="cell" class="bare"><button class="btn secondary" type="button" aria-label=t.candidates_assign_name(name)>{t.assign_button()}</button></td>
        </tr>
    }
    .into_any()
}

fn figures(lang: Lang) -> Part {
    let t = words(lang);
    let shown = view! {
        <div class="pair">
            <dl class="tiles"><div><dt>{t.hours_total()}</dt><dd>{format::minutes(2110)}</dd></div><div><dt>{t.hours_today()}</dt><dd>{format::minutes(250)}" "<small>{t.hours_since("08:02")}</small></dd></div><div><dt>{t.figures_places()}</dt><dd>"48"</dd></div><div><dt>{t.figures_filled()}</dt><dd>"46"</dd></div></dl>
            {chart()}
        </div>
        {drawing(lang)}
    };
    let about = "A drawing has its sentence, and a table that says the same where there is more than one number.";
    Part::new("figures", "Figures", about, shown.into_any())
}

/// Hours that were planned and worked, and the rest between two days against the one that is needed.
fn chart() -> AnyView {
    view! {
        <div>
            <svg class="chart" viewBox="0 0 420 150" role="img" aria-label="Hours: 8, 7, 9 and 3 until now. Rest: 9 h 20 of 11.">
                <path class="grid" d="M0 14H420M0 42H420"></path><path class="base" d="M0 70.5H420"></path>
                <rect class="planned" x="20" y="14" width="52" height="56" rx="4"></rect><rect class="done" x="25" y="14" width="42" height="56" rx="3"></rect><text class="val" x="46" y="10" text-anchor="middle">"8"</text>
                <rect class="planned" x="120" y="20" width="52" height="50" rx="4"></rect><rect class="done" x="125" y="21" width="42" height="49" rx="3"></rect>
                <rect class="planned" x="220" y="20" width="52" height="50" rx="4"></rect><rect class="over" x="225" y="8" width="42" height="62" rx="3"></rect>
                <rect class="planned" x="320" y="12" width="52" height="58" rx="4"></rect><rect class="live" x="325" y="48" width="42" height="22" rx="3"></rect>
                <rect class="work" x="20" y="110" width="120" height="20" rx="3"></rect><rect class="rest" x="140" y="110" width="110" height="20"></rect><rect class="need" x="140" y="106" width="130" height="28"></rect><rect class="work" x="250" y="110" width="120" height="20" rx="3"></rect>
                <text class="bad" x="195" y="124" text-anchor="middle">"9 h 20"</text>
            </svg>
        </div>
    }
    .into_any()
}

fn drawing(lang: Lang) -> AnyView {
    view! {
        <div class="drawing" role="group" aria-label="Costs">
            <div class="drawing-row"><span class="strong">"Le Soulier de satin"</span><svg role="img" aria-label="Most of all" width="100%" height="20"><rect class="track" x="0" y="4" width="100%" height="12"></rect><rect class="project gel-1" x="0" y="4" width="72%" height="12"></rect></svg><span class="num">{format::money(123_450, lang)}</span></div>
        </div>
    }
    .into_any()
}
