//! Somebody who asks in one of the places, and how an answer is checked against a promise.

use crate::support::{Answer, Shop, TestApp};
use regie::kernel::Role;
use serde_json::Value;
use std::collections::BTreeSet;

/// Where the API is, and the organisation that is used there.
pub const BASES: [(&str, &str); 2] = [("/api/v1", "Théâtre du Mail"), ("", "Salle voisine")];

/// What is promised of an answer: names that the predecessors had, and names that are ours.
pub type Names = (&'static str, &'static str);

/// The answer has this status and exactly the promised names and ours; of a list, its first row.
#[track_caller]
pub fn check(answer: &Answer, status: u16, (promised, ours): Names) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    let body = answer.json();
    let one = body.as_array().map_or(&body, |rows| &rows[0]);
    let found: BTreeSet<&str> = one.as_object().unwrap().keys().map(String::as_str).collect();
    let expected: BTreeSet<&str> = promised.split_whitespace().chain(ours.split_whitespace()).collect();
    assert_eq!(found, expected, "{}", answer.text);
}

/// The answer is a refusal in the promised words.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, detail: &str) {
    check(answer, status, ("detail", "type title status code errors"));
    assert_eq!(answer.json()["detail"], detail);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401, "{}", answer.text);
}

/// The answer names the field that is wrong or missing.
#[track_caller]
pub fn invalid(answer: &Answer, field: &str) {
    refused(answer, 422, "Some fields are wrong");
    assert_eq!(answer.json()["errors"][0]["field"], field);
}

pub fn number(answer: &Answer, name: &str) -> i64 {
    answer.json()[name].as_i64().unwrap()
}

pub fn rows(answer: &Answer) -> usize {
    answer.json().as_array().unwrap().len()
}

/// Somebody who asks in one of the places.
pub struct Client<'t> {
    pub test: &'t TestApp,
    pub base: &'static str,
    pub token: String,
}

impl Client<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.test.api("GET", &format!("{}{path}", self.base), &self.token, None).await
    }

    pub async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        self.test.api(method, &format!("{}{path}", self.base), &self.token, Some(body)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.test.api("DELETE", &format!("{}{path}", self.base), &self.token, None).await
    }

    pub async fn kiosk(&self, method: &str, path: &str, key: &str, body: Option<Value>) -> Answer {
        self.test.kiosk_api(method, &format!("{}{path}", self.base), key, body).await
    }
}

/// Who signs in with this address.
pub async fn client<'t>(test: &'t TestApp, base: &'static str, email: &str) -> Client<'t> {
    Client { test, base, token: test.token(email).await }
}

/// A shop with its owner and a technician, in one of the places.
pub struct Stage<'t> {
    pub shop: Shop,
    pub owner: Client<'t>,
    pub tech: Client<'t>,
    /// The technician's number.
    pub karim: i64,
}

pub async fn stage<'t>(test: &'t TestApp, base: &'static str, name: &str) -> Stage<'t> {
    let shop = test.shop(name).await;
    let karim = test.person(&shop, "Karim", Role::Tech).await.id.0;
    let (owner, tech) = (client(test, base, &shop.owner.email).await, client(test, base, &shop.email("Karim")).await);
    Stage { shop, owner, tech, karim }
}
