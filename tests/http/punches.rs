use crate::support::{NOW, TestApp, each_app, proof};
use jiff::ToSpan;
use regie::audit::{self, Fault, ReadAudit};
use regie::kernel::{CrewMemberId, Role};
use regie::planning::ProjectFilter;
use regie::platform::db::{DbError, EngineKind};
use serde_json::json;
use std::collections::BTreeMap;
use tokio::task::JoinSet;

struct Door {
    email: String,
    owner: String,
    phone: i64,
    kiosk: i64,
    key: String,
}

async fn door(test: &TestApp) -> Door {
    let shop = test.shop("Théâtre du Mail").await;
    let owner = test.token(&shop.owner.email).await;
    let (kiosk, key) = test.kiosk(&owner, "Entrée").await;
    let phone = test.phone(&owner).await;
    Door { email: shop.owner.email, owner, phone, kiosk, key }
}

#[tokio::test]
async fn a_badge_becomes_a_punch_once() {
    each_app(async |test| {
        let door = door(&test).await;
        let code = test.code(&door.owner, door.phone).await;
        let scan = json!({ "qr_token": code, "kiosk_id": door.kiosk, "punch_type": "clock_in" });
        let first = test.scan(&door.key, scan.clone()).await;
        assert_eq!(first.status, 200, "{}", first.text);
        assert_eq!(first.json()["message"], "Punch clock_in recorded successfully");
        let replay = test.scan(&door.key, scan).await;
        assert_eq!(replay.status, 400);
        assert_eq!(replay.json()["detail"], "Token has already been used (replay attack detected)");
        let events = test.events(&door.owner).await;
        assert_eq!(&events[..2], ["punch.refused", "punch.recorded"]);
        let history = test.api("GET", "/api/v1/punch/history", &door.owner, None).await.json();
        assert_eq!(history.as_array().unwrap().len(), 1);
        assert_eq!(history[0]["punch_type"], "clock_in");
    })
    .await;
}

