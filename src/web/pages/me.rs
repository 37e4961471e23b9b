//! One's own account: profile, address, organisations, export, the end of it.

mod planned;

use super::*;
use crate::accounts::service as accounts;
use crate::kernel::{Kind, Lang, zone};
use crate::orgs::{NewOrg, service as orgs};
use crate::planning::service as planning;
use crate::timeclock::service as clock;
use crate::web::shell::role_word;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use http::header;
use serde::Deserialize;
use serde_json::{Value, json};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/me", get(page).post(change))
        .route("/me/email", post(change_email))
        .route("/me/verification", post(send_verification))
        .route("/me/export", post(export))
        .route("/me/close", post(close))
        .route("/orgs", post(create_org))
        .route("/orgs/{slug}/join", post(join_org))
        .route("/o/{org}/leave", post(leave_org))
}

async fn page(own: Own) -> Answer {
    show(own, Typed::default()).await
}

/// `typed` says in its value `form` which form it is of, where two ask for the same.
async fn show(own: Own, typed: Typed) -> Answer {
    let app = &own.visitor.app;
    let change = accounts::find_email_change(app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let open = orgs::list_open_orgs(app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let (lang, t) = (own.visitor.lang, own.visitor.words());
    let me = own.account.clone();
    let known = [
        ("name", me.name.clone()),
        ("language", me.language.clone()),
        ("time_zone", me.time_zone.clone()),
        ("org_time_zone", me.time_zone.clone()),
    ];
    let values = [typed.values, known.into()].concat();
    let typed = Typed { values, failure: typed.failure };
    let waiting = change.map(|change| t.email_waiting(change.new_email));
    Ok(render::page(form_status(&typed), move || {
        let verified = me.verified_at.is_some();
        let of = |form: &str| if typed.value("form") == form { typed.clone() } else { Typed::default() };
        let (address, data, end) = (of("email"), of("export"), of("close"));
        view! {
            <OfMine own=own.clone() title=t.me_title() here="me">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{me.name.clone()}</h1><p class="lead">{me.email.clone()}</p></div></header>
                    <FormError typed=typed.clone() lang />
                    {places(&own)}
                    {(!open.is_empty()).then(|| view! {
                        <section class="stack tight"><h2>{t.me_open_orgs()}</h2><ul class="list">{open.into_iter().map(|org| view! {
                            <li><span class="grow strong">{org.name}</span><form method="post" action=format!("/orgs/{}/join", org.slug)><button class="btn secondary">{t.join_button()}</button></form></li>
                        }).collect_view()}</ul></section>
                    })}
                    {profile_form(&typed, lang)}
                    <section class="stack tight" id="address">
                        <h2>{t.field_email()}</h2>
                        <p class="row">{me.email.clone()}" "{if verified { view! { <Pill tone="positive" icon="check" text=t.email_verified() /> }.into_any() } else { view! { <Pill tone="warning" icon="warn" text=t.email_unverified() /> }.into_any() }}</p>
                        {(!verified).then(|| view! { <form method="post" action="/me/verification"><button class="btn secondary"><Icon name="mail" />{t.email_send_verification()}</button></form> })}
                        {waiting.map(|text| view! { <div class="note info"><Icon name="info" /><p>{text}</p></div> })}
                        <details open=address.failure.is_some()><summary>{t.email_change()}</summary>
                            <form class="stack" method="post" action="/me/email">
                                <p class="muted small">{t.email_change_lead()}</p>
                                <Field typed=address.clone() lang name="email" label=t.email_new() kind="email" autocomplete="email" required=true />
                                <PresentPassword typed=address.clone() lang id="email-password" />
                                <div class="row"><button class="btn secondary">{t.email_change_button()}</button></div>
                            </form>
                        </details>
                    </section>
                    {ending(data, end, lang)}
                    // Wide screens have it at the side.
                    <div class="narrow-only"><LanguageSwitch lang path="/me".to_owned() /></div>
                    <form method="post" action="/sign-out"><button class="btn secondary"><Icon name="exit" />{t.sign_out_button()}</button></form>
                </div>
            </OfMine>
        }
    }))
}

fn places(own: &Own) -> impl IntoView + use<> {
    let t = own.visitor.words();
    let lines = own.places.clone().into_iter().map(move |place| {
        let (url, leave) = (format!("/o/{}", place.org.slug), format!("/o/{}/leave", place.org.slug));
        view! { <li>
            <a class="grow strong" href=url>{place.org.name.clone()}</a><span class="muted">{role_word(place.membership.role, t)}</span>
            <details><summary>{t.more()}</summary><form class="stack tight" method="post" action=leave><p class="small muted">{t.org_leave_lead()}</p><button class="btn danger-quiet">{t.org_leave()}</button></form></details>
        </li> }
    });
    view! {
        <section class="stack tight">
            <h2>{t.me_orgs()}</h2>
            {own.places.is_empty().then(|| view! { <p class="muted">{t.me_no_org()}</p> })}
            <ul class="list">{lines.collect_view()}</ul>
        </section>
    }
}

fn profile_form(typed: &Typed, lang: Lang) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let (typed, language) = (typed.clone(), typed.value("language"));
    let new_org_failed = ["org_name", "org_time_zone"].into_iter().any(|field| typed.error(field, lang).is_some());
    view! {
        <form class="stack" method="post" action="/me">
            <h2>{t.me_profile()}</h2>
            <Field typed=typed.clone() lang name="name" label=t.field_name() autocomplete="name" required=true />
            <div class="field"><label for="language">{t.field_language()}</label><select class="input" id="language" name="language">
                <option value="fr" selected=language == "fr">"Français"</option><option value="en" selected=language == "en">"English"</option>
            </select></div>
            <Field typed=typed.clone() lang name="time_zone" label=t.field_time_zone() help=t.field_time_zone_help() required=true />
            <div class="row"><button class="btn secondary">{t.save()}</button></div>
        </form>
        <details open=new_org_failed><summary>{t.me_new_org()}</summary>
            <form class="stack" method="post" action="/orgs">
                <Field typed=typed.clone() lang name="org_name" label=t.field_org_name() required=true />
                <Field typed=typed.clone() lang name="org_time_zone" label=t.field_time_zone() required=true />
                <div class="row"><button class="btn secondary">{t.me_new_org_button()}</button></div>
            </form>
        </details>
    }
}

fn ending(data: Typed, typed: Typed, lang: Lang) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let (is_asked, is_open) = (data.failure.is_some(), typed.failure.is_some());
    view! {
        <section class="stack tight" id="end">
            <h2>{t.me_data()}</h2>
            <details open=is_asked><summary>{t.me_export()}</summary>
                <form class="stack" method="post" action="/me/export">
                    <PresentPassword typed=data lang id="export-password" />
                    <div class="row"><button class="btn secondary"><Icon name="download" />{t.me_export()}</button></div>
                </form>
            </details>
            <details open=is_open><summary>{t.me_close()}</summary>
                <form class="stack" method="post" action="/me/close">
                    <p class="muted small">{t.me_close_lead()}</p>
                    <PresentPassword typed lang id="close-password" />
                    <div class="row"><button class="btn secondary" name="what" value="close">{t.me_close_button()}</button></div>
                    <p class="muted small">{t.me_delete_lead()}</p>
                    <div class="row"><button class="btn danger" name="what" value="delete">{t.me_delete_button()}</button></div>
                </form>
            </details>
        </section>
    }
}

