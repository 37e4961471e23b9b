//! Doing something in the planner: the same forms for the island and for pages without scripts.

use super::super::*;
use super::board_part;
use super::facts::find_facts;
use super::panel::{Blank, Typing, new_form};
use super::sight::{Sight, SightQuery};
use crate::kernel::zone::{parse_date, parse_local};
use crate::planning::MissionSheet;
use crate::planning::service::Edited;
use crate::planning::{Edit, EditKind, EditWords, NewMission, PlanError, Target, service as planning};
use crate::web::extract::ListForm as Form;
use serde::Deserialize;

/// An edit as the panel's forms and the island send it, with the sight it was made in.
#[derive(Deserialize, Clone, Default)]
pub struct EditForm {
    #[serde(default, rename = "do")]
    kind: String,
    /// Several in one field from the island, a field for each from boxes that are ticked.
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    days: String,
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    row: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    need: String,
    #[serde(default)]
    starts_at: String,
    #[serde(default)]
    ends_at: String,
    #[serde(default)]
    break_minutes: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    project: String,
    #[serde(default)]
    needs: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    span: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    on: String,
    /// `board` from the island.
    #[serde(default)]
    part: String,
}

/// What says in a form which sight it was made in.
pub fn sight_fields(sight: &Sight) -> AnyView {
    let (date, span, by) = (sight.first().to_string(), sight.span.code(), sight.by.code());
    let on = sight.on.map(|id| view! { <input type="hidden" name="on" value=id.to_string() /> });
    view! { <input type="hidden" name="date" value=date /><input type="hidden" name="span" value=span /><input type="hidden" name="by" value=by />{on} }.into_any()
}

impl EditForm {
    fn sight(&self, member: &Member) -> Sight {
        let text = |text: &String| (!text.is_empty()).then(|| text.clone());
        let (date, span, by, on) = (text(&self.date), text(&self.span), text(&self.by), text(&self.on));
        Sight::of(member, &SightQuery { date, span, by, on, ..SightQuery::default() })
    }

    fn is_island(&self) -> bool {
        self.part == "board"
    }

    /// A mission to be made, as it was typed.
    async fn typed(&self, member: &Member) -> Result<Option<Blank>, Refusal> {
        if self.kind != EditKind::Create.code() {
            return Ok(None);
        }
        let Self { title, project, starts_at, ends_at, break_minutes, needs, .. } = self.clone();
        let typed = Typing { title, project, starts_at, ends_at, break_minutes, needs };
        Ok(Some(Blank::read(member, typed, self.person.parse().ok()).await?))
    }

    /// What is wrong with a form that cannot be read.
    fn fault(&self) -> &'static str {
        if self.keys.is_empty() && self.kind != EditKind::Create.code() {
            "edit.nothing"
        } else if self.person.is_empty() && self.kind == EditKind::Assign.code() {
            "edit.nobody"
        } else {
            "edit.unreadable"
        }
    }

    fn read(&self) -> Option<Edit> {
        let form = self.clone();
        let new = NewMission {
            title: form.title,
            project_id: form.project.parse().ok(),
            starts_at: form.starts_at.clone(),
            ends_at: form.ends_at.clone(),
            // What is no number is refused with words, like a break that is too long.
            break_minutes: if form.break_minutes.is_empty() { 0 } else { form.break_minutes.parse().unwrap_or(-1) },
            needs: form.needs,
            ..NewMission::default()
        };
        Edit::read(EditWords {
            kind: form.kind,
            keys: form.keys.join(" "),
            days: form.days,
            minutes: form.minutes,
            day: form.day,
            at: form.at,
            row: form.row,
            person: form.person,
            need: form.need,
            starts_at: form.starts_at,
            ends_at: form.ends_at,
            new,
        })
    }
}

pub async fn edit(member: Member, session: Session, Form(form): Form<EditForm>) -> Answer {
    let permit = member.permit()?;
    let Some(edit) = form.read() else {
        return refused(&member, &form, PlanError::Fields(vec![("do", form.fault())])).await;
    };
    match planning::edit_plan(&member.visitor.app, permit, &edit).await {
        Ok(edited) => done(&member, &session, &form, &said(&edited, member.words()), "plan.edited").await,
        Err(error) => refused(&member, &form, error).await,
    }
}

pub async fn undo(member: Member, session: Session, Form(form): Form<EditForm>) -> Answer {
    step(member, session, form, false).await
}

