//! The parts that pages are made of.

use super::qr;
use super::refusal::words_of;
use crate::accounts::MIN_PASSWORD;
use crate::kernel::text::{colour_of, initials};
use crate::kernel::{Failure, Lang};
use crate::platform::words::words;
use leptos::prelude::*;

/// An icon of the sprite. It never speaks: the word is beside it.
#[component]
pub fn Icon(name: &'static str, #[prop(optional)] small: bool) -> impl IntoView {
    view! { <svg class=if small { "icon s" } else { "icon" } aria-hidden="true"><use href=format!("/icons.svg#i-{name}") /></svg> }
}

/// Two letters on a colour that stand for a person. The name is beside it.
#[component]
pub fn Avatar(#[prop(into)] name: String) -> impl IntoView {
    view! { <span class=format!("avatar gel-{}", colour_of(&name)) aria-hidden="true">{initials(&name)}</span> }
}

/// The product's mark, of the same sprite: a file of its own would be a request more on every first visit.
#[component]
pub fn Mark() -> impl IntoView {
    view! { <svg class="mark" aria-hidden="true"><use href="/icons.svg#mark" /></svg> }
}

/// What a form was given and what was wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub failure: Option<Failure>,
    pub values: Vec<(&'static str, String)>,
}

impl Typed {
    pub fn value(&self, name: &str) -> String {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub fn error(&self, name: &str, lang: Lang) -> Option<String> {
        self.failure.as_ref()?.of(name).map(|code| words_of(code, lang))
    }

    /// Whether somebody else has stored something since the form was opened.
    pub fn is_stale(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.code == "stale")
    }

    /// The version that the form goes on from: the one it was opened with, as its value `version` says, until its reader has been told what
    /// somebody else has stored.
    pub fn version(&self, stored: i64) -> i64 {
        if self.is_stale() { stored } else { self.value("version").parse().unwrap_or(stored) }
    }

    fn is_wrong(&self, name: &str) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.of(name).is_some())
    }

    /// What the input of a field has as `aria-invalid`.
    pub fn invalid(&self, name: &str) -> Option<&'static str> {
        self.is_wrong(name).then_some("true")
    }

    /// What the input with this `id` has as `aria-describedby`: its help, if it has one, and its [`FieldError`].
    pub fn described(&self, name: &str, id: &str, has_help: bool) -> Option<String> {
        let parts = [has_help.then_some("help"), self.is_wrong(name).then_some("error")];
        let ids: Vec<_> = parts.into_iter().flatten().map(|part| format!("{id}-{part}")).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// A labelled field with its error. Its `id` is its name, unless the page has another field of that name.
#[component]
pub fn Field(
    typed: Typed,
    lang: Lang,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] id: String,
    #[prop(optional, into)] autocomplete: String,
    #[prop(optional, into)] help: String,
    #[prop(optional)] required: bool,
    #[prop(optional)] maxlength: Option<i64>,
) -> impl IntoView {
    let id = if id.is_empty() { name.to_owned() } else { id };
    let value = if kind == "password" { String::new() } else { typed.value(name) };
    let (invalid, described) = (typed.invalid(name), typed.described(name, &id, !help.is_empty()));
    let help_id = format!("{id}-help");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id.clone() name=name type=kind value=value required=required maxlength=maxlength
                autocomplete=(!autocomplete.is_empty()).then_some(autocomplete)
                aria-invalid=invalid aria-describedby=described />
            {(!help.is_empty()).then(|| view! { <p class="help" id=help_id>{help}</p> })}
            <FieldError typed lang name id />
        </div>
    }
}

/// What is wrong with a field, for the input that says so with [`Typed::invalid`] and [`Typed::described`].
#[component]
pub fn FieldError(typed: Typed, lang: Lang, name: &'static str, #[prop(optional, into)] id: String) -> impl IntoView {
    let id = if id.is_empty() { name.to_owned() } else { id };
    let error = typed.error(name, lang);
    error.map(|text| view! { <p class="error" id=format!("{id}-error")><Icon name="stop" small=true />{text}</p> })
}

