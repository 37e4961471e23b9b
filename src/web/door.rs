//! Finding out who asks: the only place of this door that makes an [`Actor`].

use super::context::{Member, Visitor};
use super::refusal::Refusal;
use crate::access::{Actor, Origin, Who};
use crate::accounts::{SESSION_ID, service as accounts};
use crate::kernel::{AccountId, Failure, Lang, SessionId};
use crate::orgs::service as orgs;
use crate::platform::App;
use axum::extract::{ConnectInfo, FromRequestParts, RawPathParams};
use axum_extra::extract::CookieJar;
use http::HeaderMap;
use http::request::Parts;
use std::net::SocketAddr;
use tower_sessions::Session;

/// The cookie of the chosen language.
pub const LANGUAGE: &str = "language";

/// The name of the cookie that a paired tablet keeps.
pub fn kiosk_cookie_name(app: &App) -> &'static str {
    if app.config.is_secure() { "__Host-regie_kiosk" } else { "regie_kiosk" }
}

/// The name of the cookie that a registered phone keeps.
pub fn device_cookie_name(app: &App) -> &'static str {
    if app.config.is_secure() { "__Host-regie_device" } else { "regie_device" }
}

/// Where a request came from, by the trusted proxies of the configuration.
pub fn client_origin(app: &App, headers: &HeaderMap, extensions: &http::Extensions) -> Origin {
    let socket = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    Origin::of(&app.config.server.trusted_proxies, socket, headers)
}

fn unavailable(lang: Lang) -> Refusal {
    Refusal::new(Failure::new(crate::kernel::Kind::Unavailable, "unavailable"), lang)
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let origin = client_origin(app, &parts.headers, &parts.extensions);
        let cookies = CookieJar::from_headers(&parts.headers);
        let accept = parts.headers.get("accept-language").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut lang = cookies.get(LANGUAGE).and_then(|c| Lang::parse(c.value())).unwrap_or_else(|| Lang::negotiate(accept));

        let session = parts.extensions.get::<Session>().cloned();
        let mut account = None;
        let mut flash = None;
        let mut who = Who::Nobody;
        if let Some(session) = session {
            let number = session.get::<i64>(SESSION_ID).await.map_err(|_| unavailable(lang))?;
            let owner = session.get::<i64>("account").await.map_err(|_| unavailable(lang))?;
            if let (Some(number), Some(owner)) = (number, owner) {
                account = accounts::find_account(app, AccountId(owner)).await.map_err(|_| unavailable(lang))?;
                if let Some(account) = &account {
                    who = Who::Account { account: account.id, session: SessionId(number) };
                    if cookies.get(LANGUAGE).is_none() {
                        lang = Lang::parse(&account.language).unwrap_or(lang);
                    }
                }
            }
            // Only a GET shows it: the answer to a form goes on to one.
            if parts.method == http::Method::GET && number.is_some() {
                flash = session.remove::<String>("flash").await.map_err(|_| unavailable(lang))?;
            }
        }
        let nonce = parts.extensions.get::<super::guard::Nonce>().map(|n| n.0.clone()).unwrap_or_default();
        let path = parts.uri.path_and_query().map(|p| p.as_str().to_owned()).unwrap_or_default();
        Ok(Self { app: app.clone(), lang, actor: Actor { who, origin }, account, flash, path, nonce })
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let mut visitor = Visitor::from_request_parts(parts, app).await?;
        let lang = visitor.lang;
        let refuse = |failure: Failure| Refusal::new(failure, lang);
        let Who::Account { account, session } = visitor.actor.who else {
            return Err(Refusal::sign_in(lang, &visitor.path));
        };
        let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| refuse(Failure::not_found()))?;
        let slug = params.iter().find(|(name, _)| *name == "org").map(|(_, slug)| slug.to_owned()).unwrap_or_default();
        let org = orgs::find_org_by_slug(app, &slug).await.map_err(|e| refuse(e.into()))?;
        // Not a member, and no such organisation, are the same answer.
        let org = org.ok_or_else(|| refuse(Failure::not_found()))?;
        let membership = orgs::find_membership(app, org.id, account).await.map_err(|e| refuse(e.into()))?;
        let membership = membership.ok_or_else(|| refuse(Failure::not_found()))?;
        visitor.actor.who = Who::Member { account, session, org: org.id, membership: membership.id, role: membership.role };
        Ok(Self { visitor, org, role: membership.role })
    }
}
