//! The plan of the demonstration: four weeks around today, with a few conflicts to solve. The missions are in
//! `demo_plan.txt`, by week and day, so that shows fall on evenings and week-ends whenever it is made.

use super::demo::proof;
use crate::kernel::zone::{Zone, monday_of};
use crate::kernel::{Failure, Instant, OrgId, ProjectId};
use crate::orgs::CrewMember;
use crate::planning::rates::NewRate;
use crate::planning::service::{
    SeedAssignment, create_missions, create_project, declare_for, define_template, seed_assignments, set_rate,
};
use crate::planning::{AssignmentStatus, NewAvailability, NewMission, NewProject};
use crate::platform::App;
use jiff::ToSpan;
use jiff::civil::{Date, Time};

const CALLS: &str = include_str!("demo_plan.txt");

/// From this week on nobody has been told yet.
const DRAFTS_FROM: i64 = 2;

/// How long people have to answer.
const ANSWER_HOURS: i64 = 72;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

struct Show {
    key: &'static str,
    name: &'static str,
    status: &'static str,
    client: &'static str,
    colour: i64,
    notes: &'static str,
    /// First and last day, counted from this week's Monday.
    days: (i64, i64),
}

const SHOWS: [Show; 4] = [
    Show {
        key: "maree",
        name: "Les Marées hautes",
        status: "active",
        client: "Théâtre de l’Écluse",
        colour: 1,
        notes: "Création. Six comédiens, un musicien au plateau, décor à vue. Conduite et plan de feux au bureau de la régie.",
        days: (-7, 20),
    },
    Show {
        key: "moulin",
        name: "Festival du Vieux Moulin",
        status: "active",
        client: "Association du Vieux Moulin",
        colour: 3,
        notes: "Deux week-ends de concerts en plein air. Repli sous la halle en cas d’orage, décision à 11 h.",
        days: (0, 14),
    },
    Show {
        key: "congres",
        name: "Rencontres Boréales",
        status: "active",
        client: "Atelier Boréal",
        colour: 5,
        notes: "Congrès de trois jours, 350 personnes. Tenue noire pour tout le monde pendant l’ouverture au public.",
        days: (7, 12),
    },
    Show {
        key: "oriane",
        name: "Le Jardin d’Oriane",
        status: "draft",
        client: "Ensemble Verte-Rive",
        colour: 6,
        notes: "Opéra de chambre. Devis signé en attente : rien n’est confirmé aux équipes.",
        days: (14, 21),
    },
];

/// Key, name, address, whom to call there.
const PLACES: [(&str, &str, &str, &str); 6] = [
    ("ecluse", "Théâtre de l’Écluse, grande salle", "12 quai de l’Écluse, Belleroche", "Gardien de l’Écluse, 06 39 98 01 10"),
    ("prairie", "Prairie du Moulin, scène de plein air", "Chemin du Moulin, Belleroche", "PC du festival, 06 39 98 01 20"),
    ("halle", "Centre de congrès de la Halle", "3 place de la Halle, Belleroche", "Poste de garde, 06 39 98 01 30"),
    ("forge", "La Forge, salle de 180 places", "8 rue de la Forge, Belleroche", "Accueil de la Forge, 06 39 98 01 40"),
    ("montclair", "Salle des fêtes de Montclair-le-Vieux", "Place du Marché, Montclair-le-Vieux", "Mairie, 06 39 98 01 50"),
    ("depot", "Dépôt", "Zone des Tanneries, bâtiment C, Belleroche", "Bureau du dépôt, 06 39 98 01 60"),
];

/// Why people have declined, in turn.
const REASONS: [&str; 4] = [
    "Déjà engagée sur une autre date ce jour-là.",
    "Je suis au pupitre à l’Écluse le même soir.",
    "Je serais au-delà de 48 heures cette semaine.",
    "Journée de repos après le congrès.",
];

/// A line of the text.
struct Call {
    week: i64,
    day: i64,
    from: Time,
    to: Time,
    pause: i64,
    project: &'static str,
    place: &'static str,
    title: &'static str,
    needs: &'static str,
    crew: &'static str,
    notes: &'static str,
}

/// Somebody on a mission, as the text says it.
struct Engaged {
    name: &'static str,
    /// When it is not the person's job.
    role: Option<&'static str>,
    status: AssignmentStatus,
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn read_call(line: &'static str) -> Option<Call> {
    let mut fields = line.split('|').map(str::trim);
    let mut when = fields.next()?.split(' ');
    let (week, day) = (when.next()?.parse().ok()?, when.next()?.parse().ok()?);
    let (from, to) = when.next()?.split_once('-')?;
    let pause = when.next()?.parse().ok()?;
    let (project, place, title) = (fields.next()?, fields.next()?, fields.next()?);
    let (needs, crew, notes) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Call { week, day, from: time(from)?, to: time(to)?, pause, project, place, title, needs, crew, notes })
}

