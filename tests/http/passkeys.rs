//! Passkeys through HTTP, with a key made of software: what a browser would send, byte by byte (Web Authentication Level 2).

use crate::support::{Answer, ORIGIN, PASSWORD, TestApp, between, each_app, escaped, link_of, session_cookie, set_cookie};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;
use serde_json::{Value, json};

/// A person was there and was recognised.
const RECOGNISED: u8 = 0x05;

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key with its counter.
struct Key {
    pair: EcdsaKeyPair,
    id: &'static str,
    count: u32,
}

impl Key {
    fn new(id: &'static str) -> Self {
        Self { pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(), id, count: 0 }
    }

    fn authenticator(&self, flags: u8, rest: &[u8]) -> Vec<u8> {
        [digest(&SHA256, b"127.0.0.1").as_ref(), &[flags], &self.count.to_be_bytes(), rest].concat()
    }

    fn client(purpose: &str, challenge: &str, origin: &str) -> String {
        json!({ "type": purpose, "challenge": challenge, "origin": origin, "crossOrigin": false }).to_string()
    }

    /// What a browser sends after making the key.
    fn made(&mut self, challenge: &str) -> Value {
        self.count += 1;
        let id = [&[0; 16][..], &(self.id.len() as u16).to_be_bytes(), self.id.as_bytes()].concat();
        let public = self.pair.public_key();
        let spki: aws_lc_rs::encoding::PublicKeyX509Der<'_> = public.as_der().unwrap();
        json!({ "id": b64(self.id), "public_key": b64(spki.as_ref()), "name": "Clé de Claire",
            "authenticator_data": b64(self.authenticator(RECOGNISED | 0x40, &id)),
            "client_data": b64(Self::client("webauthn.create", challenge, ORIGIN)) })
    }

    /// What a browser sends to prove the key, with the counter as it stands.
    fn proof(&self, challenge: &str, origin: &str) -> Value {
        let (data, client) = (self.authenticator(RECOGNISED, &[]), Self::client("webauthn.get", challenge, origin));
        let signed = [data.as_slice(), digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        json!({ "id": b64(self.id), "authenticator_data": b64(data), "client_data": b64(client), "signature": b64(signature.as_ref()) })
    }
}

async fn post(test: &TestApp, path: &str, cookie: &str, body: &Value) -> Answer {
    test.script(path, cookie, body.clone()).await
}

/// Adds a key to the account of `cookie`.
async fn add(test: &TestApp, cookie: &str, key: &mut Key) {
    let challenge = new_key_challenge(test, cookie).await;
    let added = post(test, "/me/security/passkeys", cookie, &key.made(&challenge)).await;
    assert_eq!((added.status.as_u16(), &added.json()["next"]), (200, &json!("/me/security")), "{}", added.text);
}

async fn new_key_challenge(test: &TestApp, cookie: &str) -> String {
    let present = json!({ "present_password": PASSWORD });
    let asked = post(test, "/me/security/passkeys/challenge", cookie, &present).await;
    assert_eq!((asked.status.as_u16(), &asked.json()["host"]), (200, &json!("127.0.0.1")), "{}", asked.text);
    asked.json()["challenge"].as_str().unwrap().to_owned()
}

/// A browser that is about to sign in: its cookie and its challenge.
async fn begin(test: &TestApp, cookie: &str) -> (String, String) {
    let asked = post(test, "/sign-in/passkey/challenge", cookie, &Value::Null).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let cookie = set_cookie(&asked, "regie").map_or_else(|| cookie.to_owned(), |_| session_cookie(&asked));
    (cookie, asked.json()["challenge"].as_str().unwrap().to_owned())
}

async fn prove(test: &TestApp, cookie: &str, proof: &Value) -> Answer {
    post(test, "/sign-in/passkey", cookie, proof).await
}

/// A whole sign-in with the key as it stands.
async fn sign_in(test: &TestApp, key: &Key) -> Answer {
    let (cookie, challenge) = begin(test, "").await;
    prove(test, &cookie, &key.proof(&challenge, ORIGIN)).await
}

#[tokio::test]
async fn a_passkey_is_added_and_signs_in() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (home, mut key) = (test.cookie(&email).await, Key::new("key-1"));
        let wrong = post(&test, "/me/security/passkeys/challenge", &home, &json!({ "present_password": "autre chose" })).await;
        assert_eq!(wrong.status, 422, "the password is asked for again");
        let without = post(&test, "/me/security/passkeys", &home, &Key::new("key-0").made("AAAA")).await;
        assert_eq!(without.status, 422, "without a challenge");
        add(&test, &home, &mut key).await;
        let page = test.browse("GET", "/me/security", &home, "").await.text;
        assert!(page.contains("Clé de Claire"));
        assert!(test.mail_to(&email).await.text_body.contains("/not-me/"), "the owner is told");

