//! What Azure DevOps answers when it does not answer: every disguise of an error, brought to the one taxonomy (integrations §2.8.2,
//! §2.8.8). Matched on the code at the start of the message, then on the status.

use serde::Deserialize;

use crate::http::Answer;
use crate::trouble::{Trouble, TroubleKind};

/// The body of an error.
#[derive(Debug, Default, Deserialize)]
struct Envelope {
    #[serde(default)]
    message: String,
    #[serde(default, rename = "typeKey")]
    type_key: String,
}

/// What an answer is.
pub(super) enum Verdict {
    /// JSON to be read.
    Good,
    /// The server knows a lower version of the API than was asked for; the highest it named, if it did.
    OlderApi(Option<String>),
    /// An error.
    Bad(Trouble),
}

/// Judges an answer. `about` names what was asked for, for the message: "the query", "the project Web".
pub(super) fn judge(answer: &Answer, about: &str) -> Verdict {
    match answer.status {
        203 => Verdict::Bad(not_signed_in(None)),
        200..=299 if answer.is_json() => Verdict::Good,
        200..=299 => Verdict::Bad(not_signed_in(None)),
        300..=399 => Verdict::Bad(redirected(answer)),
        _ => refused(answer, about),
    }
}

/// The body of a good answer.
pub(super) fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<T, Trouble> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        let what = if error.is_eof() { "was cut off" } else { "is not in the form that was expected" };
        Trouble::new(
            TroubleKind::BadPayload,
            format!("Azure DevOps' answer {what}"),
            "Nothing was changed. It is tried again by itself; if it stays, a proxy between the servers may be cutting answers.",
        )
    })
}

fn not_signed_in(code: Option<String>) -> Trouble {
    Trouble::new(
        TroubleKind::AuthExpired,
        "Azure DevOps no longer accepts the credentials of this connection",
        "Its owner or an admin enters a new token in it; everybody else asks them, or links by a connection of their own.",
    )
    .with_code(code)
}

fn redirected(answer: &Answer) -> Trouble {
    let to = answer.location().unwrap_or("");
    if to.contains("_signin") || to.contains("login.microsoftonline") || to.is_empty() {
        return not_signed_in(None);
    }
    let host = reqwest::Url::parse(to).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
    Trouble::new(
        TroubleKind::Unreachable,
        format!(
            "The address answers with another address{}",
            host.map_or_else(String::new, |host| format!(" on {host}"))
        ),
        "Enter the account's present address in the connection. The token was not sent to the other one.",
    )
}

fn refused(answer: &Answer, about: &str) -> Verdict {
    let envelope: Envelope = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status == 400 && speaks_of_version(&envelope) {
        return Verdict::OlderApi(highest_version(&envelope.message));
    }
    let code = code_of(&envelope.message);
    let said = envelope.message.as_str();
    let trouble = match (code.as_deref(), answer.status) {
        (Some("TF400813"), _) | (_, 401) => not_signed_in(None),
        (Some("TF400733"), _) | (_, 429) => limited(answer),
        (Some("VS402337"), _) => Trouble::new(
            TroubleKind::TooLarge,
            format!(
                "{about} matches more work items than Azure DevOps answers in one query{}",
                number_in(said)
            ),
            "Narrow the query, for example to one area, one iteration or the states that matter. The last value stays until then.",
        ),
        (Some("TF401243"), _) => Trouble::new(
            TroubleKind::SelectorMissing,
            format!("{about} no longer exists, or the connection may not read it"),
            "Choose another query in the link, or let the query's folder be read by the connection's identity.",
        ),
        (Some("TF401232"), _) => Trouble::new(
            TroubleKind::SelectorMissing,
            String::from("A work item that was picked no longer exists, or the connection may not read it"),
            "Pick the work items of the link again.",
        ),
        (Some("TF51005" | "TF51535"), _) => Trouble::new(
            TroubleKind::SelectorInvalid,
            format!("{about} names a field that this Azure DevOps does not have: {}", plain(said)),
            "Correct the query in Azure DevOps, or choose another field in the link.",
        ),
        (Some("TF51011"), _) => Trouble::new(
            TroubleKind::SelectorInvalid,
            format!("{about} names an area or iteration that was moved or removed: {}", plain(said)),
            "Open the query in Azure DevOps, choose the area or iteration again and save it.",
        ),
        (Some("TF200016"), _) => Trouble::new(
            TroubleKind::ContainerMissing,
            String::from("The project of this connection no longer exists, or the connection may not see it"),
            "Choose the project again in the connection, or give its identity access to the project.",
        ),
        (_, 400) if said.contains("folders is not supported") => Trouble::new(
            TroubleKind::SelectorInvalid,
            format!("{about} is a folder, not a query"),
            "Choose a query inside the folder.",
        ),
        (_, 400) => Trouble::new(
            TroubleKind::SelectorInvalid,
            format!("Azure DevOps does not understand {about}: {}", plain(said)),
            "Open the query in Azure DevOps, correct it and save it.",
        ),
        (_, 403) => Trouble::new(
            TroubleKind::Forbidden,
            format!("The connection may not read {about}"),
            "Give the token the scope Work items (read) and its identity access to the project. If Azure DevOps admits known addresses only, allow this server's.",
        ),
        (_, 404) => Trouble::new(
            TroubleKind::ContainerMissing,
            format!("Azure DevOps does not know {about}"),
            "Check account and project of the connection; both may have been renamed.",
        ),
        (_, status) => Trouble::new(
            TroubleKind::Unreachable,
            format!("Azure DevOps has trouble of its own (status {status})"),
            "Nothing to do: it is tried again by itself.",
        ),
    };
    let mut trouble = trouble.with_code(code);
    trouble.retry_after = answer.wait;
    Verdict::Bad(trouble)
}

