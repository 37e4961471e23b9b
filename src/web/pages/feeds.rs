//! Calendar addresses: one's own on My missions, a project's on its page; the new address on a page of its own, once.

use super::*;
use crate::kernel::{CrewMemberId, Instant, ProjectId};
use crate::planning::{FeedAddress, FeedOf, service as planning};
use axum::routing::post;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/missions/calendar", post(make_mine))
        .route("/o/{org}/missions/calendar/revoke", post(revoke_mine))
        .route("/o/{org}/projects/{id}/calendar", post(make_of_project))
        .route("/o/{org}/projects/{id}/calendar/revoke", post(revoke_of_project))
        .route("/o/{org}/crew/{id}/calendar/revoke", post(revoke_of_person))
}

/// The part of a page where an address is made, replaced and ended. `since` is there when there is one.
pub(super) fn section(member: &Member, since: Option<Instant>, lead: String, action: &str) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let date = since.map(|at| format::long_day(member.org.zone().local(at).date, lang));
    let (make, revoke) = (action.to_owned(), format!("{action}/revoke"));
    let state = match date {
        None => view! { <form class="row" method="post" action=make><button class="btn secondary"><Icon name="calendar" />{t.calendar_make()}</button></form> }.into_any(),
        Some(date) => view! {
            <p>{t.calendar_since(date)}" "{t.calendar_replace_help()}</p>
            <div class="row"><form method="post" action=make><button class="btn secondary"><Icon name="calendar" />{t.calendar_replace()}</button></form>
                <form method="post" action=revoke><button class="btn danger-quiet">{t.calendar_revoke()}</button></form></div>
        }.into_any(),
    };
    view! { <section class="stack tight" aria-labelledby="calendar"><h2 id="calendar">{t.calendar_title()}</h2><p class="muted">{lead}</p>{state}</section> }
    .into_any()
}

/// What a manager sees of a person's address, when there is one.
pub(super) fn revoking(member: &Member, since: Instant, person: CrewMemberId) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let date = format::long_day(member.org.zone().local(since).date, lang);
    let action = member.url(&format!("/crew/{person}/calendar/revoke"));
    view! {
        <form class="stack tight" method="post" action=action><h2>{t.calendar_title()}</h2><p class="muted">{t.calendar_of_person(date)}</p>
            <div class="row"><button class="btn danger-quiet">{t.calendar_revoke()}</button></div></form>
    }
    .into_any()
}

/// The new address, which no page shows again.
fn show(member: Member, made: FeedAddress, here: &'static str, back: String) -> Response {
    let t = member.words();
    let member = member.once();
    render::page(StatusCode::OK, move || {
        view! {
            <InOrg member=member.clone() title=t.calendar_title() here>
                <div class="stack narrow"><h1>{t.calendar_title()}</h1>
                    <div class="note positive" role="status"><Icon name="check" /><p>{t.calendar_once()}</p></div>
                    <div class="row"><a class="btn primary" href=made.webcal><Icon name="calendar" />{t.calendar_subscribe()}</a></div>
                    <div class="field"><label for="address">{t.calendar_address()}</label><input class="input" id="address" value=made.url readonly aria-describedby="address-help" />
                        <p class="help" id="address-help">{t.calendar_address_help()}</p></div>
                    <p class="muted">{t.calendar_private()}</p>
                    <div class="row"><a class="btn" href=back>{t.calendar_back()}</a></div>
                </div>
            </InOrg>
        }
    })
}

async fn make_mine(member: Member) -> Answer {
    let proof = member.permit()?;
    let me = member.crew_record().await?;
    let made = planning::make_my_feed(&member.visitor.app, proof, &me).await.map_err(|e| member.refuse(e))?;
    let back = member.url("/missions");
    Ok(show(member, made, "missions", back))
}

async fn revoke_mine(member: Member, session: Session) -> Answer {
    let proof = member.permit()?;
    let me = member.crew_record().await?;
    planning::revoke_my_feed(&member.visitor.app, proof, &me).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "calendar.revoked", &member.url("/missions")).await)
}

async fn make_of_project(member: Member, Path((_, id)): Path<(String, ProjectId)>) -> Answer {
    let made = planning::make_project_feed(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let back = member.url(&format!("/projects/{id}"));
    Ok(show(member, made, "projects", back))
}

async fn revoke_of_project(member: Member, session: Session, Path((_, id)): Path<(String, ProjectId)>) -> Answer {
    let of = FeedOf::Project(id);
    planning::revoke_feed(&member.visitor.app, member.permit()?, of).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "calendar.revoked", &member.url(&format!("/projects/{id}"))).await)
}

async fn revoke_of_person(member: Member, session: Session, Path((_, id)): Path<(String, CrewMemberId)>) -> Answer {
    let of = FeedOf::Person(id);
    planning::revoke_feed(&member.visitor.app, member.permit()?, of).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "calendar.revoked", &member.url(&format!("/crew/{id}"))).await)
}
