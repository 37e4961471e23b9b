//! The keys behind access tokens: another one can be made at any time, of any kind, and nobody is signed out.

use crate::support::{TestApp, each_app, each_app_with};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use regie::platform::config::Config;
use regie::platform::keys::{KeyKind, generate_token_key};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

fn kid(token: &str) -> String {
    decode_header(token).unwrap().kid.unwrap()
}

/// What others verify with.
async fn published(test: &TestApp) -> Value {
    let answer = test.api("GET", "/.well-known/jwks.json", "", None).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

fn kids(keys: &Value) -> Vec<String> {
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_new_data_directory_is_its_owners_alone() {
    let change = |config: &mut Config| config.data = config.data.join("new");
    each_app_with(change, async |test| {
        let mode = std::fs::metadata(&test.app.config.data).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_rotated_under_running_servers_and_nobody_is_signed_out() {
    each_app(async |here| {
        let there = here.twin().await;
        let email = here.shop("Théâtre du Mail").await.owner.email;
        let (old, refresh) = here.tokens(&email).await;
        let first = kid(&old);
        assert_eq!(kids(&published(&here).await), std::slice::from_ref(&first));
        let second = generate_token_key(&here.app.config.data, KeyKind::EdDsa).unwrap();
        here.app.clock.advance_seconds(5);
        assert_eq!(kid(&here.token(&email).await), first, "a server that has not looked yet could not verify the new one");
        assert_eq!(kids(&published(&here).await), [second.clone(), first.clone()], "others learn it before it signs");
        assert_eq!(there.me(&old).await, 200);
        here.app.clock.advance_seconds(15);
        let new = here.token(&email).await;
        assert_eq!(kid(&new), second);
        for server in [&here, &there] {
            assert_eq!((server.me(&old).await, server.me(&new).await), (200, 200));
        }
        let body = json!({ "refresh_token": refresh });
        let renewed = there.api("POST", "/api/v1/auth/refresh", "", Some(body)).await.json();
        let renewed = renewed["access_token"].as_str().unwrap();
        there.app.clock.advance_seconds(20);
        assert_eq!((here.me(renewed).await, kid(&there.token(&email).await)), (200, second.clone()));
        assert_eq!(here.twin().await.me(&old).await, 200, "after a restart, too");

        // A key that is taken away verifies nothing any more, remembered tokens included.
        std::fs::remove_file(here.app.config.data.join(format!("keys/token-{first}.p8"))).unwrap();
        here.app.clock.advance_seconds(5);
        assert_eq!((here.me(&old).await, here.me(&new).await, there.me(&old).await), (401, 200, 401));
        assert_eq!(kids(&published(&here).await), [second]);
        there.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn only_public_halves_are_published() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        for kind in KeyKind::ALL {
            generate_token_key(&test.app.config.data, kind).unwrap();
        }
        test.app.clock.advance_seconds(5);
        test.token(&email).await;
        let keys = published(&test).await;
        let all = keys["keys"].as_array().unwrap();
        assert_eq!(all.len(), 4, "two Ed25519, one P-256, one RSA; a shared secret is nobody's business: {keys}");
        for key in all {
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(key.get(private).is_none(), "{private}: {key}");
            }
            assert_eq!(key["use"], "sig");
        }
        let mut secrets = Vec::new();
        for entry in std::fs::read_dir(test.app.config.data.join("keys")).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
            secrets.push(std::fs::read(path).unwrap());
        }
        let text = keys.to_string();
        for secret in secrets.iter().filter(|secret| secret.len() <= 48) {
            assert!(!text.contains(&URL_SAFE_NO_PAD.encode(&secret[secret.len() - 32..])), "the secret itself");
        }
    })
    .await;
}

/// Signs in under `kind`, and verifies as a stranger would who knows the address alone.
async fn end_to_end(kind: KeyKind, algorithm: Algorithm) {
    let change = |config: &mut Config| config.tokens.algorithm = kind;
    each_app_with(change, async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (token, refresh) = test.tokens(&shop.owner.email).await;
        let header = decode_header(&token).unwrap();
        assert_eq!((header.alg, header.typ.as_deref()), (algorithm, Some("at+jwt")));
        assert_eq!((test.me(&token).await, test.twin().await.me(&token).await), (200, 200));
        let renewed = test.api("POST", "/api/v1/auth/refresh", "", Some(json!({ "refresh_token": refresh }))).await;
        assert_eq!(renewed.status, 200, "{}", renewed.text);
        let keys: JwkSet = serde_json::from_value(published(&test).await).unwrap();
        if kind == KeyKind::Hs256 {
            assert!(keys.keys.is_empty());
            return;
        }
        let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
        let mut rules = Validation::new(algorithm);
        rules.set_issuer(&["http://127.0.0.1:3000"]);
        rules.set_audience(&["http://127.0.0.1:3000"]);
        // The test's clock stands at a day of its own.
        (rules.validate_exp, rules.validate_nbf) = (false, false);
        let claims = decode::<Value>(&token, &key, &rules).unwrap().claims;
        assert_eq!((claims["sub"].as_str(), &claims["role"]), (Some(shop.owner.id.to_string().as_str()), &json!("owner")));
        let names: Vec<_> = claims.as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "nbf", "org", "role", "sid", "sub"]);
    })
    .await;
}

#[tokio::test]
async fn eddsa_signs_by_default() {
    assert_eq!(KeyKind::default(), KeyKind::EdDsa);
    end_to_end(KeyKind::EdDsa, Algorithm::EdDSA).await;
}

#[tokio::test]
async fn es256_signs_by_setting() {
    end_to_end(KeyKind::Es256, Algorithm::ES256).await;
}

#[tokio::test]
async fn rs256_signs_by_setting() {
    end_to_end(KeyKind::Rs256, Algorithm::RS256).await;
}

#[tokio::test]
async fn hs256_signs_by_setting() {
    end_to_end(KeyKind::Hs256, Algorithm::HS256).await;
}

#[tokio::test]
async fn the_algorithm_is_changed_without_signing_anybody_out() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let old = test.token(&email).await;
        let mut config = test.app.config.clone();
        config.tokens.algorithm = KeyKind::Es256;
        let app = regie::composition::open(config, test.app.clock.clone()).await.unwrap();
        let changed = TestApp { router: regie::composition::router(&app), app, folder: test.folder.clone() };
        let new = changed.token(&email).await;
        assert_eq!(decode_header(&new).unwrap().alg, Algorithm::ES256);
        assert_eq!((changed.me(&old).await, changed.me(&new).await), (200, 200));
        changed.app.db.close().await.unwrap();
    })
    .await;
}
