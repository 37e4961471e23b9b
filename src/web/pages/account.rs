//! Signing in, up and out; one's own account.

use super::*;
use crate::accounts::{Account, NewAccount, SignIn, service as accounts};
use crate::kernel::{Lang, zone};
use crate::orgs::{NewOrg, service as orgs};
use crate::web::shell::role_word;
use axum::extract::{Form, Query, State};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/sign-in", get(sign_in_page).post(sign_in))
        .route("/sign-up", get(sign_up_page).post(sign_up))
        .route("/sign-out", post(sign_out))
        .route("/language", post(language))
        .route("/me", get(me).post(change_me))
        .route("/orgs", post(create_org))
        .route("/o/{org}", get(org_home))
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

/// To where the visitor's work is.
async fn home(visitor: Visitor) -> Answer {
    if visitor.account.is_none() {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    let mine = orgs::list_my_orgs(&visitor.app, visitor.permit()?).await.map_err(|e| visitor.refuse(e))?;
    Ok(Redirect::to(&mine.first().map_or_else(|| "/me".to_owned(), |first| format!("/o/{}", first.org.slug))).into_response())
}

async fn org_home(member: Member) -> Redirect {
    let first = if member.role >= crate::kernel::Role::Manager { "/punches" } else { "/badge" };
    Redirect::to(&member.url(first))
}

async fn sign_in_page(visitor: Visitor, Query(query): Query<Next>) -> Response {
    show_sign_in(visitor, Typed::default(), query.next)
}

fn show_sign_in(visitor: Visitor, typed: Typed, next: Option<String>) -> Response {
    let (lang, t) = (visitor.lang, visitor.words());
    let register = visitor.app.config.server.registration;
    render::page(form_status(&typed), move || {
        view! {
            <Plain lang title=t.sign_in_title() visitor=visitor>
                <h1>{t.sign_in_title()}</h1>
                <p class="muted">{t.sign_in_lead()}</p>
                <form class="stack" method="post" action="/sign-in">
                    <FormError typed=typed.clone() lang />
                    <input type="hidden" name="next" value=safe_next(next.as_deref()).to_owned() />
                    <Field typed=typed.clone() lang name="email" label=t.field_email() kind="email" autocomplete="username" required=true />
                    <Field typed=typed.clone() lang name="password" label=t.field_password() kind="password" autocomplete="current-password" required=true />
                    <button class="btn primary large block">{t.sign_in_button()}</button>
                </form>
                {register.then(|| view! { <p class="small muted">{t.sign_in_new()}" "<a href=format!("/sign-up?next={}", url_part(safe_next(next.as_deref())))>{t.sign_up_button()}</a></p> })}
            </Plain>
        }
    })
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
    next: Option<String>,
}

async fn sign_in(visitor: Visitor, session: Session, Form(form): Form<SignInForm>) -> Answer {
    match accounts::sign_in(&visitor.app, visitor.permit()?, &form.email, &form.password).await {
        Ok(account) => {
            open_session(&visitor, &session, &account).await?;
            Ok(Redirect::to(safe_next(form.next.as_deref())).into_response())
        }
        Err(error) => {
            let typed = Typed { failure: Some(error.into()), values: vec![("email", form.email)] };
            Ok(show_sign_in(visitor, typed, form.next))
        }
    }
}

/// Binds the browser to an account, under a new session number: one that was planted before is worth nothing.
pub(super) async fn open_session(visitor: &Visitor, session: &Session, account: &Account) -> Result<(), Refusal> {
    let failed = |_| visitor.refuse(Failure::new(crate::kernel::Kind::Unavailable, "unavailable"));
    if session.id().is_some() {
        session.flush().await.map_err(failed)?;
    }
    session.insert("account", account.id.0).await.map_err(failed)?;
    session.insert("address", &visitor.actor.origin.address).await.map_err(failed)?;
    session.save().await.map_err(failed)?;
    let permit: Permit<SignIn> = visitor.permit()?;
    accounts::record_sign_in(&visitor.app, &permit, account, "browser").await.map_err(|e| visitor.refuse(e))
}

async fn sign_up_page(visitor: Visitor, Query(query): Query<Next>) -> Response {
    show_sign_up(visitor, Typed::default(), query.next)
}

fn show_sign_up(visitor: Visitor, typed: Typed, next: Option<String>) -> Response {
    let (lang, t) = (visitor.lang, visitor.words());
    render::page(form_status(&typed), move || {
        view! {
            <Plain lang title=t.sign_up_title() visitor=visitor>
                <h1>{t.sign_up_title()}</h1>
                <form class="stack" method="post" action="/sign-up">
                    <FormError typed=typed.clone() lang />
                    <input type="hidden" name="next" value=safe_next(next.as_deref()).to_owned() />
                    <Field typed=typed.clone() lang name="name" label=t.field_name() autocomplete="name" required=true />
                    <Field typed=typed.clone() lang name="email" label=t.field_email() kind="email" autocomplete="username" required=true />
                    <Field typed=typed.clone() lang name="password" label=t.field_password() kind="password" autocomplete="new-password" help=t.field_password_help() required=true />
                    <button class="btn primary large block">{t.sign_up_button()}</button>
                </form>
            </Plain>
        }
    })
}

#[derive(Deserialize)]
struct SignUpForm {
    name: String,
    email: String,
    password: String,
    next: Option<String>,
}

async fn sign_up(visitor: Visitor, session: Session, Form(form): Form<SignUpForm>) -> Answer {
    let new = NewAccount {
        email: form.email.clone(),
        name: form.name.clone(),
        password: form.password,
        language: visitor.lang.code().to_owned(),
    };
    match accounts::register(&visitor.app, visitor.permit()?, new).await {
        Ok(account) => {
            open_session(&visitor, &session, &account).await?;
            Ok(go_with(&session, "welcome", safe_next(form.next.as_deref())).await)
        }
        Err(error) => {
            let typed = Typed { failure: Some(error.into()), values: vec![("name", form.name), ("email", form.email)] };
            Ok(show_sign_up(visitor, typed, form.next))
        }
    }
}

async fn sign_out(visitor: Visitor, session: Session) -> Answer {
    accounts::sign_out(&visitor.app, visitor.permit()?).await.map_err(|e| visitor.refuse(e))?;
    session.flush().await.map_err(|_| visitor.refuse(Failure::new(crate::kernel::Kind::Unavailable, "unavailable")))?;
    let clear = [("clear-site-data", "\"cache\", \"storage\"")];
    Ok((clear, Redirect::to("/sign-in")).into_response())
}

#[derive(Deserialize)]
struct LanguageForm {
    language: String,
    next: Option<String>,
}

async fn language(State(app): State<App>, jar: CookieJar, Form(form): Form<LanguageForm>) -> (CookieJar, Redirect) {
    let lang = Lang::parse(&form.language).unwrap_or_default();
    let cookie = Cookie::build((LANGUAGE, lang.code()))
        .path("/")
        .same_site(SameSite::Lax)
        .http_only(true)
        .secure(app.config.is_secure())
        .permanent();
    (jar.add(cookie), Redirect::to(safe_next(form.next.as_deref())))
}

async fn me(visitor: Visitor) -> Answer {
    show_me(visitor, Typed::default()).await
}

async fn show_me(visitor: Visitor, typed: Typed) -> Answer {
    let me = accounts::find_me(&visitor.app, visitor.permit()?).await.map_err(|e| visitor.refuse(e))?;
    let mine = orgs::list_my_orgs(&visitor.app, visitor.permit()?).await.map_err(|e| visitor.refuse(e))?;
    let (lang, t) = (visitor.lang, visitor.words());
    let typed = if typed.values.is_empty() {
        Typed { values: vec![("name", me.name.clone()), ("time_zone", zone::DEFAULT_ZONE.to_owned())], ..typed }
    } else {
        typed
    };
    Ok(render::page(form_status(&typed), move || {
        view! {
            <Plain lang title=t.me_title() visitor=visitor>
                <h1>{me.name.clone()}</h1>
                <p class="muted">{me.email}</p>
                <FormError typed=typed.clone() lang />
                <section class="stack tight">
                    <h2>{t.me_orgs()}</h2>
                    {mine.is_empty().then(|| view! { <p class="muted">{t.me_no_org()}</p> })}
                    <ul class="list">{mine.iter().map(|place| view! {
                        <li><a class="grow strong" href=format!("/o/{}", place.org.slug)>{place.org.name.clone()}</a><span class="muted">{role_word(place.membership.role, t)}</span></li>
                    }).collect_view()}</ul>
                </section>
                <form class="stack" method="post" action="/me">
                    <h2>{t.me_profile()}</h2>
                    <Field typed=typed.clone() lang name="name" label=t.field_name() autocomplete="name" required=true />
                    <div class="row"><button class="btn secondary">{t.save()}</button></div>
                </form>
                <details>
                    <summary>{t.me_new_org()}</summary>
                    <form class="stack" method="post" action="/orgs">
                        <Field typed=typed.clone() lang name="org_name" label=t.field_org_name() required=true />
                        <Field typed=typed.clone() lang name="time_zone" label=t.field_time_zone() required=true />
                        <div class="row"><button class="btn secondary">{t.me_new_org_button()}</button></div>
                    </form>
                </details>
                <form method="post" action="/sign-out"><button class="btn danger-quiet">{t.sign_out_button()}</button></form>
            </Plain>
        }
    }))
}

#[derive(Deserialize)]
struct MeForm {
    name: String,
}

async fn change_me(visitor: Visitor, session: Session, Form(form): Form<MeForm>) -> Answer {
    match accounts::change_me(&visitor.app, visitor.permit()?, &form.name, visitor.lang).await {
        Ok(()) => Ok(go_with(&session, "saved", "/me").await),
        Err(error) => show_me(visitor, Typed { failure: Some(error.into()), values: vec![("name", form.name)] }).await,
    }
}

#[derive(Deserialize)]
struct OrgForm {
    org_name: String,
    time_zone: String,
}

async fn create_org(visitor: Visitor, Form(form): Form<OrgForm>) -> Answer {
    let me = accounts::find_me(&visitor.app, visitor.permit()?).await.map_err(|e| visitor.refuse(e))?;
    let new = NewOrg {
        name: form.org_name.clone(),
        time_zone: form.time_zone.clone(),
        language: visitor.lang.code().to_owned(),
        is_demo: false,
    };
    match orgs::create_org(&visitor.app, visitor.permit()?, &me, new).await {
        Ok(org) => Ok(Redirect::to(&format!("/o/{}", org.slug)).into_response()),
        Err(error) => {
            let values = vec![("name", me.name), ("org_name", form.org_name), ("time_zone", form.time_zone)];
            show_me(visitor, Typed { failure: Some(error.into()), values }).await
        }
    }
}
