//! Hours: one's own, and anybody's for managers; on the page and as files.

use super::*;
use crate::documents::{self, HoursRow, HoursSheet, HoursWords};
use crate::kernel::zone::{Zone, monday_of, parse_date};
use crate::kernel::{CrewMemberId, Instant, Kind, Lang};
use crate::orgs::service as orgs;
use crate::timeclock::{Hours, Interval, ReadHours, Today, service as clock};
use axum::routing::get;
use http::header;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/hours", get(mine))
        .route("/o/{org}/hours/{file}", get(my_file))
        .route("/o/{org}/crew/{id}/hours", get(of_person))
        .route("/o/{org}/crew/{id}/hours/{file}", get(file_of_person))
        .route("/o/{org}/punches/hours/{file}", get(file_of_all))
}

#[derive(Deserialize, Default)]
pub(super) struct PeriodQuery {
    week: Option<String>,
    month: Option<String>,
}

/// A week or a month of an organisation's calendar.
#[derive(Clone, Copy)]
pub(super) struct Period {
    pub first: Date,
    pub last: Date,
    is_month: bool,
}

impl Period {
    pub(super) fn of(query: &PeriodQuery, today: Date) -> Self {
        if let Some(month) = query.month.as_deref().and_then(|m| parse_date(&format!("{m}-01"))) {
            return Self { first: month, last: month.last_of_month(), is_month: true };
        }
        let first = monday_of(query.week.as_deref().and_then(parse_date).unwrap_or(today));
        Self { first, last: first.saturating_add(6.days()), is_month: false }
    }

    pub(super) fn query(self) -> String {
        if self.is_month { format!("?month={}", self.first.strftime("%Y-%m")) } else { format!("?week={}", self.first) }
    }

    fn beside(self, way: i64) -> Self {
        let first =
            if self.is_month { self.first.saturating_add(way.months()) } else { self.first.saturating_add((7 * way).days()) };
        let last = if self.is_month { first.last_of_month() } else { first.saturating_add(6.days()) };
        Self { first, last, is_month: self.is_month }
    }

    pub(super) fn title(self, lang: Lang) -> String {
        let t = crate::platform::words::words(lang);
        if self.is_month {
            format!("{} {}", format::month(self.first, lang), self.first.year())
        } else {
            let week = i64::from(self.first.iso_week_date().week());
            t.period_week(week.to_string(), format::day_span(self.first, self.last, lang))
        }
    }

    /// The week and the month to show instead: today's where this holds today, else those of its first day.
    fn scales(self, today: Date) -> [Self; 2] {
        let day = if (self.first..=self.last).contains(&today) { today } else { self.first };
        let monday = monday_of(day);
        [
            Self { first: monday, last: monday.saturating_add(6.days()), is_month: false },
            Self { first: day.first_of_month(), last: day.last_of_month(), is_month: true },
        ]
    }
}

async fn mine(member: Member, Query(query): Query<PeriodQuery>) -> Answer {
    let me = member.crew_record().await?;
    let (zone, now) = (member.org.zone(), member.visitor.app.clock.now());
    let period = Period::of(&query, zone.local(now).date);
    let (from, to) = zone.span_of(period.first, period.last);
    let hours = clock::my_hours(&member.visitor.app, member.permit()?, &me, from, to).await.map_err(|e| member.refuse(e))?;
    let worked = clock::get_my_today(&member.visitor.app, member.permit()?, &zone, &me).await.map_err(|e| member.refuse(e))?;
    Ok(show(member.clone(), hours, Some(worked), period, member.url("/hours"), "hours"))
}

