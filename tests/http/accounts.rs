use crate::support::{PASSWORD, each_app, escaped, local};
use serde_json::json;

#[tokio::test]
async fn accounts_register_sign_in_refresh_and_sign_out() {
    each_app(async |test| {
        let new = json!({ "email": "Ana@Exemple.fr", "password": PASSWORD, "role": "admin" });
        let registered = test.api("POST", "/api/v1/auth/register", "", Some(new.clone())).await;
        assert_eq!(registered.status, 201, "{}", registered.text);
        assert_eq!(
            (registered.json()["email"].as_str(), registered.json()["role"].as_str()),
            (Some("ana@exemple.fr"), Some("user"))
        );
        let twice = test.api("POST", "/api/v1/auth/register", "", Some(new)).await;
        assert_eq!((twice.status.as_u16(), twice.json()["detail"].as_str()), (400, Some("email_already_registered")));
        let short = json!({ "email": "ben@exemple.fr", "password": "court" });
        let short = test.api("POST", "/api/v1/auth/register", "", Some(short)).await;
        assert_eq!((short.status.as_u16(), short.json()["errors"][0]["field"].as_str()), (422, Some("password")));
        let wrong = json!({ "email": "ana@exemple.fr", "password": "autre chose encore" });
        let wrong = test.api("POST", "/api/v1/auth/login", "", Some(wrong)).await;
        assert_eq!((wrong.status.as_u16(), wrong.headers["www-authenticate"].to_str().unwrap()), (401, "Bearer"));

        let login = json!({ "email": "ana@exemple.fr", "password": PASSWORD });
        let tokens = test.api("POST", "/api/v1/auth/login", "", Some(login)).await.json();
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(test.api("GET", "/api/v1/auth/me", access, None).await.json()["email"], "ana@exemple.fr");
        assert_eq!(test.api("GET", "/auth/me", access, None).await.status, 200, "the predecessor's path");
        let refresh = json!({ "refresh_token": tokens["refresh_token"] });
        let renewed = test.api("POST", "/api/v1/auth/refresh", "", Some(refresh.clone())).await;
        assert_eq!(renewed.status, 200, "{}", renewed.text);
        let access = renewed.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(test.api("POST", "/api/v1/auth/logout", &access, None).await.status, 204);
        assert_eq!(test.api("GET", "/api/v1/auth/me", &access, None).await.status, 401, "ended at once");
    })
    .await;
}

#[tokio::test]
async fn an_access_token_ends_and_cannot_be_bent() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let token = test.token(&shop.owner.email).await;
        let me = async |token: &str| test.api("GET", "/api/v1/auth/me", token, None).await.status.as_u16();
        assert_eq!(me(&token).await, 200);
        let parts: Vec<_> = token.split('.').collect();
        for bent in [
            "",
            "x",
            "a.b.c",
            parts[0],
            &format!("{}.{}.", parts[0], parts[1]),
            &format!("{}.{}.{}x", parts[0], parts[1], parts[2]),
            &token[1..],
        ] {
            assert_eq!(me(bent).await, 401, "{bent}");
        }
        test.app.clock.advance_seconds(61 * 60);
        assert_eq!(me(&token).await, 401);
    })
    .await;
}

#[tokio::test]
async fn the_set_up_link_works_once() {
    each_app(async |test| {
        use crate::support::proof;
        use regie::kernel::INSTALLATION;
        let link = regie::orgs::service::issue_set_up_link(&test.app, proof(INSTALLATION)).await.unwrap().unwrap();
        let path = &local(&link);
        let form = |name: &str| {
            format!(
                "org_name=Th%C3%A9%C3%A2tre&time_zone=Europe%2FParis&name={name}&email=ana%40exemple.fr&password={}",
                escaped(PASSWORD)
            )
        };
        assert_eq!(test.browse("GET", path, "", "").await.status, 200);
        let wrong = test.browse("POST", path, "", &form("+")).await;
        assert!(wrong.status == 422 && wrong.text.contains("ana@exemple.fr"), "what was typed is kept");
        let done = test.browse("POST", path, "", &form("Ana")).await;
        assert_eq!((done.status.as_u16(), done.headers["location"].to_str().unwrap()), (303, "/o/theatre/crew"));
        assert_eq!(test.browse("GET", path, "", "").await.status, 410);
        assert!(regie::orgs::service::issue_set_up_link(&test.app, proof(INSTALLATION)).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn signing_in_gives_a_session_that_nobody_could_have_planted() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        // A challenge opens a session before anybody is known.
        let before = test.script("/sign-in/passkey/challenge", "", json!({})).await;
        let planted = crate::support::session_cookie(&before);
        let signed_in = test.sign_in(&shop.owner.email, &planted).await;
        assert_eq!(signed_in.status, 303, "{}", signed_in.text);
        let cookie = crate::support::session_cookie(&signed_in);
        assert_ne!(cookie, planted);
        assert_eq!(test.browse("GET", "/me", &cookie, "").await.status, 200);
        assert_eq!(test.browse("GET", "/me", &planted, "").await.status, 303, "the planted one is worth nothing");
    })
    .await;
}
