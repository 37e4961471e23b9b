//! What the systems that Régie replaces promised to programs: paths, statuses, names and texts, under `/api/v1` and at the root, where
//! their clients look. What differs on purpose is in `docs/http-and-errors.md`.

use crate::support::{Answer, PASSWORD, Shop, TestApp, each_app, each_app_with, escaped, set_cookie};
use axum::body::Body;
use http::Request;
use regie::kernel::Role;
use regie::platform::secret::Secret;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Where the API is, and the organisation that is used there.
const BASES: [(&str, &str); 2] = [("/api/v1", "Théâtre du Mail"), ("", "Salle voisine")];

const ACCOUNT: (&str, &str) = ("id email role created_at", "full_name is_active");
const TOKENS: (&str, &str) = ("access_token refresh_token token_type", "expires_in");
const SESSION: (&str, &str) =
    ("id issued_at expires_at revoked_at device_label ip_address user_agent", "kind last_seen_at current");
const DEVICE: (&str, &str) =
    ("id user_id device_fingerprint device_name attestation_data registered_at last_seen_at is_revoked", "");
const PUNCH: (&str, &str) = ("id user_id device_id kiosk_id punch_type punched_at jwt_jti created_at", "");
const KIOSK: (&str, &str) =
    ("id kiosk_name location device_fingerprint ip_address public_key is_active created_at last_heartbeat_at", "");
const AUDIT: (&str, &str) =
    ("id event_type user_id device_id kiosk_id event_data ip_address user_agent created_at", "actor account_id request_id hash");

/// The answer has this status and exactly the promised names and ours; of a list, its first row.
#[track_caller]
fn check(answer: &Answer, status: u16, (promised, ours): (&str, &str)) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    let body = answer.json();
    let one = body.as_array().map_or(&body, |rows| &rows[0]);
    let found: BTreeSet<&str> = one.as_object().unwrap().keys().map(String::as_str).collect();
    let expected: BTreeSet<&str> = promised.split_whitespace().chain(ours.split_whitespace()).collect();
    assert_eq!(found, expected, "{}", answer.text);
}

/// The answer is a refusal in the promised words.
#[track_caller]
fn refused(answer: &Answer, status: u16, detail: &str) {
    check(answer, status, ("detail", "type title status code errors"));
    assert_eq!(answer.json()["detail"], detail);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401, "{}", answer.text);
}

/// The answer names the field that is wrong or missing.
#[track_caller]
fn invalid(answer: &Answer, field: &str) {
    refused(answer, 422, "Some fields are wrong");
    assert_eq!(answer.json()["errors"][0]["field"], field);
}

fn number(answer: &Answer, name: &str) -> i64 {
    answer.json()[name].as_i64().unwrap()
}

fn rows(answer: &Answer) -> usize {
    answer.json().as_array().unwrap().len()
}

/// Somebody who asks in one of the places.
struct Client<'t> {
    test: &'t TestApp,
    base: &'static str,
    token: String,
}

impl Client<'_> {
    async fn get(&self, path: &str) -> Answer {
        self.test.api("GET", &format!("{}{path}", self.base), &self.token, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.test.api("POST", &format!("{}{path}", self.base), &self.token, Some(body)).await
    }

    async fn patch(&self, path: &str, body: Value) -> Answer {
        self.test.api("PATCH", &format!("{}{path}", self.base), &self.token, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.test.api("DELETE", &format!("{}{path}", self.base), &self.token, None).await
    }

    async fn kiosk(&self, method: &str, path: &str, key: &str, body: Option<Value>) -> Answer {
        self.test.kiosk_api(method, &format!("{}{path}", self.base), key, body).await
    }
}

/// A shop with its owner and a technician, in one of the places.
struct Stage<'t> {
    shop: Shop,
    owner: Client<'t>,
    tech: Client<'t>,
    /// The technician's number.
    karim: i64,
}

async fn stage<'t>(test: &'t TestApp, base: &'static str, name: &str) -> Stage<'t> {
    let shop = test.shop(name).await;
    let karim = test.person(&shop, "Karim", Role::Tech).await.id.0;
    let owner = Client { test, base, token: test.token(&shop.owner.email).await };
    let tech = Client { test, base, token: test.token(&format!("karim@{}.example", shop.org.slug)).await };
    Stage { shop, owner, tech, karim }
}

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

