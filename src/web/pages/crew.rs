//! The crew: list, one person, profile, rates and phones, adding, pasting a list.

mod list;
mod phones;
mod profile;
mod rates;

use super::*;
use crate::kernel::CrewMemberId;
use crate::orgs::{CrewContact, CrewFilter, CrewPreview, CrewSheet, NewCrewMember, service as orgs};
use crate::planning::{FeedOf, service as planning};
use crate::platform::markup::typed_text;
use crate::web::refusal::words_of;
use axum::routing::{get, post};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/crew", get(list::page))
        .route("/o/{org}/crew/new", get(new_page).post(add))
        .route("/o/{org}/crew/import", get(import_page).post(import))
        .route("/o/{org}/crew/{id}", get(edit_page).post(change))
        .route("/o/{org}/crew/{id}/profile", get(profile::edit_page).post(profile::change))
        .route("/o/{org}/crew/{id}/rates", get(rates::page).post(rates::set))
        .route("/o/{org}/crew/{id}/archive", post(archive))
        .route("/o/{org}/crew/{id}/link", post(link))
        .route("/o/{org}/devices/{id}/lost", post(phones::revoke))
}

#[derive(Deserialize, Clone)]
struct CrewForm {
    name: String,
    email: String,
    phone: String,
    job: String,
    /// Of somebody new alone.
    #[serde(default)]
    skills: String,
    #[serde(default)]
    version: i64,
}

impl CrewForm {
    fn values(&self) -> Vec<(&'static str, String)> {
        let text = |s: &String| s.clone();
        vec![
            ("name", text(&self.name)),
            ("email", text(&self.email)),
            ("phone", text(&self.phone)),
            ("job", text(&self.job)),
            ("skills", text(&self.skills)),
            ("version", self.version.to_string()),
        ]
    }

    fn typed(&self) -> NewCrewMember {
        let Self { name, email, phone, job, skills, .. } = self.clone();
        NewCrewMember { name, email, phone, job, skills }
    }

    fn contact(&self) -> CrewContact {
        let Self { name, email, phone, job, .. } = self.clone();
        CrewContact { name, email, phone, job }
    }
}

#[component]
fn Fields(typed: Typed, member: Member) -> impl IntoView {
    let (t, lang) = (member.words(), member.visitor.lang);
    view! {
        <Field typed=typed.clone() lang name="name" label=t.field_name() required=true />
        <Field typed=typed.clone() lang name="email" label=t.field_email_optional() kind="email" />
        <Field typed=typed.clone() lang name="phone" label=t.field_phone_optional() kind="tel" />
        <Field typed=typed.clone() lang name="job" label=t.field_job() />
    }
}

async fn new_page(member: Member) -> Answer {
    let _: Permit<crate::orgs::AddCrew> = member.permit()?;
    Ok(show_new(member, Typed::default()))
}

fn show_new(member: Member, typed: Typed) -> Response {
    let (t, lang) = (member.words(), member.visitor.lang);
    render::page(form_status(&typed), move || {
        view! {
            <InOrg member=member.clone() title=t.crew_add() here="crew">
                <header class="page-head"><h1>{t.crew_add()}</h1></header>
                <form class="stack narrow" method="post" action=member.url("/crew/new")><FormError typed=typed.clone() lang /><Fields typed=typed.clone() member=member.clone() />
                    <Field typed=typed.clone() lang name="skills" label=t.field_skills() help=t.field_skills_help() />
                    <div class="row"><button class="btn primary">{t.crew_add()}</button><a class="btn" href=member.url("/crew")>{t.cancel()}</a></div>
                </form>
            </InOrg>
        }
    })
}

async fn add(member: Member, session: Session, Form(form): Form<CrewForm>) -> Answer {
    match orgs::add_crew_member(&member.visitor.app, member.permit()?, form.typed()).await {
        Ok(_) => Ok(go_with(&session, "crew.added", &member.url("/crew")).await),
        Err(error) => Ok(show_new(member, Typed { failure: Some(error.into()), values: form.values() })),
    }
}

