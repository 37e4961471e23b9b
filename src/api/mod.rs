//! The door of programs: JSON under `/api/v1`, described by OpenAPI 3.1 from the code.
//!
//! Bearer tokens in a header, never cookies. Errors are problem+json (RFC 9457) that also carries the `detail` text of the
//! systems that Régie replaces.

mod admin;
mod admin_users;
mod auth;
mod devices;
mod docs;
mod door;
mod health;
mod keys;
mod kiosks;
mod members;
mod openapi;
mod planning;
mod problem;
mod punches;
mod settings;
mod tokens;

pub use health::{meter_routes, metrics_routes};
pub use problem::Problem;

use crate::platform::App;
use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

fn v1() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(auth::register))
        .routes(routes!(auth::token))
        .routes(routes!(auth::login))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::revoke))
        .routes(routes!(auth::revoke_all))
        .routes(routes!(auth::sessions))
        .routes(routes!(auth::end_session, auth::label_session))
        .routes(routes!(auth::me, auth::change_me))
        .routes(routes!(auth::change_password))
        .routes(routes!(auth::request_reset))
        .routes(routes!(auth::recover))
        .routes(routes!(auth::confirm_reset))
        .routes(routes!(auth::reset))
        .routes(routes!(auth::health))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::revoke))
        .routes(routes!(members::list))
        .routes(routes!(members::change, members::remove))
        .routes(routes!(members::sessions, members::end_sessions))
        .routes(routes!(members::start_reset))
        .routes(routes!(members::invitations, members::invite))
        .routes(routes!(members::revoke_invitation))
        .routes(routes!(members::resend_invitation))
        .routes(routes!(settings::read, settings::change))
        .routes(routes!(devices::register))
        .routes(routes!(devices::mine))
        .routes(routes!(devices::revoke))
        .routes(routes!(punches::request_token))
        .routes(routes!(punches::validate))
        .routes(routes!(punches::history))
        .routes(routes!(kiosks::list, kiosks::create))
        .routes(routes!(kiosks::change, kiosks::remove))
        .routes(routes!(kiosks::generate_key))
        .routes(routes!(kiosks::heartbeat))
        .routes(routes!(kiosks::status))
        .routes(routes!(admin_users::ping))
        .routes(routes!(admin_users::list, admin_users::create))
        .routes(routes!(admin_users::read))
        .routes(routes!(admin_users::change_role, admin_users::set_role))
        .routes(routes!(admin::devices))
        .routes(routes!(admin::revoke_device))
        .routes(routes!(admin::punches))
        .routes(routes!(admin::audit_logs))
        .routes(routes!(admin::verify_audit))
        .merge(planning::routes())
}

/// What is at the root alone.
fn root() -> OpenApiRouter<App> {
    health::routes().routes(routes!(keys::list)).merge(planning::root_routes())
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::begin()).nest("/api/v1", v1()).merge(root())
}

/// The description of the API.
pub fn description() -> utoipa::openapi::OpenApi {
    openapi::complete(described().split_for_parts().1)
}

/// All that is described and at the root, as the router spells it.
pub fn root_paths() -> Vec<String> {
    let described = [v1(), root()].map(|routes| routes.split_for_parts().1.paths.paths.into_keys());
    // The router knows no verb after a parameter.
    let routed = |path: String| path.find("}:").map_or_else(|| path.clone(), |end| path[..=end].to_owned());
    described.into_iter().flatten().map(routed).collect()
}

/// The API, its description, and the same handlers at the paths of the systems that Régie replaces.
pub fn routes() -> Router<App> {
    let (api, _) = described().split_for_parts();
    let (aliases, _) = v1().split_for_parts();
    api.merge(aliases).merge(docs::routes())
}
