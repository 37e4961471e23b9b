//! Projects: the list, one project.

use super::*;
use crate::kernel::{Lang, ProjectId, Role};
use crate::planning::{FeedOf, NewProject, Project, ProjectFilter, ProjectStatus, service as planning};
use crate::platform::markup::typed_text;
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;

/// Projects on one page of the list.
const PAGE: i64 = 50;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/projects", get(list))
        .route("/o/{org}/projects/new", get(new_page).post(create))
        .route("/o/{org}/projects/{id}", get(edit_page).post(change))
        .route("/o/{org}/projects/{id}/delete", post(delete))
}

#[derive(Deserialize, Default, Clone)]
struct ListQuery {
    q: Option<String>,
    status: Option<String>,
    after: Option<String>,
    after_id: Option<ProjectId>,
}

/// The state of a project in a word.
pub(super) fn status_pill(status: ProjectStatus, lang: Lang) -> AnyView {
    let t = crate::platform::words::words(lang);
    match status {
        ProjectStatus::Draft => view! { <Pill tone="" icon="pencil" text=t.project_draft() /> }.into_any(),
        ProjectStatus::Active => view! { <Pill tone="positive" icon="check" text=t.project_active() /> }.into_any(),
        ProjectStatus::Archived => view! { <Pill tone="" icon="file" text=t.project_archived() /> }.into_any(),
    }
}

fn status_word(status: ProjectStatus, t: &Words) -> String {
    match status {
        ProjectStatus::Draft => t.project_draft(),
        ProjectStatus::Active => t.project_active(),
        ProjectStatus::Archived => t.project_archived(),
    }
}

/// From when to when, as far as it is known.
fn dates(project: &Project, lang: Lang) -> String {
    let date = |date| format::long_day(date, lang);
    match (project.starts_on, project.ends_on) {
        (Some(from), Some(to)) => format!("{} – {}", date(from), date(to)),
        (Some(from), None) => format!("{} –", date(from)),
        (None, Some(to)) => format!("– {}", date(to)),
        (None, None) => String::new(),
    }
}

