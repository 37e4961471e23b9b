//! "Compagnie des Lumières": a believable organisation, made and removed by one command.

use super::demo_plan::{self, Planned};
use crate::access::{Action, Actor, Conn, Permit, permit};
use crate::accounts::NewAccount;
use crate::audit::{self, Event};
use crate::kernel::{Failure, INSTALLATION, Instant, KioskId, OrgId, Role};
use crate::orgs::service::{DemoPerson, add_demo_person, create_org_with_owner, find_demo_org};
use crate::orgs::{NewCrewMember, NewOrg, Org, SeedDemo};
use crate::platform::{App, random};
use crate::timeclock::service::{SeedPunch, create_kiosk, seed_punches};
use crate::timeclock::{NewKiosk, PunchKind};
use jiff::ToSpan;

/// Who can sign in, once.
pub struct Credentials {
    pub email: String,
    pub role: &'static str,
    pub password: String,
}

const PEOPLE: [(&str, Role, &str, &str); 15] = [
    ("Damien Roche", Role::Admin, "Administration", ""),
    ("Inès Moreau", Role::Manager, "Régie générale", "régie"),
    ("Yann Le Goff", Role::Manager, "Régie plateau", "plateau, levage"),
    ("Karim Benali", Role::Tech, "Son", "son, HF"),
    ("Awa Diallo", Role::Tech, "Lumière", "lumière, habilitation électrique"),
    ("Nora Rivière", Role::Tech, "Plateau", "plateau, accroche"),
    ("Paul Delmas", Role::Tech, "Lumière", "lumière, poursuite"),
    ("Marc Tessier", Role::Tech, "Son", "son, façade"),
    ("Lou Perrin", Role::Tech, "Vidéo", "vidéo"),
    ("Malik Sow", Role::Tech, "Plateau", "plateau, cintres"),
    ("Éléonore Petit", Role::Tech, "Habillage", "habillage"),
    ("Hugo Fabre", Role::Tech, "Machinerie", "machinerie, levage"),
    ("Zoé Chevalier", Role::Tech, "Lumière", "lumière, pupitre"),
    ("Thomas Nguyen", Role::Tech, "Son", "son, retours"),
    ("Camille Œuvrard", Role::Tech, "Maquillage", "maquillage"),
];

pub(super) fn proof<A: Action>(org: OrgId) -> Result<Permit<A>, Failure> {
    Ok(permit(&Actor::system(org, "demonstration"))?)
}

/// Fills the demonstration; `None` when it is there already.
///
/// # Errors
/// When something of it cannot be written.
pub async fn seed(app: &App) -> Result<Option<Vec<Credentials>>, Failure> {
    if find_demo_org(app).await?.is_some() {
        return Ok(None);
    }
    let password = || random::spoken_code(4).to_lowercase();
    let owner = NewAccount {
        email: "claire.vasseur@demo.example".into(),
        name: "Claire Vasseur".into(),
        password: password(),
        language: "fr".into(),
    };
    let mut credentials = vec![Credentials { email: owner.email.clone(), role: "owner", password: owner.password.clone() }];
    let org =
        NewOrg { name: "Compagnie des Lumières".into(), time_zone: "Europe/Paris".into(), language: "fr".into(), is_demo: true };
    let (org, _) = create_org_with_owner(app, proof(INSTALLATION)?, owner, org).await?;
    let mut kiosks = Vec::new();
    for (name, place) in [("Borne entrée", "Entrée des artistes"), ("Borne quai", "Quai de déchargement")] {
        let new = NewKiosk { name: name.into(), place: place.into(), fingerprint: None };
        kiosks.push(create_kiosk(app, proof(org.id)?, new).await?.0.id);
    }
    let zone = org.zone();
    let (now, today) = (app.clock.now(), zone.local(app.clock.now()).date);
    let mut people = Vec::new();
    for (index, (name, role, job, skills)) in PEOPLE.into_iter().enumerate() {
        let email = format!("{}@demo.example", crate::kernel::text::slug(name).replace('-', "."));
        let crew = NewCrewMember {
            name: name.into(),
            email: email.clone(),
            phone: format!("06 12 34 {:02} 00", 10 + index),
            job: job.into(),
            skills: skills.into(),
        };
        let secret = password();
        credentials.push(Credentials { email, role: role.code(), password: secret.clone() });
        let person = add_demo_person(app, proof(org.id)?, "fr", DemoPerson { role, password: secret, crew }).await?;
        let plan = demo_plan::planned(today, &zone, name);
        let mut punches = Vec::new();
        for back in (0i64..28).rev() {
            let day = today.saturating_sub(back.days());
            let of_day = if plan.is_empty() || day < demo_plan::first_day(today) {
                work_day(index, back, |hour, minute| zone.instant(day, hour, minute), &kiosks)
            } else {
                let calls = plan.iter().filter(|planned| planned.date == day);
                calls.flat_map(|planned| planned_day(index, back, planned, &kiosks)).collect()
            };
            punches.extend(of_day.into_iter().filter(|punch| punch.at < now));
        }
        seed_punches(app, proof(org.id)?, person.id, &punches).await?;
        people.push(person);
    }
    demo_plan::seed(app, org.id, today, &people).await?;
    Ok(Some(credentials))
}

