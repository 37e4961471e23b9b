//! How an answer of the kiosk looks, by what came of the scan: the server draws one, the browser makes others of it.

/// What an outcome changes in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The classes of the screen.
    pub class: &'static str,
    pub icon: &'static str,
    /// How screen readers say it.
    pub role: &'static str,
}

/// The look of `ok`, of `warn`, and of any refusal.
pub fn look(outcome: &str) -> Look {
    let (class, icon, role) = match outcome {
        "ok" => ("kiosk result overlay", "/icons.svg#i-check", "status"),
        "warn" => ("kiosk result overlay warn", "/icons.svg#i-warn", "alert"),
        _ => ("kiosk result overlay no", "/icons.svg#i-x", "alert"),
    };
    Look { class, icon, role }
}
