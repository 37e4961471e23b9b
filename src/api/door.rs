//! Finding out which program asks: the only place of this door that makes an [`Actor`].

use super::problem::Problem;
use crate::access::{Action, Actor, Origin, Permit, Who, permit};
use crate::accounts::{AccountError, ApiToken, SessionRow, service as accounts};
use crate::kernel::zone::Zone;
use crate::kernel::{AccountId, Failure, Kind};
use crate::orgs::{CrewMember, Org, service as orgs};
use crate::platform::App;
use crate::timeclock::{KeyedKiosk, Kiosk, service as clock};
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
    /// The organisation's.
    pub zone: Zone,
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

/// Whose token it is: a session's access token, or a token that somebody made for a program.
enum Bearer {
    Session { account: AccountId, session: SessionRow },
    Token(ApiToken),
}

async fn find_bearer(app: &App, token: &str) -> Result<Bearer, Problem> {
    let invalid = || Problem(Failure::new(Kind::SignIn, "token.invalid"));
    if let Some(token) = accounts::find_api_token(app, token).await? {
        return Ok(Bearer::Token(token));
    }
    let (claims, session) = accounts::find_bearer(app, token).await?.ok_or_else(invalid)?;
    let account = claims.account().ok_or_else(invalid)?;
    Ok(Bearer::Session { account, session })
}

/// The member behind a bearer, by today's role: the token's own words are not asked.
async fn member(app: &App, bearer: &Bearer) -> Result<Option<(Who, Org)>, Problem> {
    let (account, org) = match bearer {
        Bearer::Session { account, session } => (*account, session.org_id),
        Bearer::Token(token) => (token.account_id, Some(token.org_id)),
    };
    let Some(org) = org else { return Ok(None) };
    let Some(membership) = orgs::find_membership(app, org, account).await? else { return Ok(None) };
    let Some(org) = orgs::find_org(app, org).await? else { return Ok(None) };
    let role = membership.role;
    if org.asks_second_factor(role) {
        let owner = accounts::find_account(app, account).await?;
        if !owner.is_some_and(|owner| owner.has_second_factor()) {
            return Err(Problem(AccountError::FactorRequired.into()));
        }
    }
    let (org_id, membership) = (org.id, membership.id);
    let who = match bearer {
        Bearer::Session { session, .. } => Who::Member { account, session: session.id, org: org_id, membership, role },
        Bearer::Token(token) => Who::Token { account, token: token.id, org: org_id, membership, role, scopes: token.scopes() },
    };
    Ok(Some((who, org)))
}

impl FromRequestParts<App> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let agent = parts.headers.get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default().chars().take(200).collect();
        let mut actor = Actor::nobody(origin(app, parts));
        if let Some(token) = bearer(&parts.headers) {
            actor.who = match find_bearer(app, token).await? {
                Bearer::Session { account, session } => Who::Account { account, session: session.id },
                // A program's token is worth nothing outside of its organisation.
                found @ Bearer::Token(_) => member(app, &found).await?.map_or(Who::Nobody, |(who, _)| who),
            };
        }
        Ok(Self { app: app.clone(), actor, agent })
    }
}

impl OrgClient {
    pub fn permit<A: Action>(&self) -> Result<Permit<A>, Problem> {
        permit(&self.actor).map_err(Problem::from)
    }

    /// The crew record of the client's account. A token that may only read finds it, and makes none.
    pub async fn crew_record(&self) -> Result<CrewMember, Problem> {
        if let Who::Token { scopes, .. } = self.actor.who
            && !scopes.write
        {
            return Ok(orgs::find_my_crew_if_any(&self.app, self.permit()?).await?.ok_or_else(Failure::not_found)?);
        }
        Ok(orgs::find_my_crew(&self.app, self.permit()?).await?)
    }
}

impl FromRequestParts<App> for OrgClient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or(Problem(Failure::sign_in()))?;
        let found = find_bearer(app, token).await?;
        let (who, org) = member(app, &found).await?.ok_or(Problem(Failure::forbidden()))?;
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
        let KeyedKiosk { kiosk, time_zone } = clock::find_kiosk_by_key(app, key).await?.ok_or_else(unknown)?;
        if !kiosk.is_active {
            return Err(Problem(Failure::new(Kind::Forbidden, "kiosk.inactive")));
        }
        let actor = Actor { who: Who::Kiosk { kiosk: kiosk.id, org: kiosk.org_id }, origin: origin(app, parts) };
        Ok(Self { app: app.clone(), actor, kiosk, zone: Zone::named_or_utc(&time_zone) })
    }
}
