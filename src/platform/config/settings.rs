//! The table of settings.

use super::{Config, Registration};
use crate::platform::keys::KeyKind;
use crate::platform::secret::Secret;
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// One setting: where it can be written and what it changes.
pub struct Setting {
    /// `section.name` in `regie.toml`.
    pub key: &'static str,
    /// Environment variables, ours first, then those of the systems that Régie replaces.
    pub env: &'static [&'static str],
    /// In words, for the documentation.
    pub default: &'static str,
    pub help: &'static str,
    /// May also come from a file named by `…_FILE`; never printed.
    pub secret: bool,
    /// Writes a value into the configuration, or says what is wrong with it.
    pub set: fn(&mut Config, &str) -> Result<(), String>,
}

fn parse<T: FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("expected {what}"))
}

fn number<T: FromStr + PartialOrd + std::fmt::Display>(text: &str, least: T, most: T) -> Result<T, String> {
    let wanted = format!("a whole number from {least} to {most}");
    let value: T = parse(text, &wanted)?;
    if value < least || value > most { Err(format!("expected {wanted}")) } else { Ok(value) }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("expected true or false".to_owned()),
    }
}

/// An address and a port, or one of the two: the predecessors wrote them apart.
fn socket(before: SocketAddr, text: &str) -> Result<SocketAddr, String> {
    let text = text.trim();
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::new(before.ip(), port));
    }
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(SocketAddr::new(ip, before.port()));
    }
    parse(text, "an address and port like 127.0.0.1:3000")
}

/// An address in the one form that is compared: `::ffff:10.0.0.1` is `10.0.0.1`.
fn ip(text: &str) -> Result<IpAddr, String> {
    parse(text, "IP addresses separated by commas").map(|ip: IpAddr| ip.to_canonical())
}

/// A level or a filter; levels also by the names that Python has for them. A filter takes any other word for a part of the
/// program, and then says nothing of all others.
fn level(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    let level = match text.as_str() {
        "warning" => "warn",
        "critical" | "fatal" => "error",
        ours => ours,
    };
    let is_level = level.parse::<LevelFilter>().is_ok() && !level.is_empty();
    let is_filter = level.contains(['=', ',', '[']) && EnvFilter::try_new(level).is_ok();
    if is_level || is_filter {
        Ok(level.to_owned())
    } else {
        Err("expected error, warn, info, debug, trace, or a filter like info,regie=debug".to_owned())
    }
}

fn url(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    if rest.is_empty() || rest.contains(['/', '?', '#', '@', ' ']) {
        return Err("expected an address like https://regie.example".to_owned());
    }
    Ok(text.to_owned())
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.trim_matches(['[', ']']).split(',').map(|part| part.trim().trim_matches('"')).filter(|part| !part.is_empty())
}

macro_rules! settings {
    ($($key:literal [$($env:literal),*] $default:literal $(($secret:ident))? $help:literal => $set:expr;)*) => {
        /// Every setting there is, in the order of the documentation.
        pub static SETTINGS: &[Setting] = &[$(Setting {
            key: $key,
            env: &[$($env),*],
            default: $default,
            help: $help,
            secret: stringify!($($secret)?).len() > 0,
            set: $set,
        }),*];
    };
}

