//! No answer tells of what the disk does not have, whatever kind of answer it is.

use crate::support::{Shop, each_app, soon};
use http::{Request, StatusCode};
use regie::kernel::Role;
use regie::platform::db::{EngineKind, watched};
use serde_json::json;
use std::io;
use std::sync::{Condvar, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;

#[derive(Clone, Copy, PartialEq)]
enum Disk {
    Works,
    Hangs,
    Fails,
}

static DISK: Mutex<Disk> = Mutex::new(Disk::Works);
static CHANGED: Condvar = Condvar::new();

fn sync() -> io::Result<()> {
    let disk = CHANGED.wait_while(DISK.lock().unwrap(), |disk| *disk == Disk::Hangs).unwrap();
    if *disk == Disk::Fails { Err(io::Error::other("no more blocks")) } else { Ok(()) }
}

fn set(disk: Disk) {
    *DISK.lock().unwrap() = disk;
    CHANGED.notify_all();
}

/// What asks for the person's punches: a program, and a browser.
fn requests(shop: &Shop, token: &str, cookie: &str) -> [Request<axum::body::Body>; 2] {
    let program = Request::get("/api/v1/punch/history").header("authorization", format!("Bearer {token}"));
    let browser = Request::get(format!("/o/{}/hours", shop.org.slug)).header("cookie", cookie).header("accept-language", "en");
    [program, browser].map(|request| request.body(axum::body::Body::empty()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_wait_for_the_disk() {
    each_app(async |test| {
        if test.app.db.engine() != EngineKind::Sqlite {
            return; // it tells nobody of a COMMIT before it is durable
        }
        let test = test.twin_on_disk(|_| sync()).await;
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.token(&shop.owner.email).await;
        let (_, kiosk) = test.kiosk(&owner, "Entrée").await;
        let person = test.person(&shop, "Élise Roux", Role::Tech).await;
        let email = person.email.clone().unwrap();
        let token = test.token(&email).await;
        let cookie = test.cookie(&email).await;
        let phone = test.phone(&token).await;
        let code = test.code(&token, phone).await;

        set(Disk::Hangs);
        let mut answers = JoinSet::new();
        let (scanning, key) = (test.clone(), kiosk.clone());
        answers.spawn(async move { scanning.scan(&key, json!({ "qr_token": code })).await });
        // Others see the punch, which is not durable.
        soon("the punch is seen", async || watched(test.number("SELECT count(*) FROM punches")).await.0 == 1).await;
        for request in requests(&shop, &token, &cookie) {
            let test = test.clone();
            answers.spawn(async move { test.send(request).await });
        }
        // Long enough for answers that do not wait.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let early = answers.try_join_next().map(|answer| answer.unwrap().text);
        assert!(early.is_none(), "{early:?}");
        set(Disk::Works);
        for answer in answers.join_all().await {
            assert_eq!(answer.status, StatusCode::OK);
            let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
            let punch = if is_page { "class=\"pill now\"" } else { "clock_in" };
            assert!(answer.text.contains(punch), "{}", answer.text);
        }

        set(Disk::Fails);
        let refused = test.api("POST", "/api/v1/punch/request-token", &token, Some(json!({ "device_id": phone }))).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("unavailable")));
        let [program, browser] = requests(&shop, &token, &cookie);
        assert_eq!(test.send(program).await.status, StatusCode::SERVICE_UNAVAILABLE);
        let page = test.send(browser).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.text.contains("<html lang=\"en\""), "{}", page.text);
        assert!(test.app.db.lost().await.contains("no more blocks"));
    })
    .await;
}
