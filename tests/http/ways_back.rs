//! Where one comes back to: after signing in, in another language, from a page that answered a form.

use super::planning::Room;
use crate::support::{Answer, ORIGIN, PASSWORD, TestApp, between, each_app, escaped};
use http::Request;

/// What is no path of ours, or no plain one. Browsers leave tabs and ends of lines out of an address, and take `\` for `/`.
const ELSEWHERE: [&str; 8] = [
    "https://evil.example/x",
    "//evil.example/x",
    "/\\evil.example/x",
    "/\t/evil.example/x",
    "/\n/evil.example/x",
    "/\r/evil.example/x",
    "/me\u{7f}",
    "/\u{85}/evil.example/x",
];

/// Where a form goes on to.
fn next_of(page: &Answer) -> Option<&str> {
    between(&page.text, "name=\"next\" value=\"", "\"")
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        let check = async |next: &str, expected: &str| {
            let typed = escaped(next);
            let sign_in = test.get(&format!("/sign-in?next={typed}")).await;
            let passkey = between(&sign_in.text, "data-next=\"", "\"");
            assert_eq!((next_of(&sign_in), passkey), (Some(expected), Some(expected)), "{next:?}");
            let sign_up = test.get(&format!("/sign-up?next={typed}")).await;
            assert_eq!(next_of(&sign_up), Some(expected), "{next:?}");
            let language = test.browse("POST", "/language", "", &format!("language=en&next={typed}")).await;
            assert_eq!(language.header("location"), Some(expected), "{next:?}");
            let form = format!("email={}&password={}&next={typed}", escaped(&email), escaped(PASSWORD));
            let signed_in = test.browse("POST", "/sign-in", "", &form).await;
            assert_eq!((signed_in.status.as_u16(), signed_in.header("location")), (303, Some(expected)), "{next:?}");
        };
        for next in ELSEWHERE {
            check(next, "/").await;
        }
        check("/me/devices", "/me/devices").await;
    })
    .await;
}

/// What a browser gets that sends a form from a page.
async fn post_from(test: &TestApp, page: &str, path: &str, cookie: &str, form: &str) -> Answer {
    let request = Request::post(path).header("cookie", cookie).header("sec-fetch-site", "same-origin").header("referer", page);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    test.send(request.body(form.to_owned().into()).unwrap()).await
}

/// Where the change of the language comes back to; nothing when the page has none.
fn way_back(page: &Answer) -> Option<&str> {
    let form = between(&page.text, "action=\"/language\"", "</form>")?;
    between(form, "name=\"next\" value=\"", "\"")
}

#[tokio::test]
async fn the_answer_to_a_form_leads_back_to_the_page_with_the_form() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (cookie, owner) = (test.cookie(&shop.owner.email).await, test.token(&shop.owner.email).await);
        let base = format!("/o/{}", shop.org.slug);
        let (kiosk, _) = test.kiosk(&owner, "Quai").await;
        let wrong_address = "email=&present_password=x";
        for (page, path, form) in [
            ("/me".to_owned(), "/me/email".to_owned(), wrong_address),
            ("/me".to_owned(), "/orgs".to_owned(), "org_name=&org_time_zone=Mars"),
            ("/me/security?required=x".to_owned(), "/me/security/totp".to_owned(), "present_password=x"),
            (format!("{base}/kiosks"), format!("{base}/kiosks/{kiosk}"), "name=&place="),
            (format!("{base}/members?q=a"), format!("{base}/members/invite"), "email=x&role=tech&days=7"),
            (format!("{base}/crew/new"), format!("{base}/crew/new"), "name=&email=&phone=&job="),
        ] {
            let answer = post_from(&test, &format!("{ORIGIN}{page}"), &path, &cookie, form).await;
            assert_eq!((answer.status.as_u16(), way_back(&answer)), (422, Some(page.as_str())), "{path}: {}", answer.text);
            let changed = test.browse("POST", "/language", "", &format!("language=en&next={}", escaped(&page))).await;
            assert_eq!(changed.header("location"), Some(page.as_str()));
            assert_eq!(test.browse("GET", &page, &cookie, "").await.status, 200, "{page}");
        }
        // A page of somebody else, of another port, and none.
        for page in ["https://evil.example/me", "http://127.0.0.1:30001/me", "http://127.0.0.1:3000//evil.example", "/me", ""] {
            let answer = post_from(&test, page, "/me/email", &cookie, wrong_address).await;
            assert_eq!(way_back(&answer), Some("/"), "{page}");
        }
        // Whose session is over comes back to the page, too.
        let page = format!("{ORIGIN}{base}/crew");
        let over = post_from(&test, &page, &format!("{base}/crew/1/archive"), "", "archived=true").await;
        assert_eq!(over.header("location"), Some(format!("/sign-in?next={base}/crew").as_str()));
    })
    .await;
}

