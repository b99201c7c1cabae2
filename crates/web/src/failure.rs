//! What goes wrong, turned into an answer in one place: problem+json for the API, a page for browsers, a toast for htmx.
//!
//! A handler returns a [`Failure`]; it travels as an extension of an empty response to [`render`], which knows who asked.

use std::error::Error as _;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use northing_app::{Error, Trouble};
use northing_core::errors::FieldError;
use northing_ui::components::feedback;
use northing_ui::paths;
use serde_json::json;
use tower_http::request_id::RequestId;

use crate::extract::Signed;
use crate::state::AppState;

/// Why a request was not answered as asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A use case said so.
    App(Error),
    /// The request itself is not one: status and a sentence.
    Http(StatusCode, &'static str),
    /// A page for signed-in people: where to go back to after signing in.
    SignIn(Option<String>),
    /// Nobody has set up this installation yet.
    SetUp,
    /// The person is signed in and a member of no organisation.
    NoOrganization,
}

impl Failure {
    /// There is no such page.
    pub(crate) const NOT_FOUND: Self = Self::Http(StatusCode::NOT_FOUND, "There is nothing at this address.");
    /// The form's token is missing or of another session.
    pub(crate) const FORGED: Self = Self::Http(
        StatusCode::FORBIDDEN,
        "This form is from another session or has expired. Load the page again and repeat your change.",
    );
    /// The body is longer than allowed.
    pub(crate) const TOO_LARGE: Self =
        Self::Http(StatusCode::PAYLOAD_TOO_LARGE, "The request is larger than is allowed here.");

    fn status(&self, if_match: bool) -> StatusCode {
        match self {
            Self::Http(status, _) => *status,
            Self::SignIn(_) | Self::SetUp | Self::NoOrganization => StatusCode::SEE_OTHER,
            Self::App(error) => match error {
                Error::SignedOut => StatusCode::UNAUTHORIZED,
                Error::NotFound(_) => StatusCode::NOT_FOUND,
                Error::Forbidden(_) => StatusCode::FORBIDDEN,
                Error::Invalid(_) | Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Error::Conflict if if_match => StatusCode::PRECONDITION_FAILED,
                Error::Conflict => StatusCode::CONFLICT,
                Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
                Error::Store(_) | Error::Internal(_) => match error.trouble() {
                    Trouble::Taken(_) | Trouble::Dangling => StatusCode::UNPROCESSABLE_ENTITY,
                    Trouble::Busy => StatusCode::SERVICE_UNAVAILABLE,
                    Trouble::Broken => StatusCode::INTERNAL_SERVER_ERROR,
                },
            },
        }
    }

    /// A sentence for a person; never holds details of the store.
    fn sentence(&self) -> String {
        match self {
            Self::Http(_, text) => (*text).to_owned(),
            Self::SignIn(_) | Self::SetUp | Self::NoOrganization => String::from("Sign in first."),
            Self::App(error) => match error {
                Error::Store(_) | Error::Internal(_) => match error.trouble() {
                    Trouble::Taken(_) => String::from("This exists already."),
                    Trouble::Dangling => {
                        String::from("This refers to something that does not exist, or is still in use.")
                    }
                    Trouble::Busy => {
                        String::from("The store is busy or out of reach. Try again in a moment.")
                    }
                    Trouble::Broken => String::from("Something went wrong on our side. It was noted."),
                },
                Error::NotFound(what) => format!("There is no such {what}, or you may not see it."),
                Error::TooMany { seconds } => too_many(*seconds),
                other => sentence_case(&other.to_string()),
            },
        }
    }

    /// The sentence for a page: of several wrong fields, each.
    fn words(&self) -> String {
        match self {
            Self::App(Error::Invalid(errors)) => {
                errors.iter().map(|error| sentence_case(&error.to_string())).collect::<Vec<_>>().join(" ")
            }
            _ => self.sentence(),
        }
    }

