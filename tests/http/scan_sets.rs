//! Scans that come at the same time, and are recorded together.

use crate::support::{TestApp, each_app, each_app_with, proof};
use regie::audit::{self, ReadAudit};
use regie::kernel::Role;
use regie::platform::db::EngineKind;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// A scan that is going to be sent, and the case that it belongs to.
struct Sent {
    case: &'static str,
    kiosk: String,
    code: String,
    key: Option<&'static str>,
}

/// The codes of the answers to all of `scans`, sent at once, by case.
async fn send_all(test: &TestApp, scans: Vec<Sent>) -> BTreeMap<&'static str, Vec<(u16, Value)>> {
    let mut tasks = JoinSet::new();
    for Sent { case, kiosk, code, key } in scans {
        let test = test.clone();
        tasks.spawn(async move {
            let answer = test.scan_as(&kiosk, key, json!({ "qr_token": code })).await;
            (case, (answer.status.as_u16(), answer.json()))
        });
    }
    let mut answers = BTreeMap::<_, Vec<_>>::new();
    for (case, answer) in tasks.join_all().await {
        answers.entry(case).or_default().push(answer);
    }
    answers.values_mut().for_each(|of_case| of_case.sort_by_key(|(status, _)| *status));
    answers
}

async fn each_is_answered_as_if_alone(test: TestApp) {
    let shop = test.shop("Théâtre du Mail").await;
    let owner = test.token(&shop.owner.email).await;
    let mut kiosks = Vec::new();
    for name in ["Entrée", "Quai"] {
        kiosks.push(test.kiosk(&owner, name).await);
    }
    let mut crew = Vec::new();
    for n in 0..12 {
        crew.push(test.holder(&shop, &format!("Technicienne {n}")).await);
    }
    let code = async |n: usize| test.code(&crew[n].token, crew[n].phone).await;
    let sent = |case, kiosk: usize, code: &str, key| Sent { case, kiosk: kiosks[kiosk].1.clone(), code: code.to_owned(), key };
    let mut scans = Vec::new();
    for n in 0..6 {
        scans.push(sent("alone", n % 2, &code(n).await, None));
    }
    scans.extend([
        sent("two codes of one person", 0, &code(6).await, None),
        sent("two codes of one person", 1, &code(6).await, None),
    ]);
    let same = code(7).await;
    scans.extend((0..3).map(|n| sent("one code, one key", n % 2, &same, Some("key-of-this-scan"))));
    let raced = code(8).await;
    scans.extend((0..3).map(|n| sent("one code", n % 2, &raced, None)));
    for n in [9, 10] {
        scans.push(sent("two people, one key", 0, &code(n).await, Some("key-of-two-scans")));
    }
    scans.push(sent("revoked", 0, &code(11).await, None));
    test.api("POST", &format!("/api/v1/devices/{}/revoke", crew[11].phone), &crew[11].token, None).await;
    let neighbour = test.shop("Salle voisine").await;
    let stranger = test.token(&neighbour.owner.email).await;
    let phone = test.phone(&stranger).await;
    scans.push(sent("of the neighbour", 1, &test.code(&stranger, phone).await, None));
    scans.push(sent("unknown", 1, &base45::encode([7; 16]), None));

    let answers = send_all(&test, scans).await;
    let codes = |case: &str| -> Vec<String> {
        let word = |(status, body): &(u16, Value)| match *status {
            200 => body["punch_type"].as_str().unwrap().to_owned(),
            _ => body["code"].as_str().unwrap().to_owned(),
        };
        answers[case].iter().map(word).collect()
    };
    assert_eq!(codes("alone"), ["clock_in"; 6]);
    assert_eq!(codes("two codes of one person"), ["clock_in", "punch.too_soon"]);
    assert_eq!(codes("one code, one key"), ["clock_in"; 3]);
    let numbers = answers["one code, one key"].iter().map(|(_, body)| body["punch_id"].as_i64().unwrap());
    assert_eq!(numbers.collect::<std::collections::HashSet<_>>().len(), 1);
    assert_eq!(codes("one code"), ["clock_in", "punch.already_used", "punch.already_used"]);
    assert_eq!(codes("two people, one key"), ["clock_in", "punch.already_used"]);
    assert_eq!(codes("revoked"), ["punch.device_revoked"]);
    assert_eq!(codes("of the neighbour"), ["punch.other_org"]);
    assert_eq!(codes("unknown"), ["punch.unknown"]);

    // What was refused is not used up, and what was recorded is there once.
    assert_eq!(test.number("SELECT count(*) FROM punches").await, 10);
    assert_eq!(test.number("SELECT count(badge_id) FROM punches").await, 10);
    // Everybody's event is by the kiosk that scanned, and named after its own request.
    let by_kiosk = "SELECT CAST(count(*) AS BIGINT) FROM audit_events e JOIN punches p ON p.id = e.subject_id
      WHERE e.action = 'punch.recorded' AND e.actor_kind = 'kiosk' AND e.actor_id = p.kiosk_id";
    assert_eq!(test.number(by_kiosk).await, 10);
    let requests = "SELECT count(DISTINCT request_id) FROM audit_events WHERE action = 'punch.recorded'";
    assert_eq!(test.number(requests).await, 10);
    let check = audit::verify_chain::<ReadAudit>(&test.app, proof(shop.org.id)).await.unwrap();
    assert_eq!(check.broken, None);
}

