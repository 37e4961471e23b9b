//! One's own missions, on a phone first: what to answer, then day by day.

use super::*;
use crate::kernel::{AssignmentId, Instant, Lang};
use crate::planning::deadlines::LATE;
use crate::planning::words::move_words;
use crate::planning::{AssignmentStatus, Colleague, MyMission, PlanError, service as planning};
use axum::routing::{get, post};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/missions", get(page))
        .route("/o/{org}/missions/answers/{id}", post(answer))
        .route("/answer/{token}", get(link_page))
        .route("/answer/{token}/{id}", post(answer_link))
}

async fn page(member: Member) -> Answer {
    show(member, None).await
}

async fn show(member: Member, failure: Option<Failure>) -> Answer {
    let me = member.crew_record().await?;
    let all = planning::list_my_missions(&member.visitor.app, member.permit()?, &me).await.map_err(|e| member.refuse(e))?;
    let feed = planning::find_my_feed(&member.visitor.app, member.permit()?, &me).await.map_err(|e| member.refuse(e))?;
    let (lang, t) = (member.visitor.lang, member.words());
    let typed = Typed { failure, values: Vec::new() };
    Ok(render::page(form_status(&typed), move || {
        let now = member.visitor.app.clock.now();
        let today = member.org.zone().local(now).date;
        let (asks, plan) = split(all, now);
        let action = |id: AssignmentId| member.url(&format!("/missions/answers/{id}"));
        let is_empty = asks.is_empty() && plan.is_empty();
        let cards = asks.into_iter().map(|mine| card(&mine, now, lang, &action(mine.assignment.id))).collect_view();
        let days = days(plan, now, today, lang, &action);
        let calendar = super::feeds::section(&member, feed, t.calendar_lead(), &member.url("/missions/calendar"));
        view! {
            <InOrg member=member.clone() title=t.my_missions_title() here="missions">
                <div class="stack narrow">
                    <h1>{t.my_missions_title()}</h1>
                    <FormError typed lang />
                    {is_empty.then(|| view! { <Empty title=t.my_missions_empty_title() text=t.my_missions_empty_text() /> })}
                    {cards}{days}
                    <p><a class="btn secondary" href=member.url("/availability")><Icon name="calendar" />{t.nav_availability()}</a></p>
                    {calendar}
                </div>
            </InOrg>
        }
    }))
}

/// What waits for an answer and can still have one, and what is or was on from now on.
fn split(all: Vec<MyMission>, now: Instant) -> (Vec<MyMission>, Vec<MyMission>) {
    let ahead = all.into_iter().filter(|mine| mine.mission.ends_at > now);
    let asks = |mine: &MyMission| mine.mission.cancelled_at.is_none() && mine.assignment.answers_until(&mine.mission) > now;
    ahead.partition(|mine| mine.assignment.status == AssignmentStatus::Invited && asks(mine))
}

fn place(mine: &MyMission) -> impl IntoView + use<> {
    let mission = &mine.mission;
    let project = mine.project.clone().map(|project| if mission.place.is_empty() { project } else { format!("{project} · ") });
    let map = (!mission.address.is_empty()).then(|| {
        let url = format!("https://www.openstreetmap.org/search?query={}", url_part(&mission.address));
        view! { <br /><a href=url rel="noopener noreferrer">{mission.address.clone()}</a> }
    });
    let contact = (!mission.contact.is_empty()).then(|| view! { <br />{mission.contact.clone()} });
    view! { {project}{mission.place.clone()}{map}{contact} }
}

