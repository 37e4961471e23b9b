//! Second factors: an authenticator app, recovery codes, and organisations that ask for one.

use crate::support::{Answer, PASSWORD, TestApp, each_app, escaped, link_of, session_cookie};
use regie::accounts::totp::code_at;
use regie::kernel::Role;
use serde_json::json;

/// The secret as people read it off the page.
fn from_base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' };
        (bits, held) = (bits << 5 | u32::from(value), held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

fn codes_in(html: &str) -> Vec<String> {
    html.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// Somebody with an authenticator app.
struct Enrolled {
    email: String,
    secret: Vec<u8>,
    recovery: Vec<String>,
    cookie: String,
}

impl Enrolled {
    /// The code that the app shows now.
    fn code(&self, test: &TestApp) -> String {
        code_at(&self.secret, test.app.clock.now())
    }

    /// Goes through the pages, with scripts off.
    async fn new(test: &TestApp, email: &str) -> Self {
        let cookie = test.cookie(email).await;
        let present = format!("present_password={}", escaped(PASSWORD));
        let wrong = test.browse("POST", "/me/security/totp", &cookie, "present_password=autre+chose").await;
        assert_eq!(wrong.status, 422);
        let started = test.browse("POST", "/me/security/totp", &cookie, &present).await;
        assert_eq!(started.headers["location"], "/me/security#totp");
        let page = test.browse("GET", "/me/security", &cookie, "").await.text;
        let spoken = codes_in(&page).remove(0);
        let secret = from_base32(&spoken);
        assert_eq!((secret.len(), spoken.split(' ').count()), (20, 8), "{spoken}");
        assert!(page.contains("<svg") && page.contains("aria-label"), "and as a QR code");
        let confirm = async |code: &str| test.browse("POST", "/me/security/totp/confirm", &cookie, &format!("code={code}")).await;
        assert_eq!(confirm("000000").await.status, 422);
        let done = confirm(&code_at(&secret, test.app.clock.now())).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert!(!done.text.contains("action=\"/language\""), "the codes are shown once, whatever the language");
        let recovery = codes_in(&done.text);
        assert_eq!(recovery.len(), 10);
        assert!(!test.browse("GET", "/me/security", &cookie, "").await.text.contains(&spoken), "the secret is shown no more");
        // The code that confirmed is used up.
        test.app.clock.advance_seconds(60);
        Self { email: email.to_owned(), secret, recovery, cookie }
    }
}

/// The password: the cookie that waits for the second factor.
async fn first_step(test: &TestApp, email: &str) -> String {
    let form = format!("email={}&password={}&next=%2Fme%2Fdevices", escaped(email), escaped(PASSWORD));
    let answer = test.browse("POST", "/sign-in", "", &form).await;
    assert_eq!((answer.status.as_u16(), answer.headers["location"].to_str().unwrap()), (303, "/sign-in/second"));
    session_cookie(&answer)
}

async fn second_step(test: &TestApp, cookie: &str, code: &str) -> Answer {
    test.browse("POST", "/sign-in/second", cookie, &format!("code={}", escaped(code))).await
}

async fn login(test: &TestApp, email: &str, otp: Option<&str>) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD, "otp": otp });
    test.api("POST", "/api/v1/auth/login", "", Some(body)).await
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

async fn is_in(test: &TestApp, cookie: &str) -> bool {
    test.browse("GET", "/me", cookie, "").await.status == 200
}

