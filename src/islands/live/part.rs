//! An element of the page that says something, and the facts of an answer.

use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

/// An element that the server drew with `data-part` or `data-island`, or one that was added to it.
pub struct Part(Element);

impl Part {
    /// The island of this name, if the page has one.
    pub fn island(name: &str) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        document.query_selector(&["[data-island=", name, "]"].concat()).ok()?.map(Self)
    }

    /// The part of this name in it.
    pub fn part(&self, name: &str) -> Option<Self> {
        self.0.query_selector(&["[data-part=", name, "]"].concat()).ok()?.map(Self)
    }

    /// What the server wrote into a `data-` attribute.
    pub fn fact(&self, name: &str) -> Option<String> {
        self.0.get_attribute(&["data-", name].concat())
    }

    /// A number from a `data-` attribute.
    pub fn fact_number(&self, name: &str) -> Option<i64> {
        self.fact(name)?.parse().ok()
    }

    /// Sets the text. The same text is not set again: screen readers would say it again.
    pub fn say(&self, text: &str) {
        if self.0.text_content().as_deref() != Some(text) {
            self.0.set_text_content(Some(text));
        }
    }

    /// Sets an attribute.
    pub fn set(&self, name: &str, value: &str) {
        // Fails for names that are none only.
        let _ = self.0.set_attribute(name, value);
    }

    /// Hides or shows it.
    pub fn hide(&self, is_hidden: bool) {
        let _ = self.0.toggle_attribute_with_force("hidden", is_hidden);
    }

    /// Adds an element with a text at its end.
    pub fn add(&self, tag: &str, text: &str) -> Option<Self> {
        let element = self.0.owner_document()?.create_element(tag).ok()?;
        if !text.is_empty() {
            element.set_text_content(Some(text));
        }
        self.0.append_child(&element).ok()?;
        Some(Self(element))
    }

    /// The element, for `browser.js`.
    pub fn element(&self) -> &Element {
        &self.0
    }
}

/// What the server answered: a JSON object. Whatever is not there, or is something else, is `None`.
pub struct Facts(JsValue);

impl Facts {
    pub fn read(json: &str) -> Option<Self> {
        JSON::parse(json).ok().map(Self)
    }

    fn get(&self, name: &str) -> Option<JsValue> {
        Reflect::get(&self.0, &name.into()).ok()
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_string()
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    /// Yes or no.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// The items of a list.
    pub fn list(&self, name: &str) -> Option<Vec<JsValue>> {
        Some(self.get(name)?.dyn_into::<Array>().ok()?.to_vec())
    }
}