        key.count += 1;
        let (cookie, challenge) = begin(&test, "").await;
        assert_eq!(test.browse("GET", "/me", &cookie, "").await.status, 303);
        let mut proof = key.proof(&challenge, ORIGIN);
        proof["next"] = json!("/me/devices");
        let done = prove(&test, &cookie, &proof).await;
        assert_eq!((done.status.as_u16(), &done.json()["next"]), (200, &json!("/me/devices")), "{}", done.text);
        let inside = session_cookie(&done);
        assert_ne!(inside, cookie, "a session of its own");
        assert_eq!(test.browse("GET", "/me", &inside, "").await.status, 200);
        assert_eq!(test.number("SELECT count(*) FROM sessions WHERE method = 'passkey'").await, 1);
        assert_eq!(test.number("SELECT sign_count FROM passkeys").await, 2);

        // Only to a path of ours.
        for evil in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
            key.count += 1;
            let (cookie, challenge) = begin(&test, "").await;
            let mut proof = key.proof(&challenge, ORIGIN);
            proof["next"] = json!(evil);
            assert_eq!(prove(&test, &cookie, &proof).await.json()["next"], "/", "{evil}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_challenge_is_used_once_and_by_who_asked_for_it() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (home, mut key) = (test.cookie(&email).await, Key::new("key-1"));
        add(&test, &home, &mut key).await;
        key.count += 1;
        let (cookie, challenge) = begin(&test, "").await;
        let proof = key.proof(&challenge, ORIGIN);
        let (other, _) = begin(&test, "").await;
        assert_eq!(prove(&test, &other, &proof).await.status, 422, "seen over a shoulder, sent from another browser");
        assert_eq!(prove(&test, "", &proof).await.status, 422, "from none");
        let done = prove(&test, &cookie, &proof).await;
        assert_eq!(done.status, 200, "{}", done.text);
        for cookie in [cookie, session_cookie(&done)] {
            assert_eq!(prove(&test, &cookie, &proof).await.status, 422, "a second time");
        }
        // A failed try uses the challenge up, too; a newer one ends the older.
        key.count += 1;
        let (cookie, challenge) = begin(&test, "").await;
        assert_eq!(prove(&test, &cookie, &key.proof("AAAA", ORIGIN)).await.status, 422);
        assert_eq!(prove(&test, &cookie, &key.proof(&challenge, ORIGIN)).await.status, 422);
        let (cookie, older) = begin(&test, &cookie).await;
        let (cookie, newer) = begin(&test, &cookie).await;
        assert!(older != newer);
        assert_eq!(prove(&test, &cookie, &key.proof(&older, ORIGIN)).await.status, 422);
        let (cookie, newest) = begin(&test, &cookie).await;
        assert_eq!(prove(&test, &cookie, &key.proof(&newest, ORIGIN)).await.status, 200);
        // The challenge for a new key, as well.
        let challenge = new_key_challenge(&test, &home).await;
        let mut second = Key::new("key-2");
        assert_eq!(post(&test, "/me/security/passkeys", &home, &second.made(&challenge)).await.status, 200);
        let mut third = Key::new("key-3");
        assert_eq!(post(&test, "/me/security/passkeys", &home, &third.made(&challenge)).await.status, 422);
        assert_eq!(test.number("SELECT count(*) FROM passkeys").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_added_with_the_challenge_that_the_password_gave_and_soon() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (home, mut key) = (test.cookie(&email).await, Key::new("key-1"));
        // Anybody gets one to sign in: at an open screen, too, where nobody knows the password.
        let (_, challenge) = begin(&test, &home).await;
        let added = async |made: Value| post(&test, "/me/security/passkeys", &home, &made).await.status.as_u16();
        assert_eq!(added(key.made(&challenge)).await, 422);
        let late = new_key_challenge(&test, &home).await;
        test.app.clock.advance_seconds(600);
        assert_eq!(added(key.made(&late)).await, 422);
        assert_eq!(test.number("SELECT count(*) FROM passkeys").await, 0);
        // Nor does the one for a new key let in.
        let soon = new_key_challenge(&test, &home).await;
        test.app.clock.advance_seconds(599);
        begin(&test, &home).await;
        assert_eq!(added(key.made(&soon)).await, 200, "one to sign in does not take its place");
        let other = new_key_challenge(&test, &home).await;
        key.count += 1;
        assert_eq!(prove(&test, &home, &key.proof(&other, ORIGIN)).await.status, 422);
    })
    .await;
}

