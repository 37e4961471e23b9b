//! Templates: missions to be pasted on a date. Saving some of the plan, pasting with a look at what will be made.

use super::*;
use crate::kernel::zone::parse_date;
use crate::kernel::{Lang, MissionTemplateId, ProjectId};
use crate::planning::templates::{MissionTemplate, NewTemplate, TemplateMission};
use crate::planning::{PlanError, Project, service as planning};
use axum::routing::{get, post};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/templates", get(list))
        .route("/o/{org}/templates/new", get(new_page).post(save))
        .route("/o/{org}/templates/{id}", get(page).post(rename))
        .route("/o/{org}/templates/{id}/paste", post(paste))
        .route("/o/{org}/templates/{id}/delete", post(delete))
}

/// Which day to paste on, and for which project.
#[derive(Deserialize, Default, Clone)]
struct PasteForm {
    #[serde(default)]
    date: String,
    #[serde(default)]
    project: String,
}

impl PasteForm {
    fn project(&self) -> Option<ProjectId> {
        self.project.trim().parse().ok()
    }

    /// What carries it from page to page.
    fn query(&self) -> String {
        let date = if self.date.is_empty() { String::new() } else { format!("?date={}", url_part(&self.date)) };
        if self.project.is_empty() || date.is_empty() { date } else { format!("{date}&project={}", url_part(&self.project)) }
    }
}

fn crumbs(member: &Member) -> impl IntoView + use<> {
    let t = member.words();
    view! { <nav class="crumbs"><ol><li><a href=member.url("/plan")>{t.nav_plan()}</a></li><li><a href=member.url("/templates")>{t.templates_title()}</a></li></ol></nav> }
}

async fn list(member: Member, Query(form): Query<PasteForm>) -> Answer {
    let found = planning::list_templates(&member.visitor.app, member.permit()?).await.map_err(|e| member.refuse(e))?;
    let t = member.words();
    Ok(render::page(StatusCode::OK, move || {
        let is_empty = found.is_empty();
        let lines = found.into_iter().map(|template| {
            let url = member.url(&format!("/templates/{}{}", template.id, form.query()));
            let size = size_words(&template, t);
            let titles: Vec<&str> = template.missions.iter().map(|mission| mission.title.as_str()).collect();
            view! { <li><span class="grow"><a class="strong" href=url.clone()>{template.name.clone()}</a><small>{size}</small><small>{titles.join(", ")}</small></span><a class="btn secondary" href=url>{t.template_paste()}</a></li> }
        });
        let lines = lines.collect_view();
        let new = member.support.is_none().then(|| view! { <div class="actions"><a class="btn primary" href=member.url(&format!("/templates/new{}", form.query().replace("date=", "from=")))><Icon name="plus" />{t.template_new()}</a></div> });
        view! {
            <InOrg member=member.clone() title=t.templates_title() here="plan">
                <div class="stack wide narrow">
                    <header class="page-head"><div><nav class="crumbs"><ol><li><a href=member.url("/plan")>{t.nav_plan()}</a></li></ol></nav><h1>{t.templates_title()}</h1><p class="lead">{t.templates_lead()}</p></div>{new}</header>
                    {is_empty.then(|| view! { <Empty title=t.templates_empty_title() text=t.templates_empty_text() /> })}
                    <ul class="list">{lines}</ul>
                </div>
            </InOrg>
        }
    }))
}

/// `6 missions, 2 jours`.
fn size_words(template: &MissionTemplate, t: &Words) -> String {
    let count = i64::try_from(template.missions.len()).unwrap_or(0);
    format!("{}, {}", t.template_missions(count), t.template_days(template.days()))
}

/// Missions in order, under the name of their day.
fn mission_list(missions: &[TemplateMission], first: Option<Date>, lang: Lang) -> AnyView {
    let t = words(lang);
    let groups = missions.chunk_by(|a, b| a.day == b.day).map(|group| {
        let day = group.first().map_or(0, |mission| mission.day);
        let date = first.and_then(|first| first.checked_add(day.days()).ok());
        let heading = date.map_or_else(|| t.template_day(day + 1), |date| format::long_date(date, lang));
        let lines = group.iter().map(|mission| {
            let about: Vec<String> = [mission.place.clone(), mission.roles()].into_iter().filter(|part| !part.is_empty()).collect();
            view! { <li><span class="grow"><span class="strong">{mission.hours()}</span>" "{mission.title.clone()}<small>{about.join(" · ")}</small></span></li> }
        });
        view! { <section class="stack tight"><h3>{heading}</h3><ul class="list">{lines.collect_view()}</ul></section> }
    });
    groups.collect_view().into_any()
}

