//! Comments on goals and check-ins by page.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::comments::CommentRow;
use northing_app::entity::Whom;
use northing_app::{Error, PageRequest};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::components::confirm::{self, Confirm};
use northing_ui::components::dialog::Dialog;
use northing_ui::components::feedback::{self, Tone};
use northing_ui::components::talk::{self, About};
use northing_ui::{markdown, paths};

use super::explorer::Asked;
use super::goal::check_ins;
use super::{check_in, shell};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/mentions", mentions)
        .post("/goals/{goal}/comments", on_goal)
        .post("/goals/{goal}/check-ins/{check_in}/comments", on_check_in)
        .get("/goals/{goal}/comments/{comment}", one)
        .get("/goals/{goal}/comments/{comment}/edit", edit)
        .post("/goals/{goal}/comments/{comment}/edit", save)
        .get("/goals/{goal}/comments/{comment}/deletion", ask)
        .post("/goals/{goal}/comments/{comment}/deletion", delete)
}

/// The people whose names begin with what was typed behind an `@`.
async fn mentions(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let part = PageRequest { limit: 6, cursor: None };
    let found =
        state.app.browse_people(&signed.actor, &Whom::All, asked.one("q").unwrap_or_default(), &part).await?;
    let people: Vec<_> =
        found.items.into_iter().map(|line| (line.name, line.title.unwrap_or_default())).collect();
    Ok(Html(talk::people(&people).into_string()).into_response())
}

async fn on_goal(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    create(&state, &signed, About { goal, check_in: None }, &fields).await
}

async fn on_check_in(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, check_in)): Path<(Id, Id)>,
    fields: Fields,
) -> Result<Response, Failure> {
    create(&state, &signed, About { goal, check_in: Some(check_in) }, &fields).await
}

async fn create(
    state: &AppState,
    signed: &Signed,
    about: About,
    fields: &Fields,
) -> Result<Response, Failure> {
    let made =
        state.app.create_comment(&signed.actor, about.goal, about.check_in, fields.get("text")).await?;
    if !signed.htmx {
        return Ok(go(&format!("{0}#comment-{1}", paths::comment(about.goal, made.id), made.id), false));
    }
    let said = state.app.talk(&signed.actor, about.goal, about.check_in).await?;
    let comments = check_ins::talk(signed, &said, about.check_in);
    Ok(Html(talk::talk(&signed.ctx(state), about, &comments, said.may_comment).into_string()).into_response())
}

/// Leads to where the comment stands.
async fn one(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    let row = state.app.comment(&signed.actor, goal, id).await?;
    let page = match row.check_in_id {
        Some(check_in) => {
            let cursor = state.app.check_ins_from(&signed.actor, goal, check_in).await?;
            format!("{}?cursor={cursor}", paths::goal_part(goal, "check-ins"))
        }
        None => paths::goal(goal),
    };
    Ok(go(&format!("{page}#comment-{id}"), signed.htmx))
}

async fn edit(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    let row = state.app.comment(&signed.actor, goal, id).await?;
    form(&state, &signed, StatusCode::OK, (&row, row.version, &row.body), None).await
}

async fn form(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    (row, version, text): (&CommentRow, i64, &str),
    error: Option<&str>,
) -> Result<Response, Failure> {
    let dialog = Dialog {
        title: String::from("Edit comment"),
        labelled_by: "comment-title",
        wide: false,
        inside: talk::edit(&signed.ctx(state), row.goal_id, row.id, version, text, error),
    };
    shell::dialog(state, signed, status, dialog).await
}

fn version(fields: &Fields) -> Result<Option<i64>, FieldError> {
    let version = fields.filled("version").map(str::parse).transpose();
    version.map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let text = fields.get("text");
    match state.app.edit_comment(&signed.actor, goal, id, text, version(&fields)?).await {
        Ok(row) => changed(&state, &signed, &row, "Changed the comment").await,
        Err(Error::Invalid(errors)) => {
            let row = state.app.comment(&signed.actor, goal, id).await?;
            let error = errors.first().map(|error| error.message.to_string());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            form(&state, &signed, status, (&row, row.version, text), error.as_deref()).await
        }
        Err(Error::Conflict) => {
            let row = state.app.comment(&signed.actor, goal, id).await?;
            let error = format!(
                "was changed in the meantime and now says “{}”. Save again to replace it.",
                markdown::plain(&row.body, 300)
            );
            form(&state, &signed, StatusCode::CONFLICT, (&row, row.version, text), Some(&error)).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn ask(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    let row = state.app.comment(&signed.actor, goal, id).await?;
    let ctx = signed.ctx(&state);
    let version = row.version;
    let question = Confirm {
        title: String::from("Delete this comment?"),
        text: format!("“{}” This cannot be undone.", markdown::plain(&row.body, 200)),
        verb: String::from("Delete comment"),
        href: format!("{}/deletion", paths::comment(goal, id)),
        back: paths::goal(goal),
        extra: Some(maud::html! { input type="hidden" name="version" value=(version); }),
    };
    let dialog = confirm::dialog(&ctx, &question);
    if signed.htmx {
        return Ok(Html(dialog.into_string()).into_response());
    }
    let page = northing_ui::layout::Page::plain(question.title, maud::html! { div.pad { (dialog) } });
    shell::document(&state, &signed, &page).await
}

async fn delete(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let row = state.app.comment(&signed.actor, goal, id).await?;
    state.app.delete_comment(&signed.actor, goal, id, version(&fields)?).await?;
    changed(&state, &signed, &row, "Deleted the comment").await
}

/// Ends the dialog; the comments beside it follow.
async fn changed(
    state: &AppState,
    signed: &Signed,
    row: &CommentRow,
    text: &str,
) -> Result<Response, Failure> {
    if !signed.htmx {
        return Ok(go(&paths::goal(row.goal_id), false));
    }
    let said = state.app.talk(&signed.actor, row.goal_id, row.check_in_id).await?;
    let about = About { goal: row.goal_id, check_in: row.check_in_id };
    let comments = check_ins::talk(signed, &said, row.check_in_id);
    let content = maud::html! {
        (talk::talk_swap(&signed.ctx(state), about, &comments, said.may_comment))
        (feedback::toast_swap(Tone::Good, text, None))
    };
    Ok(check_in::closing(&content))
}
