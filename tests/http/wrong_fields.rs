//! What is wrong in a form is said at its input, and the input says where (WCAG 3.3.1). What was chosen is kept.

use super::planning::Room;
use super::platform::admin;
use crate::support::{Answer, PASSWORD, between, each_app, escaped};
use serde_json::json;
use std::collections::BTreeSet;

/// All tags of a page, without their brackets.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).filter_map(|piece| piece.split('>').next())
}

/// The tag of the element with this `id`.
#[track_caller]
fn tag<'a>(page: &'a Answer, id: &str) -> &'a str {
    let mark = format!(" id=\"{id}\"");
    tags(&page.text).find(|tag| tag.contains(&mark)).unwrap_or_else(|| panic!("no {id}: {}", page.text))
}

/// The page was refused, all that it names is there once, and these inputs alone are wrong, each with what tells of it.
#[track_caller]
fn only_wrong(page: &Answer, expected: &[(&str, &str)]) {
    assert_eq!(page.status, 422, "{}", page.text);
    let mut ids = BTreeSet::new();
    for id in tags(&page.text).filter_map(|tag| between(tag, " id=\"", "\"")) {
        assert!(ids.insert(id), "{id} is there twice: {}", page.text);
    }
    for attribute in [" for=\"", " aria-describedby=\"", " aria-labelledby=\""] {
        for id in tags(&page.text).filter_map(|tag| between(tag, attribute, "\"")).flat_map(str::split_whitespace) {
            assert!(ids.contains(id), "{attribute}: there is no {id}");
        }
    }
    let wrong = tags(&page.text).filter(|tag| tag.contains(" aria-invalid=\"true\""));
    let wrong: BTreeSet<_> = wrong.map(|tag| between(tag, " id=\"", "\"").unwrap_or_default()).collect();
    let inputs: BTreeSet<_> = expected.iter().map(|(input, _)| *input).collect();
    assert_eq!(wrong, inputs, "{}", page.text);
    for (input, error) in expected {
        let described = between(tag(page, input), " aria-describedby=\"", "\"").unwrap_or_default();
        assert!(described.split(' ').any(|id| id == *error), "{input}: {described}");
        assert!(tag(page, error).contains("class=\"error\""), "{error}");
    }
    let errors: BTreeSet<_> = expected.iter().map(|(_, error)| *error).collect();
    let said = tags(&page.text).filter(|tag| tag.contains("class=\"error\"")).count();
    assert_eq!(said, errors.len(), "{}", page.text);
}

