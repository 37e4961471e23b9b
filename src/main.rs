//! The command line.

use clap::{Parser, Subcommand};
use regie::access::{Action, Actor, Permit, permit};
use regie::accounts::NewAccount;
use regie::accounts::service::set_platform_admin;
use regie::audit::{self, BadExport, ReadAudit};
use regie::composition::{self, StartError, demo};
use regie::kernel::zone::DEFAULT_ZONE;
use regie::kernel::{Failure, INSTALLATION, Kind, OrgId, text};
use regie::orgs::NewOrg;
use regie::orgs::service::{create_org_with_owner, find_org_by_slug};
use regie::platform::clock::Clock;
use regie::platform::config::{self, Config, ConfigError};
use regie::platform::{App, keys, telemetry};
use regie::timeclock::NewKiosk;
use regie::timeclock::service::{create_kiosk, issue_kiosk_key};
use std::fmt::Display;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Half of what a busy server does with memory is small and soon over, on several threads: see `docs/dependencies.md`.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Régie: plans who works where, lets people badge in, keeps hours that nobody can quietly change.
///
/// Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 wrong settings, 4 refused (already there, not found, wrong input),
/// 5 the disk failed while the server ran.
#[derive(Parser)]
#[command(name = "regie", version)]
struct Arguments {
    /// Directory of the SQLite file and the keys.
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// Settings file (default: regie.toml, if there is one).
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server; migrates the database first.
    Serve {
        /// Address and port to listen on.
        #[arg(long)]
        addr: Option<SocketAddr>,
    },
    /// Brings the database to this version's schema.
    Migrate,
    /// Checks and documents the settings.
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
    /// Accounts made from the command line.
    Admin {
        #[command(subcommand)]
        what: AdminCommand,
    },
    /// Keys that sign access tokens.
    Keys {
        #[command(subcommand)]
        what: KeysCommand,
    },
    /// Kiosks.
    Kiosk {
        #[command(subcommand)]
        what: KioskCommand,
    },
    /// The audit: writes a chain out, checks what was written out.
    Audit {
        #[command(subcommand)]
        what: AuditCommand,
    },
    /// Fills or removes the demonstration.
    Seed {
        /// Fill "Compagnie des Lumières" and print its credentials once.
        #[arg(long, required_unless_present = "remove_demo")]
        demo: bool,
        /// Remove it, with all that belongs to it.
        #[arg(long, conflicts_with = "demo")]
        remove_demo: bool,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Reads all settings and says whether they are right, what they are, and where each comes from.
    Check,
    /// Prints the table of settings.
    Table,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Makes an organisation and its owner.
    Create {
        #[arg(long)]
        email: String,
        /// Name of the organisation.
        #[arg(long)]
        org: String,
        /// Name of the person.
        #[arg(long)]
        name: Option<String>,
        /// Read the password from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Lets an account run the installation (the pages under /admin), or no longer.
    Promote {
        #[arg(long)]
        email: String,
        /// Take the right away.
        #[arg(long)]
        revoke: bool,
    },
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Makes a signing key of the kind that the settings name.
    Generate,
    /// Makes a new signing key, which running servers take up by themselves. Tokens of the older ones stay good.
    Rotate,
}

#[derive(Subcommand)]
enum KioskCommand {
    /// Adds a kiosk, with a key for programs and a pairing code for a tablet.
    Add {
        /// The organisation's name in addresses.
        #[arg(long)]
        org: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        place: String,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Writes a whole chain as lines of JSON; the last line says where it ends.
    Export {
        /// The organisation's name in addresses.
        #[arg(long, required_unless_present = "installation")]
        org: Option<String>,
        /// The installation's own chain instead.
        #[arg(long, conflicts_with = "org")]
        installation: bool,
        /// Where to write it (default: standard output).
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Checks an export: every hash, number and link. Needs no database and no key. Exit code 0 whole, 1 broken.
    Verify { file: PathBuf },
}

#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Failed(String),
    #[error("{}", describe(.0))]
    Refused(#[from] Failure),
}

fn describe(failure: &Failure) -> String {
    let fields: Vec<_> = failure.fields.iter().map(|f| format!("{}: {}", f.field, f.code)).collect();
    if fields.is_empty() { failure.code.clone() } else { fields.join(", ") }
}

/// Whether somebody refused something: what is broken or cannot be reached has decided nothing.
fn was_decided(failure: &Failure) -> bool {
    !matches!(failure.kind, Kind::Unavailable | Kind::Unexpected)
}

/// Says something on standard output. That nobody listens any more, as behind `| head`, is no failure.
fn say(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// As [`say`], on standard error.
fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(error);
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("regie: {error}"));
            match error {
                CommandError::Config(_) => ExitCode::from(3),
                CommandError::Refused(failure) if was_decided(&failure) => ExitCode::from(4),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), CommandError> {
    if let Command::Config { what: ConfigCommand::Table } = arguments.command {
        say(config::table().trim_end());
        return Ok(());
    }
    if let Command::Audit { what: AuditCommand::Verify { file } } = &arguments.command {
        return verify_audit(file);
    }
    let (mut config, origins) = config::load(arguments.config.as_deref(), arguments.data.as_deref())?;
    match arguments.command {
        Command::Serve { addr } => {
            if let Some(addr) = addr {
                if config.server.public_url == format!("http://{}", config.server.addr) {
                    config.server.public_url = format!("http://{addr}");
                }
                config.server.addr = addr;
            }
            telemetry::start_logging(&config.log);
            Ok(composition::serve(composition::open(config, Clock::System).await?).await?)
        }
        Command::Config { .. } => {
            say(config::in_force_table(&config, &origins));
            say("The settings are right.");
            Ok(())
        }
        Command::Keys { what: KeysCommand::Generate | KeysCommand::Rotate } => {
            let kid = keys::generate_token_key(&config.data, config.tokens.algorithm).map_err(StartError::from)?;
            say(kid);
            Ok(())
        }
        command => with_database(config, command).await,
    }
}

fn proof<A: Action>(org: OrgId) -> Result<Permit<A>, Failure> {
    Ok(permit(&Actor::system(org, "command line"))?)
}

/// Says in words whether an export is what was written.
fn verify_audit(file: &Path) -> Result<(), CommandError> {
    let failed = |error: std::io::Error| CommandError::Failed(format!("{}: {error}", file.display()));
    let lines = std::io::BufReader::new(std::fs::File::open(file).map_err(failed)?);
    match audit::verify_export(lines) {
        Ok(rows) => {
            say(format_args!("The chain is whole: {rows} rows checked, none changed, removed or moved."));
            Ok(())
        }
        Err(BadExport::Io(error)) => Err(failed(error)),
        Err(broken) => Err(CommandError::Failed(format!("the chain is broken: {broken}"))),
    }
}

async fn export_audit(app: &App, org: OrgId, out: Option<PathBuf>) -> Result<(), CommandError> {
    let failed = |error: &dyn std::fmt::Display| CommandError::Failed(error.to_string());
    let Some(path) = out else {
        let out = std::io::BufWriter::new(std::io::stdout());
        return audit::export_chain::<ReadAudit>(app, proof(org)?, out).await.map(drop).map_err(|e| failed(&e));
    };
    let file = std::fs::File::create(&path).map_err(|e| CommandError::Failed(format!("{}: {e}", path.display())))?;
    let rows = audit::export_chain::<ReadAudit>(app, proof(org)?, std::io::BufWriter::new(file)).await.map_err(|e| failed(&e))?;
    say(format_args!("{rows} rows written to {}", path.display()));
    Ok(())
}

async fn with_database(config: Config, command: Command) -> Result<(), CommandError> {
    // What a failure says to everybody is not what went wrong.
    telemetry::start_logging(&config.log);
    let app = composition::open(config, Clock::System).await?;
    let applied = app.db.migrate(app.clock.now().0).await.map_err(StartError::from)?;
    let outcome = carry_out(&app, command, applied).await;
    app.db.close().await.map_err(StartError::from)?;
    outcome
}

async fn carry_out(app: &App, command: Command, applied: usize) -> Result<(), CommandError> {
    match command {
        Command::Migrate => say(format_args!("{applied} migrations applied")),
        Command::Admin { what: AdminCommand::Create { email, org, name, .. } } => {
            let mut password = String::new();
            std::io::stdin().read_to_string(&mut password).map_err(|e| CommandError::Failed(e.to_string()))?;
            let password = password.trim_end_matches(['\r', '\n']).to_owned();
            let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
            let owner = NewAccount { email, name, password, language: "fr".into() };
            let new = NewOrg { name: org, time_zone: DEFAULT_ZONE.into(), language: "fr".into(), is_demo: false };
            let made = create_org_with_owner(app, proof(INSTALLATION)?, owner, new).await;
            let (org, account) = made.map_err(Failure::from)?;
            say(format_args!("{} owns {} ({})", account.email, org.name, org.slug));
        }
        Command::Admin { what: AdminCommand::Promote { email, revoke } } => {
            set_platform_admin(app, proof(INSTALLATION)?, &email, !revoke).await.map_err(Failure::from)?;
            let email = text::clean_email(&email).unwrap_or(email);
            say(format_args!("{email} {} the installation", if revoke { "no longer runs" } else { "runs" }));
        }
        Command::Kiosk { what: KioskCommand::Add { org, name, place, json } } => {
            let org = find_org_by_slug(app, &org).await.map_err(Failure::from)?.ok_or_else(Failure::not_found)?;
            let (kiosk, pairing_code) =
                create_kiosk(app, proof(org.id)?, NewKiosk { name, place, fingerprint: None }).await.map_err(Failure::from)?;
            let api_key = issue_kiosk_key(app, proof(org.id)?, kiosk.id).await.map_err(Failure::from)?;
            if json {
                say(serde_json::json!({ "kiosk_id": kiosk.id.0, "api_key": api_key, "pairing_code": pairing_code }));
            } else {
                let page = app.link("/kiosk");
                say(format_args!("kiosk {}\nAPI key {api_key}\npairing code {pairing_code} (15 minutes, {page})", kiosk.id));
            }
        }
        Command::Audit { what: AuditCommand::Export { org, out, .. } } => {
            let org = match org {
                Some(slug) => {
                    find_org_by_slug(app, &slug).await.map_err(Failure::from)?.map(|org| org.id).ok_or_else(Failure::not_found)?
                }
                None => INSTALLATION,
            };
            export_audit(app, org, out).await?;
        }
        Command::Seed { demo: true, .. } => match demo::seed(app).await? {
            None => say("The demonstration is there already. Remove it with: regie seed --remove-demo"),
            Some(credentials) => {
                say("Compagnie des Lumières. These passwords are shown once:");
                credentials.iter().for_each(|c| say(format_args!("  {:8} {:34} {}", c.role, c.email, c.password)));
            }
        },
        Command::Seed { remove_demo: true, .. } => {
            say(if demo::remove(app).await? { "Removed." } else { "There is no demonstration." });
        }
        _ => return Err(CommandError::Failed("nothing to do; see --help".into())),
    }
    Ok(())
}
