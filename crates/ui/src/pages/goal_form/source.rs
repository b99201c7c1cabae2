//! The data source of the goal: connected by saving the form, since what it can count depends on the goal that it becomes.

use maud::{Markup, html};

use super::model::{DataSource, GoalForm};
use crate::icons::icon;
use crate::paths;

pub(super) fn source(it: &GoalForm) -> Markup {
    let open = if it.rules.measured_objectives {
        "objective key_result initiative"
    } else {
        "key_result initiative"
    };
    html! {
        fieldset.field {
            legend { "Connect data source to auto-update progress" }
            @match &it.source {
                DataSource::Off { admin } => p.hint {
                    "No data source is switched on here. "
                    @if *admin { a href=(paths::INTEGRATIONS) { "Switch on Azure DevOps" } " and its progress can follow work items." }
                    @else { "An admin can switch on Azure DevOps, so that progress follows work items." }
                },
                DataSource::Offered => {
                    n-reveal for="kind" when=(open) {
                        div.btns { button.btn type="submit" name="then" value="connect" { (icon("ado")) "Azure DevOps" } }
                        p.hint { "Saves the goal; then you choose what it follows and see at once what that counts." }
                    }
                    (objectives(it))
                }
                DataSource::Linked(text) => {
                    p.flow { (icon("ado")) span { (text) } }
                    div.btns { button.btn type="submit" name="then" value="connect" { "Save and edit link" } }
                }
            }
        }
    }
}

/// Why an objective cannot follow a source where it follows its key results.
fn objectives(it: &GoalForm) -> Markup {
    html! {
        @if let Some(reason) = &it.objectives_follow {
            n-reveal for="kind" when="objective" { p.hint { (icon("ado")) " Azure DevOps is not offered: " (reason) } }
        }
    }
}
