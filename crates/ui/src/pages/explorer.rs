//! Explorer: the whole tree of a period, with its filters in the address.

use maud::{Markup, html};

use crate::components::empty::{self, Art};
use crate::components::filter::{self, FilterBar};
use crate::components::period::Strip;
use crate::components::summary::{self, Summary};
use crate::components::tree::{self, Grid};
use crate::components::views::{self, View};
use crate::layout::{self, Page, Section};
use crate::{Ctx, paths};

/// What Explorer shows.
#[derive(Debug, Clone)]
pub struct Explorer {
    /// The period.
    pub strip: Strip,
    /// The presets.
    pub views: Vec<View>,
    /// The address that answers with the presets and their counts.
    pub views_load: String,
    /// The filters.
    pub filters: FilterBar,
    /// The goals.
    pub grid: Grid,
    /// The counts at the foot.
    pub summary: Summary,
    /// The open panel.
    pub panel: Option<Markup>,
    /// Where several goals of the list can be changed at once.
    pub several: Option<String>,
    /// Whether the person may create goals.
    pub may_create: bool,
    /// Whether the person may import.
    pub may_import: bool,
    /// The address of live updates.
    pub live: Option<String>,
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, explorer: &Explorer) -> Page {
    let actions = html! {
        @if let Some(several) = &explorer.several { (super::several::link(several)) }
        @if explorer.may_create { (layout::new_goal(paths::NEW_GOAL)) }
    };
    Page {
        title: "Explorer".to_owned(),
        description: format!("Every goal of {} and what it is aligned to.", explorer.strip.name),
        section: Section::Explorer,
        strip: Some(explorer.strip.clone()),
        head: layout::head(&html! {}, "Explorer", &actions),
        above: html! { (views::views_to_count("Views", &explorer.views, &explorer.views_load)) (filter::bar(&explorer.filters)) },
        main: list(ctx, explorer),
        foot: Some(summary::foot(ctx, &explorer.summary, false)),
        panel: explorer.panel.clone(),
        live: explorer.live.clone(),
    }
}

/// The list, or what to do where it is empty.
#[must_use]
pub fn list(ctx: &Ctx, explorer: &Explorer) -> Markup {
    let none = first_goal(ctx, &explorer.strip.name, explorer.may_create, explorer.may_import);
    tree_or(ctx, &explorer.grid, &explorer.filters, &none)
}

/// A tree; where it has no rows because of its filters, how to be rid of them; else `none`.
#[must_use]
pub fn tree_or(ctx: &Ctx, grid: &Grid, filters: &FilterBar, none: &Markup) -> Markup {
    if !grid.rows.is_empty() {
        return tree::grid(ctx, grid);
    }
    let Some(clear) = &filters.clear else { return none.clone() };
    let action = html! { a.btn href=(clear) { "Clear filters" } };
    empty::empty(Art::Lens, "No goals match", "No goal of this period passes all the filters.", &action)
}

/// What a period without goals says; those who run the organisation may also bring goals from elsewhere.
#[must_use]
pub fn first_goal(ctx: &Ctx, period: &str, may_create: bool, may_import: bool) -> Markup {
    let term = &ctx.terms.objective.one;
    let text = format!("{period} has no goals yet. Start with one outcome that would make it a success.");
    let action = html! {
        @if may_create { a.btn.btn-p href=(paths::NEW_GOAL) hx-get=(paths::NEW_GOAL) hx-target="#dialog" hx-swap="innerHTML" { (crate::icons::icon("plus")) "New " (term) } a.btn href=(paths::SAMPLES) { "Start from samples" } }
        @if may_import { a.btn href=(paths::IMPORT) { (crate::icons::icon("upload")) "Import from Viva Goals" } }
    };
    empty::empty(Art::Summit, &format!("Plot the first {term}"), &text, &action)
}
