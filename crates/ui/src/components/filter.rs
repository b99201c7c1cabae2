//! The filter bar: one form whose fields are the address of the view. Chips combine with and, values inside one with or.

use maud::{Markup, html};

use super::form::Field;
use super::picker::{self, Of, Picker};
use super::status::{self, Shown};
use crate::icons::icon;

/// The filter bar of a list.
#[derive(Debug, Clone, Default)]
pub struct FilterBar {
    /// The page that the form loads.
    pub action: String,
    /// The text that titles and owners are searched for; its field is named `q`.
    pub query: String,
    /// Fields that the form keeps as they are: period, view.
    pub kept: Vec<(String, String)>,
    /// The filters in force.
    pub chips: Vec<Chip>,
    /// What can be filtered by, searched for.
    pub pickers: Vec<FilterPicker>,
    /// What can be filtered by, chosen from a list.
    pub fields: Vec<FilterField>,
    /// How the list is shown, besides what it is narrowed to.
    pub view: ViewOptions,
    /// The list without any filter, where one is in force.
    pub clear: Option<String>,
    /// The tree one level further open, and with its deepest level closed, where that can be; none for a flat list.
    pub levels: Option<(Option<String>, Option<String>)>,
}

/// How a list is shown (goals §7.1): fields of the same form.
#[derive(Debug, Clone, Default)]
pub struct ViewOptions {
    /// All goals in one level; its field is named `flat`.
    pub flat: bool,
    /// With what the last check-in said; its field is named `info`.
    pub info: bool,
    /// What it can be grouped by, the chosen one marked; its field is named `group`.
    pub groups: Vec<FilterOption>,
    /// Whether it can be printed: not where several periods are shown.
    pub print: bool,
}

/// People or teams to filter by.
#[derive(Debug, Clone)]
pub struct FilterPicker {
    /// What it looks for.
    pub of: Of,
    /// The field's name in the form, repeated for several values.
    pub name: &'static str,
    /// The label.
    pub label: &'static str,
    /// What is chosen.
    pub chosen: Vec<picker::Choice>,
    /// What was typed and not chosen.
    pub query: String,
    /// What a search without scripts found.
    pub found: Option<Vec<picker::Choice>>,
}

/// A filter in force.
#[derive(Debug, Clone)]
pub struct Chip {
    /// What it filters by: "Team".
    pub label: String,
    /// The values.
    pub values: Vec<ChipValue>,
    /// The list without it.
    pub remove: String,
}

/// A value of a filter.
#[derive(Debug, Clone)]
pub enum ChipValue {
    /// A text.
    Text(String),
    /// A status with its icon.
    Status(Shown),
}

/// Something that can be filtered by, with its values.
#[derive(Debug, Clone)]
pub struct FilterField {
    /// The field's name in the form, repeated for several values.
    pub name: String,
    /// The label; none for a single value that says it itself.
    pub label: String,
    /// Whether one value at most is chosen.
    pub one: bool,
    /// The values.
    pub options: Vec<FilterOption>,
}

/// A value that can be chosen.
#[derive(Debug, Clone)]
pub struct FilterOption {
    /// The value in the address.
    pub value: String,
    /// The text.
    pub text: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The form. Sort headers of the list below belong to it by `form="filters"`.
#[must_use]
pub fn bar(bar: &FilterBar) -> Markup {
    html! {
        form.filters #filters data-lean role="search" aria-label="Filter goals" action=(bar.action) {
            @for (name, value) in &bar.kept { input type="hidden" name=(name) value=(value); }
            label.find {
                (icon("search")) span.sr { "Filter by title or owner" }
                input type="search" name="q" value=(bar.query) placeholder="Title or owner" data-filter; kbd { "/" }
            }
            span.flow.desk {
                @for chip in &bar.chips { (one(chip)) }
                (opener("Add filter", "btn btn-q"))
                @if let Some(clear) = &bar.clear { a.btn.btn-q href=(clear) { "Clear" } }
            }
            span.phone { (opener(&phone_label(bar.chips.len()), "btn")) }
            span.push.desk {}
            button.btn.btn-q type="button" popovertarget="view-menu" aria-haspopup="dialog" aria-label="View options" { (icon("columns")) span.lb { "View" } }
            @if let Some((expand, collapse)) = &bar.levels { (levels(expand.as_deref(), collapse.as_deref())) }
            (panel(bar))
            (view(&bar.view))
        }
    }
}

