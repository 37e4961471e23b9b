//! Signing up, signing in, and one's sessions.

use super::client::{BASES, Client, Names, check, invalid, refused};
use crate::support::{Answer, PASSWORD, each_app, escaped, set_cookie};
use axum::body::Body;
use http::Request;
use serde_json::json;

const ACCOUNT: Names = ("id email role created_at", "full_name is_active");
const TOKENS: Names = ("access_token refresh_token token_type", "expires_in");
const SESSION: Names = ("id issued_at expires_at revoked_at device_label ip_address user_agent", "kind last_seen_at current");

#[tokio::test]
async fn accounts_are_made_and_sign_in_as_was_promised() {
    each_app(async |test| {
        for (base, name) in BASES {
            let shop = test.shop(name).await;
            let email = format!("ana@{}.example", shop.org.slug);
            let nobody = Client { test: &test, base, token: String::new() };
            let account = json!({ "email": email, "password": PASSWORD });
            let made = nobody.post("/auth/register", account.clone()).await;
            check(&made, 201, ACCOUNT);
            assert_eq!((made.json()["email"].as_str(), made.json()["role"].as_str()), (Some(email.as_str()), Some("user")));
            refused(&nobody.post("/auth/register", account.clone()).await, 400, "email_already_registered");
            invalid(&nobody.post("/auth/register", json!({ "email": email })).await, "password");
            invalid(&nobody.post("/auth/register", json!({ "email": "nobody", "password": PASSWORD })).await, "email");

            let form = async |text: String| test.browse("POST", &format!("{base}/auth/token"), "", &text).await;
            let named = format!("username={}", escaped(&email));
            let tokens = form(format!("{named}&password={}", escaped(PASSWORD))).await;
            check(&tokens, 200, TOKENS);
            assert_eq!(tokens.json()["token_type"], "bearer");
            refused(&form(format!("{named}&password=autre")).await, 401, "invalid_credentials");
            invalid(&form(named).await, "password");

            let tokens = nobody.post("/auth/login", account).await;
            check(&tokens, 200, TOKENS);
            refused(
                &nobody.post("/auth/login", json!({ "email": email, "password": "autre" })).await,
                401,
                "invalid_credentials",
            );
            invalid(&nobody.post("/auth/login", json!({ "email": email })).await, "password");

            let token = |name: &str| tokens.json()[name].as_str().unwrap().to_owned();
            let ana = Client { test: &test, base, token: token("access_token") };
            check(&ana.get("/auth/me").await, 200, ACCOUNT);
            check(&ana.get("/auth/devices").await, 200, SESSION);
            refused(&ana.delete("/auth/devices/987654").await, 404, "Appareil introuvable");
            refused(&nobody.get("/auth/me").await, 401, "Not authenticated");
            let stranger = Client { test: &test, base, token: "x".into() };
            refused(&stranger.get("/auth/me").await, 401, "invalid_token");

            let renewed = nobody.post("/auth/refresh", json!({ "refresh_token": token("refresh_token") })).await;
            check(&renewed, 200, TOKENS);
            let unknown = json!({ "refresh_token": "rt_unknown" });
            refused(&nobody.post("/auth/refresh", unknown.clone()).await, 401, "Invalid or expired refresh token");
            refused(
                &nobody.post("/auth/refresh", json!({ "refresh_token": token("access_token") })).await,
                401,
                "Invalid or expired refresh token",
            );
            for path in ["/auth/logout", "/auth/revoke"] {
                assert_eq!(nobody.post(path, unknown.clone()).await.status, 204, "{path}: also of an unknown one");
            }
            check(&nobody.post("/auth/reset/request", json!({ "email": email })).await, 200, ("status", ""));
            check(&nobody.post("/auth/recover", json!({ "email": "nobody@exemple.fr" })).await, 200, ("status", ""));
            let dead = json!({ "token": "x", "new_password": PASSWORD });
            refused(&nobody.post("/auth/reset/confirm", dead).await, 410, "token invalide");

            let path = format!("{base}/auth/revoke-all");
            assert_eq!(test.api("POST", &path, &ana.token, None).await.status, 204);
            refused(&ana.get("/auth/me").await, 401, "invalid_token");

            test.change("UPDATE accounts SET is_active = FALSE WHERE email LIKE 'ana@%'").await;
            let login = json!({ "email": email, "password": PASSWORD });
            refused(&nobody.post("/auth/login", login).await, 403, "Account is inactive");
        }
    })
    .await;
}

/// The refresh token's cookie, and whether it goes to the paths of signing in at `base` and nowhere else.
#[track_caller]
fn refresh_cookie(answer: &Answer, base: &str) -> String {
    let cookie = set_cookie(answer, "refresh_token").unwrap();
    let mut parts = cookie.split(';').map(str::trim);
    let pair = parts.next().unwrap().to_owned();
    assert_eq!(parts.find_map(|part| part.strip_prefix("Path=")), Some(format!("{base}/auth").as_str()), "{cookie}");
    pair
}

#[tokio::test]
async fn a_browser_refreshes_and_signs_out_where_it_signed_in() {
    each_app(async |test| {
        for (base, name) in BASES {
            let shop = test.shop(name).await;
            let by_cookie = async |path: &str, cookie: &str| {
                let request = Request::post(format!("{base}{path}")).header("cookie", cookie);
                test.send(request.header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap()).await
            };
            let login = json!({ "email": shop.owner.email, "password": PASSWORD });
            let form = format!("username={}&password={}", escaped(&shop.owner.email), escaped(PASSWORD));
            for signed_in in [
                test.api("POST", &format!("{base}/auth/login"), "", Some(login)).await,
                test.browse("POST", &format!("{base}/auth/token"), "", &form).await,
            ] {
                let cookie = refresh_cookie(&signed_in, base);
                let renewed = by_cookie("/auth/refresh", &cookie).await;
                assert_eq!(renewed.status, 200, "{}", renewed.text);
                let cookie = refresh_cookie(&renewed, base);
                let out = by_cookie("/auth/logout", &cookie).await;
                assert_eq!((out.status.as_u16(), refresh_cookie(&out, base).as_str()), (204, "refresh_token="), "taken away");
                assert_eq!(by_cookie("/auth/refresh", &cookie).await.status, 401);
            }
        }
    })
    .await;
}
