//! Tokens that are malformed, confused or not ours: each is refused with 401, and none with anything else.
//!
//! They are put together from text, because no library writes most of them. Those that must be refused for what they say are
//! signed with the installation's own key; that a token made in this way is taken when nothing is wrong with it is checked
//! first and last, so each refusal has the reason that its name says.

use crate::support::{PASSWORD, Shop, TestApp, each_app, escaped};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use http::Request;
use regie::kernel::Role;
use serde_json::{Map, Value, json};

/// Tokens with a name each.
type Corpus = Vec<(String, Vec<u8>)>;

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The three parts of a token, decoded.
struct Forge {
    keys: Ed25519KeyPair,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl Forge {
    /// Takes a real token apart and finds the key that signed it.
    fn of(test: &TestApp, token: &str) -> Self {
        let parts: Vec<&str> = token.split('.').collect();
        let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let header: Map<String, Value> = read(parts[0]);
        let path = test.app.config.data.join("keys").join(format!("token-{}.p8", header["kid"].as_str().unwrap()));
        let keys = Ed25519KeyPair::from_pkcs8(&std::fs::read(path).unwrap()).unwrap();
        Self { keys, header, claims: read(parts[1]) }
    }

    fn header(&self) -> String {
        Value::Object(self.header.clone()).to_string()
    }

    fn claims(&self) -> String {
        Value::Object(self.claims.clone()).to_string()
    }

    /// A token of these texts, signed with the real key.
    fn sign(&self, header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
        let message = format!("{}.{}", b64(header), b64(claims));
        let signature = self.keys.sign(message.as_bytes());
        format!("{message}.{}", b64(signature.as_ref()))
    }

    /// The good token with one part of its header replaced, or added.
    fn with_header(&self, name: &str, value: Value) -> String {
        let mut header = self.header.clone();
        header.insert(name.to_owned(), value);
        self.sign(Value::Object(header).to_string(), self.claims())
    }

    fn without_header(&self, name: &str) -> String {
        let mut header = self.header.clone();
        header.remove(name);
        self.sign(Value::Object(header).to_string(), self.claims())
    }

    fn with_claim(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims.insert(name.to_owned(), value);
        self.sign(self.header(), Value::Object(claims).to_string())
    }

    fn without_claim(&self, name: &str) -> String {
        let mut claims = self.claims.clone();
        claims.remove(name);
        self.sign(self.header(), Value::Object(claims).to_string())
    }

    /// The good token with a piece of JSON put before its claims or its header, so that a name stands there twice.
    fn doubled(&self, in_header: bool, piece: &str, first: bool) -> String {
        let double = |text: String| {
            let inside = &text[1..text.len() - 1];
            if first { format!("{{{piece},{inside}}}") } else { format!("{{{inside},{piece}}}") }
        };
        if in_header { self.sign(double(self.header()), self.claims()) } else { self.sign(self.header(), double(self.claims())) }
    }

    /// The good claims under this header, signed by something else.
    fn signed_by(&self, header: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let message = format!("{}.{}", b64(header.to_string()), b64(self.claims()));
        format!("{message}.{}", b64(sign(message.as_bytes())))
    }
}

/// `alg` says something else than the key.
fn algorithms(forge: &Forge) -> Corpus {
    let mut all = Corpus::new();
    let kid = &forge.header["kid"];
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({ "typ": "at+jwt", "alg": alg, "kid": kid });
        all.push((format!("alg {alg:?} without a signature"), forge.signed_by(&header, |_| Vec::new()).into()));
        all.push((format!("alg {alg:?} with the right signature"), forge.with_header("alg", json!(alg)).into()));
    }
    let public = forge.keys.public_key();
    let spki: aws_lc_rs::encoding::PublicKeyX509Der<'_> = public.as_der().unwrap();
    let lines = STANDARD.encode(spki.as_ref());
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n");
    let jwk = b64(public.as_ref());
    let secrets: [(&str, &[u8]); 6] = [
        ("the public key's bytes", public.as_ref()),
        ("the public key as DER", spki.as_ref()),
        ("the public key as PEM", pem.as_bytes()),
        ("the public key as jwks.json says it", jwk.as_bytes()),
        ("the kid", kid.as_str().unwrap().as_bytes()),
        ("an empty secret", b""),
    ];
    for (name, secret) in secrets {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let header = json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid });
        all.push((format!("HS256 with {name}"), forge.signed_by(&header, |m| hmac::sign(&key, m).as_ref().to_vec()).into()));
    }
    for alg in ["HS256", "HS384", "HS512", "RS256", "RS384", "PS256", "ES256", "ES384", "EDDSA", "eddsa", "Ed25519", "dir"] {
        all.push((format!("alg {alg} over an EdDSA signature"), forge.with_header("alg", json!(alg)).into()));
    }
    let other = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let random = aws_lc_rs::rand::SystemRandom::new();
    let header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": kid });
    let ecdsa = forge.signed_by(&header, |m| other.sign(&random, m).unwrap().as_ref().to_vec());
    all.push(("ES256 by a key of its own".into(), ecdsa.into()));
    for (name, value) in [("null", Value::Null), ("a number", json!(1)), ("a list", json!(["EdDSA"]))] {
        all.push((format!("alg is {name}"), forge.with_header("alg", value).into()));
    }
    all.push(("no alg".into(), forge.without_header("alg").into()));
    all
}

