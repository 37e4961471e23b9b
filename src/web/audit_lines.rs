//! Rows of the audit as people read them, for the page and for the table that is downloaded.

use super::audit_words::{EventWords, change_word, event_words, fact_word, job_word, subject_word, system_words};
use super::refusal::words_of;
use super::shell::role_word;
use crate::accounts::client_words;
use crate::audit::{AuditRow, Name, Names};
use crate::kernel::zone::{Local, Zone};
use crate::kernel::{Instant, Lang, Role};
use crate::platform::words::{Words, words};
use serde_json::{Map, Value};

/// One row in words.
pub struct Line {
    pub seq: i64,
    pub time: Local,
    pub who: Person,
    pub event: EventWords,
    /// What kind of thing it is about.
    pub subject: String,
    /// What that is called.
    pub object: String,
    pub facts: Vec<Fact>,
    pub address: String,
    pub request: String,
    pub hash: String,
    pub action: String,
}

/// Who did it.
pub struct Person {
    pub name: String,
    /// What it is, when it is not a person at work.
    pub icon: Option<&'static str>,
    pub note: String,
}

/// One fact: a value, or what became of what.
pub struct Fact {
    pub label: String,
    pub before: Option<String>,
    pub value: String,
}

impl Fact {
    /// The fact in one line of text.
    pub fn text(&self) -> String {
        match &self.before {
            Some(before) => format!("{}: {before} → {}", self.label, self.value),
            None => format!("{}: {}", self.label, self.value),
        }
    }
}

/// Puts rows into words.
pub struct Teller<'a> {
    pub lang: Lang,
    pub zone: Zone,
    pub names: &'a Names,
}

