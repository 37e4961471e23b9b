//! The plan in numbers: hours of people, filled places, what projects cost, drawn by the server with a table behind each
//! drawing.

mod draw;

use super::*;
use crate::kernel::zone::parse_date;
use crate::kernel::{CrewMemberId, Lang, ProjectId};
use crate::orgs::{CrewFilter, service as orgs};
use crate::planning::figures::{WEEKS, WeekFigures};
use crate::planning::service::{self as planning, Cost, PlaceCost};
use axum::routing::get;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

pub fn routes() -> Router<App> {
    Router::new().route("/o/{org}/figures", get(page))
}

#[derive(Deserialize)]
struct WeekQuery {
    week: Option<String>,
}

/// What a drawing is of: the weeks, and which of them is now.
#[derive(Clone)]
struct Weeks {
    all: Vec<WeekFigures>,
    today: Date,
}

impl Weeks {
    fn is_now(&self, n: usize) -> bool {
        let monday = self.all.get(n).map(|week| week.monday);
        monday.is_some_and(|monday| monday <= self.today && self.today < monday.saturating_add(7.days()))
    }

    fn first(&self) -> Date {
        self.all.first().map_or(self.today, |week| week.monday)
    }

    fn last(&self) -> Date {
        self.all.last().map_or(self.today, |week| week.monday.saturating_add(6.days()))
    }

    /// `S47`, as the heads of columns say it.
    fn heads(&self, t: &Words) -> Vec<String> {
        self.all.iter().map(|week| t.figures_week(i64::from(week.monday.iso_week_date().week()))).collect()
    }
}

/// A person's minutes, week by week.
struct PersonHours {
    name: String,
    minutes: Vec<i64>,
}

impl PersonHours {
    fn sum(&self) -> i64 {
        self.minutes.iter().sum()
    }

    fn most(&self) -> i64 {
        self.minutes.iter().copied().max().unwrap_or(0)
    }
}

/// Who works in these weeks, by name.
fn by_person(weeks: &Weeks, names: &BTreeMap<CrewMemberId, String>) -> Vec<PersonHours> {
    let mut rows: Vec<PersonHours> = Vec::new();
    let mut known: BTreeMap<CrewMemberId, Vec<i64>> = BTreeMap::new();
    for (n, week) in weeks.all.iter().enumerate() {
        for (person, minutes) in &week.minutes {
            if let Some(place) = known.entry(*person).or_insert_with(|| vec![0; weeks.all.len()]).get_mut(n) {
                *place += minutes;
            }
        }
    }
    for (person, minutes) in known {
        rows.push(PersonHours { name: names.get(&person).cloned().unwrap_or_else(|| format!("#{person}")), minutes });
    }
    rows.sort_by_key(|row| crate::kernel::text::fold(&row.name));
    rows
}