settings! {
    "server.addr" ["REGIE_ADDR", "BACKEND_HOST", "BACKEND_PORT", "PORT"] "127.0.0.1:3000" "Address and port to listen on. One of the two alone leaves the other as it is."
        => |c, v| { c.server.addr = socket(c.server.addr, v)?; Ok(()) };
    "server.public_url" ["REGIE_PUBLIC_URL", "API_BASE_URL", "API_URL", "WEB_BASE_URL"] "http://<server.addr>" "The address people type; links in mails start with it. With https, cookies are Secure and named __Host-…"
        => |c, v| { c.server.public_url = url(v)?; Ok(()) };
    "server.trusted_proxies" ["REGIE_TRUSTED_PROXIES"] "(none)" "IP addresses of proxies whose X-Forwarded-For is believed, separated by commas."
        => |c, v| { c.server.trusted_proxies = list(v).map(ip).collect::<Result<_, _>>()?; Ok(()) };
    "server.allowed_origins" ["ALLOWED_ORIGINS", "CORS_ORIGINS"] "(none)" "Web origins that may call the JSON API from a browser, separated by commas. No wildcard."
        => |c, v| { c.server.allowed_origins = list(v).map(url).collect::<Result<_, _>>()?; Ok(()) };
    "server.hsts" ["ENABLE_HSTS", "SECURITY_HSTS"] "false" "Send Strict-Transport-Security. Switch on once TLS is certain to stay."
        => |c, v| { c.server.hsts = yes_or_no(v)?; Ok(()) };
    "server.metrics" ["METRICS_ENABLED", "ENABLE_METRICS"] "true" "Serve /metrics (Prometheus)."
        => |c, v| { c.server.metrics = yes_or_no(v)?; Ok(()) };
    "server.metrics_addr" ["REGIE_METRICS_ADDR"] "(same as server.addr)" "A separate address for /metrics; it is then served there alone."
        => |c, v| { c.server.metrics_addr = Some(parse(v, "an address and port")?); Ok(()) };
    "server.request_seconds" ["REGIE_REQUEST_SECONDS"] "30" "Longest time a request may take."
        => |c, v| { c.server.request_seconds = number(v, 1, 600)?; Ok(()) };
    "server.body_kib" ["REGIE_BODY_KIB"] "1024" "Largest request body, in KiB."
        => |c, v| { c.server.body_kib = number(v, 16, 262_144)?; Ok(()) };
    "server.registration" ["REGIE_REGISTRATION"] "open" "Who may make an account: open (anybody), invitation (who was invited), closed (the command line alone)."
        => |c, v| match v { "open" | "true" => { c.server.registration = Registration::Open; Ok(()) } "invitation" => { c.server.registration = Registration::Invitation; Ok(()) } "closed" | "false" => { c.server.registration = Registration::Closed; Ok(()) } _ => Err("expected open, invitation or closed".to_owned()) };
    "server.site" ["REGIE_SITE", "LEPTOS_SITE_ROOT"] "target/site" "Directory of the built site, when it is not inside the binary."
        => |c, v| { c.server.site = v.into(); Ok(()) };
    "server.development" ["REGIE_DEVELOPMENT"] "false" "Opens /dev/mail and /dev/components."
        => |c, v| { c.development = yes_or_no(v)?; Ok(()) };
    "data" ["REGIE_DATA"] "data" "Directory of the SQLite file and the keys."
        => |c, v| { c.data = v.into(); Ok(()) };
    "database.url" ["DATABASE_URL", "DB_URL"] "SQLite in the data directory" (secret) "postgres://user:password@host/database for several servers on one PostgreSQL. Encrypted when the server offers it, whoever it is; with ?sslmode=require always, with ?sslmode=verify-full only to who has a certificate for its name, of a public authority or of the one in &sslrootcert=FILE; with ?sslmode=disable never."
        => |c, v| {
            if !(v.is_empty() || v.starts_with("postgres://") || v.starts_with("postgresql://") || v.starts_with("sqlite://")) {
                return Err("expected postgres://… or sqlite://…".to_owned());
            }
            c.database.url = Secret::new(v.to_owned());
            Ok(())
        };
    "database.readers" ["REGIE_DB_READERS"] "8" "Connections for reading."
        => |c, v| { c.database.readers = number(v, 1, 200)?; Ok(()) };
    "database.writers" ["REGIE_DB_WRITERS"] "8" "Connections for writing (PostgreSQL; SQLite has one writer)."
        => |c, v| { c.database.writers = number(v, 1, 200)?; Ok(()) };
    "database.batch" ["REGIE_DB_BATCH"] "256" "Most changes that one SQLite COMMIT carries, and most scans that are recorded together; 1 turns both off, and has each COMMIT wait for the disk by itself."
        => |c, v| { c.database.batch = number(v, 1, 4096)?; Ok(()) };
    "tokens.access_minutes" ["ACCESS_TOKEN_EXPIRE_MINUTES", "ACCESS_TOKEN_MINUTES"] "10" "Life of an access token, 10 to 60 minutes."
        => |c, v| { c.tokens.access_minutes = number(v, 10, 60)?; Ok(()) };
    "tokens.refresh_days" ["REFRESH_TOKEN_EXPIRE_DAYS", "REFRESH_TOKEN_DAYS"] "7" "Life of an unused refresh token."
        => |c, v| { c.tokens.refresh_days = number(v, 1, 90)?; Ok(()) };
    "tokens.session_days" ["REGIE_SESSION_DAYS"] "30" "A browser unseen for that long is signed out."
        => |c, v| { c.tokens.session_days = number(v, 1, 365)?; Ok(()) };
    "tokens.session_most_days" ["REGIE_SESSION_MOST_DAYS"] "90" "A browser or program signs in again after that long, however often it was seen."
        => |c, v| { c.tokens.session_most_days = number(v, 1, 365)?; Ok(()) };
    "tokens.grace_seconds" ["REGIE_REFRESH_GRACE_SECONDS"] "10" "How long a refresh token that was just used still works, for tabs that ask at the same time. After that, using it again ends the session."
        => |c, v| { c.tokens.grace_seconds = number(v, 0, 60)?; Ok(()) };
    "tokens.algorithm" ["ALGORITHM", "JWT_ALGORITHM", "JWT_ALG"] "EdDSA" "What signs access tokens: EdDSA, ES256, RS256 (3072 bits) or HS256. A key is made when there is none."
        => |c, v| { c.tokens.algorithm = KeyKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(v.trim())).ok_or("expected EdDSA, ES256, RS256 or HS256")?; Ok(()) };
    "badge.seconds" ["EPHEMERAL_TOKEN_EXPIRE_SECONDS"] "30" "Life of a badge code."
        => |c, v| { c.badge.seconds = number(v, 10, 300)?; Ok(()) };
    "passwords.memory_kib" ["REGIE_ARGON2_MEMORY_KIB"] "19456" "argon2id memory. The default is the OWASP minimum."
        => |c, v| { c.passwords.memory_kib = number(v, 19_456, 131_072)?; Ok(()) };
    "passwords.passes" ["REGIE_ARGON2_PASSES"] "2" "argon2id passes."
        => |c, v| { c.passwords.passes = number(v, 1, 10)?; Ok(()) };
    "passwords.workers" ["REGIE_ARGON2_WORKERS"] "one per core" "Passwords hashed at the same time."
        => |c, v| { c.passwords.workers = number(v, 0, 64)?; Ok(()) };
    "mail.host" ["SMTP_HOST"] "(mails stay in the spool)" "SMTP server."
        => |c, v| { c.mail.host = v.trim().to_owned(); Ok(()) };
    "mail.port" ["SMTP_PORT"] "587" "SMTP port."
        => |c, v| { c.mail.port = number(v, 1, u16::MAX)?; Ok(()) };
    "mail.user" ["SMTP_USER", "SMTP_USERNAME"] "(none)" "SMTP user."
        => |c, v| { c.mail.user = v.to_owned(); Ok(()) };
    "mail.password" ["SMTP_PASSWORD"] "(none)" (secret) "SMTP password."
        => |c, v| { c.mail.password = Secret::new(v.to_owned()); Ok(()) };
    "mail.security" ["REGIE_MAIL_SECURITY", "SMTP_USE_TLS"] "starttls" "starttls, tls, or none (loopback only); true means starttls, false none."
        => |c, v| {
            let word = ["starttls", "tls", "none"].into_iter().find(|word| *word == v.trim());
            let word = word.or(yes_or_no(v).ok().map(|encrypted| if encrypted { "starttls" } else { "none" }));
            c.mail.security = word.ok_or("expected starttls, tls or none")?.to_owned();
            Ok(())
        };
    "mail.from" ["SMTP_FROM", "EMAIL_FROM_ADDRESS"] "Régie <regie@localhost>" "Sender of the mails."
        => |c, v| { parse::<lettre::message::Mailbox>(v, "an address like Régie <regie@example.org>")?; c.mail.from = v.to_owned(); Ok(()) };
    "mail.seconds" ["REGIE_MAIL_SECONDS"] "30" "Longest time that sending one mail may take; after that it is tried again later."
        => |c, v| { c.mail.seconds = number(v, 1, 300)?; Ok(()) };
    "mail.by_member" ["REGIE_MAILS_BY_MEMBER"] "600" "Invitations, links for the crew and resets that one member may have mailed at once; then one every two minutes."
        => |c, v| { c.mail.by_member = number(v, 1, 1_000_000)?; Ok(()) };
    "cache.ttl_seconds" ["CACHE_TTL_SECONDS"] "60" "How long lists of projects and missions are kept at most, in seconds; a change ends them at once. 0 keeps nothing."
        => |c, v| { c.cache.ttl_seconds = number(v, 0, 86_400)?; Ok(()) };
    "cache.redis_url" ["REDIS_URL"] "(kept in the process)" (secret) "redis://[user:password@]host[:port][/database] keeps lists and counts attempts there, for all servers. One that does not answer is done without. Never encrypted: for a private network."
        => |c, v| {
            // A predecessor's word for what is kept in the process.
            let v = if v.starts_with("fakeredis://") { "" } else { v };
            if !(v.is_empty() || redis::parse_redis_url(v).is_some_and(|url| url.scheme() == "redis")) {
                return Err("expected redis://host:port".to_owned());
            }
            c.cache.redis_url = Secret::new(v.to_owned());
            Ok(())
        };
    "log.level" ["REGIE_LOG", "LOG_LEVEL"] "info" "error, warn, info, debug, trace, or a filter like info,regie=debug."
        => |c, v| { c.log.level = level(v)?; Ok(()) };
    "log.json" ["REGIE_LOG_JSON", "LOG_JSON"] "false" "One JSON object a line instead of text."
        => |c, v| { c.log.json = yes_or_no(v)?; Ok(()) };
}

