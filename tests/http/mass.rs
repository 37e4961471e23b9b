//! Fields that nobody asked for, or that somebody may not set, never change a row.
//!
//! The same requests are made twice, each time on an empty database with the clock at the same moment: once as they should
//! be, once with every column's name as a further field of the body and the query. After each request, both databases must
//! hold the same, column for column. What is random by design (hashes, keys, sealed secrets) is left out.

use crate::support::{Answer, PASSWORD, TestApp, each_app, escaped, link_of};
use regie::kernel::Role;
use regie::platform::db::EngineKind;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// All rows, by table and by what stands first in them: their number.
type Rows = BTreeMap<String, String>;
/// A request's name, its status, and what the database held after it.
type Steps = Vec<(String, u16, Rows)>;

/// Columns that differ between any two runs.
const RANDOM: &[&str] = &[
    "password_hash",
    "token_hash",
    "key_hash",
    "code_hash",
    "tablet_hash",
    "pairing_hash",
    "hash",
    "prev_hash",
    "request_id",
    "text_body",
    "html_body",
    "prefix",
    "totp_secret",
    "data",
    "fingerprint",
];

/// Of no request here is any of these a field: columns, and what programs elsewhere have tried.
const NUMBERS: &[&str] = &[
    "id",
    "account_id",
    "owner_id",
    "organisation",
    "membership_id",
    "crew_member_id",
    "user_id",
    "kiosk_id",
    "role_id",
    "verified_at",
    "deleted_at",
    "created_at",
    "updated_at",
    "expires_at",
    "revoked_at",
    "used_at",
    "accepted_at",
    "removed_at",
    "last_seen_at",
    "last_used_at",
    "sent_at",
    "archived_at",
    "registered_at",
    "paired_at",
    "totp_confirmed_at",
    "totp_last_step",
    "invited_by",
    "sign_count",
    "session",
    "pending",
    "issued_at",
    "recorded_at",
    "seq",
    "retention",
];
const FLAGS: &[&str] = &[
    "is_admin",
    "is_platform_admin",
    "is_superuser",
    "is_demo",
    "is_revoked",
    "is_verified",
    "email_verified",
    "second_factor",
    "debug",
];
const TEXTS: &[&str] = &[
    "password_hash",
    "token_hash",
    "key_hash",
    "hash",
    "secret",
    "totp_secret",
    "search",
    "slug",
    "ended_reason",
    "method",
    "address",
    "ip_address",
    "prefix",
    "constructor",
    "actor",
    "disabled_by",
    "state",
    "kind",
    "org_slug",
];

fn unwanted() -> Map<String, Value> {
    let all = json!({ "org_id": 2, "is_active": false, "roles": ["owner"], "__proto__": { "role": "owner" }, "$set": { "role": "owner" },
        "account": { "is_platform_admin": true }, "membership": { "role": "owner" } });
    let mut all = all.as_object().unwrap().clone();
    all.extend(NUMBERS.iter().map(|name| (name.to_string(), json!(1))));
    all.extend(FLAGS.iter().map(|name| (name.to_string(), json!(true))));
    all.extend(TEXTS.iter().map(|name| (name.to_string(), json!("platform"))));
    all
}

/// Of some requests these are fields: they are added where they are not.
fn others() -> Map<String, Value> {
    let all = json!({ "role": "owner", "email": "evil@exemple.fr", "is_suspended": true, "scopes": ["read", "write", "admin"],
        "version": 99, "second_factor_from": "tech", "join_domains": ["evil.example"], "retention_months": 1, "name": "Evil",
        "full_name": "Evil", "language": "en", "time_zone": "Pacific/Auckland", "days": 366, "session_id": 1, "attestation_data": "x" });
    all.as_object().unwrap().clone()
}

/// One run through the requests.
struct Run<'a> {
    test: &'a TestApp,
    /// Whether it adds what nobody asked for.
    bent: bool,
    steps: Steps,
}

