//! Users as the time clock administered them: the members of an organisation, by their accounts.

use super::client::{BASES, Client, Names, Stage, check, client, invalid, refused, rows, stage};
use crate::support::{Answer, PASSWORD, Shop, TestApp, each_app, each_app_with, escaped, link_of};
use regie::kernel::Role;
use regie::platform::config::Registration;
use serde_json::{Value, json};

const USER: Names = ("id email role created_at", "");
const NOBODY: &str = "/admin/users/987654";

impl<'t> Client<'t> {
    async fn create(&self, email: &str, role: &str) -> Answer {
        self.post("/admin/users", json!({ "email": email, "password": PASSWORD, "role": role })).await
    }

    /// The number of the account behind the token.
    async fn id(&self) -> i64 {
        self.get("/auth/me").await.json()["id"].as_i64().unwrap()
    }

    /// Where the role of the account behind the token is changed.
    async fn role_path(&self) -> String {
        format!("/admin/users/{}/role", self.id().await)
    }

    /// A program with a token that the client makes.
    async fn program(&self, scopes: &[&str]) -> Client<'t> {
        let program = json!({ "name": "Paie", "scopes": scopes, "days": 30, "present_password": PASSWORD });
        let made = self.post("/auth/tokens", program).await;
        assert_eq!(made.status, 201, "{}", made.text);
        Client { test: self.test, base: self.base, token: made.json()["secret"].as_str().unwrap().to_owned() }
    }
}

/// A stage with a manager and an admin, too.
struct Troupe<'t> {
    shop: Shop,
    owner: Client<'t>,
    ada: Client<'t>,
    marc: Client<'t>,
    karim: Client<'t>,
}

async fn troupe<'t>(test: &'t TestApp, base: &'static str, name: &str) -> Troupe<'t> {
    let Stage { shop, owner, tech: karim, .. } = stage(test, base, name).await;
    for (name, role) in [("Marc", Role::Manager), ("Ada", Role::Admin)] {
        test.person(&shop, name, role).await;
    }
    let (marc, ada) = (client(test, base, &shop.email("Marc")).await, client(test, base, &shop.email("Ada")).await);
    Troupe { shop, owner, ada, marc, karim }
}

/// The answer is a user as was promised, and no more. Gives it.
#[track_caller]
fn user(answer: &Answer, status: u16) -> Value {
    check(answer, status, USER);
    answer.json()
}

/// The answer is a refusal in these words, about this field.
#[track_caller]
fn refused_field(answer: &Answer, status: u16, detail: &str, field: &str) {
    refused(answer, status, detail);
    assert_eq!(answer.json()["errors"][0]["field"], field, "{}", answer.text);
}

#[tokio::test]
async fn an_admin_lists_and_finds_the_members_by_their_accounts() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Troupe { shop, owner, ada, karim, .. } = troupe(&test, base, name).await;
            for admin in [&owner, &ada] {
                let pong = admin.get("/admin/ping").await;
                assert_eq!((pong.status.as_u16(), pong.json()), (200, json!({ "pong": true })));
            }
            let list = ada.get("/admin/users").await;
            assert_eq!(list.status, 200, "{}", list.text);
            let list = list.json().as_array().unwrap().clone();
            let told: Vec<_> = list.iter().map(|row| (row["email"].as_str().unwrap(), row["role"].as_str().unwrap())).collect();
            let [k, m, a] = ["Karim", "Marc", "Ada"].map(|name| shop.email(name));
            let owners = shop.owner.email.as_str();
            let expected = [(owners, "owner"), (k.as_str(), "user"), (m.as_str(), "manager"), (a.as_str(), "admin")];
            assert_eq!(told, expected, "by number");
            for row in &list {
                assert_eq!(user(&ada.get(&format!("/admin/users/{}", row["id"])).await, 200), *row);
            }
            let me = karim.get("/auth/me").await.json();
            for name in ["id", "email", "created_at"] {
                assert_eq!(list[1][name], me[name], "as one is told oneself: {name}");
            }

            let page = async |query: &str| ada.get(&format!("/admin/users?{query}")).await.json().as_array().unwrap().clone();
            assert_eq!(page("limit=1&offset=1").await, list[1..2]);
            assert_eq!(page("limit=2&offset=2").await, list[2..]);
            assert_eq!(page("offset=3").await, list[3..]);
            assert_eq!((page("limit=500&offset=-1").await, page("offset=4").await), (list.clone(), Vec::new()));
            invalid(&ada.get("/admin/users?limit=x").await, "limit");

            // Who is suspended is still one of them, who was taken out is not.
            let members = owner.get("/members?search=karim").await.json();
            let path = format!("/members/{}", members[0]["id"]);
            assert_eq!(owner.patch(&path, json!({ "is_suspended": true })).await.status, 200);
            let his = format!("/admin/users/{}", me["id"]);
            user(&ada.get(&his).await, 200);
            assert_eq!(owner.delete(&path).await.status, 204);
            refused(&ada.get(&his).await, 404, "user_not_found");
            assert_eq!(page("").await.len(), 3);
        }
    })
    .await;
}

