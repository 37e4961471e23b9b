//! How many bytes a page with islands may make a phone fetch.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::Settings;

/// For the wasm file and its scripts together, with brotli.
const BUDGET: u64 = 60 * 1024;

/// A file and what it weighs on the way.
#[derive(Debug, PartialEq, Eq)]
struct Weight {
    name: String,
    bytes: u64,
}

/// Weighs the browser's part of the built site. Gives a line that says how much it is.
///
/// # Errors
/// When it is too heavy; says which files and by how much.
pub fn check() -> Result<String> {
    let settings = Settings::read()?;
    let file = settings.site_root.join("manifest.json");
    let manifest = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    judge(&weigh(&manifest, &settings.output_name)?, BUDGET)
}

/// The wasm file, its glue and the scripts that the glue imports. What grew by compressing is sent as it is.
fn weigh(manifest: &str, name: &str) -> Result<Vec<Weight>> {
    let files: serde_json::Map<String, serde_json::Value> = serde_json::from_str(manifest).context("manifest.json")?;
    let own = [format!("{name}.wasm"), format!("{name}.js")];
    for needed in &own {
        ensure!(files.contains_key(needed), "the site has no {needed}");
    }
    let counted = files.into_iter().filter(|(file, _)| own.contains(file) || file.starts_with("snippets."));
    counted
        .map(|(name, facts)| {
            let bytes = facts["br"].as_u64().or(facts["bytes"].as_u64());
            bytes.map(|bytes| Weight { bytes, name: name.clone() }).with_context(|| format!("manifest.json: {name} has no size"))
        })
        .collect()
}

fn judge(weights: &[Weight], budget: u64) -> Result<String> {
    let total: u64 = weights.iter().map(|weight| weight.bytes).sum();
    let list: Vec<_> = weights.iter().map(|weight| format!("{} {}", weight.name, weight.bytes)).collect();
    let list = list.join(", ");
    ensure!(
        total <= budget,
        "the browser's part has {total} bytes with brotli, {} more than its budget of {budget}: {list}",
        total - budget
    );
    Ok(format!("{total} of {budget} bytes with brotli: {list}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"{
        "regie.js": { "bytes": 900, "br": 300 },
        "regie.wasm": { "bytes": 9000, "br": 4000 },
        "regie.css": { "bytes": 5000, "br": 1000 },
        "scanner.wasm": { "bytes": 7000, "br": 2000 },
        "snippets.1ae418e0/regie/browser.js": { "bytes": 20, "br": null }
    }"#;

    fn weights(bytes: &[u64]) -> Vec<Weight> {
        bytes.iter().map(|bytes| Weight { name: "a".to_owned(), bytes: *bytes }).collect()
    }

    #[test]
    fn the_bundle_its_glue_and_their_scripts_count_as_they_are_sent() {
        let weights = weigh(MANIFEST, "regie").unwrap();
        let total: u64 = weights.iter().map(|weight| weight.bytes).sum();
        assert_eq!((weights.len(), total), (3, 4320));
    }

    #[test]
    fn a_site_without_a_bundle_is_not_light_but_wrong() {
        assert_eq!(weigh("{}", "regie").unwrap_err().to_string(), "the site has no regie.wasm");
        let sizeless = r#"{ "regie.js": {}, "regie.wasm": { "br": 1 } }"#;
        assert!(weigh(sizeless, "regie").unwrap_err().to_string().contains("regie.js has no size"));
    }

    #[test]
    fn the_budget_may_be_used_up_but_not_passed() {
        assert_eq!(judge(&weights(&[60, 40]), 100).unwrap(), "100 of 100 bytes with brotli: a 60, a 40");
        let error = judge(&weights(&[60, 41]), 100).unwrap_err().to_string();
        assert_eq!(error, "the browser's part has 101 bytes with brotli, 1 more than its budget of 100: a 60, a 41");
    }

    #[test]
    fn the_budget_is_that_of_the_design() {
        assert_eq!(BUDGET, 61_440);
    }
}
