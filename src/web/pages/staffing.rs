//! Who is on a mission, role by role: assigning, answering for somebody, reminding, and overruling soft rules for a reason.

use super::conflicts::{findings_of, overruled_of};
use super::missions::show;
use super::*;
use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId, NeedId};
use crate::orgs::{CrewFilter, CrewSheet, service as orgs};
use crate::planning::ranking::{Ranked, Standing};
use crate::planning::service::{Candidates, ConflictSheet, Cost};
use crate::planning::{Assignment, AssignmentStatus, MissionSheet, Need, PlanError, service as planning};
use axum::routing::post;
use serde::Deserialize;
use std::sync::Arc;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{org}/missions/{id}/assign", post(assign))
        .route("/o/{org}/assignments/{id}/cancel", post(cancel))
        .route("/o/{org}/assignments/{id}/answer", post(answer))
        .route("/o/{org}/assignments/{id}/override", post(overrule))
        .route("/o/{org}/assignments/{id}/restore-rule", post(restore))
        .route("/o/{org}/crew/{id}/remind", post(remind))
}

/// The state of an assignment in a word.
pub(super) fn assignment_pill(status: AssignmentStatus, lang: Lang) -> AnyView {
    let t = crate::platform::words::words(lang);
    match status {
        AssignmentStatus::Draft => view! { <Pill tone="" icon="pencil" text=t.assignment_draft() /> }.into_any(),
        AssignmentStatus::Invited => view! { <Pill tone="info" icon="mail" text=t.assignment_invited() /> }.into_any(),
        AssignmentStatus::Accepted => view! { <Pill tone="positive" icon="check" text=t.assignment_accepted() /> }.into_any(),
        AssignmentStatus::Declined => view! { <Pill tone="danger" icon="x" text=t.assignment_declined() /> }.into_any(),
        AssignmentStatus::Cancelled => view! { <Pill tone="" icon="ban" text=t.assignment_cancelled() /> }.into_any(),
    }
}

/// `À répondre avant mercredi, 20:00`, for what waits for an answer until then.
pub(super) fn answer_by(mission: &crate::planning::Mission, assignment: &Assignment, now: Instant, lang: Lang) -> Option<String> {
    let zone = mission.zone();
    let by = format::soon(zone.local(assignment.deadline()?), zone.local(now).date, lang);
    Some(crate::platform::words::words(lang).answer_by(by))
}

/// Why something was declined or cancelled: what a person wrote, or the words of a code.
fn reason_words(assignment: &Assignment, lang: Lang) -> Option<String> {
    let reason = assignment.reason.as_str();
    let late = reason == crate::planning::deadlines::LATE;
    let t = crate::platform::words::words(lang);
    (!reason.is_empty()).then(|| if late { t.answer_released() } else { reason.to_owned() })
}

/// A mission with who is on it, who could be, what rules say and what it costs.
pub(super) struct Staff {
    pub sheet: MissionSheet,
    pub crew: Vec<CrewSheet>,
    pub conflicts: Arc<ConflictSheet>,
    /// For each open need.
    pub candidates: Vec<Candidates>,
    pub cost: Cost,
}

