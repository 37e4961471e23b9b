//! The parts that run in the browser: built by cargo, then made ready by `wasm-bindgen`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::files::{Cache, digest};
use crate::command::run;
use crate::machine::{WASM, WasmToolchain};

/// The browser's part after `wasm-bindgen`.
pub struct Glue {
    pub js: Vec<u8>,
    pub wasm: Vec<u8>,
    /// Scripts of libraries that the glue imports, by their path under `pkg/`.
    pub snippets: Vec<(String, Vec<u8>)>,
}

/// Refuses to build when the library and the tool half of `wasm-bindgen` differ: they speak an unversioned format.
///
/// # Errors
/// Says which two versions Cargo.lock holds and what to change.
pub fn check_versions(lock: &str) -> Result<()> {
    let library = locked_version(lock, "wasm-bindgen").context("Cargo.lock has no wasm-bindgen")?;
    let tool = locked_version(lock, "wasm-bindgen-cli-support").context("Cargo.lock has no wasm-bindgen-cli-support")?;
    ensure!(
        library == tool,
        "Cargo.lock has wasm-bindgen {library}, but xtask was made with wasm-bindgen-cli-support {tool}: \
         write `wasm-bindgen-cli-support = \"={library}\"` in xtask/Cargo.toml, or `cargo update -p wasm-bindgen --precise {tool}`"
    );
    Ok(())
}

fn locked_version<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let heading = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| *line != heading);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// Builds the product's library for the browser and returns the wasm file.
///
/// # Errors
/// When it does not compile.
pub fn build_product(toolchain: WasmToolchain) -> Result<PathBuf> {
    cargo_build(toolchain, "wasm-release", &["--package", "regie", "--lib", "--no-default-features", "--features", "hydrate"])?;
    Ok(toolchain.target_dir().join(WASM).join("wasm-release/regie.wasm"))
}

/// Builds the QR decoder and returns the wasm file.
///
/// # Errors
/// When it does not compile.
pub fn build_scanner(toolchain: WasmToolchain) -> Result<PathBuf> {
    cargo_build(toolchain, "scanner", &["--package", "scanner", "--lib"])?;
    Ok(toolchain.target_dir().join(WASM).join("scanner/scanner.wasm"))
}

fn cargo_build(toolchain: WasmToolchain, profile: &str, what: &[&str]) -> Result<()> {
    let mut command = toolchain.cargo();
    // The kind of library is named here and not in the manifests: a server would be linked twice.
    command
        .arg("rustc")
        .args(toolchain.options())
        .args(["--target", WASM, "--profile", profile, "--crate-type", "cdylib"])
        .args(what);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", remap_crates());
    run(command.env("CARGO_TARGET_DIR", toolchain.target_dir()))
}

/// Flags that call the directories of downloaded crates `crates`. Panic messages name source files; where this machine
/// keeps its crates and got them from is nobody's business in a browser, and must not change the built file.
fn remap_crates() -> String {
    let sources = cargo_home().and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut directories: Vec<String> =
        sources.into_iter().flatten().flatten().map(|entry| entry.path().display().to_string()).collect();
    directories.sort();
    // The flags are separated by spaces.
    directories.retain(|path| !path.contains(char::is_whitespace));
    directories.iter().map(|path| format!("--remap-path-prefix={path}=crates")).collect::<Vec<_>>().join(" ")
}

fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

