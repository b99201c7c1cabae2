//! Lists of goals as Explorer shows them: `/orgs/{org}/rows`, their presets' counts, and what one owes.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use northing_app::explorer::{Counts, Group, Line, ListPage, ListQuery, TreeLine};
use northing_app::{Error, Page};
use northing_core::alert::Alert;
use northing_core::errors::FieldError;
use northing_core::goal::{GoalKind, Level, ProgressMode};
use northing_core::metric::Metric;
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::goal_schema::MetricBody;
use super::goals::{several, single};
use super::{Listed, list};
use crate::extract::{ListParams, Part, Query, Read, Token};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(rows)).routes(routes!(counts)).routes(routes!(due))
}

/// A person or a team by name.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = NamedThing)]
pub(crate) struct NamedBody {
    #[schema(value_type = String)]
    id: Id,
    name: String,
}

pub(crate) fn named((id, name): (Id, String)) -> NamedBody {
    NamedBody { id, name }
}

/// A goal as a row of a list.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = GoalLine)]
pub(crate) struct LineBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    kind: GoalKind,
    title: String,
    #[schema(value_type = String)]
    level: Level,
    #[schema(value_type = String)]
    period_id: Id,
    #[schema(value_type = String, format = Date)]
    start_date: Day,
    #[schema(value_type = String, format = Date)]
    due_date: Day,
    #[schema(value_type = MetricBody)]
    metric: Metric,
    #[schema(value_type = String)]
    progress_mode: ProgressMode,
    automatic_stopped: bool,
    /// 0–100; null for a baseline.
    progress: Option<f64>,
    progress_unclamped: Option<f64>,
    #[schema(value_type = String)]
    status: Status,
    /// 0–1, once closed.
    score: Option<f64>,
    committed: bool,
    child_count: i64,
    parent_count: i64,
    #[schema(value_type = Option<String>)]
    last_check_in_at: Option<Moment>,
    #[schema(value_type = Option<String>)]
    check_in_owner_id: Option<Id>,
    /// The first owner first.
    owners: Vec<NamedBody>,
    /// The first team first.
    teams: Vec<NamedBody>,
}

impl From<Line> for LineBody {
    fn from(it: Line) -> Self {
        Self {
            id: it.id,
            kind: it.kind,
            title: it.title,
            level: it.level,
            period_id: it.period_id,
            start_date: it.start,
            due_date: it.due,
            metric: it.metric,
            progress_mode: it.mode,
            automatic_stopped: it.automatic_stopped,
            progress: it.progress,
            progress_unclamped: it.progress_unclamped,
            status: it.status,
            score: it.score,
            committed: it.committed,
            child_count: it.child_count,
            parent_count: it.parent_count,
            last_check_in_at: it.last_check_in_at,
            check_in_owner_id: it.check_in_owner_id,
            owners: it.owners.into_iter().map(named).collect(),
            teams: it.teams.into_iter().map(named).collect(),
        }
    }
}

/// What is wrong with a goal.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RowAlert)]
struct AlertBody {
    /// `needs_attention` or `at_risk`.
    level: &'static str,
    code: &'static str,
    message: String,
    /// The goal below the row that it is about; null for the row's own goal.
    title: Option<String>,
}

fn alert(title: Option<String>, it: Alert) -> AlertBody {
    AlertBody { level: it.level.name(), code: it.code, message: it.message.into_owned(), title }
}

/// The group that begins with a row.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RowGroup)]
struct GroupBody {
    /// `period`, `team`, `owner` or `status`.
    by: &'static str,
    /// Its name; null for the goals without a team or an owner.
    name: Option<String>,
}

fn group(it: Group) -> GroupBody {
    let (by, name) = match it {
        Group::Period(name) => ("period", Some(name)),
        Group::Team(name) => ("team", name),
        Group::Owner(name) => ("owner", name),
        Group::Status(status) => ("status", Some(status.name().to_owned())),
    };
    GroupBody { by, name }
}

/// A row of a list of goals.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Row)]
struct RowBody {
    #[serde(flatten)]
    line: LineBody,
    /// What the calendar expects today, 0–100.
    expected_progress: Option<f64>,
    /// The gravest first.
    alerts: Vec<AlertBody>,
    /// What is wrong one or two levels below, the gravest first; with `alerts_below=true`, else empty.
    alerts_below: Vec<AlertBody>,
    may_edit: bool,
    may_check_in: bool,
    /// The group that begins with this row; with `group`, else null.
    group: Option<GroupBody>,
}