async fn of_person(member: Member, Path((_, id)): Path<(String, CrewMemberId)>, Query(query): Query<PeriodQuery>) -> Answer {
    let sheet = orgs::get_crew_sheet(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let (zone, now) = (member.org.zone(), member.visitor.app.clock.now());
    let period = Period::of(&query, zone.local(now).date);
    let (from, to) = zone.span_of(period.first, period.last);
    let hours = clock::get_hours(&member.visitor.app, member.permit::<ReadHours>()?, &sheet.person, from, to)
        .await
        .map_err(|e| member.refuse(e))?;
    let base = member.url(&format!("/crew/{id}/hours"));
    Ok(show(member, hours, None, period, base, "crew"))
}

/// `worked` is one's own day, whatever the period is.
fn show(member: Member, hours: Hours, worked: Option<Today>, period: Period, base: String, here: &'static str) -> Response {
    let (t, lang, zone, now) = (member.words(), member.visitor.lang, member.org.zone(), member.visitor.app.clock.now());
    let today = zone.local(now).date;
    let total = format::minutes(hours.minutes(now));
    let worked = worked.map(|day| {
        let since = day.running.map(|interval| t.hours_since(zone.local(interval.start).hour_minute()));
        (format::minutes(day.minutes), since)
    });
    let rows: Vec<_> =
        hours.intervals.iter().rev().map(|(interval, place)| row_view(*interval, place.clone(), &zone, now, lang)).collect();
    let empty = rows.is_empty();
    let is_mine = here == "hours";
    let title = if is_mine { t.nav_my_hours() } else { hours.name.clone() };
    let empty_text = if is_mine { t.hours_empty_text() } else { t.hours_empty_text_of() };
    let (before, after) = (period.beside(-1).query(), period.beside(1).query());
    let [week, month] = period.scales(today).map(Period::query);
    let (is_month, query) = (period.is_month, period.query());
    render::page(StatusCode::OK, move || {
        view! {
            <InOrg member=member title=title.clone() here=here>
                <div class="mid stack wide">
                    <header class="page-head"><div><h1>{title}</h1><p class="lead">{period.title(lang)}</p></div>
                        <div class="actions">
                            <nav class="segmented" aria-label=t.hours_scale()><a href=format!("{base}{week}") aria-current=(!is_month).then_some("page")>{t.hours_week()}</a><a href=format!("{base}{month}") aria-current=is_month.then_some("page")>{t.hours_month()}</a></nav>
                            <a class="btn secondary square" href=format!("{base}{before}") aria-label=t.previous()><Icon name="left" /></a>
                            <a class="btn secondary square" href=format!("{base}{after}") aria-label=t.next()><Icon name="right" /></a>
                            <div class="row">
                                <a class="btn secondary" href=format!("{base}/hours.pdf{query}") download="">"PDF"</a>
                                <a class="btn secondary" href=format!("{base}/hours.xlsx{query}") download="">"XLSX"</a>
                            </div>
                        </div></header>
                    {tiles(t, total, worked)}
                    {if empty { view! { <Empty title=t.hours_empty_title() text=empty_text /> }.into_any() } else { view! {
                        <div class="table-wrap"><table class="table" role="table">
                            <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.hours_day()}</th><th role="columnheader">{t.hours_punched()}</th><th role="columnheader">{t.hours_break()}</th><th role="columnheader">{t.hours_place()}</th><th role="columnheader" class="end">{t.hours_worked()}</th></tr></thead>
                            <tbody role="rowgroup">{rows}</tbody>
                        </table></div>
                    }.into_any() }}
                </div>
            </InOrg>
        }
    })
}

/// The sums: of all that is shown, and of one's own day, with since when one is in.
pub(super) fn tiles(t: &Words, total: String, worked: Option<(String, Option<String>)>) -> AnyView {
    view! {
        <dl class="tiles">
            <div><dt>{t.hours_total()}</dt><dd>{total}</dd></div>
            {worked.map(|(minutes, since)| view! { <div><dt>{t.hours_today()}</dt><dd>{minutes}" "<small>{since}</small></dd></div> })}
        </dl>
    }
    .into_any()
}

fn row_view(interval: Interval, place: Option<String>, zone: &Zone, now: Instant, lang: Lang) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let start = zone.local(interval.start);
    let end = interval.end.map(|end| {
        let end = zone.local(end);
        if end.date == start.date { end.hour_minute() } else { format!("{} (+1)", end.hour_minute()) }
    });
    let span = format!("{} – {}", start.hour_minute(), end.unwrap_or_else(|| "…".to_owned()));
    let worked = if interval.is_forgotten(now) {
        view! { <Pill tone="warning" icon="warn" text=t.hours_forgotten() /> }.into_any()
    } else if interval.is_running(now) {
        view! { <span class="pill now"><Icon name="clock" small=true />{format::minutes(interval.worked_minutes(now))}</span> }
            .into_any()
    } else {
        view! { <span class="num strong">{format::minutes(interval.worked_minutes(now))}</span> }.into_any()
    };
    let pause = (interval.break_minutes > 0).then(|| format::minutes(interval.break_minutes));
    view! {
        <tr role="row"><th scope="row" role="rowheader">{format::short_date(start.date, lang)}</th><td role="cell" data-label=t.hours_punched() class="num">{span}</td>
        <td role="cell" data-label=t.hours_break()>{pause}</td><td role="cell" data-label=t.hours_place()>{place}</td><td role="cell" data-label=t.hours_worked() class="end">{worked}</td></tr>
    }
}

