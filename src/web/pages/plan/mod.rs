//! The planner: days or hours on one sheet, missions above, people below; publishing; copying.
//!
//! Everything is a page, a link or a form. The island `planner` moves through the sheet by keys, drags, and swaps the sheet
//! for what the server draws anew; it knows no words and no rules.

mod agenda;
pub(super) mod board;
mod bulk;
pub(super) mod edit;
mod events;
pub(super) mod facts;
mod held;
pub(super) mod panel;
mod publish;
pub(super) mod sight;
mod slots;

use super::*;
use axum::routing::{get, post};
use facts::{Facts, find_facts};
use sight::{By, Sight, SightQuery, Span};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/plan", get(page))
        .route("/o/{org}/plan/edit", post(edit::edit))
        .route("/o/{org}/plan/undo", post(edit::undo))
        .route("/o/{org}/plan/redo", post(edit::redo))
        .route("/o/{org}/plan/events", get(events::events))
        .route("/o/{org}/plan/publish", get(publish::page).post(publish::publish))
        .route("/o/{org}/plan/copy", post(publish::copy))
}

/// What stands beside the sheet, if anything does.
struct Side {
    panel: Option<panel::Panel>,
    bulk: Option<bulk::Bulk>,
}

impl Side {
    async fn find(member: &Member, sight: &Sight) -> Result<Self, Refusal> {
        Ok(Self { bulk: bulk::find(member, sight).await?, panel: panel::find(member, sight).await? })
    }

    fn view(&self, member: &Member, sight: &Sight) -> AnyView {
        match &self.bulk {
            Some(bulk) => bulk::view(member, sight, bulk),
            None => panel::view(member, sight, self.panel.as_ref()),
        }
    }
}

async fn page(member: Member, Query(query): Query<SightQuery>) -> Answer {
    let sight = Sight::of(&member, &query);
    if query.part.as_deref() == Some("panel") {
        let side = Side::find(&member, &sight).await?;
        return Ok(render::part(StatusCode::OK, move || side.view(&member, &sight)));
    }
    let facts = find_facts(&member, &sight).await?;
    if query.part.as_deref() == Some("board") {
        return Ok(render::part(StatusCode::OK, move || board_part(&member, &sight, &facts, "")));
    }
    let side = Side::find(&member, &sight).await?;
    let nonce = member.visitor.nonce.clone();
    Ok(render::island_page(&nonce, false, move || {
        let t = member.words();
        let board = board_part(&member, &sight, &facts, "");
        let side = side.view(&member, &sight);
        let (edit, undo, redo) = (member.url("/plan/edit"), member.url("/plan/undo"), member.url("/plan/redo"));
        let (here, events) = (sight.here(&member), member.url("/plan/events"));
        let (date, span, by) = (sight.first().to_string(), sight.span.code(), sight.by.code());
        view! {
            <InOrg member=member.clone() title=t.nav_plan() here="plan" board=true islands=true>
                <div class="planner" data-island="planner" data-edit=edit data-undo=undo data-redo=redo data-here=here data-events=events data-date=date data-span=span data-by=by data-lost=t.plan_lost()>
                    <div class="planner" data-part="side">{side}</div>
                    <div class="planner" data-part="board">{board}</div>
                    {toasts(t, None, None)}
                    <dialog class="dialog" data-part="dialog"></dialog>
                    {help(&member)}
                </div>
            </InOrg>
        }
    }))
}

/// The sheet with its head and foot: what is drawn anew after every change. `said` is what a screen reader hears of it.
pub(super) fn board_part(member: &Member, sight: &Sight, facts: &Facts, said: &str) -> AnyView {
    let (table, list) = (board::table(member, sight, facts), agenda::list(member, sight, facts));
    let (head, foot) = (head(member, sight, facts), foot(member, sight));
    view! { {head}{list}{table}{foot}<p hidden data-said=said.to_owned() data-tag=facts.tag.clone()></p> }.into_any()
}

/// Over the sheet: what was done, and how many things are chosen. The browser's part fills both in.
pub(super) fn toasts(t: &Words, said: Option<String>, count: Option<i64>) -> AnyView {
    let (is_silent, is_none) = (said.is_none(), count.is_none());
    view! {
        <p class="toast" role="status" data-part="said" hidden=is_silent>{said}</p>
        <div class="toast picked" data-part="picked" hidden=is_none><p role="status">{t.plan_chosen()}" "<b data-part="count">{count}</b></p><button class="btn" type="button" data-do="together">{t.bulk_title()}<kbd>"↵"</kbd></button><button class="btn square" type="button" data-do="none" aria-label=t.plan_choose_none()><Icon name="x" small=true /></button></div>
    }
    .into_any()
}