async fn edit_page(member: Member, Path((_, id)): Path<(String, CrewMemberId)>) -> Answer {
    show_edit(member, id, Typed::default()).await
}

async fn show_edit(member: Member, id: CrewMemberId, typed: Typed) -> Answer {
    let (t, lang, app) = (member.words(), member.visitor.lang, &member.visitor.app);
    let sheet = orgs::get_crew_sheet(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let known = planning::get_profile(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let feed = planning::find_feed(app, member.permit()?, FeedOf::Person(id)).await.map_err(|e| member.refuse(e))?;
    let phones = phones::of_person(&member, id).await?;
    let person = sheet.person;
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let stored = vec![
        ("name", person.name.clone()),
        ("email", or_empty(&person.email)),
        ("phone", or_empty(&person.phone)),
        ("job", or_empty(&person.job)),
    ];
    let labels = [t.field_name(), t.field_email_optional(), t.field_phone_optional(), t.field_job()];
    let now: Vec<_> = stored.iter().zip(labels).map(|((name, value), label)| Stored::new(name, label, value)).collect();
    let typed = if typed.values.is_empty() { Typed { values: stored, ..typed } } else { typed };
    let base = member.url(&format!("/crew/{}", person.id));
    let archived = person.archived_at.is_some();
    Ok(render::page(form_status(&typed), move || {
        let profile = profile::summary(&member, &known);
        let calendar = feed.map(|since| super::feeds::revoking(&member, since, id));
        let phones = phones.map(|phones| phones::section(&member, phones));
        view! {
            <InOrg member=member.clone() title=person.name.clone() here="crew">
                <header class="page-head"><h1>{person.name.clone()}</h1><div class="actions"><a class="btn secondary" href=format!("{base}/hours")><Icon name="clock" />{t.nav_hours()}</a></div></header>
                <div class="stack wide narrow">
                    {profile}
                    <form class="stack" method="post" action=base.clone()><h2>{t.crew_contact()}</h2><FormError typed=typed.clone() lang /><Meanwhile typed=typed.clone() lang known=now /><input type="hidden" name="version" value=typed.version(person.version) /><Fields typed=typed.clone() member=member.clone() />
                        <div class="row"><button class="btn primary">{t.save()}</button><a class="btn" href=member.url("/crew")>{t.cancel()}</a></div>
                    </form>
                    {(person.account_id.is_none() && person.email.is_some()).then(|| view! {
                        <form class="stack tight" method="post" action=format!("{base}/link")><h2>{t.crew_link_title()}</h2><p class="muted">{t.crew_link_text()}</p><div class="row"><button class="btn secondary"><Icon name="mail" />{t.crew_link_button()}</button></div></form>
                    })}
                    {phones}
                    {calendar}
                    <form class="stack tight" method="post" action=format!("{base}/archive")>
                        <input type="hidden" name="archived" value=(!archived).to_string() />
                        <p class="muted">{t.crew_archive_text()}</p>
                        <div class="row"><button class="btn danger-quiet">{if archived { t.crew_restore_button() } else { t.crew_archive_button() }}</button></div>
                    </form>
                </div>
            </InOrg>
        }
    }))
}

async fn change(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, CrewMemberId)>,
    Form(form): Form<CrewForm>,
) -> Answer {
    match orgs::change_crew_member(&member.visitor.app, member.permit()?, id, form.version, form.contact()).await {
        Ok(()) => Ok(go_with(&session, "saved", &member.url("/crew")).await),
        Err(error) => show_edit(member, id, Typed { failure: Some(error.into()), values: form.values() }).await,
    }
}

#[derive(Deserialize)]
struct ArchiveForm {
    archived: bool,
}

async fn archive(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, CrewMemberId)>,
    Form(form): Form<ArchiveForm>,
) -> Answer {
    orgs::archive_crew_member(&member.visitor.app, member.permit()?, id, form.archived).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, if form.archived { "crew.archived" } else { "crew.restored" }, &member.url("/crew")).await)
}