fn row(it: TreeLine, below: Vec<(String, Alert)>) -> RowBody {
    RowBody {
        line: it.line.into(),
        expected_progress: it.expected,
        alerts: it.alerts.into_iter().map(|it| alert(None, it)).collect(),
        alerts_below: below.into_iter().map(|(title, it)| alert(Some(title), it)).collect(),
        may_edit: it.may_edit,
        may_check_in: it.may_check_in,
        group: it.heading.map(group),
    }
}

/// What a list of rows is asked for. Where several values are allowed they stand with commas between them.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Filters {
    /// Whose list: `all` (default), `organization`, `team`, `person`.
    page: Option<String>,
    /// The id of the page's team or person; the caller for a person if absent.
    entity: Option<String>,
    /// Ids of periods; the current one if absent.
    period: Option<String>,
    /// `objective`, `key_result`, `initiative`.
    kind: Option<String>,
    /// `organization`, `team`, `individual`.
    level: Option<String>,
    /// Ids of teams, those below them included.
    team: Option<String>,
    /// `true`: without the teams below.
    exact_teams: Option<bool>,
    /// Ids of owners; `none`: without an owner.
    owner: Option<String>,
    /// Statuses.
    status: Option<String>,
    /// Names of tags.
    tag: Option<String>,
    /// A part of title, description or an owner's name.
    q: Option<String>,
    /// `true`: aligned to nothing.
    unaligned: Option<bool>,
    /// `true`: open and past the due day.
    overdue: Option<bool>,
    /// Open, with a progress of its own, and without a check-in for so many days.
    unchecked_days: Option<u16>,
    /// Closed in the last so many days.
    closed_days: Option<u16>,
    /// `true`: all goals in one level. So it is with any filter, another order or groups; else the top of the tree.
    flat: Option<bool>,
    /// `priority` (default), `title`, `progress`, `status` (what needs help first), `check_in` (the last one); with `-` in front
    /// the other way round.
    sort: Option<String>,
    /// Group by group: `period`, `team`, `owner`, `status`.
    group: Option<String>,
    /// `true`: with what is wrong one or two levels below.
    alerts_below: Option<bool>,
    /// At most so many entries, 1–200; 50 if absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// More than this many days nobody asks for.
const MOST_DAYS: u16 = 3_660;

impl Filters {
    fn query(&self, me: Id, part: northing_app::PageRequest) -> Result<ListQuery, Failure> {
        let errors = &mut Vec::new();
        let page = self.page.as_deref().unwrap_or("all");
        let page = single("page", Some(page), errors).unwrap_or(ListPage::All);
        let entity: Option<Id> = single("entity", self.entity.as_deref(), errors);
        match page {
            ListPage::Team if entity.is_none() => {
                errors.push(FieldError::new("entity", "required", "must name the team"));
            }
            ListPage::All | ListPage::Organization if entity.is_some() => {
                errors.push(FieldError::new(
                    "entity",
                    "not_allowed",
                    "is for the page of a team or a person",
                ));
            }
            _ => {}
        }
        let entity = entity.or((page == ListPage::Person).then_some(me));
        let mut query = ListQuery::of(page, entity);
        query.periods = several("period", self.period.as_deref(), errors);
        query.flat = self.flat.unwrap_or(false);
        query.group = single("group", self.group.as_deref(), errors);
        query.narrowing.kinds = several("kind", self.kind.as_deref(), errors);
        query.narrowing.statuses = several("status", self.status.as_deref(), errors);
        query.narrowing.levels = several("level", self.level.as_deref(), errors);
        query.narrowing.teams = several("team", self.team.as_deref(), errors);
        query.exact_teams = self.exact_teams.unwrap_or(false);
        let owners: Vec<&str> = self.owner.as_deref().unwrap_or("").split(',').map(str::trim).collect();
        query.narrowing.unowned = owners.contains(&"none");
        let owners: Vec<&str> = owners.into_iter().filter(|owner| *owner != "none").collect();
        query.narrowing.owners = several("owner", Some(&owners.join(",")), errors);
        let tags = self.tag.as_deref().unwrap_or("").split(',').map(str::trim);
        query.narrowing.tags = tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        query.narrowing.text = self.q.as_deref().unwrap_or("").trim().to_owned();
        query.narrowing.unaligned = self.unaligned.unwrap_or(false);
        query.overdue = self.overdue.unwrap_or(false);
        query.unchecked_days = self.unchecked_days;
        query.closed_days = self.closed_days;
        for (field, days) in [("unchecked_days", self.unchecked_days), ("closed_days", self.closed_days)] {
            if days.is_some_and(|days| days > MOST_DAYS) {
                errors.push(FieldError::new(field, "out_of_range", "is more than ten years"));
            }
        }
        let sort = self.sort.as_deref().unwrap_or("priority");
        let key = single("sort", Some(sort.trim_start_matches('-')), errors);
        query.sort = (key.unwrap_or(query.sort.0), sort.starts_with('-'));
        query.rows = part.limit;
        query.cursor = part.cursor;
        if errors.is_empty() { Ok(query) } else { Err(Error::Invalid(std::mem::take(errors)).into()) }
    }
}

