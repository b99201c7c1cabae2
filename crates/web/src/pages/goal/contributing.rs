//! The goals below one with what each brings to it: the first of them on its page, all of them on a page of their own.

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use northing_app::explorer::ChildLine;
use northing_app::goal::view::GoalView;
use northing_app::goal::{Arithmetic, Rest};
use northing_core::errors::FieldError;
use northing_core::rollup::Way;
use northing_core::values::Id;
use northing_ui::components::children::{Child, Parts, Rest as Together};
use northing_ui::components::goal_list::Brief;
use northing_ui::format;
use northing_ui::pages::goal::contributing::{self as ui, Listed};
use northing_ui::paths;

use super::super::explorer::Asked;
use super::super::{rows, shell};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// Progress may differ by this much before a page says that it is not the sum of its parts.
const SAME: f64 = 0.05;

/// What the goal is made of and what only supports it; `from` is how many stand before the first of the list.
pub(super) fn told(
    goal: &GoalView,
    children: &[ChildLine],
    sums: &Arithmetic,
    organisation: &str,
    from: u32,
) -> (Parts, Vec<Brief>) {
    let summed = (sums.way == Some(Way::Summed)).then(|| goal.metric.unit.clone());
    let rest = |rest: &Rest| Together {
        goals: rest.goals,
        share: summed.is_none().then_some(rest.share),
        adds: rest.adds,
    };
    // What stands before this list is where the first page is, what stands behind it on the page of its own.
    let behind = u32::try_from(children.len()).unwrap_or(0);
    let elsewhere = if from == 0 { page_from(goal.id, behind) } else { page_from(goal.id, 0) };
    let (mut counting, mut supporting) = (Vec::new(), Vec::new());
    for child in children {
        let line = &child.line;
        let weighed = sums.listed.get(&line.id);
        match weighed.and_then(|it| Some((it.part?, it.fixed))) {
            Some((part, fixed)) => counting.push(Child {
                id: line.id,
                kind: line.kind,
                title: line.title.clone(),
                share: part.share,
                fixed: fixed && part.share.is_some(),
                progress: line.progress,
                adds: part.adds,
            }),
            None => supporting.push(Brief {
                id: line.id,
                kind: line.kind,
                title: line.title.clone(),
                team: rows::team(line, organisation),
                progress: rows::progress(line, None),
            }),
        }
    }
    let total = sums.total.unwrap_or(0.0);
    let stored = if summed.is_some() { goal.metric.current } else { goal.progress };
    let parts = Parts {
        rows: counting,
        elsewhere: (sums.elsewhere.goals > 0).then(|| (rest(&sums.elsewhere), elsewhere)),
        hidden: (sums.hidden.goals > 0).then(|| rest(&sums.hidden)),
        shown: stored.filter(|stored| sums.total.is_some() && (stored - total).abs() > SAME),
        summed,
        total,
    };
    (parts, supporting)
}

/// Where the progress comes from, in words.
pub(super) fn source(sums: &Arithmetic) -> String {
    let goals = |count: usize| if count == 1 { "goal" } else { "goals" };
    let hidden = sums.hidden.goals > 0;
    let mut text = match (sums.counted, sums.seen) {
        (0, _) if hidden => return String::from("Rolled up from what only named people see"),
        (0, 0) => return String::from("Rolls up from goals below; there are none yet"),
        (0, _) => return String::from("Rolls up from goals below; none of them counts"),
        (counted, seen) if counted == seen => {
            format!("Rolled up from {} {} below", format::count(counted), goals(counted))
        }
        (counted, seen) => {
            format!("Rolled up from {} of {} goals below", format::count(counted), format::count(seen))
        }
    };
    if hidden {
        text.push_str(", and from what only named people see");
    }
    text
}

fn page_from(goal: Id, from: u32) -> String {
    let path = paths::goal_part(goal, "contributing");
    if from == 0 { path } else { format!("{path}?from={from}") }
}

/// All of them, a hundred at a time.
pub(super) async fn page(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let from = asked.one("from").map(str::parse::<u32>).transpose();
    // The goal first: a stranger does not learn from what is wrong with the rest that it is there.
    let first = from.as_ref().ok().copied().flatten().unwrap_or(0);
    let found = state.app.contributing(&signed.actor, id, first).await?;
    let from =
        from.map_err(|_| FieldError::new("from", "wrong_type", "must be a whole number"))?.unwrap_or(0);
    let ctx = signed.ctx(&state);
    let organisation = &signed.membership.organization;
    let (parts, supporting) = told(&found.goal, &found.children, &found.arithmetic, organisation, from);
    let first = usize::try_from(from).unwrap_or(usize::MAX);
    let shown = Listed {
        goal: id,
        title: found.goal.title.clone(),
        range: match found.children.len() {
            0 => (0, 0, found.arithmetic.seen),
            here => (first + 1, first + here, found.arithmetic.seen),
        },
        parts,
        supporting,
        around: (
            (from > 0).then(|| page_from(id, from.saturating_sub(northing_app::goal::CONTRIBUTING))),
            found.next.map(|next| page_from(id, next)),
        ),
    };
    shell::document(&state, &signed, &ui::page(&ctx, &shown)).await
}