impl Run<'_> {
    async fn note(&mut self, name: String, answer: &Answer) {
        let rows = rows(self.test).await;
        self.steps.push((name, answer.status.as_u16(), rows));
    }

    fn query(&self, path: &str) -> String {
        let query = "?id=1&role=owner&org_id=2&is_platform_admin=true&account_id=1&is_active=false";
        if self.bent { format!("{path}{query}") } else { path.to_owned() }
    }

    /// `allowed` are the fields of the request that `body` does not use.
    async fn api(&mut self, method: &str, path: &str, token: &str, body: Value, allowed: &[&str]) -> Answer {
        let mut all = body.as_object().unwrap().clone();
        if self.bent {
            let more = unwanted().into_iter().chain(others().into_iter().filter(|(name, _)| !allowed.contains(&name.as_str())));
            for (name, value) in more {
                all.entry(name).or_insert(value);
            }
        }
        let answer = self.test.api(method, &self.query(path), token, Some(Value::Object(all))).await;
        self.note(format!("{method} {path}"), &answer).await;
        answer
    }

    async fn form(&mut self, path: &str, cookie: &str, fields: &[(&str, &str)], allowed: &[&str]) -> Answer {
        let mut all: Vec<(String, String)> = fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        if self.bent {
            let is_free = |name: &str| !allowed.contains(&name) && !fields.iter().any(|(known, _)| *known == name);
            for (name, value) in unwanted().into_iter().chain(others()).filter(|(name, _)| is_free(name)) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                all.push((name.clone(), text.clone()));
                all.push((format!("{name}[]"), text));
            }
        }
        let form: Vec<_> = all.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        let answer = self.test.browse("POST", &self.query(path), cookie, &form.join("&")).await;
        self.note(format!("POST {path}"), &answer).await;
        answer
    }
}

