//! The command line: what each command does, what it says, and the code it ends with.
//!
//! `audit export` and `audit verify` are in `audit_page`, `serve` is in `stopping`.

use crate::db::each_place;
use crate::program::{Program, end, unheard};
use crate::support::{PASSWORD, TestApp};
use regie::kernel::Instant;
use regie::kernel::zone::Zone;
use regie::platform::db::{EngineKind, Migration};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

const EMAIL: &str = "ana@exemple.fr";
const CREATE: [&str; 9] =
    ["admin", "create", "--email", "Ana@Exemple.fr", "--org", "Théâtre du Mail", "--name", "Ana Reyes", "--password-stdin"];

#[test]
fn every_command_says_what_it_is_for() {
    let program = Program::new("");
    let mut waiting = vec![Vec::<String>::new()];
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let said = program.run(&arguments);
        assert_eq!(said.code, 0, "{path:?}: {said:?}");
        let (about, usage) = said.out.split_once("\n\nUsage: regie").unwrap_or_else(|| panic!("{path:?}: {said:?}"));
        assert!(about.trim().len() > 5, "{path:?}: {said:?}");
        // Two spaces, a name, and what it is for.
        let commands = usage.split_once("\nCommands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap());
        let names = commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        for name in names.filter(|name| !name.is_empty() && *name != "help") {
            waiting.push([&path[..], &[name.to_owned()]].concat());
        }
        seen.insert(path.join(" "));
    }
    for command in ["", "serve", "migrate", "config check", "admin create", "keys rotate", "kiosk add", "audit verify", "seed"] {
        assert!(seen.contains(command), "{command}: {seen:?}");
    }
}

#[test]
fn a_command_ends_with_the_code_that_its_help_names() {
    let program = Program::new("");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let taken = address.as_str();
    let cases: [(i32, &[&str], &str); 16] = [
        (0, &["--version"], env!("CARGO_PKG_VERSION")),
        (2, &[], "Usage: regie"),
        (2, &["nonsense"], "nonsense"),
        (2, &["config"], "Usage: regie config"),
        (2, &["serve", "--addr", "here"], "here"),
        (2, &["seed"], "--demo"),
        (2, &["seed", "--demo", "--remove-demo"], "--remove-demo"),
        (2, &["admin", "create", "--email", "a@b.example", "--org", "Salle"], "--password-stdin"),
        (2, &["kiosk", "add", "--org", "salle", "--name", "Quai"], "--place"),
        (2, &["audit", "export"], "--org"),
        (2, &["audit", "export", "--org", "salle", "--installation"], "--installation"),
        (4, &["kiosk", "add", "--org", "nobody", "--name", "Quai", "--place", "Quai"], "not_found"),
        (4, &["admin", "promote", "--email", "nobody@exemple.fr"], "not_found"),
        (4, &["admin", "promote", "--email", "nobody"], "email: email.invalid"),
        (1, &["--data", "/dev/null/data", "migrate"], "/dev/null/data"),
        (1, &["serve", "--addr", taken], taken),
    ];
    for (code, arguments, words) in cases {
        let said = program.run(arguments);
        assert_eq!(said.code, code, "{arguments:?}: {said:?}");
        assert!(said.out.contains(words) || said.err.contains(words), "{arguments:?}: {said:?}");
    }
}

#[tokio::test]
async fn what_could_not_be_decided_is_no_refusal() {
    each_place(async |place| {
        let program = Program::new(&place.url);
        assert_eq!(program.tell(PASSWORD, &CREATE).code, 0);
        let test = program.open().await;
        test.change("ALTER TABLE accounts RENAME TO people").await;
        test.app.db.close().await.unwrap();
        let said = program.run(&["admin", "promote", "--email", EMAIL]);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
        assert!(said.err.ends_with("regie: unexpected\n"), "{said:?}");
        assert!(said.err.contains("Database refused a statement") && said.err.contains("accounts"), "why: {said:?}");
    })
    .await;
}

#[test]
fn who_does_not_say_what_to_seed_has_made_nothing() {
    let program = Program::new("");
    assert_eq!(program.run(&["seed"]).code, 2);
    assert!(!program.folder.path().join("data").exists());
}