/// `kid` names another key, or none, or a file; the header brings its own key or asks for more than there is.
fn headers(forge: &Forge) -> Corpus {
    let mut all = Corpus::new();
    let kid = forge.header["kid"].as_str().unwrap();
    let paths = ["../../../../../../dev/null", "../keys/seal.key", "/etc/passwd", "file:///dev/null", &format!("token-{kid}.p8")];
    let odd = ["", " ", "0000", "' OR '1'='1", "%00", &format!("{kid} "), &format!("{kid}\0"), &kid.repeat(2), &kid[1..]];
    for kid in paths.into_iter().chain(odd) {
        all.push((format!("kid {kid:?}"), forge.with_header("kid", json!(kid)).into()));
    }
    for (name, value) in [("null", Value::Null), ("a number", json!(1)), ("a list", json!([kid])), ("an object", json!({}))] {
        all.push((format!("kid is {name}"), forge.with_header("kid", value).into()));
    }
    all.push(("no kid".into(), forge.without_header("kid").into()));
    all.push(("two kids, the right one last".into(), forge.doubled(true, "\"kid\":\"other\"", true).into()));
    all.push(("two kids, the right one first".into(), forge.doubled(true, "\"kid\":\"other\"", false).into()));
    all.push(("two algs".into(), forge.doubled(true, "\"alg\":\"none\"", false).into()));

    let own = Ed25519KeyPair::generate().unwrap();
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(own.public_key().as_ref()) });
    let sign = |m: &[u8]| own.sign(m).as_ref().to_vec();
    let brought = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": kid, "jwk": jwk });
    all.push(("signed by a jwk that it brings".into(), forge.signed_by(&brought, sign).into()));
    let unnamed = json!({ "typ": "at+jwt", "alg": "EdDSA", "jwk": jwk });
    all.push(("signed by a jwk that it brings, no kid".into(), forge.signed_by(&unnamed, sign).into()));
    let plain = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": kid });
    all.push(("signed by another key under our kid".into(), forge.signed_by(&plain, sign).into()));
    let certificate = STANDARD.encode([0x30, 0x03, 0x02, 0x01, 0x01]);
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("x5c", json!([certificate])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("crit", json!([])),
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("enc", json!("A256GCM")),
        ("url", json!("https://evil.example")),
        ("nonce", json!("x")),
        ("unheard_of", json!("x")),
    ] {
        all.push((format!("header {name}: {value}"), forge.with_header(name, value).into()));
    }
    for typ in ["JWT", "jwt", "AT+JWT", "application/at+jwt", "rt+jwt", "dpop+jwt", "logout+jwt", "secevent+jwt", ""] {
        all.push((format!("typ {typ:?}"), forge.with_header("typ", json!(typ)).into()));
    }
    all.push(("no typ".into(), forge.without_header("typ").into()));
    all.push(("typ is null".into(), forge.with_header("typ", Value::Null).into()));
    for (name, text) in [("a list", "[]"), ("a text", "\"x\""), ("nothing", ""), ("cut off", "{\"alg\":\"EdDSA\"")] {
        all.push((format!("the header is {name}"), forge.sign(text, forge.claims()).into()));
    }
    all
}