async fn link(member: Member, session: Session, Path((_, id)): Path<(String, CrewMemberId)>) -> Answer {
    orgs::link_crew(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "crew.link_sent", &member.url(&format!("/crew/{id}"))).await)
}

async fn import_page(member: Member) -> Answer {
    let _: Permit<crate::orgs::AddCrew> = member.permit()?;
    Ok(show_import(member, String::new(), None))
}

fn show_import(member: Member, text: String, preview: Option<CrewPreview>) -> Response {
    let (t, lang) = (member.words(), member.visitor.lang);
    render::page(StatusCode::OK, move || {
        view! {
            <InOrg member=member.clone() title=t.crew_import() here="crew">
                <header class="page-head"><div><h1>{t.crew_import()}</h1><p class="lead">{t.import_lead()}</p></div></header>
                <form class="stack" method="post" action=member.url("/crew/import")>
                    <div class="field"><label for="text">{t.import_label()}</label><textarea class="input" id="text" name="text" rows="8" required>{typed_text(&text)}</textarea></div>
                    {preview.as_ref().map(|preview| preview_table(preview, member.words(), lang))}
                    <div class="row">
                        {preview.as_ref().filter(|p| p.good().count() > 0).map(|p| view! { <button class="btn primary" name="step" value="add">{t.import_add(i64::try_from(p.good().count()).unwrap_or(0))}</button> })}
                        <button class="btn secondary" name="step" value="preview">{t.import_preview()}</button>
                        <a class="btn" href=member.url("/crew")>{t.cancel()}</a>
                    </div>
                </form>
            </InOrg>
        }
    })
}

fn preview_table(
    preview: &CrewPreview,
    t: &'static crate::platform::words::Words,
    lang: crate::kernel::Lang,
) -> impl IntoView + use<> {
    let bad = i64::try_from(preview.bad_count()).unwrap_or(i64::MAX);
    let beyond = i64::try_from(preview.beyond).unwrap_or(i64::MAX);
    let said = [(bad, t.import_bad(bad)), (beyond, t.import_beyond(beyond))];
    let said = said.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| {
        view! { <div class="note warning" role="status"><Icon name="warn" /><p>{text}</p></div> }
    });
    let said = said.collect_view();
    let lines = preview.lines.clone();
    view! {
        {said}
        <div class="table-wrap"><table class="table" role="table">
            <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.import_line()}</th><th role="columnheader">{t.field_name()}</th><th role="columnheader">{t.field_email()}</th><th role="columnheader">{t.field_job()}</th><th role="columnheader">{t.import_state()}</th></tr></thead>
            <tbody role="rowgroup">{lines.into_iter().map(|line| view! {
                <tr role="row"><th scope="row" role="rowheader">{line.number}</th><td role="cell" data-label=t.field_name()>{line.typed.name}</td><td role="cell" data-label=t.field_email()>{line.typed.email}</td><td role="cell" data-label=t.field_job()>{line.typed.job}</td>
                <td role="cell" data-label=t.import_state()>{match line.problems.first() { None => view! { <Pill tone="positive" icon="check" text=t.import_good() /> }.into_any(), Some((_, code)) => view! { <Pill tone="warning" icon="warn" text=words_of(code, lang) /> }.into_any() }}</td></tr>
            }).collect_view()}</tbody>
        </table></div>
    }
}

#[derive(Deserialize)]
struct ImportForm {
    text: String,
    step: Option<String>,
}

async fn import(member: Member, session: Session, Form(form): Form<ImportForm>) -> Answer {
    let app = &member.visitor.app;
    if form.step.as_deref() == Some("add") {
        orgs::import_crew(app, member.permit()?, &form.text).await.map_err(|e| member.refuse(e))?;
        return Ok(go_with(&session, "crew.added", &member.url("/crew")).await);
    }
    let preview = orgs::preview_crew(app, member.permit()?, &form.text).await.map_err(|e| member.refuse(e))?;
    Ok(show_import(member, form.text, Some(preview)))
}
