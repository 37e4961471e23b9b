//! Settings: defaults in code, then `regie.toml`, then the environment, then `NAME_FILE` for secrets.
//!
//! All settings are rows of one table ([`settings::SETTINGS`]), which the documentation is generated from. An unknown key
//! stops the start and names the nearest known one.

mod in_force;
mod load;
mod settings;

pub use in_force::{InForce, in_force, in_force_table};
pub use load::{ConfigError, Origins, load, load_from};
pub use settings::{Setting, table};

use super::secret::Secret;
use std::net::SocketAddr;
use std::path::PathBuf;

/// All settings of a server.
#[derive(Clone, Debug)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub tokens: Tokens,
    pub badge: Badge,
    pub passwords: Passwords,
    pub mail: Mail,
    pub cache: Cache,
    pub log: Log,
    /// Where the keys are, and SQLite's file.
    pub data: PathBuf,
    /// Development opens `/dev/…` and relaxes nothing else.
    pub development: bool,
}

#[derive(Clone, Debug)]
pub struct Server {
    pub addr: SocketAddr,
    /// A second address for `/metrics`; on it alone when set.
    pub metrics_addr: Option<SocketAddr>,
    pub metrics: bool,
    /// The address people type, without a trailing slash. Links in mails start with it.
    pub public_url: String,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    pub hsts: bool,
    /// Origins that may call the API from a browser.
    pub allowed_origins: Vec<String>,
    pub request_seconds: u64,
    pub body_kib: usize,
    pub registration: Registration,
    /// The built site, unless it is inside the binary.
    pub site: PathBuf,
}

/// Who may make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    /// Anybody.
    #[default]
    Open,
    /// Who holds a link from an organisation.
    Invitation,
    /// Nobody; accounts are made from the command line.
    Closed,
}

#[derive(Clone, Debug)]
pub struct Database {
    /// `postgres://…`, or empty for SQLite in the data directory.
    pub url: Secret<String>,
    pub readers: u32,
    pub writers: u32,
    /// Most transactions one SQLite COMMIT may carry; 1 turns group commit off.
    pub batch: usize,
}

#[derive(Clone, Debug)]
pub struct Tokens {
    pub access_minutes: i64,
    pub refresh_days: i64,
    pub session_days: i64,
    pub session_most_days: i64,
    /// How long a refresh token that has just been used still works: tabs that ask at the same time lose nobody.
    pub grace_seconds: i64,
    pub algorithm: super::keys::KeyKind,
}

#[derive(Clone, Debug)]
pub struct Badge {
    pub seconds: i64,
}

#[derive(Clone, Debug)]
pub struct Passwords {
    pub memory_kib: u32,
    pub passes: u32,
    /// Passwords hashed at the same time; 0 means one per core.
    pub workers: usize,
}

#[derive(Clone, Debug)]
pub struct Mail {
    /// Empty: mails stay in the spool.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Secret<String>,
    /// `starttls`, `tls` or `none` (loopback only).
    pub security: String,
    pub from: String,
    /// Longest time that sending one may take.
    pub seconds: u64,
    /// Most that a member may cause at once.
    pub by_member: u32,
}

#[derive(Clone, Debug)]
pub struct Cache {
    /// 0 keeps nothing.
    pub ttl_seconds: u32,
    /// Empty: kept in this process.
    pub redis_url: Secret<String>,
}

#[derive(Clone, Debug)]
pub struct Log {
    pub level: String,
    pub json: bool,
}

impl Config {
    /// Whether browsers reach us over TLS: cookies are then `Secure` and carry the `__Host-` prefix.
    pub fn is_secure(&self) -> bool {
        self.server.public_url.starts_with("https://")
    }

    /// What sqlx connects to.
    pub fn database_url(&self) -> String {
        let url = self.database.url.reveal();
        if url.is_empty() { format!("sqlite://{}", self.data.join("regie.db").display()) } else { url.clone() }
    }
}

impl Default for Config {
    fn default() -> Self {
        let addr = SocketAddr::from(([127, 0, 0, 1], 3000));
        Self {
            server: Server {
                addr,
                metrics_addr: None,
                metrics: true,
                public_url: String::new(),
                trusted_proxies: Vec::new(),
                hsts: false,
                allowed_origins: Vec::new(),
                request_seconds: 30,
                body_kib: 1024,
                registration: Registration::Open,
                site: PathBuf::from("target/site"),
            },
            database: Database { url: Secret::default(), readers: 8, writers: 8, batch: 256 },
            tokens: Tokens {
                access_minutes: 10,
                refresh_days: 7,
                session_days: 30,
                session_most_days: 90,
                grace_seconds: 10,
                algorithm: super::keys::KeyKind::EdDsa,
            },
            badge: Badge { seconds: 30 },
            passwords: Passwords { memory_kib: 19_456, passes: 2, workers: 0 },
            mail: Mail {
                host: String::new(),
                port: 587,
                user: String::new(),
                password: Secret::default(),
                security: "starttls".to_owned(),
                from: "Régie <regie@localhost>".to_owned(),
                seconds: 30,
                by_member: 600,
            },
            cache: Cache { ttl_seconds: 60, redis_url: Secret::default() },
            log: Log { level: "info".to_owned(), json: false },
            data: PathBuf::from("data"),
            development: false,
        }
    }
}