fn project_options(projects: &[Project], chosen: &str) -> AnyView {
    let option = |project: &Project| {
        let id = project.id.to_string();
        let selected = id == chosen;
        view! { <option value=id selected=selected>{project.name.clone()}</option> }
    };
    projects.iter().map(option).collect_view().into_any()
}

/// Which days are to be kept.
#[derive(Deserialize, Default, Clone)]
struct NewForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    project: String,
}

impl NewForm {
    fn typed(&self) -> NewTemplate {
        let Self { name, from, to, project } = self.clone();
        NewTemplate { name, from, to, project: project.trim().parse().ok() }
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let Self { name, from, to, project } = self.clone();
        vec![("name", name), ("from", from), ("to", to), ("project", project)]
    }
}

async fn new_page(member: Member, Query(mut form): Query<NewForm>) -> Answer {
    let app = &member.visitor.app;
    let zone = member.org.zone();
    if let (true, Ok(project)) = (form.from.is_empty(), form.project.parse()) {
        let project = planning::get_project(app, member.permit()?, project).await.map_err(|e| member.refuse(e))?;
        let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        (form.from, form.to) = (date(project.starts_on), date(project.ends_on));
    }
    if form.from.is_empty() {
        form.from = zone.local(app.clock.now()).date.to_string();
    }
    if form.to.is_empty() {
        form.to = form.from.clone();
    }
    show_new(member, form, None).await
}

/// The days to keep, and what is on them: looked at with the first button, kept with the second.
async fn show_new(member: Member, form: NewForm, failure: Option<Failure>) -> Answer {
    let app = &member.visitor.app;
    let _: Permit<crate::planning::ManageTemplates> = member.permit()?;
    let projects = super::missions::open_projects(&member).await?;
    let looked = planning::preview_template(app, member.permit()?, &form.typed()).await;
    let ((first, missions), failure) = match looked {
        Ok(found) => (found, failure),
        Err(PlanError::Fields(problems)) => ((None, Vec::new()), failure.or(Some(Failure::fields(problems)))),
        Err(error) => return Err(member.refuse(error)),
    };
    let typed = Typed { failure, values: form.values() };
    let (lang, t) = (member.visitor.lang, member.words());
    Ok(render::page(form_status(&typed), move || {
        let count = i64::try_from(missions.len()).unwrap_or(0);
        let options = project_options(&projects, &form.project);
        let found = mission_list(&missions, first, lang);
        let keep = (count > 0).then(|| view! {
            <form class="stack" method="post" action=member.url("/templates/new")>
                <input type="hidden" name="from" value=form.from.clone() /><input type="hidden" name="to" value=form.to.clone() /><input type="hidden" name="project" value=form.project.clone() />
                <Field typed=typed.clone() lang name="name" label=t.field_name() help=t.template_name_help() required=true />
                <div class="row"><button class="btn primary">{t.template_save(count)}</button><a class="btn" href=member.url("/templates")>{t.cancel()}</a></div></form>
        });
        view! {
            <InOrg member=member.clone() title=t.template_new() here="plan">
                <div class="stack wide narrow">
                    <header class="page-head"><div>{crumbs(&member)}<h1>{t.template_new()}</h1><p class="lead">{t.template_new_lead()}</p></div></header>
                    <FormError typed=typed.clone() lang />
                    <form class="stack" method="get" action=member.url("/templates/new")>
                        <div class="row"><Field typed=typed.clone() lang name="from" label=t.template_from() kind="date" required=true /><Field typed=typed.clone() lang name="to" label=t.template_to() kind="date" required=true /></div>
                        <div class="field"><label for="project">{t.mission_project()}</label><select class="input" id="project" name="project"><option value="">{t.template_all_projects()}</option>{options}</select></div>
                        <div class="row"><button class="btn secondary">{t.template_look()}</button></div></form>
                    <h2>{t.template_missions(count)}</h2>
                    {found}{keep}
                </div>
            </InOrg>
        }
    }))
}

async fn save(member: Member, session: Session, Form(form): Form<NewForm>) -> Answer {
    match planning::save_template(&member.visitor.app, member.permit()?, &form.typed()).await {
        Ok(template) => Ok(go_with(&session, "saved", &member.url(&format!("/templates/{}", template.id))).await),
        Err(error) => show_new(member, form, Some(error.into())).await,
    }
}

async fn page(member: Member, Path((_, id)): Path<(String, MissionTemplateId)>, Query(form): Query<PasteForm>) -> Answer {
    show(member, id, form, Typed::default()).await
}

