//! Builds the site into `target/site`: the browser's part, the QR decoder, the style sheet, the files of `public/`.
//!
//! Files under `pkg/` carry a part of their content's hash in their names and may be cached for ever.
//! `manifest.json` tells the server which logical name has which address. Every compressible file also
//! lies there as `.br` and `.zst`.

pub mod budget;
mod css;
mod files;
mod wasm;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::report::{note, step};
use files::{File, Site};

/// How much work goes into compressing. There is one cargo profile for both: a faster one saved no time
/// (80 s cold against 89 s, less than a second for a change), and would have to be built beside the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// For working on the product: compressed quickly.
    Fast,
    /// For tests and releases: as small as can be.
    Full,
}

impl Quality {
    fn brotli(self) -> u32 {
        match self {
            Self::Fast => 5,
            Self::Full => 11,
        }
    }

    fn zstd(self) -> i32 {
        match self {
            Self::Fast => 3,
            Self::Full => 19,
        }
    }
}

/// The site options of Leptos.toml that the build needs.
#[derive(Debug)]
pub struct Settings {
    pub output_name: String,
    pub site_root: PathBuf,
    pub pkg_dir: String,
    pub style_file: Option<PathBuf>,
    pub assets_dir: Option<PathBuf>,
}

impl Settings {
    /// Reads `[package.metadata.leptos]` of Leptos.toml.
    ///
    /// # Errors
    /// When the file is missing or is not what it should be.
    pub fn read() -> Result<Self> {
        let file = crate::root().join("Leptos.toml");
        let text = fs::read_to_string(&file).context("cannot read Leptos.toml")?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse().context("Leptos.toml is not valid TOML")?;
        let section = table
            .get("package")
            .and_then(|value| value.get("metadata"))
            .and_then(|value| value.get("leptos"))
            .context("Leptos.toml has no section [package.metadata.leptos]")?;
        let text = |key: &str| section.get(key).and_then(toml::Value::as_str).map(ToOwned::to_owned);
        let path = |key: &str| text(key).map(|name| crate::root().join(name));
        Ok(Self {
            output_name: text("output-name").context("Leptos.toml names no output-name")?,
            site_root: path("site-root").unwrap_or_else(|| crate::target_dir().join("site")),
            pkg_dir: text("site-pkg-dir").unwrap_or_else(|| "pkg".to_owned()),
            style_file: path("style-file"),
            assets_dir: path("assets-dir"),
        })
    }
}

/// Builds what has changed since the last time.
///
/// # Errors
/// When something does not build; the old site then stays as it was.
pub fn build(quality: Quality) -> Result<()> {
    let settings = Settings::read()?;
    let toolchain = crate::machine::wasm_toolchain()?;
    wasm::check_versions(&fs::read_to_string(crate::root().join("Cargo.lock")).context("cannot read Cargo.lock")?)?;
    let product = step("browser part", || wasm::build_product(toolchain))?;
    let scanner = match crate::root().join("scanner/Cargo.toml").exists() {
        true => Some(step("QR decoder", || wasm::build_scanner(toolchain))?),
        false => None,
    };
    step("site", || assemble(&settings, quality, &product, scanner.as_deref()))
}

/// Puts the built parts together.
fn assemble(settings: &Settings, quality: Quality, product: &Path, scanner: Option<&Path>) -> Result<()> {
    let cache = files::Cache::open(crate::target_dir().join("xtask/site-cache"))?;
    let mut site = Site::new(quality, &settings.pkg_dir);

    let glue = wasm::bind(product, &settings.output_name, &cache)?;
    site.add(File::hashed(format!("{}.js", settings.output_name), glue.js));
    site.add(File::hashed(format!("{}.wasm", settings.output_name), glue.wasm));
    for (name, content) in glue.snippets {
        site.add(File::in_pkg(name, content));
    }
    if let Some(scanner) = scanner {
        let content = fs::read(scanner).with_context(|| format!("cannot read {}", scanner.display()))?;
        site.add(File::hashed("scanner.wasm".to_owned(), wasm::strip(&content)?));
        for (name, content) in files::read_dir(&crate::root().join("scanner/web"))? {
            if Path::new(&name).extension().is_some_and(|extension| extension == "js") {
                site.add(File::hashed(name, content));
            }
        }
    }
    if let Some(style) = &settings.style_file {
        site.add(File::hashed(format!("{}.css", settings.output_name), css::bundle(style)?.into_bytes()));
    }
    if let Some(assets) = &settings.assets_dir {
        for (name, content) in files::read_dir(assets)? {
            site.add(File::plain(name, content));
        }
    }

    if site.is_at(&settings.site_root) {
        note("nothing changed");
        return Ok(());
    }
    site.write(&settings.site_root, &cache)?;
    for line in site.sizes() {
        note(&line);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_under_the_heading_that_leptos_reads() {
        let settings = Settings::parse(
            "[package.metadata.leptos]\noutput-name = \"regie\"\nsite-root = \"target/site\"\nassets-dir = \"public\"\n",
        )
        .unwrap();
        assert_eq!(settings.output_name, "regie");
        assert_eq!(settings.pkg_dir, "pkg");
        assert!(settings.site_root.ends_with("target/site"));
        assert!(settings.style_file.is_none());
    }

    #[test]
    fn another_heading_is_an_error() {
        let error = Settings::parse("[leptos]\noutput-name = \"regie\"\n").unwrap_err();
        assert!(error.to_string().contains("[package.metadata.leptos]"));
    }
}