#[tokio::test]
async fn this_was_not_me_takes_the_key_away_that_it_told_of_and_a_first_proof_of_the_address_all() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (home, mut mine, mut theirs) = (test.cookie(&email).await, Key::new("key-1"), Key::new("key-2"));
        add(&test, &home, &mut mine).await;
        add(&test, &home, &mut theirs).await;
        let notice = link_of(&test.mail_to(&email).await);
        assert_eq!(test.browse("POST", &notice, "", "").await.status, 200);
        assert_eq!(test.texts("SELECT credential_id FROM passkeys").await, [b64("key-1")]);
        theirs.count += 1;
        assert_eq!(sign_in(&test, &theirs).await.status, 422);
        mine.count += 1;
        assert_eq!(sign_in(&test, &mine).await.status, 200);

        // Who resets the password proves to read the address' mail: who was here before that may be anybody.
        for (verified, left) in [(true, 1), (false, 0)] {
            let sql =
                if verified { "UPDATE accounts SET verified_at = created_at" } else { "UPDATE accounts SET verified_at = NULL" };
            test.change(sql).await;
            let ask = json!({ "email": email });
            assert_eq!(test.api("POST", "/api/v1/auth/reset/request", "", Some(ask)).await.status, 200);
            test.run_jobs().await;
            let token = link_of(&test.mail_to(&email).await).trim_start_matches("/reset/").to_owned();
            let body = json!({ "token": token, "new_password": PASSWORD });
            assert_eq!(test.api("POST", "/api/v1/auth/reset/confirm", "", Some(body)).await.status, 200);
            assert_eq!(test.number("SELECT count(*) FROM passkeys").await, left, "verified: {verified}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_counter_that_does_not_grow_is_a_copied_key() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (home, mut key) = (test.cookie(&email).await, Key::new("key-1"));
        add(&test, &home, &mut key).await;
        key.count = 9;
        assert_eq!(sign_in(&test, &key).await.status, 200);
        for count in [9, 8, 1, 0] {
            key.count = count;
            assert_eq!(sign_in(&test, &key).await.status, 422, "{count}");
        }
        key.count = u32::MAX;
        assert_eq!(sign_in(&test, &key).await.status, 200);
        assert_eq!(test.number("SELECT sign_count FROM passkeys").await, i64::from(u32::MAX));
        assert_eq!(test.number("SELECT count(*) FROM audit_events WHERE action = 'account.sign_in_failed'").await, 4);

        // A key that is kept in several devices counts nothing at all.
        let mut synced = Key::new("synced");
        synced.count = u32::MAX;
        let challenge = new_key_challenge(&test, &home).await;
        synced.count = 0;
        let made = synced.made(&challenge);
        synced.count = 0;
        let mut data = URL_SAFE_NO_PAD.decode(made["authenticator_data"].as_str().unwrap()).unwrap();
        data[33..37].fill(0);
        let mut made = made;
        made["authenticator_data"] = json!(b64(data));
        assert_eq!(post(&test, "/me/security/passkeys", &home, &made).await.status, 200);
        for _ in 0..2 {
            assert_eq!(sign_in(&test, &synced).await.status, 200);
        }
    })
    .await;
}

