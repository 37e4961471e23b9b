//! Access tokens: short-lived JWTs (RFC 7519, profile of RFC 9068), signed with Ed25519 unless the settings say otherwise.

use super::keys::{self, KeyError, KeyKind, TokenKey};
use super::secret::fingerprint;
use crate::kernel::{AccountId, Instant, OrgId, SessionId};
use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use lru::LruCache;
use serde::{Deserialize, Serialize};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};

/// The media type of RFC 9068: no other kind of token of ours carries it.
const TYPE: &str = "at+jwt";
/// Clocks of one installation differ by less.
const LEEWAY_SECONDS: i64 = 5;
/// Tokens that say they live longer are not ours: the settings allow an hour at most.
const LONGEST_LIFE_SECONDS: i64 = 3600;
/// Longer tokens are not ours.
const LONGEST: usize = 4096;
/// Verified tokens that are remembered: a signature costs 90 µs to check, a look costs one.
const REMEMBERED: usize = 4096;
/// How often the key directory is looked at for keys made meanwhile.
const LOOK_EVERY_SECONDS: i64 = 5;
/// A new key signs only after this long, so that every server has found it. The first one signs at once.
const SETTLES_SECONDS: i64 = 15;

/// What an access token says. Every claim is required, with its type; an unknown one is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The account, as text (RFC 7519 wants a string).
    pub sub: String,
    /// The organisation the token acts in; 0 when it is in none.
    pub org: i64,
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

    fn in_time(&self, now: Instant) -> bool {
        let seconds = now.0.div_euclid(1000);
        self.nbf <= seconds + LEEWAY_SECONDS && self.iat <= seconds + LEEWAY_SECONDS && seconds < self.exp
    }
}

/// Whom a token is for.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    pub account: AccountId,
    pub session: SessionId,
    pub org: Option<OrgId>,
    pub role: &'a str,
}

struct Key {
    kid: String,
    kind: KeyKind,
    encoding: EncodingKey,
    decoding: DecodingKey,
    found: Instant,
}

/// The keys that sign and verify.
pub struct TokenSigner {
    keys: RwLock<Vec<Key>>,
    looked: Mutex<Instant>,
    kind: KeyKind,
    data: PathBuf,
    issuer: String,
    verified: Mutex<LruCache<String, Claims>>,
}

const fn algorithm(kind: KeyKind) -> Algorithm {
    match kind {
        KeyKind::EdDsa => Algorithm::EdDSA,
        KeyKind::Es256 => Algorithm::ES256,
        KeyKind::Rs256 => Algorithm::RS256,
        KeyKind::Hs256 => Algorithm::HS256,
    }
}

fn own_header(key: &Key) -> Header {
    Header { typ: Some(TYPE.to_owned()), kid: Some(key.kid.clone()), ..Header::new(algorithm(key.kind)) }
}

/// `None` when the key gives no public half.
fn usable(key: TokenKey, found: Instant) -> Option<Key> {
    let TokenKey { kid, kind, private } = key;
    let encoding = match kind {
        // The library knows the short form only, without the public half.
        KeyKind::EdDsa => EncodingKey::from_ed_der(Ed25519KeyPair::from_pkcs8(&private).ok()?.to_pkcs8v1().ok()?.as_ref()),
        KeyKind::Es256 => EncodingKey::from_ec_der(&private),
        // The library reads PKCS#1; PKCS#8 ends with it.
        KeyKind::Rs256 => EncodingKey::from_rsa_der(&pkcs1(&private)?),
        KeyKind::Hs256 => EncodingKey::from_secret(&private),
    };
    let decoding = DecodingKey::from_jwk(&Jwk::from_encoding_key(&encoding, algorithm(kind)).ok()?).ok()?;
    Some(Key { kid, kind, encoding, decoding, found })
}