/// A claim is missing, has another type, or a value that no token of ours has.
fn claims(forge: &Forge, other: &Shop, other_session: i64) -> Corpus {
    let mut all = Corpus::new();
    let (now, account) = (forge.claims["iat"].as_i64().unwrap(), forge.claims["sub"].as_str().unwrap().to_owned());
    for (name, value) in &forge.claims {
        all.push((format!("no {name}"), forge.without_claim(name).into()));
        let other_type = value.as_i64().map_or(json!(5), |number| json!(number.to_string()));
        let wrong = [Value::Null, json!([value]), json!({ "value": value }), json!(true), json!(1.5), other_type];
        for wrong in wrong {
            all.push((format!("{name}: {wrong}"), forge.with_claim(name, wrong).into()));
        }
        let pair = format!("{}:{value}", json!(name));
        all.push((format!("{name} twice"), forge.doubled(false, &pair, false).into()));
        if value.is_i64() {
            for huge in ["1e400", "99999999999999999999999", "18446744073709551615", "1e3", "-0.0"] {
                let text = forge.claims().replace(&pair, &format!("{}:{huge}", json!(name)));
                all.push((format!("{name}: {huge}"), forge.sign(forge.header(), text).into()));
            }
        }
    }
    for (name, value) in [("admin", json!(true)), ("scope", json!("admin")), ("client_id", json!("x")), ("", json!(1))] {
        all.push((format!("an extra claim {name:?}"), forge.with_claim(name, value).into()));
    }
    for name in ["iss", "aud"] {
        let ours = forge.claims[name].as_str().unwrap();
        for value in [json!("https://evil.example"), json!(format!("{ours}/")), json!(ours.to_uppercase()), json!("")] {
            all.push((format!("{name}: {value}"), forge.with_claim(name, value).into()));
        }
        all.push((format!("{name}: ours among others"), forge.with_claim(name, json!([ours, "https://evil.example"])).into()));
    }
    let odd = ["0", "-1", "", " ", "1.0", "1e0", "9223372036854775808", "\u{0661}", "' OR 1=1"].map(str::to_owned);
    let like = ["0{}", "+{}", "-{}", " {}", "{} ", "{}\n", "{}.0", "0x{}"].map(|shape| shape.replace("{}", &account));
    for sub in odd.into_iter().chain(like).chain([other.owner.id.to_string()]) {
        all.push((format!("sub {sub:?}"), forge.with_claim("sub", json!(sub)).into()));
    }
    for sid in [0, -1, i64::MIN, 987_654, i64::MAX, other_session] {
        all.push((format!("sid {sid}"), forge.with_claim("sid", json!(sid)).into()));
    }
    for org in [-1, i64::MIN, 0, 987_654, i64::MAX, other.org.id.0] {
        all.push((format!("org {org}"), forge.with_claim("org", json!(org)).into()));
    }
    all.push(("jti is empty".into(), forge.with_claim("jti", json!("")).into()));
    for (name, at) in
        [("exp", now - 1), ("exp", now), ("exp", 0), ("exp", -1), ("exp", i64::MIN), ("nbf", now + 60), ("iat", now + 60)]
    {
        all.push((format!("{name} {} s from now", i128::from(at) - i128::from(now)), forge.with_claim(name, json!(at)).into()));
    }
    for (name, at) in [("exp", i64::MAX), ("exp", now + 366 * 86_400), ("iat", i64::MIN), ("iat", 0)] {
        all.push((format!("{name} {at}: a life longer than any of ours"), forge.with_claim(name, json!(at)).into()));
    }
    let (good, deep) = (forge.claims(), "[".repeat(5000));
    for (name, text) in [
        ("nothing", String::new()),
        ("null", "null".into()),
        ("a list of it", format!("[{good}]")),
        ("a text of it", json!(good).to_string()),
        ("followed by something", format!("{good}x")),
        ("followed by another", format!("{good}{good}")),
        ("after a byte order mark", format!("\u{feff}{good}")),
        ("in single quotes", good.replace('"', "'")),
        ("with a comment", format!("/**/{good}")),
        ("deep", format!("{{\"sub\":{deep}")),
    ] {
        all.push((format!("the claims are {name}"), forge.sign(forge.header(), text).into()));
    }
    all.push(("the claims are no UTF-8".into(), forge.sign(forge.header(), b"{\"sub\":\"\xff\xfe\"}").into()));
    all
}

