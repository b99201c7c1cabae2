//! Reading goals: one, lists, and what is above and below.

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use northing_core::errors::FieldError;
use northing_core::goal::GoalKind;
use northing_core::permission::Action;
use northing_core::values::{Day, Id};
use northing_store::goals::{self, GoalFilter, GoalSort};
use northing_store::{Rx, alignments};
use serde::Serialize;

use super::context::{Context, distinct};
use super::view::GoalView;
use crate::cone::zone;
use crate::{Actor, Northing, Page, PageRequest, Result};

/// Which goals are asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GoalsQuery {
    /// By what they are like; its `as_of` is set from the field below.
    pub filter: GoalFilter,
    /// In which order; none: as in Explorer.
    pub sort: Option<GoalSort>,
    /// The other way round.
    pub descending: bool,
    /// As they stood at the end of this day.
    pub as_of: Option<Day>,
    /// Only goals without a check-in since the beginning of this day.
    pub not_updated_since: Option<Day>,
}

/// A goal with those below it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GoalTree {
    /// The goal.
    #[serde(flatten)]
    pub goal: GoalView,
    /// Its children in their order, as deep as was asked for.
    pub children: Vec<GoalTree>,
    /// Whether it has children that are not shown here: deeper than asked for, or beyond the bound of the answer.
    pub more: bool,
}

/// The deepest tree and the most goals of one answer.
const DEEPEST: u32 = 10;
const MOST: usize = 500;

impl Northing {
    /// A goal.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub async fn goal(&self, actor: &Actor, goal: Id) -> Result<GoalView> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalView).await?;
        context.view(&mut rx, row).await
    }

    /// Goals of the organisation by filter, a page at a time.
    ///
    /// # Errors
    /// At `cursor` where it is none of ours.
    pub async fn list_goals(
        &self,
        actor: &Actor,
        query: &GoalsQuery,
        page: &PageRequest,
    ) -> Result<Page<GoalView>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let zone = zone(&context.settings)?;
        if query.as_of.is_some_and(|day| day > context.today) {
            return Err(FieldError::new("as_of", "out_of_range", "must not lie in the future").into());
        }
        let mut filter = query.filter.clone();
        filter.as_of = query.as_of.map(|day| day.plus_days(1).start_in(&zone).plus_millis(-1));
        filter.not_updated_since = query.not_updated_since.map(|day| day.start_in(&zone));
        let sort = query.sort.unwrap_or(GoalSort::Position);
        let found = context.ids(&mut rx, &filter, (sort, query.descending), page).await?;
        let rows = goals::load(&mut rx, actor.org_id, &found.items).await?;
        let mut items = context.views(&mut rx, rows).await?;
        if let (Some(day), Some(moment)) = (query.as_of, filter.as_of) {
            let past = goals::states_at(&mut rx, &found.items, moment).await?;
            items = items
                .into_iter()
                .map(|goal| {
                    let state = past.get(&goal.id).copied();
                    goal.stood(state.as_ref(), day)
                })
                .collect();
        }
        Ok(Page { items, next: found.next })
    }

    /// The goals aligned to a goal that the actor may see, in their order, initiatives last.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`]; at `cursor`.
    pub async fn goal_children(&self, actor: &Actor, goal: Id, page: &PageRequest) -> Result<Page<GoalView>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.goal(&mut rx, goal, Action::GoalView).await?;
        let below: Vec<Id> =
            alignments::below(&mut rx, &[goal]).await?.iter().map(|one| one.child_id).collect();
        let seen = context.visible(&mut rx, &below).await?;
        let seen: Vec<Id> = below.into_iter().filter(|id| seen.contains(id)).collect();
        let mut rows = goals::load(&mut rx, actor.org_id, &seen).await?;
        rows.sort_by_key(|row| row.kind == GoalKind::Initiative);
        let part = page.of(rows, |row| row.id)?;
        Ok(Page { items: context.views(&mut rx, part.items).await?, next: part.next })
    }

    /// Every goal above a goal that the actor may see, the nearest first; each once.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`]; at `cursor`.
    pub async fn goal_ancestors(
        &self,
        actor: &Actor,
        goal: Id,
        page: &PageRequest,
    ) -> Result<Page<GoalView>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.goal(&mut rx, goal, Action::GoalView).await?;
        let above = alignments::ancestry(&mut rx, &[goal]).await?;
        let mut order: Vec<Id> = Vec::new();
        let mut layer = vec![goal];
        while !layer.is_empty() {
            let parents: Vec<Id> =
                layer.iter().flat_map(|id| above.get(id).cloned().unwrap_or_default()).collect();
            layer = distinct(&parents).into_iter().filter(|id| !order.contains(id)).collect();
            order.extend(&layer);
        }
        let seen = context.visible(&mut rx, &order).await?;
        order.retain(|id| seen.contains(id));
        let part = page.of(order, |id| *id)?;
        Ok(Page { items: context.visible_views(&mut rx, &part.items).await?, next: part.next })
    }

    /// A goal with what is below it, `depth` levels deep (1–10), at most 500 goals, the upper levels first.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`]; at `depth`.
    pub async fn goal_tree(&self, actor: &Actor, goal: Id, depth: u32) -> Result<GoalTree> {
        if !(1..=DEEPEST).contains(&depth) {
            return Err(FieldError::new("depth", "out_of_range", "must be from 1 to 10").into());
        }
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalView).await?;
        let mut views: HashMap<Id, GoalView> = HashMap::new();
        views.insert(goal, context.view(&mut rx, row).await?);
        let mut children: HashMap<Id, Vec<Id>> = HashMap::new();
        let mut layer = vec![goal];
        for _ in 0..depth {
            let below = alignments::below(&mut rx, &layer).await?;
            let room = MOST.saturating_sub(views.len());
            let mut ids: Vec<Id> = distinct(&below.iter().map(|one| one.child_id).collect::<Vec<_>>());
            ids.retain(|id| !views.contains_key(id));
            ids.truncate(room);
            for view in context.visible_views(&mut rx, &ids).await? {
                views.insert(view.id, view);
            }
            for one in &below {
                if views.contains_key(&one.child_id) {
                    children.entry(one.parent_id).or_default().push(one.child_id);
                }
            }
            layer = ids.into_iter().filter(|id| views.contains_key(id)).collect();
            if layer.is_empty() {
                break;
            }
        }
        for list in children.values_mut() {
            // The order is that of places; only initiatives go behind the others.
            list.sort_by_key(|id| views.get(id).is_some_and(|view| view.kind == GoalKind::Initiative));
        }
        grow(goal, &views, &children, depth).ok_or(crate::Error::NotFound("goal"))
    }
}