#[tokio::test]
async fn an_authenticator_app_is_asked_for_after_the_password() {
    each_app(async |test| {
        let mine = Enrolled::new(&test, &test.shop("Théâtre du Mail").await.owner.email).await;
        let waiting = first_step(&test, &mine.email).await;
        assert!(!is_in(&test, &waiting).await, "the password alone opens nothing");
        let devices = test.browse("GET", "/me/devices", &waiting, "").await;
        assert_eq!(devices.status, 303);
        let page = test.browse("GET", "/sign-in/second", &waiting, "").await;
        assert!(page.status == 200 && page.text.contains("one-time-code"), "{}", page.text);
        for wrong in ["", "000000", "12345", "1234567", "abcdef", &mine.code(&test)[1..]] {
            assert_eq!(second_step(&test, &waiting, wrong).await.status, 422, "{wrong}");
        }
        let code = mine.code(&test);
        let done = second_step(&test, &waiting, &format!(" {} {} ", &code[..3], &code[3..])).await;
        assert_eq!((done.status.as_u16(), done.headers["location"].to_str().unwrap()), (303, "/me/devices"), "{}", done.text);
        let cookie = session_cookie(&done);
        assert!(cookie != waiting && is_in(&test, &cookie).await && !is_in(&test, &waiting).await);
        let methods =
            test.texts("SELECT method FROM sessions WHERE revoked_at IS NULL AND account_id IS NOT NULL ORDER BY id").await;
        assert_eq!(methods, ["password", "password+totp"]);

        // A code works once, also in another browser, also a moment later.
        let waiting = first_step(&test, &mine.email).await;
        assert_eq!(second_step(&test, &waiting, &code).await.status, 422, "a replay");
        test.app.clock.advance_seconds(30);
        assert_eq!(second_step(&test, &waiting, &code).await.status, 422, "still within its time");
        let fresh = mine.code(&test);
        assert_eq!(second_step(&test, &waiting, &fresh).await.status, 303);
        let waiting = first_step(&test, &mine.email).await;
        assert_eq!(second_step(&test, &waiting, &code).await.status, 422, "older than one that was used");

        // Nobody waits for ever.
        test.app.clock.advance_seconds(600);
        let late = second_step(&test, &waiting, &mine.code(&test)).await;
        assert_eq!(late.headers["location"], "/sign-in");
        assert!(!is_in(&test, &waiting).await);
        assert_eq!(second_step(&test, "", &mine.code(&test)).await.headers["location"], "/sign-in", "without a password first");
    })
    .await;
}

#[tokio::test]
async fn a_password_that_was_changed_waits_for_no_second_factor() {
    each_app(async |test| {
        let mine = Enrolled::new(&test, &test.shop("Théâtre du Mail").await.owner.email).await;
        let thief = first_step(&test, &mine.email).await;
        assert_eq!(test.browse("GET", "/sign-in/second", &thief, "").await.status, 200);
        let form = format!("present_password={}&password={}", escaped(PASSWORD), escaped("la lumière s'éteint à minuit"));
        assert_eq!(test.browse("POST", "/me/security/password", &mine.cookie, &form).await.status, 303);
        assert_eq!(second_step(&test, &thief, &mine.code(&test)).await.headers["location"], "/sign-in");
        assert_eq!(test.browse("GET", "/sign-in/second", &thief, "").await.headers["location"], "/sign-in");
        assert!(!is_in(&test, &thief).await && is_in(&test, &mine.cookie).await);
    })
    .await;
}

const APPS: &str = "SELECT count(*) FROM accounts WHERE totp_confirmed_at IS NOT NULL";
const CODES: &str = "SELECT count(*) FROM recovery_codes";

#[tokio::test]
async fn this_was_not_me_takes_the_app_or_the_codes_away_that_it_told_of() {
    each_app(async |test| {
        let email = test.shop("Théâtre du Mail").await.owner.email;
        test.change("UPDATE accounts SET verified_at = created_at").await;
        let present = format!("present_password={}", escaped(PASSWORD));
        let reset = async || {
            let form = format!("password={}", escaped(PASSWORD));
            assert_eq!(test.browse("POST", &link_of(&test.mail_to(&email).await), "", &form).await.status, 303);
        };
        let deny = async |notice: &str| assert_eq!(test.browse("POST", notice, "", "").await.status, 200, "{notice}");

        let theirs = Enrolled::new(&test, &email).await;
        let notice = link_of(&test.mail_to(&email).await);
        assert_eq!((test.number(APPS).await, test.number(CODES).await), (1, 10));
        assert_eq!(test.browse("POST", "/me/security/totp/remove", &theirs.cookie, &present).await.status, 303);
        let mine = Enrolled::new(&test, &email).await;
        let newer = link_of(&test.mail_to(&email).await);
        deny(&notice).await;
        assert_eq!((test.number(APPS).await, test.number(CODES).await), (1, 10), "it told of one that is gone");

        // New codes are told of, too.
        reset().await;
        assert_eq!(code(&login(&test, &email, None).await).1, "account.second_factor");
        let waiting = first_step(&test, &email).await;
        let cookie = session_cookie(&second_step(&test, &waiting, &mine.code(&test)).await);
        test.app.clock.advance_seconds(30);
        assert_eq!(test.browse("POST", "/me/security/codes", &cookie, &present).await.status, 200);
        let told = test.mail_to(&email).await;
        assert!(told.subject.contains("codes de secours"), "{}", told.subject);
        deny(&link_of(&told)).await;
        assert_eq!((test.number(APPS).await, test.number(CODES).await), (1, 0), "the app has not changed");

        reset().await;
        deny(&newer).await;
        assert_eq!(test.number(APPS).await, 0);
        reset().await;
        assert_eq!(login(&test, &email, None).await.status, 200);
    })
    .await;
}