/// A mission that asks, with both answers.
pub(super) fn card(mine: &MyMission, now: Instant, lang: Lang, action: &str) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let zone = mine.mission.zone();
    let (starts, ends) = (zone.local(mine.mission.starts_at), zone.local(mine.mission.ends_at));
    let day = format::day_near(starts.date, zone.local(now).date, lang);
    let id = format!("m{}", mine.assignment.id);
    let heading = id.clone();
    let role = (!mine.role.is_empty()).then(|| format!(" · {}", mine.role));
    let reason = format!("reason-{id}");
    let notes = (!mine.mission.notes.is_empty()).then(|| view! { <p class="small">{mine.mission.notes.clone()}</p> });
    let waiting = super::staffing::answer_by(&mine.mission, &mine.assignment, now, lang).unwrap_or_else(|| t.answer_waiting());
    let moved = move_words(mine, lang).map(|text| view! { <p><Pill tone="info" icon="swap" text=text /></p> });
    let colleagues = colleagues(mine, lang);
    // A form for each answer: Enter in the reason presses the first button of its form, and must not accept.
    view! {
        <section class="card reply stack tight" aria-labelledby=heading>
            <div class="row"><Pill tone="accent" icon="mail" text=waiting /></div>
            <h2 id=id>{mine.mission.title.clone()}", "{day}</h2>
            <p class="muted"><strong class="strong">{starts.hour_minute()}" – "{ends.hour_minute()}</strong>{role}<br />{place(mine)}</p>
            {moved}{colleagues}{notes}
            <div class="answers">
                <details><summary class="btn secondary">{t.answer_no()}</summary><form class="stack tight" method="post" action=action.to_owned()><div class="field"><label for=reason.clone()>{t.answer_reason()}</label><input class="input" id=reason name="reason" maxlength="300" /></div>
                    <button class="btn danger" name="accept" value="false">{t.answer_no_sure()}</button></form></details>
                <form method="post" action=action.to_owned()><button class="btn primary" name="accept" value="true">{t.answer_yes()}</button></form>
            </div>
        </section>
    }
}

/// Who else is there, with what they do.
fn colleagues(mine: &MyMission, lang: Lang) -> Option<AnyView> {
    let name = |colleague: &Colleague| match colleague.role.as_str() {
        "" => colleague.name.clone(),
        role => format!("{} ({role})", colleague.name),
    };
    let names: Vec<String> = mine.colleagues.iter().map(name).collect();
    let text = crate::platform::words::words(lang).colleagues(names.join(", "));
    (!names.is_empty()).then(|| view! { <p class="small muted">{text}</p> }.into_any())
}

/// The plan, a heading a day.
pub(super) fn days(
    plan: Vec<MyMission>,
    now: Instant,
    today: jiff::civil::Date,
    lang: Lang,
    action: &dyn Fn(AssignmentId) -> String,
) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let day = |mine: &MyMission| mine.mission.zone().local(mine.mission.starts_at).date;
    let next = plan.iter().find(|mine| mine.assignment.status.is_active()).map(|mine| mine.assignment.id);
    let groups = plan.chunk_by(|a, b| day(a) == day(b)).map(|group| {
        let date = group.first().map(day).unwrap_or_default();
        let said = format::day_near(date, today, lang);
        let (strong, rest) = match (date - today).get_days() {
            0 => (t.today(), said),
            1 => (t.tomorrow(), said),
            _ => said.split_once(' ').map(|(day, rest)| (format::capitalised(day), rest.to_owned())).unwrap_or_default(),
        };
        let lines = group
            .iter()
            .map(|mine| line(mine, now, next == Some(mine.assignment.id), lang, &action(mine.assignment.id)))
            .collect_view();
        view! { <section><h2 class="day">{strong}" "<span>{rest}</span></h2><ol class="cues">{lines}</ol></section> }
    });
    groups.collect_view()
}

