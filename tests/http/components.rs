//! The living page of components shows what the style sheet has.

use crate::support::each_app;
use std::collections::BTreeSet;

const SHEET: &str = include_str!("../../style/components.css");

/// Classes of the style sheet that the page does not show, and why.
const EXCEPTIONS: [(&str, &str); 8] = [
    ("board", "the whole sheet is the planner's: its parts are shown in a sheet that is not"),
    ("rail", "the narrow navigation beside such a sheet; a page has one navigation"),
    ("gate", "the frame of pages without an organisation; a page has one frame"),
    ("or", "between two ways to sign in, in that frame alone; no page has it"),
    ("stage", "the picture beside that frame; no page has it"),
    ("find", "the search in the navigation; there is none yet"),
    ("next", "the next mission below the badge; it does not say it yet"),
    ("toasts", "the corner where several messages stand, over the page; one stands by itself"),
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
