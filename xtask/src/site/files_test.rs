//! Tests of the site's files, apart because of their number of lines.

use super::*;

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("regie-xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        Self(directory)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn site() -> Site {
    let mut site = Site::new(Quality::Fast, "pkg");
    site.add(File::hashed("regie.css".to_owned(), b"a{color:red}".repeat(50)));
    site.add(File::in_pkg("snippets.1/x.js".to_owned(), b"x".to_vec()));
    site.add(File::plain("favicon.png".to_owned(), vec![1; 400]));
    site
}

#[test]
fn a_name_carries_the_hash_before_its_extension() {
    assert_eq!(hashed_name("regie.js", "3fa9c1d2"), "regie.3fa9c1d2.js");
    assert_eq!(hashed_name("scanner-worker.js", "00"), "scanner-worker.00.js");
    assert_eq!(hashed_name("licence", "00"), "licence.00");
}

#[test]
fn the_hash_is_that_of_the_content() {
    assert_eq!(digest(b"abc").short(), "ba7816bf");
    assert_eq!(digest(b"abc").hex().len(), 64);
}

#[test]
fn the_manifest_says_where_each_file_is() {
    let scratch = Scratch::new("manifest");
    let cache = Cache::open(scratch.0.join("cache")).unwrap();
    let root = scratch.0.join("site");
    let mut site = site();
    site.write(&root, &cache).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(root.join("manifest.json")).unwrap()).unwrap();
    let css = &manifest["regie.css"];
    let url = css["url"].as_str().unwrap();
    assert!(url.starts_with("/pkg/regie.") && url.ends_with(".css"), "{url}");
    assert_eq!(css["bytes"], 600);
    assert_eq!(css["immutable"], true);
    assert_eq!(css["br"], fs::read(root.join(format!("{}.br", &url[1..]))).unwrap().len());
    assert_eq!(css["sha384"].as_str().unwrap().len(), "sha384-".len() + 64);
    assert_eq!(manifest["favicon.png"]["url"], "/favicon.png");
    assert_eq!(manifest["favicon.png"]["br"], serde_json::Value::Null);
    // One byte does not get smaller.
    assert_eq!(manifest["snippets.1/x.js"]["br"], serde_json::Value::Null);
    assert!(!root.join("pkg/snippets.1/x.js.br").exists());
}

#[test]
fn an_unchanged_site_is_recognised_and_a_changed_one_replaces_it() {
    let scratch = Scratch::new("again");
    let cache = Cache::open(scratch.0.join("cache")).unwrap();
    let root = scratch.0.join("site");
    assert!(!site().is_at(&root));
    site().write(&root, &cache).unwrap();
    assert!(site().is_at(&root));
    let mut changed = site();
    changed.add(File::plain("robots.txt".to_owned(), b"User-agent: *".to_vec()));
    assert!(!changed.is_at(&root));
    changed.write(&root, &cache).unwrap();
    assert!(root.join("robots.txt").exists());
    site().write(&root, &cache).unwrap();
    assert!(!root.join("robots.txt").exists());
}

#[test]
fn compressed_forms_hold_the_same_content() {
    let scratch = Scratch::new("compressed");
    let cache = Cache::open(scratch.0.join("cache")).unwrap();
    let root = scratch.0.join("site");
    let mut site = site();
    site.write(&root, &cache).unwrap();
    let path = root.join(site.files[0].path("pkg"));
    let content = fs::read(&path).unwrap();
    let mut back = Vec::new();
    let br = fs::read(format!("{}.br", path.display())).unwrap();
    brotli::BrotliDecompress(&mut br.as_slice(), &mut back).unwrap();
    assert_eq!(back, content);
    let zst = fs::read(format!("{}.zst", path.display())).unwrap();
    assert_eq!(zstd::bulk::decompress(&zst, content.len()).unwrap(), content);
}

#[test]
fn the_cache_keeps_what_was_used_only() {
    let scratch = Scratch::new("cache");
    let cache = Cache::open(scratch.0.clone()).unwrap();
    cache.put("old", b"1").unwrap();
    let cache = Cache::open(scratch.0.clone()).unwrap();
    let mut calls = 0;
    for _ in 0..2 {
        cache
            .make("new", || {
                calls += 1;
                Ok(b"2".to_vec())
            })
            .unwrap();
    }
    cache.forget(KEPT).unwrap();
    assert!(scratch.0.join("old").exists());
    cache.forget(Duration::ZERO).unwrap();
    assert_eq!(calls, 1);
    assert!(cache.get("old").is_none());
    assert_eq!(cache.get("new").unwrap(), b"2");
}
