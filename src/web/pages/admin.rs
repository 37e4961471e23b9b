//! The installation's organisations, for those who run it: names and sizes, and looking into one for a reason.

use super::*;
use crate::kernel::OrgId;
use crate::kernel::zone::Zone;
use crate::orgs::{EnterOrg, ListOrgs, OrgSheet, service as orgs};
use axum::routing::{get, post};
use serde::Deserialize;

/// Organisations on one page of the list.
const PAGE: i64 = 50;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin", get(home))
        .route("/admin/orgs", get(list))
        .route("/admin/orgs/{id}/enter", post(enter))
        .route("/admin/orgs/{id}/leave", post(leave))
}

async fn home(_admin: PlatformAdmin) -> Redirect {
    Redirect::to("/admin/orgs")
}

#[derive(Deserialize, Default, Clone)]
struct ListQuery {
    q: Option<String>,
    after: Option<OrgId>,
}

async fn list(admin: PlatformAdmin, Query(query): Query<ListQuery>) -> Answer {
    show(admin, query, None, Typed::default()).await
}

/// The list; `asked` is the organisation whose form was wrong.
async fn show(admin: PlatformAdmin, query: ListQuery, asked: Option<OrgId>, typed: Typed) -> Answer {
    let app = &admin.visitor.app;
    let search = query.q.as_deref().filter(|q| !q.trim().is_empty());
    // The form that was wrong stands alone, so that it is seen.
    let (after, limit) = asked.map_or((query.after, PAGE + 1), |id| (Some(OrgId(id.0 - 1)), 1));
    let list = orgs::list_orgs(app, admin.permit::<ListOrgs>()?, search, after, limit).await;
    let mut list = list.map_err(|e| admin.refuse(e))?;
    let entries = orgs::list_my_support_entries(app, admin.permit()?).await.map_err(|e| admin.refuse(e))?;
    let more = i64::try_from(list.len()).unwrap_or(0) > PAGE;
    list.truncate(usize::try_from(PAGE).unwrap_or(50));
    let next = list
        .last()
        .filter(|_| more)
        .map(|last| format!("/admin/orgs?q={}&after={}", url_part(query.q.as_deref().unwrap_or_default()), last.id));
    let (t, lang, zone) = (admin.visitor.words(), admin.visitor.lang, admin.zone());
    Ok(render::page(form_status(&typed), move || {
        let rows = list.into_iter().map(|org| {
            let until = entries.iter().find(|entry| entry.org_id == org.id).map(|entry| zone.local(entry.ends_at).hour_minute());
            let typed = if asked == Some(org.id) { typed.clone() } else { Typed::default() };
            row(org, until, typed, &zone, lang)
        });
        let rows: Vec<_> = rows.collect();
        view! {
            <OfPlatform admin title=t.admin_orgs() here="orgs">
                <header class="page-head"><div><h1>{t.admin_orgs()}</h1><p class="lead">{t.admin_orgs_lead()}</p></div></header>
                <form class="filters row" method="get" action="/admin/orgs" role="search">
                    <div class="affix"><Icon name="search" /><input class="input" type="search" name="q" aria-label=t.admin_orgs_search() placeholder=t.admin_orgs_search() value=query.q.clone() /></div>
                    <button class="btn secondary">{t.filter_button()}</button>
                </form>
                {if rows.is_empty() { view! { <Empty title=t.admin_orgs_empty_title() text=t.admin_orgs_empty_text() /> }.into_any() } else { view! {
                    <div class="table-wrap"><table class="table" role="table">
                        <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.field_name()}</th><th role="columnheader">{t.admin_orgs_slug()}</th><th role="columnheader">{t.admin_orgs_members()}</th><th role="columnheader">{t.admin_orgs_since()}</th><th role="columnheader">{t.admin_orgs_enter_title()}</th></tr></thead>
                        <tbody role="rowgroup">{rows}</tbody>
                    </table></div>
                }.into_any() }}
                {next.map(|url| view! { <p class="pages"><a class="btn secondary" href=url>{t.next_page()}</a></p> })}
            </OfPlatform>
        }
    }))
}

fn row(org: OrgSheet, until: Option<String>, typed: Typed, zone: &Zone, lang: Lang) -> impl IntoView + use<> {
    let t = words(lang);
    let since = format::long_day(zone.local(org.created_at).date, lang);
    let (enter, leave) = (format!("/admin/orgs/{}/enter", org.id), format!("/admin/orgs/{}/leave", org.id));
    let (field, open) = (format!("reason-{}", org.id), typed.failure.is_some());
    let inside = until.map(|until| {
        view! { <div class="row"><Pill tone="accent" icon="shield" text=t.admin_orgs_inside(until) /><form method="post" action=leave><button class="btn secondary">{t.admin_orgs_leave()}</button></form></div> }
    });
    let name = org.name.clone();
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{org.name}{org.is_demo.then(|| view! { <small>{t.admin_orgs_demo()}</small> })}</th>
            <td role="cell" data-label=t.admin_orgs_slug()>{org.slug}</td>
            <td role="cell" data-label=t.admin_orgs_members() class="num">{org.members}</td>
            <td role="cell" data-label=t.admin_orgs_since()>{since}</td>
            <td role="cell" class="bare">{inside}
                <details open=open><summary>{t.admin_orgs_enter()}<span class="vh">" "{name}</span></summary>
                    <form class="stack tight" method="post" action=enter>
                        <Field typed lang name="reason" label=t.admin_orgs_reason() id=field help=t.admin_orgs_enter_lead() maxlength=300 required=true />
                        <div class="row"><button class="btn primary">{t.admin_orgs_enter_title()}</button></div>
                    </form></details></td>
        </tr>
    }
}

#[derive(Deserialize)]
struct EnterForm {
    #[serde(default)]
    reason: String,
}

async fn enter(admin: PlatformAdmin, Path(id): Path<OrgId>, Form(form): Form<EnterForm>) -> Answer {
    match orgs::enter_org(&admin.visitor.app, admin.permit::<EnterOrg>()?, id, &form.reason).await {
        Ok(org) => Ok(Redirect::to(&format!("/o/{}/punches", org.slug)).into_response()),
        Err(crate::orgs::OrgError::NotFound) => Err(admin.refuse(Failure::not_found())),
        Err(error) => {
            let typed = Typed { failure: Some(error.into()), values: vec![("reason", form.reason)] };
            let admin = PlatformAdmin { visitor: admin.visitor.at("/admin/orgs") };
            show(admin, ListQuery::default(), Some(id), typed).await
        }
    }
}

async fn leave(admin: PlatformAdmin, session: Session, Path(id): Path<OrgId>) -> Answer {
    orgs::leave_support(&admin.visitor.app, admin.permit()?, id).await.map_err(|e| admin.refuse(e))?;
    Ok(go_with(&session, "support.left", "/admin/orgs").await)
}
