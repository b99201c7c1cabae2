//! The lists of goals: Explorer, and the same tree on the pages of the organisation, a team and a person (goals §7.1).
//! Whatever the number of goals, a page takes the same number of statements and sends about a hundred rows at most.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use northing_core::alignment::{may_align, may_stand_alone};
use northing_core::errors::FieldError;
use northing_core::expectation::expected;
use northing_core::goal::GoalKind;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::status::Status;
use northing_core::text::fold;
use northing_core::values::{Day, Id};
use northing_store::explorer::{self, After, ChildLine};
use northing_store::{Rx, goal_facts};

pub use northing_store::explorer::{Line, ListPage, Narrowing, PeriodLine, SortKey};

use crate::goal::context::Context;
use crate::{Actor, Error, Northing, Result};

/// Rows of a list before it goes on by scrolling.
const ROWS: u16 = 60;
/// Rows that opened branches may add to a page.
const BRANCH_ROWS: usize = 140;
/// Children shown of one parent; the rest stands on the parent's page.
const CHILDREN: u16 = 100;
/// Branches that an address may keep open.
const OPEN: usize = 50;

/// What a list is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// Which page's list.
    pub page: ListPage,
    /// The team or the person of the page; the organisation where there is none.
    pub entity: Option<Id>,
    /// The period; the current one where there is none.
    pub period: Option<Id>,
    /// The branches that are open.
    pub open: Vec<Id>,
    /// What the list is narrowed to besides the period.
    pub narrowing: Narrowing,
    /// All goals in one level.
    pub flat: bool,
    /// The order of a flat list, and whether it is turned round.
    pub sort: (SortKey, bool),
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl ListQuery {
    /// The whole tree of the current period.
    #[must_use]
    pub fn of(page: ListPage, entity: Option<Id>) -> Self {
        Self {
            page,
            entity,
            period: None,
            open: Vec::new(),
            narrowing: Narrowing::default(),
            flat: false,
            sort: (SortKey::Priority, false),
            cursor: None,
        }
    }

    /// The list of a period that is asked for.
    fn list(&self, actor: &Actor, period: Id) -> explorer::List {
        explorer::List { page: self.page, entity: self.entity.unwrap_or(actor.org_id), period }
    }

    /// Whether the list has one level: because it was asked for, or because a filter or an order takes goals out of their tree.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        let n = &self.narrowing;
        self.flat
            || self.sort != (SortKey::Priority, false)
            || n.unowned
            || !(n.kinds.is_empty()
                && n.statuses.is_empty()
                && n.teams.is_empty()
                && n.owners.is_empty()
                && n.tags.is_empty()
                && n.text.is_empty())
    }
}

/// A row with its place in the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct TreeLine {
    /// The goal.
    pub line: Line,
    /// Depth, from 1.
    pub depth: usize,
    /// Place among its siblings, from 1.
    pub place: usize,
    /// How many siblings are shown.
    pub siblings: usize,
    /// The parent under which this row stands.
    pub under: Option<Id>,
    /// Its share in that parent in per cent.
    pub share: Option<f64>,
    /// Whether its branch is open.
    pub open: bool,
    /// What the calendar expects today, in per cent.
    pub expected: Option<f64>,
    /// Titles of its other parents.
    pub other_parents: Vec<String>,
    /// Whether the actor may check in.
    pub may_check_in: bool,
    /// Whether the actor may edit and move it.
    pub may_edit: bool,
    /// What the actor may create below it, while its branch is open.
    pub add: Vec<GoalKind>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListView {
    /// The periods to choose from.
    pub periods: Vec<PeriodLine>,
    /// The period that is shown; none where the organisation has none.
    pub period: Option<PeriodLine>,
    /// The rows in order.
    pub lines: Vec<TreeLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// What the calendar expects of a goal with the period's dates today, in per cent.
    pub expected: Option<f64>,
    /// Today, in the organisation's zone.
    pub today: Day,
    /// What the actor may create at its top.
    pub add: Vec<GoalKind>,
}