/// Somebody has made an account with the address of somebody else, and locked it with a factor of theirs.
#[tokio::test]
async fn factors_go_when_the_address_is_proved_for_the_first_time() {
    each_app(async |test| {
        let email = "ana@exemple.fr";
        let new = json!({ "email": email, "password": PASSWORD, "full_name": "Ana" });
        assert_eq!(test.api("POST", "/api/v1/auth/register", "", Some(new)).await.status, 201);
        let reset = async || {
            let ask = json!({ "email": email });
            assert_eq!(test.api("POST", "/api/v1/auth/reset/request", "", Some(ask)).await.status, 200);
            test.run_jobs().await;
            let form = format!("password={}", escaped(PASSWORD));
            assert_eq!(test.browse("POST", &link_of(&test.mail_to(email).await), "", &form).await.status, 303);
        };
        Enrolled::new(&test, email).await;
        reset().await;
        assert_eq!((test.number(APPS).await, test.number(CODES).await), (0, 0));
        Enrolled::new(&test, email).await;
        reset().await;
        assert_eq!((test.number(APPS).await, test.number(CODES).await), (1, 10), "whoever added this one reads the mail");
    })
    .await;
}

#[tokio::test]
async fn programs_show_the_second_factor_too() {
    each_app(async |test| {
        let mine = Enrolled::new(&test, &test.shop("Théâtre du Mail").await.owner.email).await;
        let asked = login(&test, &mine.email, None).await;
        assert_eq!(code(&asked), (401, "account.second_factor".to_owned()));
        assert!(asked.headers.get("set-cookie").is_none() && asked.json().get("access_token").is_none());
        let body = json!({ "email": mine.email, "password": "autre chose encore", "otp": mine.code(&test) });
        let wrong = test.api("POST", "/api/v1/auth/login", "", Some(body)).await;
        assert_eq!(code(&wrong), (401, "account.credentials".to_owned()), "a wrong password does not tell of a factor");
        let wrong = login(&test, &mine.email, Some("000000")).await;
        assert_eq!((wrong.status.as_u16(), &wrong.json()["errors"][0]["code"]), (422, &json!("account.code")));
        let otp = mine.code(&test);
        assert_eq!(login(&test, &mine.email, Some(&otp)).await.status, 200, "the wrong password has used no code up");
        assert_eq!(login(&test, &mine.email, Some(&otp)).await.status, 422);
        test.app.clock.advance_seconds(30);
        let form = format!("username={}&password={}&otp={}", escaped(&mine.email), escaped(PASSWORD), mine.code(&test));
        let by_form = test.browse("POST", "/api/v1/auth/token", "", &form).await;
        assert_eq!(by_form.status, 200, "{}", by_form.text);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_works_once() {
    each_app(async |test| {
        let mine = Enrolled::new(&test, &test.shop("Théâtre du Mail").await.owner.email).await;
        let typed = mine.recovery[0].to_lowercase().replace('-', " ");
        let done = second_step(&test, &first_step(&test, &mine.email).await, &typed).await;
        assert_eq!(done.status, 303, "however it is typed: {}", done.text);
        let again = second_step(&test, &first_step(&test, &mine.email).await, &mine.recovery[0]).await;
        assert_eq!(again.status, 422);
        assert_eq!(login(&test, &mine.email, Some(&mine.recovery[1])).await.status, 200);
        assert_eq!(test.number("SELECT count(*) FROM recovery_codes WHERE used_at IS NULL").await, 8);
        let stored = test.texts("SELECT code_hash FROM recovery_codes").await.concat();
        assert!(mine.recovery.iter().all(|code| !stored.contains(&code.replace('-', ""))), "kept as hashes");
        // New ones end the old ones.
        let form = format!("present_password={}", escaped(PASSWORD));
        let renewed = codes_in(&test.browse("POST", "/me/security/codes", &mine.cookie, &form).await.text);
        assert_eq!(renewed.len(), 10);
        assert_eq!(login(&test, &mine.email, Some(&mine.recovery[2])).await.status, 422);
        assert_eq!(login(&test, &mine.email, Some(&renewed[0])).await.status, 200);
        // Somebody else's are nobody's.
        let other = Enrolled::new(&test, &test.shop("Salle voisine").await.owner.email).await;
        assert_eq!(login(&test, &other.email, Some(&renewed[1])).await.status, 422);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_is_used_once_by_many_at_once() {
    each_app(async |test| {
        let mine = Enrolled::new(&test, &test.shop("Théâtre du Mail").await.owner.email).await;
        for of_the_app in [false, true] {
            let code = if of_the_app { mine.code(&test) } else { mine.recovery[0].clone() };
            let tries = (0..8).map(|_| {
                let (test, email, code) = (test.clone(), mine.email.clone(), code.clone());
                crate::db::spawn(async move { login(&test, &email, Some(&code)).await.status.as_u16() })
            });
            let mut all = Vec::new();
            for status in futures_util::future::join_all(tries).await {
                all.push(status.unwrap());
            }
            assert_eq!(all.iter().filter(|status| **status == 200).count(), 1, "{all:?}");
            test.app.clock.advance_seconds(1200);
        }
    })
    .await;
}

#[tokio::test]
async fn six_digits_cannot_be_guessed() {
    each_app(async |test| {
        let mine = Enrolled::new(&test, &test.shop("Théâtre du Mail").await.owner.email).await;
        let waiting = first_step(&test, &mine.email).await;
        for _ in 0..10 {
            assert_eq!(second_step(&test, &waiting, "000000").await.status, 422);
        }
        let slowed = second_step(&test, &waiting, &mine.code(&test)).await;
        assert_eq!(slowed.status, 429);
        let seconds: i64 = slowed.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds));
        let program = login(&test, &mine.email, Some(&mine.code(&test))).await;
        assert_eq!(
            (program.status.as_u16(), program.headers["retry-after"].to_str().unwrap()),
            (429, seconds.to_string().as_str())
        );
        assert!(is_in(&test, &mine.cookie).await, "who is in stays in");
        test.app.clock.advance_seconds(seconds);
        assert_eq!(second_step(&test, &waiting, &mine.code(&test)).await.status, 303, "come back then, it said");
        assert_eq!(test.number("SELECT count(*) FROM audit_events WHERE action = 'factor.refused'").await, 10);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_lets_in_who_has_lost_the_key_of_the_installation() {
    each_app(async |test| {
        let mine = Enrolled::new(&test, &test.shop("Théâtre du Mail").await.owner.email).await;
        std::fs::remove_file(test.app.config.data.join("keys/seal.key")).unwrap();
        let restored = test.twin().await;
        let waiting = first_step(&restored, &mine.email).await;
        assert_eq!(second_step(&restored, &waiting, &mine.code(&restored)).await.status, 500, "it cannot be told");
        assert_eq!(second_step(&restored, &waiting, &mine.recovery[0]).await.status, 303);
        assert_eq!(code(&login(&restored, &mine.email, Some(&mine.recovery[1])).await), (200, String::new()));
        assert_eq!(login(&restored, &mine.email, Some(&mine.recovery[1])).await.status, 500, "it was used");

        // The app is taken off, and added anew.
        let present = format!("present_password={}", escaped(PASSWORD));
        assert_eq!(restored.browse("POST", "/me/security/totp/remove", &mine.cookie, &present).await.status, 303);
        let again = Enrolled::new(&restored, &mine.email).await;
        assert_eq!(login(&restored, &mine.email, Some(&again.code(&restored))).await.status, 200);
        restored.app.db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_secret_is_sealed_and_taken_away_with_the_password() {
    each_app(async |test| {
        let mine = Enrolled::new(&test, &test.shop("Théâtre du Mail").await.owner.email).await;
        let stored = test.texts("SELECT totp_secret FROM accounts WHERE totp_secret IS NOT NULL").await.concat();
        let hex = regie::platform::secret::hex(&mine.secret);
        assert!(!stored.contains(&hex) && stored.len() > 40, "{stored}");
        let present = format!("present_password={}", escaped(PASSWORD));
        let again = test.browse("POST", "/me/security/totp", &mine.cookie, &present).await;
        assert_eq!(again.status, 409, "one that is in use is not replaced");
        assert_eq!(test.browse("POST", "/me/security/totp/remove", &mine.cookie, "present_password=x").await.status, 422);
        assert_eq!(login(&test, &mine.email, None).await.status, 401);
        assert_eq!(test.browse("POST", "/me/security/totp/remove", &mine.cookie, &present).await.status, 303);
        assert_eq!(login(&test, &mine.email, None).await.status, 200);
        assert_eq!(test.number("SELECT count(*) FROM recovery_codes").await, 0);
        assert!(test.mail_to(&mine.email).await.text_body.contains("/not-me/"), "the owner is told");
        // A secret that was never confirmed asks for nothing.
        assert_eq!(test.browse("POST", "/me/security/totp", &mine.cookie, &present).await.status, 303);
        assert_eq!(login(&test, &mine.email, None).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn an_organisation_that_asks_for_a_second_factor_waits_for_it() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        for (name, role) in [("Marc", Role::Manager), ("Tara", Role::Tech)] {
            test.person(&shop, name, role).await;
        }
        let (marc, tara) = ("marc@theatre-du-mail.example", "tara@theatre-du-mail.example");
        let owner = test.token(&shop.owner.email).await;
        let (token, cookie) = (test.token(marc).await, test.cookie(marc).await);
        let program = test.program_token(&token, &["read"]).await;
        let mut settings = test.api("GET", "/api/v1/settings", &owner, None).await.json();
        settings["second_factor_from"] = json!("manager");
        let changed = test.api("PUT", "/api/v1/settings", &owner, Some(settings)).await;
        let asked = (403, "account.factor_required".to_owned());
        assert_eq!(changed.status, 200, "{}", changed.text);

        let crew = format!("/o/{}/crew", shop.org.slug);
        for token in [&token, &program, &owner] {
            // From the very next request on, for who has set it, too.
            assert_eq!(code(&test.api("GET", "/api/v1/members", token, None).await), asked);
        }
        assert_eq!(test.me(&token).await, 200, "one's own account stays open: the factor is added there");
        let page = test.browse("GET", &crew, &cookie, "").await;
        assert_eq!(page.headers["location"].to_str().unwrap(), format!("/me/security?required={}", shop.org.slug));
        let posted = test.browse("POST", &format!("{crew}/new"), &cookie, "name=X&email=&phone=&job=&skills=").await;
        assert_eq!(posted.status, 303);
        assert_eq!(test.number("SELECT count(*) FROM crew_members WHERE name = 'X'").await, 0);
        let page = test.browse("GET", &format!("/me/security?required={}", shop.org.slug), &cookie, "").await;
        assert!(page.text.contains("Théâtre du Mail") && page.text.contains("role=\"status\""), "the page says who asks");
        let tara = test.token(tara).await;
        assert_eq!(test.api("GET", "/api/v1/punch/history", &tara, None).await.status, 200, "techs are not asked");

        let mine = Enrolled::new(&test, marc).await;
        assert_eq!(test.browse("GET", &crew, &cookie, "").await.status, 200);
        for token in [&token, &program] {
            assert_eq!(test.api("GET", "/api/v1/members", token, None).await.status, 200);
        }
        assert_eq!(login(&test, marc, None).await.status, 401);
        let present = format!("present_password={}", escaped(PASSWORD));
        assert_eq!(test.browse("POST", "/me/security/totp/remove", &mine.cookie, &present).await.status, 303);
        assert_eq!(code(&test.api("GET", "/api/v1/members", &token, None).await), asked, "without it, closed again");
    })
    .await;
}
