//! One member: role, suspension, sessions, help with a password, the end.

use super::*;
use crate::accounts::{Session as OpenSession, client_words};
use crate::kernel::SessionId;

pub(super) async fn page(member: Member, Path((_, id)): Path<(String, MembershipId)>) -> Answer {
    show(member, id, Typed::default()).await
}

async fn show(member: Member, id: MembershipId, typed: Typed) -> Answer {
    let app = &member.visitor.app;
    let colleague = orgs::get_member(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let is_me = member.visitor.account.as_ref().is_some_and(|me| me.id == colleague.account);
    let may =
        member.role >= Role::Admin && member.support.is_none() && !is_me && crate::orgs::may_act_on(member.role, colleague.role);
    let sessions = if may {
        match orgs::list_member_sessions(app, member.permit()?, id).await {
            Ok(sessions) => Some(sessions),
            Err(crate::orgs::OrgError::SharedAccount) => None,
            Err(error) => return Err(member.refuse(error)),
        }
    } else {
        None
    };
    let (lang, t) = (member.visitor.lang, member.words());
    Ok(render::page(form_status(&typed), move || {
        let actions = may.then(|| actions(&member, &colleague, sessions));
        let since = format::long_day(member.org.zone().local(colleague.since).date, lang);
        let factor = if colleague.has_factor { t.member_factor_yes() } else { t.member_factor_no() };
        view! {
            <InOrg member=member.clone() title=colleague.name.clone() here="members">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{colleague.name.clone()}</h1><p class="lead">{colleague.email.clone()}</p></div></header>
                    <FormError typed=typed lang />
                    <dl class="facts">
                        <dt>{t.members_role()}</dt><dd>{role_word(colleague.role, t)}</dd>
                        <dt>{t.member_state()}</dt><dd>{state_pill(&colleague, t)}</dd>
                        <dt>{t.member_factor()}</dt><dd>{factor}</dd>
                        <dt>{t.member_since()}</dt><dd>{since}</dd>
                    </dl>
                    {is_me.then(|| view! { <p class="muted">{t.member_is_you()}" "<a href="/me">{t.me_title()}</a></p> })}
                    {actions}
                </div>
            </InOrg>
        }
    }))
}

/// What can be done about a member; there are no sessions of who belongs to another organisation, too.
fn actions(member: &Member, colleague: &Colleague, sessions: Option<Vec<OpenSession>>) -> impl IntoView + use<> {
    let (t, lang, zone) = (member.words(), member.visitor.lang, member.org.zone());
    let today = zone.local(member.visitor.app.clock.now()).date;
    let base = member.url(&format!("/members/{}", colleague.id));
    let roles = grantable(member.role).into_iter().map(|role| {
        let selected = role == colleague.role;
        view! { <option value=role.code() selected=selected>{role_word(role, t)}</option> }
    });
    let suspended = colleague.is_suspended;
    let end_all = format!("{base}/sessions/end");
    let sessions = match sessions {
        Some(sessions) => {
            let end_one = end_all.clone();
            let lines = sessions.into_iter().map(move |session| {
                let client = client_words(&session.client, t);
                let seen = t.sessions_seen(format::date_time_near(zone.local(session.last_seen_at), today, lang));
                view! { <li><span class="grow"><span class="strong">{client}</span><small>{session.address}" · "{seen}</small></span>
                    <form method="post" action=end_one.clone()><input type="hidden" name="session" value=session.id.to_string() /><button class="btn danger-quiet">{t.sessions_end()}</button></form></li> }
            });
            let lines = lines.collect_view();
            view! { <ul class="list">{lines}</ul><form method="post" action=end_all><button class="btn secondary"><Icon name="exit" />{t.member_end_sessions()}</button></form> }.into_any()
        }
        None => view! { <p class="muted small">{t.failure_shared_account()}</p> }.into_any(),
    };
    view! {
        <form class="stack" method="post" action=format!("{base}/role")>
            <div class="field"><label for="role">{t.members_role()}</label><select class="input" id="role" name="role">{roles.collect_view()}</select></div>
            <div class="row"><button class="btn secondary">{t.member_change_role()}</button></div>
        </form>
        <section class="stack tight"><h2>{t.sessions_open()}</h2>{sessions}</section>
        <section class="stack tight"><h2>{t.field_password()}</h2><p class="muted small">{t.member_reset_lead()}</p>
            <form method="post" action=format!("{base}/reset")><button class="btn secondary"><Icon name="mail" />{t.member_reset()}</button></form></section>
        <section class="stack tight"><h2>{t.member_access()}</h2>
            <form class="stack tight" method="post" action=format!("{base}/suspend")><input type="hidden" name="suspended" value=(!suspended).to_string() /><p class="muted small">{t.member_suspend_lead()}</p>
                <div class="row"><button class="btn secondary">{if suspended { t.member_restore() } else { t.member_suspend() }}</button></div></form>
            <form class="stack tight" method="post" action=format!("{base}/remove")><p class="muted small">{t.member_remove_lead()}</p><div class="row"><button class="btn danger-quiet">{t.member_remove()}</button></div></form></section>
    }
}

/// Goes back to the member, or shows there why not.
async fn done(member: Member, session: Session, id: MembershipId, outcome: Result<(), crate::orgs::OrgError>) -> Answer {
    match outcome {
        Ok(()) => Ok(go_with(&session, "member.changed", &member.url(&format!("/members/{id}"))).await),
        Err(crate::orgs::OrgError::NotFound) => Err(member.refuse(Failure::not_found())),
        Err(error) => {
            let failure = Failure::from(error);
            let retry = failure.retry_seconds;
            Ok(with_retry(show(member, id, Typed { failure: Some(failure), values: Vec::new() }).await?, retry))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RoleForm {
    role: String,
}

pub(super) async fn change_role(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, MembershipId)>,
    Form(form): Form<RoleForm>,
) -> Answer {
    let outcome = orgs::change_role(&member.visitor.app, member.permit()?, id, &form.role).await;
    done(member, session, id, outcome).await
}

#[derive(Deserialize)]
pub(super) struct SuspendForm {
    suspended: bool,
}

pub(super) async fn suspend(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, MembershipId)>,
    Form(form): Form<SuspendForm>,
) -> Answer {
    let outcome = orgs::suspend_member(&member.visitor.app, member.permit()?, id, form.suspended).await;
    done(member, session, id, outcome).await
}

pub(super) async fn remove(member: Member, session: Session, Path((_, id)): Path<(String, MembershipId)>) -> Answer {
    match orgs::remove_member(&member.visitor.app, member.permit()?, id).await {
        Ok(()) => Ok(go_with(&session, "member.removed", &member.url("/members")).await),
        Err(error) => done(member, session, id, Err(error)).await,
    }
}

pub(super) async fn reset(member: Member, session: Session, Path((_, id)): Path<(String, MembershipId)>) -> Answer {
    match orgs::start_member_reset(&member.visitor.app, member.permit()?, id).await {
        Ok(()) => Ok(go_with(&session, "member.reset", &member.url(&format!("/members/{id}"))).await),
        Err(error) => done(member, session, id, Err(error)).await,
    }
}

#[derive(Deserialize)]
pub(super) struct EndForm {
    session: Option<SessionId>,
}

pub(super) async fn end_sessions(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, MembershipId)>,
    Form(form): Form<EndForm>,
) -> Answer {
    let outcome = orgs::end_member_sessions(&member.visitor.app, member.permit()?, id, form.session).await;
    done(member, session, id, outcome.map(drop)).await
}
