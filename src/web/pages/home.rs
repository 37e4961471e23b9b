//! Where a visit begins: to one's work, to an organisation, to another language.

use super::*;
use crate::kernel::{Lang, Role};
use crate::orgs::service as orgs;
use crate::web::shell::member_places;
use axum::extract::State;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/language", post(language))
        .route("/o/{org}", get(org_home))
        .route("/o/{org}/menu", get(menu))
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
    let first = if member.support.is_some() || member.role >= Role::Manager { "/plan" } else { "/missions" };
    Redirect::to(&member.url(first))
}

/// Everything that has no room at the bottom of a phone.
async fn menu(member: Member) -> Answer {
    let t = member.words();
    let groups = member_places(&member);
    Ok(render::page(StatusCode::OK, move || {
        let group = |(heading, places): (String, Vec<crate::web::shell::Place>)| {
            let heading = (!heading.is_empty()).then(|| view! { <h2>{heading}</h2> });
            let places = places.into_iter().filter(|place| !place.url.ends_with("/menu"));
            let line = |place: crate::web::shell::Place| view! { <li><span class="tile-icon"><Icon name=place.icon /></span><a class="grow strong" href=place.url>{place.label}</a></li> };
            view! { <section class="stack tight">{heading}<ul class="list">{places.map(line).collect_view()}</ul></section> }
        };
        view! {
            <InOrg member=member.clone() title=t.nav_menu() here="menu">
                <div class="stack wide narrow"><h1>{t.nav_menu()}</h1>{groups.into_iter().map(group).collect_view()}</div>
            </InOrg>
        }
    }))
}

#[derive(Deserialize)]
struct LanguageForm {
    language: String,
    next: Option<String>,
}

async fn language(State(app): State<App>, jar: CookieJar, Form(form): Form<LanguageForm>) -> (CookieJar, Redirect) {
    let lang = Lang::parse(&form.language).unwrap_or_default();
    (jar.add(language_cookie(&app, lang)), Redirect::to(safe_next(form.next.as_deref())))
}

/// The browser's choice of a language.
pub(super) fn language_cookie(app: &App, lang: Lang) -> Cookie<'static> {
    let cookie = Cookie::build((LANGUAGE, lang.code())).path("/").same_site(SameSite::Lax).http_only(true);
    cookie.secure(app.config.is_secure()).permanent().build()
}
