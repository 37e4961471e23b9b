//! The server's stand-in for the browser: effects do not run there, so nothing here is ever called.

pub fn post(_url: &str, _body: &str, _done: impl FnOnce(u16, String) + 'static) {}
pub fn every(_ms: f64, _tick: impl Fn() + 'static) {}
pub fn after(_ms: f64, _then: impl FnOnce() + 'static) {}
pub fn is_visible() -> bool {
    true
}
pub fn on_visibility(_changed: impl Fn() + 'static) {}
pub fn encode(text: &str) -> String {
    text.to_owned()
}
pub fn random_key() -> String {
    String::new()
}
pub fn keep_awake() {}
pub fn on_camera(_heard: impl Fn(String, String) + 'static) {}
pub fn on_wedge(_heard: impl Fn(String) + 'static) {}
pub fn beep(_good: bool) {}
pub fn full_screen() {}
pub fn wall_clock(_ms: f64, _zone: &str, _language: &str) -> String {
    String::new()
}
pub fn now_ms() -> f64 {
    0.0
}
