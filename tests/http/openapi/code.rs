//! What the handlers of the API say of themselves, read from their text.
//!
//! What cannot be read is an error and never left out, as with `access::code`.

use crate::http::access::code::upto;
use crate::http::audit_page::sources;
use std::collections::BTreeSet;
use std::path::Path;

fn files() -> Vec<String> {
    let files = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/api")));
    files.into_iter().map(|(_, text)| text).collect()
}

/// A handler that describes itself.
pub struct Handler {
    /// As the description spells it.
    pub method: String,
    /// Below `/api/v1`, or at the root.
    pub path: String,
    /// What it is given, and what that is of: `("Body", "LoginBody")`.
    pub given: Vec<(String, String)>,
    /// All of it, from its name on.
    pub code: String,
    /// The file that it is in.
    pub file: String,
}

/// What a handler reads as its body.
pub struct Body {
    pub content_type: &'static str,
    /// Unknown where the body is handed on to another function.
    pub of: Option<String>,
    /// Unknown as well.
    pub is_required: Option<bool>,
    /// Whether it must say that it is of its type.
    pub says_type: bool,
}

/// All that a handler is given. Whoever has something new says below, or in the tests, what it means for the description.
const KNOWN: [&str; 16] = [
    "Answerer",
    "Body",
    "Client",
    "CookieJar",
    "FormBody",
    "HeaderMap",
    "KioskClient",
    "LaterBody",
    "OptionalBody",
    "OrgClient",
    "OriginalUri",
    "Path",
    "Place",
    "Query",
    "State",
    "i64",
];

pub fn handlers() -> Vec<Handler> {
    files().iter().flat_map(|file| handlers_in(file)).collect()
}

fn handlers_in(file: &str) -> Vec<Handler> {
    let mut found = Vec::new();
    for text in file.split("#[utoipa::path(").skip(1) {
        let attribute = upto(text, ')');
        let (method, rest) = attribute.split_once(',').unwrap();
        let path = rest.split_once("path = \"").and_then(|(_, path)| path.split('"').next()).unwrap();
        let after = text[attribute.len()..].split("\n}\n").next().unwrap();
        let (_, code) = after.split_once("fn ").unwrap();
        let (_, arguments) = code.split_once('(').unwrap();
        found.push(Handler {
            method: method.trim().to_owned(),
            path: path.to_owned(),
            given: given(upto(arguments, ')')),
            code: code.to_owned(),
            file: file.to_owned(),
        });
    }
    found
}

/// The types of the arguments of a function.
fn given(mut arguments: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while !arguments.trim().is_empty() {
        let one = upto(arguments, ',');
        let (_, kind) = one.split_once(": ").unwrap_or_else(|| panic!("the type cannot be read: {one}"));
        let (name, of) = kind.trim().split_once('<').unwrap_or((kind.trim(), ">"));
        assert!(KNOWN.contains(&name), "what is {name} to the description?");
        found.push((name.to_owned(), of.strip_suffix('>').unwrap().to_owned()));
        arguments = arguments[one.len()..].strip_prefix(',').unwrap_or_default();
    }
    found
}

impl Handler {
    pub fn body(&self) -> Option<Body> {
        let (json, form) = ("application/json", "application/x-www-form-urlencoded");
        let read = |by: &str| Some(self.code.split_once(by)?.1.split_once(">()")?.0.to_owned());
        self.given.iter().find_map(|(kind, of)| {
            let known = |content_type, is_required, says_type| {
                Some(Body { content_type, of: Some(of.clone()), is_required: Some(is_required), says_type })
            };
            match kind.as_str() {
                "Body" => known(json, true, true),
                "FormBody" => known(form, true, true),
                "OptionalBody" => known(json, false, false),
                "LaterBody" => {
                    let (all, if_any) = (read("read::<"), read("read_if_any::<"));
                    let is_required = all.is_some().then_some(true).or(if_any.is_some().then_some(false));
                    Some(Body { content_type: json, of: all.or(if_any), is_required, says_type: false })
                }
                _ => None,
            }
        })
    }

    /// The names that it knows after the `?`.
    pub fn query(&self) -> BTreeSet<String> {
        let query = self.given.iter().find_map(|(kind, of)| match kind.as_str() {
            "Query" => Some(of.as_str()),
            // Reads it by itself.
            "Answerer" => Some("TokenQuery"),
            _ => None,
        });
        query.map(|name| self.fields(name)).unwrap_or_default()
    }

    /// The fields of a type, of this file or another.
    fn fields(&self, name: &str) -> BTreeSet<String> {
        let head = format!("struct {name} {{\n");
        let fields = |file: &str| Some(file.split_once(&head)?.1.split("\n}").next()?.to_owned());
        let fields = fields(&self.file).or_else(|| files().iter().find_map(|file| fields(file.as_str())));
        let fields = fields.unwrap_or_else(|| panic!("{name} cannot be read"));
        assert!(!fields.contains("rename") && !fields.contains("flatten"), "{name} cannot be read");
        let lines = fields.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with("#["));
        let names = lines.map(|line| line.split(':').next().unwrap_or_default());
        names.map(|name| name.trim_start_matches("pub ").to_owned()).collect()
    }
}

/// The names of all types that the description can have.
pub fn described_types() -> Vec<String> {
    let mut found = Vec::new();
    for file in files() {
        for text in file.split("#[derive(").skip(1) {
            let derived = upto(text, ')');
            if derived.contains("ToSchema") {
                let (_, text) = text.split_once("\npub ").unwrap();
                found.push(text.split_whitespace().nth(1).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn what_a_handler_is_given_is_read() {
    let text = r#"
/// The text of a link.
#[derive(Deserialize, IntoParams)]
pub struct LinkQuery {
    /// Where it began: or not.
    #[serde(default)]
    pub from: Option<String>,
    to: bool,
}

#[utoipa::path(post, path = "/a/{id}/b/{name}", tag = "a)", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn act(
    client: Client,
    Path((id, name)): Path<(i64, String)>,
    Query(query): Query<LinkQuery>,
    body: LaterBody,
) -> Result<StatusCode, Problem> {
    let new = body.read_if_any::<Vec<NewBody>>()?;
}

#[utoipa::path(get, path = "/a", responses((status = 204)))]
pub async fn list(client: Client) -> Result<StatusCode, Problem> {
    other(body.read::<NewBody>())
}
"#;
    let [act, list]: [Handler; 2] = handlers_in(text).try_into().ok().unwrap();
    assert_eq!((act.method.as_str(), act.path.as_str()), ("post", "/a/{id}/b/{name}"));
    let pairs = [("Client", ""), ("Path", "(i64, String)"), ("Query", "LinkQuery"), ("LaterBody", "")];
    assert_eq!(act.given, pairs.map(|(kind, of)| (kind.to_owned(), of.to_owned())));
    assert_eq!(act.query(), BTreeSet::from(["from", "to"].map(str::to_owned)));
    let body = act.body().unwrap();
    assert_eq!((body.of.as_deref(), body.is_required), (Some("Vec<NewBody>"), Some(false)));
    assert_eq!((list.method.as_str(), list.given.len(), list.body().is_none()), ("get", 1, true));
}
