//! The settings as they are, for those who run the installation. Secrets stay secret.

use super::settings::SETTINGS;
use super::{Config, Origins, Registration};

/// A setting as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    pub key: &'static str,
    /// Written as in `regie.toml`; empty when it is not set, and for secrets.
    pub value: String,
    pub is_secret: bool,
    pub is_set: bool,
}

/// All settings, in the order of the documentation.
pub fn in_force(config: &Config) -> Vec<InForce> {
    let settings = SETTINGS.iter().map(|setting| {
        let value = value_of(config, setting.key).unwrap_or_default();
        let is_set = !value.is_empty();
        InForce { key: setting.key, value: if setting.secret { String::new() } else { value }, is_secret: setting.secret, is_set }
    });
    settings.collect()
}

/// The settings in force as a table: the key, the value, where it comes from.
pub fn in_force_table(config: &Config, origins: &Origins) -> String {
    let row = |setting: InForce| {
        let value = match (setting.is_set, setting.is_secret) {
            (false, _) => "(not set)".to_owned(),
            (true, true) => "(hidden)".to_owned(),
            (true, false) => setting.value,
        };
        (setting.key, value, origins.get(setting.key).map_or("default", String::as_str))
    };
    let rows: Vec<_> = in_force(config).into_iter().map(row).collect();
    let keys = rows.iter().map(|(key, ..)| key.chars().count()).max().unwrap_or_default();
    let values = rows.iter().map(|(_, value, _)| value.chars().count()).max().unwrap_or_default();
    rows.iter().map(|(key, value, origin)| format!("{key:keys$}  {value:values$}  {origin}\n")).collect()
}

fn value_of(config: &Config, key: &str) -> Option<String> {
    let Config { server, database, tokens, badge, passwords, mail, log, cache, data, development } = config;
    let list = |items: Vec<String>| items.join(", ");
    Some(match key {
        "server.addr" => server.addr.to_string(),
        "server.public_url" => server.public_url.clone(),
        "server.trusted_proxies" => list(server.trusted_proxies.iter().map(ToString::to_string).collect()),
        "server.allowed_origins" => list(server.allowed_origins.clone()),
        "server.hsts" => server.hsts.to_string(),
        "server.metrics" => server.metrics.to_string(),
        "server.metrics_addr" => server.metrics_addr.map(|addr| addr.to_string()).unwrap_or_default(),
        "server.request_seconds" => server.request_seconds.to_string(),
        "server.body_kib" => server.body_kib.to_string(),
        "server.registration" => match server.registration {
            Registration::Open => "open".to_owned(),
            Registration::Invitation => "invitation".to_owned(),
            Registration::Closed => "closed".to_owned(),
        },
        "server.site" => server.site.display().to_string(),
        "server.development" => development.to_string(),
        "data" => data.display().to_string(),
        "database.url" => database.url.reveal().clone(),
        "database.readers" => database.readers.to_string(),
        "database.writers" => database.writers.to_string(),
        "database.batch" => database.batch.to_string(),
        "tokens.access_minutes" => tokens.access_minutes.to_string(),
        "tokens.refresh_days" => tokens.refresh_days.to_string(),
        "tokens.session_days" => tokens.session_days.to_string(),
        "tokens.session_most_days" => tokens.session_most_days.to_string(),
        "tokens.grace_seconds" => tokens.grace_seconds.to_string(),
        "tokens.algorithm" => tokens.algorithm.name().to_owned(),
        "badge.seconds" => badge.seconds.to_string(),
        "passwords.memory_kib" => passwords.memory_kib.to_string(),
        "passwords.passes" => passwords.passes.to_string(),
        "passwords.workers" => passwords.workers.to_string(),
        "mail.host" => mail.host.clone(),
        "mail.port" => mail.port.to_string(),
        "mail.user" => mail.user.clone(),
        "mail.password" => mail.password.reveal().clone(),
        "mail.security" => mail.security.clone(),
        "mail.from" => mail.from.clone(),
        "mail.seconds" => mail.seconds.to_string(),
        "mail.by_member" => mail.by_member.to_string(),
        "log.level" => log.level.clone(),
        "cache.ttl_seconds" => cache.ttl_seconds.to_string(),
        "cache.redis_url" => cache.redis_url.reveal().clone(),
        "log.json" => log.json.to_string(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::secret::Secret;

    #[test]
    fn every_setting_has_a_value_that_can_be_read_again() {
        let mut config = Config::default();
        config.server.public_url = "https://regie.example".to_owned();
        for setting in SETTINGS {
            let value = value_of(&config, setting.key);
            let value = value.unwrap_or_else(|| panic!("no value of {}", setting.key));
            if !value.is_empty() {
                // Zero stands for "one per core".
                (setting.set)(&mut config, &value).unwrap_or_else(|error| panic!("{}: {value}: {error}", setting.key));
                assert_eq!(value_of(&config, setting.key), Some(value));
            }
        }
    }

    #[test]
    fn secrets_are_not_said() {
        let mut config = Config::default();
        config.mail.password = Secret::new("hunter2".to_owned());
        let all = in_force(&config);
        let password = all.iter().find(|setting| setting.key == "mail.password").unwrap();
        assert_eq!((password.value.as_str(), password.is_secret, password.is_set), ("", true, true));
        assert!(!format!("{all:?}").contains("hunter2"));
    }

    #[test]
    fn the_table_says_each_setting_with_its_value_and_its_origin() {
        let mut config = Config::default();
        config.mail.password = Secret::new("hunter2".to_owned());
        config.badge.seconds = 45;
        let origins = Origins::from([("badge.seconds", "regie.toml".to_owned()), ("mail.password", "SMTP_PASSWORD".to_owned())]);
        let table = in_force_table(&config, &origins);
        let rows: Vec<Vec<&str>> =
            table.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect();
        assert_eq!(rows.len(), SETTINGS.len());
        assert!(rows.iter().all(|row| row.len() == 3), "{table}");
        for row in [
            ["badge.seconds", "45", "regie.toml"],
            ["mail.password", "(hidden)", "SMTP_PASSWORD"],
            ["mail.user", "(not set)", "default"],
        ] {
            assert!(rows.contains(&row.to_vec()), "{row:?}: {table}");
        }
        assert!(!table.contains("hunter2"));
    }
}