#[derive(Deserialize)]
struct MeForm {
    name: String,
    language: String,
    time_zone: String,
}

async fn change(own: Own, session: Session, Form(form): Form<MeForm>) -> Answer {
    let lang = Lang::parse(&form.language).unwrap_or(own.visitor.lang);
    match accounts::change_me(&own.visitor.app, own.permit()?, &form.name, lang, &form.time_zone).await {
        // The browser's own choice gives way to the account's.
        Ok(()) => {
            let cookies = CookieJar::new().add(home::language_cookie(&own.visitor.app, lang));
            Ok((cookies, go_with(&session, "saved", "/me").await).into_response())
        }
        Err(error) => {
            let values = vec![("name", form.name), ("language", form.language), ("time_zone", form.time_zone)];
            show(own, Typed { failure: Some(error.into()), values }).await
        }
    }
}

#[derive(Deserialize)]
struct EmailForm {
    email: String,
    present_password: String,
}

async fn change_email(own: Own, session: Session, Form(form): Form<EmailForm>) -> Answer {
    match accounts::request_email_change(&own.visitor.app, own.permit()?, &form.email, &form.present_password).await {
        Ok(()) => Ok(go_with(&session, "email.requested", "/me").await),
        Err(error) => {
            let values = vec![("form", "email".to_owned()), ("email", form.email)];
            show(own, Typed { failure: Some(error.into()), values }).await
        }
    }
}