#[test]
fn nobody_has_to_listen() {
    let program = Program::new("");
    fs::write(program.folder.path().join("wrong.toml"), "zzz = 1").unwrap();
    let cases: [(i32, &[&str]); 6] = [
        (0, &["config", "table"]),
        (0, &["config", "check"]),
        (0, &["migrate"]),
        (0, &["keys", "generate"]),
        (0, &["seed", "--remove-demo"]),
        (3, &["--config", "wrong.toml", "config", "check"]),
    ];
    for (code, arguments) in cases {
        assert_eq!(unheard(&mut program.command(arguments)), code, "{arguments:?}");
    }
}

/// The cells of a setting's row in what `config check` says.
fn row<'a>(out: &'a str, key: &str) -> Vec<&'a str> {
    let cells = |line: &'a str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>();
    out.lines().map(cells).find(|row| row.first() == Some(&key)).unwrap_or_else(|| panic!("no {key}: {out}"))
}

#[test]
fn settings_are_checked_before_anything_is_done() {
    let program = Program::new("");
    let file = program.folder.path().join("regie.toml");
    let none = ("LANG", "C");
    let wrong = [
        ("[badge]\nsecond = 20", none, "regie.toml: unknown setting badge.second, did you mean badge.seconds?\n"),
        ("zzz = 1", none, "regie.toml: unknown setting zzz\n"),
        ("[tokens]\naccess_minutes = 600", none, "regie.toml: tokens.access_minutes: expected a whole number from 10 to 60\n"),
        ("[badge", none, "regie.toml: "),
        ("", ("REGIE_ARGON2_PASES", "2"), "environment: unknown setting REGIE_ARGON2_PASES, did you mean REGIE_ARGON2_PASSES?\n"),
        ("", ("SMTP_PORT", "smtp"), "environment: SMTP_PORT: expected a whole number from 1 to 65535\n"),
    ];
    for (text, (name, value), reason) in wrong {
        fs::write(&file, text).unwrap();
        let commands: [&[&str]; 3] = [&["config", "check"], &["migrate"], &["keys", "generate"]];
        for command in commands {
            let said = end(program.command(command).env(name, value), "");
            assert_eq!((said.code, said.out.as_str()), (3, ""), "{command:?}: {said:?}");
            assert!(said.err.starts_with(&format!("regie: {reason}")), "{command:?}: {said:?}");
        }
    }
    assert!(!program.folder.path().join("data").exists(), "nothing was made");
    fs::write(&file, "zzz = 1").unwrap();
    assert_eq!(program.run(&["config", "table"]).code, 0, "the table helps also who has them wrong");

    let missing = program.run(&["--config", "nowhere.toml", "config", "check"]);
    assert!(missing.code == 3 && missing.err.contains("nowhere.toml"), "{missing:?}");

    fs::write(program.folder.path().join("other.toml"), "[badge]\nseconds = 45\n[mail]\npassword = \"hunter2\"").unwrap();
    let good = program.run(&["--config", "other.toml", "--data", "elsewhere", "config", "check"]);
    assert_eq!((good.code, good.err.as_str()), (0, ""), "{good:?}");
    for cells in [
        ["badge.seconds", "45", "other.toml"],
        ["server.public_url", "http://regie.example", "REGIE_PUBLIC_URL"],
        ["mail.password", "(hidden)", "other.toml"],
        ["mail.user", "(not set)", "default"],
        ["mail.port", "587", "default"],
        ["data", "elsewhere", "--data"],
    ] {
        assert_eq!(row(&good.out, cells[0]), cells);
    }
    assert!(good.out.ends_with("\nThe settings are right.\n"), "{good:?}");
    assert!(!good.out.contains("hunter2"), "{good:?}");
    assert!(!program.folder.path().join("elsewhere").exists(), "nothing was made");
}

