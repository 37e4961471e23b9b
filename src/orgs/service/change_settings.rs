use super::find_place::find_org;
use crate::access::Permit;
use crate::audit::{self, Event};
use crate::kernel::zone::Zone;
use crate::kernel::{Convention, Lang, Role, text};
use crate::orgs::store::{self, SettingValues};
use crate::orgs::{ChangeSettings, Logo, Org, OrgError, OrgSettings, ReadSettings};
use crate::platform::App;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Largest logo, in bytes.
pub const MAX_LOGO: usize = 200_000;

/// The organisation, with its settings.
///
/// Permission: admin. Audit: none, it only reads.
///
/// # Errors
/// [`OrgError::NotFound`].
pub async fn find_settings(app: &App, permit: Permit<ReadSettings>) -> Result<Org, OrgError> {
    find_org(app, permit.org()).await?.ok_or(OrgError::NotFound)
}

/// Changes the settings that are still as the form showed them.
///
/// Permission: admin. Audit: `org.settings_changed`, with what was before and after.
///
/// # Errors
/// Every wrong field; [`OrgError::Stale`] when somebody else was faster.
pub async fn change_settings(app: &App, permit: Permit<ChangeSettings>, version: i64, new: OrgSettings) -> Result<(), OrgError> {
    let before = find_org(app, permit.org()).await?.ok_or(OrgError::NotFound)?;
    let mut problems = Vec::new();
    let name = text::clean_line(&new.name, 80).unwrap_or_default();
    if name.is_empty() {
        problems.push(("org_name", "name.invalid"));
    }
    if Zone::named(&new.time_zone).is_none() {
        problems.push(("time_zone", "time_zone.unknown"));
    }
    let factor = new.second_factor_from.trim();
    if !factor.is_empty() && Role::parse(factor).is_none() {
        problems.push(("second_factor_from", "role.unknown"));
    }
    let domains = clean_domains(&new.join_domains);
    if domains.is_none() {
        problems.push(("join_domains", "domains.invalid"));
    }
    if !(1..=240).contains(&new.retention_months) {
        problems.push(("retention_months", "retention.invalid"));
    }
    let idcc = new.idcc.trim();
    let convention = idcc.parse().ok().and_then(Convention::of);
    if !idcc.is_empty() && convention.is_none() {
        problems.push(("idcc", "convention.unknown"));
    }
    let (Some(domains), true) = (domains, problems.is_empty()) else { return Err(OrgError::Fields(problems)) };
    let values = SettingValues {
        name: &name,
        time_zone: &new.time_zone,
        language: Lang::parse(&new.language).unwrap_or_default().code(),
        second_factor_from: (!factor.is_empty()).then_some(factor),
        join_domains: &domains,
        retention_months: new.retention_months,
        idcc: convention.map(|known| i64::from(known.idcc())),
    };
    let mut tx = audit::begin(app, &permit).await?;
    if !store::change_org(&mut tx, version, &values).await? {
        return Err(OrgError::Stale);
    }
    let facts = |name: &str, zone: &str, language: &str, factor: Option<&str>, domains: &str, months: i64, idcc: Option<i64>| {
        serde_json::json!({ "name": name, "time_zone": zone, "language": language, "second_factor_from": factor,
            "join_domains": domains, "retention_months": months, "idcc": idcc })
    };
    let was = facts(
        &before.name,
        &before.time_zone,
        &before.language,
        before.second_factor_from.as_deref(),
        &before.join_domains,
        before.retention_months,
        before.idcc,
    );
    let is =
        facts(&name, &new.time_zone, values.language, values.second_factor_from, &domains, new.retention_months, values.idcc);
    Ok(tx.commit(Event::new("org.settings_changed", before.id.into()).with("before", was).with("after", is)).await?)
}

/// Domains in lower case, separated by one space; `None` when one of them cannot be a domain.
fn clean_domains(typed: &str) -> Option<String> {
    let words = typed.split([' ', ',', ';', '\n', '\r', '\t']).map(|word| word.trim().trim_start_matches('@').to_lowercase());
    let domains: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    let good = domains.len() <= 20 && domains.iter().all(|domain| text::clean_email(&format!("x@{domain}")).is_some());
    let plain = domains.iter().all(|domain| domain.chars().all(|c| c.is_alphanumeric() || ".-".contains(c)));
    (good && plain).then(|| domains.join(" "))
}

/// Keeps a new logo: PNG or JPEG by its first bytes, whatever its name says.
///
/// Permission: admin. Audit: `org.logo_changed`.
///
/// # Errors
/// [`OrgError::Logo`].
pub async fn set_logo(app: &App, permit: Permit<ChangeSettings>, bytes: &[u8]) -> Result<(), OrgError> {
    let mime = match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        _ => return Err(OrgError::Logo),
    };
    if bytes.len() > MAX_LOGO {
        return Err(OrgError::Logo);
    }
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let logo = Logo { mime: mime.to_owned(), content: STANDARD.encode(bytes), updated_at: now };
    store::set_logo(&mut tx, &logo).await?;
    Ok(tx.commit(Event::new("org.logo_changed", permit.org().into()).with("bytes", bytes.len())).await?)
}

/// Takes the logo away.
///
/// Permission: admin. Audit: `org.logo_removed`.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove_logo(app: &App, permit: Permit<ChangeSettings>) -> Result<(), OrgError> {
    let mut tx = audit::begin(app, &permit).await?;
    if store::remove_logo(&mut tx).await? == 0 {
        return Ok(());
    }
    Ok(tx.commit(Event::new("org.logo_removed", permit.org().into())).await?)
}

/// The logo's type and bytes, for members' pages.
///
/// Permission: any member. Audit: none, it only reads.
///
/// # Errors
/// [`OrgError::NotFound`] when there is none.
pub async fn find_logo(app: &App, permit: Permit<crate::orgs::ReadMyCrew>) -> Result<(String, Vec<u8>), OrgError> {
    let logo = store::find_logo(&mut permit.read(&app.db).await?).await?.ok_or(OrgError::NotFound)?;
    let bytes = STANDARD.decode(&logo.content).map_err(|_| OrgError::NotFound)?;
    Ok((logo.mime, bytes))
}