async fn show(member: Member, id: MissionTemplateId, form: PasteForm, typed: Typed) -> Answer {
    let template = planning::get_template(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let projects = super::missions::open_projects(&member).await?;
    let (lang, t) = (member.visitor.lang, member.words());
    let stored = vec![("name", template.name.clone()), ("date", form.date.clone())];
    let typed = Typed { values: [typed.values, stored].concat(), failure: typed.failure };
    let may = member.support.is_none();
    Ok(render::page(form_status(&typed), move || {
        let date = parse_date(&form.date);
        let missions = mission_list(&template.missions, date, lang);
        let pasting = may.then(|| pasting(&member, &template, &form, &typed, &projects));
        let base = member.url(&format!("/templates/{id}"));
        let keeping = may.then(|| view! {
            <form class="stack" method="post" action=base.clone()><Field typed=typed.clone() lang name="name" label=t.field_name() required=true />
                <div class="row"><button class="btn secondary">{t.template_rename()}</button></div></form>
            <form class="stack tight" method="post" action=format!("{base}/delete")><p class="muted small">{t.template_delete_lead()}</p><div class="row"><button class="btn danger-quiet">{t.template_delete()}</button></div></form>
        });
        view! {
            <InOrg member=member.clone() title=template.name.clone() here="plan">
                <div class="stack wide narrow">
                    <header class="page-head"><div>{crumbs(&member)}<h1>{template.name.clone()}</h1><p class="lead">{size_words(&template, t)}</p></div></header>
                    <FormError typed=typed.clone() lang />
                    {pasting}{missions}{keeping}
                </div>
            </InOrg>
        }
    }))
}

/// Where to paste: a look at the dates first, then the button that does it, with its number.
fn pasting(member: &Member, template: &MissionTemplate, form: &PasteForm, typed: &Typed, projects: &[Project]) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let count = i64::try_from(template.missions.len()).unwrap_or(0);
    let options = project_options(projects, &form.project);
    let url = member.url(&format!("/templates/{}/paste", template.id));
    let ready = parse_date(&form.date).map(|first| {
        let last = first.checked_add((template.days() - 1).max(0).days()).unwrap_or(first);
        let (from, to) = (format::long_date(first, lang), format::long_date(last, lang));
        let said = if first == last { t.template_preview_day(count, from) } else { t.template_preview(count, from, to) };
        view! {
            <form class="stack tight" method="post" action=url><input type="hidden" name="date" value=form.date.clone() /><input type="hidden" name="project" value=form.project.clone() />
                <p>{said}</p><div class="row"><button class="btn primary">{t.template_paste_button(count)}</button></div></form>
        }
    });
    let look = if ready.is_some() { "btn" } else { "btn primary" };
    view! {
        <section class="stack tight"><h2>{t.template_paste()}</h2>
            <form class="row" method="get" action=member.url(&format!("/templates/{}", template.id))>
                <Field typed=typed.clone() lang name="date" label=t.template_paste_on() kind="date" required=true />
                <div class="field grow"><label for="project">{t.mission_project()}</label><select class="input" id="project" name="project"><option value="">{t.mission_no_project()}</option>{options}</select></div>
                <button class=format!("{look} end")>{t.template_look()}</button></form>
            {ready}</section>
    }
    .into_any()
}

#[derive(Deserialize)]
struct NameForm {
    #[serde(default)]
    name: String,
}

async fn rename(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, MissionTemplateId)>,
    Form(form): Form<NameForm>,
) -> Answer {
    match planning::rename_template(&member.visitor.app, member.permit()?, id, &form.name).await {
        Ok(()) => Ok(go_with(&session, "saved", &member.url(&format!("/templates/{id}"))).await),
        Err(PlanError::NotFound) => Err(member.refuse(Failure::not_found())),
        Err(error) => {
            let typed = Typed { failure: Some(error.into()), values: vec![("name", form.name)] };
            show(member, id, PasteForm::default(), typed).await
        }
    }
}

async fn paste(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, MissionTemplateId)>,
    Form(form): Form<PasteForm>,
) -> Answer {
    let permit = member.permit()?;
    let pasted = match parse_date(form.date.trim()) {
        Some(date) => planning::paste_template(&member.visitor.app, permit, id, date, form.project()).await.map(|_| date),
        None => Err(PlanError::Fields(vec![("date", "date.invalid")])),
    };
    match pasted {
        Ok(date) => Ok(go_with(&session, "template.pasted", &member.url(&format!("/plan?date={date}"))).await),
        Err(PlanError::NotFound) => Err(member.refuse(Failure::not_found())),
        Err(error) => show(member, id, form, Typed { failure: Some(error.into()), values: Vec::new() }).await,
    }
}

async fn delete(member: Member, session: Session, Path((_, id)): Path<(String, MissionTemplateId)>) -> Answer {
    planning::delete_template(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "template.deleted", &member.url("/templates")).await)
}
