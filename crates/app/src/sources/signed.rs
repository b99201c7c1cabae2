//! What the other system signs about who looks: a JSON web token by HMAC-SHA256 with the extension's own key. Pure.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use northing_core::values::Moment;
use serde::Deserialize;
use sha2::Sha256;

/// How far clocks may be apart, in milliseconds.
const SKEW: i64 = 5 * 60_000;
/// The longest that such a token may last: the other system's end after about an hour.
const LONGEST: i64 = 2 * 3_600_000;
/// No token of the other system is longer.
const LARGEST: usize = 8 * 1024;

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    /// The person, by the other system's lasting identifier.
    #[serde(alias = "sub")]
    nameid: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
}

/// The identity that a token is for; none where it is not signed by this key, has ended, or is no such token at all.
pub(super) fn identity(token: &str, key: &str, now: Moment) -> Option<String> {
    if token.len() > LARGEST || key.is_empty() {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = part(header)?;
    // Only ever the one way that was agreed on: never "none", never a key of the token's own choice.
    if header.alg != "HS256" {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(signed.as_bytes());
    mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
    let claims: Claims = part(claims)?;
    let ends = claims.exp.checked_mul(1000)?;
    let begins = claims.nbf.unwrap_or(0).checked_mul(1000)?;
    let now = now.millis();
    let lasts = ends.checked_add(SKEW)? > now
        && ends.checked_sub(now)? <= LONGEST
        && begins <= now.checked_add(SKEW)?;
    let identity = claims.nameid.trim();
    (lasts && !identity.is_empty() && identity.len() <= 200).then(|| identity.to_ascii_lowercase())
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn token(header: &Value, claims: &Value, key: &str) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn a_token_is_for_the_identity_that_it_names() {
        let now: Moment = "2026-02-15T09:00:00Z".parse().unwrap();
        let seconds = now.millis() / 1000;
        let good = token(
            &json!({"alg": "HS256"}),
            &json!({"nameid": "ABC", "exp": seconds + 3600, "nbf": seconds}),
            "key",
        );
        assert_eq!(identity(&good, "key", now).as_deref(), Some("abc"));
    }

    #[test]
    fn what_is_not_signed_so_is_nobody() {
        let now: Moment = "2026-02-15T09:00:00Z".parse().unwrap();
        let seconds = now.millis() / 1000;
        let hs = json!({"alg": "HS256", "typ": "JWT"});
        let claims = |exp: i64| json!({"nameid": "abc", "exp": exp});
        let good = token(&hs, &claims(seconds + 60), "key");
        assert!(identity(&good, "key", now).is_some());
        assert!(identity(&token(&hs, &claims(seconds - 200), "key"), "key", now).is_some(), "clocks differ");
        let (signed, _) = good.rsplit_once('.').unwrap();
        let bad = [
            token(&hs, &claims(seconds + 60), "other"),
            token(&json!({"alg": "none"}), &claims(seconds + 60), "key"),
            token(&json!({"alg": "HS512"}), &claims(seconds + 60), "key"),
            token(&hs, &claims(seconds - 400), "key"),
            token(&hs, &claims(seconds + 86_400), "key"),
            token(&hs, &json!({"nameid": "abc", "exp": seconds + 60, "nbf": seconds + 900}), "key"),
            token(&hs, &json!({"nameid": " ", "exp": seconds + 60}), "key"),
            token(&hs, &json!({"exp": seconds + 60}), "key"),
            token(&hs, &claims(i64::MAX), "key"),
            format!("{signed}."),
            signed.to_owned(),
            String::new(),
            String::from("..."),
        ];
        for text in bad {
            assert_eq!(identity(&text, "key", now), None, "{text}");
        }
        assert_eq!(identity(&good, "", now), None);
    }
}
