//! Reading the settings from their sources.

use super::Config;
use super::settings::{SETTINGS, Setting};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: {error}")]
    File { path: PathBuf, error: std::io::Error },
    #[error("{path}: {error}", path = .path.display())]
    Toml { path: PathBuf, error: Box<toml::de::Error> },
    #[error("{origin}: unknown setting {name}{}", .nearest.as_ref().map(|n| format!(", did you mean {n}?")).unwrap_or_default())]
    Unknown { origin: String, name: String, nearest: Option<String> },
    #[error("{origin}: {name}: {reason}")]
    Invalid { origin: String, name: String, reason: String },
}

/// Where settings come from that are not the defaults, by their keys: a file, the name of a variable or of an argument, or the
/// setting that they follow.
pub type Origins = BTreeMap<&'static str, String>;

/// Settings from `file` (or `regie.toml` when it exists) and the process's environment, and where they come from. `data`
/// overrides the data directory.
///
/// # Errors
/// At the first setting that is unknown or invalid, saying where it was written.
pub fn load(file: Option<&Path>, data: Option<&Path>) -> Result<(Config, Origins), ConfigError> {
    let found = file.map(Path::to_owned).or_else(|| Some(PathBuf::from("regie.toml")).filter(|path| path.exists()));
    let text = match &found {
        Some(path) => std::fs::read_to_string(path).map_err(|error| ConfigError::File { path: path.clone(), error })?,
        None => String::new(),
    };
    let environment = readable(std::env::vars_os())?;
    let (mut config, mut origins) = read(&found.unwrap_or_default(), &text, &environment)?;
    if let Some(data) = data {
        config.data = data.to_owned();
        origins.insert("data", "--data".to_owned());
    }
    Ok((config, origins))
}

/// Variables as text. Whatever else is in an environment may be in any encoding; a setting is in UTF-8.
fn readable(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<BTreeMap<String, String>, ConfigError> {
    let known = names();
    let mut texts = BTreeMap::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => drop(texts.insert(name, value)),
            Err(_) if known.contains(&name) => {
                return Err(ConfigError::Invalid { origin: "environment".to_owned(), name, reason: "expected UTF-8".to_owned() });
            }
            // Its name alone is looked at.
            Err(_) => drop(texts.insert(name, String::new())),
        }
    }
    Ok(texts)
}

/// The variables that are settings.
fn names() -> Vec<String> {
    SETTINGS.iter().flat_map(|s| s.env).flat_map(|name| [(*name).to_owned(), format!("{name}_FILE")]).collect()
}

/// The settings of given sources.
///
/// # Errors
/// As [`load`].
pub fn load_from(path: &Path, text: &str, environment: &BTreeMap<String, String>) -> Result<Config, ConfigError> {
    read(path, text, environment).map(|(config, _)| config)
}

fn read(path: &Path, text: &str, environment: &BTreeMap<String, String>) -> Result<(Config, Origins), ConfigError> {
    let (mut config, mut origins) = (Config::default(), Origins::new());
    let origin = path.display().to_string();
    let file: toml::Table = text.parse().map_err(|error| ConfigError::Toml { path: path.to_owned(), error: Box::new(error) })?;
    for (key, value) in flatten(&file) {
        let Some(setting) = SETTINGS.iter().find(|s| s.key == key) else {
            let nearest = nearest(&key, SETTINGS.iter().map(|s| s.key));
            return Err(ConfigError::Unknown { origin, name: key, nearest });
        };
        apply(&mut config, setting, &key, &value, &origin)?;
        origins.insert(setting.key, origin.clone());
    }
    for setting in SETTINGS {
        // The last name is applied first, so that ours wins over a predecessor's.
        for name in setting.env.iter().rev() {
            if let Some(value) = environment.get(*name) {
                apply(&mut config, setting, name, value, "environment")?;
                origins.insert(setting.key, (*name).to_owned());
            }
            let by_file = format!("{name}_FILE");
            if let (true, Some(path)) = (setting.secret, environment.get(&by_file)) {
                let path = PathBuf::from(path);
                let value = std::fs::read_to_string(&path).map_err(|error| ConfigError::File { path, error })?;
                apply(&mut config, setting, &by_file, value.trim_end_matches(['\r', '\n']), "environment")?;
                origins.insert(setting.key, by_file);
            }
        }
    }
    let known = names();
    if let Some(name) = environment.keys().find(|name| name.starts_with("REGIE_") && !is_known(&known, name)) {
        let nearest = nearest(name, known.iter().map(String::as_str));
        return Err(ConfigError::Unknown { origin: "environment".to_owned(), name: name.clone(), nearest });
    }
    check_mail(&config, environment, &origin)?;
    if config.server.public_url.is_empty() {
        config.server.public_url = format!("http://{}", config.server.addr);
        origins.insert("server.public_url", "server.addr".to_owned());
    }
    Ok((config, origins))
}

