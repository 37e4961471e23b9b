//! Beside the sheet: several things that are edited together, with boxes to tick where no script chooses.

use super::super::*;
use super::edit::sight_fields;
use super::facts::{MOST, hours};
use super::sight::{Choose, Sight};
use crate::orgs::{CrewFilter, CrewSheet, service as orgs};
use crate::planning::{Key, Mission, MissionFilter, MissionSheet, Target, service as planning};

/// What can be ticked, and who could be put on it.
pub struct Bulk {
    lines: Vec<Line>,
    crew: Vec<CrewSheet>,
    is_chosen: bool,
}

struct Line {
    key: String,
    day: String,
    hours: String,
    title: String,
    about: String,
}

/// Reads what is edited together; none when nothing is, or nothing of it is there any more.
///
/// # Errors
/// The page that says why not.
pub async fn find(member: &Member, sight: &Sight) -> Result<Option<Bulk>, Refusal> {
    let Some(choose) = &sight.choose else { return Ok(None) };
    let app = &member.visitor.app;
    let filter = MissionFilter { from: Some(sight.from), to: Some(sight.to), limit: MOST, ..MissionFilter::default() };
    let sheets = planning::list_sheets(app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
    let crew = CrewFilter { limit: 500, ..CrewFilter::default() };
    let crew = orgs::list_crew(app, member.permit()?, &crew).await.map_err(|e| member.refuse(e))?;
    let lang = member.visitor.lang;
    let lines: Vec<Line> = match choose {
        Choose::All => {
            sheets.iter().map(|sheet| line(&sheet.mission, format!("m{}", sheet.mission.id), String::new(), lang)).collect()
        }
        Choose::These(keys) => keys.iter().filter_map(|key| chosen_line(key, &sheets, &crew, lang)).collect(),
    };
    let is_chosen = matches!(choose, Choose::These(_));
    Ok((!is_chosen || !lines.is_empty()).then_some(Bulk { lines, crew, is_chosen }))
}

fn line(mission: &Mission, key: String, about: String, lang: Lang) -> Line {
    let day = format::short_date(mission.zone().local(mission.starts_at).date, lang);
    Line { key: format!("{key}:{}", mission.version), day, hours: hours(mission), title: mission.title.clone(), about }
}

/// Something that was chosen on the sheet, as it is now.
fn chosen_line(key: &Key, sheets: &[MissionSheet], crew: &[CrewSheet], lang: Lang) -> Option<Line> {
    let of = |id| sheets.iter().find(|sheet| sheet.mission.id == id);
    match key.target {
        Target::Mission(id) => of(id).map(|sheet| line(&sheet.mission, format!("m{id}"), String::new(), lang)),
        Target::Need(id, need) => {
            let sheet = of(id)?;
            let role = sheet.needs.iter().find(|known| known.id == need)?.role.clone();
            Some(line(&sheet.mission, format!("o{id}.{need}"), role, lang))
        }
        Target::Assignment(id) => {
            let (sheet, on_it) = sheets
                .iter()
                .find_map(|sheet| Some((sheet, sheet.assignments.iter().find(|a| a.id == id && a.status.is_active())?)))?;
            let name = crew.iter().find(|known| known.person.id == on_it.crew_member_id).map(|known| known.person.name.clone());
            Some(line(&sheet.mission, format!("a{id}"), name.unwrap_or_default(), lang))
        }
    }
}

/// Draws it: one form, and a button for each thing that can be done.
pub fn view(member: &Member, sight: &Sight, bulk: &Bulk) -> AnyView {
    let t = member.words();
    let lines = bulk.lines.iter().map(|line| {
        let about = (!line.about.is_empty()).then(|| format!(" · {}", line.about));
        view! { <li><label class="check"><input type="checkbox" name="keys" value=line.key.clone() checked=bulk.is_chosen /><span><b>{line.day.clone()}", "{line.hours.clone()}</b><small>{line.title.clone()}{about}</small></span></label></li> }
    });
    let lines = lines.collect_view();
    let name = if bulk.is_chosen { "chosen" } else { "all" };
    let body = if bulk.lines.is_empty() {
        view! { <p class="muted">{t.bulk_nothing()}</p> }.into_any()
    } else {
        let (offset, people) = (offset_fields(t), people_field(t, &bulk.crew));
        view! {
            <form class="stack" method="post" action=member.url("/plan/edit") data-form="bulk">{sight_fields(sight)}
                <fieldset><legend class="vh">{t.bulk_choice()}</legend><ul class="boxes">{lines}</ul></fieldset>
                {offset}{people}
                <div class="more"><button class="btn danger block" name="do" value="delete">{t.bulk_delete()}</button><p class="help">{t.bulk_delete_help()}</p></div>
            </form>
        }
        .into_any()
    };
    view! {
        <aside class="panel" aria-labelledby="panel-title" data-panel=name>
            <div class="row nowrap"><h2 id="panel-title" tabindex="-1">{t.bulk_title()}</h2><a class="btn square push" href=sight.here(member) aria-label=t.plan_close_panel() data-do="close"><Icon name="x" /></a></div>
            {body}
        </aside>
    }
    .into_any()
}

/// How much later, and what with it.
fn offset_fields(t: &Words) -> AnyView {
    view! {
        <div class="stack tight">
            <div class="row"><div class="field"><label for="bulk-days">{t.mission_duplicate_days()}</label><input class="input" type="number" id="bulk-days" name="days" value="1" min="-366" max="366" required /></div>
            <div class="field"><label for="bulk-minutes">{t.bulk_minutes()}</label><input class="input" type="number" id="bulk-minutes" name="minutes" value="0" min="-1440" max="1440" step="15" required /></div></div>
            <div class="row"><button class="btn secondary" name="do" value="move">{t.bulk_move()}</button><button class="btn secondary" name="do" value="duplicate"><Icon name="copy" />{t.mission_duplicate()}</button></div>
        </div>
    }
    .into_any()
}

/// Who is put on it.
fn people_field(t: &Words, crew: &[CrewSheet]) -> AnyView {
    let options = crew.iter().map(|sheet| {
        let person = &sheet.person;
        let job = person.job.as_ref().map(|job| format!(" · {job}")).unwrap_or_default();
        view! { <option value=person.id.to_string()>{person.name.clone()}{job}</option> }
    });
    let options = options.collect_view();
    view! {
        <div class="field"><label for="bulk-person">{t.bulk_person()}</label>
            <div class="row add"><select class="input" id="bulk-person" name="person"><option value="">{t.assign_choose()}</option>{options}</select><button class="btn secondary" name="do" value="assign">{t.assign_button()}</button></div>
        </div>
    }
    .into_any()
}
