//! Where the goal belongs: organisation, teams or a person; period and days.

use maud::{Markup, html};
use northing_core::goal::Level;

use super::model::GoalForm;
use crate::components::form::{self, Field};
use crate::components::picker::{self, Of, Picker};
use crate::icons::icon;

pub(super) fn place(it: &GoalForm) -> Markup {
    html! { (level_and_teams(it)) (period_and_days(it)) }
}

pub(super) fn level_and_teams(it: &GoalForm) -> Markup {
    html! {
        (level(it))
        n-reveal for="level" when="team" {
            (picker::picker(&Picker {
                field: Field { value: it.typed.value("team_ids_query"), ..it.field("team_ids", if it.rules.shared { "Teams" } else { "Team" }) },
                of: Of::Teams, chosen: it.chosen("team_ids"), several: it.rules.shared, with: "", found: it.found("team_ids"),
            }))
        }
    }
}

pub(super) fn period_and_days(it: &GoalForm) -> Markup {
    html! {
        (form::select(&it.field("period_id", "Period"), &it.periods))
        div #form-days hx-post="/goals/form/days" hx-trigger="change from:#period_id" hx-include="closest form" hx-sync="this:replace" hx-swap="innerHTML" { (days(it)) }
    }
}

fn level(it: &GoalForm) -> Markup {
    let value = it.typed.value("level");
    html! {
        fieldset.field aria-describedby="level-notes" {
            legend { "Belongs to" }
            div.seg {
                @for (level, reason) in &it.levels {
                    @let (text, name) = word(*level);
                    label {
                        input type="radio" name="level" value=(level) checked[level.name() == value] disabled[reason.is_some()];
                        (icon(name)) (text)
                    }
                }
            }
            (form::error("level", it.typed.error("level")))
            div #level-notes { @for (level, reason) in &it.levels { @if let Some(reason) = reason { p.hint { b { (word(*level).0) ": " } (reason) } } } }
        }
    }
}

const fn word(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Organization => ("Organisation", "org"),
        Level::Team => ("Team", "team"),
        Level::Individual => ("Person", "home"),
    }
}

/// The days; the fragment that follows the period.
#[must_use]
pub fn days(it: &GoalForm) -> Markup {
    html! {
        input type="hidden" name="dates_of" value=(it.typed.value("dates_of"));
        div.days {
            (form::input(&it.field("start_date", "Start"), "date"))
            (form::input(&it.field("due_date", "Due"), "date"))
        }
    }
}