#[test]
fn a_variable_that_is_no_text_is_named_when_it_is_a_setting() {
    let program = Program::new("");
    let check = |name| end(program.command(&["config", "check"]).env(name, OsStr::from_bytes(b"caf\xe9")), "");
    assert_eq!(check("CAFE").code, 0, "it is somebody else's");
    for name in ["SMTP_USER", "SMTP_PASSWORD", "SMTP_PASSWORD_FILE"] {
        let said = check(name);
        assert_eq!((said.code, said.err), (3, format!("regie: environment: {name}: expected UTF-8\n")));
    }
    assert!(check("REGIE_CAFE").err.starts_with("regie: environment: unknown setting REGIE_CAFE"));
}

#[test]
fn keys_are_made_of_the_kind_that_the_settings_name() {
    let program = Program::new("");
    let mut kids = Vec::new();
    for (command, algorithm, ending) in
        [("generate", "EdDSA", "p8"), ("rotate", "ES256", "es256"), ("generate", "HS256", "hs256")]
    {
        let said = end(program.command(&["keys", command]).env("ALGORITHM", algorithm), "");
        assert_eq!(said.code, 0, "{said:?}");
        let kid = said.out.trim().to_owned();
        let path = program.folder.path().join(format!("data/keys/token-{kid}.{ending}"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
        kids.push(kid);
    }
    assert!(kids.is_sorted() && kids[0] != kids[1], "the newest comes last: {kids:?}");
}

#[tokio::test]
async fn the_database_is_migrated_once() {
    each_place(async |place| {
        let program = Program::new(&place.url);
        for count in [Migration::embedded(place.engine).unwrap().len(), 0] {
            let said = program.run(&["migrate"]);
            assert_eq!((said.code, said.out), (0, format!("{count} migrations applied\n")), "{}", said.err);
        }
    })
    .await;
}

#[tokio::test]
async fn an_organisation_is_made_with_its_owner_and_its_kiosk() {
    each_place(async |place| {
        let program = Program::new(&place.url);
        let short = program.tell("court\n", &CREATE);
        assert!(short.code == 4 && short.err.contains("password: password.too_short"), "{short:?}");
        let made = program.tell(&format!("{PASSWORD}\r\n"), &CREATE);
        let told = format!("{EMAIL} owns Théâtre du Mail (theatre-du-mail)\n");
        assert_eq!((made.code, made.out), (0, told), "{}", made.err);
        let again = program.tell(PASSWORD, &CREATE);
        assert!(again.code == 4 && again.err.contains("email: account.email_taken"), "{again:?}");

        let add = |name| ["kiosk", "add", "--org", "theatre-du-mail", "--name", name, "--place", "Entrée des artistes"];
        let said = program.run(&[&add("Borne entrée")[..], &["--json"]].concat());
        assert_eq!(said.code, 0, "{said:?}");
        let kiosk: Value = serde_json::from_str(&said.out).unwrap();
        let names: BTreeSet<&str> = kiosk.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, BTreeSet::from(["api_key", "kiosk_id", "pairing_code"]));
        let again = program.run(&add("Borne entrée"));
        assert!(again.code == 4 && again.out.is_empty(), "the name is taken: {again:?}");
        let plain = program.run(&add("Borne quai"));
        assert!(plain.code == 0 && plain.out.contains("API key rk_") && plain.out.contains("pairing code "), "{plain:?}");

        let test = program.open().await;
        let token = test.token(EMAIL).await;
        assert_eq!(test.api("GET", "/api/v1/auth/me", &token, None).await.json()["email"], EMAIL);
        let kiosks = test.api("GET", "/api/v1/admin/kiosks", &token, None).await.json();
        assert_eq!(kiosks.as_array().unwrap().len(), 2, "the owner sees them: {kiosks}");
        let key = kiosk["api_key"].as_str().unwrap();
        let status = test.kiosk_api("GET", "/api/v1/kiosk/status", key, None).await;
        assert_eq!((status.status.as_u16(), &status.json()["kiosk_id"]), (200, &kiosk["kiosk_id"]), "{}", status.text);
        assert_eq!(test.kiosk_api("GET", "/api/v1/kiosk/status", &format!("{key}x"), None).await.status, 401);
        let code = format!("code={}", kiosk["pairing_code"].as_str().unwrap());
        let paired = test.browse("POST", "/kiosk/pair", "", &code).await;
        assert_eq!((paired.status.as_u16(), paired.headers["location"].to_str().unwrap()), (303, "/kiosk"), "{}", paired.text);
        assert_eq!(test.browse("POST", "/kiosk/pair", "", &code).await.status, 410, "once");

        // Who runs the installation is said by command, too, also while it runs.
        let cookie = test.cookie(EMAIL).await;
        let promote = ["admin", "promote", "--email", CREATE[3]];
        let revoke = ["admin", "promote", "--email", EMAIL, "--revoke"];
        let changes: [(&[&str], u16, &str); 2] = [(&promote, 200, "runs"), (&revoke, 404, "no longer runs")];
        for (change, status, does) in changes {
            let said = program.run(change);
            assert_eq!((said.code, said.out), (0, format!("{EMAIL} {does} the installation\n")), "{}", said.err);
            assert_eq!(test.browse("GET", "/admin/jobs", &cookie, "").await.status.as_u16(), status, "{change:?}");
        }
        test.app.db.close().await.unwrap();
    })
    .await;
}

/// Each table, and what narrows it down to rows that are not the installation's own.
const SQLITE_TABLES: &str =
    "SELECT t.name || CASE WHEN EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = 'org_id')
  THEN ' WHERE coalesce(org_id, -1) <> 0' ELSE '' END FROM sqlite_master t WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'";
const POSTGRES_TABLES: &str = "SELECT t.table_name || CASE WHEN EXISTS (SELECT 1 FROM information_schema.columns c
  WHERE c.table_schema = 'public' AND c.table_name = t.table_name AND c.column_name = 'org_id')
  THEN ' WHERE coalesce(org_id, -1) <> 0' ELSE '' END FROM information_schema.tables t WHERE t.table_schema = 'public'";

