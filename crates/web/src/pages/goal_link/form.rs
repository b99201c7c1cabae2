//! The form of a link as the page shows it: what was typed, with what the other system offers and says.

use northing_app::Error;
use northing_app::sources::{
    Category, Connection, Followed, LinkFor, LinkForm as Begin, Look as Looked, Selector, Through, WorkItem,
    place,
};
use northing_core::metric::MetricKind;
use northing_core::values::Id;
use northing_ui::components::progress::Progress;
use northing_ui::components::status::Shown;
use northing_ui::format;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::link_source::{Counted, Item, LinkForm, Look, Measure, Tree};

use super::read::{self, Pairs, value};
use super::show;
use super::tree::{chosen, tree};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::pages::check_in::form::plain;
use crate::state::AppState;

/// Rows of the sample.
const SAMPLE: usize = 5;

/// What the form begins with: the link as it is, or a new one by the connection that is nearest.
pub(super) fn begin(begin: &Begin, connection: Option<Id>) -> Vec<(String, String)> {
    let mut values = Vec::new();
    let mut put = |name: &str, value: String| values.push((name.to_owned(), value));
    let link = begin.link.as_ref();
    let current = link.and_then(|link| link.connection.as_ref()).map(|(id, _)| *id);
    let chosen = connection.or(current).or_else(|| begin.connections.first().map(|it| it.id));
    put("version", link.map_or(0, |link| link.version).to_string());
    put("connection_id", chosen.map(|id| id.to_string()).unwrap_or_default());
    // What was picked belongs to its connection.
    let link = link.filter(|_| connection.is_none() || connection == current);
    put(
        "by",
        String::from(match link.map(|link| &link.selector) {
            Some(Selector::Items(_)) => "items",
            Some(Selector::Words(_)) => "words",
            Some(Selector::Query(_)) | None => "query",
        }),
    );
    match link.map(|link| &link.selector) {
        Some(Selector::Query(it)) => put("query_id", it.query_id.clone()),
        Some(Selector::Words(it)) => put("wiql", it.wiql.clone()),
        Some(Selector::Items(it)) => {
            for id in &it.work_item_ids {
                put("item", id.to_string());
            }
            put("children", it.include_children.to_string());
        }
        None => put("children", String::from("true")),
    }
    let percent = begin.goal.metric.kind == MetricKind::Percent;
    put("mode", String::from(if percent { "percent" } else { "metric" }));
    let options = link.map(|link| &link.options);
    put("measure", options.and_then(|it| it.field.clone()).unwrap_or_else(|| String::from("count")));
    put("count_only_completed", options.is_none_or(|it| it.count_only_completed).to_string());
    put("resolved_counts", options.is_some_and(|it| it.resolved_counts).to_string());
    put("leave_out_removed", options.is_some_and(|it| it.leave_out_removed).to_string());
    let kind = link.and_then(|link| link.selector.work_item_type());
    put("work_item_type", kind.unwrap_or_default().to_owned());
    put("with_tasks", link.is_some_and(|link| link.with_tasks).to_string());
    put("history", begin.link.is_none().to_string());
    let metric = &begin.goal.metric;
    if percent {
        put("metric_start", String::from("0"));
    } else {
        put("metric_name", metric.name.clone().unwrap_or_default());
        put("metric_unit", metric.unit.clone().unwrap_or_default());
        put("metric_start", plain(metric.start));
        put("metric_target", metric.target.map(plain).unwrap_or_default());
    }
    values
}