/// The signature is of something else, or written in another way.
fn signatures(forge: &Forge, token: &str) -> Corpus {
    let parts: Vec<&str> = token.split('.').collect();
    let (message, signature) = (format!("{}.{}", parts[0], parts[1]), parts[2]);
    let raw = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut all: Vec<(&str, String)> = vec![
        ("no signature", format!("{message}.")),
        ("no third part", message.clone()),
        ("a byte less", format!("{message}.{}", b64(&raw[..63]))),
        ("half of it", format!("{message}.{}", b64(&raw[..32]))),
        ("a byte more", format!("{message}.{}", b64([raw.as_slice(), &[0]].concat()))),
        ("twice", format!("{message}.{}", b64([raw.as_slice(), &raw].concat()))),
        ("a letter more", format!("{token}A")),
        ("zeros", format!("{message}.{}", b64([0; 64]))),
        ("the first bit turned", format!("{message}.{}", b64([&[raw[0] ^ 0x80], &raw[1..]].concat()))),
        ("the last bit turned", format!("{message}.{}", b64([&raw[..63], &[raw[63] ^ 1]].concat()))),
        ("with padding", format!("{message}.{}", URL_SAFE.encode(&raw))),
        ("the signature of another token", {
            let other = forge.with_claim("jti", json!("another"));
            format!("{message}.{}", other.rsplit('.').next().unwrap())
        }),
        ("the claims of another token", {
            let claims = Value::Object(forge.claims.clone()).to_string().replace("owner", "admin");
            format!("{}.{}.{signature}", parts[0], b64(claims))
        }),
        ("the key's bytes as a signature", format!("{message}.{}", b64(forge.keys.public_key().as_ref()))),
        ("a part more", format!("{token}.{signature}")),
        ("an empty part more", format!("{token}.")),
        ("an empty part before", format!(".{token}")),
        ("an empty part between", format!("{}..{}.{signature}", parts[0], parts[1])),
        ("five parts, as an encrypted one", format!("{token}.{0}.{0}", b64("x"))),
        ("parts turned round", format!("{}.{}.{signature}", parts[1], parts[0])),
        ("only dots", "..".into()),
        ("more dots", "......".into()),
        ("a space inside", format!("{}. {}.{signature}", parts[0], parts[1])),
        ("a tab inside", format!("{message}.\t{signature}")),
        ("two tokens", format!("{token} {token}")),
        ("two tokens with a comma", format!("{token},{token}")),
        ("in quotes", format!("\"{token}\"")),
        ("half a token", token[..token.len() / 2].to_owned()),
        ("upper case", token.to_uppercase()),
        ("percent signs", token.replace('.', "%2E")),
        ("the padded header", format!("{}=.{}.{signature}", parts[0], parts[1])),
        ("100 KB of letters", "a".repeat(100_000)),
        ("100 KB of dots", ".".repeat(100_000)),
        ("100 KB in a claim, signed", forge.with_claim("jti", json!("a".repeat(100_000)))),
        ("just too long, signed", forge.with_claim("jti", json!("a".repeat(4000)))),
    ];
    // The last letter carries four bits that mean nothing; they must be zero.
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = letters.iter().position(|letter| *letter == *signature.as_bytes().last().unwrap()).unwrap();
    let same = char::from(letters[place + 1]);
    all.push(("the same bytes in other letters", format!("{}{same}", &token[..token.len() - 1])));
    // A token whose signature has a letter that the two alphabets write in different ways.
    let odd = (0..200).map(|n| forge.with_claim("jti", json!(format!("n{n}")))).find(|token| {
        let signature = token.rsplit('.').next().unwrap();
        signature.contains(['-', '_'])
    });
    let odd = odd.unwrap();
    let (message, signature) = odd.rsplit_once('.').unwrap();
    all.push(("the other base64", format!("{message}.{}", signature.replace('-', "+").replace('_', "/"))));
    let mut all: Corpus = all.into_iter().map(|(name, token)| (name.to_owned(), token.into_bytes())).collect();
    let unicode = ["\u{e9}", "\u{202e}", "\u{ff0e}", "\u{1f600}", "\u{feff}"];
    all.extend(unicode.map(|letter| (format!("with {letter:?}"), token.replacen('.', &format!("{letter}."), 1).into_bytes())));
    all.push(("no UTF-8".into(), [token.as_bytes(), &[0xff, 0xfe]].concat()));
    all
}