async fn list(member: Member, Query(query): Query<ListQuery>) -> Answer {
    let filter = ProjectFilter {
        search: query.q.clone().filter(|q| !q.trim().is_empty()),
        status: query.status.as_deref().and_then(ProjectStatus::parse),
        after: query.after.clone().zip(query.after_id),
        limit: PAGE + 1,
        ..ProjectFilter::default()
    };
    let mut projects =
        planning::list_projects(&member.visitor.app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
    let more = projects.len() > usize::try_from(PAGE).unwrap_or(50);
    projects.truncate(usize::try_from(PAGE).unwrap_or(50));
    let q = query.q.clone().unwrap_or_default();
    let next = projects.last().filter(|_| more).map(|last| {
        let place = crate::kernel::text::fold(&format!("{} {}", last.name, last.client));
        let status = query.status.clone().unwrap_or_default();
        member.url(&format!(
            "/projects?q={}&status={}&after={}&after_id={}",
            url_part(&q),
            url_part(&status),
            url_part(&place),
            last.id
        ))
    });
    let (lang, t) = (member.visitor.lang, member.words());
    let may = member.role >= Role::Manager && member.support.is_none();
    Ok(render::page(StatusCode::OK, move || {
        let chosen = query.status.clone().unwrap_or_default();
        let options = [ProjectStatus::Draft, ProjectStatus::Active, ProjectStatus::Archived].map(|status| {
            view! { <option value=status.code() selected=chosen == status.code()>{status_word(status, t)}</option> }
        });
        let is_empty = projects.is_empty();
        let lines = projects.into_iter().map(|project| {
            let url = member.url(&format!("/projects/{}", project.id));
            let (gel, when) = (format!("swatch gel-{}", project.colour), dates(&project, lang));
            view! { <li>
                <span class=gel></span>
                <span class="grow"><a class="strong" href=url>{project.name}</a><small>{project.client}</small><small>{when}</small></span>
                {status_pill(project.status, lang)}
            </li> }
        });
        let lines = lines.collect_view();
        view! {
            <InOrg member=member.clone() title=t.nav_projects() here="projects">
                <header class="page-head"><h1>{t.nav_projects()}</h1>{may.then(|| view! { <div class="actions"><a class="btn primary" href=member.url("/projects/new")><Icon name="plus" />{t.project_new()}</a></div> })}</header>
                <form class="filters row" method="get" action=member.url("/projects") role="search">
                    <div class="affix"><Icon name="search" /><input class="input" type="search" name="q" aria-label=t.project_search() placeholder=t.project_search() value=q /></div>
                    <select class="input pick" name="status" aria-label=t.member_state()><option value="">{t.project_all()}</option>{options.into_iter().collect_view()}</select>
                    <button class="btn secondary">{t.filter_button()}</button>
                </form>
                {is_empty.then(|| view! { <Empty title=t.project_empty_title() text=t.project_empty_text() /> })}
                <ul class="list">{lines}</ul>
                {next.map(|url| view! { <p class="pages"><a class="btn secondary" href=url>{t.next_page()}</a></p> })}
            </InOrg>
        }
    }))
}

#[derive(Deserialize, Clone)]
struct ProjectForm {
    name: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    client: String,
    #[serde(default)]
    colour: String,
    #[serde(default)]
    notes: String,
    #[serde(default)]
    starts_on: String,
    #[serde(default)]
    ends_on: String,
    #[serde(default)]
    version: i64,
}

impl ProjectForm {
    fn typed(&self) -> NewProject {
        let colour = self.colour.trim().parse().unwrap_or(1);
        let Self { name, status, client, notes, starts_on, ends_on, .. } = self.clone();
        NewProject { name, status, client, colour, notes, starts_on, ends_on }
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let Self { name, status, client, colour, notes, starts_on, ends_on, .. } = self.clone();
        let (starts, ends) = (("starts_on", starts_on), ("ends_on", ends_on));
        let version = ("version", self.version.to_string());
        vec![("name", name), ("status", status), ("client", client), ("colour", colour), ("notes", notes), starts, ends, version]
    }
}

fn fields(typed: &Typed, lang: Lang) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let typed = typed.clone();
    let (status, colour) = (typed.value("status"), typed.value("colour"));
    let states = [("draft", t.project_draft()), ("active", t.project_active()), ("archived", t.project_archived())];
    let states = states.map(|(code, word)| view! { <option value=code selected=status == code>{word}</option> });
    let gels = (1..=6).map(|gel: i64| {
        let checked = colour.parse() == Ok(gel);
        let (class, label) = (format!("swatch gel-{gel}"), t.project_colour_n(gel));
        view! { <label class="check gel"><input type="radio" name="colour" value=gel.to_string() checked=checked /><span class=class></span><span class="vh">{label}</span></label> }
    });
    let gels = gels.collect_view();
    view! {
        <Field typed=typed.clone() lang name="name" label=t.field_name() required=true />
        <Field typed=typed.clone() lang name="client" label=t.project_client() />
        <div class="field"><label for="status">{t.member_state()}</label><select class="input" id="status" name="status">{states.into_iter().collect_view()}</select></div>
        <div class="row"><Field typed=typed.clone() lang name="starts_on" label=t.project_from() kind="date" /><Field typed=typed.clone() lang name="ends_on" label=t.project_to() kind="date" /></div>
        <fieldset class="field"><legend class="label">{t.project_colour()}</legend><div class="row">{gels}</div></fieldset>
        <div class="field"><label for="notes">{t.project_notes()}</label><textarea class="input" id="notes" name="notes" rows="4" maxlength="4000" aria-describedby=typed.described("notes", "notes", false) aria-invalid=typed.invalid("notes")>{typed_text(&typed.value("notes"))}</textarea><FieldError typed=typed.clone() lang name="notes" /></div>
    }
}

