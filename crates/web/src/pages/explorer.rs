//! Explorer, and the fragments of every tree: branches, more rows, the counts at the foot.

use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use maud::html;
use northing_app::explorer::{ListPage, ListQuery, ListView, SortKey};
use northing_app::tags::Tag;
use northing_app::{Error, PageRequest};
use northing_core::errors::FieldError;
use northing_core::goal::{GoalKind, Level};
use northing_core::status::Status;
use northing_core::text::fold;
use northing_core::values::Id;
use northing_ui::components::add_row::{self, Add};
use northing_ui::components::filter::{Chip, ChipValue, FilterBar, FilterField, FilterOption};
use northing_ui::components::period::Strip;
use northing_ui::components::status::Shown;
use northing_ui::components::summary::{self, Summary};
use northing_ui::components::tree::{self, Column, Grid, Sort};
use northing_ui::components::views::View;
use northing_ui::pages::explorer;
use northing_ui::{Ctx, paths};

use super::around::Around;
use super::rows::Rows;
use super::shell;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

/// Tags that the filter offers; the page of tags links to the rest.
const TAGS: u16 = 30;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::EXPLORER, page)
        .get("/explorer/rows", more)
        .get("/explorer/summary", foot)
        .get("/goals/{goal}/children", children)
        .get("/goals/{goal}/row", row)
}

/// What stands in the address of a list: everything that makes the view, so that a reload or a sent link shows the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pairs: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn read(query: Option<String>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
        Self { pairs }
    }

    /// The same of fields that were posted.
    pub(crate) fn of(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn id(&self, name: &'static str) -> Result<Option<Id>, Failure> {
        self.one(name).map(str::parse).transpose().map_err(|_| Error::NotFound("page").into())
    }

    /// Every identifier of this name.
    pub(crate) fn ids(&self, name: &'static str) -> Result<Vec<Id>, Failure> {
        self.parsed(name)
    }

    fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Result<Vec<T>, Failure> {
        self.all(name)
            .flat_map(|text| text.split(','))
            .map(|text| {
                text.parse().map_err(|_| FieldError::new(name, "invalid", "is no value of this filter"))
            })
            .collect::<Result<Vec<T>, FieldError>>()
            .map_err(Failure::from)
    }

    /// The list that the address asks for.
    pub(crate) fn query(&self, page: ListPage, entity: Option<Id>) -> Result<ListQuery, Failure> {
        let mut query = ListQuery::of(page, entity);
        query.period = self.id("period")?;
        query.open = self.parsed("open")?;
        query.flat = self.one("flat") == Some("true");
        query.cursor = self.one("cursor").map(ToOwned::to_owned);
        query.narrowing.kinds = self.parsed("kind")?;
        query.narrowing.statuses = self.parsed("status")?;
        query.narrowing.teams = self.parsed("team")?;
        let owners: Vec<&str> = self.all("owner").collect();
        query.narrowing.unowned = owners.contains(&"none");
        query.narrowing.owners = owners
            .into_iter()
            .filter(|owner| *owner != "none")
            .map(|owner| owner.parse().map_err(|_| Error::NotFound("person")))
            .collect::<Result<_, _>>()?;
        query.narrowing.tags = self.all("tag").map(ToOwned::to_owned).collect();
        query.narrowing.text = self.one("q").unwrap_or_default().trim().to_owned();
        if let Some(sort) = self.one("sort") {
            let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
            let key =
                name.parse().map_err(|_| FieldError::new("sort", "invalid", "is no column to sort by"))?;
            query.sort = (key, descending);
        }
        Ok(query)
    }

    /// This address on `path` with `name` set to these values (none: without it), without cursor.
    pub(crate) fn with(&self, path: &str, name: &str, values: &[String]) -> String {
        let kept =
            self.pairs.iter().filter(|(key, value)| key != name && key != "cursor" && !value.is_empty());
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(kept).extend_pairs(values.iter().map(|value| (name, value)));
        let text = text.finish();
        if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
    }

    /// This address with a branch open or closed.
    pub(crate) fn branch(&self, path: &str, goal: Id, open: bool) -> String {
        let mut branches: Vec<String> =
            self.all("open").flat_map(|text| text.split(',')).map(ToOwned::to_owned).collect();
        branches.retain(|id| *id != goal.to_string());
        if open {
            branches.push(goal.to_string());
        }
        let value = branches.join(",");
        self.with(path, "open", &if value.is_empty() { Vec::new() } else { vec![value] })
    }
}