/// What the sheet shows, in words: `Semaine 47, 16 – 22 novembre 2026`.
fn heading(member: &Member, sight: &Sight) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let (first, last) = (sight.first(), sight.last());
    match sight.span {
        Span::Day => view! { <h1>{format::capitalised(&format::long_date(first, lang))}</h1> }.into_any(),
        Span::Month => view! { <h1>{format::capitalised(&format::month(first, lang))}" "{first.year()}</h1> }.into_any(),
        Span::Week => {
            let short = format::short_date(first, lang);
            let short = short.split_once(' ').map_or("", |(_, day)| day);
            let start = if first.month() == last.month() { format::day_of_month(first, lang) } else { short.to_owned() };
            let end = format::short_date(last, lang);
            let end = end.split_once(' ').map_or("", |(_, day)| day);
            // The year is said of another year only: the head has one line.
            let year = if last.year() == sight.today.year() { String::new() } else { format!(" {}", last.year()) };
            let span = format!("{start} – {end}{year}");
            view! { <h1>{t.plan_week(i64::from(first.iso_week_date().week()))}" "<small>{span}</small></h1> }.into_any()
        }
    }
}

fn head(member: &Member, sight: &Sight, facts: &Facts) -> AnyView {
    let t = member.words();
    let (before, after) = (sight.at(member, sight.step(-1)), sight.at(member, sight.step(1)));
    let now = sight.at(member, sight.today);
    let (back, forth) = match sight.span {
        Span::Day => (t.plan_day_before(), t.plan_day_after()),
        Span::Week => (t.plan_before(), t.plan_after()),
        Span::Month => (t.plan_month_before(), t.plan_month_after()),
    };
    let span = |span: Span, label: String| {
        let current = (sight.span == span).then_some("true");
        view! { <a href=sight.with_span(member, span) aria-current=current>{label}</a> }
    };
    let spans = [span(Span::Day, t.plan_day()), span(Span::Week, t.plan_week_word()), span(Span::Month, t.plan_month())];
    let by = |by: By, label: String| {
        let current = (sight.by == by).then_some("true");
        view! { <a href=sight.with_by(member, by) aria-current=current>{label}</a> }
    };
    let bys = [by(By::Project, t.nav_projects()), by(By::Mission, t.plan_missions()), by(By::Person, t.plan_by_person())];
    let may = member.support.is_none();
    let (steps, tools) = (may.then(|| steps(member, sight, facts)), may.then(|| tools(member, sight, facts)));
    view! {
        <header class="board-head">
            {heading(member, sight)}
            <div class="row" role="group" aria-label=t.plan_change_week()><a class="btn secondary square" href=before aria-label=back data-do="before"><Icon name="left" /></a><a class="btn secondary" href=now data-do="today">{t.today()}</a><a class="btn secondary square" href=after aria-label=forth data-do="after"><Icon name="right" /></a></div>
            {steps}
            <div class="segmented" role="group" aria-label=t.plan_span()>{spans}</div>
            <div class="segmented" role="group" aria-label=t.plan_rows()>{bys}</div>
            {tools}
        </header>
    }
    .into_any()
}

/// Back and forth through what was done.
fn steps(member: &Member, sight: &Sight, facts: &Facts) -> AnyView {
    let t = member.words();
    let step = |redo: bool| {
        let (count, icon, label, url) = if redo {
            (facts.steps.1, "redo", t.plan_redo(), "/plan/redo")
        } else {
            (facts.steps.0, "undo", t.plan_undo(), "/plan/undo")
        };
        let name = if redo { "redo" } else { "undo" };
        view! { <form method="post" action=member.url(url) data-form=name>{edit::sight_fields(sight)}<button class="btn square" aria-label=label.clone() title=label disabled=count == 0><Icon name=icon /></button></form> }
    };
    view! { <div class="row tight">{step(false)}{step(true)}</div> }.into_any()
}

/// What can be done to the whole sheet.
fn tools(member: &Member, sight: &Sight, facts: &Facts) -> AnyView {
    let t = member.words();
    let conflicts = i64::try_from(facts.conflicts.count()).unwrap_or(0);
    let icon = if conflicts == 0 { "check" } else { "warn" };
    let conflicts_url = member.url(&format!("/conflicts?week={}", sight.first()));
    let publish = member.url(&format!("/plan/publish?week={}&span={}", sight.first(), sight.span.code()));
    let new = member.url(&format!("/missions/new?day={}", sight.first()));
    view! {
        <div class="row push">
            <a class="btn" href=conflicts_url title=t.plan_conflicts(conflicts)><Icon name=icon /><span class="num">{conflicts}</span><span class="vh">" "{t.plan_conflicts(conflicts)}</span></a>
            <a class="btn secondary" href=new data-do="new"><Icon name="plus" />{t.mission_new()}</a>
            <a class="btn primary" href=publish data-do="publish">{t.plan_publish(facts.news)}</a>
        </div>
    }
    .into_any()
}