/// How many rows each table has.
async fn rows(program: &Program) -> BTreeMap<String, i64> {
    let test = program.open().await;
    let tables = match test.app.db.engine() {
        EngineKind::Sqlite => SQLITE_TABLES,
        EngineKind::Postgres => POSTGRES_TABLES,
    };
    let mut rows = BTreeMap::new();
    for table in test.texts(tables).await {
        let count = test.number(format!("SELECT count(*) FROM {table}").leak()).await;
        rows.insert(table, count);
    }
    test.app.db.close().await.unwrap();
    rows
}

/// What a visitor of the demonstration is to find in it, whatever day it is made on.
async fn find_what_is_promised(test: &TestApp) {
    assert_eq!(test.number("SELECT count(*) FROM kiosks k JOIN orgs o ON o.id = k.org_id WHERE o.is_demo").await, 2);
    assert!(test.number("SELECT count(DISTINCT skill) FROM crew_skills").await > 10, "skills");
    let late = "SELECT count(*) FROM punches p JOIN assignments a ON a.org_id = p.org_id AND a.crew_member_id = p.crew_member_id
      AND a.status = 'accepted' JOIN missions m ON m.org_id = a.org_id AND m.id = a.mission_id
      WHERE p.kind = 'in' AND p.at > m.starts_at AND p.at < m.starts_at + 900000";
    assert!(test.number(late).await > 0, "somebody came after the time on the plan");
    assert!(test.number("SELECT count(*) FROM punches WHERE kind = 'lapse'").await > 0, "somebody forgot to punch out");
    let mut read = test.app.db.read().await.unwrap();
    let exits: Vec<i64> = read.query("SELECT at FROM punches WHERE kind = 'out'").scalars().await.unwrap();
    let zone = Zone::named("Europe/Paris").unwrap();
    let hours: BTreeSet<i8> = exits.into_iter().map(|at| zone.local(Instant(at)).hour).collect();
    assert!(hours.range(2..6).next().is_some(), "somebody worked through the night: {hours:?}");
}

