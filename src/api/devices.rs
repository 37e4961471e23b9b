//! Phones.

use super::door::OrgClient;
use super::problem::{Body, Path, Problem, ProblemBody, Query};
use crate::kernel::{DeviceId, zone};
use crate::timeclock::{Device, NewDevice, service as clock};
use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A registered phone.
#[derive(Serialize, ToSchema)]
pub struct DeviceBody {
    id: i64,
    user_id: i64,
    device_fingerprint: String,
    device_name: String,
    attestation_data: Option<String>,
    registered_at: String,
    last_seen_at: Option<String>,
    is_revoked: bool,
}

impl From<Device> for DeviceBody {
    fn from(device: Device) -> Self {
        Self {
            id: device.id.0,
            user_id: device.crew_member_id.0,
            device_fingerprint: device.fingerprint,
            device_name: device.name,
            attestation_data: device.attestation,
            registered_at: zone::utc(device.registered_at),
            last_seen_at: device.last_seen_at.map(zone::utc),
            is_revoked: device.revoked_at.is_some(),
        }
    }
}

/// A phone to be registered.
#[derive(Deserialize, ToSchema)]
pub struct RegisterDevice {
    device_fingerprint: String,
    device_name: String,
    attestation_data: Option<String>,
}

/// Registers a phone of the account.
#[utoipa::path(post, path = "/devices/register", operation_id = "register_device", tag = "devices", request_body = RegisterDevice, responses((status = 201, body = DeviceBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 415, body = ProblemBody)))]
pub async fn register(client: OrgClient, Body(body): Body<RegisterDevice>) -> Result<(StatusCode, Json<DeviceBody>), Problem> {
    let me = client.crew_record().await?;
    let new = NewDevice { fingerprint: body.device_fingerprint, name: body.device_name, attestation: body.attestation_data };
    let device = clock::register_device(&client.app, client.permit()?, &me, new).await?;
    Ok((StatusCode::CREATED, Json(device.into())))
}

/// Which phones.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MineQuery {
    #[serde(default)]
    include_revoked: bool,
}

/// The phones of the account, newest first.
#[utoipa::path(get, path = "/devices/me", operation_id = "list_my_devices", tag = "devices", params(MineQuery), responses((status = 200, body = Vec<DeviceBody>), (status = 404, body = ProblemBody)))]
pub async fn mine(client: OrgClient, Query(query): Query<MineQuery>) -> Result<Json<Vec<DeviceBody>>, Problem> {
    let me = client.crew_record().await?;
    let list = clock::list_my_devices(&client.app, client.permit()?, &me, query.include_revoked).await?;
    Ok(Json(list.into_iter().map(DeviceBody::from).collect()))
}

/// Revokes a phone of the account.
#[utoipa::path(post, path = "/devices/{id}/revoke", operation_id = "revoke_device", tag = "devices", params(("id" = i64, Path)), responses((status = 200, body = DeviceBody), (status = 400, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn revoke(client: OrgClient, Path(id): Path<i64>) -> Result<Json<DeviceBody>, Problem> {
    let me = client.crew_record().await?;
    Ok(Json(clock::revoke_my_device(&client.app, client.permit()?, &me, DeviceId(id)).await?.into()))
}
