//! The two sides agree: what the browser's part asks the page for is in what the server draws.

use super::badge::{BadgeCode, BadgeIsland, BadgeIslandProps, BadgeWords};
use super::kiosk::{Answer, KioskIsland, KioskIslandProps, KioskResult, KioskResultProps, KioskWords};
use leptos::prelude::*;

fn badge(next: &str, left_ms: i64) -> String {
    let first =
        BadgeCode { path: "M0 0h7".into(), side: 33, left_ms, life_ms: 30_000, next: next.into(), since: "depuis 08:02".into() };
    let word = |text: &str| text.to_owned();
    let words = BadgeWords {
        enter: word("Entrée"),
        exit: word("Sortie"),
        pause_end: word("Fin de pause"),
        renews: word("Nouveau code dans"),
        failed: word("Pas de réseau"),
        label: word("Code"),
    };
    let props = BadgeIslandProps { first, words, renew_url: "/o/x/badge/code".into() };
    Owner::new().with(|| BadgeIsland(props).to_html()).replace("<!>", "")
}

fn kiosk_words() -> KioskWords {
    let word = |text: &str| text.to_owned();
    KioskWords {
        title: word("Présentez votre QR"),
        place: word("Théâtre"),
        online: word("En ligne"),
        offline: word("Réseau coupé"),
        camera_starting: word("La caméra démarre"),
        camera_live: word("La caméra lit"),
        camera_refused: word("Caméra refusée"),
        camera_absent: word("Pas de caméra"),
        camera_lost: word("Caméra perdue"),
        reading: word("On lit"),
        lost_title: word("Pas de réseau"),
        lost_text: word("Réessayez"),
        nothing: word("Rien"),
        recorded: word("Noté"),
        full_screen: word("Plein écran"),
        clock: word("L'heure"),
        clock_fast: word("Elle avance"),
        clock_slow: word("Elle retarde"),
        inactive_title: word("Borne arrêtée"),
        inactive_text: word("Elle ne lit pas"),
        inactive_step: word("Prévenez la régie"),
        unpaired_title: word("Tablette non jumelée"),
        unpaired_text: word("Ce n'est plus une borne"),
        unpaired_step: word("Demandez un code"),
        unpaired_wait: word("Attendez"),
        pair: word("Jumeler"),
    }
}

fn kiosk() -> String {
    let word = |text: &str| text.to_owned();
    let (words, time_zone, language) = (kiosk_words(), word("Europe/Paris"), word("fr"));
    let props = KioskIslandProps { words, worker: word("/w.js"), decoder: word("/d.wasm"), time_zone, language, server_ms: 7 };
    Owner::new().with(|| KioskIsland(props).to_html()).replace("<!>", "")
}

/// The literal arguments of a method's calls.
fn asked<'a>(source: &'a str, method: &str) -> Vec<&'a str> {
    let call = format!(".{method}(\"");
    source.split(call.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_part_and_fact_that_the_browser_wants_is_drawn() {
    for (source, html) in [(include_str!("live/badge.rs"), badge("in", 30_000)), (include_str!("live/kiosk.rs"), kiosk())] {
        let parts = asked(source, "part");
        assert!(parts.len() > 5, "{parts:?}");
        for part in parts {
            assert_eq!(html.matches(&format!("data-part=\"{part}\"")).count(), 1, "{part} in {html}");
        }
        for fact in asked(source, "fact").into_iter().chain(asked(source, "fact_number")) {
            assert!(html.contains(&format!(" data-{fact}=\"")), "{fact} in {html}");
        }
    }
}

#[test]
fn the_first_picture_of_the_badge_is_complete() {
    let html = badge("out", 29_500);
    for piece in [
        "href=\"/icons.svg#i-exit\"",
        ">Sortie</span>",
        ">depuis 08:02</p>",
        "class=\"qr\"",
        "stroke-dashoffset=\"-1\"",
        ">30 s</strong>",
        "d=\"M0 0h7\"",
        "viewBox=\"0 0 33 33\"",
        "role=\"alert\" hidden",
    ] {
        assert!(html.contains(piece), "{piece} in {html}");
    }
    assert!(badge("break_end", 1).contains(">Fin de pause</span>"));
    assert!(badge("in", 0).contains("class=\"qr veiled\""), "an ended code is not shown");
}

#[test]
fn the_kiosk_shows_no_answer_before_the_first_scan() {
    let html = kiosk();
    let result = html.split("data-part=\"result\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
    assert!(result.contains("hidden"), "{result}");
}

/// The server's answer is on the page of components; on a tablet the browser's part puts it together.
#[test]
fn an_answer_of_the_server_has_the_elements_that_the_browser_adds() {
    let word = |text: &str| text.to_owned();
    let (facts, steps) = (vec![(word("Aujourd'hui"), word("7 h"))], vec![word("Recommencez")]);
    let answer = Answer { outcome: word("ok"), facts, steps, ..Answer::default() };
    let props = KioskResultProps { words: kiosk_words(), answer, is_shown: true };
    let html = Owner::new().with(|| KioskResult(props).to_html()).replace("<!>", "");
    let lists = html.split("data-part=\"facts\"").nth(1).and_then(|rest| rest.split("</ol>").next()).unwrap();
    let tags = lists.split('<').skip(1).filter_map(|tag| tag.split([' ', '>']).next());
    let tags: Vec<_> = tags.filter(|tag| !tag.starts_with('/') && *tag != "ol").collect();
    assert_eq!(tags, asked(include_str!("live/kiosk.rs"), "add"), "{html}");
    for piece in ["class=\"kiosk result overlay\"", "role=\"status\"", ">Noté</span>"] {
        assert!(html.contains(piece), "{piece} in {html}");
    }
}
