//! Members: the list, inviting, one member, what each role may do.

mod bulk;
mod import;
mod matrix;
mod one;

use super::*;
use crate::kernel::{InvitationId, Lang, MembershipId, Role};
use crate::orgs::{Invitation, Member as Colleague, MemberFilter, NewInvitation, service as orgs};
use crate::platform::markup::typed_text;
use crate::web::extract::ListForm as Form;
use crate::web::shell::role_word;
use axum::routing::{get, post};
use bulk::Outcome;
use http::header;
use serde::Deserialize;

/// Members on one page of the list.
const PAGE: i64 = 50;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/members", get(list))
        .route("/o/{org}/members/invite", post(invite))
        .route("/o/{org}/members/bulk", post(bulk::submit))
        .route("/o/{org}/members/export.csv", get(export))
        .route("/o/{org}/members/import", get(import::page).post(import::submit))
        .route("/o/{org}/members/roles", get(matrix::page))
        .route("/o/{org}/members/{id}", get(one::page))
        .route("/o/{org}/members/{id}/role", post(one::change_role))
        .route("/o/{org}/members/{id}/suspend", post(one::suspend))
        .route("/o/{org}/members/{id}/remove", post(one::remove))
        .route("/o/{org}/members/{id}/reset", post(one::reset))
        .route("/o/{org}/members/{id}/sessions/end", post(one::end_sessions))
        .route("/o/{org}/invitations/{id}/resend", post(resend))
        .route("/o/{org}/invitations/{id}/revoke", post(revoke))
}

#[derive(Deserialize, Default, Clone)]
struct ListQuery {
    q: Option<String>,
    role: Option<String>,
    /// `active`, `suspended` or `invited`; all members when empty.
    state: Option<String>,
    after: Option<MembershipId>,
}

impl ListQuery {
    fn filter(&self, limit: i64) -> MemberFilter {
        MemberFilter {
            search: self.q.clone().filter(|q| !q.trim().is_empty()),
            role: self.role.as_deref().and_then(Role::parse),
            suspended: match self.state.as_deref() {
                Some("active") => Some(false),
                Some("suspended") => Some(true),
                _ => None,
            },
            is_active: (self.state.as_deref() == Some("active")).then_some(true),
            after: self.after,
            limit,
        }
    }
}

async fn list(member: Member, Query(query): Query<ListQuery>) -> Answer {
    show(member, query, Typed::default(), Outcome::default()).await
}

/// The form of an invitation before anything is typed.
fn proposed() -> Typed {
    Typed { failure: None, values: vec![("days", "14".to_owned()), ("role", "tech".to_owned())] }
}

