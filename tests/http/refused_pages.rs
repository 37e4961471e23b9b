//! Pages that say why something was refused: each its own reason.

use crate::support::{each_app, each_app_with};
use axum::body::Body;
use futures_util::stream;
use http::Request;
use regie::kernel::Role;
use regie::platform::config::Registration;
use std::io;

#[tokio::test]
async fn where_registration_is_closed_it_is_not_one_s_role() {
    each_app_with(
        |config| config.server.registration = Registration::Closed,
        async |test| {
            for (language, reason, other) in
                [("fr", "L’inscription est fermée ici.", "Votre rôle"), ("en", "Registration is closed here.", "Your role")]
            {
                let page = test.browse("GET", "/sign-up", &format!("language={language}"), "").await;
                assert_eq!(page.status, 403, "{}", page.text);
                assert!(page.text.contains(reason) && !page.text.contains(other), "{language}: {}", page.text);
            }
        },
    )
    .await;
}

#[tokio::test]
async fn who_asks_too_often_is_told_so_and_a_role_is_said_to_be_one() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        test.change("UPDATE accounts SET verified_at = NULL").await;
        let ask = async || test.browse("POST", "/me/verification", &cookie, "").await;
        let mut page = ask().await;
        for _ in 0..8 {
            if page.status == 303 {
                page = ask().await;
            }
        }
        assert_eq!(page.status, 429, "{}", page.text);
        assert!(page.text.contains("Trop d’essais.") && !page.text.contains("Le service est occupé"), "{}", page.text);
        let seconds: i64 = page.header("retry-after").unwrap().parse().unwrap();
        assert!(seconds > 2, "when it is worth it, not at once: {seconds}");

        test.person(&shop, "Tara", Role::Tech).await;
        let tara = test.cookie(&shop.email("Tara")).await;
        let page = test.browse("GET", &format!("/o/{}/crew", shop.org.slug), &tara, "").await;
        assert!(page.status == 403 && page.text.contains("Votre rôle ne permet pas cette action."), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_told_why() {
    each_app(async |test| {
        let send = async |kind: &str, language: &str, body: Body| {
            let request = Request::post("/sign-in").header("sec-fetch-site", "same-origin").header("content-type", kind);
            test.send(request.header("accept-language", language).body(body).unwrap()).await
        };
        let broken = || Body::from_stream(stream::iter([Ok("email=a&password="), Err(io::Error::other("gone"))]));
        for (language, kind_words, broken_words) in [
            ("fr", "Ce format ne se lit pas ici.", "L’envoi s’est interrompu."),
            ("en", "This format cannot be read here.", "The request broke off."),
        ] {
            let page = send("application/json", language, Body::from("{}")).await;
            assert!(page.status == 415 && page.text.contains(kind_words), "{}", page.text);
            let page = send("application/x-www-form-urlencoded", language, broken()).await;
            assert!(page.status == 400 && page.text.contains(broken_words), "{}", page.text);
        }
    })
    .await;
}
