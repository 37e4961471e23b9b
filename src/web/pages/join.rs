//! The page behind the link that ties an account to a crew member. Opening it changes nothing.

use super::*;
use crate::orgs::service::{Newcomer, find_join_link, join_crew};
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new().route("/join/{token}", get(page).post(submit))
}

async fn page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    show(visitor, token, Typed::default()).await
}

async fn show(visitor: Visitor, token: String, typed: Typed) -> Answer {
    let found = find_join_link(&visitor.app, visitor.permit()?, &token).await;
    let (org, person, address) = found.map_err(|e| visitor.refuse(e))?;
    let (lang, t) = (visitor.lang, visitor.words());
    let typed = if typed.values.is_empty() { Typed { values: vec![("name", person.name.clone())], ..typed } } else { typed };
    let me = visitor.account.clone();
    let action = format!("/join/{token}");
    let sign_in = format!("/sign-in?next={}", url_part(&action));
    Ok(render::script_page(form_status(&typed), move || {
        view! {
            <Plain lang title=org.name.clone() visitor=visitor>
                <h1>{t.join_title(org.name.as_str())}</h1>
                <p class="muted">{t.join_lead(person.name.as_str())}</p>
                <form class="stack" method="post" action=action>
                    <FormError typed=typed.clone() lang />
                    {match me {
                        Some(me) => view! { <p>{t.join_as(me.email.as_str())}</p> }.into_any(),
                        None => view! {
                            <Field typed=typed.clone() lang name="name" label=t.field_name() autocomplete="name" required=true />
                            <p class="muted small">{t.join_address(address.as_str())}</p>
                            <NewPassword typed=typed.clone() lang />
                            <p class="small">{t.join_known()}" "<a href=sign_in>{t.sign_in_button()}</a></p>
                        }.into_any(),
                    }}
                    <button class="btn primary large block">{t.join_button()}</button>
                </form>
            </Plain>
        }
    }))
}

#[derive(Deserialize)]
struct JoinForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

async fn submit(visitor: Visitor, session: Session, Path(token): Path<String>, Form(form): Form<JoinForm>) -> Answer {
    let known = visitor.account.as_ref().map(|account| account.id);
    let language = visitor.lang.code().to_owned();
    let who = known.map_or_else(|| Newcomer::New { name: form.name.clone(), password: form.password, language }, Newcomer::Known);
    match join_crew(&visitor.app, visitor.permit()?, &token, who).await {
        Ok((org, account)) => {
            let cookies = match known {
                None => Some(sign_in::open_session(&visitor, &session, &account, "password", true).await?),
                Some(_) => None,
            };
            Ok((cookies, go_with(&session, "welcome", &format!("/o/{}/badge", org.slug)).await).into_response())
        }
        Err(error) => show(visitor, token, Typed { failure: Some(error.into()), values: vec![("name", form.name)] }).await,
    }
}
