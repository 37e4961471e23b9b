//! The files of the site: their names, their compressed forms, the manifest, and a cache of what was compressed before.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha384};

use super::Quality;

/// How long an unused file stays in the cache.
const KEPT: Duration = Duration::from_secs(3 * 24 * 3600);

/// The SHA-256 of something.
pub struct Hash(Vec<u8>);

/// The SHA-256 of a content.
pub fn digest(content: &[u8]) -> Hash {
    Hash(Sha256::digest(content).to_vec())
}

impl Hash {
    /// All of it.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The eight letters that go into a file's name.
    pub fn short(&self) -> String {
        self.hex()[..8].to_owned()
    }
}

/// One file of the site.
#[derive(Debug)]
pub struct File {
    /// What the server asks for: `regie.css`.
    logical: String,
    content: Vec<u8>,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Under `pkg/`, with a hash in its name.
    Hashed,
    /// Under `pkg/`, in a directory that carries the hash.
    Pkg,
    /// At the root of the site, under its own name.
    Root,
}

impl File {
    pub fn hashed(logical: String, content: Vec<u8>) -> Self {
        Self { logical, content, place: Place::Hashed }
    }

    pub fn in_pkg(logical: String, content: Vec<u8>) -> Self {
        Self { logical, content, place: Place::Pkg }
    }

    pub fn plain(logical: String, content: Vec<u8>) -> Self {
        Self { logical, content, place: Place::Root }
    }

    /// Where it lies under the site's root, and, with a slash before it, its address.
    fn path(&self, pkg: &str) -> String {
        match self.place {
            Place::Hashed => format!("{pkg}/{}", hashed_name(&self.logical, &digest(&self.content).short())),
            Place::Pkg => format!("{pkg}/{}", self.logical),
            Place::Root => self.logical.clone(),
        }
    }
}

/// `regie.js` and `3fa9c1d2` make `regie.3fa9c1d2.js`.
fn hashed_name(logical: &str, hash: &str) -> String {
    match logical.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{logical}.{hash}"),
    }
}

/// Pictures and fonts are compressed already.
fn is_compressible(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["js", "css", "wasm", "svg", "json", "txt", "xml", "html", "webmanifest", "map", "ico", "md", "ttf"].contains(&extension)
}

/// All files, in the order they were added.
pub struct Site {
    quality: Quality,
    pkg: String,
    files: Vec<File>,
    /// Sizes of the compressed forms by path, known after writing.
    compressed: BTreeMap<String, (usize, usize)>,
}

impl Site {
    pub fn new(quality: Quality, pkg: &str) -> Self {
        Self { quality, pkg: pkg.to_owned(), files: Vec::new(), compressed: BTreeMap::new() }
    }

    pub fn add(&mut self, file: File) {
        self.files.push(file);
    }

    /// One hash over everything that decides what is written.
    fn stamp(&self) -> String {
        let mut all = format!("2 {:?}", self.quality);
        for file in &self.files {
            all.push_str(&format!("\n{} {}", file.path(&self.pkg), digest(&file.content).hex()));
        }
        digest(all.as_bytes()).hex()
    }

    /// Whether this very site is already there.
    pub fn is_at(&self, root: &Path) -> bool {
        fs::read_to_string(stamp_file(root)).is_ok_and(|stamp| stamp == self.stamp())
            && root.join("manifest.json").exists()
            && self.files.iter().all(|file| root.join(file.path(&self.pkg)).exists())
    }