/// Variables of the test and build tools share the prefix but are not settings.
fn is_known(known: &[String], name: &str) -> bool {
    ["REGIE_TEST_", "REGIE_BIN", "REGIE_WASM_", "REGIE_BENCH_"].iter().any(|tool| name.starts_with(tool))
        || known.iter().any(|k| k == name)
}

fn apply(config: &mut Config, setting: &Setting, name: &str, value: &str, origin: &str) -> Result<(), ConfigError> {
    (setting.set)(config, value).map_err(|reason| ConfigError::Invalid {
        origin: origin.to_owned(),
        name: name.to_owned(),
        reason,
    })
}

/// Mails hold links that let people in, and a mail server is told a password: both leave this machine encrypted or not at all.
fn check_mail(config: &Config, environment: &BTreeMap<String, String>, file: &str) -> Result<(), ConfigError> {
    let host = config.mail.host.as_str();
    if config.mail.security != "none" || host.is_empty() || is_loopback(host) {
        return Ok(());
    }
    let mut names = SETTINGS.iter().filter(|s| s.key == "mail.security").flat_map(|s| s.env).copied();
    let set = names.find(|name| environment.contains_key(*name));
    let (origin, name) = set.map_or((file, "mail.security"), |name| ("environment", name));
    let reason = format!(
        "none (or false) is for a mail server on this machine, and {host} is not: mails and the password would be readable on \
         the way; expected starttls or tls"
    );
    Err(ConfigError::Invalid { origin: origin.to_owned(), name: name.to_owned(), reason })
}

fn is_loopback(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    address.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |address| address.to_canonical().is_loopback())
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let ranked = known.map(|k| (strsim::jaro_winkler(name, k), k)).filter(|(score, _)| *score > 0.75);
    ranked.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name.to_owned())
}

