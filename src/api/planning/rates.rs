//! What people cost.

use super::profile::{euros, rate_profile};
use super::{LaterBody, refusal, wrong};
use crate::api::door::OrgClient;
use crate::api::problem::{Path, Problem, ProblemBody, Query};
use crate::kernel::CrewMemberId;
use crate::planning::rates::{NewRate, Rate, RateUnit, read_cents};
use crate::planning::{ManageRates, service as planning};
use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use utoipa::{IntoParams, ToSchema};

const MISSING: &str = "profile.not_found";

/// `250.50`.
pub fn spell_cents(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// What a person costs from a day on.
#[derive(Serialize, ToSchema)]
pub struct RateBody {
    id: i64,
    from_date: String,
    /// `hour`, `day` or `cachet`.
    unit: String,
    /// In euros.
    #[schema(value_type = f64)]
    amount: Value,
    amount_cents: i64,
    night_percent: i64,
    sunday_percent: i64,
    holiday_percent: i64,
}

impl From<Rate> for RateBody {
    fn from(rate: Rate) -> Self {
        let Rate { id, terms } = rate;
        Self {
            id: id.0,
            from_date: terms.from_date.to_string(),
            unit: terms.unit.code().to_owned(),
            amount: euros(terms.amount_cents),
            amount_cents: terms.amount_cents,
            night_percent: terms.night_percent,
            sunday_percent: terms.sunday_percent,
            holiday_percent: terms.holiday_percent,
        }
    }
}

/// What a person costs.
#[derive(Serialize, ToSchema)]
pub struct RatesBody {
    user_id: i64,
    /// What counts today, as in the profile; `null` when nothing was ever set.
    #[schema(value_type = Option<Object>)]
    rate_profile: Option<Map<String, Value>>,
    /// By day.
    rates: Vec<RateBody>,
}

/// What a person costs. For who plans, and the person.
#[utoipa::path(get, path = "/rates/user/{id}", operation_id = "read_rates", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = RatesBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn read(client: OrgClient, Path(id): Path<i64>) -> Result<Json<RatesBody>, Problem> {
    let (app, person) = (&client.app, CrewMemberId(id));
    let found = if client.plans() {
        planning::list_rates(app, client.permit()?, person).await
    } else {
        let me = client.only_me(person).await?;
        planning::list_my_rates(app, client.permit()?, &me).await
    };
    let rates = found.map_err(refusal(MISSING))?;
    let rate_profile = Some(rate_profile(&rates, &client)).filter(|words| !words.is_empty());
    Ok(Json(RatesBody { user_id: id, rate_profile, rates: rates.into_iter().map(RateBody::from).collect() }))
}

/// The predecessor's way to set a rate.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RateQuery {
    /// Euros a day, from today on.
    daily_eur: Option<String>,
}

/// A rate to be set.
#[derive(Default, Deserialize, ToSchema)]
pub struct NewRateBody {
    /// `hour`, `day` or `cachet`.
    #[serde(default)]
    unit: String,
    /// In euros.
    #[schema(value_type = Option<f64>)]
    amount: Option<Number>,
    /// The first day it counts; today when absent.
    from_date: Option<String>,
    #[serde(default)]
    night_percent: i64,
    #[serde(default)]
    sunday_percent: i64,
    #[serde(default)]
    holiday_percent: i64,
}

/// What was set.
#[derive(Serialize, ToSchema)]
pub struct RateSetBody {
    /// `ok`.
    status: &'static str,
    id: i64,
}

/// Sets what a person costs from a day on; the same unit and day are replaced.
#[utoipa::path(post, path = "/rates/user/{id}", operation_id = "set_rates", tag = "people", params(("id" = i64, Path), RateQuery), request_body = Option<NewRateBody>, responses((status = 200, body = RateSetBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set(
    client: OrgClient,
    Path(id): Path<i64>,
    Query(query): Query<RateQuery>,
    body: LaterBody,
) -> Result<Json<RateSetBody>, Problem> {
    let permit = client.permit::<ManageRates>()?;
    let new = match query.daily_eur {
        Some(text) => NewRate {
            unit: RateUnit::Day.code().to_owned(),
            amount_cents: Some(read_cents(&text).ok_or(wrong("daily_eur", "amount.invalid"))?),
            ..NewRate::default()
        },
        None => {
            let body = body.read_if_any::<NewRateBody>()?;
            NewRate {
                from_date: body.from_date.unwrap_or_default(),
                unit: body.unit,
                amount_cents: body.amount.and_then(|amount| read_cents(&amount.to_string())),
                night_percent: body.night_percent,
                sunday_percent: body.sunday_percent,
                holiday_percent: body.holiday_percent,
            }
        }
    };
    let set = planning::set_rate(&client.app, permit, CrewMemberId(id), &new).await.map_err(refusal(MISSING))?;
    Ok(Json(RateSetBody { status: "ok", id: set.0 }))
}