/// `typed` is of the invitation.
async fn show(member: Member, query: ListQuery, typed: Typed, outcome: Outcome) -> Answer {
    let app = &member.visitor.app;
    let only_invited = query.state.as_deref() == Some("invited");
    let mut people = if only_invited {
        Vec::new()
    } else {
        orgs::list_members(app, member.permit()?, &query.filter(PAGE + 1)).await.map_err(|e| member.refuse(e))?
    };
    let invitations = orgs::list_invitations(app, member.permit()?).await.map_err(|e| member.refuse(e))?;
    let more = people.len() > usize::try_from(PAGE).unwrap_or(50);
    people.truncate(usize::try_from(PAGE).unwrap_or(50));
    let (lang, t) = (member.visitor.lang, member.words());
    let link = |state: &str, after: Option<MembershipId>| {
        let q = url_part(query.q.as_deref().unwrap_or_default());
        let role = query.role.as_deref().and_then(Role::parse).map_or("", Role::code);
        let after = after.map(|id| format!("&after={id}")).unwrap_or_default();
        member.url(&format!("/members?q={q}&role={role}&state={state}{after}"))
    };
    let state = query.state.clone().unwrap_or_default();
    let next = people.last().filter(|_| more).map(|last| link(&state, Some(last.id)));
    let tabs = [
        ("", t.members_all()),
        ("active", t.members_active()),
        ("invited", t.members_invited()),
        ("suspended", t.members_suspended()),
    ];
    let tabs = tabs.map(|(code, word)| (link(code, None), word, (code == state).then_some("true")));
    let status = form_status(if typed.failure.is_some() { &typed } else { &outcome.failed });
    Ok(render::page(status, move || {
        let invitation = if typed.values.is_empty() { proposed() } else { typed };
        let outcome = outcome.note(lang);
        let tabs =
            tabs.into_iter().map(|(url, word, current)| view! { <a href=url aria-current=current>{word}</a> }).collect_view();
        let body = if only_invited || people.is_empty() {
            if invitations.is_empty() || !only_invited {
                view! { <Empty title=t.members_empty_title() text=t.members_empty_text() /> }.into_any()
            } else {
                ().into_any()
            }
        } else {
            table(&member, people).into_any()
        };
        let waiting = (!invitations.is_empty() && (only_invited || state.is_empty())).then(|| waiting(&member, invitations));
        view! {
            <InOrg member=member.clone() title=t.nav_members() here="members">
                <header class="page-head"><h1>{t.nav_members()}</h1><div class="actions">
                    <a class="btn secondary" href=member.url("/members/roles")><Icon name="info" />{t.members_roles()}</a>
                    <a class="btn secondary" href=member.url("/members/export.csv")><Icon name="download" />{t.members_export()}</a>
                    <a class="btn secondary" href=member.url("/members/import")>{t.crew_import()}</a>
                </div></header>
                <div class="split">
                    <section aria-label=t.nav_members()>
                        <nav class="tabs" aria-label=t.members_by_state()>{tabs}</nav>
                        <form class="filters row" method="get" action=member.url("/members") role="search">
                            <input type="hidden" name="state" value=state.clone() />
                            <div class="affix"><Icon name="search" /><input class="input" type="search" name="q" aria-label=t.members_search() placeholder=t.members_search() value=query.q.clone() /></div>
                            <select class="input pick" name="role" aria-label=t.members_role()>{role_options(query.role.as_deref(), t.members_all_roles(), t)}</select>
                            <button class="btn secondary">{t.filter_button()}</button>
                        </form>
                        {outcome}
                        {body}
                        {next.map(|url| view! { <p class="pages"><a class="btn secondary" href=url>{t.next_page()}</a></p> })}
                        {waiting}
                    </section>
                    {(member.support.is_none()).then(|| invite_form(&member, invitation, lang))}
                </div>
            </InOrg>
        }
    }))
}

/// The roles as options, after one for all of them.
fn role_options(chosen: Option<&str>, all: String, t: &'static crate::platform::words::Words) -> impl IntoView + use<> {
    let chosen = chosen.map(str::to_owned);
    let roles = [Role::Owner, Role::Admin, Role::Manager, Role::Tech];
    let options = roles.map(|role| {
        let selected = chosen.as_deref() == Some(role.code());
        view! { <option value=role.code() selected=selected>{role_word(role, t)}</option> }
    });
    view! { <option value="">{all}</option>{options.into_iter().collect_view()} }
}

/// What a role is for, in a few words.
pub(super) fn role_help(role: Role, t: &crate::platform::words::Words) -> String {
    match role {
        Role::Tech => t.role_tech_help(),
        Role::Manager => t.role_manager_help(),
        Role::Admin => t.role_admin_help(),
        Role::Owner => t.role_owner_help(),
    }
}

/// The roles that a member may give.
fn grantable(role: Role) -> Vec<Role> {
    [Role::Tech, Role::Manager, Role::Admin, Role::Owner]
        .into_iter()
        .filter(|other| crate::orgs::may_grant(role, *other))
        .collect()
}

/// Whether somebody can work here: how it looks, and the word.
fn state_of(colleague: &Colleague, t: &crate::platform::words::Words) -> (&'static str, &'static str, String) {
    if colleague.is_suspended {
        ("danger", "ban", t.member_suspended())
    } else if !colleague.is_active {
        ("warning", "ban", t.member_closed())
    } else {
        ("positive", "check", t.member_active())
    }
}

fn state_pill(colleague: &Colleague, t: &crate::platform::words::Words) -> AnyView {
    let (tone, icon, text) = state_of(colleague, t);
    view! { <Pill tone icon text /> }.into_any()
}