fn flatten(table: &toml::Table) -> Vec<(String, String)> {
    let text = |value: &toml::Value| match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    table
        .iter()
        .flat_map(|(key, value)| match value {
            toml::Value::Table(inner) => inner.iter().map(|(k, v)| (format!("{key}.{k}"), text(v))).collect(),
            other => vec![(key.clone(), text(other))],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        load_from(Path::new("regie.toml"), text, &environment)
    }

    #[test]
    fn the_environment_beats_the_file_and_the_file_beats_the_default() {
        let text = "[badge]\nseconds = 20\n[server]\naddr = \"127.0.0.1:4000\"";
        let config = with(text, &[("EPHEMERAL_TOKEN_EXPIRE_SECONDS", "45")]).unwrap();
        assert_eq!(config.badge.seconds, 45);
        assert_eq!(config.server.addr.port(), 4000);
        assert_eq!(config.server.public_url, "http://127.0.0.1:4000");
        assert_eq!(config.tokens.access_minutes, 10);
    }

    #[test]
    fn where_a_setting_was_written_is_known() {
        let text = "[badge]\nseconds = 20\n[log]\njson = true";
        let names = [("REGIE_LOG_JSON", "false"), ("LOG_JSON", "true"), ("SMTP_USERNAME", "ana")];
        let environment = names.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (config, origins) = read(Path::new("regie.toml"), text, &environment).unwrap();
        let origin = |key: &str| origins.get(key).map(String::as_str);
        assert_eq!((config.log.json, origin("log.json")), (false, Some("REGIE_LOG_JSON")), "ours wins over a predecessor's");
        assert_eq!((origin("badge.seconds"), origin("mail.user")), (Some("regie.toml"), Some("SMTP_USERNAME")));
        assert_eq!((origin("server.public_url"), origin("server.addr")), (Some("server.addr"), None));
    }

    #[test]
    fn an_unknown_key_names_the_nearest_known_one() {
        let message = with("[badge]\nsecond = 20", &[]).unwrap_err().to_string();
        assert_eq!(message, "regie.toml: unknown setting badge.second, did you mean badge.seconds?");
        let message = with("", &[("REGIE_PUBLIC_ULR", "x")]).unwrap_err().to_string();
        assert_eq!(message, "environment: unknown setting REGIE_PUBLIC_ULR, did you mean REGIE_PUBLIC_URL?");
    }

    #[test]
    fn a_wrong_value_says_what_is_expected() {
        let message = with("", &[("ACCESS_TOKEN_EXPIRE_MINUTES", "600")]).unwrap_err().to_string();
        assert_eq!(message, "environment: ACCESS_TOKEN_EXPIRE_MINUTES: expected a whole number from 10 to 60");
        assert!(with("[server]\npublic_url = \"regie.example\"", &[]).is_err());
    }

    #[test]
    fn mails_leave_this_machine_encrypted() {
        const REASON: &str = "none (or false) is for a mail server on this machine, and smtp.example.org is not: mails and the \
            password would be readable on the way; expected starttls or tls";
        let refused = |text: &str, environment: &[(&str, &str)]| with(text, environment).unwrap_err().to_string();
        let file = "[mail]\nhost = \"smtp.example.org\"\nsecurity = \"none\"";
        assert_eq!(refused(file, &[]), format!("regie.toml: mail.security: {REASON}"));
        for (name, value) in [("SMTP_USE_TLS", "false"), ("REGIE_MAIL_SECURITY", "none")] {
            let told = format!("environment: {name}: {REASON}");
            assert_eq!(refused("", &[("SMTP_HOST", "smtp.example.org"), (name, value)]), told);
            assert_eq!(refused("[mail]\nhost = \"smtp.example.org\"", &[(name, value)]), told);
            assert!(with("", &[(name, value)]).is_ok(), "nothing is sent");
            for host in ["localhost", "127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
                let config = with("", &[("SMTP_HOST", host), (name, value)]).unwrap();
                assert_eq!(config.mail.security, "none", "{host}");
            }
        }
        for host in ["10.0.0.1", "mailhog", "localhost.example.org", "::2", "0.0.0.0"] {
            assert!(with("", &[("SMTP_HOST", host), ("SMTP_USE_TLS", "false")]).is_err(), "{host}");
        }
        let ours_wins = [("SMTP_HOST", "smtp.example.org"), ("SMTP_USE_TLS", "false"), ("REGIE_MAIL_SECURITY", "starttls")];
        assert_eq!(with("", &ours_wins).unwrap().mail.security, "starttls");
        assert!(with("", &[("SMTP_HOST", "smtp.example.org")]).is_ok(), "encrypted unless somebody says otherwise");
    }

    #[test]
    fn secrets_come_from_files_and_are_not_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hunter2\n").unwrap();
        let config = with("", &[("SMTP_PASSWORD_FILE", file.path().to_str().unwrap())]).unwrap();
        assert_eq!(config.mail.password.reveal(), "hunter2");
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn the_documented_table_is_the_one_in_the_code() {
        let documented = include_str!("../../../docs/settings.md");
        let hint = "put what `cargo run --features ssr -- config table` prints in place of the first table of docs/settings.md; the rest stays";
        assert!(documented.contains(&super::super::table()), "{hint}");
    }
}