/// The `RSAPrivateKey` inside a PKCS#8 document: the last octet string of it (RFC 5958 §2).
fn pkcs1(pkcs8: &[u8]) -> Option<Vec<u8>> {
    let at = pkcs8.windows(4).position(|w| w[0] == 0x04 && w[1] == 0x82)?;
    pkcs8.get(at + 4..).map(<[u8]>::to_vec)
}

impl TokenSigner {
    /// Reads the keys below `data`, and makes one of `kind` if there is none. `issuer` is the installation's public address.
    ///
    /// # Errors
    /// When a key cannot be read or made.
    pub fn open(data: &Path, kind: KeyKind, issuer: &str, now: Instant) -> Result<Self, KeyError> {
        let keys = keys::token_keys(data, kind)?;
        // Keys found at the start are settled: other servers have had them since their own start.
        let found = now.plus_seconds(-SETTLES_SECONDS);
        let keys = keys.into_iter().filter_map(|key| usable(key, found)).collect();
        let size = NonZero::new(REMEMBERED).unwrap_or(NonZero::<usize>::MIN);
        Ok(Self {
            keys: RwLock::new(keys),
            looked: Mutex::new(now),
            kind,
            data: data.to_owned(),
            issuer: issuer.to_owned(),
            verified: Mutex::new(LruCache::new(size)),
        })
    }