#[tokio::test]
async fn scans_at_once_are_answered_as_if_alone() {
    each_app(each_is_answered_as_if_alone).await;
}

#[tokio::test]
async fn scans_one_by_one_are_answered_alike() {
    each_app_with(|config| config.database.batch = 1, each_is_answered_as_if_alone).await;
}

#[tokio::test]
async fn everybody_comes_and_goes_at_once() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.token(&shop.owner.email).await;
        let (_, kiosk) = test.kiosk(&owner, "Entrée").await;
        let mut crew = Vec::new();
        for n in 0..40 {
            let person = test.person(&shop, &format!("Technicien {n}"), Role::Tech).await;
            crew.push(person.email.unwrap());
        }
        let mut phones = Vec::new();
        // Coming in, going out, coming in without going out, and back after the exit that was forgotten.
        for (wait_hours, kind, minutes) in [(0, "clock_in", 0), (2, "clock_out", 120), (1, "clock_in", 120), (20, "clock_in", 0)]
        {
            test.app.clock.advance_seconds(wait_hours * 3600);
            let mut scans = Vec::new();
            for (n, email) in crew.iter().enumerate() {
                let token = test.token(email).await;
                if phones.len() <= n {
                    phones.push(test.phone(&token).await);
                }
                let code = test.code(&token, phones[n]).await;
                scans.push(Sent { case: "all", kiosk: kiosk.clone(), code, key: None });
            }
            let answers = send_all(&test, scans).await;
            assert_eq!(answers["all"].len(), 40);
            for (status, body) in &answers["all"] {
                let answer = (*status, body["punch_type"].as_str().unwrap(), body["minutes_today"].as_i64().unwrap());
                assert_eq!(answer, (200, kind, minutes), "{body}");
            }
        }
        assert_eq!(test.number("SELECT count(*) FROM punches").await, 5 * 40);
        assert_eq!(test.number("SELECT count(*) FROM punches WHERE kind = 'lapse'").await, 40);
    })
    .await;
}