/// A mission of the plan; `is_next`: the first one that is on.
fn line(mine: &MyMission, now: Instant, is_next: bool, lang: Lang, action: &str) -> impl IntoView + use<> {
    let t = crate::platform::words::words(lang);
    let zone = mine.mission.zone();
    let (starts, ends) = (zone.local(mine.mission.starts_at), zone.local(mine.mission.ends_at));
    let stamp = zone.rfc3339(mine.mission.starts_at);
    let off = mine.mission.cancelled_at.is_some() || mine.assignment.status == AssignmentStatus::Cancelled;
    let declined = mine.assignment.status == AssignmentStatus::Declined;
    let released = mine.assignment.status == AssignmentStatus::Cancelled && mine.assignment.reason == LATE;
    let pill = if released {
        view! { <Pill tone="warning" icon="clock" text=t.answer_released() /> }.into_any()
    } else if off {
        view! { <Pill tone="danger" icon="ban" text=t.assignment_cancelled() /> }.into_any()
    } else if declined {
        view! { <Pill tone="" icon="x" text=t.assignment_declined() /> }.into_any()
    } else {
        let word = || if mine.mission.starts_at <= now { t.mission_now() } else { t.mission_next() };
        let moved = move_words(mine, lang).map(|text| view! { <Pill tone="info" icon="swap" text=text /> });
        let unanswered = mine.assignment.status == AssignmentStatus::Invited;
        let unanswered = unanswered.then(|| view! { <Pill tone="info" icon="mail" text=t.assignment_invited() /> });
        view! { {is_next.then(|| view! { <Pill tone="now" icon="clock" text=word() /> })}{unanswered}{moved} }.into_any()
    };
    let colleagues = (!off && !declined).then(|| colleagues(mine, lang)).flatten();
    let class = is_next.then_some("now");
    // A change of mind: as long as it has not begun, the other answer can be given.
    let answered = matches!(mine.assignment.status, AssignmentStatus::Accepted | AssignmentStatus::Declined);
    let other = (!off && answered && mine.assignment.answers_until(&mine.mission) > now).then(|| {
        let (value, word) = if declined { ("true", t.answer_yes()) } else { ("false", t.answer_withdraw()) };
        view! { <details><summary>{t.answer_change()}</summary><form method="post" action=action.to_owned()><button class="btn secondary" name="accept" value=value>{word}</button></form></details> }
    });
    let role = (!mine.role.is_empty()).then(|| format!("{} · ", mine.role));
    let notes = (!mine.mission.notes.is_empty()).then(|| view! { <p class="small">{mine.mission.notes.clone()}</p> });
    view! {
        <li class=class><time datetime=stamp>{starts.hour_minute()}<small>{ends.hour_minute()}</small></time>
            <div><span class="title">{mine.mission.title.clone()}</span><p>{role}{place(mine)}</p>{colleagues}{notes}<div class="row">{pill}</div>{other}</div></li>
    }
}

#[derive(Deserialize)]
struct AnswerForm {
    accept: bool,
    #[serde(default)]
    reason: String,
}

fn flash_of(accept: bool) -> &'static str {
    if accept { "answer.accepted" } else { "answer.declined" }
}

async fn answer(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, AssignmentId)>,
    Form(form): Form<AnswerForm>,
) -> Answer {
    let proof = member.permit()?;
    let me = member.crew_record().await?;
    match planning::answer_mine(&member.visitor.app, proof, &me, id, form.accept, &form.reason).await {
        Err(error @ PlanError::NotFound) => return Err(member.refuse(error)),
        Err(error) => return show(member, Some(error.into())).await,
        Ok(()) => {}
    }
    Ok(go_with(&session, flash_of(form.accept), &member.url("/missions")).await)
}

/// The page of a mailed link: it answers without an account, and opening it changes nothing.
async fn link_page(visitor: Visitor, Path(token): Path<String>) -> Answer {
    show_link(visitor, token, None).await
}

async fn show_link(visitor: Visitor, token: String, failure: Option<Failure>) -> Answer {
    let found = planning::find_answer_link(&visitor.app, visitor.permit()?, &token).await;
    let (org, person, missions) = found.map_err(|e| visitor.refuse(e))?;
    let (lang, t) = (visitor.lang, visitor.words());
    let typed = Typed { failure, values: Vec::new() };
    Ok(render::page(form_status(&typed), move || {
        let now = visitor.app.clock.now();
        let today = org.zone().local(now).date;
        let (asks, plan) = split(missions, now);
        let action = |id: AssignmentId| format!("/answer/{token}/{id}");
        let is_empty = asks.is_empty() && plan.is_empty();
        let cards = asks.into_iter().map(|mine| card(&mine, now, lang, &action(mine.assignment.id))).collect_view();
        let days = days(plan, now, today, lang, &action);
        view! {
            <Plain lang title=org.name.clone() visitor=visitor>
                <h1>{org.name.clone()}</h1>
                <p class="muted">{t.answer_hello(person.name)}</p>
                <FormError typed lang />
                {is_empty.then(|| view! { <p>{t.my_missions_empty_title()}</p> })}
                {cards}{days}
            </Plain>
        }
    }))
}

async fn answer_link(
    visitor: Visitor,
    session: Session,
    Path((token, id)): Path<(String, AssignmentId)>,
    Form(form): Form<AnswerForm>,
) -> Answer {
    let answered = planning::answer_by_link(&visitor.app, visitor.permit()?, &token, id, form.accept, &form.reason).await;
    match answered {
        Ok(()) => Ok(go_with(&session, flash_of(form.accept), &format!("/answer/{token}")).await),
        Err(error @ (PlanError::LinkDead | PlanError::NotFound)) => Err(visitor.refuse(error)),
        Err(error) => show_link(visitor, token, Some(error.into())).await,
    }
}