/// The settings as a Markdown table: `docs/settings.md` is this, and a test compares them.
pub fn table() -> String {
    let mut text = String::from("| key in `regie.toml` | environment | default | what it does |\n|---|---|---|---|\n");
    for s in SETTINGS {
        let env: Vec<_> = s.env.iter().map(|name| format!("`{name}`")).collect();
        let file = if s.secret { " (or the same name with `_FILE`)" } else { "" };
        let _ = writeln!(text, "| `{}` | {}{file} | {} | {} |", s.key, env.join(", "), s.default, s.help);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::load_from;
    use super::*;
    use std::path::Path;

    fn with(environment: &[(&str, &str)]) -> Config {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        load_from(Path::new("regie.toml"), "", &environment).unwrap()
    }

    #[test]
    fn the_predecessors_names_mean_what_they_meant() {
        assert!(with(&[("LOG_JSON", "true")]).log.json);
        assert!(!with(&[("ENABLE_METRICS", "false")]).server.metrics);
        assert!(with(&[("SECURITY_HSTS", "true")]).server.hsts);
        for (name, level) in
            [("INFO", "info"), ("WARNING", "warn"), ("CRITICAL", "error"), ("info,regie=debug", "info,regie=debug")]
        {
            assert_eq!(with(&[("LOG_LEVEL", name)]).log.level, level);
        }
        let proxies = with(&[("REGIE_TRUSTED_PROXIES", "10.0.0.1, ::ffff:10.0.0.2, ::1")]).server.trusted_proxies;
        assert_eq!(proxies.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.1", "10.0.0.2", "::1"]);
        for (value, security) in [("true", "starttls"), ("False", "none"), ("tls", "tls")] {
            assert_eq!(with(&[("SMTP_USE_TLS", value)]).mail.security, security);
        }
        assert!(with(&[("REDIS_URL", "fakeredis://")]).cache.redis_url.reveal().is_empty());
        let origins = with(&[("CORS_ORIGINS", "[\"http://localhost:3000\", \"https://regie.example\"]")]).server.allowed_origins;
        assert_eq!(origins, ["http://localhost:3000", "https://regie.example"]);
    }

    #[test]
    fn an_address_and_a_port_may_come_apart() {
        const CASES: &[(&[(&str, &str)], &str)] = &[
            (&[("PORT", "8000")], "127.0.0.1:8000"),
            (&[("BACKEND_HOST", "0.0.0.0"), ("BACKEND_PORT", "8000")], "0.0.0.0:8000"),
            (&[("BACKEND_HOST", "::1")], "[::1]:3000"),
            (&[("BACKEND_PORT", "8000"), ("PORT", "9000")], "127.0.0.1:8000"),
            (&[("REGIE_ADDR", "127.0.0.1:4000"), ("BACKEND_HOST", "0.0.0.0"), ("PORT", "9000")], "127.0.0.1:4000"),
        ];
        for (environment, addr) in CASES {
            assert_eq!(with(environment).server.addr.to_string(), *addr);
        }
    }

    /// A filter that names a part that does not exist logs nothing at all.
    #[test]
    fn a_level_that_is_none_is_refused() {
        for wrong in ["verbose", "all", "", "regie", "info,regie=loud", "6"] {
            let environment = [("LOG_LEVEL".to_owned(), wrong.to_owned())].into();
            let refused = load_from(Path::new("regie.toml"), "", &environment).unwrap_err().to_string();
            let told = "environment: LOG_LEVEL: expected error, warn, info, debug, trace, or a filter like info,regie=debug";
            assert_eq!(refused, told, "{wrong}");
        }
        for right in ["off", "trace", "Debug", "regie=debug", "warn,regie::platform=trace,sqlx=off"] {
            assert_eq!(with(&[("LOG_LEVEL", right)]).log.level, right.to_ascii_lowercase());
        }
    }

    #[test]
    fn our_own_name_wins() {
        assert_eq!(with(&[("LOG_LEVEL", "WARNING"), ("REGIE_LOG", "debug")]).log.level, "debug");
        assert!(!with(&[("LOG_JSON", "true"), ("REGIE_LOG_JSON", "false")]).log.json);
    }
}
