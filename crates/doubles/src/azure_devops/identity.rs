//! Who asks: personal access tokens by Basic, access tokens of applications by Bearer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::answer::{self, Answer};
use super::faults::Disguise;
use super::world::{Identity, World};

/// The identity behind an `Authorization` header. The service is strict about Base64.
pub(super) fn of(world: &World, header: Option<&str>, granted: &[(String, String)]) -> Option<Identity> {
    let header = header?;
    if let Some(text) = header.strip_prefix("Basic ") {
        let decoded = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
        let (_, token) = decoded.split_once(':')?;
        return world.tokens.get(token).cloned();
    }
    let token = header.strip_prefix("Bearer ")?;
    let (_, client) = granted.iter().find(|(it, _)| it == token)?;
    Some(Identity {
        id: client.clone(),
        name: format!("Application {client}"),
        email: String::new(),
        blind_to: Vec::new(),
        may_write: true,
    })
}

/// What somebody without good credentials gets.
pub(super) fn refuse(disguise: Disguise) -> Answer {
    match disguise {
        Disguise::Json401 => answer::typed_error(
            401,
            "TF400813: The user '' is not authorized to access this resource.",
            "UnauthorizedRequestException",
        ),
        Disguise::Html401 => answer::html(401, "Access denied"),
        Disguise::Html203 => answer::html(203, "Sign in to your account"),
        Disguise::Html200 => answer::html(200, "Sign in to your account"),
        Disguise::Redirect302 => {
            let mut moved = answer::html(302, "Object moved");
            let to = "https://spsprodweu1.vssps.visualstudio.com/_signin?realm=dev.azure.com";
            moved.headers_mut().insert("location", axum::http::HeaderValue::from_static(to));
            moved
        }
    }
}
