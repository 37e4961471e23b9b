//! A company to measure with: an owner, a kiosk, people with a phone each. Made by the command line and over HTTP, as
//! anybody would; only the links that would be mailed are read from the spool in the database.

use crate::client::Client;
use crate::server::{Installation, Server};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::collections::VecDeque;
use std::net::SocketAddr;
use tokio::task::JoinSet;

/// Long enough, and nobody's name.
pub const PASSWORD: &str = "le rideau se lève à huit heures";
/// Lines that one import takes.
const IMPORT: usize = 500;
/// Connections that prepare at once.
const HANDS: usize = 16;

/// Settings under which a long preparation does not run out of time: the longest lives that the product allows.
pub fn patient() -> Vec<(&'static str, String)> {
    vec![
        ("EPHEMERAL_TOKEN_EXPIRE_SECONDS", "300".into()),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "60".into()),
        // One owner has thousands of links and invitations mailed.
        ("REGIE_MAILS_BY_MEMBER", "1000000".into()),
    ]
}

/// Somebody with a phone.
#[derive(Clone, Debug)]
pub struct Person {
    /// Access token.
    pub token: String,
    /// The phone's number.
    pub phone: i64,
}

/// An organisation with the key of a kiosk.
#[derive(Clone, Debug)]
pub struct Company {
    pub slug: String,
    pub email: String,
    pub kiosk_key: String,
}

impl Company {
    /// Makes an organisation, its owner and a kiosk; the server need not run.
    ///
    /// # Errors
    /// When the command line refuses.
    pub fn found(on: &Installation, name: &str) -> Result<Self> {
        let email = format!("patron@{name}.example");
        let arguments = ["admin", "create", "--email", &email, "--org", name, "--name", "Claire Vasseur", "--password-stdin"];
        let said = on.run(&arguments, PASSWORD)?;
        let slug = said.trim().rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).context("no slug")?.to_owned();
        let kiosk_key = add_kiosk(on, &slug, "Entrée")?;
        Ok(Self { slug, email, kiosk_key })
    }

    /// The owner, with a phone.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn owner(&self, addr: SocketAddr) -> Result<Person> {
        equip(&mut Client::new(addr), &self.email).await
    }

    /// The address of one of those who are hired.
    pub fn email_of(&self, number: usize) -> String {
        format!("personne-{number}@{}.example", self.slug)
    }

    /// Adds `count` people and gives each an account and a phone.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn hire(&self, on: &Installation, server: &Server, count: usize) -> Result<Vec<Person>> {
        let mut owner = Client::new(server.addr);
        let cookie = owner.sign_in(&self.email, PASSWORD).await?;
        let import = format!("/o/{}/crew/import", self.slug);
        let lines: Vec<String> = (0..count).map(|n| format!("Personne {n};{}", self.email_of(n))).collect();
        for part in lines.chunks(IMPORT) {
            let text = format!("nom;email\n{}", part.join("\n"));
            owner.post_form(&import, &cookie, &[("text", &text), ("step", "add")]).await?;
        }
        let options = SqliteConnectOptions::new().filename(on.database()).read_only(true);
        let mut database = SqliteConnection::connect_with(&options).await.context("cannot read the database")?;
        let crew: Vec<i64> = sqlx::query_scalar("SELECT id FROM crew_members WHERE email LIKE 'personne-%' ORDER BY id")
            .fetch_all(&mut database)
            .await?;
        if crew.len() != count {
            bail!("{} of {count} people were imported", crew.len());
        }
        for id in crew {
            owner.post_form(&format!("/o/{}/crew/{id}/link", self.slug), &cookie, &[]).await?;
        }
        let mails: Vec<(String, String)> =
            sqlx::query_as("SELECT recipient, text_body FROM mails WHERE text_body LIKE '%/join/%' ORDER BY id")
                .fetch_all(&mut database)
                .await?;
        database.close().await.ok();
        join_all(server.addr, mails).await
    }
}

/// Adds a kiosk and gives its key.
///
/// # Errors
/// When the command line refuses.
pub fn add_kiosk(on: &Installation, slug: &str, name: &str) -> Result<String> {
    new_kiosk(on, slug, name, "api_key")
}

/// Adds a kiosk and gives the code that makes a browser its tablet.
///
/// # Errors
/// When the command line refuses.
pub fn add_tablet(on: &Installation, slug: &str, name: &str) -> Result<String> {
    new_kiosk(on, slug, name, "pairing_code")
}

fn new_kiosk(on: &Installation, slug: &str, name: &str, wanted: &str) -> Result<String> {
    let said = on.run(&["kiosk", "add", "--org", slug, "--name", name, "--place", name, "--json"], "")?;
    let kiosk: Value = serde_json::from_str(&said).context("no JSON")?;
    Ok(kiosk[wanted].as_str().with_context(|| format!("no {wanted}"))?.to_owned())
}

