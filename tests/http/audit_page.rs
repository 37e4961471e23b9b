//! The audit as people read it: the page, its files, the command line, the API.

use crate::architecture::files;
use crate::program::Program;
use crate::support::{NOW, PASSWORD, Shop, TestApp, each_app, escaped};
use regie::access::Actor;
use regie::audit::{self, Event, Subject};
use regie::kernel::{Lang, Role};
use regie::platform::db::EngineKind;
use regie::web::{event_words, fact_word};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

/// The source files in a folder and below, by name, without their unit tests: what stands there is not written by the program.
pub fn sources(folder: &Path) -> Vec<(String, String)> {
    let written = |text: String| text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
    files(folder).into_iter().map(|(path, text)| (path.display().to_string(), written(text))).collect()
}

#[test]
fn every_event_has_words() {
    let events: BTreeSet<_> = super::access::code::events().into_iter().map(|written| written.event).collect();
    assert!(events.len() > 60 && events.contains("account.deleted") && events.contains("support.left"), "{events:?}");
    for lang in [Lang::Fr, Lang::En] {
        let silent: Vec<_> = events.iter().filter(|name| event_words(name, lang).is_none()).collect();
        assert!(silent.is_empty(), "without words: {silent:?}");
    }
    let lost: Vec<_> = events.iter().filter(|name| audit::Group::of(name).is_none()).collect();
    assert!(lost.is_empty(), "in no group: {lost:?}");
}

#[test]
fn every_fact_has_words() {
    let mut facts = BTreeSet::new();
    for (_, text) in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        if text.contains("Event::new(") {
            facts.extend(text.split(".with(\"").skip(1).map(|rest| rest[..rest.find('"').unwrap()].to_owned()));
        }
    }
    assert!(facts.len() > 15, "{facts:?}");
    let silent: Vec<_> = facts.iter().filter(|name| fact_word(name, Lang::Fr).is_none()).collect();
    assert!(silent.is_empty(), "without words: {silent:?}");
}

struct Stage {
    shop: Shop,
    cookie: String,
    token: String,
    url: String,
}

/// A shop in which something has happened: a technician, a kiosk, a punch, a replayed code, a changed name.
async fn stage(test: &TestApp) -> Stage {
    let shop = test.shop("Théâtre du Mail").await;
    let person = test.person(&shop, "Karim Benali", Role::Tech).await;
    let (cookie, token) = (test.cookie(&shop.owner.email).await, test.token(&shop.owner.email).await);
    let (_, key) = test.kiosk(&token, "Entrée des artistes").await;
    let hers = test.token("karim-benali@theatre-du-mail.example").await;
    let phone = test.phone(&hers).await;
    let code = test.code(&hers, phone).await;
    for _ in 0..2 {
        test.scan(&key, json!({ "qr_token": code })).await;
    }
    let form = "name=Karim+Ben+Ali&email=&phone=&job=&skills=&version=1";
    let crew = format!("/o/{}/crew/{}", shop.org.slug, person.id);
    let request = http::Request::post(crew).header("cookie", &cookie).header("sec-fetch-site", "same-origin");
    let request = request.header("content-type", "application/x-www-form-urlencoded").header("x-request-id", "karim-renamed-1");
    assert_eq!(test.send(request.body(form.to_owned().into()).unwrap()).await.status, 303);
    let url = format!("/o/{}/audit", shop.org.slug);
    Stage { shop, cookie, token, url }
}

