//! The data source of the goal. What it can count depends on the goal: a new goal is created together with its link, one that is there is saved first.

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
                DataSource::Forbidden => p.hint { "This server lets goals follow no other system. Whoever runs it can allow Azure DevOps." },
                DataSource::Off { admin } => p.hint {
                    "No data source is switched on here. "
                    @if *admin { a href=(paths::INTEGRATIONS) { "Switch on Azure DevOps" } " and its progress can follow work items." }
                    @else { "An admin can switch on Azure DevOps, so that progress follows work items." }
                },
                DataSource::Offered => {
                    n-reveal for="kind" when=(open) { (offered(it)) }
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

/// The way to the link: of a goal that is there, saved first; of a new one, created with it.
fn offered(it: &GoalForm) -> Markup {
    let link = it.typed.value("link");
    html! {
        @if it.goal.is_some() {
            div.btns { button.btn type="submit" name="then" value="connect" { (icon("ado")) "Azure DevOps" } }
            p.hint { "Saves the goal; then you choose what it follows and see at once what that counts." }
        } @else if link.is_empty() {
            div.btns { button.btn type="submit" name="then" value="connect" { (icon("ado")) "Azure DevOps" } }
            p.hint { "You choose what it follows and see at once what that counts. Nothing is saved before you create the goal." }
        } @else {
            input type="hidden" name="link" value=(link);
            p.flow.nw { (icon("ado")) span { "Azure DevOps: what it follows is chosen. The goal is created with its link and its first value." } }
            div.btns {
                button.btn type="submit" name="then" value="connect" { "Edit link" }
                button.btn.btn-q type="submit" name="then" value="unlink" formnovalidate { "Create it without a link" }
            }
        }
    }
}

/// Why an objective cannot follow a source where it follows its key results.
fn objectives(it: &GoalForm) -> Markup {
    html! {
        @if let Some(reason) = &it.objectives_follow {
            n-reveal for="kind" when="objective" { p.hint { "Azure DevOps is not offered: " (reason) } }
        }
    }
}
