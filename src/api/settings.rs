//! The organisation's settings.

use super::door::OrgClient;
use super::problem::{Body, Problem, ProblemBody};
use crate::orgs::{Org, OrgSettings, service as orgs};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The settings of an organisation.
#[derive(Serialize, ToSchema)]
pub struct SettingsBody {
    slug: String,
    name: String,
    time_zone: String,
    language: String,
    /// From this role on, members need a second factor; `null` when nobody does.
    second_factor_from: Option<String>,
    /// Whose verified address ends in one of these may join by themselves.
    join_domains: Vec<String>,
    retention_months: i64,
    /// The collective agreement that its people are under: 1285, 2717; `null` for none, or one whose rules are not known.
    idcc: Option<i64>,
    /// To be given back with a change.
    version: i64,
}

impl From<Org> for SettingsBody {
    fn from(org: Org) -> Self {
        let join_domains = org.domains().map(str::to_owned).collect();
        let Org { slug, name, time_zone, language, second_factor_from, retention_months, idcc, version, .. } = org;
        Self { slug, name, time_zone, language, second_factor_from, join_domains, retention_months, idcc, version }
    }
}

/// Reads the settings.
#[utoipa::path(get, path = "/settings", operation_id = "read_settings", tag = "settings", responses((status = 200, body = SettingsBody), (status = 403, body = ProblemBody)))]
pub async fn read(client: OrgClient) -> Result<Json<SettingsBody>, Problem> {
    Ok(Json(orgs::find_settings(&client.app, client.permit()?).await?.into()))
}

/// A whole set of settings, with the version that was read.
#[derive(Deserialize, ToSchema)]
pub struct ChangeSettingsBody {
    name: String,
    time_zone: String,
    language: String,
    second_factor_from: Option<String>,
    #[serde(default)]
    join_domains: Vec<String>,
    retention_months: i64,
    /// 1285, 2717, or `null`.
    idcc: Option<i64>,
    version: i64,
}

/// Changes the settings that nobody has changed since they were read.
#[utoipa::path(put, path = "/settings", operation_id = "change_settings", tag = "settings", request_body = ChangeSettingsBody, responses((status = 200, body = SettingsBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change(client: OrgClient, Body(body): Body<ChangeSettingsBody>) -> Result<Json<SettingsBody>, Problem> {
    let new = OrgSettings {
        name: body.name,
        time_zone: body.time_zone,
        language: body.language,
        second_factor_from: body.second_factor_from.unwrap_or_default(),
        join_domains: body.join_domains.join(" "),
        retention_months: body.retention_months,
        idcc: body.idcc.map(|idcc| idcc.to_string()).unwrap_or_default(),
    };
    orgs::change_settings(&client.app, client.permit()?, body.version, new).await?;
    read(client).await
}