#[tokio::test]
async fn phones_are_registered_listed_and_revoked_as_was_promised() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Stage { owner, tech, karim, .. } = stage(&test, base, name).await;
            let nobody = Client { test: &test, base, token: String::new() };
            let phone = |mark: &str| json!({ "device_fingerprint": mark, "device_name": "Pixel", "attestation_data": "{}" });
            let first = tech.post("/devices/register", phone("a")).await;
            check(&first, 201, DEVICE);
            let body = first.json();
            assert_eq!(
                (&body["user_id"], &body["is_revoked"], &body["attestation_data"]),
                (&json!(karim), &json!(false), &json!("{}"))
            );
            let known = "Device with this fingerprint already registered for user";
            refused(&tech.post("/devices/register", phone("a")).await, 409, known);
            invalid(&tech.post("/devices/register", json!({ "device_fingerprint": "b" })).await, "device_name");
            refused(&nobody.post("/devices/register", phone("b")).await, 401, "Not authenticated");
            check(&owner.post("/devices/register", phone("a")).await, 201, DEVICE);

            let second = tech.post("/devices/register", phone("b")).await;
            let (first, second) = (number(&first, "id"), number(&second, "id"));
            let mine = tech.get("/devices/me").await;
            check(&mine, 200, DEVICE);
            assert_eq!((rows(&mine), &mine.json()[0]["id"]), (2, &json!(second)), "newest first");
            refused(&nobody.get("/devices/me").await, 401, "Not authenticated");

            let revoked = tech.post(&format!("/devices/{first}/revoke"), json!({})).await;
            check(&revoked, 200, DEVICE);
            assert_eq!(revoked.json()["is_revoked"], true);
            refused(&tech.post(&format!("/devices/{first}/revoke"), json!({})).await, 400, "Device is already revoked");
            for id in [second, 987_654] {
                let others = owner.post(&format!("/devices/{id}/revoke"), json!({})).await;
                refused(&others, 404, "Device not found or not owned by user");
            }
            assert_eq!(rows(&tech.get("/devices/me").await), 1, "revoked ones are hidden");
            assert_eq!(rows(&tech.get("/devices/me?include_revoked=true").await), 2);

            check(&owner.get("/admin/devices").await, 200, DEVICE);
            let count = async |query: &str| rows(&owner.get(&format!("/admin/devices?{query}")).await);
            assert_eq!((count("").await, count("limit=1").await, count("limit=2&offset=2").await), (3, 1, 1));
            let his = format!("user_id={karim}");
            assert_eq!((count(&his).await, count(&format!("{his}&is_revoked=true")).await), (2, 1));
            let path = format!("/admin/devices/{second}/revoke");
            refused(&tech.post(&path, json!({})).await, 403, "forbidden");
            check(&owner.post(&path, json!({})).await, 200, DEVICE);
            refused(&owner.post(&path, json!({})).await, 400, "Device is already revoked");
            refused(&owner.post("/admin/devices/987654/revoke", json!({})).await, 404, "Device not found");
            refused(&tech.get("/admin/devices").await, 403, "forbidden");
        }
    })
    .await;
}

