//! SQL of devices.

use crate::access::Conn;
use crate::kernel::{CrewMemberId, DeviceId, Instant};
use crate::platform::db::{DbResult, Filter};
use crate::timeclock::model::{Device, NewDevice};

const INSERT: &str = "INSERT INTO devices (org_id, crew_member_id, fingerprint, name, attestation, registered_at)
  VALUES ($1, $2, $3, $4, $5, $6)
  RETURNING id, crew_member_id, fingerprint, name, attestation, registered_at, last_seen_at, revoked_at";
const FIND: &str = "SELECT id, crew_member_id, fingerprint, name, attestation, registered_at, last_seen_at, revoked_at
  FROM devices WHERE org_id = $1 AND id = $2";
const BY_FINGERPRINT: &str = "SELECT id, crew_member_id, fingerprint, name, attestation, registered_at, last_seen_at, revoked_at
  FROM devices WHERE org_id = $1 AND crew_member_id = $2 AND fingerprint = $3";
const LIST: &str = "SELECT id, crew_member_id, fingerprint, name, attestation, registered_at, last_seen_at, revoked_at
  FROM devices WHERE org_id = $1";
const REVOKE: &str = "UPDATE devices SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL";
const RESTORE: &str = "UPDATE devices SET revoked_at = NULL, name = $3, registered_at = $4 WHERE org_id = $1 AND id = $2
  RETURNING id, crew_member_id, fingerprint, name, attestation, registered_at, last_seen_at, revoked_at";
const SEEN: &str = "UPDATE devices SET last_seen_at = $3 WHERE org_id = $1 AND id = $2";

/// Which devices to list, newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceFilter {
    pub crew_member: Option<CrewMemberId>,
    pub revoked: Option<bool>,
    pub limit: i64,
    pub offset: i64,
}

pub async fn insert_device(conn: &mut impl Conn, crew_member: CrewMemberId, new: &NewDevice, now: Instant) -> DbResult<Device> {
    let org = conn.org();
    let query = conn.query(INSERT).bind(org).bind(crew_member).bind(&new.fingerprint).bind(&new.name);
    query.bind(new.attestation.as_deref()).bind(now).one().await
}

pub async fn find_device(conn: &mut impl Conn, id: DeviceId) -> DbResult<Option<Device>> {
    let org = conn.org();
    conn.query(FIND).bind(org).bind(id).optional().await
}

pub async fn find_device_by_fingerprint(
    conn: &mut impl Conn,
    crew_member: CrewMemberId,
    fingerprint: &str,
) -> DbResult<Option<Device>> {
    let org = conn.org();
    conn.query(BY_FINGERPRINT).bind(org).bind(crew_member).bind(fingerprint).optional().await
}

pub async fn list_devices(conn: &mut impl Conn, filter: &DeviceFilter) -> DbResult<Vec<Device>> {
    let org = conn.org();
    let filtered = Filter::new(LIST)
        .bind(org)
        .and_opt("crew_member_id = {}", filter.crew_member)
        .and_if(filter.revoked == Some(true), "revoked_at IS NOT NULL")
        .and_if(filter.revoked == Some(false), "revoked_at IS NULL")
        .tail(" ORDER BY registered_at DESC, id DESC LIMIT {}", filter.limit)
        .tail(" OFFSET {}", filter.offset);
    conn.tx().filtered(filtered).all().await
}

/// Revokes a device. `false` when it is revoked already.
pub async fn revoke_device(conn: &mut impl Conn, id: DeviceId, now: Instant) -> DbResult<bool> {
    let org = conn.org();
    Ok(conn.query(REVOKE).bind(org).bind(id).bind(now).execute().await? == 1)
}

/// Takes a revoked device back under a new name: its owner registers it again.
pub async fn restore_device(conn: &mut impl Conn, id: DeviceId, name: &str, now: Instant) -> DbResult<Device> {
    let org = conn.org();
    conn.query(RESTORE).bind(org).bind(id).bind(name).bind(now).one().await
}

pub async fn touch_device(conn: &mut impl Conn, id: DeviceId, now: Instant) -> DbResult<()> {
    let org = conn.org();
    conn.query(SEEN).bind(org).bind(id).bind(now).execute_one().await
}