#[tokio::test]
async fn an_input_says_what_is_wrong_with_it() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let cookie = test.cookie(&room.shop.owner.email).await;
        let base = format!("/o/{}", room.shop.org.slug);
        let post = async |path: &str, form: &str| test.browse("POST", &format!("{base}{path}"), &cookie, form).await;

        let logo = test.upload(&format!("{base}/settings/logo"), &cookie, "logo", b"no picture").await;
        only_wrong(&logo, &[("logo-file", "logo-file-error")]);

        let crew = format!("/crew/{}", room.karim);
        let week = "from_date=2026-11-01&unit=week&amount=20";
        only_wrong(&post(&format!("{crew}/rates"), week).await, &[("unit", "unit-error")]);

        let profile = async |form: &str| post(&format!("{crew}/profile"), &format!("version=1&{form}")).await;
        let rows = "skill=son&level=1&expires_on=&skill=a,b&level=1&expires_on=";
        let skills = profile(&format!("employment_type=CDI&tags=&bio=&{rows}")).await;
        only_wrong(&skills, &[("skill-1", "skills-error")]);
        assert!(tags(&skills.text).any(|tag| tag.starts_with("fieldset") && tag.contains("skills-help skills-error")));
        let others = profile("employment_type=CDX&tags=a&bio=%07").await;
        only_wrong(&others, &[("employment", "employment-error"), ("bio", "bio-error")]);

        let times = "title=Montage&starts_at=2026-12-07T08:00&ends_at=2026-12-07T12:00";
        let mission = post("/missions/new", &format!("{times}&needs=1+Son%0A2+Son&notes=%07")).await;
        only_wrong(&mission, &[("needs", "needs-error"), ("notes", "notes-error")]);
        assert!(tag(&mission, "needs").contains("needs-help needs-error"));
        let zone = post("/missions/new", &format!("{times}&time_zone=Mars")).await;
        only_wrong(&zone, &[("time_zone", "time_zone-error")]);
        assert_eq!(zone.text.matches("<details open").count(), 1, "one sees it");
        only_wrong(&post("/projects/new", "name=F&status=active&colour=1&notes=%07").await, &[("notes", "notes-error")]);

        let (kiosk, _) = test.kiosk(&room.owner, "Quai").await;
        test.kiosk(&room.owner, "Cour").await;
        let (name, place) = (format!("name-{kiosk}"), format!("place-{kiosk}"));
        let (name_error, place_error) = (format!("{name}-error"), format!("{place}-error"));
        let kiosks = post(&format!("/kiosks/{kiosk}"), "name=&place=").await;
        only_wrong(&kiosks, &[(name.as_str(), name_error.as_str()), (place.as_str(), place_error.as_str())]);

        let again = "kind=unavailable&starts_at=2026-12-07T08:00&ends_at=2026-12-07T12:00&every_weeks=1&until=x";
        let again = post("/availability", again).await;
        only_wrong(&again, &[("until", "until-error")]);
        assert_eq!(again.text.matches("<details open").count(), 1, "one sees it");
    })
    .await;
}

#[tokio::test]
async fn who_runs_the_installation_is_told_at_the_reason() {
    each_app(async |test| {
        let cookie = admin(&test).await;
        let shop = test.shop("Théâtre du Mail").await;
        test.shop("Salle voisine").await;
        let page = test.browse("POST", &format!("/admin/orgs/{}/enter", shop.org.id), &cookie, "reason=vite").await;
        let field = format!("reason-{}", shop.org.id);
        only_wrong(&page, &[(field.as_str(), format!("{field}-error").as_str())]);
        let input = tag(&page, &field);
        assert!(input.contains("maxlength=\"300\"") && input.contains(&format!("{field}-help")), "{input}");
        assert!(page.text.contains("name=\"next\" value=\"/admin/orgs\""), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_is_said_of_the_form_that_asked_for_it() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let page = test.browse("POST", "/me/email", &cookie, "email=neuve%40exemple.fr&present_password=x").await;
        only_wrong(&page, &[("email-password", "email-password-error")]);
        let input = tag(&page, "email");
        assert!(input.starts_with("input") && input.contains("value=\"neuve@exemple.fr\""), "its label leads to it: {input}");
        let open = |page: &Answer| {
            page.text.split("<details open").nth(1).map(|rest| rest.split("</details>").next().unwrap().to_owned())
        };
        assert_eq!(page.text.matches("<details open").count(), 1, "{}", page.text);
        assert!(open(&page).unwrap().contains("action=\"/me/email\""), "{}", page.text);

        let page = test.browse("POST", "/me/close", &cookie, "what=close&present_password=x").await;
        only_wrong(&page, &[("close-password", "close-password-error")]);
        assert!(open(&page).unwrap().contains("action=\"/me/close\""), "{}", page.text);
        let plain = test.browse("GET", "/me", &cookie, "").await;
        assert_eq!(open(&plain), None, "{}", plain.text);

        // An authenticator app that is not confirmed yet is given up with the password, too.
        let present = format!("present_password={}", escaped(PASSWORD));
        assert_eq!(test.browse("POST", "/me/security/totp", &cookie, &present).await.status, 303);
        let page = test.browse("POST", "/me/security/totp/remove", &cookie, "present_password=x").await;
        only_wrong(&page, &[("totp-cancel", "totp-cancel-error")]);
        assert!(open(&page).unwrap().contains("totp-cancel"), "{}", page.text);
    })
    .await;
}

/// The input of a token's form for this right.
fn scope<'a>(page: &'a Answer, code: &str) -> &'a str {
    let value = format!("value=\"{code}\"");
    tags(&page.text).find(|tag| tag.contains("name=\"scopes\"") && tag.contains(&value)).unwrap()
}