/// Accounts and memberships that nobody has made by hand.
const MANY: [&str; 2] = [
    "INSERT INTO accounts (email, name, language, created_at) WITH RECURSIVE numbers(n) AS
      (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 110)
      SELECT 'many-' || n || '@exemple.fr', 'Many', 'fr', 0 FROM numbers",
    "INSERT INTO memberships (org_id, account_id, role, state, created_at)
      SELECT o.id, a.id, 'tech', 'active', 0 FROM orgs o, accounts a WHERE a.email LIKE 'many-%'",
];

#[tokio::test]
async fn a_page_has_fifty_users_and_a_hundred_at_most() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        for sql in MANY {
            assert_eq!(test.change(sql).await, 110);
        }
        let owner = client(&test, "/api/v1", &shop.owner.email).await;
        let ids = async |query: &str| -> Vec<i64> {
            let page = owner.get(&format!("/admin/users?{query}")).await.json();
            page.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
        };
        let whole = [ids("limit=100").await, ids("limit=100&offset=100").await].concat();
        assert_eq!(whole.len(), 111);
        assert!(whole.is_sorted_by(|a, b| a < b), "{whole:?}");
        assert_eq!(ids("").await, whole[..50]);
        assert_eq!(ids("limit=1000").await, whole[..100]);
        assert_eq!(ids("limit=0").await, whole[..1]);
    })
    .await;
}

