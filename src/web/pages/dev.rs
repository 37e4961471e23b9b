//! For developers only: the mails that were not sent, and the components.

mod basics;
mod day;
mod door;
mod forms;
mod lists;
mod paper;
mod sample;
mod sheet;

use super::*;
use crate::accounts::Account;
use crate::kernel::{AccountId, INSTALLATION, Instant, MailId, Role};
use crate::orgs::Org;
use crate::platform::mail;
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

/// Everything that pages are made of, in the frame that most of them have. What pages have a part for is that part, with the
/// facts of `sample`; the rest is here. `tests/http/components.rs` holds it against pages, and all of it against the style sheet:
/// a class that is new there is shown here, or is an exception with its reason.
async fn components(visitor: Visitor) -> Response {
    let member = somebody(visitor);
    render::page(StatusCode::OK, move || show_components(member))
}

/// Who stands in the frame: the visitor, or else a name, in an organisation that is nowhere, to which its links do not lead. It is
/// for the frame alone and proves nothing: the actor stays who it was.
fn somebody(mut visitor: Visitor) -> Member {
    let (language, time_zone) = (visitor.lang.code().to_owned(), DEFAULT_ZONE.to_owned());
    // The frame says what the page before wants said: so that it is seen.
    visitor.flash = Some("saved".to_owned());
    if visitor.account.is_none() {
        visitor.account = Some(Account {
            id: AccountId(0),
            email: "claire@exemple.fr".to_owned(),
            name: "Claire Vasseur".to_owned(),
            language: language.clone(),
            time_zone: time_zone.clone(),
            is_active: true,
            is_platform_admin: false,
            verified_at: None,
            disabled_by: None,
            deleted_at: None,
            totp_confirmed_at: None,
            password_changed_at: None,
            has_passkey: false,
            created_at: Instant(0),
        });
    }
    let org = Org {
        id: INSTALLATION,
        slug: "components".to_owned(),
        name: "Théâtre du Mail".to_owned(),
        time_zone,
        language,
        is_demo: true,
        second_factor_from: None,
        join_domains: String::new(),
        retention_months: 0,
        idcc: None,
        version: 0,
    };
    Member { visitor, org, role: Role::Admin, support: None }
}

/// A part of the page: by what it is reached, what it is called, and what it shows.
struct Part {
    id: &'static str,
    title: &'static str,
    view: AnyView,
}

impl Part {
    fn new(id: &'static str, title: &'static str, about: &'static str, shown: AnyView) -> Self {
        Self::of_class("mid waiting stack", id, title, about, shown)
    }

    /// For what scrolls sideways by itself: a grid would grow with it.
    fn block(id: &'static str, title: &'static str, about: &'static str, shown: AnyView) -> Self {
        Self::of_class("mid waiting", id, title, about, shown)
    }

    fn of_class(class: &'static str, id: &'static str, title: &'static str, about: &'static str, shown: AnyView) -> Self {
        let view = view! {
            <section class=class aria-labelledby=id>
                <div class="section-head"><h2 id=id>{title}</h2><p>{about}</p></div>
                {shown}
            </section>
        };
        Self { id, title, view: view.into_any() }
    }
}

fn show_components(member: Member) -> AnyView {
    let groups = [
        basics::parts(&member),
        forms::parts(member.visitor.lang),
        lists::parts(&member),
        sheet::parts(&member),
        day::parts(&member),
        door::parts(&member),
        paper::parts(member.words()),
    ];
    let parts: Vec<Part> = groups.into_iter().flatten().collect();
    let links = parts.iter().map(|part| view! { <a class="btn" href=format!("#{}", part.id)>{part.title}</a> }).collect_view();
    let views: Vec<AnyView> = parts.into_iter().map(|part| part.view).collect();
    view! {
        <InOrg member title="Components" here="plan">
            <div class="narrow"><header class="page-head"><div><h1>"Components"</h1><p class="lead">"What pages are made of, in the frame that most of them have: navigation at the side, at the bottom of phones, and the word of the page before on top."</p></div></header></div>
            <nav class="row mid" aria-label="Parts">{links}</nav>
            {views}
        </InOrg>
    }
    .into_any()
}