#[tokio::test]
async fn a_token_is_made_for_the_organisation_that_was_chosen() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let made = test.browse("POST", "/orgs", &cookie, "org_name=Atelier&org_time_zone=Europe%2FParis").await;
        assert_eq!(made.header("location"), Some("/o/atelier"), "{}", made.text);
        let ask = async |form: &str| test.browse("POST", "/me/tokens", &cookie, form).await;
        let is_chosen = |page: &Answer, slug: &str| {
            let value = format!("value=\"{slug}\"");
            tags(&page.text).any(|tag| tag.starts_with("option") && tag.contains(&value) && tag.contains(" selected"))
        };
        for (chosen, other) in [("atelier", shop.org.slug.as_str()), (shop.org.slug.as_str(), "atelier")] {
            let page = ask(&format!("name=&org={chosen}&scopes=write&scopes=admin&days=7")).await;
            only_wrong(&page, &[("name", "name-error")]);
            assert!(is_chosen(&page, chosen) && !is_chosen(&page, other), "{}", page.text);
            let checked = ["read", "write", "admin"].map(|code| scope(&page, code).contains(" checked"));
            assert_eq!(checked, [false, true, true]);
        }
        let page = ask(&format!("name=Paie&org={}&days=7", shop.org.slug)).await;
        assert_eq!(page.status, 422);
        for code in ["read", "write", "admin"] {
            let input = scope(&page, code);
            assert!(input.contains("aria-invalid=\"true\"") && input.contains("aria-describedby=\"scopes-error\""), "{input}");
            assert!(!input.contains(" checked"), "{input}");
        }
        assert!(tag(&page, "scopes-error").contains("class=\"error\""));
        let first = test.browse("GET", "/me/tokens", &cookie, "").await;
        assert_eq!(["read", "write", "admin"].map(|code| scope(&first, code).contains(" checked")), [true, false, false]);
    })
    .await;
}

#[tokio::test]
async fn without_an_organisation_there_is_no_token_to_make() {
    each_app(async |test| {
        let new = json!({ "email": "ana@exemple.fr", "password": PASSWORD });
        assert_eq!(test.api("POST", "/api/v1/auth/register", "", Some(new)).await.status, 201);
        let cookie = test.cookie("ana@exemple.fr").await;
        for (language, reason) in [("fr", "vous n’êtes membre d’aucune."), ("en", "you belong to none.")] {
            let page = test.browse("GET", "/me/tokens", &format!("{cookie}; language={language}"), "").await;
            assert!(page.status == 200 && page.text.contains(reason), "{}", page.text);
            assert!(!page.text.contains("action=\"/me/tokens\""), "{}", page.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_device_s_name_that_is_too_long_is_asked_for_again() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let id = test.number("SELECT max(id) FROM sessions WHERE kind = 'browser'").await;
        let (path, field, long) = (format!("/me/devices/{id}/label"), format!("label-{id}"), "x".repeat(61));
        let page = test.browse("POST", &path, &cookie, &format!("label={long}")).await;
        only_wrong(&page, &[(field.as_str(), format!("{field}-error").as_str())]);
        assert!(tag(&page, &field).contains(&format!("value=\"{long}\"")), "{}", page.text);
        assert_eq!(page.text.matches("<details open").count(), 1, "{}", page.text);
        assert!(page.text.contains("name=\"next\" value=\"/me/devices\""), "{}", page.text);
        // Nothing but spaces is no name, and takes away the one before.
        for (typed, kept) in [("Portable", "Portable"), ("+++", "")] {
            assert_eq!(test.browse("POST", &path, &cookie, &format!("label={typed}")).await.status, 303);
            assert_eq!(test.texts("SELECT label FROM sessions WHERE kind = 'browser'").await, [kept]);
        }
    })
    .await;
}