/// A statement that is put together here; few, in one test.
fn statement(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

async fn rows(test: &TestApp) -> Rows {
    let columns = match test.app.db.engine() {
        EngineKind::Sqlite => {
            "SELECT m.name || '.' || p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, p.cid"
        }
        EngineKind::Postgres => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        }
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in test.texts(columns).await {
        let (table, column) = name.split_once('.').unwrap();
        if !RANDOM.contains(&column) {
            tables.entry(table.to_owned()).or_default().push(column.to_owned());
        }
    }
    let mut all = Rows::new();
    for (table, columns) in tables.into_iter().filter(|(table, _)| !table.contains("migration")) {
        let parts: Vec<_> = columns.iter().map(|c| format!("'{c}=' || coalesce(CAST(\"{c}\" AS TEXT), 'NULL')")).collect();
        let text = statement(format!("SELECT {} FROM {table}", parts.join(" || ' ' || ")));
        for row in test.texts(text).await {
            let key = row.split(' ').next().unwrap_or_default().to_owned();
            // Tables without a number of their own have one row or few.
            let key = if key.starts_with("id=") { format!("{table} {key}") } else { format!("{table} {row}") };
            all.insert(key, row);
        }
    }
    assert!(all.len() > 3, "{all:?}");
    all
}

/// Runs `script` on fresh databases, as it should be and bent, and compares the two step by step.
async fn nothing_changes(least: usize, script: impl AsyncFn(&mut Run<'_>)) {
    let mut both = Vec::new();
    for bent in [false, true] {
        let found = RefCell::new(Vec::new());
        each_app(async |test| {
            let mut run = Run { test: &test, bent, steps: Vec::new() };
            script(&mut run).await;
            found.borrow_mut().extend(run.steps);
        })
        .await;
        both.push(found.into_inner());
    }
    let [good, bent] = both.try_into().unwrap();
    assert!(good.len() >= least && good.len() == bent.len(), "{} and {}", good.len(), bent.len());
    for ((name, status, rows), (_, bent_status, bent_rows)) in good.into_iter().zip(bent) {
        assert!((200..400).contains(&status), "{name}: {status}: a request that does nothing shows nothing");
        assert_eq!(status, bent_status, "{name}");
        for (key, row) in &rows {
            assert_eq!(Some(row), bent_rows.get(key), "{name}: {key}");
        }
        assert_eq!(rows.len(), bent_rows.len(), "{name}: rows that were not there");
    }
}

#[tokio::test]
async fn further_fields_of_the_api_change_nothing() {
    nothing_changes(24, async |run| {
        let test = run.test.clone();
        let shop = test.shop("Théâtre du Mail").await;
        test.shop("Salle voisine").await;
        test.person(&shop, "Tara", Role::Tech).await;
        let (owner, tara) = (shop.owner.email.as_str(), "tara@theatre-du-mail.example");
        let text = |answer: &Answer, name: &str| answer.json()[name].as_str().unwrap_or_default().to_owned();

        let new = json!({ "email": "ana@exemple.fr", "password": PASSWORD });
        run.api("POST", "/api/v1/auth/register", "", new, &["full_name"]).await;
        let login = json!({ "email": tara, "password": PASSWORD });
        let signed_in = run.api("POST", "/api/v1/auth/login", "", login, &[]).await;
        let (hers, refresh) = (text(&signed_in, "access_token"), text(&signed_in, "refresh_token"));
        run.api("PATCH", "/api/v1/auth/me", &hers, json!({ "full_name": "Tara B." }), &["language", "time_zone"]).await;
        let session = test.api("GET", "/api/v1/auth/devices", &hers, None).await.json()[0]["id"].as_i64().unwrap();
        run.api("PATCH", &format!("/api/v1/auth/devices/{session}"), &hers, json!({ "device_label": "Atelier" }), &[]).await;
        let token = json!({ "name": "Paie", "scopes": ["read"], "days": 30, "present_password": PASSWORD });
        run.api("POST", "/api/v1/auth/tokens", &hers, token, &[]).await;
        let phone = json!({ "device_fingerprint": "phone-1", "device_name": "Téléphone" });
        let phone = run.api("POST", "/api/v1/devices/register", &hers, phone, &["attestation_data"]).await;
        let phone = phone.json()["id"].as_i64().unwrap();
        run.api("POST", "/api/v1/punch/request-token", &hers, json!({ "device_id": phone }), &[]).await;
        run.api("POST", &format!("/api/v1/devices/{phone}/revoke"), &hers, json!({}), &[]).await;
        run.api("POST", "/api/v1/auth/refresh", "", json!({ "refresh_token": refresh }), &[]).await;

        let boss = test.token(owner).await;
        let members = test.api("GET", "/api/v1/members", &boss, None).await.json();
        let her = members.as_array().unwrap().iter().find(|m| m["email"] == tara).unwrap()["id"].as_i64().unwrap();
        let url = format!("/api/v1/members/{her}");
        run.api("PATCH", &url, &boss, json!({ "role": "manager" }), &["is_suspended"]).await;
        run.api("PATCH", &url, &boss, json!({ "is_suspended": false }), &["role"]).await;
        run.api("PATCH", &url, &boss, json!({}), &["role", "is_suspended"]).await;
        run.api("POST", &format!("{url}/reset"), &boss, json!({}), &[]).await;
        let invite = json!({ "email": "ines@exemple.fr", "role": "tech" });
        let invited = run.api("POST", "/api/v1/members/invitations", &boss, invite, &["message", "days"]).await;
        let invited = format!("/api/v1/members/invitations/{}", invited.json()["id"]);
        run.api("POST", &format!("{invited}/resend"), &boss, json!({}), &[]).await;
        run.api("DELETE", &invited, &boss, json!({}), &[]).await;
        let mut settings = test.api("GET", "/api/v1/settings", &boss, None).await.json();
        settings.as_object_mut().unwrap().remove("slug");
        settings["name"] = json!("Théâtre du Quai");
        run.api("PUT", "/api/v1/settings", &boss, settings, &[]).await;
        let kiosk = json!({ "kiosk_name": "Entrée", "location": "Rue", "device_fingerprint": "tablet-1" });
        let kiosk = run.api("POST", "/api/v1/admin/kiosks", &boss, kiosk, &[]).await;
        let kiosk = format!("/api/v1/admin/kiosks/{}", kiosk.json()["id"]);
        let answer = test.api("PATCH", &kiosk, &boss, Some(json!({ "is_active": true }))).await;
        assert_eq!(answer.status, 200);
        run.api("POST", &format!("{kiosk}/generate-api-key"), &boss, json!({}), &[]).await;
        run.api("DELETE", &format!("{url}/sessions"), &boss, json!({}), &["session_id"]).await;

        run.api("POST", "/api/v1/auth/reset/request", "", json!({ "email": "ana@exemple.fr" }), &[]).await;
        test.run_jobs().await;
        let link = link_of(&test.mail_to("ana@exemple.fr").await).trim_start_matches("/reset/").to_owned();
        let reset = json!({ "token": link, "new_password": "la lumière s'éteint à minuit" });
        run.api("POST", "/api/v1/auth/reset/confirm", "", reset, &[]).await;
        let change = json!({ "present_password": PASSWORD, "new_password": "la lumière s'éteint à minuit" });
        run.api("POST", "/api/v1/auth/password", &boss, change, &[]).await;
        run.api("DELETE", &url, &boss, json!({}), &[]).await;
        run.api("POST", "/api/v1/auth/revoke-all", &boss, json!({}), &[]).await;
    })
    .await;
}

/// The comparison itself: a further field that does count is seen.
#[tokio::test]
#[should_panic(expected = "PATCH /api/v1/members")]
async fn a_field_that_counts_would_be_seen() {
    nothing_changes(1, async |run| {
        let shop = run.test.shop("Théâtre du Mail").await;
        run.test.person(&shop, "Tara", Role::Tech).await;
        let boss = run.test.token(&shop.owner.email).await;
        let her = run.test.number("SELECT max(id) FROM memberships").await;
        // `is_suspended` is not held back here.
        run.api("PATCH", &format!("/api/v1/members/{her}"), &boss, json!({ "role": "manager" }), &[]).await;
    })
    .await;
}

#[tokio::test]
async fn further_fields_of_forms_change_nothing() {
    nothing_changes(20, async |run| {
        let test = run.test.clone();
        let shop = test.shop("Théâtre du Mail").await;
        test.shop("Salle voisine").await;
        let present = ("present_password", PASSWORD);
        let up = [("name", "Ana"), ("email", "ana@exemple.fr"), ("password", PASSWORD)];
        let answer = run.form("/sign-up", "", &up, &["next"]).await;
        let ana = crate::support::session_cookie(&answer);
        let verify = link_of(&test.mail_to("ana@exemple.fr").await);
        run.form(&verify, &ana, &[], &[]).await;
        let me = [("name", "Ana B."), ("language", "fr"), ("time_zone", "Europe/Paris")];
        run.form("/me", &ana, &me, &[]).await;
        run.form("/me/email", &ana, &[("email", "ana@autre.example"), present], &[]).await;
        let session = test.number("SELECT max(id) FROM sessions WHERE account_id IS NOT NULL").await;
        run.form(&format!("/me/devices/{session}/label"), &ana, &[("label", "Atelier")], &[]).await;
        run.form("/orgs", &ana, &[("org_name", "Atelier"), ("org_time_zone", "Europe/Paris")], &[]).await;
        let token = [("name", "Paie"), ("org", "atelier"), ("scopes", "read"), ("days", "7"), present];
        run.form("/me/tokens", &ana, &token, &[]).await;
        let token = test.number("SELECT max(id) FROM api_tokens").await;
        run.form(&format!("/me/tokens/{token}/revoke"), &ana, &[], &[]).await;
        run.form("/me/export", &ana, &[present], &[]).await;
        run.form("/me/security/totp", &ana, &[present], &[]).await;
        run.form("/me/security/totp/remove", &ana, &[present], &[]).await;
        let password = [present, ("password", "la lumière s'éteint à minuit")];
        run.form("/me/security/password", &ana, &password, &[]).await;
        run.form("/recover", "", &[("email", "ana@exemple.fr")], &[]).await;
        let signed_in = [("email", shop.owner.email.as_str()), ("password", PASSWORD)];
        let answer = run.form("/sign-in", "", &signed_in, &["next"]).await;
        let boss = crate::support::session_cookie(&answer);

        let base = "/o/theatre-du-mail";
        let person = [("name", "Élodie"), ("email", "elodie@exemple.fr"), ("phone", ""), ("job", "Son"), ("skills", "son")];
        run.form(&format!("{base}/crew/new"), &boss, &person, &["version"]).await;
        let id = test.number("SELECT max(id) FROM crew_members").await;
        let changed = [person.as_slice(), &[("version", "1")]].concat();
        run.form(&format!("{base}/crew/{id}"), &boss, &changed, &[]).await;
        run.form(&format!("{base}/crew/{id}/archive"), &boss, &[("archived", "true")], &[]).await;
        run.form(&format!("{base}/crew/{id}/archive"), &boss, &[("archived", "false")], &[]).await;
        let import = [("text", "Karim;karim@exemple.fr"), ("step", "add")];
        run.form(&format!("{base}/crew/import"), &boss, &import, &[]).await;
        run.form(&format!("{base}/crew/{id}/link"), &boss, &[], &[]).await;
        run.form(&format!("{base}/kiosks"), &boss, &[("name", "Entrée"), ("place", "Rue")], &["active"]).await;
        run.form("/me/devices/others/end", &boss, &[], &[]).await;
        run.form(
            "/me/close",
            &ana_again(&test).await,
            &[("present_password", "la lumière s'éteint à minuit"), ("what", "close")],
            &[],
        )
        .await;
    })
    .await;
}

async fn ana_again(test: &TestApp) -> String {
    let form = format!("email=ana%40exemple.fr&password={}", escaped("la lumière s'éteint à minuit"));
    crate::support::session_cookie(&test.browse("POST", "/sign-in", "", &form).await)
}

#[tokio::test]
async fn nobody_gives_away_more_than_they_have() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let mut tokens = BTreeMap::new();
        for (name, role) in [("Tara", Role::Tech), ("Marc", Role::Manager), ("Ada", Role::Admin), ("Alix", Role::Admin)] {
            test.person(&shop, name, role).await;
            tokens.insert(name, test.token(&format!("{}@theatre-du-mail.example", name.to_lowercase())).await);
        }
        tokens.insert("owner", test.token(&shop.owner.email).await);
        let list = test.api("GET", "/api/v1/members", &tokens["owner"], None).await.json();
        let id = |name: &str| {
            let found = list.as_array().unwrap().iter().find(|m| m["email"].as_str().unwrap().starts_with(name));
            format!("/api/v1/members/{}", found.unwrap()["id"])
        };
        let (tara, marc, ada, alix, boss) = (id("tara"), id("marc"), id("ada"), id("alix"), id("patron"));
        let role = |role: &str| json!({ "role": role });
        let suspend = || json!({ "is_suspended": true });
        let invite = |role: &str| json!({ "email": format!("{role}@exemple.fr"), "role": role });
        let invitations = "/api/v1/members/invitations".to_owned();
        let before = rows(&test).await;
        for (who, method, url, body, status) in [
            ("Tara", "PATCH", &tara, role("owner"), 403),
            ("Tara", "PATCH", &marc, role("tech"), 403),
            ("Tara", "POST", &invitations, invite("tech"), 403),
            ("Marc", "PATCH", &marc, role("admin"), 403),
            ("Marc", "PATCH", &tara, role("manager"), 403),
            ("Marc", "POST", &invitations, invite("manager"), 403),
            ("Marc", "POST", &invitations, invite("owner"), 403),
            ("Ada", "PATCH", &ada, role("owner"), 403),
            ("Ada", "PATCH", &tara, role("admin"), 403),
            ("Ada", "PATCH", &tara, role("owner"), 403),
            ("Ada", "PATCH", &alix, role("tech"), 403),
            ("Ada", "PATCH", &boss, role("tech"), 403),
            ("Ada", "PATCH", &alix, suspend(), 403),
            ("Ada", "PATCH", &boss, suspend(), 403),
            ("Ada", "DELETE", &boss, json!({}), 403),
            ("Ada", "DELETE", &alix, json!({}), 403),
            ("Ada", "POST", &format!("{boss}/reset"), json!({}), 403),
            ("Ada", "DELETE", &format!("{boss}/sessions"), json!({}), 403),
            ("Ada", "GET", &format!("{alix}/sessions"), json!({}), 403),
            ("Ada", "POST", &invitations, invite("admin"), 403),
            ("owner", "PATCH", &boss, role("admin"), 409),
            ("owner", "PATCH", &boss, suspend(), 409),
            ("owner", "DELETE", &boss, json!({}), 409),
            ("owner", "PATCH", &tara, role("root"), 422),
            ("owner", "PATCH", &tara, role("OWNER"), 422),
            ("owner", "PATCH", &tara, role(""), 422),
            ("owner", "PATCH", &tara, json!({ "role": 4 }), 422),
            ("owner", "PATCH", &tara, json!({ "role": ["owner"] }), 422),
            ("owner", "PATCH", &tara, json!({ "is_suspended": "true" }), 422),
            ("owner", "POST", &invitations, invite("root"), 422),
        ] {
            let answer = test.api(method, url, &tokens[who], Some(body.clone())).await;
            assert_eq!(answer.status, status, "{who}: {method} {url} {body}: {}", answer.text);
        }
        let kept = |rows: &Rows| -> Rows { rows.clone().into_iter().filter(|(key, _)| !key.starts_with("audit_")).collect() };
        assert_eq!(kept(&before), kept(&rows(&test).await));
        // What they may, they can.
        for (who, url, body) in
            [("Ada", &tara, role("manager")), ("owner", &tara, role("owner")), ("owner", &boss, role("admin"))]
        {
            let answer = test.api("PATCH", url, &tokens[who], Some(body)).await;
            assert_eq!(answer.status, 200, "{who}: {}", answer.text);
        }
    })
    .await;
}
