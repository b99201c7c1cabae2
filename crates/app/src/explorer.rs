//! The lists of goals: Explorer, and the same tree on the pages of the organisation, a team and a person (goals §7.1).
//! Whatever the number of goals, a page takes the same number of statements and sends about a hundred rows at most.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use northing_core::alert::Alert;
use northing_core::alignment::{may_align, may_stand_alone};
use northing_core::errors::FieldError;
use northing_core::expectation::expected;
use northing_core::goal::GoalKind;
use northing_core::metric::Metric;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::status::Status;
use northing_core::text::fold;
use northing_core::values::{Day, Id, Moment};
use northing_store::check_ins::CheckInRow;
use northing_store::explorer::{self, After, Order};
use northing_store::tags;
use northing_store::{Rx, check_ins, choices, goal_facts, teams};

pub use northing_store::explorer::{
    ChildLine, Counts, GroupKey, Line, ListPage, Narrowing, PeriodLine, SortKey,
};

use crate::choices::Named;
use crate::cone::zone;
use crate::goal::context::Context;
use crate::shell::ShellView;
use crate::{Actor, Error, Northing, Page, PageRequest, Result};

mod marks;
mod view;

pub use view::Group;

/// Rows of a list before it goes on by scrolling.
const ROWS: u16 = 46;
/// Rows that opened branches may add to a page.
const BRANCH_ROWS: usize = 140;
/// Children shown of one parent; the rest stands on the parent's page.
const CHILDREN: u16 = 100;
/// Tags that the filter offers; the page of tags links to the rest.
const TAGS: i64 = 30;
/// Days without a check-in that the presets ask for.
pub const SHORT: u16 = 7;
/// The longer of them: then an open goal counts as stale.
pub const LONG: u16 = 14;
/// Days for which what was closed counts as recent.
pub const RECENT: u16 = 7;
/// Rows of the first level that stand open by themselves.
const UNFOLDED: usize = 8;
/// Branches that an address may keep open.
pub const OPEN: usize = 50;

/// Rows of a page of a list.
struct Found {
    lines: Vec<TreeLine>,
    /// Where the next page begins.
    next: Option<String>,
    /// The goals with which a group begins.
    begin: Vec<Id>,
}

/// What a list is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// Which page's list.
    pub page: ListPage,
    /// The team or the person of the page; the organisation where there is none.
    pub entity: Option<Id>,
    /// The periods; the current one where there is none.
    pub periods: Vec<Id>,
    /// The branches that are open.
    pub open: Vec<Id>,
    /// Whether the rows of the first level are open, where the address says nothing of branches.
    pub unfold: bool,
    /// What the list is narrowed to besides the period, as far as it does not depend on the day.
    pub narrowing: Narrowing,
    /// Without the teams below those of the narrowing.
    pub exact_teams: bool,
    /// Open and past the due day.
    pub overdue: bool,
    /// Open, not following those below, and without a check-in for so many days.
    pub unchecked_days: Option<u16>,
    /// Closed in the last so many days.
    pub closed_days: Option<u16>,
    /// All initiatives of the page in one level, aligned or not, and nothing else.
    pub initiatives: bool,
    /// All goals in one level.
    pub flat: bool,
    /// With what the last check-in of every row said.
    pub info: bool,
    /// All goals in one level, group by group.
    pub group: Option<GroupKey>,
    /// The order of a flat list, and whether it is turned round.
    pub sort: (SortKey, bool),
    /// At most so many rows, opened branches not counted.
    pub rows: u16,
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
            periods: Vec::new(),
            open: Vec::new(),
            unfold: false,
            narrowing: Narrowing::default(),
            exact_teams: false,
            overdue: false,
            unchecked_days: None,
            closed_days: None,
            initiatives: false,
            flat: false,
            info: false,
            group: None,
            sort: (SortKey::Priority, false),
            rows: ROWS,
            cursor: None,
        }
    }

    /// The list of the periods that are asked for.
    fn list(&self, actor: &Actor, periods: &[PeriodLine]) -> explorer::List {
        explorer::List {
            page: self.page,
            entity: self.entity.unwrap_or(actor.org_id),
            periods: periods.iter().map(|period| period.id).collect(),
        }
    }

    /// Whether the list has one level: because it was asked for, or because a filter or an order takes goals out of their tree.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        self.initiatives || self.is_changed()
    }

    /// Whether filters or an order make the list another than the page has by itself.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.flat || self.group.is_some() || self.sort != (SortKey::Priority, false) || self.is_narrowed()
    }

    /// Whether a filter takes goals out of the list.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.overdue
            || self.unchecked_days.is_some()
            || self.closed_days.is_some()
            || self.narrowing != Narrowing::default()
    }
}