pub async fn redo(member: Member, session: Session, Form(form): Form<EditForm>) -> Answer {
    step(member, session, form, true).await
}

async fn step(member: Member, session: Session, form: EditForm, redo: bool) -> Answer {
    let permit = member.permit()?;
    match planning::undo_plan(&member.visitor.app, permit, redo).await {
        Ok(edited) => {
            let t = member.words();
            let what = said(&edited, t);
            let said = if redo { t.said_redone(what) } else { t.said_undone(what) };
            done(&member, &session, &form, &said, if redo { "plan.redone" } else { "plan.undone" }).await
        }
        Err(error) => refused(&member, &form, error).await,
    }
}

/// What was done, in a sentence.
fn said(edited: &Edited, t: &Words) -> String {
    let count = i64::try_from(edited.missions.len()).unwrap_or(0);
    let title = edited.title.as_str();
    match edited.kind {
        _ if count == 0 => t.said_nothing(),
        EditKind::Move | EditKind::Drop => t.said_moved(count, title),
        EditKind::Stretch | EditKind::Times => t.said_times(count, title),
        EditKind::Copy | EditKind::Duplicate => t.said_copied(count, title),
        EditKind::Split => t.said_split(title),
        EditKind::Assign => t.said_assigned(title),
        EditKind::Delete => t.said_deleted(count, title),
        EditKind::Create => t.said_created(title),
        EditKind::Paste => t.said_pasted(count, title),
    }
}

/// The sheet drawn anew, or the page again.
async fn done(member: &Member, session: &Session, form: &EditForm, said: &str, flash: &str) -> Answer {
    let sight = form.sight(member);
    if !form.is_island() {
        let url = sight.on.map_or_else(|| sight.here(member), |id| sight.with_panel(member, id));
        return Ok(go_with(session, flash, &url).await);
    }
    let facts = find_facts(member, &sight).await?;
    let (member, said) = (member.clone(), said.to_owned());
    Ok(render::part(StatusCode::OK, move || board_part(&member, &sight, &facts, &said)))
}

/// Says why not, loses nothing: a dialog for the island, a page without scripts.
async fn refused(member: &Member, form: &EditForm, error: PlanError) -> Answer {
    let lang = member.visitor.lang;
    let now = if matches!(error, PlanError::Stale) { find_now(member, form).await } else { Vec::new() };
    let failure = Failure::from(error);
    let status = StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::CONFLICT);
    let code = failure.fields.first().map_or(failure.code.as_str(), |problem| problem.code.as_str());
    let text = words_of(code, lang);
    let (sight, member, form) = (form.sight(member), member.clone(), form.clone());
    if form.is_island() {
        return Ok(render::part(status, move || refusal_view(&member, &sight, &form, text, &now)));
    }
    let typed = form.typed(&member).await?;
    Ok(render::page(status, move || {
        let inner = refusal_view(&member, &sight, &form, text, &now);
        let again = typed.as_ref().map(|blank| new_form(&member, &sight, blank));
        let title = member.words().plan_refused();
        view! { <InOrg member=member.clone() title here="plan"><div class="stack narrow">{inner}{again}</div></InOrg> }
    }))
}

/// The missions that an edit named, as they are now.
async fn find_now(member: &Member, form: &EditForm) -> Vec<MissionSheet> {
    let app = &member.visitor.app;
    let mut now: Vec<MissionSheet> = Vec::new();
    for key in form.read().map(|edit| edit.keys).unwrap_or_default() {
        let (Ok(read), Ok(again)) = (member.permit(), member.permit()) else { continue };
        let mission = match key.target {
            Target::Mission(id) | Target::Need(id, _) => Some(id),
            Target::Assignment(id) => planning::get_assignment(app, again, id).await.ok().map(|on_it| on_it.mission_id),
        };
        let Some(mission) = mission else { continue };
        if let Ok(sheet) = planning::get_mission(app, read, mission).await
            && sheet.mission.cancelled_at.is_none()
            && !now.iter().any(|known| known.mission.id == sheet.mission.id)
        {
            now.push(sheet);
        }
    }
    now
}

