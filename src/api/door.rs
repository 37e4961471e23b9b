//! Finding out which program asks: the only place of this door that makes an [`Actor`].

use super::problem::Problem;
use crate::access::{Action, Actor, Origin, Permit, Who, permit};
use crate::accounts::service as accounts;
use crate::kernel::{Failure, Kind};
use crate::orgs::{CrewMember, Org, service as orgs};
use crate::platform::App;
use crate::timeclock::{Kiosk, service as clock};
use axum::extract::{ConnectInfo, FromRequestParts};
use http::HeaderMap;
use http::request::Parts;
use std::net::SocketAddr;

/// The header of a kiosk's key.
const KIOSK_KEY: &str = "x-kiosk-api-key";

/// Somebody with or without a token.
pub struct Client {
    pub app: App,
    pub actor: Actor,
    /// What the client says it is.
    pub agent: String,
}

/// A client that acts in an organisation.
pub struct OrgClient {
    pub app: App,
    pub actor: Actor,
    pub org: Org,
}

/// A program that acts as a kiosk.
pub struct KioskClient {
    pub app: App,
    pub actor: Actor,
    pub kiosk: Kiosk,
    pub org: Org,
}

fn origin(app: &App, parts: &Parts) -> Origin {
    let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    Origin::of(&app.config.server.trusted_proxies, socket, &parts.headers)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get("authorization")?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl Client {
    pub fn permit<A: Action>(&self) -> Result<Permit<A>, Problem> {
        permit(&self.actor).map_err(Problem::from)
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let agent = parts.headers.get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default().chars().take(200).collect();
        let mut actor = Actor::nobody(origin(app, parts));
        if let Some(token) = bearer(&parts.headers) {
            let found = accounts::find_bearer(app, token).await?;
            let (claims, session) = found.ok_or(Problem(Failure::new(Kind::SignIn, "token.invalid")))?;
            let account = claims.account().ok_or(Problem(Failure::new(Kind::SignIn, "token.invalid")))?;
            actor.who = Who::Account { account, session: session.id };
        }
        Ok(Self { app: app.clone(), actor, agent })
    }
}

impl OrgClient {
    pub fn permit<A: Action>(&self) -> Result<Permit<A>, Problem> {
        permit(&self.actor).map_err(Problem::from)
    }

    /// The crew record of the client's account.
    pub async fn crew_record(&self) -> Result<CrewMember, Problem> {
        Ok(orgs::find_my_crew(&self.app, self.permit()?).await?)
    }
}

impl FromRequestParts<App> for OrgClient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let invalid = || Problem(Failure::new(Kind::SignIn, "token.invalid"));
        let token = bearer(&parts.headers).ok_or(Problem(Failure::sign_in()))?;
        let (claims, session) = accounts::find_bearer(app, token).await?.ok_or_else(invalid)?;
        let account = claims.account().ok_or_else(invalid)?;
        // The session knows its organisation; the database knows today's role.
        let org = session.org_id.ok_or(Problem(Failure::forbidden()))?;
        let membership = orgs::find_membership(app, org, account).await?.ok_or(Problem(Failure::forbidden()))?;
        let org = orgs::find_org(app, org).await?.ok_or(Problem(Failure::not_found()))?;
        let who = Who::Member { account, session: session.id, org: org.id, membership: membership.id, role: membership.role };
        Ok(Self { app: app.clone(), actor: Actor { who, origin: origin(app, parts) }, org })
    }
}

impl KioskClient {
    pub fn permit<A: Action>(&self) -> Result<Permit<A>, Problem> {
        permit(&self.actor).map_err(Problem::from)
    }
}

impl FromRequestParts<App> for KioskClient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let missing = Problem(Failure::new(Kind::SignIn, "kiosk.key_missing"));
        let key = parts.headers.get(KIOSK_KEY).and_then(|v| v.to_str().ok()).ok_or(missing)?;
        let unknown = || Problem(Failure::new(Kind::SignIn, "kiosk.key_unknown"));
        let kiosk = clock::find_kiosk_by_key(app, key).await?.ok_or_else(unknown)?;
        if !kiosk.is_active {
            return Err(Problem(Failure::new(Kind::Forbidden, "kiosk.inactive")));
        }
        let org = orgs::find_org(app, kiosk.org_id).await?.ok_or_else(unknown)?;
        let actor = Actor { who: Who::Kiosk { kiosk: kiosk.id, org: org.id }, origin: origin(app, parts) };
        Ok(Self { app: app.clone(), actor, kiosk, org })
    }
}
