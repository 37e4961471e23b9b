//! Lists: one page after the other by key, kept between two changes.

use super::{Problem, wrong};
use crate::api::door::OrgClient;
use crate::kernel::Instant;
use crate::planning::service as planning;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, HeaderValue, Uri, header};
use serde::Serialize;

/// How many rows when nobody says.
const USUAL: i64 = 100;
/// How many rows at most.
const MOST: i64 = 500;

/// How many rows a page has.
pub fn page_size(limit: Option<i64>) -> i64 {
    limit.unwrap_or(USUAL).clamp(1, MOST)
}

/// Where a list goes on: the number of the last row and what the list is ordered by, in one word.
pub fn cursor(id: i64, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{id}.{key}"))
}

/// Reads what [`cursor`] wrote.
pub fn read_cursor(text: Option<&str>) -> Result<Option<(i64, String)>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let parts = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (id, key) = text.split_once('.')?;
        Some((id.parse().ok()?, key.to_owned()))
    };
    parts().map(Some).ok_or(wrong("after", "cursor.invalid"))
}

/// As [`read_cursor`], for lists ordered by time.
pub fn read_time_cursor(text: Option<&str>) -> Result<Option<(Instant, i64)>, Problem> {
    let Some((id, key)) = read_cursor(text)? else { return Ok(None) };
    let at = key.parse().map_err(|_| wrong("after", "cursor.invalid"))?;
    Ok(Some((Instant(at), id)))
}

/// A page as it is sent and kept: where the next one begins, and the rows.
pub struct Page {
    next: Option<String>,
    body: String,
}

impl Page {
    /// A page of `size` out of `rows`, of which one more was asked for than a page has.
    pub fn of<T, B: Serialize>(mut rows: Vec<T>, size: i64, cursor: impl Fn(&T) -> String, body: impl Fn(T) -> B) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(cursor);
        let rows: Vec<B> = rows.into_iter().map(body).collect();
        Self { next, body: serde_json::to_string(&rows).unwrap_or_else(|_| "[]".to_owned()) }
    }

    fn spell(&self) -> String {
        format!("{}\n{}", self.next.as_deref().unwrap_or_default(), self.body)
    }

    fn read(text: &str) -> Option<Self> {
        let (next, body) = text.split_once('\n')?;
        Some(Self { next: Some(next.to_owned()).filter(|next| !next.is_empty()), body: body.to_owned() })
    }

    /// The answer, with the address of the next page (RFC 8288).
    pub fn answer(self, uri: &Uri) -> Response {
        let mut response = ([(header::CONTENT_TYPE, "application/json")], self.body).into_response();
        let link = self.next.and_then(|next| {
            let kept = uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty() && !part.starts_with("after="));
            let query = kept.map(str::to_owned).chain([format!("after={next}")]).collect::<Vec<_>>().join("&");
            HeaderValue::from_str(&format!("<{}?{query}>; rel=\"next\"", uri.path())).ok()
        });
        if let Some(link) = link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// A page of `kind`, from what was kept or from `make`. `query` says all that the page depends on, but for the plan itself. A page
/// is kept when the plan's word was the same before and after it was made: its rows are those of the word, also when a loss of power
/// takes the newest change back.
pub async fn kept_page(
    client: &OrgClient,
    uri: &Uri,
    kind: &str,
    query: &str,
    make: impl AsyncFnOnce() -> Result<Page, Problem>,
) -> Result<Response, Problem> {
    let app = &client.app;
    let tag = planning::find_plan_tag(app, client.permit()?).await?;
    let key = format!("{kind} {} {tag} {query}", client.org.id);
    let kept = app.cache.get(&key, app.clock.now()).await.as_deref().and_then(Page::read);
    let (page, word) = match kept {
        Some(page) => (page, "HIT"),
        None => {
            let page = make().await?;
            if planning::find_plan_tag(app, client.permit()?).await? == tag {
                app.cache.put(&key, &page.spell(), app.clock.now()).await;
            }
            (page, "MISS")
        }
    };
    metrics::counter!("list_cache_total", "list" => kind.to_owned(), "outcome" => word).increment(1);
    let mut response = page.answer(uri);
    response.headers_mut().insert(HeaderName::from_static("x-cache"), HeaderValue::from_static(word));
    Ok(response)
}
