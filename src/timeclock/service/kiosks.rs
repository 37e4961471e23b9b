use crate::access::Permit;
use crate::audit::{self, Event, Quiet};
use crate::kernel::{KioskId, text};
use crate::platform::db::{DbError, DbResult, OnUnique};
use crate::platform::gather::Gather;
use crate::platform::secret::fingerprint;
use crate::platform::{App, random};
use crate::timeclock::{
    KeyedKiosk, Kiosk, KioskName, ListKiosks, ManageKiosks, NewKiosk, PairKiosk, PunchError, ReadHours, ReportKiosk, store,
};
use std::collections::BTreeSet;

/// How long a pairing code works. It is used once, and there are 29⁸ of them.
const PAIRING_MINUTES: i64 = 15;

/// Adds a kiosk and gives its first pairing code, which is shown once.
///
/// Permission: admin. Audit: `kiosk.created`.
///
/// # Errors
/// What is wrong with name or place; [`PunchError::KioskTaken`].
pub async fn create_kiosk(app: &App, permit: Permit<ManageKiosks>, new: NewKiosk) -> Result<(Kiosk, String), PunchError> {
    let (name, place) = check(&new.name, &new.place)?;
    let mark =
        new.fingerprint.and_then(|f| text::clean_line(&f, 255)).unwrap_or_else(|| format!("kiosk-{}", random::token::<12>()));
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let inserted = store::insert_kiosk(&mut tx, &name, &place, &mark, now).await;
    let inserted = inserted.on_unique("kiosks_org_id_name_key", PunchError::KioskTaken("name"));
    let kiosk = inserted.map_err(fingerprint_taken)?;
    let code = new_pairing_code(&mut tx, kiosk.id).await?;
    tx.commit(Event::new("kiosk.created", kiosk.id.into()).with("name", name)).await?;
    Ok((kiosk, code))
}

fn fingerprint_taken(error: PunchError) -> PunchError {
    match error {
        PunchError::Db(error) if error.is_unique("kiosks_org_id_fingerprint_key") => PunchError::KioskTaken("device_fingerprint"),
        other => other,
    }
}

fn check(name: &str, place: &str) -> Result<(String, String), PunchError> {
    match (text::clean_line(name, 100), text::clean_line(place, 255)) {
        (Some(name), Some(place)) => Ok((name, place)),
        (name, place) => {
            let wrong = [(name.is_none(), "name"), (place.is_none(), "place")];
            Err(PunchError::Fields(wrong.into_iter().filter(|w| w.0).map(|w| (w.1, "name.invalid")).collect()))
        }
    }
}

async fn new_pairing_code(tx: &mut audit::Tx, id: KioskId) -> Result<String, PunchError> {
    let code = random::spoken_code(2);
    let expires_at = tx.now().plus_minutes(PAIRING_MINUTES);
    match store::set_pairing_code(tx, id, &fingerprint(&code), expires_at).await? {
        0 => Err(PunchError::KioskNotFound),
        _ => Ok(code),
    }
}

/// Gives a new pairing code; the one before stops working, the paired tablet goes on until the code is used.
///
/// Permission: admin. Audit: `kiosk.pairing_code_issued`.
///
/// # Errors
/// [`PunchError::KioskNotFound`].
pub async fn renew_pairing_code(app: &App, permit: Permit<ManageKiosks>, id: KioskId) -> Result<String, PunchError> {
    let mut tx = audit::begin(app, &permit).await?;
    let code = new_pairing_code(&mut tx, id).await?;
    tx.commit(Event::new("kiosk.pairing_code_issued", id.into())).await?;
    Ok(code)
}

/// Makes the tablet that asks a kiosk, and gives the secret that it keeps in a cookie.
///
/// Permission: who holds the code. Audit: `kiosk.paired`.
///
/// # Errors
/// [`PunchError::PairingCode`].
pub async fn pair_kiosk(app: &App, permit: Permit<PairKiosk>, code: &str, device_info: &str) -> Result<String, PunchError> {
    let letters: String = code.to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let code = if letters.len() == 8 { format!("{}-{}", &letters[..4], &letters[4..]) } else { String::new() };
    let pairing_hash = fingerprint(&code);
    let found = store::find_kiosk_by_pairing(&mut app.db.read().await?, &pairing_hash, app.clock.now()).await?;
    let kiosk = found.ok_or(PunchError::PairingCode)?;
    let secret = random::token::<32>();
    let mut tx = audit::begin_in(app, &permit, kiosk.org_id).await?;
    let now = tx.now();
    let info: String = device_info.chars().take(255).collect();
    if !store::pair_kiosk(&mut tx, &pairing_hash, &fingerprint(&secret), &info, now).await? {
        return Err(PunchError::PairingCode);
    }
    tx.commit(Event::new("kiosk.paired", kiosk.id.into()).with("device", info)).await?;
    Ok(secret)
}

