//! The parts that pages are made of.

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
}

/// A labelled field with its error.
#[component]
pub fn Field(
    typed: Typed,
    lang: Lang,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] autocomplete: String,
    #[prop(optional, into)] help: String,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let error = typed.error(name, lang);
    let value = if kind == "password" { String::new() } else { typed.value(name) };
    let described = [(!help.is_empty()).then(|| format!("{name}-help")), error.as_ref().map(|_| format!("{name}-error"))];
    let described = described.into_iter().flatten().collect::<Vec<_>>().join(" ");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input class="input" id=name name=name type=kind value=value required=required
                autocomplete=(!autocomplete.is_empty()).then_some(autocomplete)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=(!described.is_empty()).then_some(described) />
            {(!help.is_empty()).then(|| view! { <p class="help" id=format!("{name}-help")>{help}</p> })}
            {error.map(|text| view! { <p class="error" id=format!("{name}-error")><Icon name="stop" small=true />{text}</p> })}
        </div>
    }
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
pub fn PresentPassword(typed: Typed, lang: Lang, id: &'static str) -> impl IntoView {
    let t = words(lang);
    let error = typed.error("present_password", lang);
    view! {
        <div class="field">
            <label for=id>{t.field_present_password()}</label>
            <input class="input" id=id name="present_password" type="password" autocomplete="current-password" required
                aria-invalid=error.is_some().then_some("true") aria-describedby=error.is_some().then(|| format!("{id}-error")) />
            {error.map(|text| view! { <p class="error" id=format!("{id}-error")><Icon name="stop" small=true />{text}</p> })}
        </div>
    }
}
