//! How goals stood: the points of a graph, and whole lists on a past day.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use northing_core::errors::FieldError;
use northing_core::expectation::expected;
use northing_core::permission::Action;
use northing_core::values::{Day, Id, Moment};
use northing_store::{goals, history};

pub use northing_store::history::{Point, Source};

use crate::check_in::{allow, settings};
use crate::cone::zone;
use crate::error::{Error, Result};
use crate::page::{Page, PageRequest};
use crate::{Actor, Northing};

/// A point of a goal's graph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GraphPoint {
    /// How it stood.
    pub point: Point,
    /// What was expected on that day; none for control and baseline metrics.
    pub expected_progress: Option<f64>,
}

impl Northing {
    /// A goal's points, the oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a goal that the actor may not see.
    pub async fn goal_history(
        &self,
        actor: &Actor,
        goal: Id,
        request: &PageRequest,
    ) -> Result<Page<GraphPoint>> {
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        allow(&mut rx, actor, goal, Action::GoalView, false, &settings).await?;
        let row = goals::find(&mut rx, actor.org_id, goal).await?.ok_or(Error::NotFound("goal"))?;
        let after = request.cursor.as_deref().map(read_cursor).transpose()?;
        let points = history::page(&mut rx, goal, after, request.limit.saturating_add(1)).await?;
        let zone = zone(&settings)?;
        let page = paged(points, request.limit, |(id, point)| (point.at, *id));
        Ok(page.map(|(_, point)| GraphPoint {
            point,
            expected_progress: expected(
                point.at.day_in(&zone),
                row.start_date,
                row.due_date,
                &row.metric,
                &row.phases,
            ),
        }))
    }

    /// How goals stood at the end of a past day; those of which nothing is known by then are left out. The caller knows
    /// that the actor may see them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn goals_on(&self, actor: &Actor, goals: &[Id], day: Day) -> Result<HashMap<Id, Point>> {
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        let end = day.plus_days(1).start_in(&zone(&settings)?);
        Ok(history::before(&mut rx, goals, end).await?)
    }
}

/// Cuts a list that was read one entry too far into a page, with the key of its last entry.
pub(crate) fn paged<T>(mut items: Vec<T>, limit: u16, key: impl Fn(&T) -> (Moment, Id)) -> Page<T> {
    let more = items.len() > usize::from(limit);
    items.truncate(usize::from(limit));
    let next = items.last().filter(|_| more).map(|last| {
        let (at, id) = key(last);
        write_cursor(at, id)
    });
    Page { items, next }
}

/// The cursor of the entries behind this key.
pub(crate) fn write_cursor(at: Moment, id: Id) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::json!([at.millis(), id]).to_string())
}

/// Reads what [`write_cursor`] wrote.
pub(crate) fn read_cursor(cursor: &str) -> Result<(Moment, Id)> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let read = bytes.and_then(|bytes| serde_json::from_slice::<(i64, Id)>(&bytes).ok());
    let (at, id) = read.ok_or_else(|| FieldError::new("cursor", "invalid", "is no cursor of this list"))?;
    Ok((Moment::from_millis(at), id))
}