/// Goals as Explorer and the other lists show them: in the order that people gave, or sorted, or in groups.
#[utoipa::path(get, path = "/orgs/{org}/rows", params(("org" = String, Path), Filters), responses((status = 200, body = Listed<RowBody>)))]
async fn rows(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Query(filters): Query<Filters>,
    Part(part): Part,
) -> Result<Response, Failure> {
    let query = filters.query(actor.user_id, part)?;
    let found = state.app.list_tree(&actor, &query).await?;
    let mut marks = if filters.alerts_below == Some(true) && found.marks {
        state.app.list_marks(&actor, &query).await?
    } else {
        Vec::new()
    };
    let items = found.lines.into_iter().map(|it| {
        let marked = marks.iter_mut().find(|mark| mark.line.id == it.line.id);
        let below = marked.map(|mark| std::mem::take(&mut mark.alerts_below)).unwrap_or_default();
        row(it, below)
    });
    Ok(list(Page { items: items.collect(), next: found.next }))
}

/// Which periods.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Periods {
    /// Ids of periods, with commas between them; the current one if absent.
    period: Option<String>,
}

/// How many goals stand behind each preset of Explorer.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PresetCounts)]
struct CountsBody {
    all: i64,
    /// Objectives of the organisation.
    company: i64,
    /// Owned by the caller.
    mine: i64,
    behind_or_at_risk: i64,
    overdue: i64,
    unchecked_7_days: i64,
    unchecked_14_days: i64,
    unaligned: i64,
    /// Closed in the last 7 days.
    recently_closed: i64,
}

impl From<Counts> for CountsBody {
    fn from(it: Counts) -> Self {
        Self {
            all: it.all,
            company: it.company,
            mine: it.mine,
            behind_or_at_risk: it.behind,
            overdue: it.overdue,
            unchecked_7_days: it.unchecked_short,
            unchecked_14_days: it.unchecked_long,
            unaligned: it.unaligned,
            recently_closed: it.closed,
        }
    }
}

/// How many goals stand behind each preset of Explorer.
#[utoipa::path(get, path = "/orgs/{org}/rows/counts", params(("org" = String, Path), Periods), responses((status = 200, body = CountsBody)))]
async fn counts(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Query(periods): Query<Periods>,
) -> Result<Response, Failure> {
    let mut errors = Vec::new();
    let mut query = ListQuery::of(ListPage::All, None);
    query.periods = several("period", periods.period.as_deref(), &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let counts = state.app.count_presets(&actor, &query).await?;
    Ok(Json(CountsBody::from(counts)).into_response())
}

/// The goals on which the caller owes a check-in now, the longest without one first; at most 30.
#[utoipa::path(get, path = "/orgs/{org}/due-check-ins", params(("org" = String, Path), ListParams), responses((status = 200, body = Listed<LineBody>)))]
async fn due(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Part(part): Part,
) -> Result<Response, Failure> {
    let due = state.app.due_check_ins(&actor).await?;
    Ok(list(part.of(due.lines, |it| it.id)?.map(LineBody::from)))
}