impl Staff {
    /// Reads it.
    ///
    /// # Errors
    /// The page that says why not.
    pub async fn read(member: &Member, sheet: MissionSheet) -> Result<Self, Refusal> {
        let app = &member.visitor.app;
        let filter = CrewFilter { limit: 500, ..CrewFilter::default() };
        let crew = orgs::list_crew(app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
        // As for who is asked: what keeps somebody from it is to be seen here.
        let conflicts = super::conflicts::find(member, planning::window_of(&member.org.zone(), &sheet.mission)).await?;
        let id = sheet.mission.id;
        let ranked = planning::rank_candidates(app, member.permit()?, id, None).await.map_err(|e| member.refuse(e))?;
        let cost = planning::cost_mission(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
        Ok(Self { sheet, crew, conflicts, candidates: ranked.1, cost })
    }

    /// What somebody is called.
    pub fn name_of(&self, id: CrewMemberId) -> String {
        let known = self.crew.iter().find(|sheet| sheet.person.id == id);
        known.map_or_else(|| format!("#{id}"), |sheet| sheet.person.name.clone())
    }

    /// The people of a choice, best first, grouped by whether they can.
    pub fn choices(&self, need: Option<NeedId>, lang: Lang) -> AnyView {
        let t = crate::platform::words::words(lang);
        let of_need = self.candidates.iter().find(|open| open.need.as_ref().map(|need| need.id) == need);
        let ranked = of_need.map_or(&[][..], |open| &open.ranked);
        let group = |standing: Standing, label: String| {
            let mut people = ranked.iter().filter(|ranked| ranked.standing == standing).peekable();
            people.peek()?;
            let options = people.map(|ranked| self.option(ranked)).collect_view();
            Some(view! { <optgroup label=label>{options}</optgroup> })
        };
        let fits = group(Standing::Fits, t.candidates_fit());
        let reason = group(Standing::NeedsReason, t.candidates_need_reason());
        let blocked = group(Standing::Blocked, t.candidates_blocked());
        view! { <option value="">{t.assign_choose()}</option>{fits}{reason}{blocked} }.into_any()
    }

    fn option(&self, ranked: &Ranked) -> AnyView {
        let person = ranked.candidate.person;
        let job = self.crew.iter().find(|sheet| sheet.person.id == person).and_then(|sheet| sheet.person.job.clone());
        let job = job.map(|job| format!(" · {job}")).unwrap_or_default();
        view! { <option value=person.to_string()>{ranked.candidate.name.clone()}{job}</option> }.into_any()
    }

    /// What the mission costs, where it is known.
    pub fn cost_line(&self, lang: Lang) -> AnyView {
        cost_line(self.cost, lang)
    }

    /// Who is on it, and a form for each open place.
    pub fn view(&self, member: &Member, may: bool) -> AnyView {
        let (lang, t) = (member.visitor.lang, member.words());
        let lines = |need: Option<NeedId>| {
            let of_need = self.sheet.assignments.iter().filter(move |a| a.need_id == need);
            of_need.map(|assignment| self.line(member, assignment, may)).collect_view()
        };
        let parts = self.sheet.needs.iter().map(|need| {
            let filled = self.sheet.filled(need.id);
            let open = (may && filled < need.quota).then(|| self.form(member, Some(need)));
            let skill = need.skill.as_ref().map(|skill| format!(" · {skill} {}", need.min_level));
            let tone = if filled >= need.quota { "positive" } else { "warning" };
            view! { <section class="stack tight"><div class="section-head"><h2>{need.role.clone()}</h2><p><span class=format!("pill {tone}")>{filled}"/"{need.quota}</span>{skill}</p></div><ul class="list">{lines(Some(need.id))}</ul>{(filled < need.quota).then(|| self.nobody_left(Some(need.id), lang))}{open}</section> }.into_any()
        });
        let parts = parts.collect_view();
        let has_others = self.sheet.assignments.iter().any(|a| a.need_id.is_none());
        let rest = has_others.then(
            || view! { <section class="stack tight"><h2>{t.assign_others()}</h2><ul class="list">{lines(None)}</ul></section> },
        );
        let anybody = (may && self.sheet.needs.is_empty()).then(|| self.form(member, None));
        let nobody = self.sheet.needs.is_empty().then(|| self.nobody_left(None, lang));
        view! { {parts}{rest}{nobody}{anybody}{self.cost_line(lang)} }.into_any()
    }

    /// Says that a place was to be offered on, and nobody was left; until somebody else was asked.
    fn nobody_left(&self, need: Option<NeedId>, lang: Lang) -> AnyView {
        let t = crate::platform::words::words(lang);
        let of_need = self.sheet.assignments.iter().filter(|assignment| assignment.need_id == need);
        let last = of_need.max_by_key(|assignment| assignment.id);
        let is_left = last.is_some_and(|last| last.passed_on_at.is_some() && last.passed_to_id.is_none());
        let note = is_left.then(|| view! { <div class="note warning"><Icon name="warn" /><p>{t.place_nobody_left()}</p></div> });
        note.into_any()
    }

    fn line(&self, member: &Member, assignment: &Assignment, may: bool) -> AnyView {
        let (lang, t) = (member.visitor.lang, member.words());
        let base = member.url(&format!("/assignments/{}", assignment.id));
        let remind = member.url(&format!("/crew/{}/remind", assignment.crew_member_id));
        let active = assignment.status.is_active();
        let changed = active && assignment.has_changed(&self.sheet.mission);
        let asked = assignment.status == AssignmentStatus::Invited;
        let findings = active.then(|| {
            let (person, mission) = (assignment.crew_member_id, self.sheet.mission.id);
            let back = format!("/missions/{mission}");
            let open = findings_of(member, &self.conflicts, person, mission, may, &back);
            view! { {open}{overruled_of(member, &self.conflicts, person, mission, may, &back)} }
        });
        let next = self.sheet.assignments.iter().find(|next| Some(next.id) == assignment.passed_to_id);
        let passed = next.map(|next| view! { <small>{t.place_passed_on(self.name_of(next.crew_member_id))}</small> });
        let now = member.visitor.app.clock.now();
        let reason = reason_words(assignment, lang).or_else(|| answer_by(&self.sheet.mission, assignment, now, lang));
        view! { <li>
            <span class="grow"><span class="strong">{self.name_of(assignment.crew_member_id)}</span>" "{assignment_pill(assignment.status, lang)}{changed.then(|| view! { " "<Pill tone="accent" icon="info" text=t.assignment_changed() /> })}<small>{reason}</small>{passed}{findings}</span>
            {(may && active).then(|| view! { <details><summary>{t.more()}</summary><div class="stack tight">
                {asked.then(|| view! {
                    <form class="row" method="post" action=format!("{base}/answer")><button class="btn secondary" name="accept" value="true">{t.answer_for_yes()}</button><button class="btn secondary" name="accept" value="false">{t.answer_for_no()}</button></form>
                    <form method="post" action=remind><button class="btn"><Icon name="mail" />{t.answer_remind()}</button></form>
                })}
                <form method="post" action=format!("{base}/cancel")><button class="btn danger-quiet">{t.assignment_cancel()}</button></form>
            </div></details> })}
        </li> }
        .into_any()
    }

    /// The form that puts somebody on an open place, with a way to the reasons for the order of its people.
    fn form(&self, member: &Member, need: Option<&Need>) -> AnyView {
        let t = member.words();
        let mission = self.sheet.mission.id;
        let id = need.map_or_else(|| "person".to_owned(), |need| format!("person-{}", need.id));
        let need_id = need.map(|need| need.id.to_string()).unwrap_or_default();
        let label = need.map_or_else(|| t.assign_anybody(), |need| t.assign_role(need.role.as_str()));
        let why = member.url(&format!("/missions/{mission}/candidates?need={need_id}"));
        view! {
            <form class="row" method="post" action=member.url(&format!("/missions/{mission}/assign"))>
                <input type="hidden" name="need" value=need_id />
                <div class="field grow"><label for=id.clone()>{label}</label><select class="input" id=id name="person" required>{self.choices(need.map(|need| need.id), member.visitor.lang)}</select></div>
                <button class="btn secondary end">{t.assign_button()}</button><a class="btn quiet end" href=why>{t.candidates_title()}</a></form>
        }
        .into_any()
    }
}

/// A cost in a line, with how many places are not in it.
pub(super) fn cost_line(cost: Cost, lang: Lang) -> AnyView {
    let t = crate::platform::words::words(lang);
    if cost.places == 0 {
        return ().into_any();
    }
    let unknown = (cost.unknown > 0).then(|| format!(" {}", t.cost_unknown(cost.unknown)));
    view! { <p class="muted">{t.cost_line(format::money(cost.cents, lang))}{unknown}</p> }.into_any()
}

#[derive(Deserialize)]
struct AssignForm {
    person: Option<CrewMemberId>,
    #[serde(default)]
    need: String,
    /// Asks the person at once.
    #[serde(default)]
    ask: bool,
}

async fn assign(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, MissionId)>,
    Form(form): Form<AssignForm>,
) -> Answer {
    let proof = member.permit()?;
    let Some(person) = form.person else { return Err(member.refuse(Failure::fields([("person", "form.invalid")]))) };
    let (app, need) = (&member.visitor.app, form.need.parse().ok());
    let done = if form.ask {
        // Without a reason: the page that was shown offers this only for who breaks no rule.
        planning::assign_and_invite(app, proof, member.permit()?, id, person, need, None).await.map(drop)
    } else {
        planning::assign(app, proof, id, person, need).await.map(drop)
    };
    match done {
        Ok(_) => Ok(go_with(&session, "saved", &member.url(&format!("/missions/{id}"))).await),
        Err(PlanError::NotFound) => Err(member.refuse(Failure::not_found())),
        Err(error) => show(member, id, Typed { failure: Some(error.into()), values: Vec::new() }).await,
    }
}

/// To the mission of an assignment, whose number the caller may not know.
async fn back(member: &Member, session: &Session, mission: MissionId) -> Response {
    go_with(session, "saved", &member.url(&format!("/missions/{mission}"))).await
}

#[derive(Deserialize)]
struct ReasonForm {
    #[serde(default)]
    reason: String,
}

async fn cancel(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, AssignmentId)>,
    Form(form): Form<ReasonForm>,
) -> Answer {
    let mission =
        planning::unassign(&member.visitor.app, member.permit()?, id, &form.reason).await.map_err(|e| member.refuse(e))?;
    Ok(back(&member, &session, mission).await)
}

