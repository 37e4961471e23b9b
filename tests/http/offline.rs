//! The page for when there is no network, and the worker that keeps it.

use crate::support::{between, each_app};

#[tokio::test]
async fn the_kept_page_is_nobody_s_and_speaks_both_languages() {
    each_app(async |test| {
        let page = test.get("/offline").await;
        assert_eq!(page.status, 200);
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
        let worker = test.get("/offline.js").await;
        assert_eq!(worker.status, 200);
        let header = |name: &str| worker.headers[name].to_str().unwrap();
        // At the root, so that all pages are below it without a header that says so.
        assert_eq!(header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(header("cache-control"), "no-cache");
        assert_eq!(header("content-security-policy"), "default-src 'none'; connect-src 'self'");
        let files = between(&worker.text, "const FILES = [", "]");
        assert_eq!(files, Some("PAGE, \"/style.css\", \"/icons.svg\""));
        assert_eq!(worker.text.matches("cache.add").count(), 1, "nothing is kept later");
        let version = between(&worker.text, "\"regie-offline-", "\"").unwrap();
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
