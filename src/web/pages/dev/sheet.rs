//! The planner: its head, the sheet of a week, a month and a day, its foot, and what stands beside.

use super::*;
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// The day that is lit.
const TODAY: Date = date(2026, 11, 20);

pub(super) fn parts(lang: Lang) -> Vec<Part> {
    vec![planner(lang), spans(lang), beside(words(lang))]
}

fn planner(lang: Lang) -> Part {
    let t = words(lang);
    let shown = view! { <div class="planner">{head(t)}{week(lang)}{foot(t)}</div> };
    let about = "Days across, projects above, people below. What is chosen has a tick, what has the focus a ring.";
    Part::block("planner", "Planner", about, shown.into_any())
}

fn head(t: &Words) -> AnyView {
    view! {
        <header class="board-head">
            <h1>{t.plan_week(47_i64)}" "<small>"16 – 22"</small></h1>
            <div class="row" role="group" aria-label=t.plan_change_week()><a class="btn secondary square" href="#planner" aria-label=t.plan_before()><Icon name="left" /></a><a class="btn secondary" href="#planner">{t.today()}</a><a class="btn secondary square" href="#planner" aria-label=t.plan_after()><Icon name="right" /></a></div>
            <div class="row tight"><button class="btn square" type="button" aria-label=t.plan_undo()><Icon name="undo" /></button><button class="btn square" type="button" aria-label=t.plan_redo() disabled><Icon name="redo" /></button></div>
            <div class="segmented" role="group" aria-label=t.plan_rows()><a href="#planner" aria-current="true">{t.nav_projects()}</a><a href="#planner">{t.plan_missions()}</a><a href="#planner">{t.plan_by_person()}</a></div>
            <div class="row push"><a class="btn" href="#planner"><Icon name="warn" />{t.plan_conflicts(2_i64)}</a><a class="btn primary" href="#planner">{t.plan_publish(6_i64)}</a></div>
        </header>
    }
    .into_any()
}

fn foot(t: &Words) -> AnyView {
    view! {
        <footer class="board-foot"><ul class="legend" aria-label=t.plan_legend()>
            <li><i class="slot gel-1"></i>{t.assignment_accepted()}</li><li><i class="slot asked gel-1"></i>{t.plan_legend_invited()}</li>
            <li><i class="slot draft gel-1"></i>{t.assignment_draft()}</li><li><i class="slot open"></i>{t.plan_open()}</li><li><i class="slot absent"></i>{t.plan_absent()}</li>
            <li><i class="slot cut gel-1"></i>{t.key_cut()}</li>
            <li><Icon name="stop" small=true />{t.conflict_hard()}</li><li><Icon name="warn" small=true />{t.conflict_soft()}</li><li><span class="dot" aria-hidden="true">"●"</span>{t.plan_legend_changed()}</li>
            <li class="push"><a class="btn" href="#planner">{t.plan_choose()}</a></li>
        </ul></footer>
    }
    .into_any()
}

/// A number of days from the first of them.
fn days(first: Date, count: i64) -> Vec<Date> {
    (0..count).map(|n| first.saturating_add(n.days())).collect()
}

/// How a day is painted.
fn tint(day: Date) -> &'static str {
    if day == TODAY {
        "today"
    } else if day.weekday().to_monday_zero_offset() >= 5 {
        "rest"
    } else {
        ""
    }
}