/// Other things of this and other installations that are secret and look like tokens.
async fn strangers(test: &TestApp, shop: &Shop) -> Corpus {
    let mut all: Vec<(&str, String)> = Vec::new();
    let (mine, refresh) = test.tokens(&shop.owner.email).await;
    all.push(("a refresh token", refresh.clone()));
    let body = json!({ "name": "Paie", "scopes": ["read"], "days": 30, "present_password": PASSWORD });
    let made = test.api("POST", "/api/v1/auth/tokens", &mine, Some(body)).await.json();
    let (secret, id) = (made["secret"].as_str().unwrap(), made["id"].as_i64().unwrap());
    all.push(("a program's token without its mark", secret.trim_start_matches("rgt_").to_owned()));
    all.push(("a program's token in upper case", secret.to_uppercase()));
    all.push(("a program's token and a letter", format!("{secret}A")));
    all.push(("the part of a program's token that lists show", made["prefix"].as_str().unwrap().to_owned()));
    all.push(("the hash of a program's token", regie::platform::secret::fingerprint(secret)));
    assert_eq!(test.me(secret).await, 200, "a program's token itself is taken");
    assert_eq!(test.api("DELETE", &format!("/api/v1/auth/tokens/{id}"), &mine, None).await.status, 204);
    all.push(("a revoked token of a program", secret.to_owned()));
    let phone = test.phone(&mine).await;
    all.push(("a badge's code", test.code(&mine, phone).await));
    let (_, kiosk) = test.kiosk(&mine, "Entrée").await;
    all.push(("a kiosk's key", kiosk));
    let reset = json!({ "email": shop.owner.email });
    assert_eq!(test.api("POST", "/api/v1/auth/reset/request", "", Some(reset)).await.status, 200);
    test.run_jobs().await;
    let link = crate::support::link_of(&test.mail_to(&shop.owner.email).await);
    all.push(("the token of a reset link", link.trim_start_matches("/reset/").to_owned()));
    let cookie = test.cookie(&shop.owner.email).await;
    all.push(("the value of a session cookie", cookie.trim_start_matches("regie=").to_owned()));

    let ended = test.token(&shop.owner.email).await;
    assert_eq!(test.api("POST", "/api/v1/auth/logout", &ended, None).await.status, 204);
    all.push(("of a session that was signed out", ended));
    let (family, copied) = test.tokens(&shop.owner.email).await;
    let copied = json!({ "refresh_token": copied });
    assert_eq!(test.api("POST", "/api/v1/auth/refresh", "", Some(copied.clone())).await.status, 200);
    test.app.clock.advance_seconds(test.app.config.tokens.grace_seconds + 1);
    assert_eq!(test.api("POST", "/api/v1/auth/refresh", "", Some(copied)).await.status, 401);
    all.push(("of a family that was copied", family));

    for (name, email, what) in [("closed", "fermee", "close"), ("deleted", "effacee", "delete")] {
        test.person(shop, email, Role::Tech).await;
        let email = format!("{email}@{}.example", shop.org.slug);
        let (token, cookie) = (test.token(&email).await, test.cookie(&email).await);
        let form = format!("present_password={}&what={what}", escaped(PASSWORD));
        assert_eq!(test.browse("POST", "/me/close", &cookie, &form).await.status, 303);
        all.push((if name == "closed" { "of a closed account" } else { "of a deleted account" }, token));
    }
    test.person(shop, "Suspendue", Role::Tech).await;
    let email = format!("suspendue@{}.example", shop.org.slug);
    let token = test.token(&email).await;
    test.change("UPDATE accounts SET is_active = FALSE, disabled_by = 'platform' WHERE email LIKE 'suspendue@%'").await;
    all.push(("of an account that the platform closed, session left open", token));

    // Another installation at the same address: the same numbers, another key; then another key under the same name.
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("other.db").display());
    let elsewhere = TestApp::open_with(&url, |_| {}).await;
    let twin = elsewhere.shop("Théâtre du Mail").await;
    let foreign = elsewhere.token(&twin.owner.email).await;
    let (ours, theirs) = (Forge::of(test, &mine), Forge::of(&elsewhere, &foreign));
    all.push(("of another installation", foreign));
    all.push(("of another installation under our kid", theirs.sign(ours.header(), ours.claims())));
    all.push(("of another installation's key, with our claims", theirs.sign(theirs.header(), ours.claims())));
    all.into_iter().map(|(name, token)| (name.to_owned(), token.into_bytes())).collect()
}

