//! Explorer, and the fragments of every tree: branches, more rows, the counts at the foot.

mod asked;
mod filters;

use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use maud::html;
use northing_app::Error;
use northing_app::explorer::{ListPage, ListQuery, ListView, ListedPage, SortKey};
use northing_app::shell::ShellView;
use northing_core::goal::{GoalKind, Level};
use northing_core::status::Status;
use northing_core::values::Id;
use northing_ui::components::add_row::{self, Add};
use northing_ui::components::filter::FilterBar;
use northing_ui::components::period::Strip;
use northing_ui::components::status::Shown;
use northing_ui::components::summary::{self, Summary};
use northing_ui::components::tree::{self, Column, Grid, Sort};
use northing_ui::components::views;
use northing_ui::pages::explorer;
use northing_ui::{Ctx, paths};

pub(crate) use asked::{Asked, list_path};

use super::around::Around;
use super::rows::Rows;
use super::shell;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

/// Where the marks of folded rows are read, of the list of the page around.
const MARKS: &str = "/explorer/marks";

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::EXPLORER, page)
        .get("/explorer/rows", more)
        .get("/explorer/views", views)
        .get("/explorer/summary", foot)
        .get(MARKS, marks)
        .get("/goals/{goal}/children", children)
        .get("/goals/{goal}/row", row)
}

async fn page(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let ctx = signed.ctx(&state);
    let tree = tree(&state, &signed, &ctx, &asked, (ListPage::All, None, paths::EXPLORER)).await?;
    let around = tree.around;
    let content = explorer::Explorer {
        strip: tree.strip,
        views: filters::presets(&ctx, &signed, &asked, None),
        views_load: asked.with("/explorer/views", "open", &[]),
        filters: tree.filters,
        grid: tree.grid,
        summary: tree.summary,
        panel: tree.panel,
        several: around.may_create_goals.then(|| asked.with(paths::SEVERAL, "open", &[])),
        may_create: around.may_create_goals,
        may_import: around.may_admin,
        live: Some(String::from("/live")),
    };
    Ok(shell::document_in(&state, &signed, around, &explorer::page(&ctx, &content)))
}

/// A tree of goals with all that belongs to it on a page.
pub(crate) struct Tree {
    /// The first period that is shown.
    pub(crate) period: Option<Id>,
    /// The strip with the period selector.
    pub(crate) strip: Strip,
    /// The filters.
    pub(crate) filters: FilterBar,
    /// The rows.
    pub(crate) grid: Grid,
    /// The counts at the foot: of what the filters leave.
    pub(crate) summary: Summary,
    /// The open panel.
    pub(crate) panel: Option<maud::Markup>,
    /// What surrounds the page.
    pub(crate) around: ShellView,
}

/// The tree of a page, as its address asks for it.
pub(crate) async fn tree(
    state: &AppState,
    signed: &Signed,
    ctx: &Ctx,
    asked: &Asked,
    (page, entity, path): (ListPage, Option<Id>, &str),
) -> Result<Tree, Failure> {
    let query = asked.query(page, entity)?;
    let ListedPage { list: view, tally, offer, around } = state.app.list_page(&signed.actor, &query).await?;
    let selected = asked.id("goal")?;
    let panel = match selected {
        Some(goal) => {
            let close = asked.with(path, "goal", &[]);
            match super::goal::panel_of(state, signed, goal, &close).await {
                Ok(panel) => Some(panel),
                // The list stays readable where the goal of a link is gone.
                Err(Failure::App(Error::NotFound(_))) => Some(northing_ui::pages::goal::gone(Some(&close))),
                Err(failure) => return Err(failure),
            }
        }
        None => None,
    };
    let summary = summarised(&query, &tally, view.expected);
    let filters = filters::bar(state, signed, ctx, asked, &query, (&view, offer), path).await?;
    let strip = strip(&view, asked, path);
    let period = view.period.as_ref().map(|period| period.id);
    let grid = grid(state, signed, ctx, asked, &query, view, selected, path);
    Ok(Tree { period, strip, filters, grid: Grid { total: summary.total, ..grid }, summary, panel, around })
}