fn grow(
    id: Id,
    views: &HashMap<Id, GoalView>,
    children: &HashMap<Id, Vec<Id>>,
    depth: u32,
) -> Option<GoalTree> {
    let goal = views.get(&id)?.clone();
    let below = if depth == 0 { &[] } else { children.get(&id).map_or(&[][..], Vec::as_slice) };
    let children: Vec<GoalTree> =
        below.iter().filter_map(|child| grow(*child, views, children, depth - 1)).collect();
    let more = i64::try_from(children.len()).unwrap_or(i64::MAX) < goal.child_count;
    Some(GoalTree { goal, children, more })
}

impl Context<'_> {
    /// Those of these goals that the actor may see, in the order given.
    async fn visible_views(&self, rx: &mut Rx, ids: &[Id]) -> Result<Vec<GoalView>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let seen = self.visible(rx, ids).await?;
        let ids: Vec<Id> = ids.iter().copied().filter(|id| seen.contains(id)).collect();
        let rows = goals::load(rx, self.actor.org_id, &ids).await?;
        self.views(rx, rows).await
    }

    /// A page of ids by filter and order.
    pub(crate) async fn ids(
        &self,
        rx: &mut Rx,
        filter: &GoalFilter,
        order: (GoalSort, bool),
        page: &PageRequest,
    ) -> Result<Page<Id>> {
        let after = page.cursor.as_deref().map(read_cursor).transpose()?;
        let limit = i64::from(page.limit) + 1;
        let (org, user) = (self.actor.org_id, self.actor.user_id);
        let mut found = goals::list_ids(rx, org, user, filter, order, after.as_ref(), limit).await?;
        let more = found.len() > usize::from(page.limit);
        found.truncate(usize::from(page.limit));
        let next = found.last().filter(|_| more).map(|(id, key)| write_cursor(key, *id));
        Ok(Page { items: found.into_iter().map(|(id, _)| id).collect(), next })
    }
}

fn write_cursor(key: &serde_json::Value, id: Id) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::json!([key, id]).to_string())
}

fn read_cursor(text: &str) -> Result<(serde_json::Value, Id)> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let read = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.ok_or_else(|| FieldError::new("cursor", "unknown", "is none that this list gave").into())
}
