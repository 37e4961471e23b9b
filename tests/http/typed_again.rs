//! What was typed and is wrong is shown again in its own form, with a sentence at the field.

use crate::support::{Answer, each_app, set_cookie};

/// What is in the form that a page sends to an address.
fn form<'a>(page: &'a Answer, action: &str) -> &'a str {
    let start = format!("action=\"{action}\"");
    let (_, rest) = page.text.split_once(&start).unwrap_or_else(|| panic!("no form for {action}: {}", page.text));
    rest.split_once("</form>").unwrap().0
}

fn count_errors(html: &str) -> usize {
    html.matches("class=\"error\"").count()
}

#[tokio::test]
async fn a_phone_without_a_name_is_asked_for_one_again() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let url = format!("/o/{}/devices", shop.org.slug);
        let ask = async |cookie: &str, typed: &str| test.browse("POST", &url, cookie, typed).await;
        let proposed = test.browse("GET", &url, &cookie, "").await;
        assert!(form(&proposed, &url).contains("value=\"Téléphone de"), "{}", proposed.text);
        assert!(form(&proposed, &url).contains("maxlength=\"100\""), "nobody types more than is taken");

        let long = "x".repeat(101);
        for next in ["/badge", "/devices"] {
            for (name, kept) in [("+++", "   "), (long.as_str(), long.as_str())] {
                let page = ask(&cookie, &format!("name={name}&next={next}")).await;
                assert_eq!((page.status.as_u16(), set_cookie(&page, "regie_device")), (422, None), "{next}: {name}");
                let form = form(&page, &url);
                let (next, kept) = (format!("value=\"{next}\""), format!("value=\"{kept}\""));
                for part in [next.as_str(), kept.as_str(), "id=\"name-error\"", "Écrivez un nom"] {
                    assert!(form.contains(part), "{part}: {}", page.text);
                }
                assert_eq!(count_errors(&page.text), 1, "{next}: {name}");
            }
        }
        let english = ask(&format!("{cookie}; language=en"), "name=+").await;
        assert!(form(&english, &url).contains("Write a name that is not too long."), "{}", english.text);
        assert_eq!(test.number("SELECT count(*) FROM devices").await, 0);

        // A page that was open since before the phone was registered.
        let registered = ask(&cookie, "name=Mobile").await;
        assert_eq!(registered.status, 303, "{}", registered.text);
        let phone = set_cookie(&registered, "regie_device").unwrap();
        let cookies = format!("{cookie}; {}", phone.split(';').next().unwrap());
        let page = test.browse("GET", &url, &cookies, "").await.text;
        assert!(page.contains("Mobile") && !page.contains(&format!("action=\"{url}\"")), "{page}");
        let again = ask(&cookies, "name=+").await;
        assert!(again.status == 422 && form(&again, &url).contains("Écrivez un nom"), "{}", again.text);
        assert_eq!(test.texts("SELECT name FROM devices").await, ["Mobile"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_another_organisation_is_not_said_of_the_profile() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        for (typed, kept, said) in [
            ("org_name=Atelier&org_time_zone=Europe%2FParys", ["Atelier", "Europe/Parys"], vec!["org_time_zone"]),
            ("org_name=+&org_time_zone=Europe%2FRome", [" ", "Europe/Rome"], vec!["org_name"]),
            ("org_name=+&org_time_zone=Mars", [" ", "Mars"], vec!["org_name", "org_time_zone"]),
        ] {
            let page = test.browse("POST", "/orgs", &cookie, typed).await;
            assert_eq!(page.status, 422, "{typed}: {}", page.text);
            let theirs = form(&page, "/orgs");
            for value in kept {
                assert!(theirs.contains(&format!("value=\"{value}\"")), "{typed}: {theirs}");
            }
            for field in &said {
                assert!(theirs.contains(&format!("id=\"{field}-error\"")), "{typed}: {theirs}");
            }
            assert_eq!(theirs.contains("Fuseau inconnu"), said.contains(&"org_time_zone"), "{typed}: {theirs}");
            assert_eq!((count_errors(theirs), count_errors(&page.text)), (said.len(), said.len()), "{typed}");
            assert_eq!(page.text.matches("<details open").count(), 1, "{typed}: one sees it");
            assert!(!form(&page, "/me").contains("aria-invalid"), "{typed}");
        }
        assert_eq!(test.texts("SELECT name FROM orgs").await, ["Théâtre du Mail"]);
    })
    .await;
}