async fn send_verification(own: Own, session: Session) -> Answer {
    accounts::request_verification(&own.visitor.app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    Ok(go_with(&session, "email.sent", "/me").await)
}

#[derive(Deserialize)]
struct CloseForm {
    present_password: String,
    what: String,
}

async fn close(own: Own, session: Session, Form(form): Form<CloseForm>) -> Answer {
    let for_good = match form.what.as_str() {
        "delete" => true,
        "close" => false,
        _ => return Err(own.refuse(Failure::new(Kind::Invalid, "form.invalid"))),
    };
    match orgs::close_my_account(&own.visitor.app, own.permit()?, &form.present_password, for_good).await {
        Ok(()) => {
            drop(session.flush().await);
            Ok(go_with(&session, if for_good { "account.deleted" } else { "account.closed" }, "/sign-in").await)
        }
        Err(error) => show(own, Typed { failure: Some(error.into()), values: vec![("form", "close".to_owned())] }).await,
    }
}

#[derive(Deserialize)]
struct ExportForm {
    present_password: String,
}

/// Everything the installation knows about the person, as JSON (GDPR 15 and 20), for who gives their password once more.
async fn export(own: Own, Form(form): Form<ExportForm>) -> Answer {
    let proof: Permit<crate::accounts::ReadMe> = own.permit()?;
    let asked = accounts::check_present_password(&own.visitor.app, &proof, &form.present_password).await;
    if let Err(error) = asked {
        let failure = Failure::from(error);
        let retry = failure.retry_seconds;
        let typed = Typed { failure: Some(failure), values: vec![("form", "export".to_owned())] };
        return Ok(with_retry(show(own, typed).await?, retry));
    }
    let app = &own.visitor.app;
    let time = |at: Option<crate::kernel::Instant>| at.map(zone::utc);
    let sessions = accounts::list_my_sessions(app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let tokens = accounts::list_my_tokens(app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let passkeys = accounts::list_my_passkeys(app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let me = &own.account;
    let mut places: Vec<Value> = Vec::new();
    for place in &own.places {
        places.push(export_place(&own, place).await?);
    }
    let all = json!({
        "account": { "id": me.id.0, "email": me.email, "name": me.name, "language": me.language, "time_zone": me.time_zone,
            "verified_at": time(me.verified_at), "created_at": zone::utc(me.created_at), "second_factor_since": time(me.totp_confirmed_at) },
        "sessions": sessions.iter().map(|s| json!({ "kind": s.kind, "client": s.client, "address": s.address, "label": s.label,
            "method": s.method, "created_at": zone::utc(s.created_at), "last_seen_at": zone::utc(s.last_seen_at) })).collect::<Vec<_>>(),
        "passkeys": passkeys.iter().map(|k| json!({ "name": k.name, "created_at": zone::utc(k.created_at), "last_used_at": time(k.last_used_at) })).collect::<Vec<_>>(),
        "tokens": tokens.iter().map(|k| json!({ "name": k.name, "scopes": k.scopes, "created_at": zone::utc(k.created_at),
            "expires_at": zone::utc(k.expires_at), "revoked_at": time(k.revoked_at) })).collect::<Vec<_>>(),
        "organisations": places,
    });
    let name =
        [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, "attachment; filename=\"regie-export.json\"")];
    Ok((name, serde_json::to_string_pretty(&all).unwrap_or_default()).into_response())
}

async fn export_place(own: &Own, place: &crate::orgs::OrgOfMine) -> Result<Value, Refusal> {
    let Some(member) = own.member_of(place) else { return Ok(Value::Null) };
    let app = &own.visitor.app;
    let crew = orgs::find_my_crew_if_any(app, member.permit()?).await.map_err(|e| own.refuse(e))?;
    let (mut punches, mut devices, mut plan) = (Vec::new(), Vec::new(), Value::Null);
    if let Some(crew) = &crew {
        punches = clock::my_punches(app, member.permit()?, crew, i64::MAX, 0).await.map_err(|e| own.refuse(e))?;
        devices = clock::list_my_devices(app, member.permit()?, crew, true).await.map_err(|e| own.refuse(e))?;
        plan = planned::write(&planning::export_mine(app, member.permit()?, crew).await.map_err(|e| own.refuse(e))?);
    }
    Ok(json!({
        "organisation": place.org.name, "role": place.membership.role.code(),
        "crew": crew.map(|c| json!({ "name": c.name, "email": c.email, "phone": c.phone, "job": c.job })),
        "punches": punches.iter().map(|p| json!({ "kind": p.kind.api_code(), "at": zone::utc(p.at), "kiosk": p.kiosk_name })).collect::<Vec<_>>(),
        "plan": plan,
        "phones": devices.iter().map(|d| json!({ "name": d.name, "registered_at": zone::utc(d.registered_at), "revoked_at": d.revoked_at.map(zone::utc) })).collect::<Vec<_>>(),
    }))
}

#[derive(Deserialize)]
struct OrgForm {
    org_name: String,
    org_time_zone: String,
}

async fn create_org(own: Own, Form(form): Form<OrgForm>) -> Answer {
    let new = NewOrg {
        name: form.org_name.clone(),
        time_zone: form.org_time_zone.clone(),
        language: own.visitor.lang.code().to_owned(),
        is_demo: false,
    };
    match orgs::create_org(&own.visitor.app, own.permit()?, &own.account, new).await {
        Ok(org) => Ok(Redirect::to(&format!("/o/{}", org.slug)).into_response()),
        Err(error) => {
            // The profile, on the same page, has a time zone as well.
            let failure = Failure::from(error).named("time_zone", "org_time_zone");
            let values = vec![("org_name", form.org_name), ("org_time_zone", form.org_time_zone)];
            show(own, Typed { failure: Some(failure), values }).await
        }
    }
}

async fn join_org(own: Own, session: Session, Path(slug): Path<String>) -> Answer {
    let org = orgs::join_org(&own.visitor.app, own.permit()?, &slug).await.map_err(|e| own.refuse(e))?;
    Ok(go_with(&session, "welcome", &format!("/o/{}", org.slug)).await)
}

async fn leave_org(member: Member, session: Session) -> Answer {
    match orgs::leave_org(&member.visitor.app, member.permit()?).await {
        Ok(()) => Ok(go_with(&session, "org.left", "/me").await),
        Err(error) => Err(member.refuse(error)),
    }
}
