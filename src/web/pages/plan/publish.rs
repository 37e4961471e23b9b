//! Who would be told of what, and telling them.

use super::super::*;
use super::sight::{Sight, SightQuery, Span};
use crate::kernel::zone::Zone;
use crate::kernel::{Instant, Lang};
use crate::planning::service::{self as planning, Preview};
use crate::planning::{Moved, Telling};
use jiff::ToSpan;
use serde::Deserialize;

/// Which days.
#[derive(Deserialize)]
pub struct PublishForm {
    #[serde(default)]
    week: String,
    #[serde(default)]
    span: String,
    /// `dialog` for the island.
    #[serde(default)]
    part: String,
}

impl PublishForm {
    fn sight(&self, member: &Member) -> Sight {
        let query = SightQuery { date: Some(self.week.clone()), span: Some(self.span.clone()), ..SightQuery::default() };
        Sight::of(member, &query)
    }
}

pub async fn page(member: Member, Query(form): Query<PublishForm>) -> Answer {
    let _: Permit<crate::planning::Publish> = member.permit()?;
    let sight = form.sight(&member);
    let preview = planning::preview_publish(&member.visitor.app, member.permit()?, sight.from, sight.to).await;
    let preview = preview.map_err(|e| member.refuse(e))?;
    if form.part == "dialog" {
        return Ok(render::part(StatusCode::OK, move || dialog(&member, &sight, &preview)));
    }
    Ok(render::page(StatusCode::OK, move || {
        let t = member.words();
        let (title, days) = (title(t, &sight), days(&member, &sight));
        let (told, form) = (told(&member, &sight, &preview), publish_form(&member, &sight, preview.tellings.is_empty(), false));
        view! {
            <InOrg member=member.clone() title=title.clone() here="plan">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{title}</h1><p class="lead">{days}</p><p class="lead">{t.publish_lead()}</p></div></header>
                    {told}{form}
                </div>
            </InOrg>
        }
    }))
}

/// The same over the sheet, for the island.
fn dialog(member: &Member, sight: &Sight, preview: &Preview) -> AnyView {
    let t = member.words();
    let (told, form) = (told(member, sight, preview), publish_form(member, sight, preview.tellings.is_empty(), true));
    view! {
        <header><h2>{title(t, sight)}</h2></header>
        <div class="body"><p>{days(member, sight)}". "{t.publish_lead()}</p>{told}</div>
        <footer>{form}</footer>
    }
    .into_any()
}

fn title(t: &Words, sight: &Sight) -> String {
    if sight.span == Span::Week { t.publish_title() } else { t.key_publish() }
}

fn days(member: &Member, sight: &Sight) -> String {
    let lang = member.visitor.lang;
    let (first, last) = (format::long_day(sight.first(), lang), format::long_day(sight.last(), lang));
    if sight.days.len() == 1 { first } else { format!("{first} – {last}") }
}

/// Who would be told of what, and what rules keep back.
fn told(member: &Member, sight: &Sight, preview: &Preview) -> AnyView {
    let t = member.words();
    let back = format!("/plan/publish?week={}&span={}", sight.first(), sight.span.code());
    let held = super::held::section(member, preview, &back);
    let told = if preview.tellings.is_empty() {
        let is_done = preview.held.is_empty();
        is_done.then(|| view! { <Empty title=t.publish_empty_title() text=t.publish_empty_text() /> }).into_any()
    } else {
        let lines = preview.tellings.iter().map(|telling| telling_line(telling, member.visitor.lang)).collect_view();
        view! { <ul class="list">{lines}</ul> }.into_any()
    };
    view! { {told}{held} }.into_any()
}

/// `is_dialog`: the button has the focus, and not a field of what is above it.
fn publish_form(member: &Member, sight: &Sight, is_empty: bool, is_dialog: bool) -> AnyView {
    let t = member.words();
    let (first, span) = (sight.first().to_string(), sight.span.code());
    let (class, back) = if is_empty { ("btn secondary", t.nav_plan()) } else { ("btn", t.cancel()) };
    let may_leave = is_dialog && is_empty;
    let publish = (!is_empty)
        .then(|| view! { <button class="btn primary" autofocus=is_dialog><Icon name="mail" />{t.publish_button()}</button> });
    view! {
        <form class="row" method="post" action=member.url("/plan/publish")><input type="hidden" name="week" value=first /><input type="hidden" name="span" value=span />
            {publish}<a class=class href=sight.here(member) data-do="dismiss" autofocus=may_leave>{back}</a></form>
    }
    .into_any()
}

fn telling_line(telling: &Telling, lang: Lang) -> impl IntoView {
    let t = words(lang);
    let new = (!telling.new.is_empty()).then(|| view! { <small>{t.publish_new(telling.new.join(", "))}</small> });
    let changed =
        telling.changed.iter().map(|moved| view! { <small>{t.publish_changed(moved_words(moved, lang))}</small> }).collect_view();
    let off = (!telling.off.is_empty()).then(|| view! { <small>{t.publish_off(telling.off.join(", "))}</small> });
    view! { <li><Avatar name=telling.name.clone() /><span class="grow"><span class="strong">{telling.name.clone()}</span>{new}{changed}{off}</span>
    {(!telling.has_address).then(|| view! { <Pill tone="warning" icon="warn" text=t.publish_no_address() /> })}</li> }
}

/// What was told and what is now: `Montage : lun. 16 nov., 08:00–18:00 → 09:00–18:00`.
fn moved_words(moved: &Moved, lang: Lang) -> String {
    let zone = Zone::named_or_utc(&moved.time_zone);
    let colon = if lang == Lang::Fr { "\u{a0}: " } else { ": " };
    let when = |from: Instant, to: Instant| {
        let (from, to) = (zone.local(from), zone.local(to));
        (from.date, format!("{}–{}", from.hour_minute(), to.hour_minute()))
    };
    let ((day, hours), (new_day, new_hours)) = (when(moved.before.0, moved.before.1), when(moved.after.0, moved.after.1));
    let mut parts = Vec::new();
    if (day, &hours) != (new_day, &new_hours) {
        let new_day = if day == new_day { String::new() } else { format!("{}, ", format::short_date(new_day, lang)) };
        parts.push(format!("{}, {hours} → {new_day}{new_hours}", format::short_date(day, lang)));
    }
    if moved.before.2 != moved.after.2 {
        let named = |place: &str| if place.is_empty() { "—".to_owned() } else { place.to_owned() };
        parts.push(format!("{} → {}", named(&moved.before.2), named(&moved.after.2)));
    }
    format!("{}{colon}{}", moved.title, parts.join(", "))
}

pub async fn publish(member: Member, session: Session, Form(form): Form<PublishForm>) -> Answer {
    let sight = form.sight(&member);
    let done = planning::publish(&member.visitor.app, member.permit()?, sight.from, sight.to).await;
    let flash = if done.map_err(|e| member.refuse(e))?.held > 0 { "plan.held" } else { "plan.published" };
    Ok(go_with(&session, flash, &sight.here(&member)).await)
}

/// Copies the week to the next one, people included, as drafts.
pub async fn copy(member: Member, session: Session, Form(form): Form<PublishForm>) -> Answer {
    let sight = form.sight(&member);
    planning::copy_missions(&member.visitor.app, member.permit()?, sight.from, sight.to, 7, true)
        .await
        .map_err(|e| member.refuse(e))?;
    let next = sight.first().checked_add(7.days()).unwrap_or(sight.first());
    Ok(go_with(&session, "mission.copied", &sight.at(&member, next)).await)
}