/// The form without what the other system says.
fn bare(begin: &Begin, values: Vec<(String, String)>) -> LinkForm {
    let goal = &begin.goal;
    LinkForm {
        goal: goal.id,
        kind: goal.kind,
        title: goal.title.clone(),
        refused: refused(begin),
        connections: begin.connections.iter().map(named).collect(),
        trouble: None,
        may_connect: begin.may_connect,
        tree: Tree::Folders(Vec::new(), Vec::new()),
        chosen: None,
        types: Vec::new(),
        kinds: Vec::new(),
        measures: Vec::new(),
        picked: Vec::new(),
        found: None,
        look: Look::Nothing,
        own_metric: read::keeps_metric(goal).then(|| {
            String::from(
                "The goal keeps its own measure: the number is compared with the limits that it has.",
            )
        }),
        history_from: None,
        linked: begin.link.is_some(),
        typed: Typed { values, ..Typed::default() },
    }
}

/// Why nothing can be linked as things are.
pub(super) fn refused(begin: &Begin) -> Option<String> {
    let none = || {
        String::from(
            "Nobody shares a connection to Azure DevOps with you, and you may not make one. Ask a colleague to share theirs.",
        )
    };
    let reason = begin.refused.as_ref().map(|refusal| refusal.message.to_string());
    reason.or_else(|| begin.connections.is_empty().then(none))
}

fn named(it: &Connection) -> (String, String) {
    let more = if it.shared { "" } else { " (only you)" };
    (it.id.to_string(), format!("{}, {}{more}", it.name, place(&it.config)))
}

/// The whole form.
pub(super) async fn shown(
    state: &AppState,
    signed: &Signed,
    goal: LinkFor<'_>,
    begin: &Begin,
    values: Vec<(String, String)>,
) -> Result<LinkForm, Failure> {
    let mut form = bare(begin, values);
    if form.refused.is_some() {
        return Ok(form);
    }
    let ctx = signed.ctx(state);
    let from = begin.goal.start_date;
    form.history_from = (from < ctx.today).then(|| format::day(from, ctx.today));
    let pairs = form.typed.values.clone();
    let Some(connection) = read::connection(&pairs) else { return Ok(form) };
    form.tree = tree(state, signed, begin.goal.id, connection, &pairs).await?;
    if let Tree::Failed(why) = &form.tree {
        // One word on it is enough: whatever else is asked fails alike.
        let it = begin.connections.iter().find(|it| it.id == connection);
        form.trouble = Some((why.clone(), it.filter(|it| it.may_manage).map(|it| it.id)));
        form.tree = Tree::Folders(Vec::new(), Vec::new());
        return Ok(form);
    }
    form.chosen = chosen(begin, &form.tree, &pairs);
    let (app, actor) = (&state.app, &signed.actor);
    let through = Through { connection, goal: begin.goal.id };
    form.measures = told(app.connection_measures(actor, through).await)?
        .unwrap_or_default()
        .into_iter()
        .map(|it| Measure { reference: it.reference, name: it.name, as_percent: it.as_percent })
        .collect();
    form.types = told(app.work_item_types(actor, through).await)?.unwrap_or_default();
    form.picked = picked(state, signed, begin.goal.id, &pairs).await?;
    if value(&pairs, "act") == "find" {
        form.found = told(found(state, signed, begin.goal.id, &pairs).await)?.flatten();
    }
    (form.look, form.kinds) = look(state, signed, goal, begin, &pairs).await?;
    Ok(form)
}

/// Only what changes where a field did: what the link would say.
pub(super) async fn looked(
    state: &AppState,
    signed: &Signed,
    goal: LinkFor<'_>,
    begin: &Begin,
    pairs: &Pairs,
) -> Result<LinkForm, Failure> {
    let mut form = bare(begin, pairs.to_vec());
    (form.look, form.kinds) = look(state, signed, goal, begin, pairs).await?;
    Ok(form)
}

/// Only what a search for queries changes.
pub(super) async fn with_tree(
    state: &AppState,
    signed: &Signed,
    begin: &Begin,
    pairs: &Pairs,
) -> Result<LinkForm, Failure> {
    let mut form = bare(begin, pairs.to_vec());
    if let Some(connection) = read::connection(pairs) {
        form.tree = tree(state, signed, begin.goal.id, connection, pairs).await?;
        form.chosen = chosen(begin, &form.tree, pairs);
    }
    Ok(form)
}

