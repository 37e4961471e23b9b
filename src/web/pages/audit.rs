//! The organisation's audit: who did what, on what, when and from where.

use super::*;
use crate::audit::{Group, ReadAudit};
use crate::orgs::{ListMembers, MemberFilter, service as orgs};
use crate::web::audit_view::{AuditQuery, Chain};
use axum::routing::get;

/// What an organisation's chain holds.
const GROUPS: &[Group] = &[
    Group::Punches,
    Group::Planning,
    Group::Crew,
    Group::Accounts,
    Group::Members,
    Group::Settings,
    Group::Kiosks,
    Group::Support,
];
/// People that can be chosen from; others are found by the search.
const PEOPLE: i64 = 500;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/audit", get(page).post(verify))
        .route("/o/{org}/audit/events.csv", get(events))
        .route("/o/{org}/audit/chain.jsonl", get(chain_file))
}

fn chain(member: &Member) -> Chain {
    let visitor = &member.visitor;
    Chain {
        app: visitor.app.clone(),
        actor: visitor.actor.clone(),
        lang: visitor.lang,
        zone: member.org.zone(),
        url: member.url("/audit"),
        file: format!("journal-{}", member.org.slug),
        groups: GROUPS,
    }
}

async fn page(member: Member, Query(query): Query<AuditQuery>) -> Answer {
    show(member, query, false).await
}

/// The page again, with what following the whole chain has shown.
async fn verify(member: Member, Query(query): Query<AuditQuery>) -> Answer {
    show(member, query, true).await
}

async fn show(member: Member, query: AuditQuery, verify: bool) -> Answer {
    let app = &member.visitor.app;
    let _: Permit<ReadAudit> = member.permit()?;
    let everybody = MemberFilter { limit: PEOPLE, ..MemberFilter::default() };
    let people = orgs::list_members(app, member.permit::<ListMembers>()?, &everybody).await.map_err(|e| member.refuse(e))?;
    let mut people: Vec<_> = people.into_iter().map(|person| (person.account.0, person.name)).collect();
    people.sort_by_key(|(_, name)| crate::kernel::text::fold(name));
    let shown = chain(&member).read::<ReadAudit>(query, people, verify).await.map_err(|e| member.refuse(e))?;
    let t = member.words();
    Ok(render::page(StatusCode::OK, move || {
        view! {
            <InOrg member=member.clone() title=t.nav_audit() here="audit">
                <header class="page-head"><div><h1>{t.nav_audit()}</h1><p class="lead">{t.audit_lead()}</p></div><div class="actions">{shown.actions()}</div></header>
                {shown.body()}
            </InOrg>
        }
    }))
}

/// The filtered rows as a table.
async fn events(member: Member, Query(query): Query<AuditQuery>) -> Answer {
    let _: Permit<ReadAudit> = member.permit()?;
    Ok(chain(&member).csv::<ReadAudit>(&query))
}

/// The whole chain, to be checked elsewhere.
async fn chain_file(member: Member) -> Answer {
    let _: Permit<ReadAudit> = member.permit()?;
    chain(&member).export::<ReadAudit>().await.map_err(|e| member.refuse(e))
}
