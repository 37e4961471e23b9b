//! The built site: files with the hash of their content in their name, already compressed.
//!
//! In a release build they are inside the binary, else they are read from the site directory at the start.

use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// One file of the site, with its compressed forms.
#[derive(Clone, Debug)]
pub struct Asset {
    pub bytes: &'static [u8],
    pub brotli: Option<&'static [u8]>,
    pub zstd: Option<&'static [u8]>,
    pub mime: &'static str,
    /// The name holds the hash of the content: it may be kept for ever.
    pub immutable: bool,
}

/// All files, by path.
#[derive(Default)]
pub struct Assets {
    files: HashMap<String, Asset>,
    names: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Entry {
    url: String,
    immutable: bool,
}

#[cfg(feature = "embed-site")]
static SITE: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/target/site");

impl Assets {
    /// The site inside the binary when there is one, else that of `directory`. A missing directory gives a server
    /// without scripts and styles, which tests of the JSON API use.
    pub fn load(directory: &Path) -> Self {
        let mut found: HashMap<String, &'static [u8]> = HashMap::new();
        if !Self::load_embedded(&mut found) {
            read_into(directory, directory, &mut found);
        }
        let manifest: HashMap<String, Entry> =
            found.get("manifest.json").and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        let unchanging: HashSet<_> = manifest.values().filter(|entry| entry.immutable).map(|entry| entry.url.clone()).collect();
        let names: HashMap<_, _> = manifest.into_iter().map(|(name, entry)| (name, entry.url)).collect();
        let compressed = |path: &str, ending: &str| found.get(&format!("{path}.{ending}")).copied();
        let files =
            found.iter().filter(|(path, _)| !path.ends_with(".br") && !path.ends_with(".zst") && *path != "manifest.json");
        let files = files.map(|(path, bytes)| {
            let url = format!("/{path}");
            let asset = Asset {
                bytes,
                brotli: compressed(path, "br"),
                zstd: compressed(path, "zst"),
                mime: mime_guess::from_path(path).first_raw().unwrap_or("application/octet-stream"),
                immutable: unchanging.contains(&url),
            };
            (url, asset)
        });
        Self { files: files.collect(), names }
    }

    #[cfg(feature = "embed-site")]
    fn load_embedded(found: &mut HashMap<String, &'static [u8]>) -> bool {
        fn walk(dir: &'static include_dir::Dir<'static>, found: &mut HashMap<String, &'static [u8]>) {
            for file in dir.files() {
                found.insert(file.path().to_string_lossy().replace('\\', "/"), file.contents());
            }
            dir.dirs().for_each(|inner| walk(inner, found));
        }
        walk(&SITE, found);
        true
    }

    #[cfg(not(feature = "embed-site"))]
    fn load_embedded(_found: &mut HashMap<String, &'static [u8]>) -> bool {
        false
    }

    /// The file at a path like `/pkg/regie.3fa9c1d2.js`.
    pub fn get(&self, path: &str) -> Option<&Asset> {
        self.files.get(path)
    }

    /// The address of a file by the name it has in the source, like `regie.js`. Unknown names give an address that
    /// answers 404, so that a forgotten build is seen at once.
    pub fn url(&self, name: &str) -> String {
        self.names.get(name).cloned().unwrap_or_else(|| format!("/pkg/{name}"))
    }
}

fn read_into(root: &Path, directory: &Path, found: &mut HashMap<String, &'static [u8]>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            read_into(root, &path, found);
        } else if let (Ok(bytes), Ok(name)) = (std::fs::read(&path), path.strip_prefix(root)) {
            // Read once at the start and kept until the end of the process.
            found.insert(name.to_string_lossy().into_owned(), Box::leak(bytes.into_boxed_slice()));
        }
    }
}