/// What the other system could not answer is told where it matters; only errors of our own end the page.
fn told<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(Error::Invalid(_) | Error::Refused(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

async fn look(
    state: &AppState,
    signed: &Signed,
    goal: LinkFor<'_>,
    begin: &Begin,
    pairs: &Pairs,
) -> Result<(Look, Vec<String>), Failure> {
    let (Some(connection), Some(selector)) = (read::connection(pairs), read::selector(pairs)) else {
        return Ok((Look::Nothing, Vec::new()));
    };
    let options = read::options(pairs);
    // A metric that is not complete keeps nobody from counting.
    let metric = read::metric(pairs, &begin.goal);
    let complete = metric.is_ok();
    let metric = metric.unwrap_or_default();
    let found =
        state.app.look_at_link(&signed.actor, goal, connection, (&selector, &options), metric.as_ref()).await;
    match found {
        Ok(found) => {
            let kinds = found.kinds.clone();
            Ok((Look::Counted(Box::new(counted(&begin.goal, pairs, &found, complete))), kinds))
        }
        Err(error) => Ok((Look::Wrong(read::sentence(error)?), Vec::new())),
    }
}

fn counted(goal: &Followed, pairs: &Pairs, found: &Looked, complete: bool) -> Counted {
    let it = &found.measurement;
    let unit = read::value(pairs, "metric_unit").trim();
    let unit = if read::keeps_metric(goal) {
        goal.metric.unit.as_deref()
    } else {
        Some(unit).filter(|it| !it.is_empty())
    };
    let number = value(pairs, "mode") == "metric";
    Counted {
        matching: it.matching,
        completed: it.completed,
        removed: it.removed,
        value: if number { format::value_with_unit(it.value, unit) } else { format::share(it.value) },
        warnings: it.warnings.clone(),
        items: found.items.iter().take(SAMPLE).map(item).collect(),
        progress: found.status.zip(found.progress).filter(|_| complete).map(|(status, actual)| Progress {
            actual: Some(actual),
            expected: found.expected,
            status: Shown::new(status, None, Some(actual)),
        }),
        before: found.before,
    }
}

/// A work item as lists show it.
pub(super) fn item(it: &WorkItem) -> Item {
    Item {
        id: it.id.to_string(),
        title: it.title.clone(),
        kind: it.kind.clone(),
        state: it.state.clone(),
        done: it.category == Category::Completed,
        assignee: it.assignee.clone().unwrap_or_default(),
        url: show::safe(&it.url).unwrap_or_default(),
    }
}

/// The work items that are picked, as far as they can be read.
pub(super) async fn picked(
    state: &AppState,
    signed: &Signed,
    goal: Option<Id>,
    pairs: &Pairs,
) -> Result<Vec<Item>, Error> {
    let Some(connection) = read::connection(pairs) else { return Ok(Vec::new()) };
    let through = Through { connection, goal };
    let found = state.app.work_items(&signed.actor, through, &read::items(pairs)).await;
    Ok(told(found)?.unwrap_or_default().iter().map(item).collect())
}

/// The work items that a search finds; none where nothing was typed and no type chosen.
pub(super) async fn found(
    state: &AppState,
    signed: &Signed,
    goal: Option<Id>,
    pairs: &Pairs,
) -> Result<Option<Vec<Item>>, Error> {
    let (words, kind) = (value(pairs, "item_q").trim(), value(pairs, "item_kind").trim());
    let Some(connection) = read::connection(pairs) else { return Ok(None) };
    if words.is_empty() && kind.is_empty() {
        return Ok(None);
    }
    let kind = Some(kind).filter(|kind| !kind.is_empty());
    let picked = read::items(pairs);
    let through = Through { connection, goal };
    let found = state.app.find_work_items(&signed.actor, through, words, kind).await?;
    Ok(Some(found.iter().filter(|it| !picked.contains(&it.id)).map(item).collect()))
}