/// Makes a new key for programs; the one before stops working. It is shown once.
///
/// Permission: admin. Audit: `kiosk.key_issued`.
///
/// # Errors
/// [`PunchError::KioskNotFound`].
pub async fn issue_kiosk_key(app: &App, permit: Permit<ManageKiosks>, id: KioskId) -> Result<String, PunchError> {
    let key = format!("rk_{}", random::token::<32>());
    let mut tx = audit::begin(app, &permit).await?;
    if store::set_kiosk_key(&mut tx, id, &fingerprint(&key)).await? == 0 {
        return Err(PunchError::KioskNotFound);
    }
    tx.commit(Event::new("kiosk.key_issued", id.into())).await?;
    Ok(key)
}

/// Changes name, place, or whether it is active.
///
/// Permission: admin. Audit: `kiosk.changed`.
///
/// # Errors
/// [`PunchError::KioskNotFound`], [`PunchError::KioskTaken`], what is wrong with the fields.
pub async fn change_kiosk(
    app: &App,
    permit: Permit<ManageKiosks>,
    id: KioskId,
    name: &str,
    place: &str,
    is_active: bool,
) -> Result<(), PunchError> {
    let (name, place) = check(name, place)?;
    let mut tx = audit::begin(app, &permit).await?;
    let changed = store::change_kiosk(&mut tx, id, &name, &place, is_active).await;
    if changed.on_unique("kiosks_org_id_name_key", PunchError::KioskTaken("name"))? == 0 {
        return Err(PunchError::KioskNotFound);
    }
    Ok(tx.commit(Event::new("kiosk.changed", id.into()).with("name", name).with("active", is_active)).await?)
}

/// Removes a kiosk: its tablet and its key are refused at the next request. Punches keep its name.
///
/// Permission: admin. Audit: `kiosk.removed`.
///
/// # Errors
/// [`PunchError::KioskNotFound`].
pub async fn remove_kiosk(app: &App, permit: Permit<ManageKiosks>, id: KioskId) -> Result<(), PunchError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    if store::remove_kiosk(&mut tx, id, now).await? == 0 {
        return Err(PunchError::KioskNotFound);
    }
    Ok(tx.commit(Event::new("kiosk.removed", id.into())).await?)
}

/// Kiosks by name.
///
/// Permission: admin. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_kiosks(
    app: &App,
    permit: Permit<ListKiosks>,
    active: Option<bool>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Kiosk>, PunchError> {
    Ok(store::list_kiosks(&mut permit.read(&app.db).await?, active, limit, offset).await?)
}

/// The kiosks by name, to choose the punches of one; nothing else of them.
///
/// Permission: manager, as for the punches. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_kiosk_names(app: &App, permit: Permit<ReadHours>) -> Result<Vec<KioskName>, PunchError> {
    Ok(store::list_kiosk_names(&mut permit.read(&app.db).await?).await?)
}

/// One kiosk.
///
/// Permission: admin. Audit: none, it only reads.
///
/// # Errors
/// [`PunchError::KioskNotFound`].
pub async fn get_kiosk(app: &App, permit: Permit<ListKiosks>, id: KioskId) -> Result<Kiosk, PunchError> {
    store::find_kiosk(&mut permit.read(&app.db).await?, id).await?.ok_or(PunchError::KioskNotFound)
}

/// The kiosk of a tablet's cookie, for the door.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_kiosk_by_tablet(app: &App, secret: &str) -> DbResult<Option<Kiosk>> {
    store::find_kiosk_by_tablet(&mut app.db.read().await?, &fingerprint(secret)).await
}

/// Where keys wait to be looked up together: each scan comes with one, and many at once with the same.
struct Keys(Gather<String, DbResult<Option<KeyedKiosk>>>);

/// The kiosk of a program's key, for the door.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_kiosk_by_key(app: &App, key: &str) -> DbResult<Option<KeyedKiosk>> {
    let keys = app.shared.of(|| Keys(Gather::new(app.config.database.batch)));
    let app = app.clone();
    let answer = keys.0.ask(fingerprint(key), move |hashes| find_all_by_key(app.clone(), hashes)).await;
    answer.unwrap_or_else(|| Err(DbError::Unavailable("looking up keys broke off".into())))
}

async fn find_all_by_key(app: App, hashes: Vec<String>) -> Vec<DbResult<Option<KeyedKiosk>>> {
    let distinct: Vec<String> = hashes.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let found = async { store::list_kiosks_by_key(&mut app.db.read().await?, &distinct).await }.await;
    hashes.iter().map(|hash| found.as_ref().map(|found| found.get(hash).cloned()).map_err(Clone::clone)).collect()
}

/// Notes that a kiosk is there.
///
/// Permission: the kiosk. Audit: none ([`Quiet::KioskSeen`]).
///
/// # Errors
/// When the database cannot be written.
pub async fn report_kiosk(
    app: &App,
    permit: Permit<ReportKiosk>,
    kiosk: KioskId,
    version: Option<&str>,
    info: Option<&str>,
) -> Result<(), PunchError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    store::touch_kiosk(&mut tx, kiosk, now, version, info).await?;
    Ok(tx.commit_quietly(Quiet::KioskSeen).await?)
}
