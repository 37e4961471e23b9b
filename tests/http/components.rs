//! The living page of components shows what the style sheet has, as the pages have it.

use super::planning::Room;
use crate::support::{TestApp, each_app};
use serde_json::json;
use std::collections::BTreeSet;

const SHEET: &str = include_str!("../../style/components.css");

/// Classes of the style sheet that the page does not show, and why.
const EXCEPTIONS: [(&str, &str); 3] = [
    ("board", "the whole sheet is the planner's: its parts are shown in a sheet that is not"),
    ("rail", "the narrow navigation beside such a sheet; a page has one navigation"),
    ("gate", "the frame of pages without an organisation; a page has one frame"),
];

/// What the browser does to a sheet that the server has drawn.
const LIVE: [&str; 3] = [
    include_str!("../../src/islands/live/planner/drag.rs"),
    include_str!("../../src/islands/live/planner/grid.rs"),
    include_str!("../../src/islands/live/planner/mod.rs"),
];

/// What the page shows by itself although pages have it, each on its own: where it is, and the class that it begins with.
const BY_ITSELF: [(&str, &str); 9] = [
    ("messages", "note"),
    ("fields", "check"),
    ("choices", "tabs"),
    ("choices", "segmented"),
    ("choices", "filters"),
    ("places", "page-head"),
    ("places", "section-head"),
    ("places", "pages"),
    ("tables", "table-wrap"),
];

/// The classes that a style sheet names. The rule: outside of comments and of quoted text, a dot before a letter begins a class,
/// which goes on with letters, digits, `-` and `_`. The dot of a number stands before a digit.
fn classes(sheet: &str) -> BTreeSet<String> {
    let after_comment = |part: &str| part.split_once("*/").map_or_else(String::new, |(_, rest)| rest.to_owned());
    let mut parts = sheet.split("/*");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    plain.extend(parts.map(after_comment));
    let unquoted: String = plain.split('"').step_by(2).collect();
    let begins = |rest: &&str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let dotted = unquoted.split('.').skip(1).filter(begins);
    dotted.map(|rest| rest.chars().take_while(|c| goes_on(*c)).collect::<String>()).collect()
}

/// The words of all attributes of this name.
fn words<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    let values = page.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next());
    values.flat_map(str::split_whitespace).collect()
}

/// An element without what varies: its tag, a heading's without its depth, and its classes without tones and colours.
fn shape(tag: &str) -> String {
    let name = tag.split([' ', '/']).next().unwrap_or_default();
    let is_heading = matches!(name.as_bytes(), [b'h', b'1'..=b'6']);
    let varies = |class: &&str| class.starts_with("gel-") || ["positive", "warning", "danger", "info", "accent"].contains(class);
    let mut classes = words(tag, "class");
    classes.retain(|class| !varies(class));
    classes.sort_unstable();
    let name = if is_heading { "h" } else { name };
    [name].into_iter().chain(classes).collect::<Vec<_>>().join(".")
}

/// The elements of this class and all that is in them, each with what it stands in: `nav.tabs a`.
fn shapes(page: &str, class: &str) -> BTreeSet<String> {
    let mut open: Vec<(&str, String)> = Vec::new();
    let mut found = BTreeSet::new();
    for tag in page.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        if let Some(name) = tag.strip_prefix('/') {
            while open.pop().is_some_and(|(last, _)| last != name) {}
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        open.push((name, shape(tag)));
        if let Some(first) = open.iter().position(|(_, shape)| shape.split('.').skip(1).any(|known| known == class)) {
            found.insert(open[first..].iter().map(|(_, shape)| shape.as_str()).collect::<Vec<_>>().join(" "));
        }
        if ["!DOCTYPE", "br", "hr", "img", "input", "link", "meta"].contains(&name) {
            open.pop();
        }
    }
    found
}

/// A part of the page of components.
fn part<'a>(page: &'a str, id: &str) -> &'a str {
    let start = format!("<h2 id=\"{id}\">");
    page.split_once(start.as_str()).and_then(|(_, rest)| rest.split("</section>").next()).unwrap_or_else(|| panic!("no {id}"))
}

/// Pages of an organisation in use that have what the page of components shows by itself.
async fn pages(test: &TestApp) -> Vec<String> {
    let room = Room::open(test, "Théâtre du Mail").await;
    let mission = json!({ "title": "Montage", "starts_at": "2026-12-07T09:00", "ends_at": "2026-12-07T17:00", "break_minutes": 60,
        "needs": [{ "role": "Son" }] });
    let mission = room.done("POST", "/missions", Some(mission)).await["id"].as_i64().unwrap();
    let (base, owner) = (format!("/o/{}", room.shop.org.slug), test.cookie(&room.shop.owner.email).await);
    let mut pages = Vec::new();
    for (method, path) in [
        ("GET", "/members".to_owned()),
        ("GET", "/crew".to_owned()),
        ("GET", format!("/crew/{}/hours", room.karim)),
        ("GET", format!("/missions/{mission}")),
        ("GET", format!("/missions/{mission}/candidates")),
        ("GET", "/audit?before=1000000".to_owned()),
        ("POST", "/audit".to_owned()),
    ] {
        let page = test.browse(method, &format!("{base}{path}"), &owner, "").await;
        assert_eq!(page.status, 200, "{method} {path}: {}", page.text);
        pages.push(page.text);
    }
    pages
}

