//! The installation's accounts, for those who run it.

use super::*;
use crate::accounts::{Account, AccountFilter, service as accounts};
use crate::kernel::AccountId;
use crate::kernel::zone::Zone;
use axum::routing::{get, post};
use serde::Deserialize;

/// Accounts on one page of the list.
const PAGE: i64 = 50;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/accounts", get(list))
        .route("/admin/accounts/{id}/state", post(set_state))
        .route("/admin/accounts/{id}/admin", post(set_admin))
}

#[derive(Deserialize, Default, Clone)]
struct ListQuery {
    q: Option<String>,
    after: Option<AccountId>,
}

async fn list(admin: PlatformAdmin, Query(query): Query<ListQuery>) -> Answer {
    let search = query.q.clone().filter(|q| !q.trim().is_empty());
    let filter = AccountFilter { search, after: query.after, limit: PAGE + 1 };
    let list = accounts::list_accounts(&admin.visitor.app, admin.permit()?, &filter).await;
    let mut list = list.map_err(|e| admin.refuse(e))?;
    let more = i64::try_from(list.len()).unwrap_or(0) > PAGE;
    list.truncate(usize::try_from(PAGE).unwrap_or(50));
    let next = list
        .last()
        .filter(|_| more)
        .map(|last| format!("/admin/accounts?q={}&after={}", url_part(query.q.as_deref().unwrap_or_default()), last.id));
    let (t, lang, zone, me) = (admin.visitor.words(), admin.visitor.lang, admin.zone(), admin.visitor.actor.account());
    Ok(render::page(StatusCode::OK, move || {
        let rows: Vec<_> = list.into_iter().map(|account| row(account, me, &zone, lang)).collect();
        view! {
            <OfPlatform admin title=t.admin_accounts() here="accounts">
                <header class="page-head"><div><h1>{t.admin_accounts()}</h1><p class="lead">{t.admin_accounts_lead()}</p></div></header>
                <form class="filters row" method="get" action="/admin/accounts" role="search">
                    <div class="affix"><Icon name="search" /><input class="input" type="search" name="q" aria-label=t.admin_accounts_search() placeholder=t.admin_accounts_search() value=query.q.clone() /></div>
                    <button class="btn secondary">{t.filter_button()}</button>
                </form>
                {if rows.is_empty() { view! { <Empty title=t.admin_accounts_empty_title() text=t.admin_accounts_empty_text() /> }.into_any() } else { view! {
                    <div class="table-wrap"><table class="table" role="table">
                        <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.field_name()}</th><th role="columnheader">{t.admin_accounts_state()}</th><th role="columnheader">{t.admin_accounts_factor()}</th><th role="columnheader">{t.admin_accounts_since()}</th><th role="columnheader">{t.admin_accounts_actions()}</th></tr></thead>
                        <tbody role="rowgroup">{rows}</tbody>
                    </table></div>
                }.into_any() }}
                {next.map(|url| view! { <p class="pages"><a class="btn secondary" href=url>{t.next_page()}</a></p> })}
            </OfPlatform>
        }
    }))
}

fn row(account: Account, me: Option<AccountId>, zone: &Zone, lang: Lang) -> impl IntoView + use<> {
    let t = words(lang);
    let since = format::long_day(zone.local(account.created_at).date, lang);
    let closed_by_self = account.disabled_by.as_deref() == Some("self");
    let state = if account.is_active {
        view! { <Pill tone="positive" icon="check" text=t.admin_accounts_open() /> }.into_any()
    } else {
        let text = if closed_by_self { t.admin_accounts_closed_self() } else { t.admin_accounts_closed() };
        view! { <Pill tone="warning" icon="ban" text=text /> }.into_any()
    };
    let admin =
        account.is_platform_admin.then(|| view! { " "<Pill tone="accent" icon="shield" text=t.admin_accounts_admin() /> });
    let factor = if account.has_second_factor() { t.value_yes() } else { t.value_no() };
    let name = account.name.clone();
    let form = |path: &str, field: &'static str, value: bool, label: String, class: &'static str| {
        let action = format!("/admin/accounts/{}/{path}", account.id);
        view! { <form method="post" action=action><input type="hidden" name=field value=value.to_string() /><button class=class>{label}<span class="vh">" "{name.clone()}</span></button></form> }
    };
    let actions = if me == Some(account.id) {
        view! { <span class="muted">{t.admin_accounts_you()}</span> }.into_any()
    } else {
        // Who closed their own account opens it again themselves, unless the platform closes it as well.
        let state = if account.is_active {
            form("state", "open", false, t.admin_accounts_close(), "btn danger-quiet")
        } else if closed_by_self {
            form("state", "open", false, t.admin_accounts_keep_closed(), "btn danger-quiet")
        } else {
            form("state", "open", true, t.admin_accounts_reopen(), "btn secondary")
        };
        let admin = (account.is_active || account.is_platform_admin).then(|| {
            let label = if account.is_platform_admin { t.admin_accounts_demote() } else { t.admin_accounts_promote() };
            form("admin", "admin", !account.is_platform_admin, label, "btn")
        });
        view! { <span class="row">{state}{admin}</span> }.into_any()
    };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{account.name.clone()}<small>{account.email.clone()}</small></th>
            <td role="cell" class="bare">{state}{admin}</td>
            <td role="cell" data-label=t.admin_accounts_factor()>{factor}</td>
            <td role="cell" data-label=t.admin_accounts_since()>{since}</td>
            <td role="cell" class="bare">{actions}</td>
        </tr>
    }
}

#[derive(Deserialize)]
struct StateForm {
    open: bool,
}

async fn set_state(admin: PlatformAdmin, session: Session, Path(id): Path<AccountId>, Form(form): Form<StateForm>) -> Answer {
    accounts::set_account_active(&admin.visitor.app, admin.permit()?, id, form.open).await.map_err(|e| admin.refuse(e))?;
    Ok(go_with(&session, if form.open { "account.opened" } else { "account.closed" }, "/admin/accounts").await)
}

#[derive(Deserialize)]
struct AdminForm {
    admin: bool,
}

async fn set_admin(admin: PlatformAdmin, session: Session, Path(id): Path<AccountId>, Form(form): Form<AdminForm>) -> Answer {
    let app = &admin.visitor.app;
    accounts::set_platform_admin_of(app, admin.permit()?, id, form.admin).await.map_err(|e| admin.refuse(e))?;
    Ok(go_with(&session, "saved", "/admin/accounts").await)
}
