//! The files under `static/`, inside the binary. Addresses carry the hash of the content, so browsers keep them for good.
use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use axum::{
    body::Body,
    extract::{Path, RawQuery},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::Embed;

use super::problem::{Kind, Problem};
use crate::crypto;

#[derive(Debug, Embed)]
#[folder = "static/"]
struct Files;

#[derive(Debug)]
struct Asset {
    bytes: Cow<'static, [u8]>,
    /// The first 16 hex digits of its SHA-256.
    hash: String,
    mime: String,
}

/// A file's content as it was packed.
pub fn content(name: &str) -> Option<Cow<'static, [u8]>> {
    ASSETS.get(name).map(|asset| asset.bytes.clone())
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let mut assets = BTreeMap::new();
    // The stylesheet comes last: it names other files, and those names get their hashes.
    let (sheets, others): (Vec<_>, Vec<_>) = Files::iter().partition(|name| name.as_ref() == "app.css");
    for name in others.into_iter().chain(sheets) {
        let Some(file) = Files::get(&name) else { continue };
        let mut bytes = file.data;
        if name == "app.css" {
            bytes = with_versions(&bytes, &assets);
        }
        let hash = hex::encode(&crypto::sha256(&bytes)[..8]);
        let mime = mime_guess::from_path(name.as_ref()).first_or_octet_stream();
        let is_text = mime.type_() == "text" || matches!(mime.subtype().as_str(), "javascript" | "json");
        let mime = if is_text { format!("{mime}; charset=utf-8") } else { mime.to_string() };
        assets.insert(name.into_owned(), Asset { bytes, hash, mime });
    }
    assets
});

/// `url("vendor/x.woff2")` in the stylesheet, with the hash of that file.
fn with_versions(sheet: &[u8], assets: &BTreeMap<String, Asset>) -> Cow<'static, [u8]> {
    let mut text = String::from_utf8_lossy(sheet).into_owned();
    for (name, asset) in assets {
        text = text.replace(&format!("url(\"{name}\")"), &format!("url(\"{name}?v={}\")", asset.hash));
    }
    Cow::Owned(text.into_bytes())
}

/// The address of a file: `/static/app.css?v=…`. A file that does not exist panics in a debug build.
pub fn url(name: &str) -> String {
    let asset = ASSETS.get(name);
    debug_assert!(asset.is_some(), "no file static/{name}");
    match asset {
        Some(asset) => format!("/static/{name}?v={}", asset.hash),
        None => format!("/static/{name}"),
    }
}

/// `GET /static/{*name}`.
pub async fn serve(Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.get(&name) else {
        return Problem::new(Kind::NotFound).into_response();
    };
    let etag = format!("\"{}\"", asset.hash);
    let versioned = query
        .as_deref()
        .and_then(|query| query.strip_prefix("v="))
        .is_some_and(|version| version == asset.hash);
    let caching = if versioned { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|list| list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
    let (status, body) = if known {
        (StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        let body = match &asset.bytes {
            Cow::Borrowed(bytes) => Body::from(*bytes),
            Cow::Owned(bytes) => Body::from(bytes.clone()),
        };
        (StatusCode::OK, body)
    };
    let mut response = (status, body).into_response();
    let fields = [
        (header::CONTENT_TYPE, asset.mime.as_str()),
        (header::CACHE_CONTROL, caching),
        (header::ETAG, etag.as_str()),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::{
        flash::Level,
        nav::SECTIONS,
        testing::{code, files, literals_after},
    };

    fn text(name: &str) -> String {
        String::from_utf8(content(name).unwrap().to_vec()).unwrap()
    }

    #[test]
    fn every_icon_that_is_named_is_in_the_sprite() {
        let sprite = text("icons.svg");
        let mut names: Vec<String> =
            SECTIONS.iter().flat_map(|section| section.items).map(|item| item.icon.to_owned()).collect();
        names.extend([Level::Ok, Level::Bad, Level::Info].map(|level| level.icon().to_owned()));
        names.extend(Kind::ALL.iter().map(|kind| kind.icon().to_owned()));
        for (_, source) in files("templates", "html").into_iter().chain(code()) {
            for call in [".icon(", ".icon_sm(", "icon="] {
                names.extend(literals_after(&source, call));
            }
        }
        names.retain(|name| !name.is_empty());
        assert!(names.len() > 20);
        for name in names {
            assert!(sprite.contains(&format!("id=\"i-{name}\"")), "no icon {name:?} in static/icons.svg");
        }
    }

    #[test]
    fn vendored_files_are_what_their_list_says() {
        let list = text("vendor/VENDORED.txt");
        let mut checked = 0;
        for name in Files::iter().filter(|name| name.starts_with("vendor/") && !name.ends_with(".txt")) {
            let name = name.trim_start_matches("vendor/").to_owned();
            let sum = hex::encode(crypto::sha256(&content(&format!("vendor/{name}")).unwrap()));
            let entry = list.split("\n\n").find(|entry| entry.trim_start().starts_with(&name));
            assert!(entry.is_some_and(|entry| entry.contains(&sum) && entry.contains("licence")), "{name}");
            checked += 1;
        }
        assert_eq!(checked, 4);
    }

    #[test]
    fn nothing_in_a_template_needs_an_exception_from_the_policy() {
        for (path, source) in files("templates", "html") {
            if path.contains("/emails/") {
                continue; // mail readers know no stylesheets
            }
            let lower = source.to_lowercase();
            for bad in [
                " style=",
                "<style",
                "<script>",
                "javascript:",
                " onclick=",
                " onchange=",
                " onsubmit=",
                "hx-on",
                "http://",
                "|safe",
            ] {
                assert!(!lower.contains(bad), "{path} has {bad:?}");
            }
        }
    }

    #[test]
    fn the_stylesheet_names_its_font_with_a_hash() {
        let sheet = text("app.css");
        assert!(sheet.contains("url(\"vendor/inter-latin-wght-normal.woff2?v="));
        assert!(!sheet.contains(".ref"));
    }
}
