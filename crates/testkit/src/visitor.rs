//! Somebody without a session: a browser with its form cookie in front of the site, as on the pages that let people in.

use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use tower::ServiceExt;

use crate::front_door::{Answer, form};

/// A browser that keeps the cookies it is given.
#[derive(Debug, Clone)]
pub struct Visitor {
    router: Router,
    form: String,
    cookies: Vec<(String, String)>,
}

impl Visitor {
    /// A browser with this secret in its form cookie: another secret is another browser.
    #[must_use]
    pub fn new(router: &Router, secret: &str) -> Self {
        Self { router: router.clone(), form: secret.to_owned(), cookies: Vec::new() }
    }

    /// The value of a cookie that the site gave.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn header(&self) -> String {
        let given = self.cookies.iter().map(|(name, value)| format!("; {name}={value}"));
        format!("form={}{}", self.form, given.collect::<String>())
    }

    async fn send(&mut self, request: Request<Body>) -> Result<Answer> {
        let answer = self.router.clone().oneshot(request).await?;
        let (parts, body) = answer.into_parts();
        let text = String::from_utf8_lossy(&to_bytes(body, usize::MAX).await?).into_owned();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.retain(|(key, _)| key != name);
                if !value.is_empty() {
                    self.cookies.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, text })
    }

    /// A page.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn page(&mut self, path: &str) -> Result<Answer> {
        let request = Request::get(path).header(header::COOKIE, self.header());
        self.send(request.body(Body::empty())?).await
    }

    /// A form, with the token that belongs to the browser.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let secret = self.cookie("session").unwrap_or(&self.form);
        let body = format!("{}&csrf={}", form(fields), northing_web::form_token(secret));
        let request = Request::post(path)
            .header(header::COOKIE, self.header())
            .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body))?).await
    }
}