/// Answers each mail's link with a password, then signs in from a program and registers a phone.
async fn join_all(addr: SocketAddr, mails: Vec<(String, String)>) -> Result<Vec<Person>> {
    let mut hands = JoinSet::new();
    let share = mails.len().div_ceil(HANDS).max(1);
    for mine in mails.chunks(share).map(<[_]>::to_vec) {
        hands.spawn(async move {
            let mut client = Client::new(addr);
            let mut people = Vec::new();
            for (email, text) in mine {
                let link = text.split_whitespace().find_map(|word| word.split_once("/join/")).context("a mail without a link")?;
                client.post_form(&format!("/join/{}", link.1), "", &[("name", "Personne"), ("password", PASSWORD)]).await?;
                people.push(equip(&mut client, &email).await?);
            }
            anyhow::Ok(people)
        });
    }
    let mut all = Vec::new();
    while let Some(people) = hands.join_next().await {
        all.extend(people.context("a task broke off")??);
    }
    Ok(all)
}

async fn equip(client: &mut Client, email: &str) -> Result<Person> {
    let token = client.log_in(email, PASSWORD).await?;
    let phone = json!({ "device_fingerprint": email, "device_name": "Téléphone" });
    let phone = client.post_json("/api/v1/devices/register", &token, &phone).await?["id"].as_i64().context("no phone")?;
    Ok(Person { token, phone })
}

/// A code that waits for its scan, with the kind of punch it will be.
#[derive(Clone, Debug)]
pub struct Scan {
    pub code: String,
    pub kind: &'static str,
}

/// Asks for a badge code.
///
/// # Errors
/// When the server refuses.
pub async fn code_of(client: &mut Client, person: &Person) -> Result<String> {
    let answer = client.post_json("/api/v1/punch/request-token", &person.token, &json!({ "device_id": person.phone })).await?;
    Ok(answer["qr_token"].as_str().context("no code")?.to_owned())
}

/// For each of `hands` clients, at least `count` scans in all by people of their own, who come and go in turn: whoever
/// came in at one round goes out at the next. Nobody has punched before.
///
/// # Errors
/// When the server refuses.
pub async fn issue(addr: SocketAddr, people: &[Person], hands: usize, count: usize) -> Result<Vec<VecDeque<Scan>>> {
    let mut tasks = JoinSet::new();
    let each = count.div_ceil(hands);
    for (number, mine) in people.chunks(people.len().div_ceil(hands).max(1)).map(<[_]>::to_vec).enumerate() {
        tasks.spawn(async move {
            let mut client = Client::new(addr);
            let mut scans = VecDeque::new();
            while scans.len() < each {
                let kind = if (scans.len() / mine.len()).is_multiple_of(2) { "clock_in" } else { "clock_out" };
                let person = &mine[scans.len() % mine.len()];
                scans.push_back(Scan { code: code_of(&mut client, person).await?, kind });
            }
            anyhow::Ok((number, scans))
        });
    }
    let mut all = Vec::new();
    while let Some(scans) = tasks.join_next().await {
        all.push(scans.context("a task broke off")??);
    }
    all.sort_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, scans)| scans).collect())
}

/// The numbers of all punches that the API lists for these people, in order.
///
/// # Errors
/// When the server refuses.
pub async fn listed(addr: SocketAddr, people: &[Person]) -> Result<Vec<i64>> {
    let mut tasks = JoinSet::new();
    for mine in people.chunks(people.len().div_ceil(HANDS).max(1)).map(<[_]>::to_vec) {
        tasks.spawn(async move {
            let mut client = Client::new(addr);
            let mut ids = Vec::new();
            for person in mine {
                ids.extend(listed_of(&mut client, &person).await?);
            }
            anyhow::Ok(ids)
        });
    }
    let mut all = Vec::new();
    while let Some(ids) = tasks.join_next().await {
        all.extend(ids.context("a task broke off")??);
    }
    all.sort_unstable();
    Ok(all)
}

/// The numbers of all punches that the API lists for somebody.
///
/// # Errors
/// When the server refuses.
pub async fn listed_of(client: &mut Client, person: &Person) -> Result<Vec<i64>> {
    const PAGE: usize = 100;
    let mut ids = Vec::new();
    loop {
        let path = format!("/api/v1/punch/history?limit={PAGE}&offset={}", ids.len());
        let list = client.get_json(&path, &person.token).await?;
        let page: Vec<i64> = list.as_array().context("no list")?.iter().filter_map(|punch| punch["id"].as_i64()).collect();
        ids.extend(&page);
        if page.len() < PAGE {
            return Ok(ids);
        }
    }
}
