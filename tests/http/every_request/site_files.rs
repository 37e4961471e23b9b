//! Files of the built site: compressed, and kept by browsers for as long as their names allow.

use crate::support::each_app_with;
use axum::body::Body;
use http::Request;
use serde_json::json;
use tempfile::TempDir;

/// A built site: a sheet with its hash in its name and its compressed forms, and a script without.
fn built_site() -> TempDir {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("pkg")).unwrap();
    let manifest = json!({
        "account.js": { "url": "/account.js", "immutable": false },
        "regie.css": { "url": "/pkg/regie.0123abcd.css", "immutable": true },
    });
    for (name, text) in [
        ("manifest.json", manifest.to_string()),
        ("account.js", "export {}".into()),
        ("pkg/regie.0123abcd.css", "as it is".into()),
        ("pkg/regie.0123abcd.css.br", "by brotli".into()),
        ("pkg/regie.0123abcd.css.zst", "by zstd".into()),
    ] {
        std::fs::write(site.path().join(name), text).unwrap();
    }
    site
}

#[tokio::test]
async fn a_file_with_its_hash_comes_compressed_and_is_kept_for_ever() {
    let site = built_site();
    each_app_with(
        |config| config.server.site = site.path().to_owned(),
        async |test| {
            for (accept, encoding, text) in [
                ("gzip, deflate, br, zstd", Some("br"), "by brotli"),
                ("gzip, zstd", Some("zstd"), "by zstd"),
                ("gzip", None, "as it is"),
                ("", None, "as it is"),
            ] {
                let request = Request::get("/pkg/regie.0123abcd.css").header("accept-encoding", accept);
                let answer = test.send(request.body(Body::empty()).unwrap()).await;
                let heard = (answer.status.as_u16(), answer.header("content-encoding"), answer.text.as_str());
                assert_eq!(heard, (200, encoding, text), "{accept}");
                for (name, expected) in [
                    ("cache-control", "public, max-age=31536000, immutable"),
                    ("content-type", "text/css; charset=utf-8"),
                    ("vary", "accept-encoding"),
                ] {
                    assert_eq!(answer.header(name), Some(expected), "{accept}: {name}");
                }
            }
        },
    )
    .await;
}

#[tokio::test]
async fn a_file_without_a_hash_in_its_name_is_soon_asked_for_again() {
    let site = built_site();
    each_app_with(
        |config| config.server.site = site.path().to_owned(),
        async |test| {
            for path in ["/style.css", "/account.js"] {
                let answer = test.get(path).await;
                assert_eq!(
                    (answer.status.as_u16(), answer.header("cache-control")),
                    (200, Some("public, max-age=300")),
                    "{path}"
                );
            }
        },
    )
    .await;
}