/// A plausible day of a person: late sometimes, a night shift sometimes, an exit forgotten now and then. The same for the
/// same person and day, so that the demonstration is the same everywhere.
fn work_day(person: usize, back: i64, start: impl Fn(i8, i8) -> Instant, kiosks: &[KioskId]) -> Vec<SeedPunch> {
    let back = usize::try_from(back).unwrap_or(0);
    let dice = (person * 31 + back * 17 + person * back * 7) % 100;
    if (back + person).is_multiple_of(7) || (back + person) % 7 == 1 {
        return Vec::new();
    }
    let kiosk = kiosks[dice % kiosks.len()];
    let late = i64::try_from(dice % 11).unwrap_or(0) - 3;
    let night = dice.is_multiple_of(13);
    let entry = if night {
        start(20, 0)
    } else if dice.is_multiple_of(3) {
        start(13, 0)
    } else {
        start(8, 0)
    }
    .plus_minutes(late);
    let exit = entry.plus_minutes(7 * 60 + 30 + i64::try_from(dice).unwrap_or(0) % 75);
    let punch = |kind, at| SeedPunch { kind, at, kiosk };
    // Forgotten: closed without time when the person comes back. Not on the newest days, so that today stays open.
    if dice == 42 && back > 2 {
        return vec![
            punch(PunchKind::In, entry),
            punch(PunchKind::Lapse, entry.plus_minutes(crate::timeclock::MAX_OPEN_MINUTES)),
        ];
    }
    let pause = entry.plus_minutes(4 * 60 + i64::try_from(dice).unwrap_or(0) % 20);
    vec![
        punch(PunchKind::In, entry),
        punch(PunchKind::BreakStart, pause),
        punch(PunchKind::BreakEnd, pause.plus_minutes(45)),
        punch(PunchKind::Out, exit),
    ]
}

/// The punches of a time that was planned: a few minutes off, as people are.
fn planned_day(person: usize, back: i64, planned: &Planned, kiosks: &[KioskId]) -> Vec<SeedPunch> {
    let back = usize::try_from(back).unwrap_or(0);
    let dice = (person * 31 + back * 17 + person * back * 7) % 100;
    let off = i64::try_from(dice).unwrap_or(0);
    let kiosk = kiosks[dice % kiosks.len()];
    let punch = |kind, at| SeedPunch { kind, at, kiosk };
    let entry = planned.starts_at.plus_minutes(off % 11 - 6);
    let mut punches = vec![punch(PunchKind::In, entry)];
    if planned.pause > 0 {
        let pause = planned.starts_at.plus_minutes((planned.ends_at.minutes_since(planned.starts_at) - planned.pause) / 2);
        punches.push(punch(PunchKind::BreakStart, pause.plus_minutes(off % 9)));
        punches.push(punch(PunchKind::BreakEnd, pause.plus_minutes(off % 9 + planned.pause)));
    }
    punches.push(punch(PunchKind::Out, planned.ends_at.plus_minutes(off % 17 - 4)));
    punches
}

