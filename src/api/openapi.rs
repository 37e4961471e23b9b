//! The description of the API: what is said of the API itself, and of all operations alike. What is said of one operation stands with
//! its handler.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, HeaderBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Schema, Type};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Régie",
        description = "Plans who works where, lets people badge in, keeps hours that nobody can quietly change.\n\n\
            Whatever is refused is answered with a problem (RFC 9457), whose `code` is for programs. Every answer has an \
            `X-Request-ID`, the request's own if that is 8 to 64 letters, digits, `-` and `_`. Paths below `/api/v1` are at the \
            root, too, as the systems that Régie replaces had them."
    ),
    servers((url = "/", description = "The server that tells this.")),
    tags(
        (name = "auth", description = "Accounts: signing in and out, sessions, passwords, oneself."),
        (name = "tokens", description = "Tokens that somebody makes for programs."),
        (name = "members", description = "Who belongs to the organisation, with which role, and who is invited."),
        (name = "settings", description = "The organisation's settings."),
        (name = "devices", description = "The phones of the account, which show badge codes."),
        (name = "punch", description = "Badge codes, scans of them, and what was punched."),
        (name = "kiosks", description = "Kiosks: their administration, and what they say of themselves."),
        (name = "admin", description = "What is listed for who runs the organisation: users, phones, punches, the audit."),
        (name = "planning", description = "Projects, missions, who is on them, and what they answer."),
        (name = "people", description = "The crew: names, profiles, rates, when they can work."),
        (name = "server", description = "How the server fares, and the keys that its tokens are verified with: nobody is asked who they are."),
    )
)]
struct Description;

/// What an operation asks for that says nothing else: somebody's token.
const BEARER: &str = "bearerAuth";

/// The tag of what nobody is asked for a token for, not even for a good one.
const FOR_ALL: &str = "server";

/// What refuses: the status, its name in the description, and when it comes.
const PROBLEMS: [(&str, &str, &str); 13] = [
    ("400", "Malformed", "It cannot be understood, or is refused in a way that the systems that Régie replaces called this."),
    ("401", "SignIn", "Who asks is not known: a token, a key or a password is missing, wrong, or its time is over."),
    ("403", "Forbidden", "Who asks may not do that."),
    ("404", "NotFound", "There is none, or none that who asks may see."),
    ("409", "Conflict", "It contradicts what is: `code` says how."),
    ("410", "Gone", "It was there, and its time is over."),
    ("412", "Stale", "It has changed since the version that `If-Match` names."),
    ("413", "TooLarge", "The body is longer than we take."),
    ("415", "Unsupported", "The body does not say that it is of a type that is read here."),
    ("422", "Invalid", "Something in the body or after the `?` is wrong: `errors` says what."),
    ("429", "TooMany", "Too often. `Retry-After` says when to come back."),
    ("500", "Unexpected", "Our fault: `X-Request-ID` finds it in the log."),
    ("503", "Unavailable", "It cannot be answered now. `Retry-After` says when to come back."),
];

/// What a header is for, wherever it is sent or answered.
const HEADERS: [(&str, &str); 7] = [
    ("ETag", "The version of what is answered."),
    (
        "Idempotency-Key",
        "8 to 128 characters of the client's choice. The same scan with the same key is recorded once, however often it is sent.",
    ),
    ("If-Match", "The `ETag` of what is to be changed: 412 when it has another one by now."),
    ("If-None-Match", "The `ETag` that is there already: 304 when it still has that one."),
    ("Link", "The address of the next page, with `rel=\"next\"` (RFC 8288); not there on the last page."),
    ("Set-Cookie", "`refresh_token`, for browsers. It is sent back to where it came from and nowhere else."),
    ("X-Cache", "Whether the list was kept (`HIT`) or drawn up (`MISS`)."),
];

/// The description before any operation is in it.
pub fn begin() -> utoipa::openapi::OpenApi {
    let mut api = Description::openapi();
    // The package names none, and a licence without a name is none.
    api.info.license = None;
    let components = api.components.get_or_insert_with(Components::new);
    for (status, name, when) in PROBLEMS {
        components.responses.insert(name.to_owned(), RefOr::T(refusal(status, when)));
    }
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token of `/auth/token` or `/auth/login`, or a program's token of `/auth/tokens`."))
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    let key = "The key of a kiosk, from `/admin/kiosks/{id}/generate-api-key`.";
    let key = ApiKey::Header(ApiKeyValue::with_description("X-Kiosk-API-Key", key));
    components.add_security_scheme("kioskKey", SecurityScheme::ApiKey(key));
    let cookie = "A browser's refresh token; a body that has one is believed first.";
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description("refresh_token", cookie));
    components.add_security_scheme("refreshCookie", SecurityScheme::ApiKey(cookie));
    api
}

