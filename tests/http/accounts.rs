use crate::support::{PASSWORD, each_app};
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