fn foot(member: &Member, sight: &Sight) -> AnyView {
    let t = member.words();
    let copy = (sight.span == Span::Week && member.support.is_none()).then(|| {
        let monday = sight.first().to_string();
        view! { <form method="post" action=member.url("/plan/copy")><input type="hidden" name="week" value=monday /><button class="btn quiet">{t.plan_copy()}</button></form> }
    });
    let templates = member.support.is_none().then(|| {
        let (first, last) = (sight.first(), sight.last());
        let (paste, keep) = (format!("/templates?date={first}"), format!("/templates/new?from={first}&to={last}"));
        view! { <li><a class="btn quiet" href=member.url(&paste)>{t.template_paste_one()}</a></li><li><a class="btn quiet" href=member.url(&keep)>{t.template_keep()}</a></li> }
    });
    let choose = member
        .support
        .is_none()
        .then(|| view! { <a class="btn quiet" href=sight.with_choice(member) data-do="choose">{t.plan_choose()}</a> });
    view! {
        <footer class="board-foot"><ul class="legend" aria-label=t.plan_legend()>
            <li><i class="slot gel-1"></i>{t.assignment_accepted()}</li><li><i class="slot asked gel-1"></i>{t.plan_legend_invited()}</li>
            <li><i class="slot draft gel-1"></i>{t.assignment_draft()}</li><li><i class="slot open"></i>{t.plan_open()}</li><li><i class="slot absent"></i>{t.plan_absent()}</li>
            <li><Icon name="stop" small=true />{t.conflict_hard()}</li><li><Icon name="warn" small=true />{t.conflict_soft()}</li><li><span class="dot" aria-hidden="true">"●"</span>{t.plan_legend_changed()}</li>
            <li class="push">{choose}</li><li><a class="btn quiet" href=member.url("/time-off")>{t.nav_time_off()}</a></li><li>{copy}</li>{templates}<li><button type="button" class="btn quiet" data-do="help" hidden><kbd>"?"</kbd>{t.plan_help()}</button></li>
        </ul></footer>
    }
    .into_any()
}

/// What keys do, in a dialog.
fn help(member: &Member) -> AnyView {
    let t = member.words();
    view! {
        <dialog class="dialog" data-part="help" aria-labelledby="help-title">
            <header class="row nowrap"><h2 id="help-title">{t.plan_help_title()}</h2><form class="push" method="dialog"><button class="btn square" aria-label=t.close()><Icon name="x" /></button></form></header>
            <div class="body"><p class="muted">{t.plan_help_lead()}</p>{keys(member)}</div>
        </dialog>
    }
    .into_any()
}

/// What keys do.
pub(super) fn keys(member: &Member) -> AnyView {
    let t = member.words();
    let key = |keys: &[&'static str], text: String| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect_view();
        view! { <dt>{keys}</dt><dd>{text}</dd> }.into_any()
    };
    let space = if member.visitor.lang == Lang::Fr { "Espace" } else { "Space" };
    let keys = [
        key(&["←", "→", "↑", "↓"], t.key_move()),
        key(&["↵"], t.key_open()),
        key(&[space], t.key_select()),
        key(&["⇧ ←→↑↓"], t.key_extend()),
        key(&["Alt ←→"], t.key_days()),
        key(&["Alt ↑↓"], t.key_minutes()),
        key(&["Alt ⇧ ↑↓"], t.key_stretch()),
        key(&["X"], t.key_cut()),
        key(&["C"], t.key_copy()),
        key(&["V"], t.key_paste()),
        key(&["D"], t.key_duplicate()),
        key(&["A"], t.key_assign()),
        key(&["S"], t.key_split()),
        key(&["N"], t.key_new()),
        key(&["⌫", "Suppr"], t.key_delete()),
        key(&["Ctrl Z"], t.plan_undo()),
        key(&["Ctrl ⇧ Z", "Ctrl Y"], t.plan_redo()),
        key(&["P"], t.key_publish()),
        key(&["T"], t.today()),
        key(&["Esc"], t.key_escape()),
    ];
    view! { <dl class="keys">{keys}</dl> }.into_any()
}