fn calls() -> impl Iterator<Item = Call> {
    CALLS.lines().filter(|line| !line.starts_with('#')).filter_map(read_call)
}

impl Call {
    /// The dates and times of its beginning and end.
    fn dates(&self, monday: Date) -> (Date, Date) {
        let first = monday.saturating_add((self.week * 7 + self.day - 1).days());
        (first, if self.to <= self.from { first.saturating_add(1.day()) } else { first })
    }

    fn span(&self, monday: Date, zone: &Zone) -> (Instant, Instant) {
        let (first, last) = self.dates(monday);
        let at = |date, time: Time| zone.instant(date, time.hour(), time.minute());
        (at(first, self.from), at(last, self.to))
    }

    fn engaged(&self) -> impl Iterator<Item = Engaged> {
        self.crew.split_whitespace().map(|word| {
            let (name, status) = match (word.strip_prefix('?'), word.strip_prefix('!')) {
                (Some(name), _) => (name, AssignmentStatus::Invited),
                (_, Some(name)) => (name, AssignmentStatus::Declined),
                _ => (word, AssignmentStatus::Accepted),
            };
            let (name, role) = name.split_once(':').map_or((name, None), |(name, role)| (name, Some(role)));
            let status = if self.week >= DRAFTS_FROM { AssignmentStatus::Draft } else { status };
            Engaged { name, role, status }
        })
    }

    fn mission(&self, monday: Date, projects: &[(&str, ProjectId)]) -> NewMission {
        let (first, last) = self.dates(monday);
        let local = |date: Date, time: Time| format!("{date}T{:02}:{:02}", time.hour(), time.minute());
        let (_, place, address, contact) = PLACES.into_iter().find(|place| place.0 == self.place).unwrap_or_default();
        NewMission {
            title: self.title.into(),
            project_id: projects.iter().find(|(key, _)| *key == self.project).map(|(_, id)| *id),
            place: place.into(),
            address: address.into(),
            time_zone: String::new(),
            starts_at: local(first, self.from),
            ends_at: local(last, self.to),
            break_minutes: self.pause,
            notes: self.notes.into(),
            contact: contact.into(),
            answer_hours: ANSWER_HOURS,
            cascades: false,
            needs: self.needs.replace(", ", "\n"),
        }
    }
}

/// The day before a show, as the template has it.
fn set_up(day: Date) -> Vec<NewMission> {
    let calls = [
        ("Déchargement et pointage du matériel", "07:00", "09:00", 0, "2 Plateau (plateau)\n1 Régie générale"),
        ("Montage du plateau et des pendrillons", "09:00", "18:00", 60, "3 Plateau (plateau)"),
        ("Accroche et câblage lumière", "09:00", "18:00", 60, "2 Lumière (lumière)"),
        ("Montage son et retours", "10:00", "18:00", 60, "2 Son (son)"),
        ("Réglages et conduite lumière", "19:00", "22:30", 0, "1 Lumière (pupitre)\n1 Régie générale"),
        ("Balance et filage technique", "19:00", "22:30", 0, "1 Son (son)\n1 Plateau (plateau)\n1 Régie plateau (plateau)"),
    ];
    let (_, place, address, contact) = PLACES[0];
    let mission = |(title, from, to, break_minutes, needs): (&str, &str, &str, i64, &str)| NewMission {
        title: title.into(),
        place: place.into(),
        address: address.into(),
        starts_at: format!("{day}T{from}"),
        ends_at: format!("{day}T{to}"),
        break_minutes,
        contact: contact.into(),
        answer_hours: ANSWER_HOURS,
        needs: needs.into(),
        ..NewMission::default()
    };
    calls.map(mission).into()
}

