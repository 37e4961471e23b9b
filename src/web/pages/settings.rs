//! An organisation's settings and logo.

use super::*;
use crate::kernel::{Convention, Lang, Role};
use crate::orgs::{Org, OrgSettings, service as orgs};
use crate::web::extract::unread;
use crate::web::shell::role_word;
use axum::extract::Multipart;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::routing::{get, post};
use http::header;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/settings", get(page).post(change))
        .route("/o/{org}/settings/logo", post(set_logo))
        .route("/o/{org}/settings/logo/remove", post(remove_logo))
        .route("/o/{org}/logo", get(logo))
}

async fn page(member: Member) -> Answer {
    show(member, Typed::default()).await
}

fn stored(org: &Org) -> Vec<(&'static str, String)> {
    vec![
        ("org_name", org.name.clone()),
        ("time_zone", org.time_zone.clone()),
        ("language", org.language.clone()),
        ("second_factor_from", org.second_factor_from.clone().unwrap_or_default()),
        ("join_domains", org.join_domains.clone()),
        ("retention_months", org.retention_months.to_string()),
        ("idcc", org.convention().map(idcc).unwrap_or_default()),
    ]
}

fn idcc(convention: Convention) -> String {
    convention.idcc().to_string()
}

fn convention_word(convention: Option<Convention>, t: &Words) -> String {
    match convention {
        None => t.settings_convention_none(),
        Some(Convention::Artistic) => t.settings_convention_artistic(),
        Some(Convention::Technical) => t.settings_convention_technical(),
    }
}

/// What is stored, in words.
fn in_words(org: &Org, lang: Lang) -> Vec<Stored> {
    let t = words(lang);
    let asked = org.second_factor_from.as_deref().and_then(Role::parse);
    let asked = asked.map_or_else(|| t.settings_factor_nobody(), |role| t.settings_factor_from(role_word(role, t)));
    let known = stored(org).into_iter().map(|(name, value)| match name {
        "org_name" => Stored::new(name, t.field_org_name(), &value),
        "time_zone" => Stored::new(name, t.field_time_zone(), &value),
        "language" => Stored::new(name, t.settings_language(), &value).in_words(language_name(&value).to_owned()),
        "second_factor_from" => Stored::new(name, t.settings_factor(), &value).in_words(asked.clone()),
        "join_domains" => Stored::new(name, t.settings_domains(), &value),
        "idcc" => Stored::new(name, t.settings_convention(), &value).in_words(convention_word(org.convention(), t)),
        _ => Stored::new(name, t.settings_retention(), &value),
    });
    known.collect()
}

fn language_name(code: &str) -> &'static str {
    if code == Lang::En.code() { "English" } else { "Français" }
}

async fn show(member: Member, typed: Typed) -> Answer {
    let app = &member.visitor.app;
    let org = orgs::find_settings(app, member.permit()?).await.map_err(|e| member.refuse(e))?;
    let has_logo = orgs::find_logo(app, member.permit()?).await.is_ok();
    let (lang, t) = (member.visitor.lang, member.words());
    let typed = Typed { values: [typed.values, stored(&org)].concat(), failure: typed.failure };
    let now = in_words(&org, lang);
    let may = member.support.is_none();
    Ok(render::page(form_status(&typed), move || {
        view! {
            <InOrg member=member.clone() title=t.nav_settings() here="settings">
                <div class="stack wide narrow">
                    <header class="page-head"><h1>{t.nav_settings()}</h1></header>
                    <form class="stack" method="post" action=member.url("/settings")><FormError typed=typed.clone() lang /><Meanwhile typed=typed.clone() lang known=now />
                        <input type="hidden" name="version" value=typed.version(org.version) />
                        {fields(&typed, lang)}
                        {may.then(|| view! { <div class="row"><button class="btn primary">{t.save()}</button></div> })}
                    </form>
                    <section class="stack tight" id="logo"><h2>{t.settings_logo()}</h2>
                        <p class="muted small">{t.settings_logo_lead()}</p>
                        {has_logo.then(|| view! { <p><img class="logo" src=member.url("/logo") alt=t.settings_logo_alt() /></p> })}
                        {may.then(|| view! {
                            <form class="stack tight" method="post" action=member.url("/settings/logo") enctype="multipart/form-data">
                                <div class="field"><label for="logo-file">{t.settings_logo_file()}</label><input class="input" id="logo-file" name="logo" type="file" accept="image/png,image/jpeg" required aria-invalid=typed.invalid("logo") aria-describedby=typed.described("logo", "logo-file", false) />
                                    <FieldError typed=typed.clone() lang name="logo" id="logo-file" /></div>
                                <div class="row"><button class="btn secondary">{t.settings_logo_save()}</button></div>
                            </form>
                            {has_logo.then(|| view! { <form method="post" action=member.url("/settings/logo/remove")><button class="btn danger-quiet">{t.settings_logo_remove()}</button></form> })}
                        })}
                    </section>
                </div>
            </InOrg>
        }
    }))
}