#[tokio::test]
async fn a_proof_of_something_else_is_none() {
    each_app(async |test| {
        let (mine, other) = (test.shop("Théâtre du Mail").await.owner.email, test.shop("Salle voisine").await.owner.email);
        let (home, theirs) = (test.cookie(&mine).await, test.cookie(&other).await);
        let (mut key, mut stranger) = (Key::new("key-1"), Key::new("key-1"));
        add(&test, &home, &mut key).await;
        let challenge = new_key_challenge(&test, &theirs).await;
        let stolen = post(&test, "/me/security/passkeys", &theirs, &stranger.made(&challenge)).await;
        assert_eq!(stolen.status, 422, "nobody can put their own key under somebody's number");
        key.count = 5;
        stranger.count = 6;
        let tried = async |change: &dyn Fn(&str) -> Value| {
            let (cookie, challenge) = begin(&test, "").await;
            prove(&test, &cookie, &change(&challenge)).await.status.as_u16()
        };
        assert_eq!(tried(&|challenge| stranger.proof(challenge, ORIGIN)).await, 422, "another key under this number");
        assert_eq!(tried(&|challenge| key.proof(challenge, "http://evil.example")).await, 422, "made on another page");
        for name in ["id", "authenticator_data", "client_data", "signature"] {
            let bent = |challenge: &str, value: Value| {
                let mut proof = key.proof(challenge, ORIGIN);
                proof[name] = value;
                proof
            };
            for value in [json!(""), json!("AAAA"), json!("*"), json!("A".repeat(9000))] {
                assert_eq!(tried(&|challenge| bent(challenge, value.clone())).await, 422, "{name}: {value}");
            }
            assert_eq!(tried(&|challenge| bent(challenge, Value::Null)).await, 422, "{name} is null");
        }
        assert_eq!(tried(&|challenge| key.proof(challenge, ORIGIN)).await, 200);
        // Taken away, it opens nothing; a closed account's neither.
        let id = test.number("SELECT id FROM passkeys").await;
        let present = format!("present_password={}", escaped(PASSWORD));
        let url = format!("/me/security/passkeys/{id}/remove");
        assert_eq!(test.browse("POST", &url, &theirs, &present).await.status, 404, "not somebody else's");
        test.change("UPDATE accounts SET is_active = FALSE, disabled_by = 'platform' WHERE email LIKE 'patron@theatre%'").await;
        key.count += 1;
        assert_eq!(sign_in(&test, &key).await.status, 403);
        test.change("UPDATE accounts SET is_active = TRUE, disabled_by = NULL").await;
        assert_eq!(test.browse("POST", &url, &home, &present).await.status, 303);
        key.count += 1;
        assert_eq!(sign_in(&test, &key).await.status, 422);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_too() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let (home, mut key) = (test.cookie(&email).await, Key::new("key-1"));
        add(&test, &home, &mut key).await;
        let login = json!({ "email": email, "password": PASSWORD });
        let asked = test.api("POST", "/api/v1/auth/login", "", Some(login)).await;
        assert_eq!((asked.status.as_u16(), asked.json()["code"].as_str()), (401, Some("account.second_factor")));
        let form = format!("email={}&password={}&next=%2Fme%2Fdevices", escaped(&email), escaped(PASSWORD));
        let first = test.browse("POST", "/sign-in", "", &form).await;
        assert_eq!(first.headers["location"], "/sign-in/second");
        let waiting = session_cookie(&first);
        let page = test.browse("GET", "/sign-in/second", &waiting, "").await.text;
        assert!(page.contains("passkey-button"), "{page}");
        let (waiting, challenge) = begin(&test, &waiting).await;
        key.count += 1;
        let done = prove(&test, &waiting, &key.proof(&challenge, ORIGIN)).await;
        assert_eq!((done.status.as_u16(), &done.json()["next"]), (200, &json!("/me/devices")), "where the person wanted to go");
        assert_eq!(test.browse("GET", "/me", &session_cookie(&done), "").await.status, 200);
        // Recovery codes are there for the day the key is lost.
        let codes = test.browse("POST", "/me/security/codes", &home, &format!("present_password={}", escaped(PASSWORD))).await;
        let code = between(&codes.text, "<code>", "<").unwrap();
        let login = json!({ "email": email, "password": PASSWORD, "otp": code });
        assert_eq!(test.api("POST", "/api/v1/auth/login", "", Some(login)).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn challenges_are_not_given_without_end_and_are_forgotten() {
    each_app(async |test| {
        let ask = async |address: &str| {
            let request = Request::post("/sign-in/passkey/challenge").header("sec-fetch-site", "same-origin");
            test.send_from(address, request.body(Body::empty()).unwrap()).await
        };
        for _ in 0..60 {
            assert_eq!(ask("203.0.113.9").await.status, 200);
        }
        let slowed = ask("203.0.113.9").await;
        assert_eq!((slowed.status.as_u16(), slowed.headers["retry-after"].to_str().unwrap()), (429, "1"));
        assert_eq!(ask("203.0.113.10").await.status, 200);
        let kept = async || test.number("SELECT count(*) FROM sessions").await;
        assert_eq!(kept().await, 61);
        let purge = async || regie::accounts::service::purge_sessions(&test.app).await.unwrap();
        test.app.clock.advance_seconds(3599);
        assert_eq!((purge().await, kept().await), (0, 61));
        test.app.clock.advance_seconds(2);
        assert_eq!((purge().await, kept().await), (61, 0), "nobody signed in with them");
    })
    .await;
}
