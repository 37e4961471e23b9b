//! The audit as a page and as files: the same for an organisation's chain and for the installation's.

use super::audit_lines::{Fact, Line, Teller};
use super::csv_file;
use super::format;
use super::refusal::url_part;
use super::ui::{Avatar, Empty, Icon, Pill};
use crate::access::{Actor, permit};
use crate::audit::{self, AuditFilter, Break, Check, EventPage, Fault, Group, ReadsChain, chain_line, head_line};
use crate::kernel::zone::{Zone, parse_date};
use crate::kernel::{AccountId, Failure, Kind, Lang};
use crate::platform::App;
use crate::platform::db::told;
use crate::platform::words::{Words, words};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::header;
use leptos::prelude::*;
use serde::Deserialize;

/// Events on one page.
const PAGE: i64 = 50;
/// Events read at once for a file.
const BATCH: i64 = 500;

/// What the page's form asks for.
#[derive(Deserialize, Default, Clone)]
pub struct AuditQuery {
    q: Option<String>,
    kind: Option<String>,
    person: Option<String>,
    from: Option<String>,
    to: Option<String>,
    before: Option<i64>,
    after: Option<i64>,
}

impl AuditQuery {
    fn filter(&self, zone: &Zone) -> AuditFilter {
        let date = |text: &Option<String>| text.as_deref().and_then(parse_date);
        // A hash is shown with a dot in its middle.
        let search = self.q.as_deref().map(|q| q.trim().replace('·', "")).filter(|q| !q.is_empty());
        AuditFilter {
            search: search.map(|q| q.chars().take(100).collect()),
            group: self.kind.as_deref().and_then(Group::parse),
            person: self.person.as_deref().and_then(|id| id.parse().ok()).map(AccountId),
            from: date(&self.from).map(|day| zone.start_of(day)),
            to: date(&self.to).map(|day| zone.span_of(day, day).1),
            ..AuditFilter::default()
        }
    }

    /// The filters as a query, without the place in the list.
    fn text(&self) -> String {
        let parts = [("q", &self.q), ("kind", &self.kind), ("person", &self.person), ("from", &self.from), ("to", &self.to)];
        let given = parts.into_iter().filter_map(|(name, value)| Some((name, value.as_deref().filter(|v| !v.is_empty())?)));
        given.map(|(name, value)| format!("{name}={}", url_part(value))).collect::<Vec<_>>().join("&")
    }

    fn is_filtered(&self) -> bool {
        !self.text().is_empty()
    }
}

/// Where the page stands and for whom.
#[derive(Clone)]
pub struct Chain {
    pub app: App,
    pub actor: Actor,
    pub lang: Lang,
    pub zone: Zone,
    /// `/o/{slug}/audit`.
    pub url: String,
    /// What downloaded files are called.
    pub file: String,
    /// Kinds of events that this chain holds.
    pub groups: &'static [Group],
}

/// What is to be shown.
pub struct Shown {
    chain: Chain,
    query: AuditQuery,
    lines: Vec<Line>,
    older: Option<i64>,
    newer: Option<i64>,
    check: Option<Check>,
    /// Who can be asked for: number and name.
    people: Vec<(i64, String)>,
}