fn phone_label(chips: usize) -> String {
    if chips == 0 { "Filters".to_owned() } else { format!("Filters, {chips}") }
}

fn opener(text: &str, class: &str) -> Markup {
    html! { button class=(class) type="button" popovertarget="filter-menu" aria-haspopup="dialog" { (icon("filter")) (text) } }
}

fn one(chip: &Chip) -> Markup {
    html! {
        span.chip {
            button type="button" popovertarget="filter-menu" aria-haspopup="dialog" {
                span.f { (chip.label) }
                @for value in &chip.values { " " @match value { ChipValue::Text(text) => (text), ChipValue::Status(shown) => (status::word(*shown)) } }
            }
            a href=(chip.remove) aria-label=(format!("Remove filter: {}", chip.label)) { (icon("close")) }
        }
    }
}

/// Opens or closes a level of the whole tree. Scripts take the branches as they stand on the page.
fn levels(expand: Option<&str>, collapse: Option<&str>) -> Markup {
    html! {
        span.flow.desk {
            @if let Some(href) = expand { a.btn.btn-q href=(href) data-levels="more" aria-label="Expand a level" { (icon("down")) span.lb { "Expand" } } }
            @if let Some(href) = collapse { a.btn.btn-q href=(href) data-levels="fewer" aria-label="Collapse a level" { (icon("up")) span.lb { "Collapse" } } }
        }
    }
}

fn panel(bar: &FilterBar) -> Markup {
    let (single, groups): (Vec<_>, Vec<_>) =
        bar.fields.iter().filter(|field| !field.options.is_empty()).partition(|field| field.label.is_empty());
    html! {
        div.menu.filter-menu #filter-menu popover role="dialog" aria-label="Filters" {
            @for each in &bar.pickers {
                (picker::picker(&Picker {
                    field: Field { name: each.name, label: each.label, value: &each.query, ..Field::default() },
                    of: each.of, chosen: &each.chosen, several: true, with: "&all=true", found: each.found.as_deref(),
                }))
            }
            div.filter-cols {
                @for field in groups { (group(field)) }
                fieldset.field {
                    legend { "Also" }
                    @for field in single { @for option in &field.options { (choice(field, option)) } }
                }
            }
            div.btns {
                button.btn.btn-a type="submit" { "Show goals" }
                @if let Some(clear) = &bar.clear { a.btn.btn-q href=(clear) { "Clear filters" } }
            }
        }
    }
}

fn view(options: &ViewOptions) -> Markup {
    let grouped = options.groups.iter().any(|option| option.chosen);
    html! {
        div.menu.filter-menu.view-menu #view-menu popover role="dialog" aria-label="View options" {
            fieldset.field {
                legend { "Show" }
                label.opt-l { input type="checkbox" name="flat" value="true" checked[options.flat]; span { "All goals in one level" } }
                label.opt-l { input type="checkbox" name="info" value="true" checked[options.info]; span { "What the last check-in said" } }
            }
            fieldset.field {
                legend { "Group by" }
                label.opt-l { input type="radio" name="group" value="" checked[!grouped]; span { "Nothing" } }
                @for option in &options.groups {
                    label.opt-l { input type="radio" name="group" value=(option.value) checked[option.chosen]; span { (option.text) } }
                }
            }
            div.btns {
                button.btn.btn-a type="submit" { "Show goals" }
                @if options.print { button.btn.btn-q type="button" data-print { (icon("present")) "Print" } }
            }
        }
    }
}

fn group(field: &FilterField) -> Markup {
    html! {
        fieldset.field {
            legend { (field.label) }
            @if field.one {
                label.opt-l { input type="radio" name=(field.name) value="" checked[!field.options.iter().any(|option| option.chosen)]; span { "Any" } }
            }
            @for option in &field.options { (choice(field, option)) }
        }
    }
}

fn choice(field: &FilterField, option: &FilterOption) -> Markup {
    html! {
        label.opt-l {
            input type=(if field.one { "radio" } else { "checkbox" }) name=(field.name) value=(option.value) checked[option.chosen];
            span { (option.text) }
        }
    }
}
