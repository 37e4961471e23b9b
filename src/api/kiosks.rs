//! Kiosks: their administration, and what they say of themselves.

use super::door::{KioskClient, OrgClient};
use super::problem::{Body, Path, Problem, ProblemBody, Query};
use super::punches::{PageQuery, told_time};
use crate::kernel::{Drift, KioskId, zone};
use crate::timeclock::{Kiosk, NewKiosk, service as clock};
use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A kiosk.
#[derive(Serialize, ToSchema)]
pub struct KioskBody {
    id: i64,
    kiosk_name: String,
    location: String,
    device_fingerprint: String,
    /// Always `null`: a kiosk is known by its key, wherever it is.
    ip_address: Option<String>,
    /// Always `null`: nothing was ever verified with it.
    public_key: Option<String>,
    is_active: bool,
    created_at: String,
    last_heartbeat_at: Option<String>,
}

impl From<Kiosk> for KioskBody {
    fn from(kiosk: Kiosk) -> Self {
        Self {
            id: kiosk.id.0,
            kiosk_name: kiosk.name,
            location: kiosk.place,
            device_fingerprint: kiosk.fingerprint,
            ip_address: None,
            public_key: None,
            is_active: kiosk.is_active,
            created_at: zone::utc(kiosk.created_at),
            last_heartbeat_at: kiosk.last_seen_at.map(zone::utc),
        }
    }
}

/// Which kiosks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct KioskQuery {
    is_active: Option<bool>,
    limit: Option<i64>,
    offset: Option<i64>,
}

/// Kiosks by name.
#[utoipa::path(get, path = "/admin/kiosks", operation_id = "list_kiosks", tag = "kiosks", params(KioskQuery), responses((status = 200, body = Vec<KioskBody>), (status = 403, body = ProblemBody)))]
pub async fn list(client: OrgClient, Query(query): Query<KioskQuery>) -> Result<Json<Vec<KioskBody>>, Problem> {
    let page = PageQuery { limit: query.limit, offset: query.offset };
    let kiosks = clock::list_kiosks(&client.app, client.permit()?, query.is_active, page.limit(), page.offset()).await?;
    Ok(Json(kiosks.into_iter().map(KioskBody::from).collect()))
}

/// A kiosk to be added. `ip_address` and `public_key` may come along; they are not kept.
#[derive(Deserialize, ToSchema)]
pub struct CreateKiosk {
    kiosk_name: String,
    location: String,
    device_fingerprint: Option<String>,
}

/// Adds a kiosk.
#[utoipa::path(post, path = "/admin/kiosks", operation_id = "create_kiosk", tag = "kiosks", request_body = CreateKiosk, responses((status = 201, body = KioskBody), (status = 409, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn create(client: OrgClient, Body(body): Body<CreateKiosk>) -> Result<(StatusCode, Json<KioskBody>), Problem> {
    let new = NewKiosk { name: body.kiosk_name, place: body.location, fingerprint: body.device_fingerprint };
    let (kiosk, _) = clock::create_kiosk(&client.app, client.permit()?, new).await?;
    Ok((StatusCode::CREATED, Json(kiosk.into())))
}

/// What to change of a kiosk; the rest stays. `ip_address` may come along; it is not kept.
#[derive(Deserialize, ToSchema)]
pub struct ChangeKiosk {
    kiosk_name: Option<String>,
    location: Option<String>,
    is_active: Option<bool>,
}

/// Changes a kiosk.
#[utoipa::path(patch, path = "/admin/kiosks/{id}", operation_id = "change_kiosk", tag = "kiosks", params(("id" = i64, Path)), request_body = ChangeKiosk, responses((status = 200, body = KioskBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn change(client: OrgClient, Path(id): Path<i64>, Body(body): Body<ChangeKiosk>) -> Result<Json<KioskBody>, Problem> {
    let id = KioskId(id);
    let before = clock::get_kiosk(&client.app, client.permit()?, id).await?;
    let name = body.kiosk_name.unwrap_or(before.name);
    let place = body.location.unwrap_or(before.place);
    let active = body.is_active.unwrap_or(before.is_active);
    clock::change_kiosk(&client.app, client.permit()?, id, &name, &place, active).await?;
    Ok(Json(clock::get_kiosk(&client.app, client.permit()?, id).await?.into()))
}