/// A sheet, which scrolls by itself.
fn scroll(class: &'static str, name: String, who: String, columns: i64, heads: AnyView, rows: AnyView) -> AnyView {
    view! {
        <div class="plan-scroll" tabindex="0" role="region" aria-label=name>
            <table class=class>
                <caption class="vh">{name.clone()}</caption>
                <colgroup><col class="who" /><col span=columns.to_string() /></colgroup>
                <thead><tr><th scope="col"><span class="vh">{who}</span></th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The heads of days; `fill` is how many places are filled.
fn heads(days: &[Date], fill: Option<&'static str>, lang: Lang) -> AnyView {
    let t = words(lang);
    let heads = days.iter().map(|day| {
        let name = format::short_date(*day, lang).split(' ').next().unwrap_or_default().to_owned();
        let current = (*day == TODAY).then_some("date");
        let fill = fill.map(|fill| view! { <span class="fill">{fill}<span class="vh">" "{t.plan_filled()}</span></span> });
        view! { <th scope="col" class=tint(*day) aria-current=current><a href="#planner">{name}" "<b>{day.day()}</b></a>{fill}</th> }
    });
    heads.collect_view().into_any()
}

/// A row of days: what it is about, and what stands in it, with the number of its day.
fn row(days: &[Date], head: AnyView, slots: Vec<(usize, AnyView)>) -> AnyView {
    let mut cells: Vec<Vec<AnyView>> = days.iter().map(|_| Vec::new()).collect();
    for (n, slot) in slots {
        if let Some(cell) = cells.get_mut(n) {
            cell.push(slot);
        }
    }
    let cells = days.iter().zip(cells).map(|(day, slots)| view! { <td class=tint(*day)>{slots}</td> });
    let cells = cells.collect_view();
    view! { <tr><th scope="row">{head}</th>{cells}</tr> }.into_any()
}

fn project(gel: &'static str, name: &'static str, about: &'static str) -> AnyView {
    view! { <span class=gel><i class="swatch"></i><span><strong>{name}</strong><small>{about}</small></span></span> }.into_any()
}

fn person(t: &Words, name: &'static str, job: &'static str, minutes: i64, tone: &'static str) -> AnyView {
    let label = t.plan_hours_of(name);
    view! { <span class="person"><Avatar name=name /><span><strong>{name}</strong><small class="load"><span>{job}</span>" · "<span class="num">{format::minutes(minutes)}</span></small><progress class=tone value=minutes.to_string() max="2880" aria-label=label></progress></span></span> }
    .into_any()
}

/// Something in a cell: its hours, what it is, its mark, and its state in a word.
fn slot(class: &'static str, hours: &'static str, title: &'static str, icon: Option<&'static str>, state: String) -> AnyView {
    let mark = icon.map(|name| view! { <Icon name small=true /> });
    view! { <a class=class href="#planner"><b>{hours}</b><span>{title}</span>{mark}<span class="vh">" "{state}</span></a> }
        .into_any()
}

/// A mission with how many of its four places are filled.
fn mission(t: &Words, class: &'static str, title: &'static str) -> AnyView {
    view! {
        <a class=class href="#planner"><b>{title}</b><span class="line"><span>"08:00"</span><b>"3/4"</b></span>
            <svg class="seats" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect x="0" width="22.8" height="3"></rect><rect x="25.8" width="22.7" height="3"></rect><rect x="51.5" width="22.7" height="3"></rect><rect class="off" x="77.2" width="22.8" height="3"></rect></svg>
            <span class="vh">" "{t.plan_filled()}</span></a>
    }
    .into_any()
}

fn absence(word: String) -> AnyView {
    view! { <span class="slot absent"><b>{word}</b></span> }.into_any()
}

fn week(lang: Lang) -> AnyView {
    let t = words(lang);
    let days = days(date(2026, 11, 16), 7);
    let satin = vec![(0, mission(t, "slot gel-1", "Montage")), (4, mission(t, "slot gel-1 draft", "Balances"))];
    let karim = vec![
        (0, slot("slot gel-1", "08:00–17:00", "Montage", None, t.assignment_accepted())),
        (1, slot("slot gel-1 asked", "13:00–21:00", "Montage", Some("mail"), t.assignment_invited())),
        (3, slot("slot gel-1 changed", "14:00–23:15", "Générale", None, t.assignment_changed())),
        (4, slot("slot gel-1 clash", "08:35–16:00", "Balances", Some("stop"), t.conflict_hard())),
    ];
    let ines = vec![
        (2, slot("slot gel-2 draft", "09:00–12:00", "Livraison", None, t.assignment_draft())),
        (4, slot("slot gel-2 watch", "17:00–23:30", "Exploitation", Some("warn"), t.conflict_soft())),
        (5, absence(t.kind_time_off())),
    ];
    let open = vec![(4, slot("slot open", "1 × Plateau", "18:00 · Balances", None, t.plan_open()))];
    let nobody = view! { <span class="person"><span class="avatar" aria-hidden="true"><Icon name="empty" small=true /></span><span><strong>{t.plan_open()}</strong><small>{t.plan_open_places(1_i64)}</small></span></span> };
    let rows = view! {
        <tr class="band"><th colspan="8" scope="rowgroup">{t.nav_projects()}" "<span>{t.plan_places(6_i64, 8_i64)}</span></th></tr>
        {row(&days, project("person gel-1", "Le Soulier de satin", "SDS · Grande salle"), satin)}
        <tr class="band"><th colspan="8" scope="rowgroup">{t.nav_crew()}" "<span>{t.plan_people(2_i64)}</span></th></tr>
        {row(&days, nobody.into_any(), open)}
        {row(&days, person(t, "Karim Benali", "Son", 2110, "thin ink"), karim)}
        {row(&days, person(t, "Inès Moreau", "Lumière", 2715, "thin warning"), ines)}
    };
    let heads = heads(&days, Some("3/4"), lang);
    scroll("week of-week", t.plan_week(47_i64), t.plan_who(), 7, heads, rows.into_any())
}

fn spans(lang: Lang) -> Part {
    let shown = view! { {month(lang)}{hours(lang)} };
    let about =
        "A month keeps the hour that something begins at. A day is drawn to the quarter of an hour; an edge can be pulled.";
    Part::block("spans", "Month and day", about, shown.into_any())
}

fn month(lang: Lang) -> AnyView {
    let t = words(lang);
    let days = days(date(2026, 11, 1), 30);
    let begins = |n: usize| {
        let view = view! { <a class="slot gel-1" href="#spans"><b>"08"</b><span class="vh">" Montage"</span></a> };
        (n, view.into_any())
    };
    let slots = vec![begins(15), begins(16), begins(19)];
    let rows = row(&days, project("person gel-1", "Le Soulier de satin", "SDS"), slots);
    scroll("week of-month", t.plan_month(), t.plan_who(), 30, heads(&days, None, lang), rows)
}

/// Twelve hours from eight on, with a mission and the hour over which something is dragged.
fn hours(lang: Lang) -> AnyView {
    let t = words(lang);
    let heads = (8..20_i64).map(|hour| view! { <th scope="col" colspan="4"><b>{format!("{hour:02}")}</b>" h"</th> });
    let heads = heads.collect_view();
    let head = project("person gel-1", "Le Soulier de satin", "SDS");
    let rows = view! {
        <tr><th scope="row">{head}</th><td colspan="4"></td>
            <td class="on" colspan="36"><a class="slot gel-1" href="#spans"><b>"Montage"</b><span class="line"><span>"09:00–18:00"</span><b>"3/4"</b></span><span class="vh">" "{t.plan_filled()}</span><i class="edge"></i></a></td>
            <td class="over" colspan="4"></td><td colspan="4"></td></tr>
    };
    scroll("week of-day", t.plan_day(), t.plan_who(), 48, heads.into_any(), rows.into_any())
}

fn beside(t: &Words) -> Part {
    let keys = [("←", t.key_move()), ("↵", t.key_open()), ("P", t.key_publish()), ("Esc", t.key_escape())];
    let keys = keys.into_iter().map(|(key, text)| view! { <dt><kbd>{key}</kbd></dt><dd>{text}</dd> }).collect_view();
    let shown = view! {
        <div class="split">
            <div class="stack">
                <ul class="reasons">
                    <li class="positive"><Icon name="check" small=true />{t.reason_prefers()}</li>
                    <li class="warning"><Icon name="warn" small=true />{t.reason_no_rate()}</li>
                    <li class="danger"><Icon name="stop" small=true /><span>"Repos quotidien"<small>"9 h 20 / 11 h"</small></span></li>
                </ul>
                <dl class="keys">{keys}</dl>
            </div>
            {panel(t)}
        </div>
    };
    let about = "What is chosen, who is on it, what rules say of it; why somebody is offered first; what keys do.";
    Part::new("beside", "Panel, reasons, keys", about, shown.into_any())
}

fn panel(t: &Words) -> AnyView {
    let label = t.plan_take_off("Karim Benali");
    view! {
        <aside class="panel" aria-labelledby="panel-title">
            <div class="row top"><h2 id="panel-title">"Montage"</h2><a class="btn square push" href="#beside" aria-label=t.plan_close_panel()><Icon name="x" /></a></div>
            <div class="stack tight"><p>"08:00–17:00"</p><p class="muted small">"Grande salle"</p><p><a href="#beside">{t.plan_full_page()}</a></p></div>
            <ul class="findings"><li><span class="strong">"Karim Benali"</span><div class="row"><span class="grow"><Pill tone="danger" icon="stop" text=t.conflict_hard() />" "<span class="strong">"Repos quotidien"</span><small>"9 h 20 / 11 h"</small></span></div></li></ul>
            <section class="stack tight"><h3>"Son "<span class="num">"1/2"</span></h3>
                <ul class="picks"><li><Avatar name="Karim Benali" /><span>"Karim Benali"<br /><Pill tone="positive" icon="check" text=t.assignment_accepted() /></span><form class="push" method="get"><button class="btn square" aria-label=label><Icon name="x" /></button></form></li></ul>
                <form class="row add" method="get"><select class="input" name="person" aria-label=t.assign_role("Son")><option>{t.assign_choose()}</option></select><button class="btn secondary">{t.assign_button()}</button></form></section>
            <form class="more" method="get"><button class="btn danger block">{t.mission_delete()}</button><p class="help">{t.mission_delete_lead()}</p></form>
        </aside>
    }
    .into_any()
}
