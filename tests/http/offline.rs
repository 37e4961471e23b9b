//! The page for when there is no network, and the worker that keeps it.

use crate::support::{TestApp, each_app};

async fn get(test: &TestApp, path: &str) -> crate::support::Answer {
    let answer = test.send(http::Request::get(path).body("".into()).unwrap()).await;
    assert_eq!(answer.status, 200, "{path}");
    answer
}

#[tokio::test]
async fn the_kept_page_is_nobody_s_and_speaks_both_languages() {
    each_app(async |test| {
        let page = get(&test, "/offline").await;
        for piece in [
            ">Hors ligne</h1>",
            "<section lang=\"en\" class=\"stack\"><h2>Offline</h2>",
            "<a href=\"\" class=\"btn primary\">Réessayer</a>",
        ] {
            assert!(page.text.contains(piece), "{piece} in {}", page.text);
        }
        assert!(!page.text.contains("<script") && page.headers.get("set-cookie").is_none());
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'none'"), "{policy}");
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        assert_eq!(test.browse("GET", "/offline", &cookie, "").await.text, page.text, "signed in or not");
    })
    .await;
}

#[tokio::test]
async fn the_worker_keeps_that_page_and_its_looks_only() {
    each_app(async |test| {
        let worker = get(&test, "/offline.js").await;
        let header = |name: &str| worker.headers[name].to_str().unwrap();
        // At the root, so that all pages are below it without a header that says so.
        assert_eq!(header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(header("cache-control"), "no-cache");
        assert_eq!(header("content-security-policy"), "default-src 'none'; connect-src 'self'");
        let files = worker.text.split("const FILES = [").nth(1).and_then(|rest| rest.split(']').next());
        assert_eq!(files, Some("PAGE, \"/style.css\", \"/icons.svg\""));
        assert_eq!(worker.text.matches("cache.add").count(), 1, "nothing is kept later");
        let version = worker.text.split("\"regie-offline-").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert!(version.len() == 12 && version.chars().all(|c| c.is_ascii_hexdigit()), "{version}");
    })
    .await;
}

#[tokio::test]
async fn pages_with_islands_register_it_and_others_run_no_script() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let page = async |path: &str| test.browse("GET", &format!("/o/{}{path}", shop.org.slug), &cookie, "").await;
        assert!(page("/plan").await.text.contains("register('/offline.js')"));
        let hours = page("/hours").await;
        assert!(!hours.text.contains("<script"));
        assert!(hours.headers["content-security-policy"].to_str().unwrap().contains("script-src 'none'"));
    })
    .await;
}