/// What is wrong twice is sent from the answer to the first form, whose address is no page.
#[tokio::test]
async fn an_address_that_only_forms_go_to_leads_up_to_the_page() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let cookie = test.cookie(&shop.owner.email).await;
        let base = format!("/o/{}", shop.org.slug);
        let again = post_from(&test, &format!("{ORIGIN}/me/email"), "/me/email", &cookie, "email=&present_password=x").await;
        assert_eq!((again.status.as_u16(), way_back(&again)), (422, Some("/me/email")));
        for (path, page) in [
            ("/me/email".to_owned(), "/me".to_owned()),
            ("/orgs".to_owned(), "/".to_owned()),
            ("/me/security/totp/confirm".to_owned(), "/me/security/totp".to_owned()),
            ("/me/security/totp".to_owned(), "/me/security".to_owned()),
            (format!("{base}/settings/logo?x=1"), format!("{base}/settings")),
            (format!("{base}/missions/7/assign"), format!("{base}/missions/7")),
        ] {
            for method in ["GET", "HEAD"] {
                let answer = test.browse(method, &path, &cookie, "").await;
                assert_eq!((answer.status.as_u16(), answer.header("location")), (303, Some(page.as_str())), "{method} {path}");
            }
        }
        for (method, path) in [("DELETE", "/me/email"), ("PUT", "/orgs"), ("GET", "/api/v1/auth/login"), ("GET", "/auth/login")] {
            assert_eq!(test.browse(method, path, &cookie, "").await.status, 405, "{method} {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_once_is_not_lost_for_another_language() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let (cookie, owner) = (test.cookie(&shop.owner.email).await, test.token(&shop.owner.email).await);
        let base = format!("/o/{}", shop.org.slug);
        let (kiosk, _) = test.kiosk(&owner, "Quai").await;
        let token = format!("name=Paie&org={}&scopes=read&days=7&present_password={}", shop.org.slug, escaped(PASSWORD));
        for (path, form, page) in [
            (format!("{base}/kiosks"), "name=Cour&place=Cour", format!("{base}/kiosks")),
            (format!("{base}/kiosks/{kiosk}/pairing"), "", format!("{base}/kiosks")),
            (format!("{base}/kiosks/{kiosk}/key"), "", format!("{base}/kiosks")),
            (format!("{base}/missions/calendar"), "", format!("{base}/missions")),
            ("/me/tokens".to_owned(), token.as_str(), "/me/tokens".to_owned()),
        ] {
            let shown = post_from(&test, &format!("{ORIGIN}{page}"), &path, &cookie, form).await;
            assert_eq!((shown.status.as_u16(), way_back(&shown)), (200, None), "{path}: {}", shown.text);
            assert_eq!(way_back(&test.browse("GET", &page, &cookie, "").await), Some(page.as_str()), "every other page has it");
        }
    })
    .await;
}

/// A form without an address goes to that of its page, which may be the address of another form.
#[tokio::test]
async fn a_form_on_the_answer_to_another_goes_where_it_belongs() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let cookie = test.cookie(&room.shop.owner.email).await;
        let base = format!("/o/{}", room.shop.org.slug);
        let (kiosk, _) = test.kiosk(&room.owner, "Quai").await;
        let mission = room.mission(7, 8, 12).await;
        let assign = (format!("{base}/missions/{mission}/assign"), format!("person={}&need=", room.karim));
        assert_eq!(test.browse("POST", &assign.0, &cookie, &assign.1).await.status, 303);
        let change = format!("{base}/kiosks/{kiosk}");
        for (answer, method, action) in [
            (test.browse("POST", &assign.0, &cookie, &assign.1).await, "post", format!("{base}/missions/{mission}")),
            (test.browse("POST", &change, &cookie, "name=&place=").await, "post", format!("{base}/kiosks")),
            (test.upload(&format!("{base}/settings/logo"), &cookie, "logo", b"x").await, "post", format!("{base}/settings")),
            (test.browse("POST", &format!("{base}/members/invite"), &cookie, "email=x").await, "get", format!("{base}/members")),
        ] {
            assert!(answer.status.is_client_error(), "{action}: {}", answer.status);
            let to = format!("method=\"{method}\" action=\"{action}\"");
            assert!(answer.text.contains(&to), "no form for {action}: {}", answer.text);
            let mut forms = answer.text.split("<form").skip(1).map(|form| form.split('>').next().unwrap());
            assert!(forms.all(|form| form.contains("action=")), "{action}: {}", answer.text);
        }
        // As the page is sent: the new kiosk is one more.
        let new = test.browse("POST", &format!("{base}/kiosks"), &cookie, "name=Cour&place=Cour").await;
        assert_eq!(new.status, 200);
        let list = test.api("GET", "/api/v1/admin/kiosks", &room.owner, None).await.json();
        assert_eq!(list.as_array().map(Vec::len), Some(2), "{list}");
    })
    .await;
}