impl Northing {
    /// A page of a list of goals.
    ///
    /// # Errors
    /// A cursor that is none of ours, too many open branches, or those of the store.
    pub async fn list_tree(&self, actor: &Actor, query: &ListQuery) -> Result<ListView> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let periods = explorer::periods(&mut rx, actor.org_id).await?;
        let period = chosen(&periods, query.period)?;
        let Some(period) = period else {
            let today = context.today;
            return Ok(ListView {
                periods,
                period: None,
                lines: Vec::new(),
                next: None,
                expected: None,
                today,
                add: Vec::new(),
            });
        };
        let after = query.cursor.as_deref().map(read_cursor).transpose()?;
        let list = query.list(actor, period.id);
        let mut found = if query.is_flat() {
            let narrowing = Narrowing {
                text: fold(&query.narrowing.text),
                tags: query.narrowing.tags.iter().map(|tag| fold(tag)).collect(),
                ..query.narrowing.clone()
            };
            explorer::flat(&mut rx, list, &narrowing, actor.user_id, query.sort, after.as_ref(), ROWS + 1)
                .await?
        } else {
            explorer::top(&mut rx, list, actor.user_id, after.as_ref(), ROWS + 1).await?
        };
        let more = found.len() > usize::from(ROWS);
        found.truncate(usize::from(ROWS));
        let next = found.last().filter(|_| more).map(|(_, after)| write_cursor(after)).transpose()?;
        let top: Vec<Line> = found.into_iter().map(|(line, _)| line).collect();
        let lines = if query.is_flat() {
            let siblings = top.len();
            top.into_iter().enumerate().map(|(at, line)| bare(line, 1, at + 1, siblings)).collect()
        } else {
            self.opened(&mut rx, actor, top, &query.open).await?
        };
        let expected =
            expected(context.today, period.start, period.end, &northing_core::metric::Metric::percent(), &[]);
        let lines = self.completed(&mut rx, actor, &context.settings, context.today, lines).await?;
        let add = if query.is_flat() {
            Vec::new()
        } else {
            top_kinds(&mut rx, &context, query.page, query.entity).await?
        };
        Ok(ListView { period: Some(period), lines, next, expected, today: context.today, periods, add })
    }

    /// The rows directly below a goal, at this depth.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the actor may not see the goal.
    pub async fn list_branch(&self, actor: &Actor, goal: Id, depth: usize) -> Result<Vec<TreeLine>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.facts(&mut rx, goal).await?;
        let children = explorer::children(&mut rx, &[goal], actor.user_id, CHILDREN).await?;
        let siblings = children.len();
        let lines = children
            .into_iter()
            .enumerate()
            .map(|(at, child)| below(child, depth, at + 1, siblings))
            .collect();
        self.completed(&mut rx, actor, &context.settings, context.today, lines).await
    }

    /// What the actor may create under a goal.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the actor may not see the goal.
    pub async fn kinds_below(&self, actor: &Actor, goal: Id) -> Result<Vec<GoalKind>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let facts = context.facts(&mut rx, goal).await?;
        let lines = explorer::lines(&mut rx, actor.org_id, &[goal], actor.user_id).await?;
        let line = lines.first().ok_or(Error::NotFound("goal"))?;
        let open = !line.status.is_locked() && context.may(Action::GoalAlignTo, Thing::Goal(&facts));
        Ok(if open { kinds_below(actor, line.kind, &context.settings) } else { Vec::new() })
    }

    /// What the actor may create at the top of a list.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn kinds_on_top(
        &self,
        actor: &Actor,
        page: ListPage,
        entity: Option<Id>,
    ) -> Result<Vec<GoalKind>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        top_kinds(&mut rx, &context, page, entity).await
    }

    /// These goals as rows, as far as the actor may see them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_lines(&self, actor: &Actor, goals: &[Id]) -> Result<Vec<TreeLine>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let lines = explorer::lines(&mut rx, actor.org_id, goals, actor.user_id).await?;
        let lines = lines.into_iter().map(|line| bare(line, 1, 1, 1)).collect();
        self.completed(&mut rx, actor, &context.settings, context.today, lines).await
    }

    /// How many goals of a list have each status, for its foot. Costs what the list has goals: ask for it apart.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tally_goals(&self, actor: &Actor, query: &ListQuery) -> Result<Vec<(Status, i64)>> {
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        let periods = explorer::periods(&mut rx, actor.org_id).await?;
        let Some(period) = chosen(&periods, query.period)? else { return Ok(Vec::new()) };
        Ok(explorer::tally(&mut rx, query.list(actor, period.id), actor.user_id).await?)
    }

    /// The top rows with the rows of the open branches below them. One statement fetches the children of all of them.
    async fn opened(&self, rx: &mut Rx, actor: &Actor, top: Vec<Line>, open: &[Id]) -> Result<Vec<TreeLine>> {
        if open.len() > OPEN {
            return Err(
                FieldError::new("open", "too_many", format!("at most {OPEN} branches can be open")).into()
            );
        }
        let mut children: HashMap<Id, Vec<ChildLine>> = HashMap::new();
        for child in explorer::children(rx, open, actor.user_id, CHILDREN).await? {
            children.entry(child.parent_id).or_default().push(child);
        }
        let siblings = top.len();
        let mut shown = HashSet::new();
        let mut lines = Vec::new();
        for (at, line) in top.into_iter().enumerate() {
            unfold(bare(line, 1, at + 1, siblings), &children, &mut shown, &mut lines);
        }
        Ok(lines)
    }

    /// Adds what depends on the day, on other goals and on the actor: three statements for any number of rows.
    async fn completed(
        &self,
        rx: &mut Rx,
        actor: &Actor,
        settings: &Settings,
        today: Day,
        mut lines: Vec<TreeLine>,
    ) -> Result<Vec<TreeLine>> {
        let ids: Vec<Id> = lines.iter().map(|row| row.line.id).collect::<HashSet<_>>().into_iter().collect();
        let facts = goal_facts::goals(rx, actor.org_id, actor.user_id, &ids).await?;
        let mut parents: HashMap<Id, Vec<(Id, String, f64)>> = HashMap::new();
        for (child, parent, title, share) in explorer::parents(rx, &ids, actor.user_id).await? {
            parents.entry(child).or_default().push((parent, title, share));
        }
        for row in &mut lines {
            let line = &row.line;
            row.expected = expected(today, line.start, line.due, &line.metric, &line.phases);
            let above = parents.get(&line.id).map_or(&[][..], Vec::as_slice);
            let here = row.under.or_else(|| above.first().map(|(id, _, _)| *id));
            row.share =
                row.share.or_else(|| above.iter().find(|(id, _, _)| Some(*id) == here).map(|(_, _, s)| *s));
            row.other_parents = above
                .iter()
                .filter(|(id, _, _)| Some(*id) != here)
                .map(|(_, title, _)| title.clone())
                .collect();
            if let Some(facts) = facts.get(&line.id) {
                let thing = Thing::Goal(facts);
                row.may_check_in =
                    !line.status.is_locked() && actor.may(Action::GoalCheckIn, thing, settings);
                row.may_edit = actor.may(Action::GoalEdit, thing, settings);
                if row.open && !line.status.is_locked() && actor.may(Action::GoalAlignTo, thing, settings) {
                    row.add = kinds_below(actor, line.kind, settings);
                }
            }
        }
        Ok(lines)
    }
}

