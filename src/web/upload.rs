//! Forms with a file: `multipart/form-data`, its token checked before anything else is done with it.
use axum::{
    RequestExt,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::MultipartError},
    http::{StatusCode, header},
};
use serde::de::DeserializeOwned;

use super::{
    csrf,
    form::Form,
    problem::{Kind, Problem},
};
use crate::app::App;

/// Largest form with a file, in bytes.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Room for the fields beside the file.
const FIELDS_BYTES: usize = 256 * 1024;

/// A file as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedFile {
    /// The name it had there, without folders.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A posted form whose token fits, with the file of its field `file`, if one was chosen. The same form without a file may also
/// come url-encoded.
#[derive(Debug, Clone)]
pub struct Upload<T> {
    pub form: T,
    pub file: Option<UploadedFile>,
}

impl From<MultipartError> for Problem {
    fn from(error: MultipartError) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(Kind::PayloadTooLarge),
            _ => Self::new(Kind::UnreadableBody).detail(error.body_text()),
        }
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Upload<T> {
    type Rejection = Problem;

    async fn from_request(mut req: Request, app: &App) -> Result<Self, Problem> {
        let kind = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let Form(form) = Form::from_request(req, app).await?;
            return Ok(Self { form, file: None });
        }
        let headers = req.headers().clone();
        DefaultBodyLimit::max(MOST_BYTES + FIELDS_BYTES).apply(&mut req);
        let mut parts: Multipart =
            req.extract().await.map_err(|e: axum::extract::multipart::MultipartRejection| {
                Problem::new(Kind::UnreadableBody).detail(e.body_text())
            })?;
        let (mut fields, mut file, mut is_ours) = (Vec::new(), None, false);
        while let Some(part) = parts.next_field().await? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(plain_name) {
                // The token stands before the file in our pages: without it, nothing large is read.
                Some(_) if !is_ours => return Err(csrf::refusal()),
                Some(file_name) => {
                    let bytes = part.bytes().await?;
                    if bytes.len() > MOST_BYTES {
                        return Err(Problem::new(Kind::PayloadTooLarge));
                    }
                    // A browser sends a nameless part where no file was chosen.
                    if !file_name.is_empty() && name == "file" {
                        file = Some(UploadedFile { name: file_name, bytes: bytes.to_vec() });
                    }
                }
                None => {
                    let text = part.text().await?;
                    if name == csrf::FIELD {
                        is_ours = csrf::fits(app, &headers, &text);
                    } else {
                        fields.push((name, text));
                    }
                }
            }
        }
        if !is_ours {
            return Err(csrf::refusal());
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let plain = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .map_err(|_| Problem::new(Kind::UnreadableBody))?;
        let axum_extra::extract::Form(form) = axum_extra::extract::Form::from_request(plain, app).await?;
        Ok(Self { form, file })
    }
}

/// The last part of a path, at most 200 characters.
fn plain_name(name: &str) -> String {
    name.rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn a_file_keeps_only_the_last_part_of_its_name() {
        assert_eq!(plain_name("C:\\Users\\ana\\lista.csv"), "lista.csv");
        assert_eq!(plain_name("/tmp/lista.csv"), "lista.csv");
        assert_eq!(plain_name(&"x".repeat(300)).len(), 200);
    }
}