fn limited(answer: &Answer) -> Trouble {
    let mut trouble = Trouble::new(
        TroubleKind::RateLimited,
        "Azure DevOps asks to wait: the connection's identity has used up its share for now",
        "Nothing to do: it goes on by itself as soon as Azure DevOps allows.",
    );
    trouble.retry_after = answer.wait;
    trouble
}

fn speaks_of_version(envelope: &Envelope) -> bool {
    envelope.type_key == "VssVersionOutOfRangeException"
        || (envelope.message.contains("version") && envelope.message.contains("out of range"))
}

/// The highest version that a message names, as `7.0`, but below ours.
fn highest_version(message: &str) -> Option<String> {
    let parts = message.split(|letter: char| !(letter.is_ascii_digit() || letter == '.'));
    let mut versions: Vec<(u32, u32)> = parts
        .filter_map(|part| {
            let (major, minor) = part.trim_matches('.').split_once('.')?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        })
        .filter(|version| *version < super::client::NEWEST)
        .collect();
    versions.sort_unstable();
    versions.pop().map(|(major, minor)| format!("{major}.{minor}"))
}

/// `TF401243` of `TF401243: The query …`.
fn code_of(message: &str) -> Option<String> {
    let (code, _) = message.split_once(':')?;
    let letters = code.strip_prefix("TF").or_else(|| code.strip_prefix("VS"))?;
    (letters.len() >= 4 && letters.bytes().all(|byte| byte.is_ascii_digit())).then(|| code.to_owned())
}

/// A message without its code, short enough to show.
fn plain(message: &str) -> String {
    let text = match code_of(message) {
        Some(code) => message.strip_prefix(&code).unwrap_or(message).trim_start_matches(':'),
        None => message,
    };
    let text = text.trim().trim_end_matches('.');
    if text.is_empty() { String::from("no reason was given") } else { text.chars().take(240).collect() }
}

