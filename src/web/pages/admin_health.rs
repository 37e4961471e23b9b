//! How the installation fares, its settings, and its own audit, for those who run it.

use super::*;
use crate::audit::{Group, ReadInstallationAudit};
use crate::operations::{self, Health};
use crate::platform::config::InForce;
use crate::web::audit_view::{AuditQuery, Chain};
use axum::routing::get;

/// What the installation's chain holds.
const GROUPS: &[Group] = &[Group::Accounts, Group::Settings, Group::Jobs];

pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/health", get(health))
        .route("/admin/audit", get(audit).post(verify))
        .route("/admin/audit/events.csv", get(events))
        .route("/admin/audit/chain.jsonl", get(chain_file))
}

async fn health(admin: PlatformAdmin) -> Answer {
    let health = operations::read_health(&admin.visitor.app, admin.permit()?).await;
    let t = admin.visitor.words();
    Ok(render::page(StatusCode::OK, move || {
        let (tone, icon, word) = if health.is_good() {
            ("positive", "check", t.admin_health_good())
        } else {
            ("danger", "stop", t.admin_health_bad())
        };
        let tiles = facts(&health, t).into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
        let tiles: Vec<_> = tiles.collect();
        let settings: Vec<_> = health.settings.into_iter().map(|setting| setting_row(setting, t)).collect();
        view! {
            <OfPlatform admin title=t.admin_health() here="health">
                <div class="stack wide">
                    <header class="page-head"><div><h1>{t.admin_health()}</h1><p class="lead">{t.admin_health_lead()}</p></div>
                        <div class="actions"><a class="btn secondary" href="/admin/audit"><Icon name="shield" />{t.admin_audit()}</a></div></header>
                    <p><Pill tone=tone icon=icon text=word /></p>
                    <dl class="tiles">{tiles}</dl>
                    <section class="stack tight"><h2>{t.admin_health_settings()}</h2>
                        <div class="table-wrap"><table class="table" role="table">
                            <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.admin_health_setting()}</th><th role="columnheader">{t.admin_health_value()}</th></tr></thead>
                            <tbody role="rowgroup">{settings}</tbody>
                        </table></div></section>
                </div>
            </OfPlatform>
        }
    }))
}

fn facts(health: &Health, t: &Words) -> Vec<(String, String)> {
    let unknown = || "?".to_owned();
    let number = |number: Option<i64>| number.map_or_else(unknown, |n| n.to_string());
    let yes = |good: bool| if good { t.value_yes() } else { t.value_no() };
    let busy = |used: u32, idle: u32| format!("{used} / {}", used + idle);
    let up = health.now.minutes_since(health.started_at);
    let mail = if health.mail_host.is_empty() {
        t.admin_health_mail_spool()
    } else {
        t.admin_health_mail_smtp(health.mail_host.clone())
    };
    vec![
        (t.admin_health_version(), health.version.to_owned()),
        (t.admin_health_engine(), health.engine.to_owned()),
        (t.admin_health_database(), yes(health.has_database)),
        (t.admin_health_migrations(), number(health.pending_migrations.and_then(|n| i64::try_from(n).ok()))),
        (t.admin_health_queue(), number(health.jobs.map(|jobs| jobs.waiting))),
        (
            t.admin_health_oldest(),
            health.oldest_minutes().map_or_else(|| "–".to_owned(), |minutes| t.admin_health_minutes(minutes)),
        ),
        (t.admin_health_dead(), number(health.jobs.map(|jobs| jobs.dead))),
        (t.admin_health_readers(), busy(health.pool.readers_in_use, health.pool.readers_idle)),
        (t.admin_health_writers(), busy(health.pool.writers_in_use, health.pool.writers_idle)),
        (t.admin_health_uptime(), if up < 60 { t.admin_health_minutes(up) } else { format::minutes(up) }),
        (t.admin_health_mail(), mail),
    ]
}

fn setting_row(setting: InForce, t: &'static Words) -> impl IntoView {
    let value = match (setting.is_set, setting.is_secret) {
        (false, _) => view! { <span class="muted">{t.admin_health_unset()}</span> }.into_any(),
        (true, true) => view! { <Pill tone="" icon="key" text=t.admin_health_secret() /> }.into_any(),
        (true, false) => view! { <code>{setting.value}</code> }.into_any(),
    };
    view! { <tr role="row"><th scope="row" role="rowheader"><code>{setting.key}</code></th><td role="cell" data-label=t.admin_health_value()>{value}</td></tr> }
}

fn chain(admin: &PlatformAdmin) -> Chain {
    let visitor = &admin.visitor;
    Chain {
        app: visitor.app.clone(),
        actor: visitor.actor.clone(),
        lang: visitor.lang,
        zone: admin.zone(),
        url: "/admin/audit".to_owned(),
        file: "journal-installation".to_owned(),
        groups: GROUPS,
    }
}

async fn audit(admin: PlatformAdmin, Query(query): Query<AuditQuery>) -> Answer {
    show(admin, query, false).await
}

async fn verify(admin: PlatformAdmin, Query(query): Query<AuditQuery>) -> Answer {
    show(admin, query, true).await
}

async fn show(admin: PlatformAdmin, query: AuditQuery, verify: bool) -> Answer {
    let shown = chain(&admin).read::<ReadInstallationAudit>(query, Vec::new(), verify).await.map_err(|e| admin.refuse(e))?;
    let t = admin.visitor.words();
    Ok(render::page(StatusCode::OK, move || {
        view! {
            <OfPlatform admin title=t.admin_audit() here="audit">
                <header class="page-head"><div><h1>{t.admin_audit()}</h1><p class="lead">{t.audit_lead()}</p></div><div class="actions">{shown.actions()}</div></header>
                {shown.body()}
            </OfPlatform>
        }
    }))
}

async fn events(admin: PlatformAdmin, Query(query): Query<AuditQuery>) -> Answer {
    let _: Permit<ReadInstallationAudit> = admin.permit()?;
    Ok(chain(&admin).csv::<ReadInstallationAudit>(&query))
}

async fn chain_file(admin: PlatformAdmin) -> Answer {
    chain(&admin).export::<ReadInstallationAudit>().await.map_err(|e| admin.refuse(e))
}
