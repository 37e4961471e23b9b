//! An HTTP client with one connection that is kept.

use anyhow::{Context as _, Result, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A request's headers.
pub type Headers<'a> = &'a [(&'a str, &'a str)];

/// What came back; the body as it was on the wire.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON of a successful answer.
    ///
    /// # Errors
    /// When the answer is none.
    pub fn json(&self) -> Result<Value> {
        if !(200..300).contains(&self.status) {
            bail!("answered {}: {}", self.status, self.text());
        }
        serde_json::from_slice(&self.body).context("no JSON")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// One connection. Dropped, it is closed.
pub struct Client {
    addr: SocketAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
    /// What moves the bytes of the connection.
    driver: JoinSet<()>,
}

impl Client {
    pub fn new(addr: SocketAddr) -> Self {
        Self { addr, sender: None, driver: JoinSet::new() }
    }

    /// Opens the connection, unless it is open.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        if self.sender.as_ref().is_none_or(SendRequest::is_closed) {
            let stream = TcpStream::connect(self.addr).await.context("cannot connect")?;
            stream.set_nodelay(true).context("cannot set up the connection")?;
            let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.context("no HTTP")?;
            // Its error is that of the request under way, which reports it.
            self.driver.spawn(async move { drop(connection.await) });
            self.sender = Some(sender);
        }
        self.sender.as_mut().context("no connection")
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn send(&mut self, method: &str, path: &str, headers: Headers<'_>, body: impl Into<Bytes>) -> Result<Answer> {
        let mut request = Request::builder().method(method).uri(path).header("host", self.addr.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).context("no request")?;
        let sender = self.connect().await?;
        sender.ready().await.context("the connection broke")?;
        let (parts, body) = sender.send_request(request).await.context("the connection broke")?.into_parts();
        let body = body.collect().await.context("the answer broke off")?.to_bytes();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    /// # Errors
    /// When the connection breaks.
    pub async fn get(&mut self, path: &str, headers: Headers<'_>) -> Result<Answer> {
        self.send("GET", path, headers, Bytes::new()).await
    }

    /// Reads JSON of the API.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn get_json(&mut self, path: &str, token: &str) -> Result<Value> {
        let bearer = format!("Bearer {token}");
        self.get(path, &[("authorization", &bearer)]).await?.json().with_context(|| format!("GET {path}"))
    }

    /// Posts JSON to the API.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn post_json(&mut self, path: &str, token: &str, body: &Value) -> Result<Value> {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("content-type", "application/json")];
        if !token.is_empty() {
            headers.push(("authorization", &bearer));
        }
        self.send("POST", path, &headers, body.to_string()).await?.json().with_context(|| format!("POST {path}"))
    }

    /// Posts a form as a browser with a cookie does; what answers is a redirect.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn post_form(&mut self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin"), ("cookie", cookie)];
        let answer = self.send("POST", path, &headers, pairs.join("&")).await?;
        if answer.status != 303 {
            bail!("POST {path}: answered {}", answer.status);
        }
        Ok(answer)
    }

    /// Signs a browser in and gives its cookie.
    ///
    /// # Errors
    /// When the password is wrong.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Result<String> {
        let answer = self.post_form("/sign-in", "", &[("email", email), ("password", password)]).await?;
        let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
        let session = cookies.filter_map(|cookie| cookie.split(';').next()).find(|cookie| cookie.starts_with("regie="));
        Ok(session.context("no cookie after signing in")?.to_owned())
    }

    /// Signs a program in and gives its access token.
    ///
    /// # Errors
    /// When the password is wrong.
    pub async fn log_in(&mut self, email: &str, password: &str) -> Result<String> {
        let body = serde_json::json!({ "email": email, "password": password });
        let answer = self.post_json("/api/v1/auth/login", "", &body).await?;
        Ok(answer["access_token"].as_str().context("no token")?.to_owned())
    }
}

/// A form's value: everything but letters and digits as %XX.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() { out.push(char::from(byte)) } else { out += &format!("%{byte:02X}") }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_escaped() {
        assert_eq!(escaped("é a+b"), "%C3%A9%20a%2Bb");
    }
}
