//! What a passkey says, and whether it is true (Web Authentication Level 2, §7).
//!
//! The browser hands over the public key in the usual form (`getPublicKey()`), and we ask for no attestation: whose key it is
//! follows from who is signed in when it is added.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::VerificationAlgorithm;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// ES256, EdDSA, RS256: what browsers' keys use. The numbers are those of COSE (RFC 9053, RFC 8812).
pub const ALGORITHMS: [(i32, &dyn VerificationAlgorithm); 3] =
    [(-7, &ECDSA_P256_SHA256_ASN1), (-8, &ED25519), (-257, &RSA_PKCS1_2048_8192_SHA256)];
/// A person was there.
const PRESENT: u8 = 0x01;
/// The person was recognised: by a finger, a face or a PIN.
const VERIFIED: u8 = 0x04;
/// A new key is inside.
const ATTESTED: u8 = 0x40;

/// Where a key is used: what the browser must have seen.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The address of the application, without a path.
    pub origin: &'a str,
    /// The challenge of this session, as it was sent.
    pub challenge: &'a str,
}

impl Site<'_> {
    /// The relying party's identifier: the host name.
    pub fn host(&self) -> &str {
        host_of(self.origin)
    }
}

/// The host name of an origin.
pub fn host_of(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

/// A new key, as the browser hands it over; all fields are base64url.
#[derive(Clone, Debug, Deserialize)]
pub struct NewPasskey {
    pub id: String,
    pub public_key: String,
    pub authenticator_data: String,
    pub client_data: String,
    #[serde(default)]
    pub name: String,
}

/// A proof with a known key; all fields are base64url.
#[derive(Clone, Debug, Deserialize)]
pub struct PasskeyProof {
    pub id: String,
    pub authenticator_data: String,
    pub client_data: String,
    pub signature: String,
}

#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

fn decode(text: &str) -> Option<Vec<u8>> {
    (text.len() <= 8192).then(|| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()).flatten()
}

/// Whether the browser was on our page, with our challenge, for this purpose.
fn is_ours(client_data: &[u8], purpose: &str, site: Site<'_>) -> bool {
    let Ok(data) = serde_json::from_slice::<ClientData>(client_data) else { return false };
    data.r#type == purpose && data.challenge == site.challenge && data.origin == site.origin && !data.cross_origin
}

/// The flags and the counter of the authenticator, when it answered for us and had recognised somebody.
fn flags_and_count(data: &[u8], site: Site<'_>) -> Option<(u8, u32)> {
    let (hash, rest) = data.split_at_checked(32)?;
    let (flags, count) = (*rest.first()?, rest.get(1..5)?);
    let recognised = flags & (PRESENT | VERIFIED) == PRESENT | VERIFIED;
    let ours = digest(&SHA256, site.host().as_bytes()).as_ref() == hash;
    (recognised && ours).then_some((flags, u32::from_be_bytes(count.try_into().ok()?)))
}

/// Checks a new key. Gives its counter.
pub fn check_new(new: &NewPasskey, site: Site<'_>) -> Option<i64> {
    let (data, client_data) = (decode(&new.authenticator_data)?, decode(&new.client_data)?);
    let key = decode(&new.public_key)?;
    if !is_ours(&client_data, "webauthn.create", site) {
        return None;
    }
    let (flags, count) = flags_and_count(&data, site)?;
    // After the hash, the flags, the counter and the model come the length of the id and the id.
    let length = usize::from(u16::from_be_bytes(data.get(53..55)?.try_into().ok()?));
    let id = data.get(55..55 + length)?;
    let is_usable = ALGORITHMS.iter().any(|(_, algorithm)| ParsedPublicKey::new(*algorithm, &key).is_ok());
    (flags & ATTESTED != 0 && decode(&new.id)? == id && is_usable).then_some(i64::from(count))
}

/// Checks a proof against the key it names. Gives its counter.
pub fn check_proof(proof: &PasskeyProof, public_key: &str, site: Site<'_>) -> Option<i64> {
    let (mut signed, client_data) = (decode(&proof.authenticator_data)?, decode(&proof.client_data)?);
    let (key, signature) = (decode(public_key)?, decode(&proof.signature)?);
    if !is_ours(&client_data, "webauthn.get", site) {
        return None;
    }
    let (_, count) = flags_and_count(&signed, site)?;
    signed.extend_from_slice(digest(&SHA256, &client_data).as_ref());
    let is_true =
        ALGORITHMS.iter().any(|(_, algorithm)| UnparsedPublicKey::new(*algorithm, &key).verify(&signed, &signature).is_ok());
    is_true.then_some(i64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

    const SITE: Site<'_> = Site { origin: "http://localhost:3000", challenge: "Y2hhbGxlbmdl" };

    fn b64(bytes: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn authenticator(host: &str, flags: u8, count: u32, rest: &[u8]) -> Vec<u8> {
        [digest(&SHA256, host.as_bytes()).as_ref(), &[flags], &count.to_be_bytes(), rest].concat()
    }

    fn client(purpose: &str, challenge: &str, origin: &str) -> Vec<u8> {
        serde_json::json!({ "type": purpose, "challenge": challenge, "origin": origin }).to_string().into_bytes()
    }

    fn pair() -> (EcdsaKeyPair, String) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let spki: aws_lc_rs::encoding::PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let key = b64(spki.as_ref());
        (pair, key)
    }

    #[test]
    fn a_new_key_must_be_made_here_and_now() {
        let (_, public_key) = pair();
        let attested = [&[0u8; 16][..], &[0, 4], b"key1"].concat();
        let new = |host: &str, flags, purpose: &str, challenge: &str, origin: &str, key: &str, id: &[u8]| NewPasskey {
            id: b64(id),
            public_key: key.to_owned(),
            authenticator_data: b64(&authenticator(host, flags, 7, &attested)),
            client_data: b64(&client(purpose, challenge, origin)),
            name: String::new(),
        };
        let (make, here) = ("webauthn.create", SITE.origin);
        let good = new("localhost", 0x45, make, SITE.challenge, here, &public_key, b"key1");
        assert_eq!(check_new(&good, SITE), Some(7));
        for (bad, why) in [
            (new("evil.example", 0x45, make, SITE.challenge, here, &public_key, b"key1"), "another host"),
            (new("localhost", 0x41, make, SITE.challenge, here, &public_key, b"key1"), "nobody recognised"),
            (new("localhost", 0x05, make, SITE.challenge, here, &public_key, b"key1"), "no key inside"),
            (new("localhost", 0x45, "webauthn.get", SITE.challenge, here, &public_key, b"key1"), "another purpose"),
            (new("localhost", 0x45, make, "YW5vdGhlcg", here, &public_key, b"key1"), "another challenge"),
            (new("localhost", 0x45, make, SITE.challenge, "http://evil.example", &public_key, b"key1"), "another page"),
            (new("localhost", 0x45, make, SITE.challenge, here, "AAAA", b"key1"), "no key"),
            (new("localhost", 0x45, make, SITE.challenge, here, &public_key, b"key2"), "another id"),
        ] {
            assert_eq!(check_new(&bad, SITE), None, "{why}");
        }
    }

    #[test]
    fn a_proof_must_be_signed_by_the_key() {
        let (keys, public_key) = pair();
        let (_, other) = pair();
        let prove = |host: &str, flags, challenge: &str| {
            let (data, client) = (authenticator(host, flags, 9, &[]), client("webauthn.get", challenge, SITE.origin));
            let signed = [data.as_slice(), digest(&SHA256, &client).as_ref()].concat();
            let signature = keys.sign(&SystemRandom::new(), &signed).unwrap();
            PasskeyProof {
                id: b64(b"key1"),
                authenticator_data: b64(&data),
                client_data: b64(&client),
                signature: b64(signature.as_ref()),
            }
        };
        let good = prove("localhost", 0x05, SITE.challenge);
        assert_eq!(check_proof(&good, &public_key, SITE), Some(9));
        assert_eq!(check_proof(&good, &other, SITE), None, "another key");
        assert_eq!(check_proof(&good, &public_key, Site { challenge: "b2xk", ..SITE }), None, "an old challenge");
        assert_eq!(check_proof(&prove("localhost", 0x01, SITE.challenge), &public_key, SITE), None, "nobody recognised");
        assert_eq!(check_proof(&prove("evil.example", 0x05, SITE.challenge), &public_key, SITE), None, "another host");
        let changed = PasskeyProof { authenticator_data: b64(&authenticator("localhost", 0x05, 10, &[])), ..good };
        assert_eq!(check_proof(&changed, &public_key, SITE), None, "changed afterwards");
        assert_eq!(host_of("https://regie.example.org"), "regie.example.org");
    }
}