impl Chain {
    fn t(&self) -> &'static Words {
        words(self.lang)
    }

    fn tell(&self, page: EventPage) -> Vec<Line> {
        let EventPage { rows, names } = page;
        let teller = Teller { lang: self.lang, zone: self.zone.clone(), names: &names };
        rows.into_iter().map(|row| teller.line(row)).collect()
    }

    /// Reads one page of the list; `verify` checks the whole chain, too.
    pub async fn read<A: ReadsChain>(
        self,
        query: AuditQuery,
        people: Vec<(i64, String)>,
        verify: bool,
    ) -> Result<Shown, Failure> {
        let limit = PAGE + 1;
        let filter = AuditFilter { before: query.before, after: query.after, limit, ..query.filter(&self.zone) };
        let mut page = audit::read_page::<A>(&self.app, permit(&self.actor)?, &filter).await?;
        let check = if verify { Some(audit::verify_chain::<A>(&self.app, permit(&self.actor)?).await?) } else { None };
        let more = i64::try_from(page.rows.len()).unwrap_or(0) > PAGE;
        if more && query.after.is_some() {
            // The one too many is the newest: the list goes on in that direction.
            page.rows.remove(0);
        }
        page.rows.truncate(usize::try_from(PAGE).unwrap_or(50));
        let (first, last) = (page.rows.first().map(|row| row.seq), page.rows.last().map(|row| row.seq));
        let older = last.filter(|_| more || query.after.is_some());
        let newer = first.filter(|_| if query.after.is_some() { more } else { query.before.is_some() });
        let lines = self.tell(page);
        Ok(Shown { chain: self, query, lines, older, newer, check, people })
    }

    /// The rows that the form asks for as a table, piece by piece: however many there are, one piece is in memory.
    pub fn csv<A: ReadsChain>(self, query: &AuditQuery) -> Response {
        let filter = AuditFilter { limit: BATCH, before: None, ..query.filter(&self.zone) };
        let name = format!("attachment; filename=\"{}.csv\"", self.file);
        let pieces = stream::try_unfold(Some((self, filter, true)), |state| async move {
            let Some((chain, filter, is_first)) = state else { return Ok(None) };
            let page = told(audit::read_page::<A>(&chain.app, permit(&chain.actor)?, &filter)).await?;
            let next = page.rows.last().filter(|_| page.rows.len() == usize::try_from(BATCH).unwrap_or(500)).map(|row| row.seq);
            let zone = chain.zone.clone();
            let times: Vec<_> = page.rows.iter().map(|row| zone.rfc3339(crate::kernel::Instant(row.at))).collect();
            let rows = chain.tell(page).into_iter().zip(times).map(|(line, time)| cells(line, time));
            let rows: Vec<_> = is_first.then(|| head_cells(chain.t())).into_iter().chain(rows).collect();
            let piece = if is_first { csv_file::write(&rows) } else { csv_file::go_on(&rows) };
            let piece = piece.map_err(|_| Failure::new(Kind::Unexpected, "unexpected"))?;
            let state = next.map(|before| (chain, AuditFilter { before: Some(before), ..filter }, false));
            Ok::<_, Failure>(Some((piece, state)))
        });
        let pieces = Body::from_stream(pieces);
        ([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], pieces)
            .into_response()
    }

    /// The whole chain as lines of JSON, piece by piece, and where it ends as the last line.
    pub async fn export<A: ReadsChain>(self) -> Result<Response, Failure> {
        let proof = permit::<A>(&self.actor)?;
        let head = audit::read_head(&self.app, &proof).await?;
        let name = format!("attachment; filename=\"{}-{}.jsonl\"", self.file, head.seq);
        let pieces = stream::try_unfold(Some((self, proof, head, 0)), |state| async move {
            let Some((chain, proof, head, after)) = state else { return Ok(None) };
            let rows = told(audit::list_chain(&chain.app, &proof, after, &head)).await?;
            let Some(last) = rows.last() else { return Ok(Some((head_line(proof.org(), &head), None))) };
            let (after, text) = (last.seq, rows.iter().map(chain_line).collect::<String>());
            Ok::<_, Failure>(Some((text, Some((chain, proof, head, after)))))
        });
        let body = Body::from_stream(pieces);
        Ok(([(header::CONTENT_TYPE, "application/jsonl".to_owned()), (header::CONTENT_DISPOSITION, name)], body).into_response())
    }
}

fn head_cells(t: &Words) -> Vec<String> {
    vec![
        t.audit_column_number(),
        t.audit_column_time(),
        t.audit_column_who(),
        t.audit_column_event(),
        t.audit_column_what(),
        t.audit_column_object(),
        t.audit_column_facts(),
        t.audit_column_address(),
        t.audit_column_request(),
        t.audit_column_hash(),
    ]
}

fn cells(line: Line, time: String) -> Vec<String> {
    let who = if line.who.note.is_empty() { line.who.name } else { format!("{} ({})", line.who.name, line.who.note) };
    let object = if line.object.is_empty() { line.subject } else { format!("{}: {}", line.subject, line.object) };
    let facts = line.facts.iter().map(Fact::text).collect::<Vec<_>>().join("; ");
    vec![line.seq.to_string(), time, who, line.action, line.event.text, object, facts, line.address, line.request, line.hash]
}

