//! Linking a goal to Azure DevOps: connection, what it covers, how it counts, and what it would say (integrations §2.4).
//! One form, a dialog under htmx and a page without scripts, where each step is a button that brings the form again.

mod count;
mod look;
mod pick;

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

pub use look::{Counted, Item, Look, looked};
pub use pick::{Folder, Query, Tree, folder, found_items, tree};

use crate::components::feedback::{self, Tone};
use crate::components::form;
use crate::icons::{self, icon, station};
use crate::layout::{self, Page};
use crate::pages::entry::Typed;
use crate::{Ctx, paths};

/// A numeric field that can be added up.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The name by which it is asked for.
    pub reference: String,
    /// The name that people know.
    pub name: String,
    /// Whether a share of it can be completed.
    pub as_percent: bool,
}

/// The form of a goal's link.
#[derive(Debug, Clone)]
pub struct LinkForm {
    /// The goal; none for one that is created with its link: then `draft` holds what was entered of it.
    pub goal: Option<Id>,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// What was typed.
    pub typed: Typed,
    /// Why the goal cannot be linked as things are: then nothing else is shown.
    pub refused: Option<String>,
    /// The connections: identifier and text.
    pub connections: Vec<(String, String)>,
    /// What is wrong with the connection, and which the reader can mend.
    pub trouble: Option<(String, Option<Id>)>,
    /// Whether another connection can be made.
    pub may_connect: bool,
    /// The saved queries.
    pub tree: Tree,
    /// The query that is linked now, where the tree does not show it: identifier and text.
    pub chosen: Option<(String, String)>,
    /// The types of work item.
    pub types: Vec<String>,
    /// The types that the pick covers; empty while nothing was counted.
    pub kinds: Vec<String>,
    /// The fields that can be added up.
    pub measures: Vec<Measure>,
    /// The work items that are picked.
    pub picked: Vec<Item>,
    /// Those that a search found.
    pub found: Option<Vec<Item>>,
    /// What the link would say.
    pub look: Look,
    /// Whether the goal's own metric stays whatever is linked: it watches a limit or finds a baseline.
    pub own_metric: Option<String>,
    /// The first day of the goal, where its graph can be filled from then on.
    pub history_from: Option<String>,
    /// Whether the goal is linked already.
    pub linked: bool,
}

impl LinkForm {
    fn part(&self, part: &str) -> String {
        let part = if part.is_empty() { String::from("link") } else { format!("link/{part}") };
        self.goal.map_or_else(|| format!("/goals/{part}"), |goal| paths::goal_part(goal, &part))
    }

    /// Where leaving the form leads.
    fn back(&self) -> String {
        self.goal.map_or_else(|| paths::EXPLORER.to_owned(), paths::goal)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.typed.value(name) == value
    }

    /// What was saved on the way here, and what is not yet.
    fn saved(&self) -> Option<&'static str> {
        match self.typed.value("saved") {
            "changed" if self.linked => Some("Its link stays as it was until you save it here."),
            "changed" => Some("It is not linked yet. Choose what it follows, or leave it as it is."),
            _ => None,
        }
    }

    fn ticked(&self, name: &str) -> bool {
        self.is(name, "true")
    }
}

/// The dialog.
#[must_use]
pub fn dialog(ctx: &Ctx, it: &LinkForm) -> Markup {
    html! { dialog.dlg.dlg-w open data-modal aria-labelledby="ls-t" { (inside(ctx, it, false)) } }
}

/// The same as a page.
#[must_use]
pub fn page(ctx: &Ctx, it: &LinkForm) -> Page {
    Page::plain(
        format!("Link {} to Azure DevOps", it.title),
        html! { div.pad { div.frame.dlg-p.dlg-w { (inside(ctx, it, true)) } } },
    )
}