/// What the filters of a list offer, and what the chosen ones are called.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FilterOffer {
    /// The names of the organisation's first tags.
    pub tags: Vec<String>,
    /// The teams.
    pub teams: Vec<Named>,
    /// The owners.
    pub owners: Vec<Named>,
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
    /// What is wrong with it (goals §4.8), the gravest first.
    pub alerts: Vec<Alert>,
    /// What is wrong with goals one or two levels below it that are not shown: their titles and alerts, the gravest first.
    /// Empty on a page of a list: [`Northing::list_marks`] has it.
    pub alerts_below: Vec<(String, Alert)>,
    /// Titles of its other parents.
    pub other_parents: Vec<String>,
    /// Whether the actor may check in.
    pub may_check_in: bool,
    /// Whether the actor may edit and move it.
    pub may_edit: bool,
    /// What the actor may create below it, while its branch is open.
    pub add: Vec<GoalKind>,
    /// The group that begins with it.
    pub heading: Option<Group>,
    /// Its last check-in, where the list was asked for it.
    pub last: Option<Box<CheckInRow>>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListView {
    /// The periods to choose from.
    pub periods: Vec<PeriodLine>,
    /// The period that is shown, of several the first; none where the organisation has none.
    pub period: Option<PeriodLine>,
    /// All that are shown, the earliest first.
    pub shown: Vec<PeriodLine>,
    /// The rows in order.
    pub lines: Vec<TreeLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// What the calendar expects of a goal with the period's dates today, in per cent.
    pub expected: Option<f64>,
    /// Today, in the organisation's zone.
    pub today: Day,
    /// Whether [`Northing::list_marks`] may have something to say of folded rows.
    pub marks: bool,
    /// What the actor may create at its top.
    pub add: Vec<GoalKind>,
}

/// The first page of a list with all that stands around it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedPage {
    /// The list.
    pub list: ListView,
    /// How many of its goals have each status.
    pub tally: Vec<(Status, i64)>,
    /// What its filters offer.
    pub offer: FilterOffer,
    /// What surrounds the page.
    pub around: ShellView,
}

