//! Turns the translations in `locales/` into typed functions: a word that one language lacks does not compile. Has the linker write
//! the binary's list of its own addresses short.

use fluent_typed::{BuildOptions, FtlOutputOptions, LintLevel, try_build_from_locales_folder};
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=migrations");
    let Some(out) = variable("OUT_DIR") else { return ExitCode::FAILURE };
    if variable("PROFILE").is_some_and(|it| it == "release") && variable("CARGO_CFG_TARGET_ENV").is_some_and(|it| it == "gnu") {
        // A program that may lie anywhere lists its pointers, 24 bytes for each; as bits (DT_RELR) they are 0.9 MB less. It then needs
        // glibc 2.36 or later, which Debian 12 has.
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let options = BuildOptions::default()
        .with_output_file_path(&format!("{out}/l10n.rs"))
        .with_ftl_output(FtlOutputOptions::single_file(&format!("{out}/l10n.ftl")))
        .with_default_language("fr")
        .with_prefix("")
        .with_lint_level(LintLevel::Deny)
        .without_bidi_isolation()
        .without_format();
    match try_build_from_locales_folder(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What cargo tells of this build.
fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script by variables")]
    std::env::var(name).ok()
}
