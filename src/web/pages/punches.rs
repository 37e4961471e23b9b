//! Punches: who is in, and every scan of a day.

use super::*;
use crate::kernel::zone::parse_date;
use crate::kernel::{CrewMemberId, Instant, KioskId, PunchId};
use crate::orgs::{CrewFilter, service as orgs};
use crate::timeclock::{PunchFilter, PunchKind, PunchLine, service as clock};
use axum::routing::get;
use jiff::ToSpan;
use serde::Deserialize;

/// Punches on one page of the list.
const PAGE: i64 = 100;

pub fn routes() -> Router<App> {
    Router::new().route("/o/{org}/punches", get(page))
}

#[derive(Deserialize, Default)]
struct ListQuery {
    day: Option<String>,
    person: Option<String>,
    kiosk: Option<String>,
    before: Option<i64>,
    before_id: Option<PunchId>,
}

async fn page(member: Member, Query(query): Query<ListQuery>) -> Answer {
    let app = &member.visitor.app;
    let (zone, now) = (member.org.zone(), app.clock.now());
    let today = zone.local(now).date;
    let day = query.day.as_deref().and_then(parse_date).unwrap_or(today);
    let (from, to) = zone.span_of(day, day);
    let number = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<i64>().ok());
    let (person, kiosk) = (number(&query.person), number(&query.kiosk));
    let filter = PunchFilter {
        crew_member: person.map(CrewMemberId),
        kiosk: kiosk.map(KioskId),
        from: Some(from),
        to: Some(to),
        before: query.before.map(Instant).zip(query.before_id),
        limit: PAGE + 1,
        offset: 0,
    };
    let mut lines = clock::list_punches(app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
    let present = clock::list_present(app, member.permit()?).await.map_err(|e| member.refuse(e))?;
    let people = orgs::list_crew(app, member.permit()?, &CrewFilter { limit: 500, ..CrewFilter::default() })
        .await
        .map_err(|e| member.refuse(e))?;
    let kiosks = clock::list_kiosk_names(app, member.permit()?).await.map_err(|e| member.refuse(e))?;
    let more = i64::try_from(lines.len()).unwrap_or(0) > PAGE;
    lines.truncate(usize::try_from(PAGE).unwrap_or(100));
    // Whom and what was chosen, kept from day to day and from page to page.
    let kept = [("person", person), ("kiosk", kiosk)].into_iter().filter_map(|(name, id)| Some(format!("{name}={}&", id?)));
    let list = member.url(&format!("/punches?{}", kept.collect::<String>()));
    let next = lines.last().filter(|_| more).map(|last| format!("{list}day={day}&before={}&before_id={}", last.at.0, last.id));
    let (t, lang) = (member.words(), member.visitor.lang);
    let (yesterday, tomorrow) = (day.saturating_sub(1.days()), day.saturating_add(1.days()));
    let (yesterday, tomorrow) = (format!("{list}day={yesterday}"), format!("{list}day={tomorrow}"));
    let today = list.trim_end_matches(['?', '&']).to_owned();
    Ok(render::page(StatusCode::OK, move || {
        view! {
            <InOrg member=member.clone() title=t.punches_title() here="punches">
                <div class="stack wide">
                    <header class="page-head"><div><h1>{t.punches_title()}</h1><p class="lead">{format::long_date(day, lang)}</p></div>
                        <div class="actions">
                            <a class="btn secondary square" href=yesterday aria-label=t.previous()><Icon name="left" /></a>
                            <a class="btn secondary" href=today>{t.today()}</a>
                            <a class="btn secondary square" href=tomorrow aria-label=t.next()><Icon name="right" /></a>
                            <a class="btn secondary" href=member.url(&format!("/punches/hours/hours.xlsx?month={}", day.strftime("%Y-%m"))) download=""><Icon name="download" />{t.punches_month_xlsx()}</a>
                            <a class="btn secondary" href=member.url(&format!("/punches/hours/hours.pdf?month={}", day.strftime("%Y-%m"))) download=""><Icon name="download" />"PDF"</a>
                        </div></header>
                    <section class="stack tight">
                        <h2>{t.present_title(i64::try_from(present.len()).unwrap_or(0))}</h2>
                        <ul class="list">{present.into_iter().map(|p| view! { <li><span class="grow"><span class="strong">{p.name}</span><small>{p.job}</small></span><span class="muted">{p.place}</span>
                            {p.on_break.then(|| view! { <Pill tone="" icon="clock" text=t.present_break() /> })}
                            <span class="pill now"><Icon name="clock" small=true />{t.present_since(zone.local(p.since).hour_minute())}</span></li> }).collect_view()}</ul>
                    </section>
                    <form class="filters row" method="get" action=member.url("/punches")>
                        <input class="input pick" type="date" name="day" value=day.to_string() aria-label=t.punches_day() />
                        <select class="input pick" name="person" aria-label=t.sheet_person()><option value="">{t.punches_everybody()}</option>
                            {people.into_iter().map(|p| view! { <option value=p.person.id.0 selected=person == Some(p.person.id.0)>{p.person.name}</option> }).collect_view()}</select>
                        {(!kiosks.is_empty()).then(|| view! { <select class="input pick" name="kiosk" aria-label=t.punches_kiosk()><option value="">{t.punches_all_kiosks()}</option>
                            {kiosks.into_iter().map(|k| view! { <option value=k.id.0 selected=kiosk == Some(k.id.0)>{k.name}</option> }).collect_view()}</select> })}
                        <button class="btn secondary">{t.filter_button()}</button>
                    </form>
                    {if lines.is_empty() { view! { <Empty title=t.punches_empty_title() text=t.punches_empty_text() /> }.into_any() } else { table(&member, lines).into_any() }}
                    {next.map(|url| view! { <p class="pages"><a class="btn secondary" href=url>{t.next_page()}</a></p> })}
                </div>
            </InOrg>
        }
    }))
}

fn table(member: &Member, lines: Vec<PunchLine>) -> impl IntoView + use<> {
    let (t, zone) = (member.words(), member.org.zone());
    view! {
        <div class="table-wrap"><table class="table" role="table">
            <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.punches_time()}</th><th role="columnheader">{t.sheet_person()}</th><th role="columnheader">{t.punches_kind()}</th><th role="columnheader">{t.punches_kiosk()}</th></tr></thead>
            <tbody role="rowgroup">{lines.into_iter().map(|line| {
                let (tone, icon, word) = match line.kind {
                    PunchKind::In => ("positive", "enter", t.kind_in()),
                    PunchKind::Out => ("", "exit", t.kind_out()),
                    PunchKind::BreakStart => ("", "clock", t.kind_break_start()),
                    PunchKind::BreakEnd => ("", "clock", t.kind_break_end()),
                    PunchKind::Lapse => ("warning", "warn", t.hours_forgotten()),
                };
                view! { <tr role="row"><th scope="row" role="rowheader" class="num">{zone.local(line.at).hour_minute()}</th><td role="cell" data-label=t.sheet_person()>{line.name}</td>
                    <td role="cell" data-label=t.punches_kind()><Pill tone=tone icon=icon text=word /></td><td role="cell" data-label=t.punches_kiosk() class="muted">{line.kiosk_name}</td></tr> }
            }).collect_view()}</tbody>
        </table></div>
    }
}