fn refusal(status: &str, when: &str) -> Response {
    let problem = Content::new(Some(Ref::from_schema_name("ProblemBody")));
    let response = ResponseBuilder::new().description(when).content("application/problem+json", problem);
    match status {
        "401" => {
            let challenge = "`Bearer`, or `Kiosk-Key` where a kiosk is asked for its key; `header` says where that comes.";
            response.header("WWW-Authenticate", HeaderBuilder::new().description(Some(challenge)).build()).build()
        }
        "429" | "503" => {
            let seconds = HeaderBuilder::new().schema(Some(Object::with_type(Type::Integer))).description(Some("Seconds."));
            response.header("Retry-After", seconds.build()).build()
        }
        _ => response.build(),
    }
}

/// Adds to all operations what they have in common.
pub fn complete(mut api: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    for item in api.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            sum_up(operation);
            operation.security.get_or_insert_with(|| vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                refuse_null(body);
            }
            explain_headers(operation);
            add_refusals(operation);
            explain_answers(operation);
        }
    }
    api
}

/// The first sentence of a handler's comment is the summary, the others explain.
fn sum_up(operation: &mut Operation) {
    let Some(comment) = operation.summary.take() else { return };
    let comment = comment.replace('\n', " ");
    let end = comment.find(". ").map_or(comment.len(), |end| end + 1);
    let (first, others) = comment.split_at(end);
    operation.summary = Some(first.to_owned());
    let below = operation.description.take().unwrap_or_default();
    let all = format!("{}\n\n{below}", others.trim());
    operation.description = Some(all.trim().to_owned()).filter(|text| !text.is_empty());
}

/// A body that may be missing is `Option<…>` with its handler, which reads as if `null` were one.
fn refuse_null(body: &mut RequestBody) {
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(RefOr::T(Schema::OneOf(either))) = &content.schema
            && let Some(named) = either.items.iter().find(|item| matches!(item, RefOr::Ref(_)))
        {
            content.schema = Some(named.clone());
        }
    }
}

fn meaning(header: &str) -> Option<String> {
    HEADERS.iter().find(|(name, _)| *name == header).map(|(_, meaning)| (*meaning).to_owned())
}

fn explain_headers(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Header
        {
            parameter.description = meaning(&parameter.name);
        }
    }
}

/// What refuses before any handler is asked, and what every handler can be refused.
fn add_refusals(operation: &mut Operation) {
    let has = |place: &ParameterIn| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == *place))
    };
    let has_body = operation.request_body.is_some();
    let asks_who = operation.tags.iter().flatten().all(|tag| tag != FOR_ALL);
    let common = [
        // It broke off.
        ("400", has_body),
        // Who needs no token is asked for a good one, if one comes along.
        ("401", asks_who),
        ("403", asks_who),
        ("404", has(&ParameterIn::Path)),
        ("413", has_body),
        ("422", has_body || has(&ParameterIn::Query)),
        ("500", true),
        ("503", true),
    ];
    for (status, _) in common.into_iter().filter(|(_, is_possible)| *is_possible) {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::default()));
    }
}

/// Whether what refuses has another body than a problem; it may be a problem, too.
fn is_no_problem(response: &Response) -> bool {
    response.content.values().any(|content| {
        let RefOr::T(content) = content else { return false };
        matches!(&content.schema, Some(RefOr::Ref(schema)) if !schema.ref_location.ends_with("/ProblemBody"))
    })
}

/// What refuses is the same for all, but for what says more; what does not says what there is, if its handler has not.
fn explain_answers(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let Some((_, name, when)) = PROBLEMS.iter().find(|(known, ..)| *known == status.as_str()) {
            let is_more = matches!(&*response, RefOr::T(own) if is_no_problem(own));
            if is_more && let RefOr::T(own) = response {
                let problem = refusal(status, when);
                own.content.extend(problem.content);
                own.headers.extend(problem.headers);
            } else {
                *response = RefOr::Ref(Ref::from_response_name(*name));
            }
            continue;
        }
        let RefOr::T(response) = response else { continue };
        let usual = match status.as_str() {
            "200" => "What was asked for.",
            "201" => "What was made.",
            "204" => "It is done.",
            "304" => "It is as it was.",
            _ => "",
        };
        if response.description.is_empty() {
            response.description = usual.to_owned();
        }
        for (name, header) in &mut response.headers {
            if let RefOr::T(header) = header {
                header.description = meaning(name);
            }
        }
    }
}