#[derive(Deserialize)]
struct AnswerForm {
    accept: bool,
    #[serde(default)]
    reason: String,
}

async fn answer(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, AssignmentId)>,
    Form(form): Form<AnswerForm>,
) -> Answer {
    let answered = planning::answer_for(&member.visitor.app, member.permit()?, id, form.accept, &form.reason).await;
    let mission = answered.map_err(|e| member.refuse(e))?;
    Ok(back(&member, &session, mission).await)
}

async fn remind(member: Member, session: Session, Path((_, id)): Path<(String, CrewMemberId)>) -> Answer {
    planning::remind(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "assignment.reminded", &member.url("/plan")).await)
}

#[derive(Deserialize)]
struct RuleForm {
    rule: String,
    #[serde(default)]
    reason: String,
    /// The page of the organisation to go back to.
    #[serde(default)]
    back: String,
}

/// Pages that have such a form.
fn is_back(path: &str) -> bool {
    ["/missions/", "/plan", "/conflicts"].iter().any(|known| path.starts_with(known))
}

async fn overrule(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, AssignmentId)>,
    Form(form): Form<RuleForm>,
) -> Answer {
    let done = planning::override_rule(&member.visitor.app, member.permit()?, id, &form.rule, &form.reason).await;
    let mission = done.map_err(|e| member.refuse(e))?;
    let to = if is_back(&form.back) { form.back } else { format!("/missions/{mission}") };
    Ok(go_with(&session, "rule.overruled", &member.url(&to)).await)
}

async fn restore(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, AssignmentId)>,
    Form(form): Form<RuleForm>,
) -> Answer {
    let done = planning::restore_rule(&member.visitor.app, member.permit()?, id, &form.rule).await;
    let mission = done.map_err(|e| member.refuse(e))?;
    let to = if is_back(&form.back) { form.back } else { format!("/missions/{mission}") };
    Ok(go_with(&session, "rule.restored", &member.url(&to)).await)
}