/// Removes the demonstration whole: its rows are the only ones that may be deleted. `false` when there is none. The chain of the
/// installation, where its owner's account was made, says that it is gone.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(app: &App) -> Result<bool, Failure> {
    let Some(org) = find_demo_org(app).await? else { return Ok(false) };
    erase(app, &org).await?;
    Ok(true)
}

/// What is mailed to accounts, and the work that this is, is the installation's. People who were invited keep theirs, as they keep
/// their accounts.
const OF_ACCOUNTS: [&str; 4] = [
    "DELETE FROM jobs WHERE org_id = 0 AND kind = 'mail.send' AND payload IN (SELECT CAST(m.id AS TEXT) FROM mails m
       JOIN accounts a ON a.email = m.recipient JOIN memberships s ON s.account_id = a.id
       WHERE m.org_id = 0 AND a.email LIKE '%@demo.example' AND s.org_id = $1)",
    "DELETE FROM jobs WHERE org_id = 0 AND kind = 'accounts.reset' AND payload IN (SELECT a.email FROM accounts a
       JOIN memberships s ON s.account_id = a.id WHERE a.email LIKE '%@demo.example' AND s.org_id = $1)",
    "DELETE FROM mails WHERE org_id = 0 AND recipient IN (SELECT a.email FROM accounts a
       JOIN memberships s ON s.account_id = a.id WHERE a.email LIKE '%@demo.example' AND s.org_id = $1)",
    "DELETE FROM accounts WHERE email LIKE '%@demo.example' AND id IN (SELECT account_id FROM memberships WHERE org_id = $1)",
];

async fn erase(app: &App, org: &Org) -> Result<(), Failure> {
    const OF_ORG: [&str; 20] = [
        "DELETE FROM answer_links WHERE org_id = $1",
        "DELETE FROM calendar_feeds WHERE org_id = $1",
        "DELETE FROM rule_overrides WHERE org_id = $1",
        "DELETE FROM assignment_changes WHERE org_id = $1",
        "DELETE FROM assignments WHERE org_id = $1",
        "DELETE FROM mission_needs WHERE org_id = $1",
        "DELETE FROM missions WHERE org_id = $1",
        "DELETE FROM projects WHERE org_id = $1",
        "DELETE FROM availabilities WHERE org_id = $1",
        "DELETE FROM rates WHERE org_id = $1",
        "DELETE FROM punches WHERE org_id = $1",
        "DELETE FROM badges WHERE org_id = $1",
        "DELETE FROM devices WHERE org_id = $1",
        "DELETE FROM kiosks WHERE org_id = $1",
        "DELETE FROM links WHERE org_id = $1",
        "DELETE FROM mails WHERE org_id = $1",
        "DELETE FROM jobs WHERE org_id = $1",
        "DELETE FROM audit_events WHERE org_id = $1",
        "DELETE FROM audit_heads WHERE org_id = $1",
        "DELETE FROM crew_members WHERE org_id = $1",
    ];
    let permit = proof::<SeedDemo>(INSTALLATION)?;
    let mut tx = audit::begin_in(app, &permit, INSTALLATION).await?;
    for statement in OF_ORG {
        tx.query(statement).bind(org.id).execute().await?;
    }
    let mut people = 0; // The accounts come last.
    for statement in OF_ACCOUNTS {
        people = tx.query(statement).bind(org.id).execute().await?;
    }
    tx.query("DELETE FROM orgs WHERE id = $1 AND is_demo").bind(org.id).execute_one().await?;
    let event = Event::new("org.removed", org.id.into()).with("name", org.name.as_str()).with("people", people);
    Ok(tx.commit(event).await?)
}