/// The strip of the periods that are shown, with those one can change to or add.
pub(crate) fn strip(view: &ListView, asked: &Asked, path: &str) -> Strip {
    let to =
        |ids: &[Id]| asked.with(path, "period", &ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    shell::strip_of(&view.shown, &view.periods, view.today, to)
}

/// The grid of a list.
#[expect(clippy::too_many_arguments, reason = "what a row's addresses depend on")]
pub(crate) fn grid(
    _: &AppState,
    signed: &Signed,
    ctx: &Ctx,
    asked: &Asked,
    query: &ListQuery,
    view: ListView,
    selected: Option<Id>,
    path: &str,
) -> Grid {
    let rows = Rows {
        ctx,
        organisation: &signed.membership.organization,
        bands: signed.membership.settings.score_bands,
        asked,
        path,
        selected,
        ordered: !query.is_flat(),
        info: query.info,
    };
    let more = view.next.as_ref().map(|next| {
        let base = asked.with("/explorer/rows", "cursor", std::slice::from_ref(next));
        let sign = if base.contains('?') { '&' } else { '?' };
        let entity = query.entity.map_or_else(String::new, |id| format!("&entity={id}"));
        format!("{base}{sign}page={}{entity}", query.page)
    });
    let name = view.shown.iter().map(|period| period.name.as_str()).collect::<Vec<_>>().join(" and ");
    let period = view.period.as_ref().map(|period| period.id);
    Grid {
        marks: view.marks.then(|| match &query.cursor {
            Some(cursor) => Asked::default().with(MARKS, "cursor", std::slice::from_ref(cursor)),
            None => MARKS.to_owned(),
        }),
        add: on_top(view.add, query.page, query.entity, period),
        label: format!("Goals, {name}"),
        total: if view.next.is_some() { 0 } else { view.lines.len() },
        expected: view.expected,
        // Groups have an order of their own.
        sort: query.group.is_none().then(|| sort_of(query)),
        list: query.entity.map_or_else(|| query.page.to_string(), |id| format!("{}:{id}", query.page)),
        rows: rows.all(view.lines),
        more,
    }
}

/// What can be added at the end of a list: what the page says about it is filled in.
pub(crate) fn on_top(
    kinds: Vec<GoalKind>,
    page: ListPage,
    entity: Option<Id>,
    period: Option<Id>,
) -> Option<Add> {
    let mut about: Vec<(&'static str, String)> = period.iter().map(|id| ("period", id.to_string())).collect();
    match (page, entity) {
        (ListPage::Team, Some(team)) => about.push(("team", team.to_string())),
        (ListPage::Person, Some(person)) => about.push(("owner", person.to_string())),
        (ListPage::Organization, _) => about.push(("level", Level::Organization.to_string())),
        _ => {}
    }
    Some(Add { parent: None, kinds, depth: 1, about }).filter(|add| !add.kinds.is_empty())
}

fn sort_of(query: &ListQuery) -> Sort {
    let by = match query.sort.0 {
        SortKey::Priority => Column::Priority,
        SortKey::Title => Column::Title,
        SortKey::Progress => Column::Progress,
        SortKey::Status => Column::Status,
        SortKey::CheckIn => Column::CheckIn,
    };
    Sort { by, descending: query.sort.1 }
}

/// Counts as the foot shows them.
pub(crate) fn summarised(query: &ListQuery, tally: &[(Status, i64)], expected: Option<f64>) -> Summary {
    let order = [
        Status::OnTrack,
        Status::Behind,
        Status::AtRisk,
        Status::InProgress,
        Status::NotStarted,
        Status::Reopened,
        Status::Postponed,
        Status::Closed,
    ];
    let count = |status| {
        let number = tally.iter().find(|(found, _)| *found == status).map_or(0, |(_, number)| *number);
        usize::try_from(number).unwrap_or(0)
    };
    let counts: Vec<(Shown, usize)> =
        order.iter().map(|status| (Shown::from(*status), count(*status))).collect();
    Summary {
        total: counts.iter().map(|(_, number)| number).sum(),
        counts,
        expected,
        initiatives: query.initiatives,
    }
}

/// More rows of a list, as one scrolls.
async fn more(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let page = asked.one("page").and_then(|page| page.parse().ok()).unwrap_or(ListPage::All);
    let query = asked.query(page, asked.id("entity")?)?;
    let ctx = signed.ctx(&state);
    let view = state.app.list_tree(&signed.actor, &query).await?;
    let list = grid(&state, &signed, &ctx, &asked, &query, view, None, &around.path);
    let rows = html! { (tree::rows(&ctx, &list.rows, list.more.as_deref())) (tree::marks_to_come(list.marks.as_deref())) };
    Ok(Html(rows.into_string()).into_response())
}

/// The marks of folded rows below which something is wrong, for the rows of the page around: read apart, since they cost what
/// is folded away.
async fn marks(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let mut query = around.query(&signed);
    query.cursor = Asked::read(raw).one("cursor").map(ToOwned::to_owned);
    query.unfold = around.path == paths::HOME;
    let lines = state.app.list_marks(&signed.actor, &query).await?;
    let ctx = signed.ctx(&state);
    let marks = tree::late_marks(&around.rows(&signed, &ctx).all(lines));
    Ok(Html(marks.into_string()).into_response())
}

/// The presets with their counts: read apart, since they cost what the period has goals.
async fn views(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let query = asked.query(ListPage::All, None)?;
    let counts = state.app.count_presets(&signed.actor, &query).await?;
    let presets = filters::presets(&signed.ctx(&state), &signed, &asked, Some(&counts));
    Ok(Html(views::views("Views", &presets).into_string()).into_response())
}

/// The counts at the foot.
async fn foot(State(state): State<AppState>, signed: Signed, around: Around) -> Result<Response, Failure> {
    let query = around.query(&signed);
    let tally = state.app.tally_goals(&signed.actor, &query).await?;
    Ok(Html(summary::foot(&signed.ctx(&state), &summarised(&query, &tally, None), false).into_string())
        .into_response())
}

/// The rows below a goal: what opening a branch inserts after its row.
async fn children(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
    Path(goal): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let level = asked.one("level").and_then(|level| level.parse::<usize>().ok()).unwrap_or(2).clamp(1, 64);
    let lines = state.app.list_branch(&signed.actor, goal, level, around.info()).await?;
    let ctx = signed.ctx(&state);
    let rows = around.rows(&signed, &ctx).all(lines);
    let kinds = state.app.kinds_below(&signed.actor, goal).await?;
    let add = Add { parent: Some(goal), kinds, depth: level, about: Vec::new() };
    let fragment = html! { (tree::rows(&ctx, &rows, None)) (add_row::links(&ctx, &add)) };
    Ok(Html(fragment.into_string()).into_response())
}

/// One row again, where it stood: what a live update fetches.
async fn row(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
    Path(goal): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let number = |name: &str| {
        asked.one(name).and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).clamp(1, 10_000)
    };
    let mut line = state.app.list_line(&signed.actor, goal, around.info()).await?;
    (line.depth, line.place, line.siblings) = (number("level"), number("position"), number("siblings"));
    line.under = asked.id("under")?;
    let again = asked.one("again") == Some("true");
    line.open = asked.one("open") == Some("true");
    if line.open {
        line.alerts_below.clear();
    }
    let ctx = signed.ctx(&state);
    let row = around.rows(&signed, &ctx).one(line, again);
    Ok(Html(tree::row(&ctx, &row).into_string()).into_response())
}
