//! Tokens that somebody makes for programs.

use super::*;
use crate::accounts::{ApiToken, NewApiToken, service as accounts};
use crate::kernel::zone::Zone;
use crate::kernel::{ApiTokenId, Kind};
use crate::web::extract::ListForm as Form;
use axum::routing::{get, post};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new().route("/me/tokens", get(page).post(make)).route("/me/tokens/{id}/revoke", post(revoke))
}

/// The form before anything is typed.
fn proposed() -> Typed {
    Typed { failure: None, values: vec![("days", "90".to_owned()), ("scopes", "read".to_owned())] }
}

async fn page(own: Own) -> Answer {
    show(own, proposed(), None).await
}

async fn show(own: Own, typed: Typed, secret: Option<String>) -> Answer {
    let tokens = accounts::list_my_tokens(&own.visitor.app, own.permit()?).await.map_err(|e| own.refuse(e))?;
    let t = own.visitor.words();
    let own = if secret.is_some() { own.once() } else { own };
    Ok(render::page(form_status(&typed), move || {
        let form = match own.places.is_empty() {
            true => view! { <p class="muted">{t.tokens_no_org()}</p> }.into_any(),
            false => new_form(&own, typed),
        };
        view! {
            <OfMine own=own.clone() title=t.tokens_title() here="tokens">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{t.tokens_title()}</h1><p class="lead">{t.tokens_lead()}</p></div></header>
                    {secret.map(|secret| view! { <div class="note positive" role="status"><Icon name="key" /><div><p class="strong">{t.tokens_once()}</p><p><code class="secret">{secret}</code></p></div></div> })}
                    {(!tokens.is_empty()).then(|| view! { <ul class="list">{tokens.into_iter().map(|token| line(&own, token)).collect_view()}</ul> })}
                    {form}
                </div>
            </OfMine>
        }
    }))
}

fn new_form(own: &Own, typed: Typed) -> AnyView {
    let (lang, t) = (own.visitor.lang, own.visitor.words());
    let (org, scopes) = (typed.value("org"), typed.value("scopes"));
    let places = own.places.clone().into_iter().map(|place| {
        let selected = place.org.slug == org;
        view! { <option value=place.org.slug selected=selected>{place.org.name}</option> }
    });
    let places = places.collect_view();
    let boxes = [("read", t.scope_read()), ("write", t.scope_write()), ("admin", t.scope_admin())].map(|(code, word)| {
        let checked = scopes.split(' ').any(|chosen| chosen == code);
        let described = typed.described("scopes", "scopes", false);
        view! { <label class="check"><input type="checkbox" name="scopes" value=code checked=checked aria-invalid=typed.invalid("scopes") aria-describedby=described /><span>{word}</span></label> }
    });
    let boxes = boxes.into_iter().collect_view();
    view! {
        <form class="card stack" method="post" action="/me/tokens"><h2>{t.tokens_new()}</h2><FormError typed=typed.clone() lang />
            <Field typed=typed.clone() lang name="name" label=t.tokens_name() help=t.tokens_name_help() required=true />
            <div class="field"><label for="org">{t.tokens_org()}</label><select class="input" id="org" name="org">{places}</select></div>
            <fieldset class="field"><legend class="label">{t.tokens_scopes()}</legend>{boxes}<FieldError typed=typed.clone() lang name="scopes" /></fieldset>
            <Field typed=typed.clone() lang name="days" label=t.tokens_days() kind="number" required=true />
            <PresentPassword typed lang id="present_password" />
            <div class="row"><button class="btn primary">{t.tokens_make()}</button></div>
        </form>
    }
    .into_any()
}

fn line(own: &Own, token: ApiToken) -> impl IntoView + use<> {
    let (t, lang) = (own.visitor.words(), own.visitor.lang);
    let zone = Zone::named_or_utc(&own.account.time_zone);
    let now = own.visitor.app.clock.now();
    let org =
        own.places.iter().find(|place| place.org.id == token.org_id).map(|place| place.org.name.clone()).unwrap_or_default();
    let used = token.last_used_at.map(|at| t.tokens_used(format::long_date_time(zone.local(at), lang)));
    let used = used.unwrap_or_else(|| t.tokens_unused());
    let until = t.tokens_until(format::long_day(zone.local(token.expires_at).date, lang));
    let revoke = format!("/me/tokens/{}/revoke", token.id);
    let state = if token.revoked_at.is_some() {
        view! { <Pill tone="" icon="ban" text=t.tokens_revoked() /> }.into_any()
    } else if token.expires_at <= now {
        view! { <Pill tone="warning" icon="clock" text=t.tokens_expired() /> }.into_any()
    } else {
        view! { <form method="post" action=revoke><button class="btn danger-quiet">{t.tokens_revoke()}</button></form> }
            .into_any()
    };
    let scopes = token.scopes.replace(' ', ", ");
    view! { <li>
        <span class="tile-icon"><Icon name="key" /></span>
        <span class="grow"><span class="strong">{token.name}</span><small><code>{token.prefix}"…"</code>" · "{org}" · "{scopes}</small><small>{until}" · "{used}</small></span>
        {state}
    </li> }
}

#[derive(Deserialize)]
struct TokenForm {
    name: String,
    org: String,
    #[serde(default)]
    scopes: Vec<String>,
    days: String,
    #[serde(default)]
    present_password: String,
}

async fn make(own: Own, Form(form): Form<TokenForm>) -> Answer {
    let place = own.places.iter().find(|place| place.org.slug == form.org).map(|place| place.org.id);
    let org = place.ok_or_else(|| own.refuse(Failure::new(Kind::NotFound, "not_found")))?;
    let days = form.days.trim().parse().unwrap_or(0);
    let new = NewApiToken { name: form.name.clone(), scopes: form.scopes.join(" "), days };
    match accounts::make_token(&own.visitor.app, own.permit()?, org, &new, &form.present_password).await {
        Ok(made) => show(own, proposed(), Some(made.secret)).await,
        Err(error) => {
            let values = vec![("name", form.name), ("org", form.org), ("scopes", new.scopes), ("days", form.days)];
            let failure = Failure::from(error);
            let retry = failure.retry_seconds;
            Ok(with_retry(show(own, Typed { failure: Some(failure), values }, None).await?, retry))
        }
    }
}

async fn revoke(own: Own, session: Session, Path(id): Path<ApiTokenId>) -> Answer {
    accounts::revoke_token(&own.visitor.app, own.permit()?, id).await.map_err(|e| own.refuse(e))?;
    Ok(go_with(&session, "token.revoked", "/me/tokens").await)
}