    /// What is wrong, field by field.
    fn errors(&self) -> Vec<FieldError> {
        match self {
            Self::App(Error::Invalid(errors)) => errors.clone(),
            Self::App(Error::Refused(refusal)) => {
                vec![FieldError::new("", refusal.code, refusal.message.clone())]
            }
            Self::App(error @ Error::Store(_)) => match error.trouble() {
                Trouble::Taken(field) => vec![FieldError::new(field, "taken", "exists already")],
                Trouble::Dangling => vec![FieldError::new(
                    "",
                    "unknown_reference",
                    "refers to something that does not exist, or is still in use",
                )],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

/// How long to wait after too many attempts.
pub(crate) fn too_many(seconds: u64) -> String {
    let plural = |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let wait = match (seconds / 60, seconds % 60) {
        (0, seconds) => plural(seconds, "second"),
        (minutes, 0) => plural(minutes, "minute"),
        (minutes, seconds) => format!("{} and {}", plural(minutes, "minute"), plural(seconds, "second")),
    };
    format!("Too many attempts. Wait {wait} and try again.")
}

pub(crate) fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    let mut sentence: String = chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    sentence.push_str(chars.as_str());
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        Self::App(error.into())
    }
}

#[derive(Clone)]
struct Carried(Arc<Failure>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut answer = self.status(false).into_response();
        answer.extensions_mut().insert(Carried(Arc::new(self)));
        answer
    }
}

/// Writes the body of an API failure, where the answer is still to be kept or changed.
pub(crate) fn finish(answer: Response, if_match: bool, reference: Option<&str>) -> Response {
    match answer.extensions().get::<Carried>() {
        Some(Carried(failure)) => {
            let status = failure.status(if_match);
            note(failure, status);
            problem(failure, status, reference.filter(|_| status.is_server_error()))
        }
        None => answer,
    }
}

/// Failures of ours are logged once, with what is never shown.
fn note(failure: &Failure, status: StatusCode) {
    if let (Failure::App(error), true) = (failure, status.is_server_error()) {
        tracing::error!(%error, cause = ?error.source(), "a request failed");
    }
}

/// Gives every failure its body. Answers of the framework itself (no such route, wrong method) pass here as well.
pub(crate) async fn render(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let api = ["/api/", "/hooks/"].iter().any(|start| request.uri().path().starts_with(start));
    let htmx = request.headers().contains_key("hx-request");
    let if_match = request.headers().contains_key(header::IF_MATCH);
    let reference = reference(request.extensions());
    let reader = (!api && !htmx).then(|| Reader::of(&request)).flatten();
    let answer = next.run(request).await;
    let failure = match answer.extensions().get::<Carried>() {
        Some(Carried(failure)) => Arc::clone(failure),
        None => match answer.status() {
            status @ (StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::BAD_REQUEST
            | StatusCode::UNSUPPORTED_MEDIA_TYPE)
                if is_plain(&answer) =>
            {
                Arc::new(Failure::Http(status, plain(status)))
            }
            _ => return answer,
        },
    };
    let status = failure.status(if_match);
    note(&failure, status);
    // What is ours is found in the log by the number of its request.
    let reference = reference.filter(|_| status.is_server_error());
    let reference = reference.as_deref();
    let mut rendered = if api {
        problem(&failure, status, reference)
    } else {
        match (&*failure, htmx) {
            (Failure::SignIn(next), _) => go(&sign_in_address(next.as_deref()), htmx),
            (Failure::App(Error::SignedOut), _) => go("/sign-in", htmx),
            (Failure::SetUp, _) => go(paths::SET_UP, htmx),
            (Failure::NoOrganization, _) => go(paths::ORGANISATIONS, htmx),
            (_, true) => toast(&failure, status, reference),
            (_, false) => match reader {
                Some(reader) => reader.page(&state, &failure, status, reference).await,
                None => page(&state, &failure, status, reference),
            },
        }
    };
    if let Failure::App(Error::TooMany { seconds }) = &*failure {
        rendered.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
    if let Some(allow) = answer.headers().get(header::ALLOW) {
        rendered.headers_mut().insert(header::ALLOW, allow.clone());
    }
    rendered
}

/// The number of a request, as its answer has it in `x-request-id` and the log with every line.
pub(crate) fn reference(extensions: &Extensions) -> Option<String> {
    extensions.get::<RequestId>()?.header_value().to_str().ok().map(str::to_owned)
}

/// Whether an answer is one of the framework's own: a line of text or nothing.
fn is_plain(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_none_or(|kind| kind.starts_with(b"text/plain"))
}

const fn plain(status: StatusCode) -> &'static str {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => "This address does not take this kind of request.",
        StatusCode::PAYLOAD_TOO_LARGE => "The request is larger than is allowed here.",
        StatusCode::REQUEST_TIMEOUT => "This took too long and was given up.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "The body must be of another media type.",
        _ => "The request could not be read.",
    }
}