    /// Looks for keys that `regie keys rotate` has made meanwhile.
    fn look(&self, now: Instant) {
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            // Before or after: a clock that was set back must not keep new keys waiting.
            if now.millis_since(*looked).abs() < LOOK_EVERY_SECONDS * 1000 {
                return;
            }
            *looked = now;
        }
        let present = match keys::token_keys(&self.data, self.kind) {
            Ok(present) => present,
            Err(error) => {
                tracing::error!(%error, "Key files cannot be read; going on with the known keys");
                return;
            }
        };
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let known: Vec<_> = keys.drain(..).map(|key| (key.kid.clone(), key)).collect();
        let mut known: std::collections::HashMap<_, _> = known.into_iter().collect();
        let before = known.len();
        *keys = present.into_iter().filter_map(|key| known.remove(&key.kid).or_else(|| usable(key, now))).collect();
        if keys.len() != before || !known.is_empty() {
            // A key that was taken away verifies nothing any more.
            self.verified.lock().unwrap_or_else(PoisonError::into_inner).clear();
            tracing::info!(keys = keys.len(), "Read the signing keys anew");
        }
    }

    /// A signed token that ends `minutes` after `now`; `None` when no key can sign.
    pub fn issue(&self, grant: &Grant<'_>, now: Instant, minutes: i64) -> Option<String> {
        self.look(now);
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let ours = || keys.iter().filter(|key| key.kind == self.kind);
        let settled = ours().find(|key| now.millis_since(key.found) >= SETTLES_SECONDS * 1000);
        let key = settled.or_else(|| ours().last())?;
        let seconds = now.0.div_euclid(1000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: grant.account.to_string(),
            org: grant.org.map_or(0, |org| org.0),
            role: grant.role.to_owned(),
            sid: grant.session.0,
            jti: super::random::token::<16>(),
            iat: seconds,
            nbf: seconds,
            exp: seconds + minutes * 60,
        };
        encode(&own_header(key), &claims, &key.encoding).ok()
    }

    /// The claims of a token that is ours, whole and in time; `None` for anything else. The algorithm is the key's, never
    /// the token's (RFC 8725 §3.1). Whether its session still lives is not asked here.
    pub fn verify(&self, token: &str, now: Instant) -> Option<Claims> {
        if token.len() > LONGEST {
            return None;
        }
        self.look(now);
        let mark = fingerprint(token);
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(claims) = verified.get(&mark) {
            return claims.in_time(now).then(|| claims.clone());
        }
        drop(verified);
        let claims = self.check(token)?;
        if !claims.in_time(now) {
            return None;
        }
        verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        verified.put(mark, claims.clone());
        Some(claims)
    }

    fn check(&self, token: &str) -> Option<Claims> {
        let header = decode_header(token).ok()?;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.iter().find(|key| Some(&key.kid) == header.kid.as_ref())?;
        // Nothing else may stand in the header: no key that is brought along (`jwk`, `jku`, `x5c`), nothing that wants to be
        // understood (`crit`).
        if header != own_header(key) {
            return None;
        }
        let mut rules = Validation::new(algorithm(key.kind));
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are compared with the injected clock.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = decode::<Claims>(token, &key.decoding, &rules).ok()?.claims;
        let sane = claims.account().is_some_and(|account| account.0 > 0 && account.to_string() == claims.sub)
            && claims.sid > 0
            && claims.org >= 0
            && !claims.jti.is_empty()
            && claims.exp.checked_sub(claims.iat).is_some_and(|life| (0..=LONGEST_LIFE_SECONDS).contains(&life));
        sane.then_some(claims)
    }

    /// The public keys (RFC 7517), for others who verify. HS256 has none.
    pub fn public_keys(&self, now: Instant) -> JwkSet {
        self.look(now);
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let public = keys.iter().filter_map(|key| {
            let mut jwk = Jwk::from_encoding_key(&key.encoding, algorithm(key.kind)).ok()?;
            if matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_)) {
                return None;
            }
            jwk.common.key_id = Some(key.kid.clone());
            jwk.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Signature);
            Some(jwk)
        });
        JwkSet { keys: public.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant(1_795_248_000_000);
    const GRANT: Grant<'static> = Grant { account: AccountId(7), session: SessionId(9), org: Some(OrgId(3)), role: "tech" };

    #[test]
    fn every_algorithm_signs_and_verifies() {
        for kind in KeyKind::ALL {
            let data = tempfile::tempdir().unwrap();
            let signer = TokenSigner::open(data.path(), kind, "https://regie.example", NOW).unwrap();
            let token = signer.issue(&GRANT, NOW, 10).unwrap();
            let claims = signer.verify(&token, NOW).unwrap();
            assert_eq!((claims.sub.as_str(), claims.org, claims.sid), ("7", 3, 9), "{}", kind.name());
            assert!(signer.verify(&token, NOW.plus_minutes(10)).is_none(), "it ends");
            assert!(signer.verify(&token, NOW.plus_minutes(-1)).is_none(), "it has begun");
            let published = signer.public_keys(NOW).keys.len();
            assert_eq!(published, usize::from(kind != KeyKind::Hs256));
            assert!(!serde_json::to_string(&signer.public_keys(NOW)).unwrap().contains("\"d\""), "no private half");
        }
    }

    #[test]
    fn a_rotated_key_signs_once_everybody_has_it_and_nobody_is_signed_out() {
        let data = tempfile::tempdir().unwrap();
        let signer = TokenSigner::open(data.path(), KeyKind::EdDsa, "https://regie.example", NOW).unwrap();
        let kid = |token: &str| decode_header(token).unwrap().kid.unwrap();
        let old = signer.issue(&GRANT, NOW, 60).unwrap();
        let new = keys::generate_token_key(data.path(), KeyKind::EdDsa).unwrap();
        let found = NOW.plus_seconds(LOOK_EVERY_SECONDS);
        assert_eq!(kid(&signer.issue(&GRANT, found, 60).unwrap()), kid(&old), "others may not know it yet");
        let settled = found.plus_seconds(SETTLES_SECONDS);
        assert_eq!(kid(&signer.issue(&GRANT, settled, 60).unwrap()), new);
        assert!(signer.verify(&old, settled).is_some());
        assert_eq!(signer.public_keys(settled).keys.len(), 2);
    }

    #[test]
    fn a_new_key_is_found_when_the_clock_was_set_back() {
        let data = tempfile::tempdir().unwrap();
        let signer = TokenSigner::open(data.path(), KeyKind::EdDsa, "https://regie.example", NOW.plus_minutes(60)).unwrap();
        keys::generate_token_key(data.path(), KeyKind::EdDsa).unwrap();
        assert_eq!(signer.public_keys(NOW).keys.len(), 2);
    }
}
