//! Badge codes and punches.

use super::door::{KioskClient, OrgClient};
use super::problem::{Body, Problem, ProblemBody, Query};
use crate::kernel::{DeviceId, Failure, Instant, zone};
use crate::timeclock::{PunchKind, PunchLine, Scan, service as clock};
use axum::Json;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which phone wants a code.
#[derive(Deserialize, ToSchema)]
pub struct TokenRequest {
    device_id: i64,
}

/// A badge code.
#[derive(Serialize, ToSchema)]
pub struct QrToken {
    /// 24 characters of the QR's alphanumeric mode. It opens nothing else.
    qr_token: String,
    /// Seconds.
    expires_in: i64,
    expires_at: String,
}

/// Issues a badge code for a phone of the account.
#[utoipa::path(post, path = "/punch/request-token", operation_id = "request_badge_token", tag = "punch", request_body = TokenRequest, responses((status = 200, body = QrToken), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn request_token(client: OrgClient, Body(body): Body<TokenRequest>) -> Result<Json<QrToken>, Problem> {
    let me = client.crew_record().await?;
    let badge = clock::issue_badge(&client.app, client.permit()?, &me, DeviceId(body.device_id)).await?;
    Ok(Json(QrToken {
        qr_token: badge.code,
        expires_in: client.app.config.badge.seconds,
        expires_at: zone::utc(badge.expires_at),
    }))
}

/// A scan.
#[derive(Deserialize, ToSchema)]
pub struct ValidateBody {
    qr_token: String,
    /// The kiosk is the one of the key; when it is named, it must be that one.
    kiosk_id: Option<i64>,
    /// `clock_in`, `clock_out`, `break_start`, `break_end`; proposed from the last punch when absent.
    punch_type: Option<String>,
    /// When it was scanned, by the clock that the kiosk shows (RFC 3339). Refused with `punch.clock_differs` when that is more
    /// than two minutes from the server's, whose time is recorded. Not judged when absent.
    scanned_at: Option<String>,
}

/// What a kiosk says the time is: RFC 3339, or by the clocks of its organisation. However wrong it is, it is compared.
pub fn told_time(client: &KioskClient, field: &'static str, text: Option<&str>) -> Result<Option<Instant>, Problem> {
    text.map(|text| zone::parse_clock(text, &client.zone).ok_or(Problem(Failure::fields([(field, "date.invalid")])))).transpose()
}

/// A recorded punch.
#[derive(Serialize, ToSchema)]
pub struct ValidateAnswer {
    success: bool,
    message: String,
    punch_id: i64,
    punched_at: String,
    user_id: i64,
    device_id: Option<i64>,
    punch_type: &'static str,
    name: String,
    minutes_today: i64,
}

/// Records a scan. The key of the kiosk goes into `X-Kiosk-API-Key`; an `Idempotency-Key` makes repeating it safe.
#[utoipa::path(post, path = "/punch/validate", operation_id = "validate_punch", tag = "punch", params(("Idempotency-Key" = Option<String>, Header, nullable = false)), request_body = ValidateBody, security(("kioskKey" = [])), responses((status = 200, body = ValidateAnswer), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn validate(
    client: KioskClient,
    headers: HeaderMap,
    Body(body): Body<ValidateBody>,
) -> Result<Json<ValidateAnswer>, Problem> {
    if body.kiosk_id.is_some_and(|id| id != client.kiosk.id.0) {
        return Err(Problem(Failure::forbidden()));
    }
    let wanted = body.punch_type.as_deref().map(|code| {
        let kinds = [PunchKind::In, PunchKind::Out, PunchKind::BreakStart, PunchKind::BreakEnd];
        kinds.into_iter().find(|kind| kind.api_code() == code).ok_or(Problem(Failure::fields([("punch_type", "punch.kind")])))
    });
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).filter(|key| (8..=128).contains(&key.len()));
    let scan = Scan {
        code: body.qr_token,
        wanted: wanted.transpose()?,
        key: key.map(str::to_owned),
        source: "api",
        shown_at: told_time(&client, "scanned_at", body.scanned_at.as_deref())?,
    };
    let receipt = clock::record_punch(&client.app, client.permit()?, &client.zone, scan).await?;
    let punch_type = receipt.kind.api_code();
    Ok(Json(ValidateAnswer {
        success: true,
        message: format!("Punch {punch_type} recorded successfully"),
        punch_id: receipt.punch.0,
        punched_at: client.zone.rfc3339(receipt.at),
        user_id: receipt.crew_member.0,
        device_id: receipt.device.map(|d| d.0),
        punch_type,
        name: receipt.name,
        minutes_today: receipt.minutes_today,
    }))
}

/// A punch.
#[derive(Serialize, ToSchema)]
pub struct PunchBody {
    id: i64,
    user_id: i64,
    device_id: Option<i64>,
    kiosk_id: Option<i64>,
    punch_type: &'static str,
    punched_at: String,
    /// The number of the code that was scanned, of which each makes one punch; `null` where none was.
    jwt_jti: Option<String>,
    created_at: String,
}

impl From<PunchLine> for PunchBody {
    fn from(line: PunchLine) -> Self {
        Self {
            id: line.id.0,
            user_id: line.crew_member.0,
            device_id: line.device.map(|d| d.0),
            kiosk_id: line.kiosk.map(|k| k.0),
            punch_type: line.kind.api_code(),
            punched_at: zone::utc(line.at),
            jwt_jti: line.badge.map(|badge| badge.to_string()),
            created_at: zone::utc(line.recorded_at),
        }
    }
}

/// A page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 50 when absent, 100 at most.
    pub limit: Option<i64>,
    pub offset: Option<i64>,
}

impl PageQuery {
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(50).clamp(1, 100)
    }

    pub fn offset(&self) -> i64 {
        self.offset.unwrap_or(0).max(0)
    }
}

/// The punches of the account, newest first.
#[utoipa::path(get, path = "/punch/history", operation_id = "list_my_punches", tag = "punch", params(PageQuery), responses((status = 200, body = Vec<PunchBody>), (status = 404, body = ProblemBody)))]
pub async fn history(client: OrgClient, Query(page): Query<PageQuery>) -> Result<Json<Vec<PunchBody>>, Problem> {
    let me = client.crew_record().await?;
    let list = clock::my_punches(&client.app, client.permit()?, &me, page.limit(), page.offset()).await?;
    Ok(Json(list.into_iter().map(PunchBody::from).collect()))
}