fn table(member: &Member, people: Vec<Colleague>) -> impl IntoView + use<> {
    let (t, lang, zone) = (member.words(), member.visitor.lang, member.org.zone());
    let today = zone.local(member.visitor.app.clock.now()).date;
    let me = member.visitor.account.as_ref().map(|account| account.id);
    let can_act = member.role >= Role::Admin && member.support.is_none();
    let rows = people.into_iter().map(|person| {
        let url = member.url(&format!("/members/{}", person.id));
        let seen = person.last_seen_at.map(|at| format::date_time_near(zone.local(at), today, lang));
        let seen = seen.unwrap_or_else(|| if person.is_elsewhere { "–".to_owned() } else { t.member_never() });
        let factor = if person.has_factor { t.member_factor_yes() } else { t.member_factor_no() };
        let is_me = Some(person.account) == me;
        let pick = can_act.then(|| {
            let label = t.member_pick(person.name.as_str());
            let may = !is_me && crate::orgs::may_act_on(member.role, person.role);
            view! { <td role="cell" class="corner"><input type="checkbox" name="ids" value=person.id.to_string() aria-label=label disabled=!may /></td> }
        });
        let state = state_pill(&person, t);
        view! {
            <tr role="row">{pick}
                <th scope="row" role="rowheader"><span class="person"><Avatar name=person.name.clone() /><span><a href=url>{person.name}</a>{is_me.then(|| view! { " "<span class="faint small">{t.member_you()}</span> })}<small>{person.email}</small></span></span></th>
                <td role="cell" data-label=t.members_role()>{role_word(person.role, t)}</td>
                <td role="cell" data-label=t.member_state()>{state}</td>
                <td role="cell" data-label=t.member_factor()>{factor}</td>
                <td role="cell" data-label=t.member_seen() class="num">{seen}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let head = can_act.then(|| view! { <th role="columnheader"><span class="vh">{t.member_pick_head()}</span></th> });
    let actions = can_act.then(|| {
        view! {
            <div class="row bulk"><label class="vh" for="what">{t.bulk_label()}</label>
                <select class="input pick" id="what" name="what">
                    <option value="suspend">{t.bulk_suspend()}</option><option value="restore">{t.bulk_restore()}</option>
                    <option value="end">{t.bulk_end()}</option><option value="remove">{t.bulk_remove()}</option>
                </select>
                <button class="btn secondary">{t.bulk_button()}</button></div>
        }
    });
    view! {
        <form method="post" action=member.url("/members/bulk")>
            <div class="table-wrap"><table class="table" role="table">
                <thead role="rowgroup"><tr role="row">{head}<th role="columnheader">{t.field_name()}</th><th role="columnheader">{t.members_role()}</th><th role="columnheader">{t.member_state()}</th><th role="columnheader">{t.member_factor()}</th><th role="columnheader">{t.member_seen()}</th></tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table></div>
            {actions}
        </form>
    }
}

fn waiting(member: &Member, invitations: Vec<Invitation>) -> impl IntoView + use<> {
    let (t, lang, zone, now) = (member.words(), member.visitor.lang, member.org.zone(), member.visitor.app.clock.now());
    let lines = invitations.into_iter().map(|invitation| {
        let base = member.url(&format!("/invitations/{}", invitation.id));
        let until = format::long_date_time(zone.local(invitation.expires_at), lang);
        let may = member.support.is_none() && crate::orgs::may_grant(member.role, invitation.role);
        let state = if invitation.expires_at <= now { t.invitation_over() } else { t.invitation_until(until) };
        let by = (!invitation.invited_by.is_empty()).then(|| t.invitation_by(invitation.invited_by.as_str()));
        view! { <li>
            <span class="tile-icon"><Icon name="mail" /></span>
            <span class="grow"><span class="strong">{invitation.email.clone()}</span><small>{role_word(invitation.role, t)}" · "{state}</small><small>{by}</small></span>
            {may.then(|| view! {
                <form method="post" action=format!("{base}/resend")><button class="btn secondary">{t.invitation_resend()}</button></form>
                <form method="post" action=format!("{base}/revoke")><button class="btn danger-quiet">{t.invitation_revoke()}</button></form>
            })}
        </li> }
    });
    view! { <section class="stack tight waiting"><h2>{t.members_invited()}</h2><ul class="list">{lines.collect_view()}</ul></section> }
}

fn invite_form(member: &Member, typed: Typed, lang: Lang) -> impl IntoView + use<> {
    let t = member.words();
    let chosen = typed.value("role");
    let roles = grantable(member.role).into_iter().map(|role| {
        let checked = chosen == role.code();
        view! { <label class="check"><input type="radio" name="role" value=role.code() checked=checked /><span>{role_word(role, t)}</span><span class="help">{role_help(role, t)}</span></label> }
    });
    view! {
        <form class="card stack" id="invite" method="post" action=member.url("/members/invite")>
            <h2>{t.invite_title()}</h2>
            <FormError typed=typed.clone() lang />
            <Field typed=typed.clone() lang name="email" label=t.field_email() kind="email" required=true />
            <fieldset class="field"><legend class="label">{t.members_role()}</legend>{roles.collect_view()}</fieldset>
            <div class="field"><label for="message">{t.invite_message()}</label><textarea class="input" id="message" name="message" rows="3" maxlength="1000">{typed_text(&typed.value("message"))}</textarea></div>
            <Field typed=typed.clone() lang name="days" label=t.invite_days() kind="number" required=true />
            <button class="btn primary block"><Icon name="mail" />{t.invite_button()}</button>
        </form>
    }
}

#[derive(Deserialize)]
struct InviteForm {
    email: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    days: String,
}

async fn invite(member: Member, session: Session, Form(form): Form<InviteForm>) -> Answer {
    let new = NewInvitation {
        email: form.email.clone(),
        role: form.role.clone(),
        message: form.message.clone(),
        days: form.days.trim().parse().unwrap_or(0),
    };
    match orgs::invite_member(&member.visitor.app, member.permit()?, new).await {
        Ok(_) => Ok(go_with(&session, "member.invited", &member.url("/members")).await),
        Err(error) => {
            let values = vec![("email", form.email), ("role", form.role), ("message", form.message), ("days", form.days)];
            let typed = Typed { failure: Some(error.into()), values };
            let retry = typed.failure.as_ref().and_then(|failure| failure.retry_seconds);
            Ok(with_retry(show(member, ListQuery::default(), typed, Outcome::default()).await?, retry))
        }
    }
}

async fn resend(member: Member, session: Session, Path((_, id)): Path<(String, InvitationId)>) -> Answer {
    orgs::resend_invitation(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "member.invited", &member.url("/members")).await)
}

async fn revoke(member: Member, session: Session, Path((_, id)): Path<(String, InvitationId)>) -> Answer {
    orgs::revoke_invitation(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "invitation.revoked", &member.url("/members")).await)
}

/// The members as CSV.
async fn export(member: Member) -> Answer {
    let t = member.words();
    let mut rows =
        vec![vec![t.field_name(), t.field_email(), t.members_role(), t.member_state(), t.member_factor(), t.member_seen()]];
    let zone = member.org.zone();
    let mut filter = MemberFilter { limit: 200, ..MemberFilter::default() };
    loop {
        let page = orgs::list_members(&member.visitor.app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
        let Some(last) = page.last() else { break };
        filter.after = Some(last.id);
        rows.extend(page.into_iter().map(|person| {
            let (.., state) = state_of(&person, t);
            let factor = if person.has_factor { t.member_factor_yes() } else { t.member_factor_no() };
            let seen =
                person.last_seen_at.map(|at| zone.local(at)).map(|local| format!("{} {}", local.date, local.hour_minute()));
            vec![person.name, person.email, role_word(person.role, t), state, factor, seen.unwrap_or_default()]
        }));
    }
    let file = crate::web::csv_file::write(&rows)
        .map_err(|_| member.refuse(Failure::new(crate::kernel::Kind::Unexpected, "unexpected")))?;
    let name = format!("attachment; filename=\"{}-members.csv\"", member.org.slug);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], file)
        .into_response())
}
