//! The dialog about contributions: which share each goal below has in its parent, who does not count and why, and what a
//! change would move before it is saved.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::check_in::{Preview, moves};
use crate::components::dialog::{self, Dialog};
use crate::components::feedback::{self, Tone};
use crate::components::form;
use crate::components::progress::{self, Progress, Size};
use crate::icons::{self, icon, station};
use crate::{Ctx, format, layout, paths};

/// What the dialog shows; a refused form comes back with what was typed.
#[derive(Debug, Clone)]
pub struct ContributionsForm {
    /// The parent.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its version, so that somebody else's change is noticed.
    pub version: i64,
    /// How the goals below count.
    pub table: Table,
    /// The goals below.
    pub rows: Vec<Share>,
    /// Fixed shares of those that the person may not see.
    pub hidden: Vec<Option<f64>>,
    /// Whether goals aligned from now on start contributing.
    pub new_children: bool,
    /// What is wrong with the whole.
    pub error: Option<String>,
    /// Whether somebody else changed it meanwhile.
    pub conflict: bool,
    /// What would move.
    pub preview: Preview,
}

/// How the goals below count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Table {
    /// By shares.
    Shares,
    /// Their values are added up: they count or not.
    YesNo,
    /// Not at all, for this reason.
    None(String),
}

/// A goal below.
#[derive(Debug, Clone)]
pub struct Share {
    /// The goal.
    pub id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Whose it is.
    pub team: String,
    /// Where it is and should be.
    pub progress: Progress,
    /// Its value, where values are added up.
    pub value: String,
    /// The fixed share as it stands in the field; empty for an equal part of what is left.
    pub typed: String,
    /// Its share now, in per cent.
    pub share: f64,
    /// Whether it counts.
    pub counts: bool,
    /// Why it cannot count whatever is entered.
    pub out: Option<String>,
    /// Why its share was refused.
    pub error: Option<String>,
    /// What somebody else set it to meanwhile.
    pub theirs: Option<String>,
}

/// The form.
#[must_use]
pub fn form(ctx: &Ctx, form: &ContributionsForm) -> Dialog {
    Dialog {
        title: format!("Contributions to {}", form.title),
        labelled_by: "contributions-title",
        wide: true,
        inside: inside(ctx, form),
    }
}

fn inside(ctx: &Ctx, form: &ContributionsForm) -> Markup {
    let action = paths::goal_part(form.goal, "contributions");
    let preview = paths::goal_part(form.goal, "contributions/preview");
    let editable = !matches!(form.table, Table::None(_)) && !form.rows.is_empty();
    html! {
        @let above = html! { (icons::labelled("i i-s", station(form.kind), &ctx.terms.label(form.kind), false)) "Contributions" };
        (dialog::head("contributions-title", &above, &form.title, &paths::goal(form.goal)))
        form.shares method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            input type="hidden" name="version" value=(form.version);
            div.dlg-b.dlg-split hx-post=(preview) hx-trigger="input delay:250ms" hx-include="closest form" hx-sync="this:replace"
                hx-target="#preview" hx-swap="outerHTML" {
                div {
                    @if form.conflict {
                        (feedback::note(Tone::Warning, &html! { "Somebody else changed these contributions while you had them open. Yours are still here, theirs stand beside them; saving again keeps yours." }))
                    }
                    (explained(form))
                    @if let Some(error) = &form.error { p.err #shares-error role="alert" { (icon("warn")) (error) } }
                    @if editable { (table(ctx, form)) }
                    (form::switch("new_children_contribute", "Newly aligned goals contribute",
                        Some("Off: they start at 0% and count once somebody gives them a share."), form.new_children))
                }
                @if editable { (moves(ctx, &form.preview)) }
            }
            footer.dlg-f {
                span.push {}
                a.btn href=(paths::goal(form.goal)) data-close { "Cancel" }
                button.btn.btn-p type="submit" { "Save contributions" kbd { "Ctrl ↵" } }
            }
        }
    }
}

fn explained(form: &ContributionsForm) -> Markup {
    html! {
        @match &form.table {
            Table::None(reason) => (feedback::note(Tone::Info, &html! { (reason) })),
            _ if form.rows.is_empty() && form.hidden.is_empty() => p.mut { "Nothing is aligned to this goal yet." },
            Table::Shares => p.sm.mut { "Type a share to fix it. What is left is divided equally among the others; 0% does not count." },
            Table::YesNo => (feedback::note(Tone::Info, &html! {
                "This goal’s value is the sum of the values below it, so shares do not apply: each goal counts in full or not at all."
            })),
        }
    }
}