/// What is wrong with a form as a whole, at its top.
#[component]
pub fn FormError(typed: Typed, lang: Lang) -> impl IntoView {
    typed.failure.as_ref().map(|failure| {
        let text = words_of(&failure.code, lang);
        view! { <div class="note danger" role="alert"><Icon name="stop" /><p>{text}</p></div> }
    })
}

/// A word of state with its colour and icon.
#[component]
pub fn Pill(tone: &'static str, icon: &'static str, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=format!("pill {tone}")><Icon name=icon small=true />{text}</span> }
}

/// Nothing to show, and what to do about it.
#[component]
pub fn Empty(#[prop(into)] title: String, #[prop(into)] text: String) -> impl IntoView {
    view! { <div class="empty"><Icon name="empty" /><p class="strong">{title}</p><p class="muted">{text}</p></div> }
}

/// A field for a new password, with a meter for browsers that run scripts.
#[component]
pub fn NewPassword(typed: Typed, lang: Lang) -> impl IntoView {
    let t = words(lang);
    view! {
        <Field typed lang name="password" label=t.field_new_password() kind="password" autocomplete="new-password" help=t.field_password_help() required=true />
        <password-strength data-least=MIN_PASSWORD.to_string() data-short=t.strength_short() data-own=t.strength_own() data-same=t.strength_same() data-good=t.strength_good()></password-strength>
        <script type="module" src="/account.js"></script>
    }
}

/// Asks for the present password, before something that matters.
#[component]
pub fn PresentPassword(typed: Typed, lang: Lang, #[prop(into)] id: String) -> impl IntoView {
    let label = words(lang).field_present_password();
    view! { <Field typed lang name="present_password" label kind="password" id autocomplete="current-password" required=true /> }
}

/// A field as it is stored.
pub struct Stored {
    name: &'static str,
    label: String,
    value: String,
    /// The value as people read it.
    words: String,
}

impl Stored {
    pub fn new(name: &'static str, label: String, value: &str) -> Self {
        Self { name, label, value: value.to_owned(), words: value.to_owned() }
    }

    /// For a value that is a code.
    pub fn in_words(self, words: String) -> Self {
        Self { words, ..self }
    }
}

/// What somebody else has stored since a form was opened, where it is not what was typed.
#[component]
pub fn Meanwhile(typed: Typed, lang: Lang, known: Vec<Stored>) -> impl IntoView {
    let is_typed = |field: &Stored| typed.value(field.name).replace("\r\n", "\n").trim() == field.value;
    let others: Vec<_> = known.into_iter().filter(|field| typed.is_stale() && !is_typed(field)).collect();
    (!others.is_empty()).then(|| {
        let facts = others.into_iter().map(|Stored { label, words, .. }| {
            let words = if words.is_empty() { "–".to_owned() } else { words };
            view! { <dt>{label}</dt><dd>{words}</dd> }
        });
        let facts = facts.collect_view();
        view! { <div class="note info"><Icon name="info" /><div><p class="strong">{words(lang).stored_meanwhile()}</p><dl class="facts">{facts}</dl></div></div> }
    })
}

/// A text as a QR code, black on white on screens and on paper.
#[component]
pub fn QrCode(#[prop(into)] text: String, #[prop(into)] label: String) -> impl IntoView {
    qr::text(&text).map(|drawn| {
        let (view_box, paper) = (format!("0 0 {0} {0}", drawn.side), format!("M0 0h{0}v{0}H0z", drawn.side));
        view! { <svg class="qr-print" viewBox=view_box role="img" aria-label=label shape-rendering="crispEdges"><path fill="#fff" d=paper /><path stroke="#000" d=drawn.path /></svg> }
    })
}