fn inside(ctx: &Ctx, it: &LinkForm, page: bool) -> Markup {
    let (action, back) = (it.part(""), it.back());
    html! {
        header.dlg-h {
            div {
                p.sub { (icons::labelled("i i-s", station(it.kind), &ctx.terms.label(it.kind), false)) (it.title) }
                @if page { h1 #ls-t { "Link to Azure DevOps" } } @else { h2 #ls-t { "Link to Azure DevOps" } }
            }
            a.btn.btn-q.btn-x href=(back) data-close aria-label="Close" { (icon("close")) }
        }
        @if let Some(reason) = &it.refused {
            div.dlg-b { (feedback::note(Tone::Info, &html! { (reason) })) }
            footer.dlg-f { span.push {} a.btn.btn-p href=(back) data-close { "Back to the goal" } }
        } @else {
            form.lsf method="post" action=(action) hx-post=[(!page).then_some(&action)] hx-target=[(!page).then_some("#dialog")] hx-swap=[(!page).then_some("innerHTML")] {
                button.sr type="submit" tabindex="-1" aria-hidden="true" { "Save" }
                (layout::csrf(ctx))
                @if it.goal.is_some() { input type="hidden" name="version" value=(it.typed.value("version")); }
                @else { input type="hidden" name="draft" value=(it.typed.value("draft")); }
                @if it.saved().is_some() { input type="hidden" name="saved" value=(it.typed.value("saved")); }
                div.dlg-b.lsb {
                    div.ls-q {
                        @if it.goal.is_none() { (feedback::note(Tone::Info, &html! { b { "Nothing is saved yet. " } "The goal is created together with its link and its first value." })) }
                        @if let Some(text) = it.saved() { (feedback::note(Tone::Good, &html! { b { "The goal is saved. " } (text) })) }
                        (connection(it, page)) (pick::pick(it)) }
                    div.ls-r {
                        @if let Some(refusal) = &it.typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
                        div.ls-c #link-count role="status" aria-live="polite" { (look::count(&it.look)) }
                        (count::options(ctx, it))
                        div #link-sample { (look::sample(ctx, &it.look)) }
                    }
                }
                (foot(it, &back))
            }
        }
    }
}

fn connection(it: &LinkForm, page: bool) -> Markup {
    let field = it.typed.field("connection_id", "Connection");
    let saved = it.typed.value("saved");
    let reload = it.part("");
    let reload = if it.saved().is_some() { format!("{reload}?saved={saved}") } else { reload };
    html! {
        div.field {
            label for="connection_id" { "Connection" }
            select.in #connection_id name="connection_id" aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.error.map(|_| "connection_id-error")]
                hx-get=[(!page && it.goal.is_some()).then_some(&reload)] hx-post=[(!page && it.goal.is_none()).then_some(&reload)] hx-vals=[it.goal.is_none().then_some(r#"{"act":"connection"}"#)] hx-trigger=[(!page).then_some("change")] hx-target=[(!page).then_some("#dialog")] hx-swap=[(!page).then_some("innerHTML")] {
                @for (value, text) in &it.connections { option value=(value) selected[it.is("connection_id", value)] { (text) } }
            }
            (form::error("connection_id", field.error))
            @if page && it.connections.len() > 1 { button.btn.btn-q type="submit" name="act" value="look" formnovalidate { "Show its queries" } }
            @if it.may_connect {
                @match it.goal {
                    Some(goal) => {
                        @let new = format!("{}?goal={goal}", paths::NEW_CONNECTION);
                        p.hint { a href=(new) hx-get=[(!page).then_some(&new)] hx-target=[(!page).then_some("#dialog")] hx-swap=[(!page).then_some("innerHTML")] { "New connection" } }
                    }
                    None => div.btns { button.btn.btn-q type="submit" name="act" value="new" formnovalidate { (icon("plus")) "New connection" } },
                }
            }
        }
        @if let Some((what, mend)) = &it.trouble {
            (feedback::note(Tone::Failure, &html! {
                (what)
                @if let Some(id) = mend { div.btns { (edit_connection(it, *id, page)) } }
            }))
        }
    }
}

fn edit_connection(it: &LinkForm, id: Id, page: bool) -> Markup {
    let Some(goal) = it.goal else {
        return html! { button.btn type="submit" name="act" value=(format!("mend:{id}")) formnovalidate { "Edit connection" } };
    };
    let href = format!("{}?goal={goal}", paths::connection(id, ""));
    html! { a.btn href=(href) hx-get=[(!page).then_some(&href)] hx-target=[(!page).then_some("#dialog")] hx-swap=[(!page).then_some("innerHTML")] { "Edit connection" } }
}

/// Goes back to the form of the goal that is created with its link, with everything that was entered.
#[must_use]
pub fn back_to_draft() -> Markup {
    html! {
        button.btn type="submit" formaction="/goals/link/back" formnovalidate hx-post="/goals/link/back" hx-include="closest form" hx-target="#dialog" hx-swap="innerHTML" { "Back to the goal" }
    }
}

fn foot(it: &LinkForm, back: &str) -> Markup {
    html! {
        footer.dlg-f {
            @if let Some(from) = &it.history_from {
                (form::checkbox("history", &format!("Fill the graph from {from}"), Some("One point a week, as Azure DevOps remembers it."), it.ticked("history")))
            }
            span.push {}
            button.btn data-plain type="submit" name="act" value="look" formnovalidate { "Count" }
            @if it.goal.is_none() { (back_to_draft()) }
            @else { a.btn href=(back) data-close { @if it.saved().is_some() && !it.linked { "Leave it unlinked" } @else { "Cancel" } } }
            button.btn.btn-p type="submit" { (icon("link")) @if it.goal.is_none() { "Create linked goal" } @else if it.linked { "Save link" } @else { "Link goal" } }
        }
    }
}