async fn my_file(member: Member, Path((_, file)): Path<(String, String)>, Query(query): Query<PeriodQuery>) -> Answer {
    let me = member.crew_record().await?;
    let (period, from, to) = span(&member, &query);
    let hours = clock::my_hours(&member.visitor.app, member.permit()?, &me, from, to).await.map_err(|e| member.refuse(e))?;
    download(&member, &file, period, vec![hours]).await
}

async fn file_of_person(
    member: Member,
    Path((_, id, file)): Path<(String, CrewMemberId, String)>,
    Query(query): Query<PeriodQuery>,
) -> Answer {
    let sheet = orgs::get_crew_sheet(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let (period, from, to) = span(&member, &query);
    let hours =
        clock::get_hours(&member.visitor.app, member.permit()?, &sheet.person, from, to).await.map_err(|e| member.refuse(e))?;
    download(&member, &file, period, vec![hours]).await
}

async fn file_of_all(member: Member, Path((_, file)): Path<(String, String)>, Query(query): Query<PeriodQuery>) -> Answer {
    let (period, from, to) = span(&member, &query);
    let hours = clock::list_hours(&member.visitor.app, member.permit()?, from, to).await.map_err(|e| member.refuse(e))?;
    download(&member, &file, period, hours).await
}

fn span(member: &Member, query: &PeriodQuery) -> (Period, Instant, Instant) {
    let zone = member.org.zone();
    let period = Period::of(query, zone.local(member.visitor.app.clock.now()).date);
    let (from, to) = zone.span_of(period.first, period.last);
    (period, from, to)
}

async fn download(member: &Member, file: &str, period: Period, hours: Vec<Hours>) -> Answer {
    let sheets: Vec<_> = hours.iter().map(|hours| sheet(member, period, hours)).collect();
    let sheets = if sheets.is_empty() {
        vec![sheet(
            member,
            period,
            &Hours { crew_member: CrewMemberId(0), name: member.org.name.clone(), job: None, intervals: Vec::new() },
        )]
    } else {
        sheets
    };
    let (mime, pdf) = match file {
        "hours.pdf" => ("application/pdf", true),
        "hours.xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false),
        _ => return Err(member.refuse(Failure::not_found())),
    };
    // Drawing is pure computing: it does not belong on the threads that answer others.
    let made = tokio::task::spawn_blocking(move || match (pdf, sheets.as_slice()) {
        (true, [one]) => documents::hours_pdf(one),
        (true, many) => documents::hours_pdf_many(many),
        (false, [one]) => documents::hours_xlsx(one),
        (false, many) => documents::hours_xlsx_many(many),
    });
    let failed = |error: String| {
        tracing::error!(error, "Document failed");
        member.refuse(Failure::new(Kind::Unexpected, "unexpected"))
    };
    let bytes = made.await.map_err(|e| failed(e.to_string()))?.map_err(|e| failed(e.to_string()))?;
    let who = hours
        .first()
        .filter(|_| hours.len() == 1)
        .map_or_else(|| member.org.slug.clone(), |h| crate::kernel::text::slug(&h.name));
    let name = format!("attachment; filename=\"heures-{who}-{}.{}\"", period.first, if pdf { "pdf" } else { "xlsx" });
    Ok(([(header::CONTENT_TYPE, mime.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

fn sheet(member: &Member, period: Period, hours: &Hours) -> HoursSheet {
    let (lang, zone, now) = (member.visitor.lang, member.org.zone(), member.visitor.app.clock.now());
    let t = member.words();
    let rows = hours.intervals.iter().map(|(interval, place)| {
        let start = zone.local(interval.start);
        let end = interval.end.map(|end| zone.local(end));
        let part = |n: i8| u8::try_from(n).unwrap_or(1);
        HoursRow {
            date: (i32::from(start.date.year()), part(start.date.month()), part(start.date.day())),
            day: format::short_date(start.date, lang),
            start: start.hour_minute(),
            end: end.map(|end| end.hour_minute()),
            end_next_day: end.is_some_and(|end| end.date > start.date),
            is_running: interval.is_running(now),
            break_minutes: interval.break_minutes,
            worked_minutes: interval.worked_minutes(now),
            place: place.clone().unwrap_or_default(),
            note: interval.is_forgotten(now).then(|| t.hours_forgotten()),
        }
    });
    HoursSheet {
        organisation: member.org.name.clone(),
        person: hours.name.clone(),
        job: hours.job.clone(),
        period: period.title(lang),
        issued: t.hours_issued(format::long_date(zone.local(now).date, lang), zone.local(now).hour_minute()),
        issued_at_millis: now.0,
        time_zone: member.org.time_zone.clone(),
        rows: rows.collect(),
        total_minutes: hours.minutes(now),
        words: sheet_words(lang),
    }
}

fn sheet_words(lang: Lang) -> HoursWords {
    let t = crate::platform::words::words(lang);
    HoursWords {
        language: lang.code().to_owned(),
        title: t.sheet_title(),
        person: t.sheet_person(),
        job: t.field_job(),
        period: t.sheet_period(),
        day: t.hours_day(),
        start: t.sheet_start(),
        end: t.sheet_end(),
        pause: t.hours_break(),
        worked: t.hours_worked(),
        day_total: t.sheet_day_total(),
        week: t.sheet_week(),
        place: t.hours_place(),
        note: t.sheet_note(),
        total: t.hours_total(),
        running: t.sheet_running(),
        next_day: "+1".to_owned(),
        page: t.sheet_page(),
        empty: t.hours_empty_title(),
        signature_person: t.sheet_signature_person(),
        signature_manager: t.sheet_signature_manager(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn week(first: Date) -> Period {
        Period { first, last: first.saturating_add(6.days()), is_month: false }
    }

    #[test]
    fn a_period_says_its_year() {
        let november = Period::of(&PeriodQuery { week: None, month: Some("2026-11".to_owned()) }, date(2027, 1, 15));
        for (period, fr, en) in [
            (week(date(2026, 11, 16)), "Semaine 47 · 16–22 novembre 2026", "Week 47 · 16–22 November 2026"),
            (week(date(2026, 11, 30)), "Semaine 49 · 30 novembre – 6 décembre 2026", "Week 49 · 30 November – 6 December 2026"),
            (
                week(date(2026, 12, 28)),
                "Semaine 53 · 28 décembre 2026 – 3 janvier 2027",
                "Week 53 · 28 December 2026 – 3 January 2027",
            ),
            (november, "novembre 2026", "November 2026"),
        ] {
            assert_eq!((period.title(Lang::Fr).as_str(), period.title(Lang::En).as_str()), (fr, en));
        }
    }

    #[test]
    fn the_month_to_show_is_today_s_where_the_week_holds_today() {
        let of_two = week(date(2026, 9, 28));
        for (today, month) in
            [(date(2026, 10, 2), "?month=2026-10"), (date(2026, 9, 30), "?month=2026-09"), (date(2026, 11, 21), "?month=2026-09")]
        {
            let [same, shown] = of_two.scales(today);
            assert_eq!((same.query().as_str(), shown.query().as_str()), ("?week=2026-09-28", month), "{today}");
            assert_eq!(shown.scales(today)[1].query(), month, "it stays");
        }
    }

    #[test]
    fn the_week_to_show_is_today_s_where_the_month_holds_today() {
        let november = Period::of(&PeriodQuery { week: None, month: Some("2026-11".to_owned()) }, date(2027, 1, 15));
        for (today, week) in [
            (date(2026, 11, 21), "?week=2026-11-16"),
            (date(2026, 11, 1), "?week=2026-10-26"),
            (date(2026, 12, 1), "?week=2026-10-26"),
        ] {
            let [shown, same] = november.scales(today);
            assert_eq!((shown.query().as_str(), same.query().as_str()), (week, "?month=2026-11"), "{today}");
            assert_eq!(shown.scales(today)[0].query(), week, "it stays");
        }
    }
}