#[tokio::test]
async fn an_admin_makes_an_account_for_somebody_who_is_a_member_at_once() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Troupe { shop, owner, ada, .. } = troupe(&test, base, name).await;
            let (email, unproved) = (shop.email("nora"), "SELECT count(*) FROM accounts WHERE verified_at IS NULL");
            let before = test.number(unproved).await;
            let made = user(&ada.create(&email.replacen('n', "N", 1), " Manager ").await, 201);
            assert_eq!((&made["email"], &made["role"]), (&json!(email), &json!("manager")));
            let path = format!("/admin/users/{}", made["id"]);
            assert_eq!(user(&owner.get(&path).await, 200), made);

            // In one change, by whom.
            let events = owner.get("/admin/audit-logs?limit=2").await.json();
            let told = [0, 1].map(|row: usize| (&events[row]["event_type"], &events[row]["account_id"]));
            let by = json!(ada.id().await);
            assert_eq!(told, [(&json!("member.joined"), &by), (&json!("account.registered"), &by)]);

            // The mail says who has done it, and lets them choose their password: that proves the address, and looking does not.
            let mail = test.mail_to(&email).await;
            assert!(mail.subject.contains(name) && mail.text_body.contains("Ada") && mail.text_body.contains(name), "{mail:?}");
            let link = link_of(&mail);
            assert!(link.starts_with("/reset/"), "{link}");
            assert_eq!(test.browse("GET", &link, "", "").await.status, 200);
            assert_eq!(test.number(unproved).await, before + 1);

            // They sign in with the password that was given, and are what was said.
            let nora = client(&test, base, &email).await;
            let me = nora.get("/auth/me").await.json();
            assert_eq!((&me["id"], &me["role"], &me["full_name"]), (&made["id"], &json!("manager"), &json!("Nora")));
            assert_eq!(nora.get("/members").await.status, 200);
            // What was given ends then: the password, and what was opened with it.
            let form = format!("password={}", escaped("la lumière s'éteint à minuit"));
            assert_eq!(test.browse("POST", &link, "", &form).await.status, 303);
            assert_eq!(test.number(unproved).await, before);
            assert_eq!(nora.get("/auth/me").await.status, 401);
            let login = async |password: &str| {
                let body = json!({ "email": email, "password": password });
                test.api("POST", "/api/v1/auth/login", "", Some(body)).await.status.as_u16()
            };
            assert_eq!((login(PASSWORD).await, login("la lumière s'éteint à minuit").await), (401, 200));

            // A name may come along; a tech is a user, here as was promised.
            let body = json!({ "email": shop.email("ivo"), "password": PASSWORD, "role": "user", "full_name": "Ivo Petit" });
            let made = user(&ada.post("/admin/users", body).await, 201);
            assert_eq!(made["role"], "user");
            let ivo = client(&test, base, &shop.email("ivo")).await;
            let me = ivo.get("/auth/me").await.json();
            assert_eq!((&me["role"], &me["full_name"]), (&json!("tech"), &json!("Ivo Petit")));
            refused(&ivo.get("/admin/ping").await, 403, "forbidden");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_that_has_an_account_is_refused_wherever_it_belongs() {
    each_app(async |test| {
        let elsewhere = test.shop("Opéra").await.owner.email;
        for (base, name) in BASES {
            let Troupe { shop, owner, ada, .. } = troupe(&test, base, name).await;
            let nora = shop.email("nora");
            user(&ada.create(&nora, "user").await, 201);
            let (accounts, mails) = (test.number("SELECT count(*) FROM accounts").await, test.mails().await.len());
            for taken in [&nora, &nora.to_uppercase(), &elsewhere, &shop.owner.email] {
                refused_field(&ada.create(taken, "user").await, 400, "email_already_registered", "email");
            }
            assert_eq!(test.number("SELECT count(*) FROM accounts").await, accounts);
            assert_eq!(test.mails().await.len(), mails, "nobody is written to");
            assert_eq!(rows(&owner.get("/admin/users").await), 5, "nor has anybody joined");

            // Two who ask at the same moment.
            let both = shop.email("both");
            let (one, other) = tokio::join!(ada.create(&both, "user"), owner.create(&both, "manager"));
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 400], "{} {}", one.text, other.text);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_user_is_said_and_nothing_is_kept() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Troupe { shop, ada, .. } = troupe(&test, base, name).await;
            let email = shop.email("nora");
            let accounts = test.number("SELECT count(*) FROM accounts").await;
            for role in ["", "boss", "owner", "admin manager", "administrator"] {
                refused_field(&ada.create(&email, role).await, 400, "invalid_role", "role");
            }
            let with = |name: &str, value: Value| {
                let mut body = json!({ "email": email, "password": PASSWORD, "role": "user" });
                body[name] = value;
                body
            };
            for (body, field) in [
                (with("email", json!("nobody")), "email"),
                (with("password", json!("court")), "password"),
                (with("password", json!("nora nora nora nora")), "password"),
                (with("full_name", json!("\n")), "name"),
                (json!({ "password": PASSWORD, "role": "user" }), "email"),
                (json!({ "email": email, "role": "user" }), "password"),
                (json!({ "email": email, "password": PASSWORD }), "role"),
            ] {
                invalid(&ada.post("/admin/users", body).await, field);
            }
            assert_eq!(test.number("SELECT count(*) FROM accounts").await, accounts);
            assert!(test.mails().await.iter().all(|mail| mail.recipient != email));
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_no_admin_is_refused() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Troupe { ada, marc, karim, .. } = troupe(&test, base, name).await;
            let nobody = Client { test: &test, base, token: String::new() };
            let his = format!("/admin/users/{}", karim.id().await);
            let role = format!("{his}/role");
            for (client, status, detail) in
                [(&nobody, 401, "Not authenticated"), (&karim, 403, "forbidden"), (&marc, 403, "forbidden")]
            {
                for path in ["/admin/ping", "/admin/users", his.as_str(), NOBODY] {
                    refused(&client.get(path).await, status, detail);
                }
                refused(&client.create("nora@exemple.fr", "user").await, status, detail);
                refused(&client.create("nora@exemple.fr", "boss").await, status, detail);
                for method in ["PATCH", "POST"] {
                    refused(&client.send(method, &role, json!({ "role": "admin" })).await, status, detail);
                    refused(&client.send(method, &role, json!({ "role": "boss" })).await, status, detail);
                }
            }
            assert_eq!(ada.get(&his).await.json()["role"], "user");
        }
    })
    .await;
}