fn first_name(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

/// The first day of the plan.
pub(super) fn first_day(today: Date) -> Date {
    monday_of(today).saturating_sub(7.days())
}

/// A time at work that the plan has for somebody.
#[derive(Clone, Copy)]
pub(super) struct Planned {
    pub date: Date,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub pause: i64,
}

/// What a person has on the plan, in order, so that the punches of the past tell the same story.
pub(super) fn planned(today: Date, zone: &Zone, name: &str) -> Vec<Planned> {
    let monday = monday_of(today);
    let is_mine = |call: &Call| {
        call.engaged().any(|engaged| engaged.name == first_name(name) && engaged.status != AssignmentStatus::Declined)
    };
    let of_call = |call: Call| {
        let (starts_at, ends_at) = call.span(monday, zone);
        Planned { date: call.dates(monday).0, starts_at, ends_at, pause: call.pause }
    };
    let mut planned: Vec<Planned> = calls().filter(is_mine).map(of_call).collect();
    planned.sort_by_key(|planned| planned.starts_at);
    planned
}

/// Writes projects, missions, who is on them, and when people can work.
pub(super) async fn seed(app: &App, org: OrgId, today: Date, people: &[CrewMember]) -> Result<(), Failure> {
    let monday = monday_of(today);
    let mut projects = Vec::new();
    for show in &SHOWS {
        let day = |days: i64| monday.saturating_add(days.days()).to_string();
        let new = NewProject {
            name: show.name.into(),
            status: show.status.into(),
            client: show.client.into(),
            colour: show.colour,
            notes: show.notes.into(),
            starts_on: day(show.days.0),
            ends_on: day(show.days.1),
        };
        projects.push((show.key, create_project(app, proof(org)?, &new).await?.id));
    }
    let calls: Vec<Call> = calls().collect();
    let new: Vec<NewMission> = calls.iter().map(|call| call.mission(monday, &projects)).collect();
    let sheets = create_missions(app, proof(org)?, &new).await?;
    let now = app.clock.now();
    let (mut assignments, mut declined) = (Vec::new(), 0);
    for (number, (call, sheet)) in calls.iter().zip(&sheets).enumerate() {
        let starts_at = sheet.mission.starts_at;
        let number = i64::try_from(number).unwrap_or(0);
        for (engaged, minutes) in call.engaged().zip((0i64..).map(|n| (n * 197 + number * 83) % DAY)) {
            let Some(person) = people.iter().find(|person| first_name(&person.name) == engaged.name) else { continue };
            let role = engaged.role.or(person.job.as_deref());
            let need = sheet.needs.iter().find(|need| Some(need.role.as_str()) == role).map(|need| need.id);
            // What was asked in time has been answered by the day itself.
            let status = match engaged.status {
                AssignmentStatus::Invited if starts_at <= now => AssignmentStatus::Accepted,
                status => status,
            };
            let told_at = match status {
                AssignmentStatus::Draft => now,
                AssignmentStatus::Invited => now.plus_minutes(-5 * 60 - minutes),
                _ => starts_at.plus_days(-8).min(now.plus_days(-3)).plus_minutes(-minutes),
            };
            let mut reason = "";
            if status == AssignmentStatus::Declined {
                reason = REASONS[declined % REASONS.len()];
                declined += 1;
            }
            let answered_at = told_at.plus_minutes(40 + minutes);
            assignments.push(SeedAssignment { mission: &sheet.mission, person, need, status, reason, told_at, answered_at });
        }
    }
    seed_assignments(app, proof(org)?, &assignments).await?;
    define_template(app, proof(org)?, "Montage J-1", &set_up(monday)).await?;
    seed_rates(app, org, monday, people).await?;
    seed_availability(app, org, monday, people).await
}

/// What people cost: most by the hour, those who come with their tools by the day, and the owner is not paid by the mission.
async fn seed_rates(app: &App, org: OrgId, monday: Date, people: &[CrewMember]) -> Result<(), Failure> {
    const BY_DAY: [&str; 3] = ["Marc", "Hugo", "Zoé"];
    for (n, person) in (0i64..).zip(people).skip(1) {
        let by_day = BY_DAY.contains(&first_name(&person.name));
        let (unit, cents) = if by_day { ("day", 24_000 + n * 500) } else { ("hour", 1_850 + n * 25) };
        let rate = NewRate {
            from_date: monday.saturating_sub(90.days()).to_string(),
            unit: unit.into(),
            amount_cents: Some(cents),
            night_percent: 25,
            sunday_percent: 50,
            holiday_percent: 100,
        };
        set_rate(app, proof(org)?, person.id, &rate).await?;
    }
    Ok(())
}

/// Éléonore never comes on Mondays, Camille is away at the start of the last week, and Thomas asks to be.
async fn seed_availability(app: &App, org: OrgId, monday: Date, people: &[CrewMember]) -> Result<(), Failure> {
    let at = |days: i64, time: &str| format!("{}T{time}", monday.saturating_add(days.days()));
    let time_off = |from, to, note: &str| NewAvailability {
        kind: "time_off".into(),
        starts_at: at(from, "00:00"),
        ends_at: at(to, "00:00"),
        note: note.into(),
        ..NewAvailability::default()
    };
    let lessons = NewAvailability {
        kind: "unavailable".into(),
        starts_at: at(-7, "08:00"),
        ends_at: at(-7, "20:00"),
        every_weeks: 1,
        until: monday.saturating_add(180.days()).to_string(),
        note: "Je donne des cours de coupe le lundi.".into(),
    };
    let wanted = [
        ("Éléonore", lessons, false),
        ("Camille", time_off(14, 18, "Congés posés de longue date."), false),
        ("Thomas", time_off(16, 19, "Récupération après le congrès."), true),
    ];
    for (name, new, pending) in wanted {
        let Some(person) = people.iter().find(|person| first_name(&person.name) == name) else { continue };
        declare_for(app, proof(org)?, person.id, &new, pending).await?;
    }
    Ok(())
}