async fn page(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let ctx = signed.ctx(&state);
    let query = asked.query(ListPage::All, None)?;
    let view = state.app.list_tree(&signed.actor, &query).await?;
    let selected = asked.id("goal")?;
    let panel = match selected {
        Some(goal) => Some(
            super::goal::panel_of(&state, &signed, goal, &asked.with(paths::EXPLORER, "goal", &[])).await?,
        ),
        None => None,
    };
    let strip = view.period.as_ref().map_or_else(
        || Strip { name: String::from("No period"), start: view.today, end: view.today, choices: Vec::new() },
        |period| {
            shell::strip(period, &view.periods, view.today, |id| {
                asked.with(paths::EXPLORER, "period", &[id.to_string()])
            })
        },
    );
    let tally = state.app.tally_goals(&signed.actor, &query).await?;
    let summary = summarised(&tally, view.expected);
    let tags =
        state.app.list_tags(&signed.actor, "", &PageRequest { limit: TAGS, cursor: None }).await?.items;
    let may_create = state.app.shell(&signed.actor).await?.may_create_goals;
    let content = explorer::Explorer {
        strip,
        views: presets(&asked),
        filters: filters(&ctx, &asked, &query, &tags),
        grid: grid(&state, &signed, &ctx, &asked, &query, view, selected, paths::EXPLORER),
        summary,
        panel,
        may_create,
        live: Some(String::from("/live")),
    };
    shell::document(&state, &signed, &explorer::page(&ctx, &content)).await
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
    };
    let more = view.next.as_ref().map(|next| {
        let base = asked.with("/explorer/rows", "cursor", std::slice::from_ref(next));
        let sign = if base.contains('?') { '&' } else { '?' };
        let entity = query.entity.map_or_else(String::new, |id| format!("&entity={id}"));
        format!("{base}{sign}page={}{entity}", query.page)
    });
    let name = view.period.as_ref().map_or("", |period| period.name.as_str());
    let period = view.period.as_ref().map(|period| period.id);
    Grid {
        add: on_top(view.add, query.page, query.entity, period),
        label: format!("Goals, {name}"),
        total: if view.next.is_some() { 0 } else { view.lines.len() },
        expected: view.expected,
        sort: Some(sort_of(query)),
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

/// The presets: links with a filter each.
fn presets(asked: &Asked) -> Vec<View> {
    let period: Vec<String> = asked.one("period").map(ToOwned::to_owned).into_iter().collect();
    let base = Asked { pairs: period.into_iter().map(|id| (String::from("period"), id)).collect() };
    let one = |name: &str, key: &str, values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let current = if values.is_empty() {
            ["status", "kind", "owner"].iter().all(|key| asked.one(key).is_none())
        } else {
            asked.all(key).eq(values.iter().map(String::as_str))
        };
        View { name: name.to_owned(), href: base.with(paths::EXPLORER, key, &values), count: None, current }
    };
    vec![
        one("All goals", "status", &[]),
        one("Behind or at risk", "status", &["behind", "at_risk"]),
        one("Not started", "status", &["not_started"]),
        one("Closed", "status", &["closed"]),
        one("Without owner", "owner", &["none"]),
    ]
}