impl Northing {
    /// A page of a list of goals.
    ///
    /// # Errors
    /// A cursor that is none of ours, too many open branches, or those of the store.
    pub async fn list_tree(&self, actor: &Actor, query: &ListQuery) -> Result<ListView> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        self.list_in(&mut rx, &context, query).await
    }

    /// The first page of a list with all that stands around it, of one moment.
    ///
    /// # Errors
    /// As [`Northing::list_tree`].
    pub async fn list_page(&self, actor: &Actor, query: &ListQuery) -> Result<ListedPage> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let list = self.list_in(&mut rx, &context, query).await?;
        let narrowing = context.narrowing(&mut rx, query).await?;
        let of = query.list(actor, &list.shown);
        let tally = explorer::tally(&mut rx, &of, &narrowing, actor.user_id).await?;
        let offer = context.filters(&mut rx, &query.narrowing).await?;
        // On a team's page its branch of the navigation stands open.
        let open = query.entity.filter(|_| query.page == ListPage::Team);
        let around = context.shell(&mut rx, open).await?;
        Ok(ListedPage { list, tally, offer, around })
    }

    async fn list_in(&self, rx: &mut Rx, context: &Context<'_>, query: &ListQuery) -> Result<ListView> {
        let actor = context.actor;
        let periods = explorer::periods(rx, actor.org_id).await?;
        let shown = chosen(&periods, &query.periods)?;
        let Some(period) = shown.first().cloned() else {
            let today = context.today;
            return Ok(ListView {
                periods,
                period: None,
                shown,
                lines: Vec::new(),
                next: None,
                expected: None,
                today,
                marks: false,
                add: Vec::new(),
            });
        };
        let Found { mut lines, next, begin } = self.rows_in(rx, context, query, &shown).await?;
        explorer::name_people(rx, lines.iter_mut().map(|row| &mut row.line)).await?;
        for row in lines.iter_mut().filter(|row| begin.contains(&row.line.id)) {
            row.heading = query.group.map(|key| Group::of(key, &row.line, &shown));
        }
        if query.info {
            view::inform(rx, &mut lines).await?;
        }
        // Goals of several periods are expected at several places.
        let expected = expected(context.today, period.start, period.end, &Metric::percent(), &[])
            .filter(|_| shown.len() == 1);
        let lines = self.completed(rx, actor, &context.settings, context.today, lines).await?;
        let marks = context.settings.health_indicators && lines.iter().any(marks::is_folded);
        let add = if query.is_flat() || shown.len() > 1 {
            Vec::new()
        } else {
            top_kinds(rx, context, query.page, query.entity).await?
        };
        Ok(ListView {
            period: Some(period),
            shown,
            lines,
            next,
            expected,
            today: context.today,
            marks,
            periods,
            add,
        })
    }

    /// The rows directly below a goal, at this depth; with `info` also what their last check-ins said.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the actor may not see the goal.
    pub async fn list_branch(
        &self,
        actor: &Actor,
        goal: Id,
        depth: usize,
        info: bool,
    ) -> Result<Vec<TreeLine>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.facts(&mut rx, goal).await?;
        let children = explorer::children(&mut rx, &[goal], actor.user_id, CHILDREN).await?;
        let siblings = children.len();
        let mut lines = children
            .into_iter()
            .enumerate()
            .map(|(at, child)| below(child, depth, at + 1, siblings))
            .collect::<Vec<_>>();
        if info {
            view::inform(&mut rx, &mut lines).await?;
        }
        let lines = self.completed(&mut rx, actor, &context.settings, context.today, lines).await?;
        context.marked(&mut rx, lines).await
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

    /// A goal as a row; with `info` also what its last check-in said.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the actor may not see the goal.
    pub async fn list_line(&self, actor: &Actor, goal: Id, info: bool) -> Result<TreeLine> {
        self.lines_of(actor, &[goal], info).await?.into_iter().next().ok_or(Error::NotFound("goal"))
    }

    /// These goals as rows, as far as the actor may see them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_lines(&self, actor: &Actor, goals: &[Id]) -> Result<Vec<TreeLine>> {
        self.lines_of(actor, goals, false).await
    }

    async fn lines_of(&self, actor: &Actor, goals: &[Id], info: bool) -> Result<Vec<TreeLine>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let lines = explorer::lines(&mut rx, actor.org_id, goals, actor.user_id).await?;
        let mut lines: Vec<TreeLine> = lines.into_iter().map(|line| bare(line, 1, 1, 1)).collect();
        if info {
            view::inform(&mut rx, &mut lines).await?;
        }
        let lines = self.completed(&mut rx, actor, &context.settings, context.today, lines).await?;
        context.marked(&mut rx, lines).await
    }

    /// The check-ins on the goals of a list, the newest first, each with its goal as far as the actor sees it: two statements
    /// besides the periods.
    ///
    /// # Errors
    /// A cursor that is none of ours; those of the store.
    pub async fn list_feed(
        &self,
        actor: &Actor,
        query: &ListQuery,
        part: &PageRequest,
    ) -> Result<Page<(Line, CheckInRow)>> {
        let mut rx = self.store.read().await?;
        let periods = explorer::periods(&mut rx, actor.org_id).await?;
        let list = query.list(actor, &chosen(&periods, &query.periods)?);
        let before = part.cursor.as_deref().map(crate::history::read_cursor).transpose()?;
        let limit = i64::from(part.limit) + 1;
        let rows = check_ins::of_list(&mut rx, &list, actor.user_id, before, limit).await?;
        let found = crate::history::paged(rows, part.limit, |row| (row.at, row.id));
        let goals: HashSet<Id> = found.items.iter().map(|row| row.goal_id).collect();
        let goals: Vec<Id> = goals.into_iter().collect();
        let lines = explorer::lines(&mut rx, actor.org_id, &goals, actor.user_id).await?;
        let lines: HashMap<Id, Line> = lines.into_iter().map(|line| (line.id, line)).collect();
        let items = found.items.into_iter();
        let items = items.filter_map(|row| Some((lines.get(&row.goal_id)?.clone(), row))).collect();
        Ok(Page { items, next: found.next })
    }

    /// How many goals of a list have each status, for its foot. Costs what the list has goals: ask for it apart.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tally_goals(&self, actor: &Actor, query: &ListQuery) -> Result<Vec<(Status, i64)>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let periods = explorer::periods(&mut rx, actor.org_id).await?;
        let shown = chosen(&periods, &query.periods)?;
        let narrowing = context.narrowing(&mut rx, query).await?;
        Ok(explorer::tally(&mut rx, &query.list(actor, &shown), &narrowing, actor.user_id).await?)
    }

    /// How many goals stand behind each preset of Explorer in these periods. Costs what the list has goals: ask for it
    /// apart.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn count_presets(&self, actor: &Actor, query: &ListQuery) -> Result<Counts> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let periods = explorer::periods(&mut rx, actor.org_id).await?;
        let shown = chosen(&periods, &query.periods)?;
        let list = query.list(actor, &shown);
        let (short, long) = (context.days_ago(SHORT)?, context.days_ago(LONG)?);
        let closed = context.closed_since(RECENT)?;
        Ok(explorer::counts(&mut rx, &list, actor.user_id, context.today, (short, long), closed).await?)
    }

    /// What the filters of a list offer and what the chosen ones are called.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn offer_filters(&self, actor: &Actor, narrowing: &Narrowing) -> Result<FilterOffer> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.filters(&mut rx, narrowing).await
    }

    /// The rows of a page of a list, without what [`Self::completed`] adds, and where the next page begins. One statement,
    /// and one for the children of all open branches.
    async fn rows_in(
        &self,
        rx: &mut Rx,
        context: &Context<'_>,
        query: &ListQuery,
        shown: &[PeriodLine],
    ) -> Result<Found> {
        let actor = context.actor;
        let after = query.cursor.as_deref().map(read_cursor).transpose()?;
        let list = query.list(actor, shown);
        let mut found = if query.is_flat() {
            let narrowing = context.narrowing(rx, query).await?;
            let order = query.group.map_or(Order::Sorted(query.sort.0, query.sort.1), Order::Grouped);
            explorer::flat(rx, &list, &narrowing, actor.user_id, order, after.as_ref(), query.rows + 1)
                .await?
        } else {
            explorer::top(rx, &list, actor.user_id, after.as_ref(), query.rows + 1).await?
        };
        let more = found.len() > usize::from(query.rows);
        found.truncate(usize::from(query.rows));
        let next = found.last().filter(|_| more).map(|(_, after)| write_cursor(after)).transpose()?;
        let begin = query.group.map_or_else(Vec::new, |_| view::beginnings(&found, after.as_ref()));
        let top: Vec<Line> = found.into_iter().map(|(line, _)| line).collect();
        let lines = if query.is_flat() {
            let siblings = top.len();
            top.into_iter().enumerate().map(|(at, line)| bare(line, 1, at + 1, siblings)).collect()
        } else {
            let unfolded: Vec<Id> = top.iter().take(UNFOLDED).map(|line| line.id).collect();
            let open = if query.unfold && query.open.is_empty() { &unfolded } else { &query.open };
            self.opened(rx, actor, top, open).await?
        };
        Ok(Found { lines, next, begin })
    }

    /// The top rows with the rows of the open branches below them. One statement fetches the children of all of them.
    async fn opened(&self, rx: &mut Rx, actor: &Actor, top: Vec<Line>, open: &[Id]) -> Result<Vec<TreeLine>> {
        if open.len() > OPEN {
            return Err(
                FieldError::new("open", "too_many", format!("at most {OPEN} branches can be open")).into()
            );
        }
        let mut children: HashMap<Id, Vec<ChildLine>> = HashMap::new();
        for child in explorer::children_unnamed(rx, open, actor.user_id, CHILDREN).await? {
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

    /// Adds what depends on the day, on parents and on the actor: three statements for any number of rows.
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
        if settings.health_indicators {
            marks::alerted(rx, today, &mut lines).await?;
        }
        Ok(lines)
    }
}

