// What islands need of the browser, in few words.

/** Posts a form; `done` gets the status (0 without network, also when it ends half-way) and the text, once. */
export function post(url, body, done) {
    fetch(url, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body,
        credentials: "same-origin",
        signal: AbortSignal.timeout(8000),
    }).then(async (answer) => [answer.status, await answer.text()]).catch(() => [0, ""]).then(([status, text]) => done(status, text));
}

/** Gets a part of a page; `done` as with `post`. */
export function get(url, done) {
    fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(8000) })
        .then(async (answer) => [answer.status, await answer.text()]).catch(() => [0, ""]).then(([status, text]) => done(status, text));
}

/** What a form would send. */
export const formBody = (form, button) => new URLSearchParams(new FormData(form, button)).toString();

export const every = (ms, tick) => void setInterval(tick, ms);
export const after = (ms, then) => void setTimeout(then, ms);
export const isVisible = () => document.visibilityState === "visible";
export const onVisibility = (changed) => document.addEventListener("visibilitychange", changed);
export const onClick = (element, then) => element.addEventListener("click", then);
export const encode = encodeURIComponent;
export const goTo = (url) => location.assign(url);

/** Loads the page again, and says whether it does: not twice in a minute, so that no page does so on and on. */
export function reload() {
    const now = Date.now();
    if (Math.abs(now - sessionStorage.reloaded) < 60_000) return false;
    sessionStorage.reloaded = now;
    location.reload();
    return true;
}

export const randomKey = () => crypto.getRandomValues(new Uint8Array(16)).reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");

/** Keeps the screen on while the page is visible; asks again when it comes back. */
export function keepAwake() {
    const ask = () => {
        if (navigator.wakeLock && isVisible()) navigator.wakeLock.request("screen").catch(() => {});
    };
    document.addEventListener("visibilitychange", ask);
    ask();
}

/** Passes on what the camera element says, and has said before: ("code", text) or ("state", name). */
export function onCamera(heard) {
    addEventListener("camera-code", (event) => heard("code", event.detail.text));
    addEventListener("camera-state", (event) => heard("state", event.detail.state));
    const before = document.querySelector("kiosk-camera[state]");
    if (before) heard("state", before.getAttribute("state"));
}

/** A code as phones show it: base45 without its space. Some scanners write small letters. */
const CODE = /^[0-9A-Z$%*+\-./:]{24}$/i;
/** What other keys of a US keyboard write that a code can have, plain and with Shift. */
const US_KEYS = { Minus: "-_", Equal: "=+", Semicolon: ";:", Period: ".>", Slash: "/?" };

/** What a US keyboard would have written with this key, in capitals; a question mark where no code has it. */
function onUsKeyboard({ code, key, shiftKey }) {
    const [, letter, digit] = /^(?:Key([A-Z])|Digit(\d))$/.exec(code) ?? [];
    if (letter) return letter;
    if (digit) return shiftKey ? ")!@#$%^&*("[digit] : digit;
    return US_KEYS[code]?.[Number(shiftKey)] ?? (code.startsWith("Numpad") ? key : "?");
}

/**
 * A wedge scanner types without a pause and ends with Enter; slow machines stretch its pauses. Most press the keys of a US
 * keyboard whatever the tablet is set to: a French one then makes `&` of 1 and Q of A. So the places of the keys are read as well
 * as what the tablet makes of them, and what is a code counts. Nothing else in the page comes of its keys: Firefox would search for
 * what follows a slash, and Enter press a button. What a hand presses still does: Enter alone, the space bar, keys with Ctrl.
 */
export function onWedge(heard) {
    let [typed, placed] = ["", ""];
    let last = 0;
    // One code in thousands can be read both ways: then as the last that could not.
    let byPlace = false;
    addEventListener("keydown", (event) => {
        if (event.target.closest?.("input, select, textarea")) return;
        if (event.timeStamp - last > 400) typed = placed = "";
        last = event.timeStamp;
        if (event.key === "Enter") {
            if (typed) event.preventDefault();
            const [isTyped, isPlaced] = [CODE.test(typed), CODE.test(placed)];
            if (isTyped !== isPlaced) byPlace = isPlaced;
            const text = isPlaced && byPlace ? placed : typed;
            typed = placed = "";
            if (text.length >= 16) heard(text);
        } else if (event.key.length === 1 || event.key === "Dead") {
            typed += event.key.length === 1 ? event.key : "?";
            placed += onUsKeyboard(event);
            if (event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey) event.preventDefault();
        }
    });
}

let sound;
/** Two rising tones, or a low one. Silent until the page has been touched once. */
export function beep(good) {
    try {
        // Tones made while the sound stands still would pile up, and be heard all at once when it goes on.
        if (sound && sound.state !== "running") return void sound.resume().catch(() => {});
        sound ??= new AudioContext();
        for (const [pitch, at] of good ? [[660, 0], [880, 0.12]] : [[220, 0], [180, 0.2]]) {
            const tone = sound.createOscillator();
            const level = sound.createGain();
            tone.frequency.value = pitch;
            level.gain.value = 0.15;
            tone.connect(level).connect(sound.destination);
            tone.start(sound.currentTime + at);
            tone.stop(sound.currentTime + at + 0.11);
        }
    } catch { /* a kiosk without sound still shows */ }
}

export function fullScreen() {
    document.documentElement.requestFullscreen?.().catch(() => {});
    sound ??= new AudioContext();
    sound.resume().catch(() => {});
}

/** The time of a place: hours and minutes, seconds, date, each on a line. The date is put together as the server does it. */
export function wallClock(ms, zone, language) {
    const two = "2-digit";
    const asked = { timeZone: zone, weekday: "long", day: "numeric", month: "long", hour: two, minute: two, second: two, hourCycle: "h23" };
    const parts = new Intl.DateTimeFormat(language, asked).formatToParts(ms).map(({ type, value }) => [type, value]);
    const { weekday, day, month, hour, minute, second } = Object.fromEntries(parts);
    return `${hour}:${minute}\n${second}\n${weekday} ${language === "fr" && day === "1" ? "1er" : day} ${month}`;
}
