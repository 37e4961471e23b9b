//! The style sheet: one file from all its `@import`s, minified.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Features, Targets};

/// Bundles and minifies a style sheet for the browsers of the last two years.
///
/// # Errors
/// When a file is missing or is not CSS; the message names the place.
pub fn bundle(style: &Path) -> Result<String> {
    let files = FileProvider::new();
    let targets = targets();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(style).map_err(|error| anyhow!("style sheet: {error}"))?;
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(|error| anyhow!("style sheet: {error}"))?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("style sheet: {error}"))?;
    Ok(printed.code)
}

/// Browsers of late 2024. All of them know nesting and `light-dark()`, which stay as they are written:
/// lowering them makes the sheet bigger and `light-dark()` dependent on a script.
fn targets() -> Targets {
    let version = |major: u32, minor: u32| Some((major << 16) | (minor << 8));
    Targets {
        browsers: Some(Browsers {
            chrome: version(131, 0),
            edge: version(131, 0),
            android: version(131, 0),
            firefox: version(132, 0),
            safari: version(18, 1),
            ios_saf: version(18, 1),
            samsung: version(27, 0),
            ..Browsers::default()
        }),
        include: Features::empty(),
        exclude: Features::LightDark | Features::Nesting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundled(name: &str, files: &[(&str, &str)]) -> String {
        let directory = std::env::temp_dir().join(format!("regie-xtask-css-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        for (file, content) in files {
            std::fs::write(directory.join(file), content).unwrap();
        }
        let css = bundle(&directory.join("main.css"));
        std::fs::remove_dir_all(&directory).unwrap();
        css.unwrap()
    }

    #[test]
    fn imports_become_one_small_sheet_that_keeps_light_dark_and_nesting() {
        let main = "@import \"card.css\" layer(parts);\n";
        let card = ".card { color: light-dark(#111, #eee); & a { margin: 0px } }\n";
        let css = bundled("one", &[("main.css", main), ("card.css", card)]);
        assert_eq!(css, "@layer parts{.card{color:light-dark(#111,#eee);& a{margin:0}}}");
    }

    #[test]
    fn layers_keep_their_announced_order() {
        let main = "@layer base, parts, last;\n@import \"last.css\" layer(last);\n@import \"base.css\" layer(base);\n@layer parts { i { top: 0 } }\n";
        let css = bundled("layers", &[("main.css", main), ("last.css", "a { top: 1px }"), ("base.css", "b { top: 2px }")]);
        // The layers may come in their order or be announced; here they come in it.
        assert_eq!(css, "@layer base{b{top:2px}}@layer parts{i{top:0}}@layer last{a{top:1px}}");
    }
}
