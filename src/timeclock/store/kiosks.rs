//! SQL of kiosks.

use crate::access::Conn;
use crate::kernel::{Instant, KioskId};
use crate::platform::db::{DbResult, Filter, ReadTx};
use crate::timeclock::model::{KeyedKiosk, Kiosk, KioskName};
use std::collections::HashMap;

const INSERT: &str = "INSERT INTO kiosks (org_id, name, place, fingerprint, created_at) VALUES ($1, $2, $3, $4, $5)
  RETURNING id, org_id, name, place, fingerprint, is_active, FALSE AS has_key, paired_at, last_seen_at, app_version, device_info, created_at";
const LIST: &str =
    "SELECT id, org_id, name, place, fingerprint, is_active, key_hash IS NOT NULL AS has_key, paired_at, last_seen_at,
  app_version, device_info, created_at FROM kiosks WHERE org_id = $1 AND removed_at IS NULL";
const NAMES: &str = "SELECT id, name FROM kiosks WHERE org_id = $1 AND removed_at IS NULL ORDER BY name, id LIMIT 200";
const FIND: &str =
    "SELECT id, org_id, name, place, fingerprint, is_active, key_hash IS NOT NULL AS has_key, paired_at, last_seen_at,
  app_version, device_info, created_at FROM kiosks WHERE org_id = $1 AND id = $2 AND removed_at IS NULL";
const BY_KEY: &str = "SELECT k.id, k.org_id, k.name, k.place, k.fingerprint, k.is_active, k.key_hash IS NOT NULL AS has_key,
  k.paired_at, k.last_seen_at, k.app_version, k.device_info, k.created_at, o.time_zone, k.key_hash
  FROM kiosks k JOIN orgs o ON o.id = k.org_id WHERE k.removed_at IS NULL AND k.key_hash IN ($1..)";
const BY_TABLET: &str =
    "SELECT id, org_id, name, place, fingerprint, is_active, key_hash IS NOT NULL AS has_key, paired_at, last_seen_at,
  app_version, device_info, created_at FROM kiosks WHERE tablet_hash = $1 AND removed_at IS NULL";
const BY_PAIRING: &str =
    "SELECT id, org_id, name, place, fingerprint, is_active, key_hash IS NOT NULL AS has_key, paired_at, last_seen_at,
  app_version, device_info, created_at FROM kiosks WHERE pairing_hash = $1 AND pairing_expires_at > $2 AND removed_at IS NULL";
const CHANGE: &str =
    "UPDATE kiosks SET name = $3, place = $4, is_active = $5 WHERE org_id = $1 AND id = $2 AND removed_at IS NULL";
const SET_KEY: &str = "UPDATE kiosks SET key_hash = $3 WHERE org_id = $1 AND id = $2 AND removed_at IS NULL";
const SET_PAIRING: &str =
    "UPDATE kiosks SET pairing_hash = $3, pairing_expires_at = $4 WHERE org_id = $1 AND id = $2 AND removed_at IS NULL";
const PAIR: &str =
    "UPDATE kiosks SET tablet_hash = $4, paired_at = $3, pairing_hash = NULL, pairing_expires_at = NULL, last_seen_at = $5,
  device_info = $6 WHERE org_id = $1 AND pairing_hash = $2 AND removed_at IS NULL";
const SEEN: &str =
    "UPDATE kiosks SET last_seen_at = $3, app_version = coalesce($4, app_version), device_info = coalesce($5, device_info)
  WHERE org_id = $1 AND id = $2";
const REMOVE: &str = "UPDATE kiosks SET removed_at = $3, key_hash = NULL, tablet_hash = NULL, pairing_hash = NULL
  WHERE org_id = $1 AND id = $2 AND removed_at IS NULL";

pub async fn insert_kiosk(conn: &mut impl Conn, name: &str, place: &str, fingerprint: &str, now: Instant) -> DbResult<Kiosk> {
    let org = conn.org();
    conn.query(INSERT).bind(org).bind(name).bind(place).bind(fingerprint).bind(now).one().await
}

