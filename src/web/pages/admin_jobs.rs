//! The queue, for those who run the installation: what waits, what was put aside, and what to do about it.

use super::*;
use crate::kernel::zone::Zone;
use crate::kernel::{Instant, JobId};
use crate::operations::{self, JobFilter, JobLine, JobShow};
use crate::web::audit_words::job_word;
use axum::routing::{get, post};
use serde::Deserialize;

/// Jobs on one page of the list.
const PAGE: i64 = 50;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/jobs", get(list))
        .route("/admin/jobs/{id}/retry", post(retry))
        .route("/admin/jobs/{id}/discard", post(discard))
}

#[derive(Deserialize, Default, Clone)]
struct ListQuery {
    state: Option<String>,
    before: Option<JobId>,
}

fn show_word(show: JobShow, t: &Words) -> String {
    match show {
        JobShow::All => t.admin_jobs_all(),
        JobShow::Dead => t.admin_jobs_dead(),
        JobShow::Failing => t.admin_jobs_failing(),
        JobShow::Waiting => t.admin_jobs_waiting(),
    }
}

async fn list(admin: PlatformAdmin, Query(query): Query<ListQuery>) -> Answer {
    let show = JobShow::parse(query.state.as_deref().unwrap_or_default());
    let filter = JobFilter { show, before: query.before, limit: PAGE + 1 };
    let found = operations::list_jobs(&admin.visitor.app, admin.permit()?, filter).await;
    let (counts, mut jobs) = found.map_err(|e| admin.refuse(e))?;
    let more = i64::try_from(jobs.len()).unwrap_or(0) > PAGE;
    jobs.truncate(usize::try_from(PAGE).unwrap_or(50));
    let next = jobs.last().filter(|_| more).map(|last| format!("/admin/jobs?state={}&before={}", show.code(), last.id));
    let (t, lang, zone, now) = (admin.visitor.words(), admin.visitor.lang, admin.zone(), admin.visitor.app.clock.now());
    Ok(render::page(StatusCode::OK, move || {
        let rows: Vec<_> = jobs.into_iter().map(|job| row(job, &zone, now, lang)).collect();
        let tabs = JobShow::ALL.map(|one| {
            view! { <a href=format!("/admin/jobs?state={}", one.code()) aria-current=(one == show).then_some("page")>{show_word(one, t)}</a> }
        });
        view! {
            <OfPlatform admin title=t.admin_jobs() here="jobs">
                <div class="stack">
                <header class="page-head"><div><h1>{t.admin_jobs()}</h1><p class="lead">{t.admin_jobs_lead()}</p></div></header>
                <dl class="tiles">
                    <div><dt>{t.admin_jobs_waiting()}</dt><dd>{counts.waiting}</dd></div>
                    <div><dt>{t.admin_jobs_running()}</dt><dd>{counts.running}</dd></div>
                    <div><dt>{t.admin_jobs_dead()}</dt><dd>{counts.dead}</dd></div>
                    <div><dt>{t.admin_jobs_done()}</dt><dd>{counts.done}</dd></div>
                </dl>
                <nav class="tabs" aria-label=t.admin_jobs_state()>{tabs.collect_view()}</nav>
                {if rows.is_empty() { view! { <Empty title=t.admin_jobs_empty_title() text=t.admin_jobs_empty_text() /> }.into_any() } else { view! {
                    <div class="table-wrap"><table class="table" role="table">
                        <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.admin_jobs_kind()}</th><th role="columnheader">{t.admin_jobs_state()}</th><th role="columnheader">{t.admin_jobs_attempts()}</th><th role="columnheader">{t.admin_jobs_next()}</th><th role="columnheader">{t.admin_jobs_error()}</th><th role="columnheader">{t.admin_accounts_actions()}</th></tr></thead>
                        <tbody role="rowgroup">{rows}</tbody>
                    </table></div>
                }.into_any() }}
                {next.map(|url| view! { <p class="pages"><a class="btn secondary" href=url>{t.next_page()}</a></p> })}
                </div>
            </OfPlatform>
        }
    }))
}

fn row(job: JobLine, zone: &Zone, now: Instant, lang: Lang) -> impl IntoView + use<> {
    let t = words(lang);
    let (tone, icon, state) = match (job.state.as_str(), &job.last_error) {
        ("dead", _) => ("danger", "stop", t.admin_jobs_dead()),
        ("running", _) => ("info", "clock", t.admin_jobs_running()),
        (_, Some(_)) => ("warning", "warn", t.admin_jobs_failing()),
        _ => ("", "clock", t.admin_jobs_waiting()),
    };
    let next = (job.state == "waiting").then(|| format::date_time_near(zone.local(job.run_at), zone.local(now).date, lang));
    let base = format!("/admin/jobs/{}", job.id);
    let actions = (job.state != "running").then(|| {
        view! { <span class="row"><form method="post" action=format!("{base}/retry")><button class="btn secondary">{t.admin_jobs_retry()}</button></form>
            <form method="post" action=format!("{base}/discard")><button class="btn danger-quiet">{t.admin_jobs_discard()}</button></form></span> }
    });
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{job_word(&job.kind, t)}<small>{job.org.unwrap_or_else(|| t.admin_jobs_installation())}</small></th>
            <td role="cell" class="bare"><Pill tone=tone icon=icon text=state /></td>
            <td role="cell" data-label=t.admin_jobs_attempts() class="num">{job.attempts}</td>
            <td role="cell" data-label=t.admin_jobs_next()>{next}</td>
            <td role="cell" data-label=t.admin_jobs_error() class="muted">{job.last_error}</td>
            <td role="cell" class="bare">{actions}</td>
        </tr>
    }
}

async fn retry(admin: PlatformAdmin, session: Session, Path(id): Path<JobId>) -> Answer {
    operations::retry_job(&admin.visitor.app, admin.permit()?, id).await.map_err(|e| admin.refuse(e))?;
    Ok(go_with(&session, "job.changed", "/admin/jobs").await)
}

async fn discard(admin: PlatformAdmin, session: Session, Path(id): Path<JobId>) -> Answer {
    operations::discard_job(&admin.visitor.app, admin.permit()?, id).await.map_err(|e| admin.refuse(e))?;
    Ok(go_with(&session, "job.changed", "/admin/jobs").await)
}