#[tokio::test]
async fn codes_become_punches_as_was_promised() {
    const RECORDED: (&str, &str) = ("success message punch_id punched_at user_id device_id punch_type", "name minutes_today");
    each_app(async |test| {
        for (base, name) in BASES {
            let Stage { owner, tech, karim, .. } = stage(&test, base, name).await;
            let nobody = Client { test: &test, base, token: String::new() };
            let (kiosk, key) = test.kiosk(&owner.token, "Entrée").await;
            let phone = test.phone(&tech.token).await;
            let issued = tech.post("/punch/request-token", json!({ "device_id": phone })).await;
            check(&issued, 200, ("qr_token expires_in expires_at", ""));
            assert_eq!(issued.json()["expires_in"], 30);
            let code = issued.json()["qr_token"].as_str().unwrap().to_owned();
            for id in [phone, 987_654] {
                let others = owner.post("/punch/request-token", json!({ "device_id": id })).await;
                refused(&others, 404, "Device not found or not owned by user");
            }
            refused(&nobody.post("/punch/request-token", json!({ "device_id": phone })).await, 401, "Not authenticated");

            let scan = async |code: &str, kind: &str| {
                let body = json!({ "qr_token": code, "kiosk_id": kiosk, "punch_type": kind });
                owner.kiosk("POST", "/punch/validate", &key, Some(body)).await
            };
            let recorded = scan(&code, "clock_in").await;
            check(&recorded, 200, RECORDED);
            let body = recorded.json();
            assert_eq!(body["message"], "Punch clock_in recorded successfully");
            assert_eq!(
                (&body["success"], &body["user_id"], &body["device_id"], &body["punch_type"]),
                (&json!(true), &json!(karim), &json!(phone), &json!("clock_in"))
            );
            refused(&scan(&code, "clock_in").await, 400, "Token has already been used (replay attack detected)");
            let forged = base45::encode([7; 16]);
            refused(&scan(&forged, "clock_in").await, 400, "Token not found in tracking database (may be forged)");
            assert_eq!(scan("a.b.c", "clock_in").await.status, 400);
            let late = test.code(&tech.token, phone).await;
            test.app.clock.advance_seconds(120);
            refused(&scan(&late, "clock_out").await, 400, "Token has expired");
            let out = test.code(&tech.token, phone).await;
            let out = scan(&out, "clock_out").await;
            check(&out, 200, RECORDED);
            assert_eq!(out.json()["message"], "Punch clock_out recorded successfully");

            let validate = json!({ "qr_token": code, "kiosk_id": kiosk, "punch_type": "clock_in" });
            let missing = nobody.post("/punch/validate", validate.clone()).await;
            refused(&missing, 401, "Missing API key (X-Kiosk-API-Key header required)");
            let unknown = nobody.kiosk("POST", "/punch/validate", "rk_nobody", Some(validate)).await;
            refused(&unknown, 401, "Invalid API key");
            let other = json!({ "qr_token": code, "kiosk_id": kiosk + 1, "punch_type": "clock_in" });
            refused(&owner.kiosk("POST", "/punch/validate", &key, Some(other)).await, 403, "forbidden");

            let history = tech.get("/punch/history").await;
            check(&history, 200, PUNCH);
            let list = history.json();
            assert_eq!(
                (&list[0]["punch_type"], &list[1]["punch_type"]),
                (&json!("clock_out"), &json!("clock_in")),
                "newest first"
            );
            assert_eq!((&list[1]["id"], &list[1]["kiosk_id"]), (&body["punch_id"], &json!(kiosk)));
            assert!(list[0]["jwt_jti"].is_string() && list[0]["jwt_jti"] != list[1]["jwt_jti"], "{list}");
            assert_eq!(rows(&tech.get("/punch/history?limit=1").await), 1);
            assert_eq!(rows(&tech.get("/punch/history?limit=500&offset=2").await), 0);
            assert_eq!(rows(&owner.get("/punch/history").await), 0);
            refused(&nobody.get("/punch/history").await, 401, "Not authenticated");
            check(&owner.get("/admin/punches").await, 200, PUNCH);
            assert_eq!(rows(&owner.get(&format!("/admin/punches?user_id={karim}")).await), 2);
            refused(&tech.get("/admin/punches").await, 403, "forbidden");

            let shown = test.code(&tech.token, phone).await;
            assert_eq!(tech.post(&format!("/devices/{phone}/revoke"), json!({})).await.status, 200);
            refused(&scan(&shown, "clock_in").await, 403, "Device has been revoked");
            refused(&tech.post("/punch/request-token", json!({ "device_id": phone })).await, 403, "Device has been revoked");
            assert_eq!(owner.patch(&format!("/admin/kiosks/{kiosk}"), json!({ "is_active": false })).await.status, 200);
            refused(&scan(&code, "clock_in").await, 403, "Kiosk is not active");
        }
    })
    .await;
}

