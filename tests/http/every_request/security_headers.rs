//! The headers that protect who reads an answer.

use crate::support::{between, each_app, each_app_with, kept_cookie};
use std::collections::BTreeSet;

#[tokio::test]
async fn scripts_of_a_page_with_islands_carry_a_nonce_that_is_used_once() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let base = format!("/o/{}", shop.org.slug);
        let mut cookies = test.cookie(&shop.owner.email).await;
        let phone = test.browse("POST", &format!("{base}/devices"), &cookies, "name=Mon+mobile").await;
        let kiosk = test.browse("POST", &format!("{base}/kiosks"), &cookies, "name=Borne&place=Hall").await.text;
        let code = between(&kiosk, "class=\"pairing-code\"><code>", "<").unwrap();
        let tablet = test.browse("POST", "/kiosk/pair", &cookies, &format!("code={code}")).await;
        for (answer, name) in [(&phone, "regie_device"), (&tablet, "regie_kiosk")] {
            cookies += &format!("; {}", kept_cookie(answer, name));
        }
        let mut used = BTreeSet::new();
        for path in [format!("{base}/plan"), format!("{base}/badge"), "/kiosk".to_owned()] {
            for _ in 0..2 {
                let page = test.browse("GET", &path, &cookies, "").await;
                let policy = page.header("content-security-policy").unwrap();
                let nonce = between(policy, "'nonce-", "'").unwrap_or_else(|| panic!("{path}: {policy}"));
                let scripts: Vec<_> = page.text.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
                let ours = format!(" nonce=\"{nonce}\"");
                assert!(!scripts.is_empty() && scripts.iter().all(|script| script.contains(&ours)), "{path}: {scripts:?}");
                assert!(nonce.len() >= 22 && used.insert(nonce.to_owned()), "{path}: {nonce}");
            }
        }
    })
    .await;
}

/// What protects every answer; pages with scripts have a content policy of their own.
const PROTECTION: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; object-src 'none'; script-src 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[tokio::test]
async fn every_answer_protects_its_reader() {
    each_app(async |test| {
        for (path, status, keeping) in [
            ("/recover", 200, "private, no-store"),
            ("/nowhere", 404, "private, no-store"),
            ("/api/v1/auth/me", 401, "no-store"),
            ("/api/v1/nowhere", 404, "no-store"),
        ] {
            let answer = test.get(path).await;
            assert_eq!(answer.status, status, "{path}");
            for (name, expected) in PROTECTION.into_iter().chain([("cache-control", keeping)]) {
                assert_eq!(answer.header(name), Some(expected), "{path}: {name}");
            }
            assert_eq!(answer.header("strict-transport-security"), None, "{path}: TLS may not be there to stay");
        }
    })
    .await;
    each_app_with(
        |config| config.server.hsts = true,
        async |test| {
            for path in ["/recover", "/nowhere", "/api/v1/auth/me"] {
                let told = "max-age=31536000; includeSubDomains";
                assert_eq!(test.get(path).await.header("strict-transport-security"), Some(told), "{path}");
            }
        },
    )
    .await;
}
