//! Telling open planners that the plan has changed.

use super::super::*;
use crate::planning::{ReadStaffing, service as planning};
use crate::platform::db::told;
use axum::response::sse::{Event, KeepAlive, Sse};
use http::HeaderMap;
use http::header::ACCEPT;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::Instant;

/// How often the word of the plan is looked at. Asking the database, and not a channel of this process, tells of what other
/// servers wrote, too.
const PAUSE: Duration = Duration::from_millis(700);
/// How long a stream lives. Browsers come back by themselves; whether they still may is asked then.
const LIFE: Duration = Duration::from_secs(50);

/// Says `plan` whenever the plan of the organisation is no longer what it was, to those who can read a stream of events.
pub async fn events(member: Member, headers: HeaderMap) -> Answer {
    let first = tag(&member).await?;
    if headers.get(ACCEPT).is_none_or(|accept| accept != "text/event-stream") {
        return Ok(StatusCode::NOT_ACCEPTABLE.into_response());
    }
    let stream = futures_util::stream::unfold((member, first, true, Instant::now() + LIFE), next);
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()).into_response())
}

type State = (Member, String, bool, Instant);

async fn next((member, seen, is_first, end): State) -> Option<(Result<Event, Infallible>, State)> {
    if is_first {
        // The page compares it with what it was drawn from: nothing is missed between two streams.
        let event = Event::default().event("plan").data(&seen);
        return Some((Ok(event), (member, seen, false, end)));
    }
    loop {
        if Instant::now() >= end {
            return None;
        }
        let mut stopping = member.visitor.app.stopping();
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            // A stream must not keep the server from stopping.
            _ = stopping.wait_for(|stop| *stop) => return None,
        }
        // A database that is away for a moment is no reason to end.
        let Ok(now) = tag(&member).await else { continue };
        if now != seen {
            let event = Event::default().event("plan").data(&now);
            return Some((Ok(event), (member, now, false, end)));
        }
    }
}

/// The word that every change of the plan replaces.
pub async fn tag(member: &Member) -> Result<String, Refusal> {
    let permit: Permit<ReadStaffing> = member.permit()?;
    told(planning::find_planner_tag(&member.visitor.app, permit)).await.map_err(|e| member.refuse(e))
}
