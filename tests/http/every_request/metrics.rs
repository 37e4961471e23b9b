//! What `/metrics` says, and where it says it.

use crate::support::{TestApp, each_app, each_app_with};
use axum::body::Body;
use http::Request;
use regie::platform::config::Config;
use serde_json::json;
use std::net::SocketAddr;
use tokio::sync::Mutex;

/// The process has one set of metrics. Gauges are set when they are asked for: one application after the other asks.
static ASKING: Mutex<()> = Mutex::const_new(());

async fn metrics(test: &TestApp) -> String {
    let _alone = ASKING.lock().await;
    let answer = test.get("/metrics").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("text/plain; version=0.0.4")));
    answer.text
}

/// The value of a series; 0 when there is none yet.
fn value(metrics: &str, series: &str) -> f64 {
    let found = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    found.map_or(0.0, |number| number.parse().unwrap())
}

#[tokio::test]
async fn a_request_is_counted_and_timed() {
    // No other test asks with HEAD, so these are counted exactly.
    const EXACT: &str = "http_requests_total{method=\"HEAD\",route=\"/livez\",status=\"200\"}";
    const SHARED: [&str; 3] = [
        "app_requests_total{route=\"/livez\"}",
        "app_request_duration_seconds_count{route=\"/livez\"}",
        "app_request_duration_seconds_bucket{route=\"/livez\",le=\"+Inf\"}",
    ];
    each_app(async |test| {
        let before = metrics(&test).await;
        for _ in 0..3 {
            assert_eq!(test.send(Request::head("/livez").body(Body::empty()).unwrap()).await.status, 200);
        }
        let after = metrics(&test).await;
        let counted = |series: &str| value(&after, series) - value(&before, series);
        assert_eq!(counted(EXACT), 3.0);
        for series in SHARED {
            assert!(counted(series) >= 3.0, "{series}: {}", counted(series));
        }
        assert!(value(&after, "app_inflight_requests") >= 1.0, "who asks is on the way");
    })
    .await;
}

#[tokio::test]
async fn routes_are_counted_by_their_template() {
    each_app(async |test| {
        let shop = test.shop("Salle mesurée").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let before = metrics(&test).await;
        assert_eq!(test.browse("GET", &format!("/o/{}/punches", shop.org.slug), &cookie, "").await.status, 200);
        assert_eq!(test.get("/nowhere-4711").await.status, 404);
        let after = metrics(&test).await;
        for (route, status) in [("/o/{org}/punches", 200), ("unmatched", 404)] {
            let series = format!("http_requests_total{{method=\"GET\",route=\"{route}\",status=\"{status}\"}}");
            assert!(value(&after, &series) > value(&before, &series), "{series}");
        }
        for told in [shop.org.slug.as_str(), "nowhere-4711"] {
            assert!(!after.contains(told), "an address has got into the metrics: {told}");
        }
    })
    .await;
}

#[tokio::test]
async fn punches_are_counted_by_what_became_of_them() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let token = test.token(&shop.owner.email).await;
        let (_, key) = test.kiosk(&token, "Entrée").await;
        let phone = test.phone(&token).await;
        let code = test.code(&token, phone).await;
        let before = metrics(&test).await;
        for status in [200, 400] {
            assert_eq!(test.scan(&key, json!({ "qr_token": code })).await.status, status);
        }
        let after = metrics(&test).await;
        for outcome in ["in", "punch.already_used"] {
            let series = format!("punches_total{{outcome=\"{outcome}\"}}");
            assert!(value(&after, &series) > value(&before, &series), "{series}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_queue_and_the_connections_are_measured() {
    // Nobody does this kind of job, and no other test makes one.
    const DONE: &str = "jobs_total{kind=\"test.measured\",outcome=\"failed\"}";
    each_app(async |test| {
        for _ in 0..3 {
            test.enqueue("test.measured", "1").await;
        }
        test.change("UPDATE jobs SET state = 'dead' WHERE id = (SELECT min(id) FROM jobs)").await;
        let (reader, writer) = (test.app.db.read().await.unwrap(), test.app.db.begin_write().await.unwrap());
        let before = metrics(&test).await;
        drop((reader, writer));
        assert_eq!((value(&before, "jobs_waiting"), value(&before, "jobs_dead")), (2.0, 1.0));
        for pool in ["db_readers_in_use", "db_writers_in_use"] {
            assert!(value(&before, pool) >= 1.0, "{pool}");
        }
        test.run_jobs().await;
        assert_eq!(value(&metrics(&test).await, DONE) - value(&before, DONE), 2.0);
    })
    .await;
}

#[tokio::test]
async fn metrics_are_not_served_here_when_they_are_off_or_elsewhere() {
    let changes: [fn(&mut Config); 2] = [
        |config| config.server.metrics = false,
        |config| config.server.metrics_addr = Some(SocketAddr::from(([127, 0, 0, 1], 9))),
    ];
    for change in changes {
        each_app_with(change, async |test| {
            let answer = test.get("/metrics").await;
            assert!(answer.status == 404 && !answer.text.contains("http_requests_total"), "{}", answer.text);
            assert_eq!(test.get("/livez").await.status, 200);
        })
        .await;
    }
}
