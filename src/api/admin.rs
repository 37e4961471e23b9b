//! What admins and managers list.

use super::devices::DeviceBody;
use super::door::OrgClient;
use super::problem::{Path, Problem, ProblemBody, Query};
use super::punches::{PageQuery, PunchBody};
use crate::audit::{self, AuditFilter, AuditRow, Concerned, ReadAudit, RefusedScan};
use crate::kernel::zone::{Zone, parse_instant};
use crate::kernel::{AccountId, CrewMemberId, DeviceId, Failure, Instant, Kind, KioskId, zone};
use crate::timeclock::{DeviceFilter, PunchError, PunchFilter, service as clock};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which phones.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
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
#[utoipa::path(post, path = "/admin/devices/{id}/revoke", operation_id = "revoke_any_device", tag = "admin", params(("id" = i64, Path)), responses((status = 200, body = DeviceBody), (status = 400, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn revoke_device(client: OrgClient, Path(id): Path<i64>) -> Result<Json<DeviceBody>, Problem> {
    // The replaced system had another word for it here: there is no owner to be mistaken.
    let revoked = clock::revoke_device(&client.app, client.permit()?, DeviceId(id)).await.map_err(|error| match error {
        PunchError::DeviceNotFound => Problem(Failure::new(Kind::NotFound, "device.unknown")),
        error => error.into(),
    });
    Ok(Json(revoked?.into()))
}

/// Which punches.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
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
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// `punch.recorded`, …; also by the names of the system that Régie replaces: `punch_validated`, `punch_replay_attempt`, …
    event_type: Option<String>,
    /// Who did it, if they are in the crew; of a punch, whose it is.
    user_id: Option<i64>,
    /// The account that did it, or that it is about.
    account_id: Option<i64>,
    /// The phone that it is about; of a punch, the one that was shown.
    device_id: Option<i64>,
    /// The kiosk that did it, or that it is about.
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
    /// What did it: `account`, `token`, `kiosk`, …
    actor: String,
    /// The account that did it, by itself or by a program's token.
    account_id: Option<i64>,
    /// Who did it, if they are in the crew; of a punch, whose it is.
    user_id: Option<i64>,
    /// The phone that it is about; of a punch, the one that was shown.
    device_id: Option<i64>,
    /// The kiosk that did it, or that it is about.
    kiosk_id: Option<i64>,
    event_data: serde_json::Value,
    ip_address: String,
    /// Always `null`: it is not kept.
    user_agent: Option<String>,
    request_id: String,
    created_at: String,
    hash: String,
}

impl From<(AuditRow, Concerned)> for AuditBody {
    fn from((row, concerned): (AuditRow, Concerned)) -> Self {
        Self {
            id: row.seq,
            event_data: serde_json::from_str(&row.detail).unwrap_or_default(),
            event_type: row.action,
            actor: row.actor_kind,
            account_id: concerned.account.map(|account| account.0),
            user_id: concerned.user.map(|person| person.0),
            device_id: concerned.device.map(|device| device.0),
            kiosk_id: concerned.kiosk.map(|kiosk| kiosk.0),
            ip_address: row.address,
            user_agent: None,
            request_id: row.request_id,
            created_at: zone::utc(Instant(row.at)),
            hash: row.hash,
        }
    }
}

/// What an event of the system that Régie replaces is called here, and which of the refused scans it was.
fn event_of(name: &str) -> (&str, Option<RefusedScan>) {
    match name {
        "device_registered" => ("device.registered", None),
        "device_revoked" => ("device.revoked", None),
        "punch_validated" => ("punch.recorded", None),
        "punch_replay_attempt" => ("punch.refused", Some(RefusedScan::Replay)),
        "punch_access_denied" => ("punch.refused", Some(RefusedScan::Barred)),
        ours => (ours, None),
    }
}

/// The audit of the organisation, newest first. What is asked for is all asked for.
#[utoipa::path(get, path = "/admin/audit-logs", operation_id = "list_audit_logs", tag = "admin", params(AuditQuery), responses((status = 200, body = Vec<AuditBody>), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn audit_logs(client: OrgClient, Query(query): Query<AuditQuery>) -> Result<Json<Vec<AuditBody>>, Problem> {
    let zone = client.org.zone();
    let page = PageQuery { limit: query.limit, offset: query.offset };
    let event = query.event_type.as_deref().map(event_of);
    let filter = AuditFilter {
        action: event.map(|(action, _)| action.to_owned()),
        refused: event.and_then(|(_, refused)| refused),
        user: query.user_id.map(CrewMemberId),
        person: query.account_id.map(AccountId),
        device: query.device_id.map(DeviceId),
        kiosk: query.kiosk_id.map(KioskId),
        from: read_instant("from_date", query.from_date.as_deref(), &zone)?,
        to: read_instant("to_date", query.to_date.as_deref(), &zone)?,
        before: query.before,
        limit: page.limit(),
        offset: page.offset(),
        ..AuditFilter::default()
    };
    let events = audit::read_events(&client.app, client.permit()?, &filter).await?;
    Ok(Json(events.into_iter().map(AuditBody::from).collect()))
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
