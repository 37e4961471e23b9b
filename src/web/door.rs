//! Finding out who asks: the only place of this door that makes an [`Actor`].

use super::context::{Member, Own, PlatformAdmin, Visitor};
use super::refusal::{Refusal, safe_next};
use crate::access::{Actor, Origin, Who, permit};
use crate::accounts::{ACCOUNT, SESSION_ID, service as accounts};
use crate::kernel::{AccountId, Failure, Lang, Role, SessionId};
use crate::orgs::{OrgOfMine, service as orgs};
use crate::platform::App;
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, RawPathParams};
use axum_extra::extract::CookieJar;
use http::request::Parts;
use http::{HeaderMap, Method, header};
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

/// The name of the cookie by which an account knows a browser again.
pub fn browser_cookie_name(app: &App) -> &'static str {
    if app.config.is_secure() { "__Host-regie_browser" } else { "regie_browser" }
}

/// Where a request came from, by the trusted proxies of the configuration.
pub fn client_origin(app: &App, headers: &HeaderMap, extensions: &http::Extensions) -> Origin {
    let socket = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    Origin::of(&app.config.server.trusted_proxies, socket, headers)
}

/// The language that was chosen, or that the browser asks for.
pub fn lang_of(cookies: &CookieJar, headers: &HeaderMap) -> Lang {
    let accept = headers.get("accept-language").and_then(|v| v.to_str().ok()).unwrap_or_default();
    cookies.get(LANGUAGE).and_then(|c| Lang::parse(c.value())).unwrap_or_else(|| Lang::negotiate(accept))
}

/// Where somebody is, to come back to: the page that is asked for, or the one whose form was sent. What a form is sent to may be no page
/// that can be asked for.
fn place(app: &App, parts: &Parts) -> String {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return parts.uri.path_and_query().map(|p| p.as_str().to_owned()).unwrap_or_default();
    }
    let from = parts.headers.get(header::REFERER).and_then(|from| from.to_str().ok()).unwrap_or_default();
    safe_next(from.strip_prefix(app.config.server.public_url.trim_end_matches('/'))).to_owned()
}

/// What shows nothing, and leads on to a page.
const LEAD_ON: [&str; 2] = ["/", "/o/{org}"];

fn unavailable(lang: Lang) -> Refusal {
    Refusal::new(Failure::new(crate::kernel::Kind::Unavailable, "unavailable"), lang)
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let origin = client_origin(app, &parts.headers, &parts.extensions);
        let cookies = CookieJar::from_headers(&parts.headers);
        let mut lang = lang_of(&cookies, &parts.headers);

        let session = parts.extensions.get::<Session>().cloned();
        let mut account = None;
        let mut flash = None;
        let mut who = Who::Nobody;
        if let Some(session) = session {
            let number = session.get::<i64>(SESSION_ID).await.map_err(|_| unavailable(lang))?;
            let owner = session.get::<i64>(ACCOUNT).await.map_err(|_| unavailable(lang))?;
            if let (Some(number), Some(owner)) = (number, owner) {
                account = accounts::find_account(app, AccountId(owner)).await.map_err(|_| unavailable(lang))?;
                if let Some(account) = &account {
                    who = Who::Account { account: account.id, session: SessionId(number) };
                    if cookies.get(LANGUAGE).is_none() {
                        lang = Lang::parse(&account.language).unwrap_or(lang);
                    }
                }
            }
            // Only a GET of a page shows it: the answer to a form goes on to one.
            let template = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
            if parts.method == Method::GET && number.is_some() && !template.is_some_and(|path| LEAD_ON.contains(&path)) {
                flash = session.get::<String>("flash").await.map_err(|_| unavailable(lang))?;
                // Removing writes the session, also where there was nothing: a page that is only read must not wait for a disk.
                if flash.is_some() {
                    session.remove_value("flash").await.map_err(|_| unavailable(lang))?;
                }
            }
        }
        let nonce = parts.extensions.get::<super::guard::Nonce>().map(|n| n.0.clone()).unwrap_or_default();
        let path = place(app, parts);
        let agent = parts.headers.get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let agent = agent.chars().take(200).collect();
        let browser = cookies.get(browser_cookie_name(app)).map(|cookie| cookie.value().to_owned());
        Ok(Self { app: app.clone(), lang, actor: Actor { who, origin }, account, flash, path, nonce, agent, browser })
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
        let Some(membership) = membership else {
            let platform = visitor.account.as_ref().is_some_and(|account| account.is_platform_admin);
            let entry =
                if platform { orgs::find_support_entry(app, org.id, account).await.map_err(|e| refuse(e.into()))? } else { None };
            let entry = entry.ok_or_else(|| refuse(Failure::not_found()))?;
            visitor.actor.who = Who::Support { account, session, org: org.id, entry: entry.id };
            return Ok(Self { visitor, org, role: Role::Admin, support: Some(entry.ends_at) });
        };
        let has_factor = visitor.account.as_ref().is_some_and(crate::accounts::Account::has_second_factor);
        if org.asks_second_factor(membership.role) && !has_factor {
            return Err(Refusal::go_to(lang, format!("/me/security?required={}", org.slug)));
        }
        visitor.actor.who = Who::Member { account, session, org: org.id, membership: membership.id, role: membership.role };
        Ok(Self { visitor, org, role: membership.role, support: None })
    }
}

impl FromRequestParts<App> for Own {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let lang = visitor.lang;
        let Some(account) = visitor.account.clone() else { return Err(Refusal::sign_in(lang, &visitor.path)) };
        let refuse = |failure: Failure| Refusal::new(failure, lang);
        let proof = permit(&visitor.actor).map_err(|e| refuse(e.into()))?;
        let places = orgs::list_my_orgs(app, proof).await.map_err(|e| refuse(e.into()))?;
        Ok(Self { visitor, account, places })
    }
}

impl FromRequestParts<App> for PlatformAdmin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let mut visitor = Visitor::from_request_parts(parts, app).await?;
        let Who::Account { account, session } = visitor.actor.who else {
            return Err(Refusal::sign_in(visitor.lang, &visitor.path));
        };
        // The area does not exist for others.
        if !visitor.account.as_ref().is_some_and(|account| account.is_platform_admin) {
            return Err(Refusal::new(Failure::not_found(), visitor.lang));
        }
        visitor.actor.who = Who::Platform { account, session };
        Ok(Self { visitor })
    }
}

impl Own {
    /// The person as a member of one of their organisations, for what they own there.
    pub fn member_of(&self, place: &OrgOfMine) -> Option<Member> {
        let Who::Account { account, session } = self.visitor.actor.who else { return None };
        let (org, membership, role) = (place.org.clone(), place.membership.id, place.membership.role);
        let mut visitor = self.visitor.clone();
        visitor.actor.who = Who::Member { account, session, org: org.id, membership, role };
        Some(Member { visitor, org, role, support: None })
    }
}