fn filters(ctx: &Ctx, asked: &Asked, query: &ListQuery, tags: &[Tag]) -> FilterBar {
    let narrowing = &query.narrowing;
    let mut chips = Vec::new();
    if !narrowing.statuses.is_empty() {
        chips.push(Chip {
            label: String::from("Status"),
            values: narrowing.statuses.iter().map(|status| ChipValue::Status(Shown::from(*status))).collect(),
            remove: asked.with(paths::EXPLORER, "status", &[]),
        });
    }
    if !narrowing.kinds.is_empty() {
        chips.push(Chip {
            label: String::from("Kind"),
            values: narrowing.kinds.iter().map(|kind| ChipValue::Text(ctx.terms.label(*kind))).collect(),
            remove: asked.with(paths::EXPLORER, "kind", &[]),
        });
    }
    if !narrowing.tags.is_empty() {
        chips.push(Chip {
            label: String::from("Tag"),
            values: narrowing.tags.iter().cloned().map(ChipValue::Text).collect(),
            remove: asked.with(paths::EXPLORER, "tag", &[]),
        });
    }
    let chosen = |name: &str| narrowing.tags.iter().any(|tag| fold(tag) == fold(name));
    let others = narrowing.tags.iter().filter(|tag| !tags.iter().any(|it| fold(&it.name) == fold(tag)));
    let names = tags.iter().map(|it| &it.name).chain(others);
    let tags =
        names.map(|name| FilterOption { value: name.clone(), text: name.clone(), chosen: chosen(name) });
    let status = |status: &Status| FilterOption {
        value: status.name().to_owned(),
        text: Shown::from(*status).word().to_owned(),
        chosen: narrowing.statuses.contains(status),
    };
    let kind = |kind: &GoalKind| FilterOption {
        value: kind.name().to_owned(),
        text: ctx.terms.label(*kind),
        chosen: narrowing.kinds.contains(kind),
    };
    let kept = ["period", "team", "owner"]
        .into_iter()
        .flat_map(|name| asked.all(name).map(move |value| (name.to_owned(), value.to_owned())))
        .collect();
    FilterBar {
        action: paths::EXPLORER.to_owned(),
        query: narrowing.text.clone(),
        kept,
        chips,
        fields: vec![
            FilterField {
                name: String::from("status"),
                label: String::from("Status"),
                options: Status::ALL.iter().map(status).collect(),
            },
            FilterField {
                name: String::from("kind"),
                label: String::from("Kind"),
                options: GoalKind::ALL.iter().map(kind).collect(),
            },
            FilterField { name: String::from("tag"), label: String::from("Tag"), options: tags.collect() },
        ],
        flat: query.flat,
        clear: query.is_flat().then(|| {
            let period: Vec<String> = asked.one("period").map(ToOwned::to_owned).into_iter().collect();
            Asked::default().with(paths::EXPLORER, "period", &period)
        }),
    }
}

/// Counts as the foot shows them.
pub(crate) fn summarised(tally: &[(Status, i64)], expected: Option<f64>) -> Summary {
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
    Summary { total: counts.iter().map(|(_, number)| number).sum(), counts, expected }
}

/// More rows of a list, as one scrolls.
async fn more(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let page = asked.one("page").and_then(|page| page.parse().ok()).unwrap_or(ListPage::All);
    let query = asked.query(page, asked.id("entity")?)?;
    let ctx = signed.ctx(&state);
    let view = state.app.list_tree(&signed.actor, &query).await?;
    let list = grid(&state, &signed, &ctx, &asked, &query, view, None, paths::EXPLORER);
    Ok(Html(tree::rows(&ctx, &list.rows, list.more.as_deref()).into_string()).into_response())
}

/// The counts at the foot.
async fn foot(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let query = Asked::read(raw).query(ListPage::All, None)?;
    let tally = state.app.tally_goals(&signed.actor, &query).await?;
    Ok(Html(summary::foot(&signed.ctx(&state), &summarised(&tally, None), false).into_string())
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
    let lines = state.app.list_branch(&signed.actor, goal, level).await?;
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
    let mut line = state
        .app
        .list_lines(&signed.actor, &[goal])
        .await?
        .into_iter()
        .next()
        .ok_or(Error::NotFound("goal"))?;
    (line.depth, line.place, line.siblings) = (number("level"), number("position"), number("siblings"));
    line.under = asked.id("under")?;
    let again = asked.one("again") == Some("true");
    line.open = asked.one("open") == Some("true");
    let ctx = signed.ctx(&state);
    let row = around.rows(&signed, &ctx).one(line, again);
    Ok(Html(tree::row(&ctx, &row).into_string()).into_response())
}