fn problem(failure: &Failure, status: StatusCode, reference: Option<&str>) -> Response {
    let status = if status == StatusCode::SEE_OTHER { StatusCode::UNAUTHORIZED } else { status };
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": failure.sentence(),
    });
    let errors = failure.errors();
    if (status == StatusCode::UNPROCESSABLE_ENTITY || !errors.is_empty())
        && let Some(object) = body.as_object_mut()
    {
        object.insert(String::from("errors"), json!(errors));
    }
    if let Failure::App(Error::Forbidden(refusal)) = failure
        && let Some(object) = body.as_object_mut()
    {
        object.insert(String::from("code"), json!(refusal.code));
    }
    if let (Some(reference), Some(object)) = (reference, body.as_object_mut()) {
        object.insert(String::from("reference"), json!(reference));
    }
    let mut answer = (status, body.to_string()).into_response();
    let set = answer.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::UNAUTHORIZED {
        set.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    answer
}

fn sign_in_address(next: Option<&str>) -> String {
    next.filter(|next| *next != "/").map_or_else(
        || String::from("/sign-in"),
        |next| format!("/sign-in?{}", serde_urlencoded::to_string([("next", next)]).unwrap_or_default()),
    )
}

/// Sends a browser on; htmx by its own header, since it would follow a redirect inside the fragment.
pub(crate) fn go(address: &str, htmx: bool) -> Response {
    let Ok(value) = HeaderValue::from_str(address) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if htmx {
        ([(HeaderName::from_static("hx-redirect"), value)], StatusCode::NO_CONTENT).into_response()
    } else {
        (StatusCode::SEE_OTHER, [(header::LOCATION, value)]).into_response()
    }
}

fn toast(failure: &Failure, status: StatusCode, reference: Option<&str>) -> Response {
    let mut words = failure.words();
    if let Some(reference) = reference {
        words.push_str(&format!(" Reference {reference}."));
    }
    let fragment = feedback::toast_swap(feedback::Tone::Failure, &words, None);
    let mut headers = HeaderMap::new();
    headers.insert("hx-reswap", HeaderValue::from_static("none"));
    (status, headers, fragment).into_response()
}

/// Somebody who reads a page: where they are signed in, what went wrong stands inside the shell.
struct Reader(Parts);

impl Reader {
    /// Whoever asks for a page; what belongs to pages, and pages inside other systems, have no shell.
    fn of(request: &Request) -> Option<Self> {
        let path = request.uri().path();
        if ["/assets/", "/embed/"].iter().any(|start| path.starts_with(start)) {
            return None;
        }
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.method = request.method().clone();
        parts.uri = request.uri().clone();
        parts.headers = request.headers().clone();
        parts.extensions = request.extensions().clone();
        Some(Self(parts))
    }

    async fn page(
        mut self,
        state: &AppState,
        failure: &Failure,
        status: StatusCode,
        reference: Option<&str>,
    ) -> Response {
        let bare = || page(state, failure, status, reference);
        // Where the store is what failed, nothing more is asked of it.
        if status.is_server_error() {
            return bare();
        }
        let Ok(signed) = Signed::from_request_parts(&mut self.0, state).await else { return bare() };
        let (what, detail) = shown(failure, status);
        let content = northing_ui::pages::failure::page(what, detail.as_deref(), None);
        match crate::pages::shell::document(state, &signed, &content).await {
            Ok(mut answer) => {
                *answer.status_mut() = status;
                answer
            }
            Err(_) => bare(),
        }
    }
}

fn shown(failure: &Failure, status: StatusCode) -> (northing_ui::pages::failure::Failure, Option<String>) {
    use northing_ui::pages::failure::Failure as Shown;
    let shown = match status {
        StatusCode::NOT_FOUND => Shown::NotFound,
        StatusCode::FORBIDDEN => Shown::Forbidden,
        StatusCode::TOO_MANY_REQUESTS => Shown::TooMany,
        StatusCode::PAYLOAD_TOO_LARGE => Shown::TooLarge,
        status if status.is_client_error() => Shown::BadRequest,
        _ => Shown::Internal,
    };
    (shown, (status != StatusCode::NOT_FOUND).then(|| failure.words()))
}

/// The page for readers who are not signed in.
fn page(state: &AppState, failure: &Failure, status: StatusCode, reference: Option<&str>) -> Response {
    let (what, detail) = shown(failure, status);
    let document = northing_ui::pages::failure::document(state.assets(), what, detail.as_deref(), reference);
    (status, document).into_response()
}