impl Teller<'_> {
    fn t(&self) -> &'static Words {
        words(self.lang)
    }

    pub fn line(&self, row: AuditRow) -> Line {
        let facts = match serde_json::from_str(&row.detail) {
            Ok(Value::Object(facts)) => facts,
            _ => Map::new(),
        };
        let unknown = || EventWords { tone: "", icon: "info", text: row.action.clone() };
        let (subject, object) = self.subject(&row, &facts);
        Line {
            seq: row.seq,
            time: self.zone.local(Instant(row.at)),
            who: self.who(&row),
            event: event_words(&row.action, self.lang).unwrap_or_else(unknown),
            facts: self.facts(&row.action, &object, &facts),
            subject,
            object,
            address: row.address,
            request: row.request_id,
            hash: row.hash,
            action: row.action,
        }
    }

    /// An account's name, or what stands for it.
    fn account(&self, id: i64) -> String {
        match self.names.of("account", id) {
            Some(Name { name, .. }) if name.is_empty() => self.t().audit_erased(),
            Some(Name { name, .. }) => name.clone(),
            None => self.t().audit_unknown_account(id),
        }
    }

    /// A thing's name, with whose it is.
    fn named(&self, kind: &str, id: i64) -> Option<String> {
        if matches!(kind, "account" | "platform" | "support") {
            return Some(self.account(id));
        }
        let Name { name, owner } = self.names.of(kind, id)?;
        // What a browser calls itself is long and meant for programs.
        let name = if kind == "session" && (name.is_empty() || name.contains('/')) {
            client_words(name, self.t())
        } else {
            name.clone()
        };
        Some(match owner {
            Some(owner) if !owner.is_empty() => self.t().audit_of(name, owner.clone()),
            _ => name,
        })
    }

    fn who(&self, row: &AuditRow) -> Person {
        let t = self.t();
        let person = |name: String, icon, note: String| Person { name, icon, note };
        let named = |kind: &str| row.actor_id.and_then(|id| self.named(kind, id)).unwrap_or_default();
        match row.actor_kind.as_str() {
            "account" => person(named("account"), None, String::new()),
            "platform" => person(named("account"), None, t.audit_who_platform()),
            "support" => person(named("account"), Some("shield"), t.audit_who_support()),
            "kiosk" => person(t.audit_who_kiosk(named("kiosk")), Some("tablet"), String::new()),
            "token" => person(t.audit_who_token(named("token")), Some("key"), String::new()),
            // Who has just proved to be somebody was nobody before.
            "nobody" if matches!(row.action.as_str(), "account.signed_in" | "factor.used") => {
                person(row.subject_id.map(|id| self.account(id)).unwrap_or_default(), None, String::new())
            }
            "nobody" => person(t.audit_nobody(), Some("user"), String::new()),
            reason => person(t.audit_who_system(), Some("gear"), system_words(reason, t)),
        }
    }

    fn subject(&self, row: &AuditRow, facts: &Map<String, Value>) -> (String, String) {
        let word = subject_word(&row.subject_kind, self.t()).unwrap_or_else(|| row.subject_kind.clone());
        let name = row.subject_id.and_then(|id| self.named(&row.subject_kind, id));
        // What is gone is named by the facts that were written when it was there.
        let kept = || {
            let text = |name: &str| facts.get(name).and_then(Value::as_str).map(str::to_owned);
            let account = facts.get("account").and_then(Value::as_i64).map(|id| self.account(id));
            account.or_else(|| text("name")).or_else(|| text("email"))
        };
        (word, name.or_else(kept).unwrap_or_default())
    }

    fn facts(&self, action: &str, object: &str, facts: &Map<String, Value>) -> Vec<Fact> {
        let mut told = Vec::new();
        match (facts.get("before"), facts.get("after")) {
            (Some(Value::Object(before)), Some(Value::Object(after))) => {
                for (name, value) in after.iter().filter(|(name, value)| before.get(*name) != Some(*value)) {
                    let was = before.get(name).map(|was| self.value(action, name, was));
                    told.push(Fact { label: self.label(name), before: was, value: self.value(action, name, value) });
                }
            }
            (before, Some(after)) => {
                let before = before.filter(|before| *before != after).map(|before| self.value(action, "before", before));
                let value = self.value(action, "after", after);
                told.push(Fact { label: change_word(action, self.t()), before, value });
            }
            _ => {}
        }
        for (name, value) in facts.iter().filter(|(name, _)| !matches!(name.as_str(), "before" | "after")) {
            let value = self.value(action, name, value);
            // The object's name stands beside it already.
            if value != object {
                told.push(Fact { label: self.label(name), before: None, value });
            }
        }
        told
    }

    fn label(&self, name: &str) -> String {
        fact_word(name, self.lang).unwrap_or_else(|| name.replace('_', " "))
    }

    fn value(&self, action: &str, name: &str, value: &Value) -> String {
        let t = self.t();
        match value {
            Value::Null => t.value_none(),
            Value::Bool(true) => t.value_yes(),
            Value::Bool(false) => t.value_no(),
            Value::Number(number) => {
                let known = number.as_i64().and_then(|id| self.named(name, id));
                known.unwrap_or_else(|| number.to_string())
            }
            Value::String(text) if text.is_empty() => t.value_none(),
            Value::String(text) => self.code(action, name, text),
            other => other.to_string(),
        }
    }

    /// The words for a code; a text that is none stays as it is.
    fn code(&self, action: &str, name: &str, text: &str) -> String {
        let t = self.t();
        let role = || Role::parse(text).map(|role| role_word(role, t));
        let known = match (name, text) {
            ("role" | "second_factor_from", _) => role(),
            ("before" | "after", _) if action == "member.role_changed" => role(),
            ("kind", "in") => Some(t.kind_in()),
            ("kind", "out") => Some(t.kind_out()),
            ("kind", "break_start") => Some(t.kind_break_start()),
            ("kind", "break_end") => Some(t.kind_break_end()),
            ("kind", "lapse") => Some(t.hours_forgotten()),
            ("kind", "totp") | ("method", "totp") => Some(t.value_totp()),
            ("kind", "browser") => Some(t.value_browser()),
            ("kind", "api") => Some(t.value_api()),
            ("kind" | "method", "passkey") => Some(t.method_passkey()),
            ("method", "password") => Some(t.method_password()),
            ("method", "password+totp") => Some(t.method_totp()),
            ("method", "password+recovery") => Some(t.method_recovery()),
            ("method", "recovery") => Some(t.second_recovery()),
            ("language", "fr") => Some("Français".to_owned()),
            ("language", "en") => Some("English".to_owned()),
            ("job", _) => Some(job_word(text, t)),
            ("scopes", _) => Some(scope_words(text, t)),
            ("reason", _) if action == "punch.refused" => Some(words_of(text, self.lang)),
            _ => None,
        };
        known.unwrap_or_else(|| text.to_owned())
    }
}

fn scope_words(scopes: &str, t: &Words) -> String {
    let word = |scope: &str| match scope {
        "read" => t.scope_read(),
        "write" => t.scope_write(),
        "admin" => t.scope_admin(),
        other => other.to_owned(),
    };
    scopes.split_whitespace().map(word).collect::<Vec<_>>().join(", ")
}