impl Context<'_> {
    /// What filters offer, with the names of what they are set to.
    async fn filters(&self, rx: &mut Rx, narrowing: &Narrowing) -> Result<FilterOffer> {
        let org = self.actor.org_id;
        let mut offer = FilterOffer { tags: tags::names(rx, org, TAGS).await?, ..FilterOffer::default() };
        if !narrowing.teams.is_empty() {
            let mut teams = choices::teams_named(rx, org, &narrowing.teams).await?;
            offer.teams =
                narrowing.teams.iter().filter_map(|id| teams.remove(id)).map(|(it, _)| it).collect();
        }
        if !narrowing.owners.is_empty() {
            let mut people = choices::people_named(rx, org, &narrowing.owners).await?;
            offer.owners = narrowing.owners.iter().filter_map(|id| people.remove(id)).collect();
        }
        Ok(offer)
    }

    /// What a list is narrowed to today.
    async fn narrowing(&self, rx: &mut Rx, query: &ListQuery) -> Result<Narrowing> {
        let given = &query.narrowing;
        let below = !given.teams.is_empty() && !query.exact_teams;
        Ok(Narrowing {
            text: fold(&given.text),
            tags: given.tags.iter().map(|tag| fold(tag)).collect(),
            teams: if below {
                teams::at_or_below(rx, self.actor.org_id, &given.teams).await?
            } else {
                given.teams.clone()
            },
            due_before: query.overdue.then_some(self.today),
            unchecked: query.unchecked_days.map(|days| self.days_ago(days)).transpose()?,
            closed_since: query.closed_days.map(|days| self.closed_since(days)).transpose()?,
            kinds: if query.initiatives { vec![GoalKind::Initiative] } else { given.kinds.clone() },
            ..given.clone()
        })
    }

    /// The end of the day so many days ago, and that day: a check-in on it is so many days old (goals §15, N73).
    fn days_ago(&self, days: u16) -> Result<(Moment, Day)> {
        let day = self.today.plus_days(-i32::from(days));
        Ok((day.plus_days(1).start_in(&zone(&self.settings)?), day))
    }

    fn closed_since(&self, days: u16) -> Result<Moment> {
        Ok(self.today.plus_days(-i32::from(days)).start_in(&zone(&self.settings)?))
    }
}

/// The periods that were asked for, the earliest first; or the current one, or the newest.
pub(crate) fn chosen(periods: &[PeriodLine], asked: &[Id]) -> Result<Vec<PeriodLine>> {
    if asked.is_empty() {
        let one = periods.iter().find(|period| period.is_current).or_else(|| periods.first());
        return Ok(one.cloned().into_iter().collect());
    }
    if asked.iter().any(|id| !periods.iter().any(|period| period.id == *id)) {
        return Err(Error::NotFound("period"));
    }
    let mut shown: Vec<PeriodLine> =
        periods.iter().filter(|period| asked.contains(&period.id)).cloned().collect();
    shown.sort_by_key(|period| (period.start, period.end));
    Ok(shown)
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
        alerts: Vec::new(),
        alerts_below: Vec::new(),
        other_parents: Vec::new(),
        may_check_in: false,
        may_edit: false,
        add: Vec::new(),
        heading: None,
        last: None,
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