#[tokio::test]
async fn roles_are_given_below_one_s_own() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Troupe { shop, owner, ada, marc, karim } = troupe(&test, base, name).await;
            let (his, hers, top) = (karim.role_path().await, ada.role_path().await, owner.role_path().await);
            for (method, role, told, here) in [
                ("PATCH", " MANAGER ", "manager", "manager"),
                ("PATCH", "manager", "manager", "manager"),
                ("POST", "user", "user", "tech"),
                ("POST", "tech", "user", "tech"),
            ] {
                let changed = user(&ada.send(method, &his, json!({ "role": role })).await, 200);
                assert_eq!(changed["role"], told, "{method} {role}");
                assert_eq!(karim.get("/auth/me").await.json()["role"], here, "from the next request on");
            }
            let changes = async || test.events(&owner.token).await.iter().filter(|name| *name == "member.role_changed").count();
            assert_eq!(changes().await, 2, "what is so already is no change");

            let elsewhere = test.shop(&format!("Opéra de {}", shop.org.slug)).await;
            for method in ["PATCH", "POST"] {
                for role in ["", "boss", "owner"] {
                    refused_field(&ada.send(method, &his, json!({ "role": role })).await, 400, "invalid_role", "role");
                }
                invalid(&ada.send(method, &his, json!({})).await, "role");
                let others = format!("/admin/users/{}/role", elsewhere.owner.id);
                for path in [others.as_str(), "/admin/users/987654/role"] {
                    refused(&ada.send(method, path, json!({ "role": "user" })).await, 404, "user_not_found");
                }

                // Nobody raises themselves, nor acts on who stands as high; there is always an owner.
                for (path, role) in [(&his, "admin"), (&hers, "user"), (&hers, "admin"), (&top, "user")] {
                    let answer = ada.send(method, path, json!({ "role": role })).await;
                    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (403, &json!("member.rank")), "{path} {role}");
                }
                let answer = owner.send(method, &top, json!({ "role": "admin" })).await;
                assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (409, &json!("member.last_owner")));
            }
            let answer = ada.create(&shop.email("nora"), "admin").await;
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (403, &json!("member.rank")));
            assert_eq!(changes().await, 2);

            assert_eq!(user(&owner.create(&shop.email("nora"), "admin").await, 201)["role"], "admin");
            assert_eq!(
                user(&owner.send("PATCH", &marc.role_path().await, json!({ "role": "admin" })).await, 200)["role"],
                "admin"
            );
            assert_eq!(marc.get("/admin/ping").await.status, 200);
        }
    })
    .await;
}

#[tokio::test]
async fn users_of_another_organisation_are_none() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Troupe { owner, ada, .. } = troupe(&test, base, name).await;
            let other = test.shop(&format!("Opéra {name}")).await;
            let neighbour = client(&test, base, &other.owner.email).await;
            let path = format!("/admin/users/{}", neighbour.id().await);
            let nobody = ada.get(NOBODY).await;
            refused(&nobody, 404, "user_not_found");
            assert_eq!(ada.get(&path).await.text, nobody.text, "as what does not exist");
            assert_eq!(rows(&neighbour.get("/admin/users").await), 1);
            refused(&neighbour.get(&format!("/admin/users/{}", owner.id().await)).await, 404, "user_not_found");
            assert_eq!(ada.get("/admin/users/abc").await.status, 404);
        }
    })
    .await;
}

