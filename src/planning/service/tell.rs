use super::read::with_missions;
use crate::access::Permit;
use crate::audit::{self, Event, Tx};
use crate::kernel::{CrewMemberId, Instant, Lang};
use crate::orgs::service::{find_address_of, find_crew_member_in, find_org};
use crate::planning::calendar;
use crate::planning::deadlines::LATE;
use crate::planning::store;
use crate::planning::words::move_words;
use crate::planning::{Assign, AssignmentStatus, MyMission, PlanError, TellPeople};
use crate::platform::dates::{long_date, soon};
use crate::platform::db::DbResult;
use crate::platform::mail::{Letter, NewMail};
use crate::platform::secret::fingerprint;
use crate::platform::words::{Words, words};
use crate::platform::{App, random};

/// The job that mails a person what they have been told; its payload is the person's number.
pub const TELL: &str = "planning.tell";
/// What comes within these minutes of a mail waits for the next one: one mail a person and burst.
const BURST_MINUTES: i64 = 15;
/// How long the link of a mail answers, in days.
pub(super) const LINK_DAYS: i64 = 60;

/// Wants the person mailed, after the commit, or when the burst is over.
pub(super) async fn tell_later(tx: &mut Tx, person: CrewMemberId) -> DbResult<()> {
    let now = tx.now();
    let last = store::find_last_mail(tx, person).await?;
    let at = last.map_or(now, |last| last.plus_minutes(BURST_MINUTES).max(now));
    tx.enqueue_at(TELL, person.to_string(), at).await
}

/// Reminds a person of what they have not answered, with a new link; the old ones stop working.
///
/// Permission: manager. Audit: `assignment.reminded`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::NothingWaits`] when there is no mission ahead that waits for an answer.
pub async fn remind(app: &App, permit: Permit<Assign>, person: CrewMemberId) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    find_crew_member_in(&mut tx, person).await?.ok_or(PlanError::NotFound)?;
    store::revoke_answer_links(&mut tx, person, now).await?;
    if store::mail_again(&mut tx, person, now).await? == 0 {
        return Err(PlanError::NothingWaits);
    }
    tx.enqueue(TELL, person.to_string()).await?;
    Ok(tx.commit(Event::new("assignment.reminded", person.into())).await?)
}

/// Ends all links that answer for a person.
///
/// Permission: manager. Audit: `assignment.links_revoked`.
///
/// # Errors
/// [`PlanError::NotFound`] when there is no such person.
pub async fn revoke_links(app: &App, permit: Permit<Assign>, person: CrewMemberId) -> Result<(), PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    find_crew_member_in(&mut tx, person).await?.ok_or(PlanError::NotFound)?;
    store::revoke_answer_links(&mut tx, person, now).await?;
    Ok(tx.commit(Event::new("assignment.links_revoked", person.into())).await?)
}

/// The job: one mail with everything that the person has been told and neither been mailed nor answered, a link that answers it, and
/// calendar entries. Nothing to say sends nothing.
///
/// Permission: the system, in the organisation. Audit: `plan.told`.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn tell(app: &App, permit: Permit<TellPeople>, person: CrewMemberId) -> Result<(), PlanError> {
    let Some(org) = find_org(app, permit.org()).await? else { return Ok(()) };
    let Some((email, language)) = find_address_of(app, org.id, person).await? else { return Ok(()) };
    let lang = language.as_deref().and_then(Lang::parse).unwrap_or_else(|| org.lang());
    let t = words(lang);
    let token = random::token::<24>();
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    // Taken and written in one transaction: what is told meanwhile is in the next mail, and in one alone.
    let taken = store::take_news(&mut tx, person, now).await?;
    let news = with_missions(&mut tx, taken).await?;
    if news.is_empty() {
        return Ok(());
    }
    store::insert_answer_link(&mut tx, person, None, &fingerprint(&token), now, now.plus_days(LINK_DAYS)).await?;
    let lines: Vec<String> = news.iter().map(|mine| line(mine, t, lang, now)).collect();
    let reminds = news.iter().all(|mine| mine.assignment.reminded_at.is_some());
    let asks = news.iter().any(|mine| mine.assignment.status == AssignmentStatus::Invited);
    let letter = Letter {
        recipient: email,
        subject: if reminds { t.mail_remind_subject(org.name.as_str()) } else { t.mail_plan_subject(org.name.as_str()) },
        intro: format!("{}\n\n{}", if reminds { t.mail_remind_intro() } else { t.mail_plan_intro() }, lines.join("\n")),
        button: if asks { t.mail_plan_answer() } else { t.mail_plan_look() },
        address: app.link(&format!("/answer/{token}")),
        outro: t.mail_plan_outro(),
    };
    let mail = NewMail { calendar: Some(calendar::write(&news, &org.name)), ..letter.write(lang) };
    tx.send_mail(&mail).await?;
    let event = Event::new("plan.told", person.into()).with("missions", news.len());
    Ok(tx.commit(event).await?)
}

/// One mission in a line: what it is for the person now, its title, time and place, and until when to answer.
fn line(mine: &MyMission, t: &Words, lang: Lang, now: Instant) -> String {
    let zone = mine.mission.zone();
    let at = |at: Instant| zone.local(at);
    let (starts, ends) = (at(mine.mission.starts_at), at(mine.mission.ends_at));
    let day = long_date(starts.date, lang);
    let state = match mine.assignment.status {
        AssignmentStatus::Cancelled if mine.assignment.reason == LATE => t.plan_released(),
        AssignmentStatus::Cancelled => t.plan_cancelled(),
        AssignmentStatus::Accepted => t.plan_changed(),
        _ => t.plan_asked(),
    };
    let place = if mine.mission.place.is_empty() { String::new() } else { format!(", {}", mine.mission.place) };
    let by = mine.assignment.deadline().map(|by| format!(". {}", t.answer_by(soon(at(by), at(now).date, lang))));
    let moved = move_words(mine, lang).map(|moved| format!(". {moved}")).unwrap_or_default();
    let (title, by) = (&mine.mission.title, by.unwrap_or_default());
    let colon = if lang == Lang::Fr { "\u{a0}:" } else { ":" };
    format!("• {state}{colon} {title} — {day}, {}–{}{place}{moved}{by}", starts.hour_minute(), ends.hour_minute())
}
