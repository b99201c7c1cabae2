//! The row that adds a goal where it will stand: at the end of an open branch and at the end of a list. First the kinds as
//! links, then a line to type the title into; Enter creates, and the next one is ready.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::form;
use super::tree::COLUMNS;
use crate::icons::{icon, station};
use crate::{Ctx, layout, paths};

/// Where a goal can be added, and of which kinds.
#[derive(Debug, Clone, Default)]
pub struct Add {
    /// The goal above; none at the top of the list.
    pub parent: Option<Id>,
    /// What may stand there.
    pub kinds: Vec<GoalKind>,
    /// The depth of the new row, from 1.
    pub depth: usize,
    /// What the page around it says about a new goal: `period`, `team`, `owner`, `level`.
    pub about: Vec<(&'static str, String)>,
}

impl Add {
    /// What the links and the form carry.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let parent = self.parent.map(|parent| ("parent", parent.to_string()));
        parent.into_iter().chain(self.about.iter().cloned()).collect()
    }

    fn query(&self, kind: GoalKind) -> String {
        let mut text = format!("kind={kind}");
        for (name, value) in self.pairs() {
            text.push('&');
            text.push_str(name);
            text.push('=');
            text.push_str(&value);
        }
        text
    }

    fn id(&self) -> String {
        self.parent.map_or_else(|| String::from("add-top"), |parent| format!("add-{parent}"))
    }
}

/// The kinds as links; without scripts they lead to the whole form.
#[must_use]
pub fn links(ctx: &Ctx, it: &Add) -> Markup {
    html! {
        @if !it.kinds.is_empty() {
            tr.add role="row" id=(it.id()) data-add aria-level=(it.depth) tabindex="-1" {
                td.c-t role="gridcell" colspan=(COLUMNS) {
                    span.leaf {}
                    @for kind in &it.kinds {
                        @let query = it.query(*kind);
                        a.btn.btn-q href=(format!("{}?{query}", paths::NEW_GOAL)) hx-get=(format!("/goals/inline?{query}&depth={}", it.depth))
                            hx-target="closest tr" hx-swap="outerHTML" tabindex="-1" { (icon("plus")) (ctx.terms.label(*kind)) }
                    }
                }
            }
        }
    }
}

/// The line to type a title into; `title` and `error` where one was refused.
#[must_use]
pub fn line(ctx: &Ctx, it: &Add, kind: GoalKind, title: &str, error: Option<&str>) -> Markup {
    let query = it.query(kind);
    let label = format!("New {}: title", ctx.terms.kind(kind).one);
    html! {
        tr.add role="row" id=(it.id()) data-add aria-level=(it.depth) tabindex="-1" {
            td.c-t role="gridcell" colspan=(COLUMNS) {
                form.flow.nw method="post" action="/goals/inline" hx-post="/goals/inline" hx-target="closest tr" hx-swap="outerHTML" {
                    (layout::csrf(ctx))
                    input type="hidden" name="kind" value=(kind);
                    input type="hidden" name="depth" value=(it.depth);
                    @for (name, value) in it.pairs() { input type="hidden" name=(name) value=(value); }
                    span.leaf {} (icon(station(kind)))
                    input.in name="title" type="text" value=(title) maxlength="500" autocomplete="off" required autofocus aria-label=(label) placeholder=(label)
                        aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| "inline-error")];
                    button.btn.btn-a type="submit" { "Add" kbd { "↵" } }
                    a.btn.btn-q href=(format!("{}?{query}", paths::NEW_GOAL)) hx-get=(format!("{}?{query}", paths::NEW_GOAL)) hx-target="#dialog" hx-swap="innerHTML" { "All fields" }
                    a.btn.btn-q.btn-x href=(paths::EXPLORER) hx-get=(format!("/goals/inline?{query}&depth={}&leave=true", it.depth)) hx-target="closest tr" hx-swap="outerHTML"
                        data-cancel aria-label="Leave" { (icon("close")) }
                }
                (form::error("inline", error))
            }
        }
    }
}
