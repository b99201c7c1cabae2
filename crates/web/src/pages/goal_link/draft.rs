//! The link of a goal that does not exist yet: what was entered of the goal waits in the form, and both are created at once.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_app::goal::GoalInput;
use northing_app::sources::{LinkFor, LinkForm as Begin};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::pages::link_source;

use super::read::{self, Pairs, value};
use super::{form, found_items, shown, tree};
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::pages::explorer::Asked;
use crate::pages::{connections, goal_form};
use crate::router::Pages;
use crate::state::AppState;

/// The fields of the form of a link, as far as they are kept while the goal is looked at again.
const KEPT: [&str; 21] = [
    "connection_id",
    "by",
    "query_id",
    "wiql",
    "item",
    "children",
    "mode",
    "measure",
    "count_only_completed",
    "resolved_counts",
    "leave_out_removed",
    "work_item_type",
    "with_tasks",
    "history",
    "metric_name",
    "metric_unit",
    "metric_start",
    "metric_target",
    "open",
    "q",
    "options_shown",
];
/// Those that belong to a connection: another one knows nothing of them.
const OF_CONNECTION: [&str; 6] = ["query_id", "item", "work_item_type", "measure", "open", "q"];

pub(super) fn routes() -> Pages {
    Pages::default()
        .post("/goals/link", save)
        .post("/goals/link/preview", preview)
        .post("/goals/link/queries", queries)
        .get("/goals/link/folder", folder)
        .post("/goals/link/items", items)
        .post("/goals/link/back", back)
}

/// A goal that is created with its link: what was entered of both.
pub(crate) struct Draft {
    /// The fields of the goal's form.
    pub(crate) goal: Vec<(String, String)>,
    /// The fields of the link's form; empty while it was not opened.
    pub(crate) link: Vec<(String, String)>,
}