fn fields(typed: &Typed, lang: Lang) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let typed = typed.clone();
    let (language, factor, chosen) = (typed.value("language"), typed.value("second_factor_from"), typed.value("idcc"));
    let conventions = [None].into_iter().chain(Convention::ALL.map(Some)).map(|convention| {
        let value = convention.map(idcc).unwrap_or_default();
        let selected = chosen == value;
        view! { <option value=value selected=selected>{convention_word(convention, t)}</option> }
    });
    let conventions = conventions.collect_view();
    let (wrong, described) = (typed.invalid("idcc"), typed.described("idcc", "idcc", true));
    let roles = [Role::Owner, Role::Admin, Role::Manager, Role::Tech].map(|role| {
        let selected = factor == role.code();
        view! { <option value=role.code() selected=selected>{t.settings_factor_from(role_word(role, t))}</option> }
    });
    view! {
        <Field typed=typed.clone() lang name="org_name" label=t.field_org_name() required=true />
        <Field typed=typed.clone() lang name="time_zone" label=t.field_time_zone() help=t.field_time_zone_help() required=true />
        <div class="field"><label for="language">{t.settings_language()}</label><select class="input" id="language" name="language">
            <option value="fr" selected=language == "fr">"Français"</option><option value="en" selected=language == "en">"English"</option></select></div>
        <div class="field"><label for="second_factor_from">{t.settings_factor()}</label><select class="input" id="second_factor_from" name="second_factor_from" aria-describedby="factor-help">
            <option value="" selected=factor.is_empty()>{t.settings_factor_nobody()}</option>{roles.into_iter().collect_view()}</select>
            <p class="help" id="factor-help">{t.settings_factor_help()}</p></div>
        <div class="field"><label for="idcc">{t.settings_convention()}</label><select class="input" id="idcc" name="idcc" aria-invalid=wrong aria-describedby=described>{conventions}</select>
            <p class="help" id="idcc-help">{t.settings_convention_help()}</p><FieldError typed=typed.clone() lang name="idcc" /></div>
        <Field typed=typed.clone() lang name="join_domains" label=t.settings_domains() help=t.settings_domains_help() />
        <Field typed=typed.clone() lang name="retention_months" label=t.settings_retention() kind="number" help=t.settings_retention_help() required=true />
    }
}

#[derive(Deserialize)]
struct SettingsForm {
    org_name: String,
    time_zone: String,
    language: String,
    #[serde(default)]
    second_factor_from: String,
    #[serde(default)]
    join_domains: String,
    #[serde(default)]
    retention_months: String,
    #[serde(default)]
    idcc: String,
    version: i64,
}

async fn change(member: Member, session: Session, Form(form): Form<SettingsForm>) -> Answer {
    let new = OrgSettings {
        name: form.org_name.clone(),
        time_zone: form.time_zone.clone(),
        language: form.language.clone(),
        second_factor_from: form.second_factor_from.clone(),
        join_domains: form.join_domains.clone(),
        retention_months: form.retention_months.trim().parse().unwrap_or(0),
        idcc: form.idcc.clone(),
    };
    match orgs::change_settings(&member.visitor.app, member.permit()?, form.version, new).await {
        Ok(()) => Ok(go_with(&session, "saved", &member.url("/settings")).await),
        Err(error) => {
            let values = vec![
                ("org_name", form.org_name),
                ("time_zone", form.time_zone),
                ("language", form.language),
                ("second_factor_from", form.second_factor_from),
                ("join_domains", form.join_domains),
                ("retention_months", form.retention_months),
                ("idcc", form.idcc),
                ("version", form.version.to_string()),
            ];
            show(member, Typed { failure: Some(error.into()), values }).await
        }
    }
}

async fn set_logo(member: Member, session: Session, form: Result<Multipart, MultipartRejection>) -> Answer {
    let proof = member.permit()?;
    let mut form = form.map_err(|_| member.refuse(unread(StatusCode::UNSUPPORTED_MEDIA_TYPE)))?;
    let unreadable = |error: MultipartError| member.refuse(unread(error.status()));
    let mut bytes = Vec::new();
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() == Some("logo") {
            bytes = field.bytes().await.map_err(unreadable)?.to_vec();
        }
    }
    match orgs::set_logo(&member.visitor.app, proof, &bytes).await {
        Ok(()) => Ok(go_with(&session, "saved", &member.url("/settings")).await),
        Err(error) => show(member, Typed { failure: Some(error.into()), values: Vec::new() }).await,
    }
}

async fn remove_logo(member: Member, session: Session) -> Answer {
    orgs::remove_logo(&member.visitor.app, member.permit()?).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "saved", &member.url("/settings")).await)
}

async fn logo(member: Member) -> Answer {
    let (mime, bytes) = orgs::find_logo(&member.visitor.app, member.permit()?).await.map_err(|e| member.refuse(e))?;
    Ok(([(header::CONTENT_TYPE, mime)], bytes).into_response())
}