/// Does what leaves rows of many kinds: somebody signs in and shows a badge, somebody is invited, the owner is told by mail of a new
/// password and asks for another.
async fn use_it(test: &TestApp, owner: &[&str], tech: &[&str]) {
    let mut tokens = Vec::new();
    for person in [owner, tech] {
        let login = json!({ "email": person[1], "password": person[2] });
        let answer = test.api("POST", "/api/v1/auth/login", "", Some(login)).await;
        assert_eq!(answer.status, 200, "{person:?}: {}", answer.text);
        tokens.push(answer.json()["access_token"].as_str().unwrap().to_owned());
    }
    let phone = test.phone(&tokens[1]).await;
    test.code(&tokens[1], phone).await;
    let invitation = json!({ "email": "ines@exemple.fr", "role": "tech" });
    assert_eq!(test.api("POST", "/api/v1/members/invitations", &tokens[0], Some(invitation)).await.status, 201);
    let password = json!({ "present_password": owner[2], "new_password": PASSWORD });
    assert_eq!(test.api("POST", "/api/v1/auth/password", &tokens[0], Some(password)).await.status, 204);
    let reset = json!({ "email": owner[1] });
    assert_eq!(test.api("POST", "/api/v1/auth/reset/request", "", Some(reset)).await.status, 200);
    assert!(test.number(MAILS_OF_DEMO).await > 0 && test.number(JOBS_OF_DEMO).await > 1, "a mail, and the work to send it");
}

/// What is the installation's, and was for accounts of the demonstration.
const MAILS_OF_DEMO: &str = "SELECT count(*) FROM mails WHERE org_id = 0 AND recipient LIKE '%@demo.example'";
const JOBS_OF_DEMO: &str = "SELECT count(*) FROM jobs WHERE org_id = 0 AND kind IN ('mail.send', 'accounts.reset')";

/// What is left of the demonstration: the installation's chain says that it was there and that it is gone, and is whole.
async fn only_the_chain_tells_of_it(program: &Program) {
    let test = program.open().await;
    assert_eq!((test.number(MAILS_OF_DEMO).await, test.number(JOBS_OF_DEMO).await), (0, 0));
    let gone = "SELECT detail FROM audit_events WHERE org_id = 0 AND subject_kind = 'org' AND action = 'org.removed'";
    let told: Vec<Value> = test.texts(gone).await.iter().map(|detail| serde_json::from_str(detail).unwrap()).collect();
    assert_eq!(told, [json!({ "name": "Compagnie des Lumières", "people": 16 })]);
    test.app.db.close().await.unwrap();
    let exported = program.run(&["audit", "export", "--installation", "--out", "chain.jsonl"]);
    assert_eq!(exported.code, 0, "{exported:?}");
    assert_eq!(program.run(&["audit", "verify", "chain.jsonl"]).code, 0);
}

#[tokio::test]
async fn the_demonstration_comes_by_command_and_goes_without_a_trace() {
    each_place(async |place| {
        let program = Program::new(&place.url);
        assert_eq!(program.tell(PASSWORD, &CREATE).code, 0, "an organisation that stays");
        let before = rows(&program).await;

        let seeded = program.run(&["seed", "--demo"]);
        assert_eq!(seeded.code, 0, "{seeded:?}");
        let people: Vec<Vec<&str>> = seeded.out.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(people.len(), 16, "{seeded:?}");
        let again = program.run(&["seed", "--demo"]);
        assert!(again.code == 0 && again.out.contains("there already"), "{again:?}");

        let test = program.open().await;
        find_what_is_promised(&test).await;
        let tech = people.iter().find(|person| person[0] == "tech").unwrap();
        use_it(&test, &people[0], tech).await;
        test.app.db.close().await.unwrap();
        let filled = rows(&program).await;
        let grown: Vec<&String> =
            filled.iter().filter(|(table, count)| **count > before[*table]).map(|(table, _)| table).collect();
        assert!(grown.len() > 20, "{grown:?}");

        let removed = program.run(&["seed", "--remove-demo"]);
        assert_eq!((removed.code, removed.out.as_str()), (0, "Removed.\n"), "{removed:?}");
        assert_eq!(rows(&program).await, before);
        only_the_chain_tells_of_it(&program).await;
        let again = program.run(&["seed", "--remove-demo"]);
        assert_eq!((again.code, again.out.as_str()), (0, "There is no demonstration.\n"), "{again:?}");
    })
    .await;
}
