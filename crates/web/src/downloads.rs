//! Files that are written while they are read.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use northing_app::export::{Export, ExportFormat};

/// An export as a file to be saved.
pub(crate) fn exported(export: Export, format: ExportFormat) -> Response {
    let name = export.file_name().to_owned();
    let parts = stream::try_unfold(export, |mut export| async move {
        match export.next().await {
            Ok(part) => Ok(part.map(|part| (Bytes::from(part), export))),
            Err(error) => {
                // The answer has begun: all that is left is to break it off, so that nobody takes it for whole.
                tracing::error!(%error, "an export broke off");
                Err(error)
            }
        }
    });
    named(Body::from_stream(parts), format.media_type(), &name)
}

/// A body as a file of this name.
pub(crate) fn named(body: impl Into<Body>, media_type: &'static str, name: &str) -> Response {
    let mut answer = body.into().into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    answer
}