/// Runs `wasm-bindgen` on the product, or takes what it made of the same file before.
///
/// # Errors
/// When `wasm-bindgen` does not like the file.
pub fn bind(product: &Path, name: &str, cache: &Cache) -> Result<Glue> {
    let input = fs::read(product).with_context(|| format!("cannot read {}", product.display()))?;
    // This file is part of the key: what another edition of it made is made again.
    let key = format!("{}.glue", digest(&[include_bytes!("wasm.rs").as_slice(), name.as_bytes(), &input].concat()).hex());
    if let Some(stored) = cache.get(&key)
        && let Some(glue) = Glue::unpack(&stored)
    {
        return Ok(glue);
    }
    let mut output = Bindgen::new()
        .input_bytes(name, input)
        .web(true)?
        .typescript(false)
        .keep_debug(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The page says where the wasm file is: its name holds a hash that the glue cannot know.
        .omit_default_module_path(true)
        .generate_output()
        .context("wasm-bindgen")?;
    if !output.npm_dependencies().is_empty() {
        bail!("a crate of the browser's part wants npm packages, which the site build does not bring");
    }
    let mut scripts = BTreeMap::new();
    for (crate_name, list) in output.snippets() {
        for (index, script) in list.iter().enumerate() {
            scripts.insert(format!("{crate_name}/inline{index}.js"), script.clone());
        }
    }
    scripts.extend(output.local_modules().iter().map(|(path, script)| (path.clone(), script.clone())));
    let mut js = output.js().to_owned();
    let mut snippets = Vec::new();
    if !scripts.is_empty() {
        // The glue imports them by relative path; the directory carries the hash for all of them.
        let all: String = scripts.iter().map(|(path, script)| format!("{path}\n{script}\n")).collect();
        let directory = format!("snippets.{}", digest(all.as_bytes()).short());
        js = move_imports(&js, &directory);
        snippets.extend(scripts.into_iter().map(|(path, script)| (format!("{directory}/{path}"), script.into_bytes())));
    }
    let glue = Glue { js: js.into_bytes(), wasm: output.wasm_mut().emit_wasm(), snippets };
    cache.put(&key, &glue.pack())?;
    Ok(glue)
}

impl Glue {
    /// Writes all parts one after the other, each with its name and length.
    fn pack(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let parts = [("js", &self.js), ("wasm", &self.wasm)]
            .into_iter()
            .chain(self.snippets.iter().map(|(name, content)| (name.as_str(), content)));
        for (name, content) in parts {
            out.extend_from_slice(format!("{name}\t{}\n", content.len()).as_bytes());
            out.extend_from_slice(content);
        }
        out
    }

    /// The reverse of [`Self::pack`]; `None` for a file that was not written to its end.
    fn unpack(mut packed: &[u8]) -> Option<Self> {
        let mut parts = Vec::new();
        while !packed.is_empty() {
            let end = packed.iter().position(|byte| *byte == b'\n')?;
            let (name, length) = std::str::from_utf8(&packed[..end]).ok()?.split_once('\t')?;
            let (content, rest) = packed[end + 1..].split_at_checked(length.parse().ok()?)?;
            parts.push((name.to_owned(), content.to_vec()));
            packed = rest;
        }
        let mut parts = parts.into_iter();
        Some(Self { js: parts.next()?.1, wasm: parts.next()?.1, snippets: parts.collect() })
    }
}

/// Removes the custom sections (names, producers, debug information) of a wasm file that needs no glue.
///
/// # Errors
/// When it is not a wasm file.
pub fn strip(wasm: &[u8]) -> Result<Vec<u8>> {
    ensure!(wasm.len() >= 8 && wasm.starts_with(b"\0asm"), "scanner.wasm is not a wasm file");
    let mut out = wasm[..8].to_vec();
    let mut rest = &wasm[8..];
    while let Some(id) = rest.first() {
        let (size, used) = leb128(&rest[1..]).context("scanner.wasm ends too early")?;
        let section = rest.get(..1 + used + size).context("scanner.wasm ends too early")?;
        if *id != 0 {
            out.extend_from_slice(section);
        }
        rest = &rest[section.len()..];
    }
    Ok(out)
}

/// An unsigned number and how many bytes it took.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// Lets the import statements name the hashed directory. Elsewhere the old name stays: the wasm asks for it by that.
fn move_imports(js: &str, directory: &str) -> String {
    let moved = js.lines().map(|line| {
        if line.starts_with("import ") { line.replacen("./snippets/", &format!("./{directory}/"), 1) } else { line.to_owned() }
    });
    moved.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n\n[[package]]\nname = \"wasm-bindgen-cli-support\"\nversion = \"0.2.130\"\n";

    #[test]
    fn equal_versions_are_fine() {
        check_versions(LOCK).unwrap();
    }

    #[test]
    fn different_versions_are_explained() {
        let lock = LOCK.replacen("0.2.130", "0.2.131", 1);
        let error = check_versions(&lock).unwrap_err().to_string();
        assert!(error.contains("wasm-bindgen 0.2.131"), "{error}");
        assert!(error.contains("\"=0.2.131\""), "{error}");
    }

    #[test]
    fn glue_survives_the_cache() {
        let glue =
            Glue { js: b"a\nb\tc".to_vec(), wasm: vec![0, 10, 9], snippets: vec![("snippets.1/x.js".to_owned(), b"x".to_vec())] };
        let packed = glue.pack();
        let back = Glue::unpack(&packed).unwrap();
        assert_eq!((back.js, back.wasm, back.snippets), (glue.js, glue.wasm, glue.snippets));
        assert!(Glue::unpack(&packed[..packed.len() - 1]).is_none());
    }

    #[test]
    fn custom_sections_are_removed() {
        let wasm = [b"\0asm\x01\0\0\0".as_slice(), &[0, 3, 2, b'h', b'i'], &[1, 1, 0], &[0, 2, 1, b'x']].concat();
        assert_eq!(strip(&wasm).unwrap(), [b"\0asm\x01\0\0\0".as_slice(), &[1, 1, 0]].concat());
        assert!(strip(b"GIF89a..").is_err());
        assert!(strip(&wasm[..10]).is_err());
    }

    #[test]
    fn only_import_statements_are_moved() {
        let js = "import * as a from \"./snippets/x/b.js\"\nreturn { \"./snippets/x/b.js\": a };";
        let moved = "import * as a from \"./snippets.1/x/b.js\"\nreturn { \"./snippets/x/b.js\": a };";
        assert_eq!(move_imports(js, "snippets.1"), moved);
    }
}
