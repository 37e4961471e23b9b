//! What mailed links of an account open: a page with a button. Looking changes nothing, for mail scanners look, too.

use super::*;
use crate::accounts::service::AddressChange;
use crate::accounts::{Account, AccountError, Purpose, service as accounts};
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/recover", get(recover_page).post(recover))
        .route("/reset/{token}", get(reset_page).post(reset))
        .route("/verify/{token}", get(verify_page).post(verify))
        .route("/confirm-email/{token}", get(confirm_page).post(confirm))
        .route("/not-me/{token}", get(not_me_page).post(not_me))
}

async fn recover_page(visitor: Visitor) -> Response {
    show_recover(visitor, Typed::default())
}

fn show_recover(visitor: Visitor, typed: Typed) -> Response {
    let (lang, t) = (visitor.lang, visitor.words());
    let retry = typed.failure.as_ref().and_then(|failure| failure.retry_seconds);
    let page = render::page(form_status(&typed), move || {
        view! {
            <Plain lang title=t.recover_title() visitor=visitor>
                <h1>{t.recover_title()}</h1>
                <p class="muted">{t.recover_lead()}</p>
                <form class="stack" method="post" action="/recover">
                    <FormError typed=typed.clone() lang />
                    <Field typed=typed.clone() lang name="email" label=t.field_email() kind="email" autocomplete="username" required=true />
                    <button class="btn primary large block">{t.recover_button()}</button>
                </form>
                <p class="small muted"><a href="/sign-in">{t.second_back()}</a></p>
            </Plain>
        }
    });
    with_retry(page, retry)
}

#[derive(Deserialize)]
struct EmailForm {
    email: String,
}

async fn recover(visitor: Visitor, Form(form): Form<EmailForm>) -> Answer {
    if let Err(error) = accounts::request_reset(&visitor.app, visitor.permit()?, &form.email).await {
        return Ok(show_recover(visitor, Typed { failure: Some(error.into()), values: vec![("email", form.email)] }));
    }
    let t = visitor.words();
    Ok(notice(visitor, t.recover_sent_title(), t.recover_sent_text(form.email.trim())))
}

/// A page that says one thing.
fn notice(visitor: Visitor, title: String, text: String) -> Response {
    let (lang, t) = (visitor.lang, visitor.words());
    render::page(StatusCode::OK, move || {
        view! {
            <Plain lang title=title.clone() visitor=visitor>
                <h1>{title}</h1><p class="muted">{text}</p><p><a class="btn secondary" href="/">{t.error_home()}</a></p>
            </Plain>
        }
    })
}

/// The account of a link that still works.
async fn find(visitor: &Visitor, purposes: &[Purpose], token: &str) -> Result<Account, Refusal> {
    let found = accounts::find_link(&visitor.app, visitor.permit()?, purposes, token).await;
    Ok(found.map_err(|e| visitor.refuse(e))?.0)
}

/// A page with one button, which answers the link.
async fn ask(visitor: Visitor, purposes: &[Purpose], token: &str, words: [String; 3]) -> Answer {
    let account = find(&visitor, purposes, token).await?;
    Ok(show_button(visitor, account, words))
}

fn show_button(visitor: Visitor, account: Account, words: [String; 3]) -> Response {
    let (lang, action) = (visitor.lang, visitor.path.clone());
    let [title, text, button] = words;
    render::page(StatusCode::OK, move || {
        view! {
            <Plain lang title=title.clone() visitor=visitor>
                <h1>{title}</h1><p class="muted">{text}</p><p>{account.email}</p>
                <form method="post" action=action><button class="btn primary large block">{button}</button></form>
            </Plain>
        }
    })
}

async fn reset_page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    show_reset(visitor, &token, Typed::default()).await
}