async fn page(member: Member, Query(query): Query<WeekQuery>) -> Answer {
    let app = &member.visitor.app;
    let today = member.org.zone().local(app.clock.now()).date;
    let around = query.week.as_deref().and_then(parse_date).unwrap_or(today);
    let all = planning::list_figures(app, member.permit()?, around).await.map_err(|e| member.refuse(e))?;
    let mut names = BTreeMap::new();
    for archived in [false, true] {
        let filter = CrewFilter { archived, limit: 2000, ..CrewFilter::default() };
        let crew = orgs::list_crew(app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
        names.extend(crew.into_iter().map(|sheet| (sheet.person.id, sheet.person.name)));
    }
    let weeks = Weeks { all, today };
    let (from, to) = member.org.zone().span_of(weeks.first(), weeks.last());
    let places = planning::cost_plan(app, member.permit()?, from, to).await.map_err(|e| member.refuse(e))?;
    let projects = by_project(&member, &places).await?;
    let people = by_person(&weeks, &names);
    let (lang, t) = (member.visitor.lang, member.words());
    Ok(render::page(StatusCode::OK, move || {
        let beside = |days: i64| member.url(&format!("/figures?week={}", around.saturating_add(days.days())));
        let (before, after) = (beside(-7 * WEEKS), beside(7 * WEEKS));
        let span = t.figures_span(format::long_day(weeks.first(), lang), format::long_day(weeks.last(), lang));
        let hours = hours(&weeks, &people, lang);
        let fill = fill(&weeks, lang);
        let costs = costs(&projects, lang);
        view! {
            <InOrg member=member.clone() title=t.nav_figures() here="figures">
                <div class="stack wide">
                    <header class="page-head"><div><h1>{t.nav_figures()}</h1><p class="lead">{span}</p></div>
                        <div class="actions"><a class="btn square secondary" href=before aria-label=t.figures_before()><Icon name="left" /></a><a class="btn secondary" href=member.url("/figures")>{t.today()}</a><a class="btn square secondary" href=after aria-label=t.figures_after()><Icon name="right" /></a></div></header>
                    {hours}{fill}{costs}
                </div>
            </InOrg>
        }
    }))
}

/// What a project costs in these weeks; one without a name is of missions without a project.
pub(super) struct ProjectCost {
    pub name: String,
    pub colour: i64,
    pub cost: Cost,
}

/// Projects by cost, dearest first.
async fn by_project(member: &Member, places: &[PlaceCost]) -> Result<Vec<ProjectCost>, Refusal> {
    let mut known: BTreeMap<Option<ProjectId>, Vec<PlaceCost>> = BTreeMap::new();
    for place in places {
        known.entry(place.project).or_default().push(*place);
    }
    let mut costs = Vec::new();
    for (id, places) in known {
        let (name, colour) = match id {
            Some(id) => {
                let found = planning::get_project(&member.visitor.app, member.permit()?, id).await;
                let project = found.map_err(|e| member.refuse(e))?;
                (project.name, project.colour)
            }
            None => (member.words().mission_no_project(), 0),
        };
        costs.push(ProjectCost { name, colour, cost: Cost::of(places.iter()) });
    }
    costs.sort_by_key(|project| (-project.cost.cents, crate::kernel::text::fold(&project.name)));
    Ok(costs)
}

/// A drawing with its sentence, and the table that says the same.
fn figure(id: &'static str, title: String, sentence: String, drawing: AnyView, table: AnyView, lang: Lang) -> AnyView {
    let sentence_id = format!("{id}-sentence");
    view! {
        <section class="stack tight" aria-labelledby=id>
            <h2 id=id>{title}</h2><p class="muted" id=sentence_id.clone()>{sentence}</p>
            <div class="drawing" role="group" aria-labelledby=sentence_id>{drawing}</div>
            <details><summary>{words(lang).figures_table()}</summary>{table}</details>
        </section>
    }
    .into_any()
}

fn hours(weeks: &Weeks, people: &[PersonHours], lang: Lang) -> AnyView {
    let t = words(lang);
    if people.is_empty() {
        let empty = view! { <Empty title=t.figures_empty_title() text=t.figures_empty_text() /> };
        return view! { <section class="stack tight" aria-labelledby="hours"><h2 id="hours">{t.figures_hours()}</h2>{empty}</section> }.into_any();
    }
    let sum = people.iter().map(PersonHours::sum).sum();
    let count = i64::try_from(people.len()).unwrap_or(0);
    let most = people.iter().max_by_key(|row| row.most());
    let most = most.map(|row| t.figures_hours_most(row.name.as_str(), format::minutes(row.most()))).unwrap_or_default();
    let sentence = format!("{} {most} {}", t.figures_hours_sentence(count, format::minutes(sum)), t.figures_hours_key());
    let heads = weeks.heads(t);
    let rows = people.iter().map(|row| {
        let label = t.figures_hours_of(row.name.as_str(), format::minutes(row.sum()), format::minutes(row.most()));
        view! { <div class="drawing-row"><span class="strong">{row.name.clone()}</span>{draw::columns(weeks, &row.minutes, label)}<span class="num" aria-hidden="true">{format::minutes(row.sum())}</span></div> }
    });
    let rows = rows.collect_view();
    let drawing = view! { <div class="drawing-row head" aria-hidden="true"><span></span>{draw::heads(weeks, &heads)}<span></span></div>{rows} };
    let lines = people.iter().map(|row| {
        let cells = row.minutes.iter().zip(&heads).map(|(minutes, head)| {
            let said = if *minutes == 0 { "–".to_owned() } else { format::minutes(*minutes) };
            view! { <td role="cell" class="num" data-label=head.clone()>{said}</td> }
        });
        let cells = cells.collect_view();
        view! { <tr role="row"><th scope="row" role="rowheader">{row.name.clone()}</th>{cells}<td role="cell" class="num strong" data-label=t.figures_sum()>{format::minutes(row.sum())}</td></tr> }
    });
    let lines = lines.collect_view();
    let columns = std::iter::once(t.field_name()).chain(heads.iter().cloned()).chain([t.figures_sum()]).collect();
    figure("hours", t.figures_hours(), sentence, drawing.into_any(), table(columns, lines.into_any()), lang).into_any()
}

fn fill(weeks: &Weeks, lang: Lang) -> AnyView {
    let t = words(lang);
    let (filled, quota) = weeks.all.iter().fold((0, 0), |(filled, quota), week| (filled + week.filled, quota + week.quota));
    let sentence = match quota {
        0 => t.figures_fill_none(),
        _ => t.figures_fill_sentence(filled, quota, filled * 100 / quota),
    };
    let heads = weeks.heads(t);
    let drawing = view! { {draw::fill(weeks, &heads, sentence.clone())}<p class="muted small">{t.figures_fill_key()}</p> };
    let lines = weeks.all.iter().zip(&heads).map(|(week, head)| {
        let day = format!("{head} · {}", format::long_day(week.monday, lang));
        let percent = week.percent().map_or_else(|| "–".to_owned(), |percent| t.figures_percent(percent));
        view! { <tr role="row"><th scope="row" role="rowheader">{day}</th><td role="cell" class="num" data-label=t.figures_filled()>{week.filled}</td><td role="cell" class="num" data-label=t.figures_places()>{week.quota}</td><td role="cell" class="num" data-label=t.figures_rate()>{percent}</td></tr> }
    });
    let lines = lines.collect_view();
    let columns = vec![t.figures_week_word(), t.figures_filled(), t.figures_places(), t.figures_rate()];
    figure("fill", t.figures_fill(), sentence, drawing.into_any(), table(columns, lines.into_any()), lang)
}

/// What projects cost, dearest first.
pub(super) fn costs(projects: &[ProjectCost], lang: Lang) -> AnyView {
    let t = words(lang);
    if projects.is_empty() {
        let empty = view! { <Empty title=t.figures_empty_title() text=t.figures_costs_empty() /> };
        return view! { <section class="stack tight" aria-labelledby="costs"><h2 id="costs">{t.figures_costs()}</h2>{empty}</section> }.into_any();
    }
    let (cents, unknown) = projects.iter().fold((0, 0), |sum, row| (sum.0 + row.cost.cents, sum.1 + row.cost.unknown));
    let most = projects.first().map_or(0, |row| row.cost.cents);
    let unknown = if unknown > 0 { t.figures_costs_unknown(unknown) } else { String::new() };
    let sentence = format!("{} {unknown}", t.figures_costs_sentence(format::money(cents, lang)));
    let rows = projects.iter().map(|row| {
        let said = format::money(row.cost.cents, lang);
        let label = t.figures_cost_of(row.name.as_str(), said.as_str());
        view! { <div class="drawing-row"><span class="strong">{row.name.clone()}</span>{draw::bar(row.cost.cents, most, row.colour, label)}<span class="num" aria-hidden="true">{said}</span></div> }
    });
    let drawing = rows.collect_view();
    let lines = projects.iter().map(|row| {
        let Cost { cents, places, unknown } = row.cost;
        view! { <tr role="row"><th scope="row" role="rowheader">{row.name.clone()}</th><td role="cell" class="num" data-label=t.figures_cost()>{format::money(cents, lang)}</td><td role="cell" class="num" data-label=t.figures_counted()>{places}</td><td role="cell" class="num" data-label=t.figures_uncounted()>{unknown}</td></tr> }
    });
    let lines = lines.collect_view();
    let columns = vec![t.mission_project(), t.figures_cost(), t.figures_counted(), t.figures_uncounted()];
    figure("costs", t.figures_costs(), sentence, drawing.into_any(), table(columns, lines.into_any()), lang).into_any()
}

fn table(columns: Vec<String>, lines: AnyView) -> AnyView {
    let head = columns.into_iter().map(|word| view! { <th role="columnheader">{word}</th> }).collect_view();
    view! { <div class="table-wrap"><table class="table" role="table"><thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{lines}</tbody></table></div> }
    .into_any()
}