/// ` (20000)` where the message names the limit.
fn number_in(message: &str) -> String {
    let after = message.split_once("limit of").map_or("", |(_, after)| after);
    let digits: String = after.trim_start().chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() { digits } else { format!(" ({digits})") }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};

    use super::*;

    fn answer(status: u16, kind: &str, body: &str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        Answer { status, headers, body: body.as_bytes().to_vec(), wait: None }
    }

    fn error(status: u16, message: &str) -> Answer {
        let body = serde_json::json!({"$id": "1", "message": message, "typeKey": "X", "eventId": 3000});
        answer(status, "application/json; charset=utf-8", &body.to_string())
    }

    fn kind(answer: &Answer) -> TroubleKind {
        match judge(answer, "the query") {
            Verdict::Bad(trouble) => {
                assert!(!trouble.message.is_empty() && !trouble.remedy.is_empty());
                trouble.kind
            }
            _ => panic!("taken for good"),
        }
    }

    #[test]
    fn the_five_disguises_of_bad_credentials() {
        let unauthorised = error(401, "TF400813: The user 'aaaa' is not authorized to access this resource.");
        assert_eq!(kind(&unauthorised), TroubleKind::AuthExpired);
        assert_eq!(kind(&answer(401, "text/html", "")), TroubleKind::AuthExpired);
        assert_eq!(kind(&answer(203, "text/html", "<html>Sign in</html>")), TroubleKind::AuthExpired);
        assert_eq!(kind(&answer(203, "application/json", "{}")), TroubleKind::AuthExpired);
        assert_eq!(
            kind(&answer(200, "text/html; charset=utf-8", "<html>Sign in</html>")),
            TroubleKind::AuthExpired
        );
        let mut moved = answer(302, "text/html", "Object moved");
        moved
            .headers
            .insert(LOCATION, "https://spsprodeus1.vssps.visualstudio.com/_signin?realm=x".parse().unwrap());
        assert_eq!(kind(&moved), TroubleKind::AuthExpired);
    }

    #[test]
    fn every_code_has_its_kind() {
        let rows = [
            (
                400,
                "VS402337: The number of work items returned exceeds the size limit of 20000.",
                TroubleKind::TooLarge,
            ),
            (404, "TF401243: The query does not exist.", TroubleKind::SelectorMissing),
            (404, "TF401232: Work item 7 does not exist.", TroubleKind::SelectorMissing),
            (400, "TF51005: The query references a field that does not exist.", TroubleKind::SelectorInvalid),
            (400, "TF51535: Cannot find field Custom.Points.", TroubleKind::SelectorInvalid),
            (400, "TF51011: The specified iteration path does not exist.", TroubleKind::SelectorInvalid),
            (400, "Querying folders is not supported.", TroubleKind::SelectorInvalid),
            (400, "Expecting end of string.", TroubleKind::SelectorInvalid),
            (404, "TF200016: The following project does not exist: Web.", TroubleKind::ContainerMissing),
            (404, "", TroubleKind::ContainerMissing),
            (403, "Access denied.", TroubleKind::Forbidden),
            (429, "TF400733: The request has been canceled.", TroubleKind::RateLimited),
            (503, "", TroubleKind::Unreachable),
            (500, "TF10158: Unexpected.", TroubleKind::Unreachable),
        ];
        for (status, message, expected) in rows {
            assert_eq!(kind(&error(status, message)), expected, "{status} {message}");
        }
    }

    #[test]
    fn the_limit_and_the_code_are_told() {
        let answer = error(
            400,
            "VS402337: The number of work items returned exceeds the size limit of 100000. Change it.",
        );
        let Verdict::Bad(trouble) = judge(&answer, "the query") else { panic!() };
        assert!(trouble.message.contains("(100000)"), "{trouble}");
        assert_eq!(trouble.code.as_deref(), Some("VS402337"));
    }

    #[test]
    fn a_server_that_knows_less_says_how_much() {
        let said = "The requested version 7.1 of the resource is out of range. The latest version this server supports is 6.0.";
        assert!(matches!(judge(&error(400, said), ""), Verdict::OlderApi(Some(version)) if version == "6.0"));
        let body = r#"{"message":"No.","typeKey":"VssVersionOutOfRangeException"}"#;
        assert!(matches!(judge(&answer(400, "application/json", body), ""), Verdict::OlderApi(None)));
    }

    #[test]
    fn other_redirects_are_not_followed_and_named() {
        let mut moved = answer(301, "text/html", "");
        moved.headers.insert(LOCATION, "https://elsewhere.example/x".parse().unwrap());
        let Verdict::Bad(trouble) = judge(&moved, "") else { panic!() };
        assert_eq!(trouble.kind, TroubleKind::Unreachable);
        assert!(trouble.message.contains("elsewhere.example"), "{trouble}");
    }

    #[test]
    fn a_body_that_was_cut_off_is_told_apart_from_a_strange_one() {
        let cut = read::<Vec<u64>>(&answer(200, "application/json", "[1, 2")).unwrap_err();
        assert!(cut.message.contains("cut off"), "{cut}");
        let strange = read::<Vec<u64>>(&answer(200, "application/json", "{}")).unwrap_err();
        assert!(strange.message.contains("form"), "{strange}");
    }
}
