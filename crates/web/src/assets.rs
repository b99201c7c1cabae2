//! Style sheets, scripts and icons, embedded in the binary. Their address carries a hash over all of them, so that browsers may
//! keep them for ever and still never show an old one.

use std::fmt::Write;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use northing_ui::layout::Assets;
use rust_embed::Embed;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

#[derive(Embed)]
#[folder = "../../frontend/dist"]
#[allow_missing = true]
#[exclude = ".*"]
struct Dist;

/// What the build packs files with, the smallest first: the coding's name, and how such a file's name ends.
const PACKED: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// The first 8 hexadecimal digits of the SHA-256 over names and contents of all files.
fn build() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| {
        let mut names: Vec<_> = Dist::iter().collect();
        names.sort();
        let mut sum = Sha256::new();
        for name in names {
            if let Some(file) = Dist::get(&name) {
                sum.update(name.as_bytes());
                sum.update(file.metadata.sha256_hash());
            }
        }
        sum.finalize().iter().take(4).fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _always = write!(hex, "{byte:02x}");
            hex
        })
    })
}

/// Where a file is served.
fn address(name: &str) -> String {
    format!("/assets/{}/{name}", build())
}

/// The addresses that every page names.
pub(crate) fn addresses() -> Assets {
    let there = |name: &str| Dist::get(name).map(|_| address(name));
    Assets {
        css: there("app.css").into_iter().collect(),
        js: there("app.js").into_iter().collect(),
        icons: address("icons.svg"),
        favicon: there("favicon.svg").unwrap_or_default(),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// `GET /assets/{build}/{name}`: one file, for ever. A build that is not ours gets the file of ours, but not for ever.
pub(crate) async fn serve(
    Path((asked, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let accepts = |coding: &str| accepted.split(',').any(|one| one.trim().split(';').next() == Some(coding));
    // Packed by the build, as small as can be.
    let packed = PACKED.iter().filter(|(coding, _)| accepts(coding));
    let packed =
        packed.filter_map(|(coding, ending)| Some((Dist::get(&format!("{name}.{ending}"))?, *coding)));
    let (file, coding) = match packed.into_iter().next() {
        Some((file, coding)) => (file, Some(coding)),
        None => (Dist::get(&name).ok_or(Failure::NOT_FOUND)?, None),
    };
    let etag = format!("\"{}{}\"", build(), coding.unwrap_or_default());
    let cache = if asked == build() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let fresh = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let mut answer =
        if fresh { StatusCode::NOT_MODIFIED.into_response() } else { file.data.into_owned().into_response() };
    let set = answer.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&name)));
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        set.insert(header::ETAG, etag);
    }
    if let Some(coding) = coding {
        set.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Ok(answer)
}