/// Where writers do not wait for each other anyway.
#[tokio::test]
async fn an_organisation_that_is_held_up_holds_up_no_other() {
    each_app(async |test| {
        let (mut kiosks, mut codes) = (Vec::new(), Vec::new());
        for name in ["Théâtre du Mail", "Salle voisine"] {
            let shop = test.shop(name).await;
            let token = test.token(&shop.owner.email).await;
            kiosks.push(test.kiosk(&token, "Entrée").await.1);
            codes.push(test.code(&token, test.phone(&token).await).await);
        }
        let person = test.number("SELECT crew_member_id FROM devices ORDER BY id LIMIT 1").await;
        let mut holder = test.app.db.begin_write().await.unwrap();
        holder.lock(person).await.unwrap();
        let mut first = JoinSet::new();
        let (held, key, code) = (test.clone(), kiosks[0].clone(), codes[0].clone());
        first.spawn(async move { held.scan(&key, json!({ "qr_token": code })).await.status.as_u16() });
        if test.app.db.engine() == EngineKind::Postgres {
            assert_eq!(test.scan(&kiosks[1], json!({ "qr_token": codes[1] })).await.status, 200);
            assert!(first.try_join_next().is_none(), "it waits for who holds the person");
        }
        drop(holder);
        assert_eq!(first.join_all().await, [200]);
    })
    .await;
}

/// What becomes of a badge between the look at it and its punch is not overlooked.
#[tokio::test]
async fn a_badge_that_is_no_longer_good_when_its_turn_comes_is_refused() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.token(&shop.owner.email).await;
        let (_, kiosk) = test.kiosk(&owner, "Entrée").await;
        for (n, (meanwhile, refusal)) in [
            (Some("UPDATE devices SET revoked_at = 1 WHERE id = $1"), "punch.device_revoked"),
            (
                Some("UPDATE crew_members SET archived_at = 1 WHERE id = (SELECT crew_member_id FROM devices WHERE id = $1)"),
                "punch.archived",
            ),
            (None, "punch.expired"),
        ]
        .into_iter()
        .enumerate()
        {
            let person = test.holder(&shop, &format!("Technicienne {n}")).await;
            let code = test.code(&person.token, person.phone).await;
            let mut holder = test.app.db.begin_write().await.unwrap();
            holder.lock(person.id.0).await.unwrap();
            let (other, kiosk) = (test.clone(), kiosk.clone());
            let mut scan = JoinSet::new();
            scan.spawn(async move { other.scan(&kiosk, json!({ "qr_token": code })).await.json() });
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let early = scan.try_join_next();
            assert!(early.is_none(), "it waits for its turn: {early:?}");
            match meanwhile {
                Some(sql) => assert_eq!(holder.query(sql).bind(person.phone).execute().await.unwrap(), 1),
                None => test.app.clock.advance_seconds(31),
            }
            holder.commit().await.unwrap();
            let answer = scan.join_all().await.remove(0);
            // PostgreSQL's change began before it waited: at the moment that its punch would have, the badge was good.
            if meanwhile.is_some() || test.app.db.engine() == EngineKind::Sqlite {
                assert_eq!(answer["code"], refusal);
            } else {
                assert_eq!(answer["punch_type"], "clock_in");
            }
        }
    })
    .await;
}

/// The answer of the first is lost, or late, and the kiosk asks again before anything is durable.
#[tokio::test]
async fn a_scan_that_is_sent_twice_is_answered_twice() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.token(&shop.owner.email).await;
        let (_, kiosk) = test.kiosk(&owner, "Entrée").await;
        let phone = test.phone(&owner).await;
        let code = test.code(&owner, phone).await;
        let person = test.number("SELECT crew_member_id FROM devices").await;
        let mut holder = test.app.db.begin_write().await.unwrap();
        holder.lock(person).await.unwrap();
        let mut scans = JoinSet::new();
        for _ in 0..2 {
            let (test, kiosk, code) = (test.clone(), kiosk.clone(), code.clone());
            scans.spawn(async move {
                let sent = Sent { case: "twice", kiosk, code, key: Some("key-of-this-scan") };
                send_all(&test, vec![sent]).await.remove("twice").unwrap().remove(0)
            });
            // The first waits for the writer then, and the second is looked at before it is recorded.
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        drop(holder);
        let answers = scans.join_all().await;
        assert_eq!([answers[0].0, answers[1].0], [200, 200], "{answers:?}");
        assert_eq!(answers[0].1["punch_id"], answers[1].1["punch_id"]);
        assert_eq!(test.number("SELECT count(*) FROM punches").await, 1);
    })
    .await;
}