/// The rows of the page: one string each.
fn rows(page: &str) -> Vec<String> {
    let rows = page.split("<tr role=\"row\" id=\"e").skip(1);
    rows.map(|row| row.split("</tr>").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_page_says_who_did_what_on_what() {
    each_app(async |test| {
        let Stage { cookie, url, .. } = stage(&test).await;
        let page = test.browse("GET", &url, &cookie, "").await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("samedi 21 novembre 2026"), "rows stand under their day");
        let rows = rows(&page.text);
        let row = |word: &str| rows.iter().find(|row| row.contains(word)).unwrap_or_else(|| panic!("no {word}: {rows:#?}"));
        let changed = row("Fiche changée");
        for part in ["Claire Vasseur", "<del>Karim Benali</del>", "<ins>Karim Ben Ali</ins>", "karim-renamed-1", "09:00:00"] {
            assert!(changed.contains(part), "{part}: {changed}");
        }
        let punch = row("Pointage</span>");
        for part in ["Borne Entrée des artistes", "Karim Ben Ali", "Entrée</dd>"] {
            assert!(punch.contains(part), "{part}: {punch}");
        }
        let refused = row("Badge refusé");
        assert!(refused.contains("Chaque code ne sert qu’une fois."), "{refused}");
        let phone = row("Téléphone enregistré");
        assert!(phone.contains("Téléphone de Karim Ben Ali"), "{phone}");
        assert!(!page.text.contains("<script"), "works without scripts");
        let english = test.browse("GET", &url, &format!("{cookie}; language=en"), "").await.text;
        assert!(english.contains("Record changed") && english.contains("Saturday 21 November 2026"));
    })
    .await;
}

#[tokio::test]
async fn everything_that_has_a_name_is_called_by_it() {
    each_app(async |test| {
        let Stage { cookie, url, shop, token } = stage(&test).await;
        let secret = test.program_token(&token, &["read", "write", "admin"]).await;
        let kiosk = json!({ "kiosk_name": "Quai", "location": "Cour" });
        assert_eq!(test.api("POST", "/api/v1/admin/kiosks", &secret, Some(kiosk)).await.status, 201);
        let invited = json!({ "email": "zoe@exemple.fr", "role": "tech", "message": "", "days": 7 });
        assert_eq!(test.api("POST", "/api/v1/members/invitations", &token, Some(invited)).await.status, 201);
        let sql = "INSERT INTO passkeys (account_id, credential_id, public_key, sign_count, name, created_at)
          VALUES ($1, 'c', 'k', 0, 'Clé bleue', 0) RETURNING id";
        let mut tx = test.app.db.begin_write().await.unwrap();
        let passkey = tx.query(sql).bind(shop.owner.id).scalar::<i64>().await.unwrap();
        tx.commit().await.unwrap();
        let session = "SELECT max(id) FROM sessions WHERE account_id = $1 AND kind = 'browser'";
        let session = test.app.db.read().await.unwrap().query(session).bind(shop.owner.id).scalar::<i64>().await.unwrap();
        let member = "SELECT id FROM memberships WHERE org_id = $1 AND account_id = $2";
        let mut read = test.app.db.read().await.unwrap();
        let member = read.query(member).bind(shop.org.id).bind(shop.owner.id).scalar::<i64>().await.unwrap();
        drop(read);
        let known = [
            ("session", session),
            ("passkey", passkey),
            ("membership", member),
            ("org", shop.org.id.0),
            ("account", shop.owner.id.0),
        ];
        for (kind, id) in known {
            let event = Event::new("session.labelled", Subject(kind, Some(id)));
            audit::record(&test.app, &Actor::system(shop.org.id, "demonstration"), shop.org.id, event).await.unwrap();
        }
        let page = test.browse("GET", &url, &cookie, "").await.text;
        let rows = rows(&page);
        let row = |word: &str| rows.iter().find(|row| row.contains(word)).unwrap_or_else(|| panic!("no {word}: {rows:#?}"));
        assert!(row("Programme Paie de Claire Vasseur").contains("Borne · Quai"));
        assert!(row("Invitation · zoe@exemple.fr").contains("Technicien"));
        row("Session · Client inconnu de Claire Vasseur");
        row("Clé d’accès · Clé bleue de Claire Vasseur");
        row("Membre · Claire Vasseur");
        row("Organisation · Théâtre du Mail");
        assert!(row("Compte · Claire Vasseur").contains("démonstration"));
        for query in ["q=paie", "q=zoe%40exemple", "q=claire"] {
            let found = test.browse("GET", &format!("{url}?{query}"), &cookie, "").await.text;
            assert!(found.contains("<tr role=\"row\" id=\"e"), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_list_is_searched_and_filtered() {
    each_app(async |test| {
        let Stage { cookie, url, shop, token } = stage(&test).await;
        let count = async |query: &str| {
            let page = test.browse("GET", &format!("{url}?{query}"), &cookie, "").await;
            assert_eq!(page.status, 200, "{query}: {}", page.text);
            rows(&page.text).len()
        };
        let all = count("").await;
        assert!(all >= 8, "{all}");
        let logs = test.api("GET", "/api/v1/admin/audit-logs", &token, None).await.json();
        let hash = logs[0]["hash"].as_str().unwrap().to_owned();
        for (query, expected) in [
            ("q=karim-renamed-1".to_owned(), 1),
            (format!("q={hash}"), 1),
            (format!("q={}%C2%B7{}", &hash[..4], &hash[4..8]), 1),
            ("q=nobody+of+that+name".to_owned(), 0),
            ("kind=punches".to_owned(), 2),
            ("kind=support".to_owned(), 0),
            ("kind=nonsense".to_owned(), all),
            ("from=2026-11-21&to=2026-11-21".to_owned(), all),
            ("from=2026-11-22".to_owned(), 0),
            ("to=2026-11-20".to_owned(), 0),
            ("from=nonsense".to_owned(), all),
            (format!("person={}&kind=crew", shop.owner.id), 1),
            ("person=987654".to_owned(), 0),
        ] {
            assert_eq!(count(&query).await, expected, "{query}");
        }
        assert!(count("q=KARIM").await >= 3, "the person, the phone, the punch");
        assert!(count("q=entree+des").await >= 3, "a kiosk, without its accent");
        assert!(count("q=patron%40theatre").await >= 3, "by address");
        assert_eq!(count("q=100%25").await, 0, "a percent sign is one");
    })
    .await;
}

/// Whatever the program can write, and nothing else.
#[tokio::test]
async fn every_event_is_found_under_its_group() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let url = format!("/o/{}/audit", shop.org.slug);
        let events: BTreeSet<_> = super::access::code::events().into_iter().map(|written| written.event).collect();
        let actor = Actor::system(shop.org.id, "demonstration");
        for name in &events {
            let event = Event::new(name.clone().leak(), Subject("org", Some(shop.org.id.0)));
            audit::record(&test.app, &actor, shop.org.id, event).await.unwrap();
        }
        for group in audit::Group::ALL {
            let file = test.browse("GET", &format!("{url}/events.csv?kind={}", group.code()), &cookie, "").await.text;
            let found: BTreeSet<_> = csv_reader(&file).into_iter().skip(1).map(|row| row[3].clone()).collect();
            let theirs: BTreeSet<_> = events.iter().filter(|name| audit::Group::of(name) == Some(group)).cloned().collect();
            assert_eq!(found, theirs, "{group:?}");
        }
        let page = test.browse("GET", &url, &cookie, "").await.text;
        assert!(page.contains("value=\"planning\""), "the plan can be chosen: {page}");
    })
    .await;
}

/// As they are written, on every engine.
#[tokio::test]
async fn names_are_found_with_any_accent() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (cookie, token) = (test.cookie(&shop.owner.email).await, test.token(&shop.owner.email).await);
        let url = format!("/o/{}/audit", shop.org.slug);
        test.kiosk(&token, "ÜBERBÜHNE Haÿ").await;
        let scopes = ["read", "write", "admin"];
        let program = json!({ "name": "Ëthel", "scopes": scopes, "days": 30, "present_password": PASSWORD });
        let program = test.api("POST", "/api/v1/auth/tokens", &token, Some(program)).await.json();
        let (secret, quay) = (program["secret"].as_str().unwrap(), json!({ "kiosk_name": "Quai", "location": "Cour" }));
        assert_eq!(test.api("POST", "/api/v1/admin/kiosks", secret, Some(quay)).await.status, 201);
        for (typed, is_found) in [
            ("Überbühne", true),
            ("überbühne haÿ", true),
            ("UBERBUHNE HAY", true),
            ("uberbohne", false),
            ("Ëthel", true),
            ("ethel", true),
        ] {
            let page = test.browse("GET", &format!("{url}?q={}", escaped(typed)), &cookie, "").await.text;
            assert_eq!(!rows(&page).is_empty(), is_found, "{typed}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_list_is_paged_by_its_numbers() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let url = format!("/o/{}/audit", shop.org.slug);
        let mut list = String::from("text=");
        (0..120).for_each(|n| list += &format!("Personne+{n}%0A"));
        let added = test.browse("POST", &format!("/o/{}/crew/import", shop.org.slug), &cookie, &format!("{list}&step=add")).await;
        assert_eq!(added.status, 303, "{}", added.text);
        let numbers = |page: &str| -> Vec<i64> {
            page.split("<tr role=\"row\" id=\"e").skip(1).map(|row| row.split('"').next().unwrap().parse().unwrap()).collect()
        };
        let link = |page: &str, name: &str| {
            let found = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
            found.into_iter().find(|href| href.contains(&format!("&{name}=")) || href.contains(&format!("?{name}=")))
        };
        let (mut seen, mut pages, mut at) = (Vec::new(), Vec::new(), format!("{url}?kind=crew"));
        loop {
            let page = test.browse("GET", &at, &cookie, "").await.text;
            seen.extend(numbers(&page));
            pages.push(numbers(&page));
            let Some(next) = link(&page, "before") else {
                at = link(&page, "after").unwrap();
                break;
            };
            at = next;
        }
        assert_eq!((seen.len(), pages.len()), (120, 3));
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "newest first, none twice");
        for expected in [&pages[1], &pages[0]] {
            let page = test.browse("GET", &at, &cookie, "").await.text;
            assert_eq!(&numbers(&page), expected, "back the same way");
            at = link(&page, "after").unwrap_or_default();
        }
        assert_eq!(at, "", "nothing is newer than the newest");
    })
    .await;
}

#[tokio::test]
async fn the_table_holds_the_filtered_rows_and_no_formula() {
    each_app(async |test| {
        let Stage { cookie, url, shop, token, .. } = stage(&test).await;
        let form = "name=%3DHYPERLINK(%22http%3A%2F%2Fevil%22)&email=&phone=&job=&skills=";
        test.browse("POST", &format!("/o/{}/crew/new", shop.org.slug), &cookie, form).await;
        test.kiosk(&token, "-2+3").await;
        let file = test.browse("GET", &format!("{url}/events.csv?kind=crew"), &cookie, "").await;
        assert_eq!(file.status, 200, "{}", file.text);
        assert!(file.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
        assert!(file.headers["content-disposition"].to_str().unwrap().contains("journal-theatre-du-mail.csv"));
        assert!(file.text.starts_with("\u{feff}numéro;date et heure;"), "as other tables: {}", file.text);
        let mut reader = csv_reader(&file.text);
        let head: Vec<String> = reader.remove(0);
        assert_eq!(&head[..3], ["numéro", "date et heure", "qui"]);
        assert_eq!(reader.len(), 3, "the added, the changed, the evil one: {reader:?}");
        assert!(reader.iter().all(|row| row[3].starts_with("crew.")));
        let changed = reader.iter().find(|row| row[3] == "crew.changed").unwrap();
        assert_eq!(
            (changed[1].as_str(), changed[6].as_str()),
            ("2026-11-21T09:00:00+01:00", "Nom: Karim Benali → Karim Ben Ali")
        );
        let whole = test.browse("GET", &format!("{url}/events.csv"), &cookie, "").await.text;
        for row in csv_reader(&whole) {
            assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
        }
    })
    .await;
}

/// The records of a file, with its head.
fn csv_reader(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = vec![vec![String::new()]];
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => row.last_mut().unwrap().push(chars.next().unwrap()),
            '"' => quoted = !quoted,
            ';' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    rows.pop();
    rows
}

/// Changes a row behind the program's back, as somebody with a database client would.
async fn tamper(test: &TestApp, sql: &'static str, org: i64) {
    let drop = match test.app.db.engine() {
        EngineKind::Sqlite => "DROP TRIGGER IF EXISTS audit_events_kept_update; DROP TRIGGER IF EXISTS audit_events_kept_delete;",
        EngineKind::Postgres => "ALTER TABLE audit_events DISABLE TRIGGER USER;",
    };
    test.app.db.script(drop).await.unwrap();
    let mut tx = test.app.db.begin_write().await.unwrap();
    tx.query(sql).bind(org).execute().await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_chain_is_verified_in_words() {
    each_app(async |test| {
        let Stage { cookie, url, shop, token, .. } = stage(&test).await;
        let before = test.browse("GET", &url, &cookie, "").await.text;
        assert!(before.contains("Vérifier la chaîne") && !before.contains("Chaîne intacte"), "only when asked");
        let whole = test.browse("POST", &url, &cookie, "").await;
        assert_eq!(whole.status, 200);
        let rows = test.api("GET", "/api/v1/admin/audit-logs/verify", &token, None).await.json();
        assert_eq!((&rows["whole"], &rows["broken_seq"]), (&json!(true), &json!(null)));
        let words = format!("{} entrées vérifiées le 21 novembre 2026, 09:00.", rows["rows"]);
        assert!(whole.text.contains("Chaîne intacte") && whole.text.contains(&words), "{words}: {}", whole.text);

        tamper(&test, "UPDATE audit_events SET detail = '{}' WHERE org_id = $1 AND seq = 3", shop.org.id.0).await;
        let broken = test.browse("POST", &url, &cookie, "").await.text;
        assert!(broken.contains("note danger") && broken.contains("Chaîne rompue"));
        assert!(broken.contains("L’entrée 3, datée du 21 novembre 2026, 09:00, a été changée."), "{broken}");
        let api = test.api("GET", "/api/v1/admin/audit-logs/verify", &token, None).await.json();
        assert_eq!(api, json!({ "whole": false, "rows": 2, "broken_seq": 3 }));
        tamper(&test, "DELETE FROM audit_events WHERE org_id = $1 AND seq = 2", shop.org.id.0).await;
        let missing = test.browse("POST", &url, &cookie, "").await.text;
        assert!(missing.contains("L’entrée 2 manque ou a été déplacée."), "{missing}");
        tamper(&test, "DELETE FROM audit_events WHERE org_id = $1 AND seq > 1", shop.org.id.0).await;
        let cut = test.browse("POST", &url, &cookie, "").await.text;
        assert!(cut.contains("L’entrée 2 et les suivantes ont été retirées."), "{cut}");
    })
    .await;
}

/// The code of a command, and all that it said.
fn run(program: &Program, arguments: &[&str]) -> (i32, String) {
    let said = program.run(arguments);
    (said.code, said.out + &said.err)
}

#[tokio::test]
async fn an_export_is_checked_without_the_database() {
    each_app(async |test| {
        let Stage { cookie, url, .. } = stage(&test).await;
        let export = test.browse("GET", &format!("{url}/chain.jsonl"), &cookie, "").await;
        assert_eq!((export.status.as_u16(), export.headers["content-type"].to_str().unwrap()), (200, "application/jsonl"));
        let rows = audit::verify_export(export.text.as_bytes()).unwrap();
        assert_eq!(export.text.lines().count() as i64, rows + 1, "the rows, and where they end");
        let program = Program::new("");
        let check = |text: &str| {
            std::fs::write(program.folder.path().join("chain.jsonl"), text).unwrap();
            run(&program, &["audit", "verify", "chain.jsonl"])
        };
        let (code, said) = check(&export.text);
        assert!(code == 0 && said.contains(&format!("whole: {rows} rows")), "{code}: {said}");
        let (code, said) = check(&export.text.replace("Karim Ben Ali", "Karim Ben Alo"));
        assert!(code == 1 && said.contains("was changed (crew.changed, 2026-11-21T08:00:00.000Z)"), "{code}: {said}");
        let lines: Vec<&str> = export.text.lines().collect();
        let (code, said) = check(&(lines[..lines.len() - 2].join("\n") + "\n" + lines[lines.len() - 1] + "\n"));
        assert!(code == 1 && said.contains(&format!("row {rows} and all after it were removed")), "{code}: {said}");
        let (code, said) = run(&program, &["audit", "verify", "/nowhere/at/all"]);
        assert!(code == 1 && said.contains("/nowhere/at/all"), "{code}: {said}");
    })
    .await;
}

#[test]
fn the_command_line_writes_a_chain_out() {
    let program = Program::new("");
    let regie = |arguments: &[&str]| run(&program, arguments);
    let (code, said) = regie(&["seed", "--demo"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = regie(&["audit", "export", "--org", "compagnie-des-lumieres", "--out", "chain.jsonl"]);
    assert!(code == 0 && said.contains("rows written"), "{said}");
    let (code, said) = regie(&["audit", "verify", "chain.jsonl"]);
    assert!(code == 0 && said.contains("The chain is whole"), "{said}");
    let (code, said) = regie(&["audit", "export", "--installation"]);
    assert!(code == 0 && said.contains("{\"head\":{\"org_id\":0,"), "{said}");
    let (code, said) = regie(&["audit", "export", "--org", "nobody"]);
    assert!(code == 4 && said.contains("not_found"), "{code} {said}");
}

#[tokio::test]
async fn only_admins_of_the_organisation_read_its_audit() {
    each_app(async |test| {
        let Stage { url, .. } = stage(&test).await;
        let other = test.shop("Salle voisine").await;
        let (stranger, tech) = (test.cookie(&other.owner.email).await, test.cookie("karim-benali@theatre-du-mail.example").await);
        for (cookie, status) in [(&stranger, 404), (&tech, 403)] {
            for path in ["", "/events.csv", "/chain.jsonl"] {
                assert_eq!(test.browse("GET", &format!("{url}{path}"), cookie, "").await.status.as_u16(), status, "{path}");
            }
            assert_eq!(test.browse("POST", &url, cookie, "").await.status.as_u16(), status);
        }
        let page = test.browse("GET", "/o/salle-voisine/audit?q=karim", &stranger, "").await;
        assert!(page.status == 200 && rows(&page.text).is_empty(), "nothing of the neighbours");
        let whole = test.browse("GET", "/o/salle-voisine/audit/chain.jsonl", &stranger, "").await.text;
        assert!(!whole.contains("Karim") && audit::verify_export(whole.as_bytes()).is_ok());
    })
    .await;
}

#[tokio::test]
async fn the_api_narrows_the_list_by_time_and_number() {
    each_app(async |test| {
        let Stage { token, shop, .. } = stage(&test).await;
        let list = async |query: &str, token: &str| {
            let answer = test.api("GET", &format!("/api/v1/admin/audit-logs?{query}"), token, None).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.text);
            answer.json().as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        let all = list("limit=100", &token).await;
        assert_eq!(list(&format!("before={}&limit=2", all[1]), &token).await, all[2..4]);
        assert_eq!(list("from_date=2026-11-21&limit=100", &token).await, all);
        assert!(list("to_date=2026-11-21", &token).await.is_empty(), "its first instant");
        test.app.clock.advance_seconds(3600);
        let later = test.token(&shop.owner.email).await;
        test.kiosk(&later, "Quai").await;
        let since = list("from_date=2026-11-21T09:30:00%2B01:00", &later).await;
        assert_eq!(since.len(), 2, "added, and its key");
        assert_eq!(list("to_date=2026-11-21T08:30:00Z&limit=100", &later).await, all);
        for (field, text) in [("from_date", "soon"), ("from_date", "1970-01-01T00:00:00Z"), ("to_date", "9999-12-30T00:00:00Z")] {
            let wrong = test.api("GET", &format!("/api/v1/admin/audit-logs?{field}={text}"), &later, None).await;
            assert_eq!((wrong.status.as_u16(), &wrong.json()["errors"][0]["field"]), (422, &json!(field)), "{text}");
        }
        assert_eq!(NOW.0 % 3_600_000, 0, "the clock of this test stands at a full hour");
    })
    .await;
}