/// The period that was asked for, or the current one, or the newest.
pub(crate) fn chosen(periods: &[PeriodLine], asked: Option<Id>) -> Result<Option<PeriodLine>> {
    if let Some(id) = asked {
        let found = periods.iter().find(|period| period.id == id);
        return found.cloned().map(Some).ok_or(Error::NotFound("period"));
    }
    Ok(periods.iter().find(|period| period.is_current).or_else(|| periods.first()).cloned())
}

/// Adds a row and, where its branch is open, those below it. A goal under several open parents stands under each; its own
/// branch opens at its first place.
fn unfold(
    mut row: TreeLine,
    children: &HashMap<Id, Vec<ChildLine>>,
    shown: &mut HashSet<Id>,
    lines: &mut Vec<TreeLine>,
) {
    let id = row.line.id;
    let depth = row.depth;
    let below_it = children.get(&id).filter(|_| lines.len() < BRANCH_ROWS && shown.insert(id));
    row.open = below_it.is_some();
    lines.push(row);
    if let Some(list) = below_it {
        for (at, child) in list.iter().enumerate() {
            unfold(below(child.clone(), depth + 1, at + 1, list.len()), children, shown, lines);
        }
    }
}

fn bare(line: Line, depth: usize, place: usize, siblings: usize) -> TreeLine {
    TreeLine {
        line,
        depth,
        place,
        siblings,
        under: None,
        share: None,
        open: false,
        expected: None,
        other_parents: Vec::new(),
        may_check_in: false,
        may_edit: false,
        add: Vec::new(),
    }
}

/// What the actor may create under a goal of this kind.
fn kinds_below(actor: &Actor, parent: GoalKind, settings: &Settings) -> Vec<GoalKind> {
    let may = |action| actor.may(action, Thing::Organization, settings);
    let fits = |kind: &GoalKind| {
        may_align(*kind, parent, settings).is_ok()
            && (*kind != GoalKind::Initiative || may(Action::InitiativeCreate))
    };
    if !may(Action::GoalCreateIndividual) {
        return Vec::new();
    }
    // What measures the parent first.
    let order = [GoalKind::KeyResult, GoalKind::Initiative, GoalKind::Objective];
    order.into_iter().filter(fits).collect()
}

/// What the actor may create at the top of a list. Initiatives without a parent are not listed there.
async fn top_kinds(
    rx: &mut Rx,
    context: &Context<'_>,
    page: ListPage,
    entity: Option<Id>,
) -> Result<Vec<GoalKind>> {
    let may = |action| context.may(action, Thing::Organization);
    let allowed = match (page, entity) {
        (ListPage::Organization, _) => may(Action::GoalCreateOrganization),
        (ListPage::Team, Some(team)) => {
            let actor = context.actor;
            let facts = goal_facts::teams(rx, actor.org_id, actor.user_id, &[team]).await?;
            facts.get(&team).is_some_and(|facts| context.may(Action::GoalCreateTeam, Thing::Team(facts)))
        }
        _ => may(Action::GoalCreateIndividual) && !context.settings.mandatory_team,
    };
    let alone =
        |kind: &GoalKind| *kind != GoalKind::Initiative && may_stand_alone(*kind, &context.settings).is_ok();
    Ok(if allowed { GoalKind::ALL.iter().copied().filter(alone).collect() } else { Vec::new() })
}

fn below(child: ChildLine, depth: usize, place: usize, siblings: usize) -> TreeLine {
    TreeLine {
        under: Some(child.parent_id),
        share: Some(child.share),
        ..bare(child.line, depth, place, siblings)
    }
}

fn write_cursor(after: &After) -> Result<String> {
    let text = serde_json::to_vec(after).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(text))
}

fn read_cursor(text: &str) -> Result<After> {
    let read = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.ok_or_else(|| {
        FieldError::new("cursor", "invalid", "is none of ours: begin at the first page").into()
    })
}