pub async fn list_kiosks(conn: &mut impl Conn, active: Option<bool>, limit: i64, offset: i64) -> DbResult<Vec<Kiosk>> {
    let org = conn.org();
    let filtered = Filter::new(LIST)
        .bind(org)
        .and_opt("is_active = {}", active)
        .tail(" ORDER BY name, id LIMIT {}", limit)
        .tail(" OFFSET {}", offset);
    conn.tx().filtered(filtered).all().await
}

/// The names of the kiosks that were not removed.
pub async fn list_kiosk_names(conn: &mut impl Conn) -> DbResult<Vec<KioskName>> {
    let org = conn.org();
    conn.query(NAMES).bind(org).all().await
}

pub async fn find_kiosk(conn: &mut impl Conn, id: KioskId) -> DbResult<Option<Kiosk>> {
    let org = conn.org();
    conn.query(FIND).bind(org).bind(id).optional().await
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    key_hash: String,
    #[sqlx(flatten)]
    kiosk: KeyedKiosk,
}

/// The kiosks that hold some keys, by key, in whichever organisation: each proves itself by its key.
pub async fn list_kiosks_by_key(tx: &mut ReadTx, key_hashes: &[String]) -> DbResult<HashMap<String, KeyedKiosk>> {
    let rows: Vec<KeyRow> = tx.query(BY_KEY).bind_list(key_hashes).all().await?;
    Ok(rows.into_iter().map(|row| (row.key_hash, row.kiosk)).collect())
}

/// The kiosk that a tablet was paired as.
pub async fn find_kiosk_by_tablet(tx: &mut ReadTx, tablet_hash: &str) -> DbResult<Option<Kiosk>> {
    tx.query(BY_TABLET).bind(tablet_hash).optional().await
}

/// The kiosk that waits for this pairing code.
pub async fn find_kiosk_by_pairing(tx: &mut ReadTx, pairing_hash: &str, now: Instant) -> DbResult<Option<Kiosk>> {
    tx.query(BY_PAIRING).bind(pairing_hash).bind(now).optional().await
}

pub async fn change_kiosk(conn: &mut impl Conn, id: KioskId, name: &str, place: &str, is_active: bool) -> DbResult<u64> {
    let org = conn.org();
    conn.query(CHANGE).bind(org).bind(id).bind(name).bind(place).bind(is_active).execute().await
}

pub async fn set_kiosk_key(conn: &mut impl Conn, id: KioskId, key_hash: &str) -> DbResult<u64> {
    let org = conn.org();
    conn.query(SET_KEY).bind(org).bind(id).bind(key_hash).execute().await
}

pub async fn set_pairing_code(conn: &mut impl Conn, id: KioskId, pairing_hash: &str, expires_at: Instant) -> DbResult<u64> {
    let org = conn.org();
    conn.query(SET_PAIRING).bind(org).bind(id).bind(pairing_hash).bind(expires_at).execute().await
}

/// Gives a kiosk to a tablet and uses the code up; the tablet before is one no more.
pub async fn pair_kiosk(
    conn: &mut impl Conn,
    pairing_hash: &str,
    tablet_hash: &str,
    device_info: &str,
    now: Instant,
) -> DbResult<bool> {
    let org = conn.org();
    let query = conn.query(PAIR).bind(org).bind(pairing_hash).bind(now).bind(tablet_hash).bind(now).bind(device_info);
    Ok(query.execute().await? == 1)
}

pub async fn touch_kiosk(
    conn: &mut impl Conn,
    id: KioskId,
    now: Instant,
    version: Option<&str>,
    info: Option<&str>,
) -> DbResult<()> {
    let org = conn.org();
    conn.query(SEEN).bind(org).bind(id).bind(now).bind(version).bind(info).execute_one().await
}

pub async fn remove_kiosk(conn: &mut impl Conn, id: KioskId, now: Instant) -> DbResult<u64> {
    let org = conn.org();
    conn.query(REMOVE).bind(org).bind(id).bind(now).execute().await
}
