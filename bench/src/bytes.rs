//! `bytes`: what a first visit of each main page transfers, compressed with brotli as a browser asks for it.

use crate::client::{Answer, Client};
use crate::machine;
use crate::report::{Budget, Report};
use crate::server::Installation;
use anyhow::{Context as _, Result, bail};
use serde_json::json;

/// Bytes of HTML, style sheet and icons: what a server may send before the first acknowledgement (RFC 6928: ten segments).
const PAGE: f64 = 14.0 * 1024.0;
/// Bytes of WebAssembly and its glue, on pages with islands.
const ISLANDS: f64 = 60.0 * 1024.0;
/// Requests of a page without islands: HTML, style sheet, icons.
const REQUESTS: f64 = 3.0;

/// Pages of an organisation, after `/o/{org}`. On a page whose name ends with `*`, the first such link is followed.
const PAGES: [&str; 9] = ["/badge", "/hours", "/devices", "/punches", "/crew", "/crew/*", "/crew/new", "/crew/import", "/kiosks"];

/// A file that a page makes a browser fetch.
struct Part {
    path: String,
    bytes: f64,
}

/// # Errors
/// When a page does not answer.
pub async fn measure() -> Result<Report> {
    let mut report = Report::begin("bytes")?;
    let on = Installation::new(machine::scratch("bytes")?.join("data"));
    let said = on.run(&["seed", "--demo"], "")?;
    let owner = said.lines().find(|line| line.trim_start().starts_with("owner")).context("the demonstration has no owner")?;
    let [_, email, password] = owner.split_whitespace().collect::<Vec<_>>()[..] else { bail!("not understood: {owner}") };
    let server = on.start().await?;
    let mut client = Client::new(server.addr);
    let cookie = client.sign_in(email, password).await?;
    let home = client.get("/", &[("cookie", &cookie)]).await?;
    let org = home.header("location").split('/').nth(2).context("no organisation")?.to_owned();
    for path in ["/sign-in", "/sign-up", "/kiosk"] {
        page(&mut report, &mut client, "", path, path).await?;
    }
    page(&mut report, &mut client, &cookie, "/me", "/me").await?;
    for name in PAGES {
        let mut path = format!("/o/{org}{name}");
        if let Some(list) = path.strip_suffix("/*").map(str::to_owned) {
            let html = client.get(&list, &[("cookie", &cookie)]).await?.text();
            path = first_number(&html, &list).with_context(|| format!("{list} links to nothing"))?;
        }
        page(&mut report, &mut client, &cookie, &path, &format!("/o/{{org}}{name}")).await?;
    }
    server.stop()?;
    Ok(report)
}

async fn page(report: &mut Report, client: &mut Client, cookie: &str, path: &str, name: &str) -> Result<()> {
    let html = fetch(client, cookie, path, "identity").await?.text();
    let html_bytes = fetch(client, cookie, path, "br").await?.body.len() as f64;
    let mut parts = Vec::new();
    let mut waiting = linked(&html);
    while let Some(path) = waiting.pop() {
        if parts.iter().any(|part: &Part| part.path == path) {
            continue;
        }
        let bytes = fetch(client, cookie, &path, "br").await?.body.len() as f64;
        if path.ends_with(".js") {
            let script = fetch(client, cookie, &path, "identity").await?.text();
            waiting.extend(imported(&script, &path));
        }
        parts.push(Part { path, bytes });
    }
    let sum = |end: &[&str]| -> f64 {
        parts.iter().filter(|part| end.iter().any(|end| part.path.ends_with(end))).map(|part| part.bytes).sum()
    };
    let (looks, islands) = (sum(&[".css", ".svg"]), sum(&[".wasm", ".js"]));
    let requests = (parts.len() + 1) as f64;
    report.judged(format!("{name}: HTML + CSS + icons"), html_bytes + looks, "bytes", Budget::AtMost(PAGE));
    if islands > 0.0 {
        report.judged(format!("{name}: WebAssembly + glue"), islands, "bytes", Budget::AtMost(ISLANDS));
        report.figure(format!("{name}: requests"), requests, "");
    } else {
        report.judged(format!("{name}: requests"), requests, "", Budget::AtMost(REQUESTS));
    }
    let parts: Vec<_> = parts.iter().map(|part| json!({ "path": part.path, "bytes": part.bytes })).collect();
    report.fact(name, json!({ "html": html_bytes, "raw_html": html.len(), "parts": parts }));
    Ok(())
}

async fn fetch(client: &mut Client, cookie: &str, path: &str, encoding: &str) -> Result<Answer> {
    let answer = client.get(path, &[("cookie", cookie), ("accept-encoding", encoding)]).await?;
    if answer.status != 200 {
        bail!("GET {path}: answered {}", answer.status);
    }
    Ok(answer)
}

/// What the head and the images of a page make a browser fetch, each once: style sheets, preloads, icons, scripts.
fn linked(html: &str) -> Vec<String> {
    let mut all = Vec::new();
    for tag in html.split('<').filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag)) {
        let attribute = match tag.split([' ', '\n']).next() {
            Some("link") => "href=\"",
            Some("script" | "img" | "source") => "src=\"",
            Some("use") => "href=\"",
            _ => continue,
        };
        let Some((_, rest)) = tag.split_once(attribute) else { continue };
        let path = rest.split(['"', '#']).next().unwrap_or_default();
        if path.starts_with('/') && !all.iter().any(|known| known == path) {
            all.push(path.to_owned());
        }
    }
    all
}

/// What a script at `path` imports from the start: `import … from './other.js'`.
fn imported(script: &str, path: &str) -> Vec<String> {
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let imports = script.lines().filter(|line| line.starts_with("import "));
    let names = imports.filter_map(|line| line.rsplit_once("from ")).filter_map(|(_, name)| name.split(['"', '\'']).nth(1));
    names.filter_map(|name| Some(format!("{directory}/{}", name.strip_prefix("./")?))).collect()
}

/// The first link to something with a number below `list`.
fn first_number(html: &str, list: &str) -> Option<String> {
    let start = format!("href=\"{list}/");
    html.split(&start).skip(1).find_map(|rest| {
        let number = rest.split('"').next()?;
        number.parse::<i64>().ok().map(|number| format!("{list}/{number}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_links_to_is_found_once() {
        let html = "<head><link rel=\"icon\" href=\"/mark.svg\"><link rel=\"stylesheet\" href=\"/a.css\"></head>\
            <svg><use href=\"/icons.svg#x\"/></svg><svg><use href=\"/icons.svg#y\"/></svg><a href=\"/b\">b</a>\
            <script src=\"/c.js\"></script><img src=\"data:image/png\">";
        assert_eq!(linked(html), ["/mark.svg", "/a.css", "/icons.svg", "/c.js"]);
        let script = "import { a } from './snippets/b.js';\nconst c = 'from';";
        assert_eq!(imported(script, "/pkg/c.js"), ["/pkg/snippets/b.js"]);
        assert_eq!(first_number("<a href=\"/crew/new\"><a href=\"/crew/7\">", "/crew").as_deref(), Some("/crew/7"));
    }
}
