//! For developers only: the mails that were not sent, and the components.

use super::*;
use crate::kernel::MailId;
use crate::platform::mail;
use axum::extract::Path;
use axum::routing::get;

pub fn routes() -> Router<App> {
    Router::new().route("/dev/mail", get(mails)).route("/dev/mail/{id}", get(one)).route("/dev/components", get(components))
}

async fn mails(visitor: Visitor) -> Answer {
    let list = mail::list_mails(&mut visitor.app.db.read().await.map_err(|e| visitor.refuse(e))?, 100)
        .await
        .map_err(|e| visitor.refuse(e))?;
    Ok(render::page(StatusCode::OK, move || {
        view! {
            <Plain lang=visitor.lang title="Mail" visitor=visitor.clone()><h1>"Mail"</h1><ul class="list">{list.into_iter().map(|m| view! { <li><a class="grow" href=format!("/dev/mail/{}", m.id)>{m.subject}</a><span class="muted">{m.recipient}</span></li> }).collect_view()}</ul></Plain>
        }
    }))
}

async fn one(visitor: Visitor, Path(id): Path<MailId>) -> Answer {
    let found = mail::find_mail(&mut visitor.app.db.read().await.map_err(|e| visitor.refuse(e))?, id)
        .await
        .map_err(|e| visitor.refuse(e))?;
    let mail = found.ok_or_else(|| visitor.refuse(Failure::not_found()))?;
    let link = mail.text_body.split_whitespace().find(|word| word.starts_with("http")).map(str::to_owned);
    Ok(render::page(StatusCode::OK, move || {
        view! {
            <Plain lang=visitor.lang title=mail.subject.clone() visitor=visitor.clone()><h1>{mail.subject}</h1><p class="muted">{mail.recipient}</p><pre class="mail">{mail.text_body}</pre>{link.map(|url| view! { <a class="btn secondary" href=url.clone()>{url.clone()}</a> })}</Plain>
        }
    }))
}

async fn components(visitor: Visitor) -> Response {
    let lang = visitor.lang;
    render::page(StatusCode::OK, move || {
        let typed = Typed {
            failure: Some(Failure::fields([("email", "email.invalid")])),
            values: vec![("name", "Karim Benali".into()), ("email", "karim".into())],
        };
        view! {
            <Plain lang title="Components" visitor=visitor>
                <h1>"Components"</h1>
                <section class="stack"><h2>"Buttons"</h2><div class="row"><button class="btn primary">"Primary"</button><button class="btn secondary">"Secondary"</button><button class="btn">"Quiet"</button><button class="btn danger">"Danger"</button><button class="btn danger-quiet">"Danger quiet"</button><button class="btn primary" disabled>"Disabled"</button></div></section>
                <section class="stack"><h2>"Fields"</h2><FormError typed=typed.clone() lang /><Field typed=typed.clone() lang name="name" label="Name" help="Help text" /><Field typed=typed.clone() lang name="email" label="E-mail" kind="email" /></section>
                <section class="stack"><h2>"Pills"</h2><div class="row"><Pill tone="positive" icon="check" text="Positive" /><Pill tone="warning" icon="warn" text="Warning" /><Pill tone="danger" icon="stop" text="Danger" /><Pill tone="info" icon="info" text="Info" /><Pill tone="" icon="ban" text="Neutral" /></div></section>
                <section class="stack"><h2>"Notes"</h2><div class="note positive"><Icon name="check" /><p>"Positive"</p></div><div class="note warning"><Icon name="warn" /><p>"Warning"</p></div><div class="note danger"><Icon name="stop" /><p>"Danger"</p></div></section>
                <section class="stack"><h2>"Empty"</h2><Empty title="Nothing here" text="What to do about it." /></section>
            </Plain>
        }
    })
}
