//! Who would be told of what, and telling them.

use super::super::*;
use super::sight::{Sight, SightQuery};
use crate::kernel::zone::Zone;
use crate::kernel::{Instant, Lang};
use crate::planning::{Moved, Telling, service as planning};
use axum::extract::{Form, Query};
use jiff::ToSpan;
use serde::Deserialize;

/// Which days.
#[derive(Deserialize)]
pub struct PublishForm {
    #[serde(default)]
    week: String,
    #[serde(default)]
    span: String,
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
    let mut preview = preview.map_err(|e| member.refuse(e))?;
    let (lang, t) = (member.visitor.lang, member.words());
    Ok(render::page(StatusCode::OK, move || {
        let is_empty = preview.tellings.is_empty();
        let back = format!("/plan/publish?week={}&span={}", sight.first(), sight.span.code());
        let held = super::held::section(&member, &preview, &back);
        let lines = std::mem::take(&mut preview.tellings).into_iter().map(|telling| telling_line(telling, lang)).collect_view();
        let (first, span) = (sight.first().to_string(), sight.span.code());
        let days = if sight.days.len() == 1 {
            format::long_day(sight.first(), lang)
        } else {
            format!("{} – {}", format::long_day(sight.first(), lang), format::long_day(sight.last(), lang))
        };
        view! {
            <InOrg member=member.clone() title=t.publish_title() here="plan">
                <div class="stack wide narrow">
                    <header class="page-head"><div><h1>{t.publish_title()}</h1><p class="lead">{days}</p><p class="lead">{t.publish_lead()}</p></div></header>
                    {is_empty.then(|| view! { <Empty title=t.publish_empty_title() text=t.publish_empty_text() /> })}
                    <ul class="list">{lines}</ul>
                    {held}
                    <form class="row" method="post" action=member.url("/plan/publish")><input type="hidden" name="week" value=first /><input type="hidden" name="span" value=span />
                        {(!is_empty).then(|| view! { <button class="btn primary"><Icon name="mail" />{t.publish_button()}</button> })}
                        <a class="btn" href=sight.here(&member)>{t.cancel()}</a></form>
                </div>
            </InOrg>
        }
    }))
}

fn telling_line(telling: Telling, lang: Lang) -> impl IntoView {
    let t = words(lang);
    let new = (!telling.new.is_empty()).then(|| view! { <small>{t.publish_new(telling.new.join(", "))}</small> });
    let changed =
        telling.changed.iter().map(|moved| view! { <small>{t.publish_changed(moved_words(moved, lang))}</small> }).collect_view();
    let off = (!telling.off.is_empty()).then(|| view! { <small>{t.publish_off(telling.off.join(", "))}</small> });
    view! { <li><span class="avatar" aria-hidden="true">{crate::kernel::text::initials(&telling.name)}</span><span class="grow"><span class="strong">{telling.name}</span>{new}{changed}{off}</span>
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