#[tokio::test]
async fn in_and_out_alternate_and_a_second_in_is_refused() {
    each_app(async |test| {
        let door = door(&test).await;
        let scan = async |kind: Option<&str>| {
            // A day passes in this test: the token is a new one each time.
            let code = test.code(&test.token(&door.email).await, door.phone).await;
            test.scan(&door.key, json!({ "qr_token": code, "punch_type": kind })).await
        };
        assert_eq!(scan(None).await.json()["punch_type"], "clock_in");
        assert_eq!(scan(None).await.status, 409, "the same gesture");
        test.app.clock.advance_seconds(3600);
        assert_eq!(scan(Some("clock_in")).await.status, 409, "in twice");
        let out = scan(None).await.json();
        assert_eq!((out["punch_type"].as_str(), out["minutes_today"].as_i64()), (Some("clock_out"), Some(60)));
        test.app.clock.advance_seconds(3600);
        assert_eq!(scan(Some("clock_out")).await.status, 409, "out twice");
        // The exit is forgotten; the next day begins with an entry, and the night counts nothing.
        assert_eq!(scan(None).await.json()["punch_type"], "clock_in");
        test.app.clock.advance_seconds(20 * 3600);
        let back = scan(None).await.json();
        assert_eq!((back["punch_type"].as_str(), back["minutes_today"].as_i64()), (Some("clock_in"), Some(0)));
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_with_the_same_key() {
    each_app(async |test| {
        let door = door(&test).await;
        let code = test.code(&door.owner, door.phone).await;
        let send = async |key: &str| test.scan_as(&door.key, Some(key), json!({ "qr_token": code })).await;
        let first = send("key-of-this-scan").await.json();
        let again = send("key-of-this-scan").await;
        assert_eq!((again.status.as_u16(), again.json()["punch_id"].clone()), (200, first["punch_id"].clone()));
        assert_eq!(send("key-of-another").await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn refusals_say_why() {
    each_app(async |test| {
        let door = door(&test).await;
        let detail = async |code: &str| {
            test.scan(&door.key, json!({ "qr_token": code })).await.json()["code"].as_str().unwrap().to_owned()
        };
        assert_eq!(detail("hello").await, "punch.malformed");
        assert_eq!(detail(&base45::encode([7; 16])).await, "punch.unknown");
        let expired = test.code(&door.owner, door.phone).await;
        test.app.clock.advance_seconds(31);
        assert_eq!(detail(&expired).await, "punch.expired");
        let revoked = test.code(&door.owner, door.phone).await;
        test.api("POST", &format!("/api/v1/devices/{}/revoke", door.phone), &door.owner, None).await;
        assert_eq!(detail(&revoked).await, "punch.device_revoked");
        let answer = test.scan("rk_nobody", json!({ "qr_token": revoked })).await;
        assert_eq!((answer.status.as_u16(), answer.json()["detail"].as_str()), (401, Some("Invalid API key")));
    })
    .await;
}

#[tokio::test]
async fn a_scan_at_another_time_than_the_server_s_is_refused_and_uses_nothing_up() {
    each_app(async |test| {
        let door = door(&test).await;
        let code = test.code(&door.owner, door.phone).await;
        let scan = async |at: &str| test.scan(&door.key, json!({ "qr_token": code, "scanned_at": at })).await;
        // It is 09:00 in Paris.
        for at in [
            "2026-11-21T09:02:01+01:00",
            "2026-11-21T07:57:59Z",
            "2026-11-21T09:10:00",
            "1970-01-01T00:00:00Z",
            "1970-01-01T01:00:00",
            "9999-12-30T00:00:00Z",
        ] {
            let answer = scan(at).await;
            assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (409, Some("punch.clock_differs")), "{at}");
        }
        assert_eq!(test.events(&door.owner).await[0], "punch.refused");
        let unreadable = scan("nine").await;
        assert_eq!((unreadable.status.as_u16(), unreadable.json()["errors"][0]["field"].as_str()), (422, Some("scanned_at")));
        let recorded = scan("2026-11-21T09:01:59+01:00").await;
        assert_eq!(recorded.status, 200, "{}", recorded.text);
        assert_eq!(recorded.json()["punched_at"], "2026-11-21T09:00:00+01:00", "the server's time is recorded");
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_given_again_however_late() {
    each_app(async |test| {
        let door = door(&test).await;
        let code = test.code(&door.owner, door.phone).await;
        let send = async || {
            let body = json!({ "qr_token": code, "scanned_at": "2026-11-21T08:00:00Z" });
            test.scan_as(&door.key, Some("key-of-this-scan"), body).await
        };
        let first = send().await.json();
        test.app.clock.advance_seconds(600);
        let again = send().await;
        assert_eq!((again.status.as_u16(), again.json()["punch_id"].clone()), (200, first["punch_id"].clone()));
    })
    .await;
}

#[tokio::test]
async fn a_heartbeat_tells_how_far_a_clock_is_off() {
    each_app(async |test| {
        let door = door(&test).await;
        let beat = async |body| test.kiosk_api("POST", "/api/v1/kiosk/heartbeat", &door.key, Some(body)).await.json();
        let silent = beat(json!({})).await;
        assert_eq!((silent["clock_offset_seconds"].as_i64(), silent["clock_differs"].as_bool()), (None, Some(false)));
        let fast = beat(json!({ "device_time": "2026-11-21T09:10:00+01:00" })).await;
        assert_eq!((fast["clock_offset_seconds"].as_i64(), fast["clock_differs"].as_bool()), (Some(600), Some(true)));
        let fine = beat(json!({ "device_time": "2026-11-21T07:59:01Z" })).await;
        assert_eq!((fine["clock_offset_seconds"].as_i64(), fine["clock_differs"].as_bool()), (Some(-59), Some(false)));
    })
    .await;
}

#[tokio::test]
async fn a_badge_of_another_organisation_is_refused() {
    each_app(async |test| {
        let door = door(&test).await;
        let other = test.shop("Salle voisine").await;
        let stranger = test.token(&other.owner.email).await;
        let phone = test.phone(&stranger).await;
        let code = test.code(&stranger, phone).await;
        let answer = test.scan(&door.key, json!({ "qr_token": code })).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some("punch.other_org")));
        // It was not used up: its own kiosk takes it.
        let (_, key) = test.kiosk(&stranger, "Entrée").await;
        assert_eq!(test.scan(&key, json!({ "qr_token": code })).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_badge_opens_nothing_else() {
    each_app(async |test| {
        let door = door(&test).await;
        let code = test.code(&door.owner, door.phone).await;
        assert_eq!(test.api("GET", "/api/v1/auth/me", &code, None).await.status, 401);
        assert_eq!(test.api("GET", "/api/v1/kiosk/status", &code, None).await.status, 401);
    })
    .await;
}

/// 64 scans of one code at once on two kiosks, many times over: one winner each, and the table holds as many punches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_racing_scans_one_wins() {
    each_app(async |test| {
        let door = door(&test).await;
        let (_, second) = test.kiosk(&door.owner, "Quai").await;
        for round in 0..8 {
            let code = test.code(&door.owner, door.phone).await;
            let mut racers = JoinSet::new();
            for n in 0..64 {
                let (test, code, key) = (test.clone(), code.clone(), if n % 2 == 0 { door.key.clone() } else { second.clone() });
                racers.spawn(async move { test.scan(&key, json!({ "qr_token": code })).await.status.as_u16() });
            }
            let outcomes = racers.join_all().await;
            assert_eq!(outcomes.iter().filter(|s| **s == 200).count(), 1, "round {round}: {outcomes:?}");
            assert!(outcomes.iter().all(|s| [200, 400, 409].contains(s)), "{outcomes:?}");
            test.app.clock.advance_seconds(120);
        }
        let history = test.api("GET", "/api/v1/punch/history", &door.owner, None).await.json();
        assert_eq!(history.as_array().unwrap().len(), 8);
    })
    .await;
}

#[tokio::test]
async fn the_audit_chain_breaks_where_a_row_is_touched() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        test.person(&shop, "Karim Benali", Role::Tech).await;
        let org = shop.org.id;
        let check = async || audit::verify_chain::<ReadAudit>(&test.app, proof(org)).await.unwrap();
        let whole = check().await;
        assert_eq!((whole.rows, whole.broken), (3, None));
        let mut tx = test.app.db.begin_write().await.unwrap();
        let touched = tx.query("UPDATE audit_events SET detail = '{}' WHERE org_id = $1 AND seq = 1").bind(org.0).execute().await;
        assert!(touched.is_err(), "the table refuses a change");
        drop(tx);
        let mut tx = test.app.db.begin_write().await.unwrap();
        tx.query("UPDATE audit_heads SET seq = seq + 1 WHERE org_id = $1").bind(org.0).execute().await.unwrap();
        tx.commit().await.unwrap();
        let broken = check().await.broken.map(|broken| (broken.seq, broken.fault));
        assert_eq!(broken, Some((4, Fault::Removed)), "a row is missing at the end");
    })
    .await;
}

#[tokio::test]
async fn the_demonstration_comes_and_goes_whole() {
    each_app(async |test| {
        let credentials = regie::composition::demo::seed(&test.app).await.unwrap().unwrap();
        assert_eq!(credentials.len(), 16);
        assert!(regie::composition::demo::seed(&test.app).await.unwrap().is_none());
        assert!(test.number("SELECT count(*) FROM punches").await > 800);
        assert_eq!(
            test.number("SELECT count(*) FROM punches WHERE at > 1795248000000").await,
            0,
            "nothing from the future ({NOW:?})"
        );
        assert_eq!(test.number("SELECT count(*) FROM projects").await, 4);
        assert_eq!(test.number("SELECT count(*) FROM missions WHERE place <> '' AND address <> '' AND contact <> ''").await, 54);
        assert_eq!(test.number("SELECT count(*) FROM missions WHERE project_id IS NULL").await, 2);
        assert_eq!(test.number("SELECT count(*) FROM assignments").await, 231);
        assert_eq!(test.number("SELECT count(*) FROM assignments WHERE need_id IS NULL").await, 0, "everybody has a role");
        assert_eq!(test.number("SELECT count(*) FROM assignments WHERE status = 'declined' AND reason <> ''").await, 4);
        assert!(test.number("SELECT count(*) FROM assignments WHERE status = 'accepted'").await > 150);
        assert!(test.number("SELECT count(*) FROM assignments WHERE status = 'invited'").await > 8);
        assert!(test.number("SELECT count(*) FROM assignments WHERE status = 'draft'").await > 30);
        let silent = "SELECT count(*) FROM assignments WHERE told_at IS NOT NULL AND mailed_at IS NULL";
        assert_eq!(test.number(silent).await, 0, "nothing waits for a mail");
        assert_eq!(test.number("SELECT count(*) FROM assignments WHERE answered_at > 1795248000000").await, 0);
        let over = "SELECT count(*) FROM mission_needs n WHERE quota < (SELECT count(*) FROM assignments a WHERE a.need_id = n.id
          AND a.status IN ('draft', 'invited', 'accepted'))";
        assert_eq!(test.number(over).await, 0, "no place is filled twice");
        assert_eq!(test.number("SELECT count(*) FROM availabilities WHERE status = 'pending'").await, 1);
        test.run_jobs().await;
        assert!(test.mails().await.is_empty(), "invented people are not mailed");
        assert!(regie::composition::demo::remove(&test.app).await.unwrap());
        for sql in [
            "SELECT count(*) FROM projects",
            "SELECT count(*) FROM missions",
            "SELECT count(*) FROM mission_needs",
            "SELECT count(*) FROM assignments",
            "SELECT count(*) FROM assignment_changes",
            "SELECT count(*) FROM availabilities",
            "SELECT count(*) FROM punches",
            "SELECT count(*) FROM crew_members",
            "SELECT count(*) FROM accounts",
            "SELECT count(*) FROM orgs",
        ] {
            assert_eq!(test.number(sql).await, 0, "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_demonstration_has_three_conflicts_to_solve() {
    use regie::kernel::zone::monday_of;
    use regie::planning::rules::{Need, Person, Shift, Skill, State, Window, check, packs};
    use regie::planning::{MissionFilter, service};

    each_app(async |test| {
        regie::composition::demo::seed(&test.app).await.unwrap().unwrap();
        let org = regie::orgs::service::find_demo_org(&test.app).await.unwrap().unwrap();
        let filter = MissionFilter { limit: 500, ..MissionFilter::default() };
        let sheets = service::list_sheets(&test.app, proof(org.id), &filter).await.unwrap();
        let all = ProjectFilter { limit: 50, ..ProjectFilter::default() };
        let projects = service::list_projects(&test.app, proof(org.id), &all).await.unwrap();
        let skills = test.texts("SELECT crew_member_id || ':' || skill FROM crew_skills").await;
        let mut people: BTreeMap<CrewMemberId, Vec<Shift>> = BTreeMap::new();
        for (key, (sheet, assignment)) in
            sheets.iter().flat_map(|sheet| sheet.assignments.iter().map(move |a| (sheet, a))).enumerate()
        {
            if !assignment.status.is_active() {
                continue;
            }
            let mission = &sheet.mission;
            let project = projects.iter().find(|project| Some(project.id) == mission.project_id);
            let need = sheet.needs.iter().find(|need| Some(need.id) == assignment.need_id).unwrap();
            let wanted = need.skill.iter().map(|skill| Need { skill: skill.clone(), level: need.min_level });
            people.entry(assignment.crew_member_id).or_default().push(Shift {
                key: i64::try_from(key).unwrap(),
                start: mission.starts_at,
                end: mission.ends_at,
                break_minutes: mission.break_minutes,
                state: State::Assigned,
                project: project.and_then(|project| Some((project.starts_on?, project.ends_on?))),
                needs: wanted.collect(),
            });
        }
        let monday = monday_of(org.zone().local(NOW).date);
        let window = Window { first: monday.saturating_sub(7.days()), last: monday.saturating_add(20.days()) };
        let mut found = Vec::new();
        for (id, shifts) in people {
            let mine = skills.iter().filter_map(|text| text.strip_prefix(&format!("{id}:")));
            let skills = mine.map(|name| Skill { name: name.to_lowercase(), level: 1, until: None }).collect();
            let person = Person { skills, ..Person::default() };
            found.extend(check(&person, &shifts, &packs::all(), &org.zone(), window).into_iter().map(|f| f.rule));
        }
        found.sort_unstable();
        assert_eq!(found, ["fr.daily-rest", "fr.weekly-work", "plan.overlap"]);
    })
    .await;
}

/// The number of a forgotten badge is never given to another, which its punch would make look used.
#[tokio::test]
async fn badges_are_good_after_a_quiet_week() {
    each_app(async |test| {
        let door = door(&test).await;
        for kind in ["clock_in", "clock_out"] {
            let code = test.code(&door.owner, door.phone).await;
            let answer = test.scan(&door.key, json!({ "qr_token": code })).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["punch_type"]), (200, &json!(kind)), "{}", answer.text);
            test.app.clock.advance_seconds(600);
        }
        test.app.clock.advance_seconds(7 * 86_400);
        assert_eq!(regie::timeclock::service::purge_badges(&test.app).await.unwrap(), 2);
        let owner = test.token(&door.email).await;
        let code = test.code(&owner, door.phone).await;
        let answer = test.scan(&door.key, json!({ "qr_token": code })).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["punch_type"]), (200, &json!("clock_in")), "{}", answer.text);
    })
    .await;
}

/// Who scans meanwhile waits for some of them, not for all.
#[tokio::test]
async fn badges_are_forgotten_some_at_a_time() {
    const OLD: &str = "INSERT INTO badges (org_id, device_id, crew_member_id, code_hash, issued_at, expires_at)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
      SELECT d.org_id, d.id, d.crew_member_id, 'old ' || CAST(n.i AS TEXT), 0, n.i FROM n CROSS JOIN devices d";
    each_app(async |test| {
        door(&test).await;
        assert_eq!(test.change(OLD).await, 2500);
        // Something of the newest keeps it: what is forgotten with it is not.
        let hold = "CREATE TABLE held (badge_id BIGINT NOT NULL REFERENCES badges (id));
          INSERT INTO held (badge_id) SELECT id FROM badges WHERE expires_at = 2500";
        test.app.db.script(hold).await.unwrap();
        let purge = async || regie::timeclock::service::purge_badges(&test.app).await;
        let held = purge().await;
        assert!(matches!(held, Err(DbError::ForeignKey)), "{held:?}");
        assert_eq!(test.number("SELECT count(*) FROM badges").await, 500);
        test.app.db.script("DROP TABLE held").await.unwrap();
        assert_eq!((purge().await.unwrap(), test.number("SELECT count(*) FROM badges").await), (500, 0));
    })
    .await;
}

/// Whatever the program does, or somebody with a database client.
#[tokio::test]
async fn the_table_refuses_what_does_not_follow() {
    each_app(async |test| {
        let door = door(&test).await;
        let code = test.code(&door.owner, door.phone).await;
        assert_eq!(test.scan(&door.key, json!({ "qr_token": code })).await.status, 200);
        let refused = async |sql: &'static str| {
            let mut tx = test.app.db.begin_write().await.unwrap();
            tx.query(sql).execute().await.map(drop)
        };
        macro_rules! row {
            ($values:literal) => {
                concat!(
                    "INSERT INTO punches (org_id, crew_member_id, seq, prior_seq, prior_state, kind, state, at, recorded_at, source)
                      SELECT org_id, crew_member_id, ",
                    $values,
                    ", at, recorded_at, 'system' FROM punches"
                )
            };
        }
        for sql in [
            row!("2, 1, 'off', 'in', 'on'"),       // in again, as if she had gone
            row!("2, 1, 'break', 'out', 'off'"),   // out of a break that was none
            row!("3, 2, 'on', 'out', 'off'"),      // after one that is not there
            row!("2, NULL, 'off', 'in', 'on'"),    // a second beginning
            "UPDATE punches SET at = at + 1",
            "DELETE FROM punches",
        ] {
            let outcome = refused(sql).await;
            assert!(matches!(outcome, Err(DbError::Invalid(_))), "{sql}: {outcome:?}");
        }
        let twice = refused(row!("1, NULL, 'off', 'in', 'on'")).await;
        assert!(twice.is_err_and(|error| error.is_unique("punches_org_id_crew_member_id_seq_key")));
        assert!(refused(row!("2, 1, 'on', 'out', 'off'")).await.is_ok(), "what does follow is no matter");
        // The ways around the triggers of each row.
        let around: &[&'static str] = match test.app.db.engine() {
            EngineKind::Sqlite => &[
                "INSERT OR REPLACE INTO punches SELECT * FROM punches",
                "INSERT OR REPLACE INTO punches (org_id, crew_member_id, seq, prior_state, kind, state, at, recorded_at, source)
                 SELECT org_id, crew_member_id, 1, 'off', 'in', 'on', at + 1, recorded_at, 'system' FROM punches",
                "INSERT OR REPLACE INTO punches (id, org_id, crew_member_id, seq, prior_seq, prior_state, kind, state, at, recorded_at,
                   source) SELECT id, org_id, crew_member_id, 2, 1, 'on', 'out', 'off', at, recorded_at, 'system' FROM punches",
                "INSERT OR REPLACE INTO punches (badge_id, org_id, crew_member_id, seq, prior_seq, prior_state, kind, state, at,
                   recorded_at, source)
                 SELECT badge_id, org_id, crew_member_id, 2, 1, 'on', 'out', 'off', at, recorded_at, 'system' FROM punches",
                "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events",
            ],
            EngineKind::Postgres => &["TRUNCATE punches", "TRUNCATE crew_members CASCADE", "TRUNCATE audit_events"],
        };
        for sql in around.iter().copied() {
            let outcome = refused(sql).await;
            assert!(matches!(outcome, Err(DbError::Invalid(_) | DbError::Unique(_))), "{sql}: {outcome:?}");
        }
    })
    .await;
}
