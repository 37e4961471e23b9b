//! The browser, by way of a few functions of ours in `browser.js`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/islands/live/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = post)]
    fn js_post(url: &str, body: &str, done: JsValue);
    #[wasm_bindgen(js_name = get)]
    fn js_get(url: &str, done: JsValue);
    #[wasm_bindgen(js_name = formBody)]
    pub fn form_body(form: &web_sys::Element, button: &JsValue) -> String;
    #[wasm_bindgen(js_name = every)]
    fn js_every(ms: f64, tick: JsValue);
    #[wasm_bindgen(js_name = after)]
    fn js_after(ms: f64, then: JsValue);
    #[wasm_bindgen(js_name = isVisible)]
    pub fn is_visible() -> bool;
    #[wasm_bindgen(js_name = onVisibility)]
    fn js_on_visibility(changed: JsValue);
    #[wasm_bindgen(js_name = onClick)]
    fn js_on_click(element: &web_sys::Element, then: JsValue);
    #[wasm_bindgen(js_name = encode)]
    pub fn encode(text: &str) -> String;
    #[wasm_bindgen(js_name = randomKey)]
    pub fn random_key() -> String;
    #[wasm_bindgen(js_name = keepAwake)]
    pub fn keep_awake();
    #[wasm_bindgen(js_name = onCamera)]
    fn js_on_camera(heard: JsValue);
    #[wasm_bindgen(js_name = onWedge)]
    fn js_on_wedge(heard: JsValue);
    pub fn beep(good: bool);
    #[wasm_bindgen(js_name = fullScreen)]
    pub fn full_screen();
    #[wasm_bindgen(js_name = goTo)]
    pub fn go_to(url: &str);
    /// Loads the page again, and says whether it does: not twice in a minute.
    pub fn reload() -> bool;
    #[wasm_bindgen(js_name = wallClock)]
    pub fn wall_clock(ms: f64, zone: &str, language: &str) -> String;
}

/// Milliseconds since 1970 by this machine's clock.
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

pub fn post(url: &str, body: &str, done: impl FnOnce(u16, String) + 'static) {
    js_post(url, body, Closure::once_into_js(move |status: u16, text: String| done(status, text)));
}

pub fn get(url: &str, done: impl FnOnce(u16, String) + 'static) {
    js_get(url, Closure::once_into_js(move |status: u16, text: String| done(status, text)));
}

/// Hears an event of a kind on an element, and on all that is in it.
pub fn on<E: JsCast + wasm_bindgen::convert::FromWasmAbi + 'static, R>(
    target: &web_sys::EventTarget,
    kind: &str,
    heard: impl Fn(E) -> R + 'static,
) {
    let heard = Closure::<dyn Fn(E)>::new(move |event| {
        heard(event);
    });
    // Fails for what is no function only.
    let _ = target.add_event_listener_with_callback(kind, heard.into_js_value().unchecked_ref());
}

pub fn every(ms: f64, tick: impl Fn() + 'static) {
    js_every(ms, Closure::<dyn Fn()>::new(tick).into_js_value());
}

pub fn after(ms: f64, then: impl FnOnce() + 'static) {
    js_after(ms, Closure::once_into_js(then));
}

pub fn on_visibility(changed: impl Fn() + 'static) {
    js_on_visibility(Closure::<dyn Fn()>::new(changed).into_js_value());
}

pub fn on_click(element: &web_sys::Element, then: impl Fn() + 'static) {
    js_on_click(element, Closure::<dyn Fn()>::new(then).into_js_value());
}

pub fn on_camera(heard: impl Fn(String, String) + 'static) {
    js_on_camera(Closure::<dyn Fn(String, String)>::new(heard).into_js_value());
}

pub fn on_wedge(heard: impl Fn(String) + 'static) {
    js_on_wedge(Closure::<dyn Fn(String)>::new(heard).into_js_value());
}