#[test]
fn a_shape_is_what_an_element_stands_in() {
    let page = r#"<p class="b">x</p><div id="a" class="note warning b"><svg class="s icon"><use href="/i"></use></svg><br>
        <h3 class="gel-1">1</h3></div><i class="b"></i>"#;
    let found: Vec<String> = shapes(page, "note").into_iter().collect();
    assert_eq!(found, ["div.b.note", "div.b.note br", "div.b.note h", "div.b.note svg.icon.s", "div.b.note svg.icon.s use"]);
    assert_eq!(shapes(page, "b").len(), 7);
}

#[test]
fn a_class_is_a_dot_before_a_letter() {
    let sheet = r#"/* .no {} */ .a, .b-c:is(.d_1, a.e)::before {margin:.5rem -.25em; content:".no"; background:url("data:x.no")}
        .f {.g & {width:calc(1.5 * var(--s-1))} &.h {opacity:.3}} /* .no */"#;
    let found: Vec<String> = classes(sheet).into_iter().collect();
    assert_eq!(found, ["a", "b-c", "d_1", "e", "f", "g", "h"]);
}

#[tokio::test]
async fn every_class_of_the_style_sheet_is_on_the_page_of_components() {
    let known = classes(SHEET);
    assert!(known.len() > 150 && known.contains("btn") && known.contains("kiosk"), "only {known:?}");
    each_app(async |test| {
        let page = test.browse("GET", "/dev/components", "", "").await;
        assert_eq!(page.status, 200, "{}", page.text);
        let shown: BTreeSet<&str> = words(&page.text, "class").into_iter().collect();
        let is_excepted = |class: &str| EXCEPTIONS.iter().any(|(name, _)| *name == class);
        let missing = known.iter().filter(|class| !shown.contains(class.as_str()) && !is_excepted(class.as_str()));
        let missing: Vec<_> = missing.collect();
        assert!(missing.is_empty(), "show them on /dev/components, or say why not: {missing:?}");
        let over = EXCEPTIONS.iter().filter(|(class, _)| !known.contains(*class) || shown.contains(class));
        let over: Vec<_> = over.collect();
        assert!(over.is_empty(), "no exceptions any more: {over:?}");
    })
    .await;
}

#[tokio::test]
async fn the_page_of_components_is_whole_in_both_languages() {
    each_app(async |test| {
        for (cookie, language) in [("language=fr", "fr"), ("language=en", "en")] {
            let page = test.browse("GET", "/dev/components", cookie, "").await;
            assert!(page.status == 200 && page.text.contains(&format!("<html lang=\"{language}\"")), "{language}");
            let mut ids = BTreeSet::new();
            for id in words(&page.text, "id") {
                assert!(ids.insert(id), "{id} is there twice");
            }
            for attribute in ["for", "aria-labelledby", "aria-describedby"] {
                for id in words(&page.text, attribute) {
                    assert!(ids.contains(id), "{attribute}: there is no {id}");
                }
            }
            assert!(!page.text.contains(" style="), "the policy of content lets no style in");
        }
    })
    .await;
}

#[tokio::test]
async fn the_classes_that_the_browser_gives_are_on_the_page_of_components() {
    let mut given = BTreeSet::new();
    for source in LIVE {
        for call in [".add_1(\"", ".toggle_with_force(\""] {
            given.extend(source.split(call).skip(1).filter_map(|rest| rest.split('"').next()));
        }
    }
    assert!(given.len() > 2 && given.contains("over"), "only {given:?}");
    each_app(async |test| {
        let page = test.browse("GET", "/dev/components", "", "").await;
        let shown: BTreeSet<&str> = words(&page.text, "class").into_iter().collect();
        let missing: Vec<_> = given.difference(&shown).collect();
        assert!(missing.is_empty(), "show them on /dev/components: {missing:?}");
    })
    .await;
}

#[tokio::test]
async fn what_the_page_of_components_shows_by_itself_is_made_as_on_a_page() {
    each_app(async |test| {
        let shown = test.browse("GET", "/dev/components", "", "").await.text;
        let pages = pages(&test).await;
        for (id, class) in BY_ITSELF {
            let known: BTreeSet<String> = pages.iter().flat_map(|page| shapes(page, class)).collect();
            let shown = shapes(part(&shown, id), class);
            assert!(!shown.is_empty(), "{id} shows no {class}");
            let only_there: Vec<_> = shown.difference(&known).collect();
            assert!(only_there.is_empty(), "{id}: no page has {only_there:#?}");
        }
    })
    .await;
}

/// An icon that is not in the file is an empty square.
#[test]
fn every_icon_is_in_the_file() {
    let icons = std::fs::read_to_string("public/icons.svg").unwrap();
    let mut used = 0;
    for (path, code) in crate::architecture::files(std::path::Path::new("src")) {
        for part in code.split("<Icon name=\"").skip(1).chain(code.split(" icon=\"").skip(1)) {
            let name = part.split('"').next().unwrap();
            used += 1;
            assert!(icons.contains(&format!("id=\"i-{name}\"")), "{}: {name}", path.display());
        }
    }
    assert!(used > 100, "{used}");
}