async fn new_page(member: Member) -> Answer {
    let _: Permit<crate::planning::ManageProjects> = member.permit()?;
    let filter = ProjectFilter { limit: 200, ..ProjectFilter::default() };
    let known = planning::list_projects(&member.visitor.app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
    // The colour that fewest projects have: neighbours on the sheet differ.
    let uses = |gel: &i64| known.iter().filter(|project| project.colour == *gel).count();
    let colour = (1..=6).min_by_key(uses).unwrap_or(1);
    let values = vec![("status", "active".to_owned()), ("colour", colour.to_string())];
    Ok(show_new(member, Typed { failure: None, values }))
}

fn show_new(member: Member, typed: Typed) -> Response {
    let (lang, t) = (member.visitor.lang, member.words());
    render::page(form_status(&typed), move || {
        view! {
            <InOrg member=member.clone() title=t.project_new() here="projects">
                <div class="stack wide narrow"><h1>{t.project_new()}</h1>
                    <form class="stack" method="post" action=member.url("/projects/new")><FormError typed=typed.clone() lang />{fields(&typed, lang)}
                        <div class="row"><button class="btn primary">{t.project_create()}</button><a class="btn" href=member.url("/projects")>{t.cancel()}</a></div></form></div>
            </InOrg>
        }
    })
}

async fn create(member: Member, session: Session, Form(form): Form<ProjectForm>) -> Answer {
    match planning::create_project(&member.visitor.app, member.permit()?, &form.typed()).await {
        Ok(_) => Ok(go_with(&session, "saved", &member.url("/projects")).await),
        Err(error) => Ok(show_new(member, Typed { failure: Some(error.into()), values: form.values() })),
    }
}

async fn edit_page(member: Member, Path((_, id)): Path<(String, ProjectId)>) -> Answer {
    show_edit(member, id, Typed::default()).await
}

fn stored(project: &Project) -> Vec<(&'static str, String)> {
    let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    vec![
        ("name", project.name.clone()),
        ("status", project.status.code().to_owned()),
        ("client", project.client.clone()),
        ("colour", project.colour.to_string()),
        ("notes", project.notes.clone()),
        ("starts_on", date(project.starts_on)),
        ("ends_on", date(project.ends_on)),
    ]
}

/// What is stored, in words.
fn in_words(project: &Project, lang: Lang) -> Vec<Stored> {
    let t = words(lang);
    let date = |date: Option<Date>| date.map(|date| format::long_day(date, lang)).unwrap_or_default();
    let known = stored(project).into_iter().map(|(name, value)| match name {
        "name" => Stored::new(name, t.field_name(), &value),
        "status" => Stored::new(name, t.member_state(), &value).in_words(status_word(project.status, t)),
        "client" => Stored::new(name, t.project_client(), &value),
        "colour" => Stored::new(name, t.project_colour(), &value).in_words(t.project_colour_n(project.colour)),
        "starts_on" => Stored::new(name, t.project_from(), &value).in_words(date(project.starts_on)),
        "ends_on" => Stored::new(name, t.project_to(), &value).in_words(date(project.ends_on)),
        _ => Stored::new(name, t.project_notes(), &value),
    });
    known.collect()
}

async fn show_edit(member: Member, id: ProjectId, typed: Typed) -> Answer {
    let project = planning::get_project(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let (lang, t) = (member.visitor.lang, member.words());
    let typed = Typed { values: [typed.values, stored(&project)].concat(), failure: typed.failure };
    let known = in_words(&project, lang);
    let may = member.role >= Role::Manager && member.support.is_none();
    let cost = match member.role >= Role::Manager {
        true => planning::cost_project(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?,
        false => planning::Cost::default(),
    };
    let feed = if may {
        let of = FeedOf::Project(id);
        planning::find_feed(&member.visitor.app, member.permit()?, of).await.map_err(|e| member.refuse(e))?
    } else {
        None
    };
    Ok(render::page(form_status(&typed), move || {
        let action = member.url(&format!("/projects/{id}/calendar"));
        let calendar = may.then(|| super::feeds::section(&member, feed, t.calendar_project_lead(), &action));
        let form = may.then(|| view! {
            <form class="stack" method="post" action=member.url(&format!("/projects/{id}"))><FormError typed=typed.clone() lang /><Meanwhile typed=typed.clone() lang known=known /><input type="hidden" name="version" value=typed.version(project.version) />{fields(&typed, lang)}
                <div class="row"><button class="btn primary">{t.save()}</button><a class="btn" href=member.url("/projects")>{t.cancel()}</a></div></form>
        });
        let deleting = (may && member.role >= Role::Admin).then(|| view! {
            <form class="stack tight" method="post" action=member.url(&format!("/projects/{id}/delete"))><p class="muted small">{t.project_delete_lead()}</p><div class="row"><button class="btn danger-quiet">{t.project_delete()}</button></div></form>
        });
        view! {
            <InOrg member=member.clone() title=project.name.clone() here="projects">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{project.name.clone()}</h1><p class="lead">{project.client.clone()}" "{dates(&project, lang)}</p></div>
                        <div class="actions">{status_pill(project.status, lang)}{may.then(|| view! { <a class="btn secondary" href=member.url(&format!("/missions/new?project={id}"))><Icon name="plus" />{t.mission_new()}</a><a class="btn" href=member.url(&format!("/templates/new?project={id}"))>{t.template_keep()}</a> })}</div></header>
                    {(!may).then(|| view! { <p>{project.notes.clone()}</p> })}
                    {super::staffing::cost_line(cost, lang)}
                    {form}{calendar}{deleting}
                </div>
            </InOrg>
        }
    }))
}

async fn change(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, ProjectId)>,
    Form(form): Form<ProjectForm>,
) -> Answer {
    match planning::change_project(&member.visitor.app, member.permit()?, id, form.version, &form.typed()).await {
        Ok(()) => Ok(go_with(&session, "saved", &member.url("/projects")).await),
        Err(crate::planning::PlanError::NotFound) => Err(member.refuse(Failure::not_found())),
        Err(error) => show_edit(member, id, Typed { failure: Some(error.into()), values: form.values() }).await,
    }
}

async fn delete(member: Member, session: Session, Path((_, id)): Path<(String, ProjectId)>) -> Answer {
    planning::delete_project(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "saved", &member.url("/projects")).await)
}
