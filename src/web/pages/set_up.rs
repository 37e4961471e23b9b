//! The page of the first start: the first account and organisation.

use super::*;
use crate::accounts::NewAccount;
use crate::kernel::zone::DEFAULT_ZONE;
use crate::orgs::NewOrg;
use crate::orgs::service::{SetUpForm, find_set_up_link, set_up};
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new().route("/setup/{token}", get(page).post(submit))
}

async fn page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    find_set_up_link(&visitor.app, visitor.permit()?, &token).await.map_err(|e| visitor.refuse(e))?;
    Ok(show(visitor, token, Typed { failure: None, values: vec![("time_zone", DEFAULT_ZONE.to_owned())] }))
}

fn show(visitor: Visitor, token: String, typed: Typed) -> Response {
    let (lang, t) = (visitor.lang, visitor.words());
    render::script_page(form_status(&typed), move || {
        view! {
            <Plain lang title=t.setup_title() visitor=visitor>
                <h1>{t.setup_title()}</h1>
                <p class="muted">{t.setup_lead()}</p>
                <form class="stack" method="post" action=format!("/setup/{token}")>
                    <FormError typed=typed.clone() lang />
                    <Field typed=typed.clone() lang name="org_name" label=t.field_org_name() autocomplete="organization" required=true />
                    <Field typed=typed.clone() lang name="time_zone" label=t.field_time_zone() help=t.field_time_zone_help() required=true />
                    <Field typed=typed.clone() lang name="name" label=t.field_name() autocomplete="name" required=true />
                    <Field typed=typed.clone() lang name="email" label=t.field_email() kind="email" autocomplete="username" required=true />
                    <NewPassword typed=typed.clone() lang />
                    <button class="btn primary large block">{t.setup_button()}</button>
                </form>
            </Plain>
        }
    })
}

#[derive(Deserialize)]
struct SetUp {
    org_name: String,
    time_zone: String,
    name: String,
    email: String,
    password: String,
}

async fn submit(visitor: Visitor, session: Session, Path(token): Path<String>, Form(form): Form<SetUp>) -> Answer {
    let language = visitor.lang.code().to_owned();
    let org =
        NewOrg { name: form.org_name.clone(), time_zone: form.time_zone.clone(), language: language.clone(), is_demo: false };
    let account = NewAccount { email: form.email.clone(), name: form.name.clone(), password: form.password, language };
    match set_up(&visitor.app, visitor.permit()?, &token, SetUpForm { account, org }).await {
        Ok((org, account)) => {
            let cookies = sign_in::open_session(&visitor, &session, &account, "password", true).await?;
            Ok((cookies, go_with(&session, "welcome", &format!("/o/{}/crew", org.slug)).await).into_response())
        }
        Err(error) => {
            let values =
                vec![("org_name", form.org_name), ("time_zone", form.time_zone), ("name", form.name), ("email", form.email)];
            Ok(show(visitor, token, Typed { failure: Some(error.into()), values }))
        }
    }
}