/// Removes a kiosk.
#[utoipa::path(delete, path = "/admin/kiosks/{id}", operation_id = "remove_kiosk", tag = "kiosks", params(("id" = i64, Path)), responses((status = 204), (status = 404, body = ProblemBody)))]
pub async fn remove(client: OrgClient, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    clock::remove_kiosk(&client.app, client.permit()?, KioskId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new key, shown once.
#[derive(Serialize, ToSchema)]
pub struct KeyBody {
    kiosk_id: i64,
    kiosk_name: String,
    location: String,
    api_url: String,
    api_key: String,
    device_fingerprint: String,
}

/// Makes a new key for a kiosk; the one before stops working.
#[utoipa::path(post, path = "/admin/kiosks/{id}/generate-api-key", operation_id = "generate_kiosk_key", tag = "kiosks", params(("id" = i64, Path)), responses((status = 200, body = KeyBody), (status = 404, body = ProblemBody)))]
pub async fn generate_key(client: OrgClient, Path(id): Path<i64>) -> Result<Json<KeyBody>, Problem> {
    let api_key = clock::issue_kiosk_key(&client.app, client.permit()?, KioskId(id)).await?;
    let kiosk = clock::get_kiosk(&client.app, client.permit()?, KioskId(id)).await?;
    let api_url = client.app.link("/api/v1");
    Ok(Json(KeyBody {
        kiosk_id: id,
        kiosk_name: kiosk.name,
        location: kiosk.place,
        api_url,
        api_key,
        device_fingerprint: kiosk.fingerprint,
    }))
}

/// What a kiosk says of itself.
#[derive(Deserialize, ToSchema)]
pub struct HeartbeatBody {
    app_version: Option<String>,
    device_info: Option<String>,
    /// The kiosk's own clock (RFC 3339), to learn whether it is right.
    device_time: Option<String>,
}

/// The answer to a heartbeat.
#[derive(Serialize, ToSchema)]
pub struct HeartbeatAnswer {
    success: bool,
    message: &'static str,
    kiosk_id: i64,
    last_heartbeat_at: String,
    server_time: String,
    /// Seconds by which `device_time` is ahead of the server; negative when it is behind.
    clock_offset_seconds: Option<i64>,
    /// By more than two minutes: the times that the kiosk shows mislead, and a scan that names them is refused.
    clock_differs: bool,
}

/// Says that the kiosk is there.
#[utoipa::path(post, path = "/kiosk/heartbeat", operation_id = "report_kiosk", tag = "kiosks", request_body = HeartbeatBody, security(("kioskKey" = [])), responses((status = 200, body = HeartbeatAnswer), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn heartbeat(client: KioskClient, Body(body): Body<HeartbeatBody>) -> Result<Json<HeartbeatAnswer>, Problem> {
    let cut = |text: Option<String>, most: usize| text.map(|t| t.chars().take(most).collect::<String>());
    let (version, info) = (cut(body.app_version, 50), cut(body.device_info, 255));
    clock::report_kiosk(&client.app, client.permit()?, client.kiosk.id, version.as_deref(), info.as_deref()).await?;
    let now = client.app.clock.now();
    let (device_time, text) = (told_time(&client, "device_time", body.device_time.as_deref())?, zone::utc(now));
    Ok(Json(HeartbeatAnswer {
        success: true,
        message: "Heartbeat recorded",
        kiosk_id: client.kiosk.id.0,
        last_heartbeat_at: text.clone(),
        server_time: text,
        clock_offset_seconds: device_time.map(|shown| shown.millis_since(now) / 1000),
        clock_differs: device_time.is_some_and(|shown| Drift::of(shown, now) != Drift::None),
    }))
}

/// The state of the kiosk that asks.
#[derive(Serialize, ToSchema)]
pub struct KioskStatusBody {
    kiosk_id: i64,
    kiosk_name: String,
    location: String,
    is_active: bool,
    last_heartbeat_at: Option<String>,
    app_version: Option<String>,
    device_info: Option<String>,
    is_online: bool,
    offline_duration_seconds: Option<i64>,
}

/// The state of the kiosk that asks.
#[utoipa::path(get, path = "/kiosk/status", operation_id = "read_kiosk_status", tag = "kiosks", security(("kioskKey" = [])), responses((status = 200, body = KioskStatusBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn status(client: KioskClient) -> Json<KioskStatusBody> {
    let (kiosk, now) = (client.kiosk, client.app.clock.now());
    let is_online = kiosk.is_online(now);
    let silent = kiosk.last_seen_at.filter(|_| !is_online).map(|seen| now.millis_since(seen) / 1000);
    Json(KioskStatusBody {
        kiosk_id: kiosk.id.0,
        kiosk_name: kiosk.name,
        location: kiosk.place,
        is_active: kiosk.is_active,
        last_heartbeat_at: kiosk.last_seen_at.map(zone::utc),
        app_version: kiosk.app_version,
        device_info: kiosk.device_info,
        is_online,
        offline_duration_seconds: silent,
    })
}