/// The name of a group of events.
fn group_word(group: Group, t: &Words) -> String {
    match group {
        Group::Punches => t.group_punches(),
        Group::Planning => t.group_planning(),
        Group::Crew => t.group_crew(),
        Group::Accounts => t.group_accounts(),
        Group::Members => t.group_members(),
        Group::Settings => t.group_settings(),
        Group::Kiosks => t.group_kiosks(),
        Group::Support => t.group_support(),
        Group::Jobs => t.group_jobs(),
    }
}

impl Shown {
    /// What stands beside the title.
    pub fn actions(&self) -> impl IntoView + use<> {
        let (t, url, query) = (self.chain.t(), self.chain.url.clone(), self.query.text());
        view! {
            <a class="btn secondary" href=format!("{url}/events.csv?{query}") download=""><Icon name="download" />{t.audit_export()}</a>
            <a class="btn secondary" href=format!("{url}/chain.jsonl") download=""><Icon name="shield" />{t.audit_proof()}</a>
        }
    }

    /// The page without its head.
    pub fn body(self) -> impl IntoView {
        let Self { chain, query, lines, older, newer, check, people } = self;
        let (t, url, filters) = (chain.t(), chain.url.clone(), query.text());
        let with = if filters.is_empty() { String::new() } else { format!("{filters}&") };
        let page = |name: &str, seq: Option<i64>, label: String| match seq {
            Some(seq) => view! { <a class="btn secondary" href=format!("{url}?{with}{name}={seq}")>{label}</a> }.into_any(),
            None => view! { <span class="btn secondary" aria-disabled="true">{label}</span> }.into_any(),
        };
        let pages = (older.is_some() || newer.is_some()).then(|| {
            view! { <nav aria-label=t.audit_pages()>{page("after", newer, t.audit_newer())}{page("before", older, t.audit_older())}</nav> }
        });
        let count = t.audit_count(i64::try_from(lines.len()).unwrap_or(0));
        let verify = if filters.is_empty() { url.clone() } else { format!("{url}?{filters}") };
        view! {
            <div class="stack">
                {verdict(&chain, check, verify)}
                {filter_form(&chain, &query, people)}
                {if lines.is_empty() { view! { <Empty title=t.audit_empty_title() text=t.audit_empty_text() /> }.into_any() } else { table(&chain, lines).into_any() }}
                <div class="pages"><span>{count}</span>{pages}</div>
            </div>
        }
    }
}

/// What a check found, in words, with the button for another.
fn verdict(chain: &Chain, check: Option<Check>, verify: String) -> impl IntoView + use<> {
    let t = chain.t();
    let date = |at| format::long_date_time(chain.zone.local(at), chain.lang);
    let button =
        view! { <form class="push" method="post" action=verify><button class="btn secondary">{t.audit_verify()}</button></form> };
    match check {
        None => view! { <div class="note"><Icon name="shield" /><p>{t.audit_verify_lead()}</p>{button}</div> }.into_any(),
        Some(Check { rows, broken: None, at }) => view! {
            <div class="note positive" role="status"><Icon name="shield" /><div><strong>{t.audit_whole()}</strong><p>{t.audit_whole_text(rows, date(at))}</p></div>{button}</div>
        }
        .into_any(),
        Some(Check { rows, broken: Some(Break { seq, fault, at, .. }), .. }) => {
            let dated = at.map(date).unwrap_or_default();
            let text = match fault {
                Fault::Changed => t.audit_fault_changed(seq, dated, rows),
                Fault::Unlinked => t.audit_fault_unlinked(seq, dated, rows),
                Fault::Missing { .. } => t.audit_fault_missing(seq, dated, rows),
                Fault::Removed => t.audit_fault_removed(seq, rows),
            };
            view! {
                <div class="note danger" role="alert"><Icon name="stop" /><div><strong>{t.audit_broken()}</strong><p>{text}</p><p>{t.audit_broken_lead()}</p></div>{button}</div>
            }
            .into_any()
        }
    }
}