async fn show_reset(visitor: Visitor, token: &str, typed: Typed) -> Answer {
    let account = find(&visitor, &[Purpose::ResetPassword], token).await?;
    let (lang, t, action) = (visitor.lang, visitor.words(), format!("/reset/{token}"));
    Ok(render::script_page(form_status(&typed), move || {
        view! {
            <Plain lang title=t.reset_title() visitor=visitor>
                <h1>{t.reset_title()}</h1>
                <p class="muted">{t.reset_lead()}</p>
                <form class="stack" method="post" action=action>
                    <FormError typed=typed.clone() lang />
                    <div class="field"><label for="email">{t.field_email()}</label><input class="input" id="email" type="email" value=account.email autocomplete="username" readonly /></div>
                    <NewPassword typed=typed.clone() lang />
                    <button class="btn primary large block">{t.reset_button()}</button>
                </form>
            </Plain>
        }
    }))
}

#[derive(Deserialize)]
struct PasswordForm {
    password: String,
}

async fn reset(visitor: Visitor, session: Session, Path(token): Path<String>, Form(form): Form<PasswordForm>) -> Answer {
    match accounts::reset_password(&visitor.app, visitor.permit()?, &token, &form.password).await {
        Ok(()) => Ok(go_with(&session, "password.reset", "/sign-in").await),
        Err(error @ AccountError::Password(_)) => {
            show_reset(visitor, &token, Typed { failure: Some(error.into()), values: Vec::new() }).await
        }
        Err(error) => Err(visitor.refuse(error)),
    }
}

async fn verify_page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    let t = visitor.words();
    let account = find(&visitor, &[Purpose::VerifyEmail], &token).await?;
    let is_mine = visitor.account.as_ref().is_some_and(|mine| mine.id == account.id);
    let (lead, button) = if is_mine { (t.verify_lead(), t.verify_button()) } else { (t.verify_sign_in(), t.sign_in_button()) };
    Ok(show_button(visitor, account, [t.verify_title(), lead, button]))
}

async fn verify(visitor: Visitor, session: Session, Path(token): Path<String>) -> Answer {
    let is_done = accounts::verify_email(&visitor.app, visitor.permit()?, &token).await.map_err(|e| visitor.refuse(e))?;
    if is_done {
        return Ok(go_with(&session, "email.verified", "/me").await);
    }
    Ok(sign_in_first(&session, &format!("/verify/{token}")).await)
}

/// Signing in leads back to the link, which still works.
async fn sign_in_first(session: &Session, link: &str) -> Response {
    go_with(session, "email.sign_in", &format!("/sign-in?next={}", url_part(link))).await
}

async fn confirm_page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    let t = visitor.words();
    let purposes = [Purpose::ChangeEmailOld, Purpose::ChangeEmailNew];
    let found = accounts::find_link(&visitor.app, visitor.permit()?, &purposes, &token).await;
    let (account, purpose) = found.map_err(|e| visitor.refuse(e))?;
    let is_mine = purpose == Purpose::ChangeEmailOld || visitor.account.as_ref().is_some_and(|mine| mine.id == account.id);
    let (lead, button) = if is_mine { (t.confirm_lead(), t.confirm_button()) } else { (t.verify_sign_in(), t.sign_in_button()) };
    Ok(show_button(visitor, account, [t.confirm_title(), lead, button]))
}

async fn confirm(visitor: Visitor, session: Session, Path(token): Path<String>) -> Answer {
    let change = accounts::confirm_email(&visitor.app, visitor.permit()?, &token).await.map_err(|e| visitor.refuse(e))?;
    let code = match change {
        AddressChange::Done => "email.changed",
        AddressChange::Half => "email.half",
        AddressChange::Elsewhere => return Ok(sign_in_first(&session, &format!("/confirm-email/{token}")).await),
    };
    Ok(go_with(&session, code, if visitor.account.is_some() { "/me" } else { "/sign-in" }).await)
}

async fn not_me_page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    let t = visitor.words();
    ask(visitor, &[Purpose::NotMe], &token, [t.not_me_title(), t.not_me_lead(), t.not_me_button()]).await
}

async fn not_me(visitor: Visitor, Path(token): Path<String>) -> Answer {
    accounts::deny_notice(&visitor.app, visitor.permit()?, &token).await.map_err(|e| visitor.refuse(e))?;
    let t = visitor.words();
    Ok(notice(visitor, t.not_me_done_title(), t.not_me_done_text()))
}