/// What an answer must be like; what is wrong with it otherwise.
async fn refused(test: &TestApp, authorization: &[u8]) -> Option<String> {
    let request = Request::get("/api/v1/auth/me").header("authorization", authorization).body(Body::empty()).unwrap();
    let answer = test.send(request).await;
    if answer.status != 401 {
        return Some(format!("{} {}", answer.status, answer.text));
    }
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    let told = answer.headers.get("www-authenticate").is_some_and(|value| value == "Bearer");
    (!told || !["token.invalid", "sign_in_required"].contains(&code.as_str())).then(|| format!("401 without its words: {code}"))
}

#[tokio::test]
async fn a_token_that_is_not_ours_and_whole_is_refused() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let other = test.shop("Salle voisine").await;
        let mut corpus = strangers(&test, &shop).await;
        let (token, theirs) = (test.token(&shop.owner.email).await, test.token(&other.owner.email).await);
        let forge = Forge::of(&test, &token);
        let other_session = Forge::of(&test, &theirs).claims["sid"].as_i64().unwrap();
        let good = forge.with_claim("jti", json!("mine"));
        assert_eq!(test.me(&good).await, 200, "a token put together here is taken when nothing is wrong with it");
        corpus.extend(algorithms(&forge));
        corpus.extend(headers(&forge));
        corpus.extend(claims(&forge, &other, other_session));
        corpus.extend(signatures(&forge, &token));
        let mut wrong = Vec::new();
        for (name, token) in &corpus {
            if let Some(answer) = refused(&test, &[b"Bearer ", token.as_slice()].concat()).await {
                wrong.push(format!("{name}: {answer}"));
            }
        }
        for told in
            ["", "Bearer", "Bearer  ", "Basic {}", "Token {}", "JWT {}", "DPoP {}", "Bearer Bearer {}", "Bearer: {}", "{}"]
        {
            if let Some(answer) = refused(&test, told.replace("{}", &token).as_bytes()).await {
                wrong.push(format!("told as {told:?}: {answer}"));
            }
        }
        println!("{} tokens, {} of them taken", corpus.len(), wrong.len());
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(corpus.len() >= 60, "{}", corpus.len());
        assert_eq!(test.me(&good).await, 200, "still: nothing of this has ended the session");
    })
    .await;
}

#[tokio::test]
async fn a_token_is_read_from_its_header_alone() {
    each_app(async |test| {
        let shop = test.shop("Théâtre du Mail").await;
        let token = test.token(&shop.owner.email).await;
        for request in [
            Request::get(format!("/api/v1/auth/me?access_token={token}")),
            Request::get(format!("/api/v1/auth/me?token={token}")),
            Request::get("/api/v1/auth/me")
                .header("cookie", format!("access_token={token}; regie={token}; refresh_token={token}")),
            Request::get("/api/v1/auth/me").header("x-access-token", &token),
            Request::get("/api/v1/auth/me").header("proxy-authorization", format!("Bearer {token}")),
        ] {
            assert_eq!(test.send(request.body(Body::empty()).unwrap()).await.status, 401);
        }
        let twice = Request::get("/api/v1/auth/me").header("authorization", "Bearer x");
        let twice = twice.header("authorization", format!("Bearer {token}"));
        assert_eq!(test.send(twice.body(Body::empty()).unwrap()).await.status, 401, "the first of two counts, or none");
    })
    .await;
}