fn table(ctx: &Ctx, form: &ContributionsForm) -> Markup {
    let yes_no = form.table == Table::YesNo;
    html! {
        n-shares {
            table.tbl.tbl-s.shares-t {
                thead { tr {
                    th scope="col" { "Goal" }
                    th.r.desk scope="col" { @if yes_no { "Value" } @else { "Progress" } }
                    th.r scope="col" { @if yes_no { "Counts" } @else { "Share" } }
                } }
                tbody {
                    @for row in &form.rows { (one(ctx, row, yes_no)) }
                    @if !form.hidden.is_empty() {
                        tr {
                            th scope="row" colspan="2" { span.mut { (icons::small("lock")) " " (hidden_words(form.hidden.len())) } }
                            td.r { @for fixed in &form.hidden { input type="hidden" data-share disabled value=[fixed.map(plain)]; } }
                        }
                    }
                }
                @if !yes_no {
                    tfoot { tr {
                        td colspan="2" { button.btn.btn-q type="submit" name="reset" value="true" data-equal { "Divide equally" } }
                        td.r aria-live="polite" { span.mut.sm { "Fixed " } b data-sum { (format::percent(fixed_sum(form))) } }
                    } }
                }
            }
        }
    }
}

fn hidden_words(count: usize) -> String {
    if count == 1 {
        String::from("One goal that only named people see")
    } else {
        format!("{} goals that only named people see", format::count(count))
    }
}

fn fixed_sum(form: &ContributionsForm) -> f64 {
    let typed = form.rows.iter().filter_map(|row| row.typed.trim().parse::<f64>().ok());
    typed.chain(form.hidden.iter().flatten().copied()).sum()
}

fn one(ctx: &Ctx, row: &Share, yes_no: bool) -> Markup {
    let name = format!("share-{}", row.id);
    let hint = format!("{name}-hint");
    let error = format!("{name}-error");
    let described = match (&row.error, row.out.is_some() || row.theirs.is_some()) {
        (Some(_), true) => Some(format!("{error} {hint}")),
        (Some(_), false) => Some(error.clone()),
        (None, true) => Some(hint.clone()),
        (None, false) => None,
    };
    let label = format!("{} of {}", if yes_no { "Counts" } else { "Share" }, row.title);
    html! {
        tr {
            th scope="row" {
                span.share-n {
                    (icons::labelled("i", station(row.kind), &ctx.terms.label(row.kind), false))
                    span { (row.title) @if !row.team.is_empty() { small { (row.team) } } }
                }
                @if let Some(reason) = &row.out { p.hint id=(hint) { (reason) } }
                @if let Some(theirs) = &row.theirs { p.hint id=(hint) { (theirs) } }
                @if let Some(message) = &row.error { p.err id=(error) { (icon("warn")) (message) } }
                @if !yes_no && row.out.is_some() && row.counts {
                    label.opt-l { input type="checkbox" name="zero" value=(row.id); span { "Set to 0%" } }
                }
            }
            td.r.desk {
                @if yes_no { (row.value) } @else if let Some(actual) = row.progress.actual {
                    span.share-p { (format::percent(actual)) (progress::bar(&row.progress, Size::Small)) }
                }
            }
            td.r {
                @if yes_no {
                    input type="hidden" name="listed" value=(row.id);
                    input type="checkbox" name="counts" value=(row.id) checked[row.counts && row.out.is_none()] disabled[row.out.is_some()]
                        aria-label=(label) aria-describedby=[described];
                } @else {
                    span.in-g.share-i {
                        input.in id=(name) name=(name) type="text" inputmode="decimal" autocomplete="off" data-share value=(row.typed)
                            placeholder=(format::share(row.share)) disabled[row.out.is_some()] aria-label=(label)
                            aria-invalid=[row.error.as_ref().map(|_| "true")] aria-describedby=[described];
                        span.suf { "%" }
                    }
                }
            }
        }
    }
}

/// A share as one types it.
#[must_use]
pub fn plain(share: f64) -> String {
    ((share * 10_000.0).round() / 10_000.0).to_string()
}
