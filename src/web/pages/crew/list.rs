//! The list of the crew: search, filters, and whose permits end soon.

use super::*;
use crate::kernel::zone::parse_date;
use crate::planning::profiles::{SOON_DAYS, Skill};
use crate::planning::service as planning;
use jiff::ToSpan;
use std::collections::HashMap;

/// People on one page of the list.
const PAGE: i64 = 50;

#[derive(Deserialize, Default, Clone)]
pub(super) struct ListQuery {
    q: Option<String>,
    skill: Option<String>,
    tag: Option<String>,
    /// A day on which they must be free.
    free: Option<String>,
    /// Only those with a permit that ends soon or has ended.
    #[serde(default)]
    soon: bool,
    #[serde(default)]
    archived: bool,
    after: Option<String>,
    after_id: Option<CrewMemberId>,
}

/// What was chosen or typed; nothing when it is empty.
fn given(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl ListQuery {
    /// The filters as the beginning of a query, kept from page to page.
    fn kept(&self) -> String {
        let texts = [("q", &self.q), ("skill", &self.skill), ("tag", &self.tag), ("free", &self.free)];
        let texts = texts.into_iter().filter_map(|(name, text)| Some(format!("{name}={}", url_part(&given(text.as_ref())?))));
        let marks = [("soon", self.soon), ("archived", self.archived)];
        let marks = marks.into_iter().filter(|(_, is_on)| *is_on).map(|(name, _)| format!("{name}=true"));
        texts.chain(marks).map(|pair| pair + "&").collect()
    }

    fn narrows(&self) -> bool {
        !self.kept().is_empty()
    }
}

pub(super) async fn page(member: Member, Query(query): Query<ListQuery>) -> Answer {
    let app = &member.visitor.app;
    let today = member.org.zone().local(app.clock.now()).date;
    let until = today.saturating_add(SOON_DAYS.days());
    let ending = planning::list_ending_skills(app, member.permit()?, until).await.map_err(|e| member.refuse(e))?;
    let but = match query.free.as_deref().and_then(parse_date) {
        Some(day) => planning::list_taken(app, member.permit()?, day).await.map_err(|e| member.refuse(e))?,
        None => Vec::new(),
    };
    let filter = CrewFilter {
        search: given(query.q.as_ref()),
        skill: given(query.skill.as_ref()),
        tag: given(query.tag.as_ref()),
        only: query.soon.then(|| ending.keys().copied().collect()),
        but,
        archived: query.archived,
        after: query.after.clone().zip(query.after_id),
        limit: PAGE + 1,
    };
    let mut people = orgs::list_crew(app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
    let skills = orgs::list_skills(app, member.permit()?).await.map_err(|e| member.refuse(e))?;
    let tags = orgs::list_tags(app, member.permit()?).await.map_err(|e| member.refuse(e))?;
    let more = i64::try_from(people.len()).unwrap_or(0) > PAGE;
    people.truncate(usize::try_from(PAGE).unwrap_or(50));
    let next = people.last().filter(|_| more).map(|last| {
        let place = url_part(&last.person.search());
        member.url(&format!("/crew?{}after={place}&after_id={}", query.kept(), last.person.id))
    });
    let t = member.words();
    Ok(render::page(StatusCode::OK, move || {
        let filters = filters(&query, skills, tags, member.url("/crew"), t);
        let rows = match (people.is_empty(), query.narrows()) {
            (true, true) => view! { <Empty title=t.crew_none_title() text=t.crew_none_text() /> }.into_any(),
            (true, false) => view! { <Empty title=t.crew_empty_title() text=t.crew_empty_text() /> }.into_any(),
            _ => table(&member, people, &ending, today).into_any(),
        };
        let soon = (!query.soon && !ending.is_empty()).then(|| {
            let count = i64::try_from(ending.len()).unwrap_or(0);
            view! { <p><a href=member.url("/crew?soon=true")><Icon name="warn" small=true />" "{t.crew_soon_count(count)}</a></p> }
        });
        view! {
            <InOrg member=member.clone() title=t.crew_title() here="crew">
                <header class="page-head"><h1>{t.crew_title()}</h1><div class="actions">
                    <a class="btn secondary" href=member.url("/crew/import")>{t.crew_import()}</a>
                    <a class="btn primary" href=member.url("/crew/new")><Icon name="useradd" />{t.crew_add()}</a>
                </div></header>
                {filters}{soon}{rows}
                {next.map(|url| view! { <p class="pages"><a class="btn secondary" href=url>{t.next_page()}</a></p> })}
            </InOrg>
        }
    }))
}

/// A choice of one word, or of all.
fn choice(name: &'static str, label: String, all: String, words: Vec<String>, chosen: Option<&String>) -> AnyView {
    let chosen = chosen.cloned().unwrap_or_default();
    let options = words.into_iter().map(|word| {
        let selected = word == chosen;
        view! { <option selected=selected>{word}</option> }
    });
    let options = options.collect_view();
    view! { <select class="input pick" name=name aria-label=label><option value="">{all}</option>{options}</select> }.into_any()
}

fn filters(query: &ListQuery, skills: Vec<String>, tags: Vec<String>, action: String, t: &'static Words) -> AnyView {
    let tags = (!tags.is_empty()).then(|| choice("tag", t.crew_tags(), t.crew_all_tags(), tags, query.tag.as_ref()));
    let skills = choice("skill", t.field_skills(), t.crew_all_skills(), skills, query.skill.as_ref());
    let (q, free) = (query.q.clone(), query.free.clone());
    let (soon, archived) = (query.soon, query.archived);
    view! {
        <form class="filters row" method="get" action=action role="search">
            <div class="affix"><Icon name="search" /><input class="input" type="search" name="q" aria-label=t.crew_search() placeholder=t.crew_search() value=q /></div>
            {skills}{tags}
            <label class="row">{t.crew_free_on()}<input class="input pick" type="date" name="free" value=free /></label>
            <label class="check"><input type="checkbox" name="soon" value="true" checked=soon /><span>{t.crew_soon()}</span></label>
            <label class="check"><input type="checkbox" name="archived" value="true" checked=archived /><span>{t.crew_archived()}</span></label>
            <button class="btn secondary">{t.filter_button()}</button>
        </form>
    }
    .into_any()
}

fn table(
    member: &Member,
    people: Vec<CrewSheet>,
    ending: &HashMap<CrewMemberId, Vec<Skill>>,
    today: jiff::civil::Date,
) -> AnyView {
    let (t, lang) = (member.words(), member.visitor.lang);
    let rows = people.into_iter().map(|CrewSheet { person, skills }| {
        let url = member.url(&format!("/crew/{}", person.id));
        let permits = ending.get(&person.id).into_iter().flatten();
        let permits = permits.map(|skill| view! { <br />{profile::permit_pill(skill, today, lang, true)} }).collect_view();
        let account = match person.account_id {
            Some(_) => view! { <Pill tone="positive" icon="check" text=t.crew_linked() /> }.into_any(),
            None => view! { <Pill tone="" icon="ban" text=t.crew_unlinked() /> }.into_any(),
        };
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><span class="person"><Avatar name=person.name.clone() /><span><a href=url>{person.name}</a><small>{person.email}</small></span></span></th>
                <td role="cell" data-label=t.field_job()>{person.job}</td>
                <td role="cell" data-label=t.field_skills()>{(!skills.is_empty()).then(|| skills.join(", "))}{permits}</td>
                <td role="cell" data-label=t.crew_account()>{account}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-wrap"><table class="table" role="table">
            <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.field_name()}</th><th role="columnheader">{t.field_job()}</th><th role="columnheader">{t.field_skills()}</th><th role="columnheader">{t.crew_account()}</th></tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table></div>
    }
    .into_any()
}