#[tokio::test]
async fn kiosks_are_managed_and_report_as_was_promised() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Stage { owner, tech, .. } = stage(&test, base, name).await;
            let whole = json!({ "kiosk_name": "Entrée", "location": "Cour", "device_fingerprint": "tablet-1",
                "ip_address": "203.0.113.7", "public_key": "-----BEGIN PUBLIC KEY-----" });
            let made = owner.post("/admin/kiosks", whole).await;
            check(&made, 201, KIOSK);
            let body = made.json();
            assert_eq!((&body["device_fingerprint"], &body["is_active"]), (&json!("tablet-1"), &json!(true)));
            assert_eq!((&body["ip_address"], &body["public_key"]), (&json!(null), &json!(null)), "taken, and not kept");
            let namesake = json!({ "kiosk_name": "Entrée", "location": "Cour", "device_fingerprint": "tablet-0" });
            refused(&owner.post("/admin/kiosks", namesake).await, 409, "Kiosk with this name already exists");
            let twin = json!({ "kiosk_name": "Quai", "location": "Cour", "device_fingerprint": "tablet-1" });
            let twin = owner.post("/admin/kiosks", twin).await;
            refused(&twin, 409, "Kiosk with this fingerprint already exists");
            assert_eq!(twin.json()["errors"][0]["field"], "device_fingerprint");
            invalid(&owner.post("/admin/kiosks", json!({ "kiosk_name": "Quai" })).await, "location");
            let short = owner.post("/admin/kiosks", json!({ "kiosk_name": "Quai", "location": "Cour" })).await;
            check(&short, 201, KIOSK);
            assert!(short.json()["device_fingerprint"].as_str().unwrap().starts_with("kiosk-"));
            let (id, quay) = (number(&made, "id"), number(&short, "id"));
            let path = format!("/admin/kiosks/{id}");

            let changed = json!({ "location": "Jardin", "ip_address": "203.0.113.8", "is_active": false });
            let changed = owner.patch(&path, changed).await;
            check(&changed, 200, KIOSK);
            let body = changed.json();
            assert_eq!(
                (&body["kiosk_name"], &body["location"], &body["is_active"], &body["ip_address"]),
                (&json!("Entrée"), &json!("Jardin"), &json!(false), &json!(null))
            );
            let taken = owner.patch(&path, json!({ "kiosk_name": "Quai" })).await;
            refused(&taken, 409, "Kiosk with this name already exists");
            check(&owner.get("/admin/kiosks").await, 200, KIOSK);
            let count = async |query: &str| rows(&owner.get(&format!("/admin/kiosks?{query}")).await);
            assert_eq!((count("").await, count("is_active=false").await, count("limit=1&offset=2").await), (2, 1, 0));
            assert_eq!(owner.patch(&path, json!({ "is_active": true })).await.status, 200);

            let keyed = owner.post(&format!("{path}/generate-api-key"), json!({})).await;
            check(&keyed, 200, ("kiosk_id kiosk_name location api_url api_key device_fingerprint", ""));
            let key = keyed.json()["api_key"].as_str().unwrap().to_owned();
            let beat = json!({ "app_version": "1.4.0", "device_info": "Tab A8" });
            let beaten = owner.kiosk("POST", "/kiosk/heartbeat", &key, Some(beat.clone())).await;
            let told = "success message kiosk_id last_heartbeat_at server_time";
            check(&beaten, 200, (told, "clock_offset_seconds clock_differs"));
            let state = owner.kiosk("GET", "/kiosk/status", &key, None).await;
            let told = "kiosk_id kiosk_name location is_active last_heartbeat_at app_version device_info is_online offline_duration_seconds";
            check(&state, 200, (told, ""));
            let (state, beaten) = (state.json(), beaten.json());
            assert_eq!((&state["last_heartbeat_at"], &state["is_online"]), (&beaten["last_heartbeat_at"], &json!(true)), "it is kept");
            assert_eq!((&state["app_version"], &state["device_info"]), (&beat["app_version"], &beat["device_info"]));
            let missing = owner.post("/kiosk/heartbeat", beat.clone()).await;
            refused(&missing, 401, "Missing API key (X-Kiosk-API-Key header required)");
            refused(&owner.kiosk("POST", "/kiosk/heartbeat", "rk_nobody", Some(beat.clone())).await, 401, "Invalid API key");
            assert_eq!(owner.patch(&path, json!({ "is_active": false })).await.status, 200);
            refused(&owner.kiosk("POST", "/kiosk/heartbeat", &key, Some(beat)).await, 403, "Kiosk is not active");

            let nowhere = "/admin/kiosks/987654";
            refused(&owner.patch(nowhere, json!({ "location": "Cour" })).await, 404, "Kiosk not found");
            refused(&owner.delete(nowhere).await, 404, "Kiosk not found");
            refused(&owner.post(&format!("{nowhere}/generate-api-key"), json!({})).await, 404, "Kiosk not found");
            for answer in [
                tech.get("/admin/kiosks").await,
                tech.post("/admin/kiosks", json!({ "kiosk_name": "Cave", "location": "Cour" })).await,
                tech.patch(&path, json!({})).await,
                tech.delete(&path).await,
                tech.post(&format!("{path}/generate-api-key"), json!({})).await,
            ] {
                refused(&answer, 403, "forbidden");
            }
            assert_eq!(owner.delete(&format!("/admin/kiosks/{quay}")).await.status, 204);
            refused(&owner.delete(&format!("/admin/kiosks/{quay}")).await, 404, "Kiosk not found");
        }
    })
    .await;
}