fn filter_form(chain: &Chain, query: &AuditQuery, people: Vec<(i64, String)>) -> impl IntoView + use<> {
    let t = chain.t();
    let (kind, person) = (query.kind.clone().unwrap_or_default(), query.person.clone().unwrap_or_default());
    let groups = chain.groups.iter().map(|group| {
        view! { <option value=group.code() selected=group.code() == kind>{group_word(*group, t)}</option> }
    });
    let people = (!people.is_empty()).then(|| {
        let options = people.into_iter().map(|(id, name)| {
            let id = id.to_string();
            let chosen = id == person;
            view! { <option value=id selected=chosen>{name}</option> }
        });
        view! { <select class="input pick" name="person" aria-label=t.audit_person()><option value="">{t.audit_person_all()}</option>{options.collect_view()}</select> }
    });
    let clear = query.is_filtered().then(|| view! { <a class="btn" href=chain.url.clone()>{t.audit_clear()}</a> });
    view! {
        <form class="filters row" method="get" action=chain.url.clone() role="search">
            <div class="affix"><Icon name="search" /><input class="input" type="search" name="q" maxlength="100" aria-label=t.audit_search() placeholder=t.audit_search() value=query.q.clone() /></div>
            <select class="input pick" name="kind" aria-label=t.audit_kind()><option value="">{t.audit_kind_all()}</option>{groups.collect_view()}</select>
            {people}
            <label class="row">{t.audit_from()}<input class="input pick" type="date" name="from" value=query.from.clone() /></label>
            <label class="row">{t.audit_to()}<input class="input pick" type="date" name="to" value=query.to.clone() /></label>
            <button class="btn secondary">{t.filter_button()}</button>{clear}
        </form>
    }
}

fn table(chain: &Chain, lines: Vec<Line>) -> impl IntoView + use<> {
    let (t, lang) = (chain.t(), chain.lang);
    let mut day = None;
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let head = (day != Some(line.time.date)).then(|| {
                let date = format::long_date(line.time.date, lang);
                view! { <tr role="row" class="group"><th role="rowheader" colspan="6" scope="rowgroup">{date}</th></tr> }
            });
            day = Some(line.time.date);
            view! { {head}{row(line, t)} }
        })
        .collect();
    view! {
        <div class="table-wrap"><table class="table" role="table">
            <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.audit_time()}</th><th role="columnheader">{t.audit_who()}</th><th role="columnheader">{t.audit_what()}</th><th role="columnheader">{t.audit_object()}</th><th role="columnheader">{t.audit_where()}</th><th role="columnheader">{t.audit_hash()}</th></tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table></div>
    }
}

fn row(line: Line, t: &'static Words) -> impl IntoView {
    let Line { seq, time, who, event, subject, object, facts, address, request, hash, .. } = line;
    let time = format!("{}:{:02}", time.hour_minute(), time.second);
    let avatar = match who.icon {
        Some(icon) => view! { <span class="avatar" aria-hidden="true"><Icon name=icon small=true /></span> }.into_any(),
        None => view! { <Avatar name=who.name.clone() /> }.into_any(),
    };
    let note = (!who.note.is_empty()).then(|| view! { <small>{who.note}</small> });
    let facts = (!facts.is_empty()).then(|| {
        let facts = facts.into_iter().map(|Fact { label, before, value }| {
            let value = match before {
                Some(before) => view! { <del>{before}</del>" → "<ins>{value}</ins> }.into_any(),
                None => value.into_any(),
            };
            view! { <dt>{label}</dt><dd>{value}</dd> }
        });
        view! { <dl class="facts small">{facts.collect_view()}</dl> }
    });
    let object = if object.is_empty() { subject } else { format!("{subject} · {object}") };
    let request = (!request.is_empty()).then(|| view! { <small class="hash">{request}</small> });
    let address = (!address.is_empty()).then_some(address);
    let hash = format!("{}·{}", hash.get(..4).unwrap_or_default(), hash.get(4..8).unwrap_or_default());
    view! {
        <tr role="row" id=format!("e{seq}")>
            <th scope="row" role="rowheader" class="num">{time}</th>
            <td role="cell"><span class="person">{avatar}<span>{who.name}{note}</span></span></td>
            <td role="cell" class="bare"><Pill tone=event.tone icon=event.icon text=event.text />{facts}</td>
            <td role="cell" data-label=t.audit_object() class="muted">{object}</td>
            <td role="cell" data-label=t.audit_where() class="muted">{address}{request}</td>
            <td role="cell" data-label=t.audit_hash()><span class="hash">{hash}</span></td>
        </tr>
    }
}
