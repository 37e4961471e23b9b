//! The pages, one file per feature.

mod admin;
mod admin_accounts;
mod admin_health;
mod admin_jobs;
mod audit;
mod availability;
mod badge;
mod candidates;
mod conflicts;
mod crew;
mod dev;
mod feeds;
mod figures;
mod home;
mod hours;
mod invite;
mod join;
mod kiosk;
mod kiosks;
mod mailed;
mod me;
mod members;
mod missions;
mod my_missions;
mod offline;
mod plan;
mod projects;
mod punches;
mod security;
mod sessions;
mod set_up;
mod settings;
mod sign_in;
mod staffing;
mod templates;
mod tokens;

use super::context::{Member, Own, PlatformAdmin, Visitor};
use super::door::{LANGUAGE, browser_cookie_name, device_cookie_name};
use super::extract::{Form, Path, Query};
use super::refusal::{Refusal, safe_next, url_part, with_retry, words_of};
use super::shell::{InOrg, LanguageSwitch, OfMine, OfPlatform, Plain};
use super::ui::{
    Avatar, Empty, Field, FieldError, FormError, Icon, Meanwhile, NewPassword, Pill, PresentPassword, QrCode, Stored, Typed,
};
use super::{format, render};
use crate::access::{Action, Permit, permit};
use crate::kernel::zone::{DEFAULT_ZONE, Zone};
use crate::kernel::{Failure, Lang};
use crate::platform::App;
use crate::platform::words::{Words, words};
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use leptos::prelude::*;
use tower_sessions::Session;

type Answer = Result<Response, Refusal>;

/// All routes of browsers.
pub fn routes(app: &App) -> Router<App> {
    let routes = Router::new()
        .merge(home::routes())
        .merge(sign_in::routes())
        .merge(mailed::routes())
        .merge(me::routes())
        .merge(sessions::routes())
        .merge(security::routes())
        .merge(tokens::routes())
        .merge(set_up::routes())
        .merge(join::routes())
        .merge(badge::routes())
        .merge(hours::routes())
        .merge(punches::routes())
        .merge(crew::routes())
        .merge(plan::routes())
        .merge(conflicts::routes())
        .merge(figures::routes())
        .merge(missions::routes())
        .merge(staffing::routes())
        .merge(candidates::routes())
        .merge(templates::routes())
        .merge(projects::routes())
        .merge(my_missions::routes())
        .merge(feeds::routes())
        .merge(availability::routes())
        .merge(members::routes())
        .merge(invite::routes())
        .merge(settings::routes())
        .merge(kiosks::routes())
        .merge(audit::routes())
        .merge(admin::routes())
        .merge(admin_accounts::routes())
        .merge(admin_jobs::routes())
        .merge(admin_health::routes())
        .merge(kiosk::routes())
        .merge(offline::routes());
    if app.config.development { routes.merge(dev::routes()) } else { routes }
}

impl Visitor {
    /// The proof for an action, or the page that says why not.
    fn permit<A: Action>(&self) -> Result<Permit<A>, Refusal> {
        permit(&self.actor).map_err(|denied| match denied {
            crate::access::Denied::SignIn => Refusal::sign_in(self.lang, &self.path),
            denied => self.refuse(denied),
        })
    }

    fn refuse(&self, error: impl Into<Failure>) -> Refusal {
        Refusal::new(error.into(), self.lang)
    }
}

impl Own {
    fn permit<A: Action>(&self) -> Result<Permit<A>, Refusal> {
        self.visitor.permit()
    }

    fn refuse(&self, error: impl Into<Failure>) -> Refusal {
        self.visitor.refuse(error)
    }
}

impl PlatformAdmin {
    fn permit<A: Action>(&self) -> Result<Permit<A>, Refusal> {
        self.visitor.permit()
    }

    fn refuse(&self, error: impl Into<Failure>) -> Refusal {
        self.visitor.refuse(error)
    }

    /// Where the reader's clocks are.
    fn zone(&self) -> Zone {
        let zone = self.visitor.account.as_ref().map(|account| account.time_zone.as_str());
        Zone::named_or_utc(zone.unwrap_or(DEFAULT_ZONE))
    }
}

impl Member {
    fn permit<A: Action>(&self) -> Result<Permit<A>, Refusal> {
        self.visitor.permit()
    }

    fn refuse(&self, error: impl Into<Failure>) -> Refusal {
        self.visitor.refuse(error)
    }

    /// The crew record of the member who asks.
    async fn crew_record(&self) -> Result<crate::orgs::CrewMember, Refusal> {
        crate::orgs::service::find_my_crew(&self.visitor.app, self.permit()?).await.map_err(|e| self.refuse(e))
    }
}

/// Goes on to another page, which says `code` at its top.
async fn go_with(session: &Session, code: &str, to: &str) -> Response {
    // A session that cannot be read is no reason to fail what has been done. It is saved behind this answer; where that fails, a page
    // that says so comes instead of it, although it is done.
    drop(session.insert("flash", code).await);
    Redirect::to(to).into_response()
}

/// The answer to a form that must be shown again: what was typed is wrong.
fn form_status(typed: &Typed) -> StatusCode {
    let status = typed.failure.as_ref().map_or(200, |failure| failure.kind.status());
    // A form is shown with what was typed whatever was wrong; 401 would make browsers ask for a password themselves.
    StatusCode::from_u16(if status == 401 { 422 } else { status }).unwrap_or(StatusCode::OK)
}