#[tokio::test]
async fn the_audit_is_listed_as_was_promised() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Stage { shop, owner, tech, karim } = stage(&test, base, name).await;
            let (kiosk, key) = test.kiosk(&owner.token, "Entrée").await;
            test.kiosk(&owner.token, "Quai").await;
            let phone = test.phone(&tech.token).await;
            let code = test.code(&tech.token, phone).await;
            for _ in 0..2 {
                test.scan(&key, json!({ "qr_token": code })).await;
            }
            let ask = async |query: &str| owner.get(&format!("/admin/audit-logs?{query}")).await;
            let found = async |query: &str| -> Vec<String> {
                let answer = ask(query).await;
                assert_eq!(answer.status, 200, "{query}: {}", answer.text);
                let list = answer.json();
                list.as_array().unwrap().iter().map(|row| row["event_type"].as_str().unwrap().to_owned()).collect()
            };
            check(&ask("").await, 200, AUDIT);
            assert_eq!(found("").await[..3], ["punch.refused", "punch.recorded", "device.registered"], "newest first");
            assert_eq!(found("limit=1&offset=1").await, ["punch.recorded"]);
            refused(&tech.get("/admin/audit-logs").await, 403, "forbidden");

            // The names that the predecessor gave.
            let validated = ask("event_type=punch_validated").await;
            check(&validated, 200, AUDIT);
            let row = &validated.json()[0];
            assert_eq!(
                (&row["user_id"], &row["device_id"], &row["kiosk_id"], &row["account_id"], &row["user_agent"]),
                (&json!(karim), &json!(phone), &json!(kiosk), &json!(null), &json!(null))
            );
            assert_eq!(found("event_type=punch_validated").await, found("event_type=punch.recorded").await);
            assert_eq!(found("event_type=punch_replay_attempt").await, ["punch.refused"]);
            assert_eq!(found("event_type=device_registered").await, ["device.registered"]);
            for none in ["punch_access_denied", "device_revoked", "onboarding_initiated", "nonsense"] {
                assert!(found(&format!("event_type={none}")).await.is_empty(), "{none}");
            }

            // By a person, a phone, a kiosk, and by several of them.
            assert_eq!(found(&format!("user_id={karim}")).await, ["punch.recorded", "device.registered"]);
            assert_eq!(found(&format!("device_id={phone}")).await, ["punch.recorded", "device.registered"]);
            let of_kiosk = ["punch.refused", "punch.recorded", "kiosk.key_issued", "kiosk.created"];
            assert_eq!(found(&format!("kiosk_id={kiosk}")).await, of_kiosk);
            assert_eq!(found(&format!("kiosk_id={kiosk}&user_id={karim}")).await, ["punch.recorded"]);
            assert_eq!(found(&format!("user_id={karim}&event_type=device_registered")).await, ["device.registered"]);
            assert_eq!(found(&format!("kiosk_id={kiosk}&device_id={phone}")).await, ["punch.recorded"]);
            assert!(found(&format!("kiosk_id={}&user_id={karim}", kiosk + 1)).await.is_empty());
            assert!(found("user_id=987654").await.is_empty());
            for row in ask(&format!("user_id={karim}")).await.json().as_array().unwrap() {
                assert_eq!(row["user_id"], karim, "what is shown is what is asked for");
            }

            // By whom, when it is a program's doing.
            let program = json!({ "name": "Paie", "scopes": ["read", "write", "admin"], "days": 30 });
            let program = owner.post("/auth/tokens", program).await.json()["secret"].as_str().unwrap().to_owned();
            let program = Client { test: &test, base, token: program };
            assert_eq!(program.patch(&format!("/admin/kiosks/{kiosk}"), json!({ "location": "Cour" })).await.status, 200);
            let mine = format!("event_type=kiosk.changed&account_id={}", shop.owner.id);
            assert_eq!(found(&mine).await, ["kiosk.changed"]);
            let row = &ask(&mine).await.json()[0];
            assert_eq!((&row["account_id"], &row["user_id"]), (&json!(shop.owner.id.0), &json!(null)), "she is not in the crew");
            let hers = number(
                &owner.post("/devices/register", json!({ "device_fingerprint": "p", "device_name": "P" })).await,
                "user_id",
            );
            assert_eq!(found(&format!("event_type=kiosk.changed&user_id={hers}")).await, ["kiosk.changed"], "now she is");

            let shown = test.code(&tech.token, phone).await;
            assert_eq!(tech.post(&format!("/devices/{phone}/revoke"), json!({})).await.status, 200);
            test.scan(&key, json!({ "qr_token": shown })).await;
            assert_eq!(found("event_type=punch_access_denied").await, ["punch.refused"]);
            assert_eq!(found("event_type=punch_replay_attempt").await.len(), 1);
            assert_eq!(found(&format!("event_type=device_revoked&device_id={phone}")).await, ["device.revoked"]);
        }
    })
    .await;
}

