//! Files that browsers and programs send: streamed into the store as they come, never held as a whole.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::StatusCode;
use northing_app::Actor;
use northing_app::import::Upload;
use northing_core::errors::FieldError;

use crate::failure::Failure;
use crate::state::AppState;

/// What a form may hold besides its files.
const FIELDS: usize = 1024 * 1024;

/// An upload with the other fields of its form.
pub(crate) struct Received {
    pub(crate) upload: Upload,
    fields: Vec<(String, String)>,
}

impl Received {
    /// The value of a field, unless it is absent or blank.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }
}

/// Takes the files of a request in. A field that is none of `known` is refused.
pub(crate) async fn receive(
    state: &AppState,
    actor: &Actor,
    mut request: Request,
    known: &[&str],
) -> Result<Received, Failure> {
    let limit = state.site.options.upload_limit.bytes();
    let upload = state.app.begin_import(actor, limit).await?;
    DefaultBodyLimit::max(limit.saturating_add(FIELDS)).apply(&mut request);
    let mut received = Received { upload, fields: Vec::new() };
    let done = match Multipart::from_request(request, state).await {
        Ok(form) => take(&mut received, form, known).await,
        Err(_) => Err(Failure::Http(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body must be a form with files (multipart/form-data).",
        )),
    };
    if let Err(failure) = done {
        received.upload.discard().await?;
        return Err(failure);
    }
    Ok(received)
}

async fn take(received: &mut Received, mut form: Multipart, known: &[&str]) -> Result<(), Failure> {
    let mut left = FIELDS;
    while let Some(mut field) = form.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or("").to_owned();
        if name == "files" {
            let file = field.file_name().unwrap_or("file").to_owned();
            take_file(received, &mut field, &file).await?;
            continue;
        }
        if !known.contains(&name.as_str()) {
            return Err(FieldError::new(name, "unknown_field", "is no field of this").into());
        }
        let mut text = Vec::new();
        while let Some(bytes) = field.chunk().await.map_err(|error| broken(&error))? {
            left = left.checked_sub(bytes.len()).ok_or(Failure::TOO_LARGE)?;
            text.extend_from_slice(&bytes);
        }
        let text = String::from_utf8(text)
            .map_err(|_| FieldError::new(name.clone(), "wrong_type", "must be text in UTF-8"))?;
        received.fields.push((name, text));
    }
    Ok(())
}

/// One file; a control without a choice sends an empty one without a name.
async fn take_file(received: &mut Received, field: &mut Field<'_>, name: &str) -> Result<(), Failure> {
    let mut begun = false;
    while let Some(bytes) = field.chunk().await.map_err(|error| broken(&error))? {
        if bytes.is_empty() {
            continue;
        }
        if !begun {
            received.upload.file(name).await?;
            begun = true;
        }
        received.upload.chunk(&bytes).await?;
    }
    if !begun && !name.is_empty() {
        let message = format!("{name} is empty");
        return Err(FieldError::new("files", "unreadable", message).into());
    }
    Ok(())
}

fn broken(error: &MultipartError) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TOO_LARGE,
        _ => {
            Failure::Http(StatusCode::BAD_REQUEST, "The upload broke off or is no valid form. Send it again.")
        }
    }
}
