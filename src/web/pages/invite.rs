//! The page behind an invitation. Opening it changes nothing; a button accepts.

use super::*;
use crate::accounts::NewAccount;
use crate::orgs::service::{accept_invitation, find_live_invitation};
use crate::web::shell::role_word;
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new().route("/invite/{token}", get(page).post(submit))
}

async fn page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    show(visitor, token, Typed::default()).await
}

async fn show(visitor: Visitor, token: String, typed: Typed) -> Answer {
    let (org, invitation) = find_live_invitation(&visitor.app, visitor.permit()?, &token).await.map_err(|e| visitor.refuse(e))?;
    let (lang, t) = (visitor.lang, visitor.words());
    let me = visitor.account.clone();
    let action = format!("/invite/{token}");
    let sign_in = format!("/sign-in?next={}", url_part(&action));
    Ok(render::script_page(form_status(&typed), move || {
        let role = role_word(invitation.role, t);
        let lead = if invitation.invited_by.is_empty() {
            t.invited_lead(role)
        } else {
            t.invited_by_lead(invitation.invited_by.as_str(), role)
        };
        let message = (!invitation.message.is_empty())
            .then(|| view! { <blockquote class="note">{invitation.message.clone()}</blockquote> });
        let fits = me.as_ref().is_none_or(|me| me.email == invitation.email);
        let who = match me {
            Some(me) if fits => view! { <p>{t.join_as(me.email)}</p> }.into_any(),
            Some(me) => view! {
                <div class="note warning"><Icon name="warn" /><p>{t.invited_other(me.email, invitation.email.clone())}</p></div>
            }.into_any(),
            None => view! {
                <p class="muted small">{t.join_address(invitation.email.clone())}</p>
                <div class="field"><label for="email">{t.field_email()}</label><input class="input" id="email" type="email" value=invitation.email.clone() autocomplete="username" readonly /></div>
                <Field typed=typed.clone() lang name="name" label=t.field_name() autocomplete="name" required=true />
                <NewPassword typed=typed.clone() lang />
                <p class="small">{t.join_known()}" "<a href=sign_in>{t.sign_in_button()}</a></p>
            }.into_any(),
        };
        view! {
            <Plain lang title=org.name.clone() visitor=visitor>
                <h1>{t.join_title(org.name.as_str())}</h1>
                <p class="muted">{lead}</p>
                {message}
                <form class="stack" method="post" action=action>
                    <FormError typed=typed.clone() lang />
                    {who}
                    {fits.then(|| view! { <button class="btn primary large block">{t.join_button()}</button> })}
                </form>
                {(!fits).then(|| view! { <form method="post" action="/sign-out"><button class="btn secondary">{t.sign_out_button()}</button></form> })}
            </Plain>
        }
    }))
}

#[derive(Deserialize)]
struct AcceptForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

async fn submit(visitor: Visitor, session: Session, Path(token): Path<String>, Form(form): Form<AcceptForm>) -> Answer {
    let is_known = visitor.account.is_some();
    let new = (!is_known).then(|| NewAccount {
        // The invitation's own address is taken, whatever a form says.
        email: String::new(),
        name: form.name.clone(),
        password: form.password,
        language: visitor.lang.code().to_owned(),
    });
    match accept_invitation(&visitor.app, visitor.permit()?, &token, new).await {
        Ok((org, account)) => {
            let cookies =
                if is_known { None } else { Some(sign_in::open_session(&visitor, &session, &account, "password", true).await?) };
            Ok((cookies, go_with(&session, "welcome", &format!("/o/{}", org.slug)).await).into_response())
        }
        Err(error) => show(visitor, token, Typed { failure: Some(error.into()), values: vec![("name", form.name)] }).await,
    }
}