#[tokio::test]
async fn a_program_s_token_needs_its_scopes() {
    each_app(async |test| {
        for (base, name) in BASES {
            let Troupe { shop, owner, karim, .. } = troupe(&test, base, name).await;
            let role = karim.role_path().await;
            let manager = json!({ "role": "manager" });
            let reads = owner.program(&["read", "admin"]).await;
            assert_eq!(
                (reads.get("/admin/ping").await.status.as_u16(), reads.get("/admin/users").await.status.as_u16()),
                (200, 200)
            );
            refused(&reads.create(&shop.email("nora"), "user").await, 403, "forbidden");
            refused(&reads.send("PATCH", &role, manager.clone()).await, 403, "forbidden");
            let small = owner.program(&["read", "write"]).await;
            refused(&small.get("/admin/users").await, 403, "forbidden");
            let blind = owner.program(&["write", "admin"]).await;
            refused(&blind.send("PATCH", &role, manager.clone()).await, 403, "forbidden");
            assert_eq!(karim.get("/auth/me").await.json()["role"], "tech", "refused before anything was changed");
            let whole = owner.program(&["read", "write", "admin"]).await;
            user(&whole.create(&shop.email("nora"), "user").await, 201);
            user(&whole.send("PATCH", &role, manager).await, 200);
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_that_nobody_has_proved_is_no_crew_member() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (owner, cookie) = (client(&test, "/api/v1", &shop.owner.email).await, test.cookie(&shop.owner.email).await);
        let email = shop.email("nora");
        let form = format!("name=Nora&email={}&phone=&job=&skills=", escaped(&email));
        assert_eq!(test.browse("POST", &format!("/o/{}/crew/new", shop.org.slug), &cookie, &form).await.status, 303);
        user(&owner.create(&email, "user").await, 201);
        let linked = "SELECT count(*) FROM crew_members WHERE account_id IS NOT NULL";
        assert_eq!(test.number(linked).await, 0);
        let link = link_of(&test.mail_to(&email).await);
        test.app.clock.advance_seconds(7 * 86_400 - 1); // it is not opened at once
        assert_eq!(test.browse("POST", &link, "", &format!("password={}", escaped(PASSWORD))).await.status, 303);
        let nora = test.token(&email).await;
        test.phone(&nora).await;
        assert_eq!((test.number(linked).await, test.number("SELECT count(*) FROM crew_members").await), (1, 1), "now she is");
    })
    .await;
}

#[tokio::test]
async fn making_users_is_no_faster_than_registering() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = client(&test, "/api/v1", &shop.owner.email).await;
        for _ in 0..60 {
            assert_eq!(owner.create(&shop.owner.email, "user").await.status, 400);
        }
        let slowed = owner.create(&shop.email("nora"), "user").await;
        assert_eq!((slowed.status.as_u16(), &slowed.json()["code"]), (429, &json!("too_often")));
        let seconds = slowed.headers["retry-after"].to_str().unwrap().parse().unwrap();
        test.app.clock.advance_seconds(seconds);
        user(&owner.create(&shop.email("nora"), "user").await, 201);
    })
    .await;
}

#[tokio::test]
async fn where_registration_is_closed_admins_make_no_accounts_either() {
    for (registration, status) in [(Registration::Invitation, 201), (Registration::Closed, 403)] {
        each_app_with(
            |config| config.server.registration = registration,
            async |test| {
                let shop = test.shop("Théâtre du Mail").await;
                let owner = client(&test, "/api/v1", &shop.owner.email).await;
                let answer = owner.create(&shop.email("nora"), "user").await;
                assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
                if status == 403 {
                    assert_eq!(answer.json()["code"], "account.registration_closed");
                }
            },
        )
        .await;
    }
}
