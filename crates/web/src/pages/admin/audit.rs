//! The log of changes: filtered, read a page at a time, taken out as a file.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use northing_app::audit::AuditFilter;
use northing_app::{Error, PageRequest};
use northing_core::errors::FieldError;
use northing_core::values::{Day, Moment};
use northing_ui::components::activity::Part;
use northing_ui::components::picker::Of;
use northing_ui::pages::admin::audit::{self, Line};
use northing_ui::pages::entry::Typed;
use northing_ui::{Ctx, paths};

use super::{form, told};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::pages::explorer::Asked;
use crate::pages::shell;
use crate::router::Pages;
use crate::state::AppState;

/// Entries before the list goes on by scrolling.
const ROWS: u32 = 60;
/// Entries that are read at once for a file.
const TOGETHER: u32 = 200;

pub(super) fn routes() -> Pages {
    Pages::default().get(paths::AUDIT, page).get("/admin/audit/rows", rows).get("/admin/audit.csv", file)
}

/// What the log is narrowed to; days are those of the reader's zone.
fn filter(ctx: &Ctx, asked: &Asked) -> Result<AuditFilter, Failure> {
    let day = |name: &'static str| -> Result<Option<Day>, FieldError> {
        let day = asked.one(name).map(str::parse).transpose();
        day.map_err(|_| FieldError::new(name, "invalid", "must be a day such as 2026-11-24"))
    };
    let until = day("until")?.map(|day| day.plus_days(1).start_in(&ctx.zone));
    Ok(AuditFilter {
        actor: asked.id("actor")?,
        action: asked.one("action").map(str::to_owned),
        goal: asked.id("goal")?,
        since: day("since")?.map(|day| day.start_in(&ctx.zone)),
        until,
    })
}

struct Found {
    lines: Vec<Line>,
    more: Option<String>,
}

async fn found(state: &AppState, signed: &Signed, ctx: &Ctx, asked: &Asked) -> Result<Found, Failure> {
    let page = PageRequest::new(Some(ROWS), asked.one("cursor").map(str::to_owned))?;
    let found = state.app.list_audit(&signed.actor, &filter(ctx, asked)?, &page).await?;
    let names = state.app.audit_names(&signed.actor, &found.items).await?;
    let more = found.next.map(|cursor| asked.with("/admin/audit/rows", "cursor", &[cursor]));
    Ok(Found { lines: found.items.iter().map(|entry| told::line(ctx, entry, &names)).collect(), more })
}

async fn page(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let (ctx, asked) = (signed.ctx(&state), Asked::read(raw));
    let it = found(&state, &signed, &ctx, &asked).await?;
    let value = |name: &str| (name.to_owned(), asked.one(name).unwrap_or_default().to_owned());
    let values = ["actor", "actor_query", "action", "goal", "since", "until"].map(value).to_vec();
    let typed = Typed { values, ..Typed::default() };
    let form = form(&state, &signed, typed, &[("actor", Of::People)], asked.one("search")).await?;
    let csv = asked.with("/admin/audit.csv", "cursor", &[]);
    let page = audit::page(&ctx, &form, &told::kinds(), &it.lines, it.more.as_deref(), &csv);
    shell::document(&state, &signed, &page).await
}

async fn rows(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let it = found(&state, &signed, &ctx, &Asked::read(raw)).await?;
    Ok(Html(audit::rows(&ctx, &it.lines, it.more.as_deref()).into_string()).into_response())
}

/// The whole log as a table, a part at a time; what was taken out stands in the log as well.
async fn file(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let filter = filter(&ctx, &Asked::read(raw))?;
    state.app.note_audit_export(&signed.actor).await?;
    let head = csv_line(&["When (UTC)", "Who", "By", "What", "Kind", "Changes"].map(String::from));
    let begin = (Some(PageRequest { limit: 200, cursor: None }), Some(head));
    let parts = stream::unfold(begin, move |(next, head)| {
        let (state, actor, ctx, filter) = (state.clone(), signed.actor.clone(), ctx.clone(), filter.clone());
        async move {
            let next = next?;
            let (text, next) = match part(&state, &actor, &ctx, &filter, &next).await {
                Ok(done) => done,
                Err(error) => {
                    // The answer has begun: all that is left is to end it early, and to say so where it is looked for.
                    tracing::error!(%error, "an audit log was cut off");
                    (csv_line(&[String::from("The log could not be read to its end.")]), None)
                }
            };
            let text = head.unwrap_or_default() + &text;
            Some((Ok::<_, Infallible>(Bytes::from(text)), (next, None)))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit-log.csv\""),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

async fn part(
    state: &AppState,
    actor: &northing_app::Actor,
    ctx: &Ctx,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<(String, Option<PageRequest>), Error> {
    let found = state.app.list_audit(actor, filter, page).await?;
    let names = state.app.audit_names(actor, &found.items).await?;
    let mut text = String::new();
    for entry in &found.items {
        let what: String = told::what(ctx, entry, &names)
            .into_iter()
            .map(|part| match part {
                Part::Text(text) | Part::Link(text, _) => text,
            })
            .collect();
        let cells = [
            moment(entry.at),
            told::who(entry),
            entry.via.clone(),
            what,
            entry.action.clone(),
            told::summary(ctx, entry, &names),
        ];
        text.push_str(&csv_line(&cells));
    }
    let limit = u16::try_from(TOGETHER).unwrap_or(u16::MAX);
    Ok((text, found.next.map(|cursor| PageRequest { limit, cursor: Some(cursor) })))
}

fn moment(at: Moment) -> String {
    at.to_string()
}

/// A line of a table in quotes; what a spreadsheet would take for a formula is kept from being one.
fn csv_line(cells: &[String]) -> String {
    let cell = |text: &String| {
        let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n"
}