/// What was asked, in words.
fn asked(member: &Member, form: &EditForm) -> String {
    let (lang, t) = (member.visitor.lang, member.words());
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let zone = member.org.zone();
    let today = zone.local(member.visitor.app.clock.now()).date;
    let time = |text: &str| {
        let at = parse_local(text, &zone).map(|at| zone.local(at));
        at.map(|at| format::date_time_near(at, today, lang)).unwrap_or_default()
    };
    let hours = |minutes: i64| format!("{}{}", if minutes < 0 { "−" } else { "+" }, format::minutes(minutes.abs()));
    match EditKind::parse(&form.kind) {
        Some(EditKind::Move) => match (number(&form.days), number(&form.minutes)) {
            (days, 0) => t.asked_move_days(days),
            (0, minutes) => t.asked_move_hours(hours(minutes)),
            (days, minutes) => format!("{}, {}", t.asked_move_days(days), hours(minutes)),
        },
        Some(EditKind::Stretch) => t.asked_stretch(hours(number(&form.minutes))),
        Some(EditKind::Drop | EditKind::Copy) => {
            let day = parse_date(&form.day).map(|day| format::long_day(day, lang));
            t.asked_day(day.unwrap_or_default())
        }
        Some(EditKind::Times) => format!("{} – {}", time(&form.starts_at), time(&form.ends_at)),
        Some(EditKind::Split) => t.asked_split(time(&form.starts_at)),
        Some(EditKind::Delete) => t.mission_delete(),
        Some(EditKind::Duplicate) => t.mission_duplicate(),
        Some(EditKind::Assign) => t.assign_button(),
        Some(EditKind::Create | EditKind::Paste) | None => t.mission_create(),
    }
}

/// Why it was refused; when somebody else was faster, what is now beside what was asked, and a way to do it all the same.
pub fn refusal_view(member: &Member, sight: &Sight, form: &EditForm, text: String, now: &[MissionSheet]) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let both = (!now.is_empty()).then(|| {
        let lines = now.iter().map(|sheet| {
            let (filled, quota) = sheet.fill();
            let when = super::super::missions::when(&sheet.mission, member.visitor.app.clock.now(), lang);
            let place = sheet.mission.place.clone();
            view! { <dt>{t.plan_now()}</dt><dd>{sheet.mission.title.clone()}", "{when}" "{place}" "{filled}"/"{quota}</dd> }
        });
        view! { <dl class="facts">{lines.collect_view()}<dt>{t.plan_asked_for()}</dt><dd>{asked(member, form)}</dd></dl> }
    });
    let again = (!now.is_empty()).then(|| again_form(member, form, now));
    let keep = if now.is_empty() { t.close() } else { t.plan_keep() };
    view! {
        <header><h2>{t.plan_refused()}</h2></header>
        <div class="body"><p>{text}</p>{both}</div>
        <footer><a class="btn secondary" href=sight.here(member) data-do="dismiss">{keep}</a>{again}</footer>
    }
    .into_any()
}

/// The same once more, knowing how things are now.
fn again_form(member: &Member, form: &EditForm, now: &[MissionSheet]) -> AnyView {
    let t = member.words();
    let keys: Vec<String> = form.keys.iter().flat_map(|keys| keys.split_whitespace()).filter_map(|key| fresh(key, now)).collect();
    let form = form.clone();
    let fields = [
        ("do", form.kind),
        ("keys", keys.join(" ")),
        ("days", form.days),
        ("minutes", form.minutes),
        ("day", form.day),
        ("at", form.at),
        ("row", form.row),
        ("person", form.person),
        ("need", form.need),
        ("starts_at", form.starts_at),
        ("ends_at", form.ends_at),
        ("date", form.date),
        ("span", form.span),
        ("by", form.by),
        ("on", form.on),
    ];
    let fields = fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    view! { <form method="post" action=member.url("/plan/edit") data-form="again">{fields}<button class="btn primary">{t.plan_apply_anyway()}</button></form> }.into_any()
}

/// A key with the version that its mission has now; none when the mission is gone.
fn fresh(key: &str, now: &[MissionSheet]) -> Option<String> {
    let (target, _) = key.split_once(':')?;
    let target_of = crate::planning::Key::parse(key)?.target;
    let sheet = now.iter().find(|sheet| match target_of {
        Target::Mission(id) | Target::Need(id, _) => sheet.mission.id == id,
        Target::Assignment(id) => sheet.assignments.iter().any(|assignment| assignment.id == id),
    })?;
    Some(format!("{target}:{}", sheet.mission.version))
}
