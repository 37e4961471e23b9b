//! Access tokens: short-lived JWTs (RFC 7519, profile of RFC 9068) signed with Ed25519.

use super::keys::TokenKey;
use crate::kernel::{AccountId, Instant, OrgId, SessionId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

/// The media type of RFC 9068: no other kind of token of ours carries it.
const TYPE: &str = "at+jwt";
/// Clocks of one installation differ by less.
const LEEWAY_SECONDS: u64 = 5;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The account, as text (RFC 7519 wants a string).
    pub sub: String,
    /// The organisation the token acts in, if any.
    pub org: Option<i64>,
    /// The role at the time of issue: for the client's eyes; the server asks the database.
    pub role: String,
    /// The session that can be revoked.
    pub sid: i64,
    pub jti: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

impl Claims {
    pub fn account(&self) -> Option<AccountId> {
        self.sub.parse().ok()
    }

    pub fn session(&self) -> SessionId {
        SessionId(self.sid)
    }

    pub fn org(&self) -> Option<OrgId> {
        self.org.map(OrgId)
    }
}

/// Whom a new token is for.
pub struct Grant<'a> {
    pub account: AccountId,
    pub session: SessionId,
    pub org: Option<OrgId>,
    pub role: &'a str,
}

/// The keys that sign and verify. The first signs.
pub struct TokenSigner {
    keys: Vec<(String, EncodingKey, DecodingKey)>,
    issuer: String,
}

impl TokenSigner {
    /// `keys` newest first and never empty; `issuer` is the installation's public address.
    pub fn new(keys: Vec<TokenKey>, issuer: &str) -> Self {
        let keys =
            keys.into_iter().map(|key| (key.kid, EncodingKey::from_ed_der(&key.private), DecodingKey::from_ed_der(&key.public)));
        Self { keys: keys.collect(), issuer: issuer.to_owned() }
    }

    /// A signed token that ends `minutes` after `now`; `None` when no key can sign.
    pub fn issue(&self, grant: &Grant<'_>, now: Instant, minutes: i64) -> Option<String> {
        let (kid, key, _) = self.keys.first()?;
        let seconds = now.0.div_euclid(1000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: grant.account.to_string(),
            org: grant.org.map(|org| org.0),
            role: grant.role.to_owned(),
            sid: grant.session.0,
            jti: super::random::token::<16>(),
            iat: seconds,
            nbf: seconds,
            exp: seconds + minutes * 60,
        };
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(kid.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, key).ok()
    }

    /// The claims of a token that is ours, whole and in time; `None` for anything else. The algorithm is the key's, never
    /// the token's (RFC 8725 §3.1).
    pub fn verify(&self, token: &str, now: Instant) -> Option<Claims> {
        let header = decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TYPE) || header.alg != Algorithm::EdDSA {
            return None;
        }
        let kid = header.kid?;
        let (_, _, key) = self.keys.iter().find(|(known, ..)| *known == kid)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are checked below against the injected clock.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = decode::<Claims>(token, key, &rules).ok()?.claims;
        let seconds = now.0.div_euclid(1000);
        let leeway = i64::try_from(LEEWAY_SECONDS).unwrap_or(0);
        (claims.nbf <= seconds + leeway && seconds < claims.exp).then_some(claims)
    }
}
