//! What became of every record: on the page, and as a file to take away.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use northing_app::PageRequest;
use northing_app::import::{ImportView, LineFilter, LineView, State as At, csv_head, csv_rows, effect_name};
use northing_core::values::Id;
use northing_ui::components::feedback::Tone;
use northing_ui::pages::import as ui;
use northing_ui::paths;

use super::shown;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// Records on one page.
const LINES: u16 = 50;
/// Records read at once for a file.
const AT_ONCE: u16 = 200;

/// Which records are asked for, and from where on.
struct Asked {
    filter: LineFilter,
    cursor: Option<String>,
}

impl Asked {
    fn read(query: Option<&str>) -> Self {
        let mut asked = Self { filter: LineFilter::default(), cursor: None };
        for (name, value) in form_urlencoded::parse(query.unwrap_or("").as_bytes()) {
            let value = Some(value.into_owned()).filter(|value| !value.is_empty());
            match &*name {
                "entity" => asked.filter.entity = value,
                "outcome" => asked.filter.outcome = value,
                "noted" => asked.filter.noted = value.as_deref() == Some("true"),
                "cursor" => asked.cursor = value,
                _ => {}
            }
        }
        asked
    }

    /// The address of what follows.
    fn next(&self, id: Id, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(entity) = &self.filter.entity {
            query.append_pair("entity", entity);
        }
        if let Some(outcome) = &self.filter.outcome {
            query.append_pair("outcome", outcome);
        }
        if self.filter.noted {
            query.append_pair("noted", "true");
        }
        query.append_pair("cursor", cursor);
        format!("{}#records", paths::import(id, &format!("?{}", query.finish())))
    }
}

/// Everything about what became of an import.
pub(super) async fn outcome(
    state: &AppState,
    signed: &Signed,
    view: &ImportView,
    query: Option<&str>,
) -> Result<ui::Outcome, Failure> {
    let (id, asked) = (view.import.id, Asked::read(query));
    let part = PageRequest { limit: LINES, cursor: asked.cursor.clone() };
    let page = state.app.import_lines(&signed.actor, id, &asked.filter, &part).await?;
    let summary = view.summary.clone().unwrap_or_default();
    let order = ["goal", "check_in", "comment", "person", "team", "period", "tag"];
    let counts = order.iter().filter_map(|name| Some((*name, summary.counts.get(*name)?)));
    let kept = view.import.state == At::Finished;
    Ok(ui::Outcome {
        id,
        files: shown::files(&view.files),
        counts: counts
            .map(|(name, count)| ui::Counted {
                entity: name.to_owned(),
                created: count.created,
                updated: count.updated,
                skipped: count.skipped,
                failed: count.failed,
            })
            .collect(),
        kinds: summary.kinds.iter().map(|(kind, count)| (*kind, *count)).collect(),
        tree: summary
            .tree
            .into_iter()
            .map(|line| ui::TreeLine {
                depth: line.depth,
                kind: line.kind,
                title: line.title,
                owner: line.owner,
                team: line.team,
                outcome: line.outcome,
            })
            .collect(),
        more: summary.more,
        warnings: summary
            .warnings
            .into_iter()
            .map(|it| ui::Warning {
                entity: it.entity,
                field: it.field,
                effect: effect_name(it.effect),
                count: it.count,
                example: (it.example, it.title),
            })
            .collect(),
        lines: ui::Lines {
            next: page.next.as_deref().map(|cursor| asked.next(id, cursor)),
            lines: page.items.into_iter().map(|line| shown_line(line, kept)).collect(),
            entity: asked.filter.entity.unwrap_or_default(),
            outcome: asked.filter.outcome.unwrap_or_default(),
            noted: asked.filter.noted,
        },
        note: note(view),
        undoable: view.undoable,
    })
}

fn note(view: &ImportView) -> Option<(Tone, String)> {
    let back = "What it had made is being taken back.";
    match view.import.state {
        At::Failed if view.import.half_made => {
            let why = view.import.error.clone().unwrap_or_default();
            Some((Tone::Failure, format!("The import failed. {why} {back}")))
        }
        At::Cancelled if view.import.half_made => Some((Tone::Info, format!("Cancelled. {back}"))),
        At::Failed => {
            let why = view.import.error.clone().unwrap_or_default();
            Some((Tone::Failure, format!("The import failed, and nothing was kept. {why}")))
        }
        At::Cancelled => Some((Tone::Info, String::from("Cancelled: nothing was kept."))),
        At::Undone => Some((Tone::Info, String::from("Undone: this is what it had done."))),
        _ => None,
    }
}

fn shown_line(line: LineView, kept: bool) -> ui::Line {
    let href = line.subject.filter(|_| kept).and_then(|id| match line.entity.as_str() {
        "goal" => Some(paths::goal(id)),
        "person" => Some(paths::person(id)),
        "team" => Some(paths::team(id)),
        _ => None,
    });
    let remarks = line.notes.into_iter().map(|note| ui::Remark {
        field: note.field,
        effect: effect_name(note.effect),
        reason: note.reason,
    });
    ui::Line {
        row: line.row,
        entity: line.entity,
        title: line.title,
        href,
        outcome: line.outcome,
        remarks: remarks.collect(),
    }
}

/// Every record of the report, as many times as there are parts of it.
async fn all(
    state: &AppState,
    signed: &Signed,
    id: Id,
    query: Option<&str>,
    mut take: impl FnMut(Vec<LineView>),
) -> Result<(), Failure> {
    let mut asked = Asked::read(query);
    loop {
        let part = PageRequest { limit: AT_ONCE, cursor: asked.cursor.take() };
        let page = state.app.import_lines(&signed.actor, id, &asked.filter, &part).await?;
        take(page.items);
        asked.cursor = page.next;
        if asked.cursor.is_none() {
            return Ok(());
        }
    }
}

fn file(name: &str, kind: &'static str, text: String) -> Response {
    let mut answer = text.into_response();
    let set = answer.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        set.insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}

pub(super) async fn csv(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let mut text = String::from(csv_head());
    all(&state, &signed, id, query.as_deref(), |lines| {
        for line in lines {
            csv_rows(&mut text, &line);
        }
    })
    .await?;
    Ok(file("import-report.csv", "text/csv; charset=utf-8", text))
}

pub(super) async fn json(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let view = state.app.import(&signed.actor, id).await?;
    let mut lines = Vec::new();
    all(&state, &signed, id, query.as_deref(), |part| lines.extend(part)).await?;
    let counts = view.summary.map(|summary| summary.counts);
    let dry_run = view.import.state == At::Checked;
    let body = serde_json::json!({ "dry_run": dry_run, "counts": counts, "lines": lines });
    Ok(file("import-report.json", "application/json", body.to_string()))
}
