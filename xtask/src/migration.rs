//! `cargo xtask migration NAME`: the two files of a new migration, with the same number.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::report::note;

const ENGINES: [&str; 2] = ["sqlite", "postgres"];

/// Makes `migrations/{sqlite,postgres}/NNNN_name.sql`.
///
/// # Errors
/// When the name is not made of small letters, digits and `_`, or a file cannot be written.
pub fn make(name: &str) -> Result<()> {
    make_in(&crate::root().join("migrations"), name)
}

fn make_in(directory: &Path, name: &str) -> Result<()> {
    ensure!(
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
        "a migration's name is small letters, digits and `_`, like `add_kiosk_place`; this is `{name}`"
    );
    let mut last = 0;
    for engine in ENGINES {
        let directory = directory.join(engine);
        fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
        for entry in fs::read_dir(&directory).with_context(|| format!("cannot read {}", directory.display()))? {
            let file = entry.context("cannot read the migrations")?.file_name();
            last = last.max(file.to_str().and_then(number).unwrap_or(0));
        }
    }
    let file = format!("{:04}_{name}.sql", last + 1);
    for engine in ENGINES {
        let path = directory.join(engine).join(&file);
        let words = format!("-- {}.\n", name.replace('_', " "));
        fs::write(&path, words).with_context(|| format!("cannot write {}", path.display()))?;
        note(&format!("migrations/{engine}/{file}"));
    }
    Ok(())
}

/// The number that a migration's file name starts with.
fn number(file: &str) -> Option<u32> {
    file.split_once('_')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_get_the_next_number() {
        let directory = std::env::temp_dir().join(format!("regie-xtask-migration-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(directory.join("sqlite")).unwrap();
        fs::write(directory.join("sqlite/0007_audit.sql"), "").unwrap();
        make_in(&directory, "add_place").unwrap();
        let made = ENGINES.map(|engine| directory.join(engine).join("0008_add_place.sql").exists());
        let refused = make_in(&directory, "Add Place").is_err();
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!(made, [true, true]);
        assert!(refused);
    }
}
