//! What admins and managers list.

use super::devices::DeviceBody;
use super::door::OrgClient;
use super::problem::{Problem, ProblemBody};
use super::punches::{PageQuery, PunchBody};
use crate::audit::{self, AuditFilter, ReadAudit};
use crate::kernel::zone::{Zone, parse_instant};
use crate::kernel::{CrewMemberId, DeviceId, Failure, Instant, zone};
use crate::timeclock::{DeviceFilter, PunchFilter, service as clock};
use axum::Json;
use axum::extract::{Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which phones.
#[derive(Deserialize, IntoParams)]
pub struct DeviceQuery {
    user_id: Option<i64>,
    is_revoked: Option<bool>,
    limit: Option<i64>,
    offset: Option<i64>,
}

/// Everybody's phones, newest first.
#[utoipa::path(get, path = "/admin/devices", operation_id = "list_devices", tag = "admin", params(DeviceQuery), responses((status = 200, body = Vec<DeviceBody>), (status = 403, body = ProblemBody)))]
pub async fn devices(client: OrgClient, Query(query): Query<DeviceQuery>) -> Result<Json<Vec<DeviceBody>>, Problem> {
    let page = PageQuery { limit: query.limit, offset: query.offset };
    let filter = DeviceFilter {
        crew_member: query.user_id.map(CrewMemberId),
        revoked: query.is_revoked,
        limit: page.limit(),
        offset: page.offset(),
    };
    let list = clock::list_devices(&client.app, client.permit()?, &filter).await?;
    Ok(Json(list.into_iter().map(DeviceBody::from).collect()))
}

/// Revokes anybody's phone.
#[utoipa::path(post, path = "/admin/devices/{id}/revoke", operation_id = "revoke_any_device", tag = "admin", params(("id" = i64, Path)), responses((status = 200, body = DeviceBody), (status = 404, body = ProblemBody)))]
pub async fn revoke_device(client: OrgClient, Path(id): Path<i64>) -> Result<Json<DeviceBody>, Problem> {
    Ok(Json(clock::revoke_device(&client.app, client.permit()?, DeviceId(id)).await?.into()))
}

/// Which punches.
#[derive(Deserialize, IntoParams)]
pub struct PunchQuery {
    user_id: Option<i64>,
    /// RFC 3339, or a date of the organisation's calendar.
    from_date: Option<String>,
    to_date: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
}

fn read_instant(field: &'static str, text: Option<&str>, zone: &Zone) -> Result<Option<Instant>, Problem> {
    let Some(text) = text else { return Ok(None) };
    parse_instant(text, zone).map(Some).ok_or(Problem(Failure::fields([(field, "date.invalid")])))
}

/// Everybody's punches, newest first.
#[utoipa::path(get, path = "/admin/punches", operation_id = "list_punches", tag = "admin", params(PunchQuery), responses((status = 200, body = Vec<PunchBody>), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn punches(client: OrgClient, Query(query): Query<PunchQuery>) -> Result<Json<Vec<PunchBody>>, Problem> {
    let zone = client.org.zone();
    let page = PageQuery { limit: query.limit, offset: query.offset };
    let filter = PunchFilter {
        crew_member: query.user_id.map(CrewMemberId),
        from: read_instant("from_date", query.from_date.as_deref(), &zone)?,
        to: read_instant("to_date", query.to_date.as_deref(), &zone)?,
        limit: page.limit(),
        offset: page.offset(),
        ..PunchFilter::default()
    };
    let list = clock::list_punches(&client.app, client.permit()?, &filter).await?;
    Ok(Json(list.into_iter().map(PunchBody::from).collect()))
}

/// Which events.
#[derive(Deserialize, IntoParams)]
pub struct AuditQuery {
    event_type: Option<String>,
    user_id: Option<i64>,
    device_id: Option<i64>,
    kiosk_id: Option<i64>,
    /// RFC 3339, or a date of the organisation's calendar, whose first instant is meant.
    from_date: Option<String>,
    /// The first instant that is too late.
    to_date: Option<String>,
    /// Only events with a lesser `id`: the way through a long list.
    before: Option<i64>,
    limit: Option<i64>,
    offset: Option<i64>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub struct AuditBody {
    id: i64,
    event_type: String,
    actor: String,
    user_id: Option<i64>,
    device_id: Option<i64>,
    kiosk_id: Option<i64>,
    event_data: serde_json::Value,
    ip_address: String,
    request_id: String,
    created_at: String,
    hash: String,
}

/// The audit of the organisation, newest first.
#[utoipa::path(get, path = "/admin/audit-logs", operation_id = "list_audit_logs", tag = "admin", params(AuditQuery), responses((status = 200, body = Vec<AuditBody>), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn audit_logs(client: OrgClient, Query(query): Query<AuditQuery>) -> Result<Json<Vec<AuditBody>>, Problem> {
    let zone = client.org.zone();
    let page = PageQuery { limit: query.limit, offset: query.offset };
    let actor = query.kiosk_id.map(|id| ("kiosk", id)).or(query.user_id.map(|id| ("account", id)));
    let filter = AuditFilter {
        action: query.event_type,
        actor_kind: actor.map(|(kind, _)| kind.to_owned()),
        actor_id: actor.map(|(_, id)| id),
        subject_kind: query.device_id.map(|_| "device".to_owned()),
        subject_id: query.device_id,
        from: read_instant("from_date", query.from_date.as_deref(), &zone)?,
        to: read_instant("to_date", query.to_date.as_deref(), &zone)?,
        before: query.before,
        limit: page.limit(),
        offset: page.offset(),
        ..AuditFilter::default()
    };
    let rows = audit::read_events(&client.app, client.permit()?, &filter).await?;
    Ok(Json(
        rows.into_iter()
            .map(|row| {
                let of = |kind: &str, subject: bool| {
                    if subject {
                        row.subject_id.filter(|_| row.subject_kind == kind)
                    } else {
                        row.actor_id.filter(|_| row.actor_kind == kind)
                    }
                };
                AuditBody {
                    id: row.seq,
                    user_id: of("account", false),
                    device_id: of("device", true),
                    kiosk_id: of("kiosk", false).or(of("kiosk", true)),
                    event_data: serde_json::from_str(&row.detail).unwrap_or_default(),
                    created_at: zone::utc(Instant(row.at)),
                    event_type: row.action,
                    actor: row.actor_kind,
                    ip_address: row.address,
                    request_id: row.request_id,
                    hash: row.hash,
                }
            })
            .collect(),
    ))
}

/// The state of the audit's chain.
#[derive(Serialize, ToSchema)]
pub struct ChainBody {
    /// Whether every row is as it was written.
    whole: bool,
    /// Rows found to be as they were written, from the first on.
    rows: i64,
    /// The first row that is changed, missing or out of place.
    broken_seq: Option<i64>,
}

/// Checks the audit's chain from its first row to its last.
#[utoipa::path(get, path = "/admin/audit-logs/verify", tag = "admin", responses((status = 200, body = ChainBody), (status = 403, body = ProblemBody)))]
pub async fn verify_audit(client: OrgClient) -> Result<Json<ChainBody>, Problem> {
    let check = audit::verify_chain::<ReadAudit>(&client.app, client.permit()?).await?;
    let broken_seq = check.broken.map(|broken| broken.seq);
    Ok(Json(ChainBody { whole: broken_seq.is_none(), rows: check.rows, broken_seq }))
}
