//! Lists that are kept: never older than the last change, with Redis and without.

use super::planning::{Room, hours};
use crate::db::{Place, on_postgres, on_sqlite};
use crate::support::redis::{Redis, free_port};
use crate::support::{TestApp, each_app, proof, soon};
use regie::kernel::zone::{Zone, parse_local};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Whether a list was kept, and how long it is.
async fn look(room: &Room, path: &str) -> (String, usize) {
    let answer = room.ask("GET", path, None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    (answer.headers["x-cache"].to_str().unwrap().to_owned(), answer.json().as_array().unwrap().len())
}

/// As [`is_fresh`], where a busy machine may take its time to keep a list.
async fn becomes_fresh(room: &Room, after: &str) {
    for path in ["/projects", "/missions"] {
        assert_eq!(look(room, path).await.0, "MISS", "{path} after {after}");
        is_kept(room, path).await;
    }
}

async fn is_kept(room: &Room, path: &str) {
    soon(&format!("{path} is kept"), async || look(room, path).await.0 == "HIT").await;
}

/// Both lists are drawn up anew, once.
async fn is_fresh(room: &Room, after: &str) {
    for path in ["/projects", "/missions"] {
        assert_eq!(look(room, path).await.0, "MISS", "{path} after {after}");
        assert_eq!(look(room, path).await.0, "HIT", "{path} after {after}");
    }
}

#[tokio::test]
async fn every_change_that_shows_ends_what_was_kept() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let other = Room::open(&test, "Salle voisine").await;
        is_fresh(&room, "nothing").await;
        is_fresh(&other, "nothing").await;
        let project = room.project("Tournée").await;
        is_fresh(&room, "a new project").await;
        let path = format!("/projects/{project}");
        room.done("PUT", &path, Some(json!({ "name": "Hiver", "version": 1 }))).await;
        is_fresh(&room, "a changed project").await;
        let mission = room.mission(1, 8, 12).await;
        is_fresh(&room, "a new mission").await;
        let mut change = hours(1, 9, 12);
        (change["version"], change["project_id"]) = (json!(1), json!(project));
        room.done("PUT", &format!("/missions/{mission}"), Some(change)).await;
        is_fresh(&room, "a changed mission").await;
        room.done("POST", &format!("/missions/{mission}:duplicate"), None).await;
        is_fresh(&room, "a copied mission").await;
        room.done("POST", &format!("/projects/{project}/missions:bulk_create"), Some(json!([hours(2, 8, 9)]))).await;
        is_fresh(&room, "new missions").await;
        // What pages do goes the same way.
        let at = |text: &str| parse_local(text, &Zone::named("Europe/Paris").unwrap()).unwrap();
        let (from, to) = (at("2026-12-01T00:00"), at("2026-12-02T00:00"));
        let copied =
            regie::planning::service::copy_missions(&test.app, proof(room.shop.org.id), from, to, 7, false).await.unwrap();
        assert_eq!(copied, 2);
        is_fresh(&room, "a copied day").await;
        test.api("DELETE", &format!("/api/v1{path}"), &room.owner, None).await;
        is_fresh(&room, "a project that is gone").await;
        room.assign(mission).await;
        room.done("POST", "/users", Some(json!({ "name": "Nora" }))).await;
        for path in ["/projects", "/missions"] {
            assert_eq!(look(&room, path).await.0, "HIT", "who is on it does not show");
        }
        room.done("DELETE", &format!("/missions/{mission}"), None).await;
        is_fresh(&room, "a mission that was called off").await;
        let unheard = room.mission(3, 8, 9).await;
        is_fresh(&room, "another mission").await;
        room.done("DELETE", &format!("/missions/{unheard}"), None).await;
        is_fresh(&room, "a mission that is gone").await;
        assert_eq!(room.ask("POST", "/projects", Some(json!({ "name": "" }))).await.status, 422);
        for path in ["/projects", "/missions"] {
            assert_eq!(look(&room, path).await.0, "HIT", "what was refused changed nothing");
            assert_eq!(look(&other, path).await, ("HIT".into(), 0), "another organisation is not concerned");
        }
        assert_eq!(look(&room, "/missions?limit=1").await, ("MISS".into(), 1), "another page is another list");
        assert!(room.ask("GET", "/missions?limit=1", None).await.headers.contains_key("link"), "a kept page has a next one");
        test.app.clock.advance_seconds(60);
        is_fresh(&room, "a minute").await;
    })
    .await;
}

#[tokio::test]
async fn what_one_server_changes_no_other_shows_old() {
    each_app(async |test| {
        let second = TestApp::open_with(test.app.config.database.url.reveal(), |_| ()).await;
        let here = Room::open(&test, "Théâtre du Mail").await;
        // Keys are each server's own here; so are the tokens.
        let manager = second.token(&here.shop.email("Ines")).await;
        let there = async |path: &str| second.api("GET", path, &manager, None).await;
        for count in 1..=5 {
            here.project(&format!("Tournée {count}")).await;
            for word in ["MISS", "HIT"] {
                let list = there("/api/v1/projects").await;
                assert_eq!((list.headers["x-cache"].to_str().unwrap(), list.json().as_array().unwrap().len()), (word, count));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn redis_is_shared_and_may_die_and_come_back() {
    let run = async |place: &Place| {
        let Some(redis) = Redis::start(free_port()) else {
            eprintln!("redis-server is not installed: lists kept in Redis are NOT tested");
            return;
        };
        let port = redis.port;
        let url = redis.url();
        let open = async || TestApp::open_with(&place.url, |config| config.cache.redis_url = url.clone()).await;
        let test = open().await;
        let room = Room::open(&test, "Théâtre du Mail").await;
        becomes_fresh(&room, "nothing").await;
        room.project("Tournée").await;
        let second = open().await;
        let manager = second.token(&room.shop.email("Ines")).await;
        assert_eq!(look(&room, "/projects").await, ("MISS".into(), 1));
        is_kept(&room, "/projects").await;
        let second = Room { test: second, manager, ..Room::open(&test, "Salle voisine").await };
        // The first request of a server also connects.
        let _ = look(&second, "/missions").await;
        assert_eq!(look(&second, "/projects").await, ("HIT".into(), 1), "one server keeps for the others");
        room.mission(1, 8, 12).await;
        becomes_fresh(&room, "a new mission").await;

        redis.kill();
        let started = Instant::now();
        for count in 2..=6 {
            room.project(&format!("Tournée {count}")).await;
            assert_eq!(look(&room, "/projects").await, ("MISS".into(), count), "a dead Redis fails nothing");
            assert_eq!(look(&room, "/projects").await, ("MISS".into(), count));
        }
        assert!(started.elapsed() < Duration::from_secs(60), "and slows nothing: {:?}", started.elapsed());
        let redis = Redis::start(port).unwrap();
        is_kept(&room, "/projects").await;
        room.project("La dernière").await;
        becomes_fresh(&room, "all of that").await;
        redis.kill();
    };
    on_sqlite(run).await;
    on_postgres(run).await;
}

#[tokio::test]
async fn nothing_is_kept_where_nothing_shall_be() {
    on_sqlite(async |place: &Place| {
        let test = TestApp::open_with(&place.url, |config| config.cache.ttl_seconds = 0).await;
        let room = Room::open(&test, "Théâtre du Mail").await;
        for _ in 0..3 {
            assert_eq!(look(&room, "/projects").await.0, "MISS");
        }
        let _: Value = room.done("GET", "/missions", None).await;
    })
    .await;
}