#[tokio::test]
async fn health_is_told_as_was_promised() {
    each_app(async |test| {
        let get = async |path: &str| test.api("GET", path, "", None).await;
        for (path, names) in [
            ("/health", ("status db", "")),
            ("/health/db", ("status database redis", "engine")),
            ("/healthz", ("status timestamp version", "")),
            ("/livez", ("status", "")),
            ("/readyz", ("status", "database migrations jobs")),
        ] {
            check(&get(path).await, 200, names);
        }
        assert_eq!(get("/health").await.json(), json!({ "status": "ok", "db": "ok" }));
        assert_eq!(get("/livez").await.json()["status"], "live");
        assert_eq!(get("/readyz").await.json()["status"], json!({ "db": "ok", "ok": true }));
        assert_eq!(get("/healthz").await.json()["status"], "healthy");
        let database = get("/health/db").await.json();
        assert_eq!(
            (&database["status"], &database["database"], &database["redis"]),
            (&json!("ok"), &json!(true), &json!(false)),
            "without a Redis nothing is missing"
        );
        let metrics = get("/metrics").await;
        assert_eq!(metrics.status, 200);
        for name in ["http_requests_total", "app_requests_total", "app_request_duration_seconds", "app_inflight_requests"] {
            assert!(metrics.text.contains(name), "{name}");
        }
        assert_eq!((get("/openapi.json").await.status.as_u16(), get("/docs").await.status.as_u16()), (200, 200));
        assert_eq!(get("/redoc").await.headers["location"], "/docs");
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_is_gone_is_told() {
    // Nobody listens on the discard port.
    let gone = |config: &mut regie::platform::config::Config| config.cache.redis_url = Secret::new("redis://127.0.0.1:9/".into());
    each_app_with(gone, async |test| {
        let answer = test.api("GET", "/health/db", "", None).await;
        let body = answer.json();
        assert_eq!(answer.status, 200, "the lists come from the database");
        assert_eq!((&body["status"], &body["database"], &body["redis"]), (&json!("degraded"), &json!(true), &json!(false)));
    })
    .await;
}
