//! A browser without a screen: keeps cookies, fills forms, carries their tokens.
use std::collections::BTreeMap;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use scraper::{Html, Selector};
use tower::ServiceExt;

pub(crate) struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
}

/// What came back.
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// Everything a reader reads, white space folded.
    pub(crate) fn text(&self) -> String {
        let main = Selector::parse("main, body").unwrap();
        let html = self.html();
        let text: String =
            html.select(&main).next().map(|m| m.text().collect::<Vec<_>>().join(" ")).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn count(&self, selector: &str) -> usize {
        self.html().select(&Selector::parse(selector).unwrap()).count()
    }

    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    fn token(&self) -> Option<String> {
        let field = Selector::parse("input[name=_csrf]").unwrap();
        self.html().select(&field).next().and_then(|f| f.value().attr("value").map(str::to_owned))
    }
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, cookies: BTreeMap::new() }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    async fn send(&mut self, builder: axum::http::request::Builder, body: impl Into<Body>) -> Seen {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request: Request<Body> = builder
            .header("cookie", cookies.join("; "))
            .header("accept", "text/html")
            .header("accept-language", "es")
            .body(body.into())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() || text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = body.collect().await.unwrap().to_bytes();
        Seen {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Seen {
        self.send(Request::get(path), String::new()).await
    }

    /// Posts exactly these fields.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let builder = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(builder, body).await
    }

    /// Opens `page`, takes its form's token, and posts the fields to `action` with it.
    pub(crate) async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Seen {
        let token = self.get(page).await.token().unwrap_or_default();
        let mut all = vec![("_csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post(action, &all).await
    }

    /// Opens `page`, takes its form's token, and posts the fields to `action` with it as a form with a file.
    pub(crate) async fn upload(
        &mut self,
        page: &str,
        action: &str,
        fields: &[(&str, &str)],
        file: (&str, &[u8]),
    ) -> Seen {
        let token = self.get(page).await.token().unwrap_or_default();
        let mut body = Vec::new();
        for (name, value) in [("_csrf", token.as_str())].iter().chain(fields) {
            body.extend(
                format!("--abono-edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        let (name, bytes) = file;
        body.extend(
            format!("--abono-edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/csv\r\n\r\n")
                .bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n--abono-edge--\r\n");
        let builder = Request::post(action)
            .header("content-type", "multipart/form-data; boundary=abono-edge")
            .header("sec-fetch-site", "same-origin");
        self.send(builder, body).await
    }
}