fn parsed(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn packed<'a>(pairs: impl Iterator<Item = &'a (String, String)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl Draft {
    /// From the form of the goal, which carries what was chosen of the link.
    pub(crate) fn of_goal(pairs: &Pairs) -> Self {
        let about = |name: &str| !matches!(name, "csrf" | "then" | "link");
        Self {
            goal: pairs.iter().filter(|(name, _)| about(name)).cloned().collect(),
            link: parsed(value(pairs, "link")),
        }
    }

    /// From a form that carries the goal: that of the link, or that of a connection which the link waits for.
    pub(crate) fn of_link(pairs: &Pairs) -> Self {
        let carried = pairs.iter().any(|(name, _)| name == "link").then(|| parsed(value(pairs, "link")));
        let link = carried.unwrap_or_else(|| pairs.to_vec());
        Self {
            goal: parsed(value(pairs, "draft")),
            link: link.into_iter().filter(|(name, _)| KEPT.contains(&name.as_str())).collect(),
        }
    }

    /// The goal as a form carries it.
    pub(crate) fn goal_text(&self) -> String {
        packed(self.goal.iter())
    }

    /// The link as a form carries it.
    pub(crate) fn link_text(&self) -> String {
        packed(self.link.iter())
    }

    /// The fields of the link's form, with the goal in them.
    fn values(&self) -> Vec<(String, String)> {
        let mut values = self.link.clone();
        values.push((String::from("draft"), self.goal_text()));
        values
    }

    /// The same with another connection: what was picked by the one before is forgotten.
    fn by(mut self, connection: Id) -> Self {
        self.link.retain(|(name, _)| name != "connection_id" && !OF_CONNECTION.contains(&name.as_str()));
        self.link.push((String::from("connection_id"), connection.to_string()));
        self
    }
}

/// What the link begins with; where the goal cannot be created as it was entered, its form again.
async fn opened(
    state: &AppState,
    signed: &Signed,
    draft: &Draft,
) -> Result<Result<(GoalInput, Begin), Response>, Failure> {
    let wrong = match goal_form::input(state, signed, &draft.goal).await? {
        Ok(input) => match state.app.link_form(&signed.actor, LinkFor::New(&input)).await {
            Ok(begin) => return Ok(Ok((input, begin))),
            Err(error) => error,
        },
        Err(errors) => Error::Invalid(errors),
    };
    Ok(Err(goal_form::again(state, signed, draft, Some(wrong)).await?))
}

/// The form of the link for a goal that was entered; where there is no connection to choose, the form of a new one.
pub(crate) async fn begin(
    state: &AppState,
    signed: &Signed,
    draft: Draft,
    connection: Option<Id>,
) -> Result<Response, Failure> {
    let mut draft = match connection {
        Some(connection) if !draft.link.is_empty() => draft.by(connection),
        _ => draft,
    };
    let (input, begin) = match opened(state, signed, &draft).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    if begin.refused.is_none() && begin.connections.is_empty() && begin.may_connect {
        return connections::first_of_draft(state, signed, &draft).await;
    }
    if let Some(reason) = form::refused(&begin) {
        let refusal = northing_core::errors::Refusal::new("no_link", reason);
        return goal_form::again(state, signed, &draft, Some(Error::Refused(refusal))).await;
    }
    if draft.link.is_empty() {
        draft.link = form::begin(&begin, connection);
    }
    let form = form::shown(state, signed, LinkFor::New(&input), &begin, draft.values()).await?;
    shown(state, signed, StatusCode::OK, &form).await
}

async fn save(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let draft = Draft::of_link(fields.pairs());
    match fields.get("act") {
        "" => create(&state, &signed, draft).await,
        "new" => connections::first_of_draft(&state, &signed, &draft).await,
        "connection" => {
            let connection = read::connection(fields.pairs());
            begin(&state, &signed, draft, connection).await
        }
        act => {
            if let Some(id) = act.strip_prefix("mend:") {
                let id = id.parse().map_err(|_| Error::NotFound("connection"))?;
                return connections::mend_for_draft(&state, &signed, &draft, id).await;
            }
            let (input, begin) = match opened(&state, &signed, &draft).await? {
                Ok(found) => found,
                Err(answer) => return Ok(answer),
            };
            let mut values = draft.values();
            let asked = ["act", "item_q", "item_kind"];
            values.extend(fields.pairs().iter().filter(|(name, _)| asked.contains(&name.as_str())).cloned());
            let form = form::shown(&state, &signed, LinkFor::New(&input), &begin, values).await?;
            shown(&state, &signed, StatusCode::OK, &form).await
        }
    }
}

/// Creates the goal with its link and its first value; else the form that has something wrong in it, with everything that was entered.
pub(crate) async fn create(state: &AppState, signed: &Signed, draft: Draft) -> Result<Response, Failure> {
    let (input, begin) = match opened(state, signed, &draft).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let made = match read::read(&draft.link, &begin.goal) {
        Ok(link) => state.app.create_linked_goal(&signed.actor, input.clone(), link).await,
        Err(errors) => Err(Error::Invalid(errors)),
    };
    let (errors, refusal) = match made {
        Ok((goal, _)) => {
            if value(&draft.link, "history") == "true" {
                state.app.request_backfill(&signed.actor, goal.id).await?;
            }
            return goal_form::created(state, signed, &goal, &draft.goal).await;
        }
        Err(Error::Invalid(errors)) => placed(&errors),
        Err(Error::Refused(refusal) | Error::Forbidden(refusal)) => {
            (Vec::new(), Some(refusal.message.to_string()))
        }
        Err(Error::NotFound("connection")) => (
            vec![(String::from("connection_id"), String::from("Choose a connection that you may use"))],
            None,
        ),
        Err(other) => return Err(other.into()),
    };
    let mut form = form::shown(state, signed, LinkFor::New(&input), &begin, draft.values()).await?;
    form.typed.errors.extend(errors);
    form.typed.refusal = refusal;
    shown(state, signed, StatusCode::UNPROCESSABLE_ENTITY, &form).await
}

/// Errors at the fields of the link's form; what belongs to none of them is told above.
fn placed(errors: &[FieldError]) -> (Vec<(String, String)>, Option<String>) {
    let all: Vec<(String, String)> = errors.iter().map(read::at_field).collect();
    let (here, above): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(name, _)| name == "selector" || KEPT.contains(&name.as_str()));
    let above: Vec<String> = above.into_iter().map(|(name, message)| format!("{name}: {message}.")).collect();
    (here, (!above.is_empty()).then(|| above.join(" ")))
}

async fn back(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    goal_form::again(&state, &signed, &Draft::of_link(fields.pairs()), None).await
}

async fn preview(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let (input, begin) = match opened(&state, &signed, &Draft::of_link(fields.pairs())).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let form = form::looked(&state, &signed, LinkFor::New(&input), &begin, fields.pairs()).await?;
    Ok(Html(link_source::looked(&signed.ctx(&state), &form).into_string()).into_response())
}

async fn queries(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let (_, begin) = match opened(&state, &signed, &Draft::of_link(fields.pairs())).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let form = form::with_tree(&state, &signed, &begin, fields.pairs()).await?;
    Ok(Html(link_source::tree(&form).into_string()).into_response())
}

async fn folder(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let connection = asked.id("connection_id")?.ok_or(Error::NotFound("connection"))?;
    let (place, name) = (asked.one("place").unwrap_or_default(), asked.one("name").unwrap_or_default());
    let read = tree::one_folder(&state, &signed, None, connection, (place, name)).await?;
    Ok(Html(link_source::folder("", &read).into_string()).into_response())
}

async fn items(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    found_items(&state, &signed, None, fields.pairs()).await
}