    /// Writes everything beside the old site and then takes its place.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn write(&mut self, root: &Path, cache: &Cache) -> Result<()> {
        let fresh = root.with_extension("new");
        let _ = fs::remove_dir_all(&fresh);
        for file in &self.files {
            let path = file.path(&self.pkg);
            write(&fresh.join(&path), &file.content)?;
            if is_compressible(&file.logical) {
                let key = digest(&file.content).hex();
                let br = cache
                    .make(&format!("{key}.{}.br", self.quality.brotli()), || brotli(&file.content, self.quality.brotli()))?;
                let zst = cache.make(&format!("{key}.{}.zst", self.quality.zstd()), || {
                    zstd::bulk::compress(&file.content, self.quality.zstd()).context("zstd")
                })?;
                // A tiny file can grow: then it is served as it is.
                if br.len() < file.content.len() && zst.len() < file.content.len() {
                    write(&fresh.join(format!("{path}.br")), &br)?;
                    write(&fresh.join(format!("{path}.zst")), &zst)?;
                    self.compressed.insert(path, (br.len(), zst.len()));
                }
            }
        }
        write(&fresh.join("manifest.json"), self.manifest()?.as_bytes())?;
        let _ = fs::remove_file(stamp_file(root));
        match fs::remove_dir_all(root) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).context("cannot remove the old site");
            }
            _ => {}
        }
        fs::rename(&fresh, root).context("cannot put the new site in its place")?;
        write(&stamp_file(root), self.stamp().as_bytes())?;
        cache.forget(KEPT)
    }

    /// Logical name → address, sizes and integrity.
    fn manifest(&self) -> Result<String> {
        let mut entries = serde_json::Map::new();
        for file in &self.files {
            let path = file.path(&self.pkg);
            let sizes = self.compressed.get(&path);
            entries.insert(
                file.logical.clone(),
                serde_json::json!({
                    "url": format!("/{path}"),
                    "bytes": file.content.len(),
                    "br": sizes.map(|sizes| sizes.0),
                    "zst": sizes.map(|sizes| sizes.1),
                    "sha384": format!("sha384-{}", STANDARD.encode(Sha384::digest(&file.content))),
                    "immutable": file.place != Place::Root,
                }),
            );
        }
        let mut text = serde_json::to_string_pretty(&entries).context("manifest")?;
        text.push('\n');
        Ok(text)
    }

    /// A line for each file under `pkg/` with its sizes.
    pub fn sizes(&self) -> Vec<String> {
        let own = self.files.iter().filter(|file| file.place != Place::Root);
        own.map(|file| {
            let path = file.path(&self.pkg);
            match self.compressed.get(&path) {
                Some((br, _)) => format!("{:<36} {:>9} bytes {br:>9} brotli", path, file.content.len()),
                None => format!("{:<36} {:>9} bytes", path, file.content.len()),
            }
        })
        .collect()
    }
}

/// Beside the site, not in it: everything in it is served.
fn stamp_file(root: &Path) -> PathBuf {
    root.with_extension("stamp")
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

fn brotli(content: &[u8], quality: u32) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 1 << 16, quality, 24);
    writer.write_all(content).and_then(|()| writer.flush()).context("brotli")?;
    drop(writer);
    Ok(out)
}

/// Every file under a directory with its path in it, sorted; nothing if there is no such directory.
///
/// # Errors
/// When a file cannot be read or its name is not Unicode.
pub fn read_dir(directory: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    if !directory.is_dir() {
        return Ok(files);
    }
    for entry in walkdir::WalkDir::new(directory).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot read {}", directory.display()))?;
        if entry.file_type().is_file() {
            let path = entry.path();
            let inside = path.strip_prefix(directory).unwrap_or(path);
            let name = inside.to_str().ok_or_else(|| anyhow!("{} is not a Unicode name", inside.display()))?;
            files.push((name.to_owned(), fs::read(path).with_context(|| format!("cannot read {}", path.display()))?));
        }
    }
    Ok(files)
}

/// What was made before, by the hash of what it was made from.
pub struct Cache {
    directory: PathBuf,
    used: RefCell<BTreeSet<String>>,
}

impl Cache {
    /// # Errors
    /// When the directory cannot be made.
    pub fn open(directory: PathBuf) -> Result<Self> {
        fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
        Ok(Self { directory, used: RefCell::default() })
    }

    /// What was stored under this key.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.used.borrow_mut().insert(key.to_owned());
        fs::read(self.directory.join(key)).ok()
    }

    /// # Errors
    /// When the disk does not take it.
    pub fn put(&self, key: &str, content: &[u8]) -> Result<()> {
        self.used.borrow_mut().insert(key.to_owned());
        let half = self.directory.join(format!("{key}.half"));
        write(&half, content)?;
        fs::rename(&half, self.directory.join(key)).context("cannot write the cache")
    }

    fn make(&self, key: &str, work: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        if let Some(stored) = self.get(key) {
            return Ok(stored);
        }
        let made = work()?;
        self.put(key, &made)?;
        Ok(made)
    }

    /// Removes what this build had no use for and nobody made lately: builds of both qualities share the cache.
    fn forget(&self, older: Duration) -> Result<()> {
        let used = self.used.borrow();
        for entry in fs::read_dir(&self.directory).context("cannot read the cache")?.flatten() {
            let is_used = entry.file_name().to_str().is_some_and(|name| used.contains(name));
            let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|made| made.elapsed().ok());
            if !is_used && age.unwrap_or(Duration::MAX) >= older {
                fs::remove_file(entry.path()).context("cannot clean the cache")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "files_test.rs"]
mod tests;
