//! Who is there: organisations, people with their phones, programs, kiosks; and how they sign in.

use super::{Answer, PASSWORD, TestApp, escaped, proof, session_cookie};
use regie::accounts::{Account, NewAccount};
use regie::kernel::text::slug;
use regie::kernel::{CrewMemberId, INSTALLATION, Role};
use regie::orgs::service::{DemoPerson, add_demo_person, create_org_with_owner};
use regie::orgs::{CrewMember, NewCrewMember, NewOrg, Org};
use serde_json::{Value, json};

/// An organisation with its owner.
pub struct Shop {
    pub org: Org,
    pub owner: Account,
}

impl Shop {
    /// The address of somebody of this name.
    pub fn email(&self, name: &str) -> String {
        format!("{}@{}.example", slug(name), self.org.slug)
    }
}

/// Somebody with a phone.
pub struct Holder {
    pub id: CrewMemberId,
    pub email: String,
    /// An access token, for as long as it lives.
    pub token: String,
    pub phone: i64,
}

impl TestApp {
    /// An organisation of this name.
    pub async fn shop(&self, name: &str) -> Shop {
        let email = format!("patron@{}.example", slug(name));
        let owner = NewAccount { email, name: "Claire Vasseur".into(), password: PASSWORD.into(), language: "fr".into() };
        let org = NewOrg { name: name.into(), time_zone: "Europe/Paris".into(), language: "fr".into(), is_demo: false };
        let (org, owner) = create_org_with_owner(&self.app, proof(INSTALLATION), owner, org).await.unwrap();
        Shop { org, owner }
    }

    pub async fn person(&self, shop: &Shop, name: &str, role: Role) -> CrewMember {
        let crew = NewCrewMember { name: name.into(), email: shop.email(name), ..NewCrewMember::default() };
        add_demo_person(&self.app, proof(shop.org.id), "fr", DemoPerson { role, password: PASSWORD.into(), crew }).await.unwrap()
    }

    /// A technician of this name, with a phone.
    pub async fn holder(&self, shop: &Shop, name: &str) -> Holder {
        let person = self.person(shop, name, Role::Tech).await;
        let email = person.email.unwrap();
        let token = self.token(&email).await;
        let phone = self.phone(&token).await;
        Holder { id: person.id, email, token, phone }
    }

    /// An access token and its refresh token.
    pub async fn tokens(&self, email: &str) -> (String, String) {
        let answer = self.api("POST", "/api/v1/auth/login", "", Some(json!({ "email": email, "password": PASSWORD }))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let (body, text) = (answer.json(), |value: &Value| value.as_str().unwrap().to_owned());
        (text(&body["access_token"]), text(&body["refresh_token"]))
    }

    /// An access token.
    pub async fn token(&self, email: &str) -> String {
        self.tokens(email).await.0
    }

    /// A token for a program, made by who has `token`, for thirty days.
    pub async fn program_token(&self, token: &str, scopes: &[&str]) -> String {
        let body = json!({ "name": "Paie", "scopes": scopes, "days": 30, "present_password": PASSWORD });
        let made = self.api("POST", "/api/v1/auth/tokens", token, Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()["secret"].as_str().unwrap().to_owned()
    }

    /// The status of asking who one is.
    pub async fn me(&self, token: &str) -> u16 {
        self.api("GET", "/api/v1/auth/me", token, None).await.status.as_u16()
    }

    /// What a browser with these cookies gets for the right password.
    pub async fn sign_in(&self, email: &str, cookies: &str) -> Answer {
        let form = format!("email={}&password={}", escaped(email), escaped(PASSWORD));
        self.browse("POST", "/sign-in", cookies, &form).await
    }

    /// A browser's session cookie.
    pub async fn cookie(&self, email: &str) -> String {
        let answer = self.sign_in(email, "").await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        session_cookie(&answer)
    }

    /// A kiosk's key.
    pub async fn kiosk(&self, token: &str, name: &str) -> (i64, String) {
        let body = json!({ "kiosk_name": name, "location": "Entrée des artistes" });
        let id = self.api("POST", "/api/v1/admin/kiosks", token, Some(body)).await.json()["id"].as_i64().unwrap();
        let answer = self.api("POST", &format!("/api/v1/admin/kiosks/{id}/generate-api-key"), token, None).await;
        (id, answer.json()["api_key"].as_str().unwrap().to_owned())
    }

    /// A phone's number.
    pub async fn phone(&self, token: &str) -> i64 {
        let body = json!({ "device_fingerprint": "phone-1", "device_name": "Téléphone", "attestation_data": "opaque" });
        let answer = self.api("POST", "/api/v1/devices/register", token, Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["id"].as_i64().unwrap()
    }

    /// A badge code.
    pub async fn code(&self, token: &str, phone: i64) -> String {
        let answer = self.api("POST", "/api/v1/punch/request-token", token, Some(json!({ "device_id": phone }))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["qr_token"].as_str().unwrap().to_owned()
    }

    /// The events of an organisation, newest first.
    pub async fn events(&self, token: &str) -> Vec<String> {
        let rows = self.api("GET", "/api/v1/admin/audit-logs?limit=100", token, None).await.json();
        rows.as_array().unwrap().iter().map(|row| row["event_type"].as_str().unwrap().to_owned()).collect()
    }

    /// Fails when one of these events is not in the audit of an organisation.
    pub async fn check_events(&self, token: &str, expected: &[&str]) {
        let events = self.events(token).await;
        for event in expected {
            assert!(events.iter().any(|known| known == event), "{event} in {events:?}");
        }
    }
}
