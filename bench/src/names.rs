//! What can be asked for, for the benchmarks and for `cargo xtask bench`, which refuses what there is not before it builds anything.

use anyhow::{Context as _, Result, bail};

pub const NAMES: [&str; 14] = [
    "start",
    "bytes",
    "punches",
    "kill",
    "race",
    "timing",
    "sign_ins",
    "storm",
    "refresh",
    "conflicts",
    "missions",
    "week",
    "candidates",
    "kiosk",
];

/// Makes the benchmarks short.
pub const QUICK: &str = "--quick";

/// What is named by `punches race=1000 --quick`, with the number after `=`.
pub fn read(words: &[String]) -> Result<Vec<(&str, Option<usize>)>> {
    words.iter().filter(|word| *word != QUICK).map(|word| one(word)).collect()
}

fn one(word: &str) -> Result<(&str, Option<usize>)> {
    let (name, size) = word.split_once('=').map_or((word, None), |(name, size)| (name, Some(size)));
    if !NAMES.contains(&name) {
        bail!("no benchmark `{name}`; there are {}", NAMES.join(", "));
    }
    let size = size.map(|size| size.parse().with_context(|| format!("`{word}`: not a number"))).transpose()?;
    Ok((name, size))
}
