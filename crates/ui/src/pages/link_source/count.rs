//! How a link counts: per cent or number, of which field, of which type, and what is completed.

use maud::{Markup, html};
use northing_core::goal::GoalKind;

use super::LinkForm;
use crate::Ctx;
use crate::components::form::{self, Field};
use crate::icons::icon;

pub(super) fn options(ctx: &Ctx, it: &LinkForm) -> Markup {
    let preview = it.part("preview");
    html! {
        div.stack hx-post=(preview) hx-trigger="change delay:50ms, input delay:400ms" hx-include="closest form" hx-target="#link-count" hx-swap="innerHTML" hx-sync="#link-count:replace" {
            (method(it))
            div.form-2 {
                (field(it))
                div #link-types { (types(it)) }
            }
            (details(ctx, it))
        }
    }
}

fn method(it: &LinkForm) -> Markup {
    let number = it.is("mode", "metric");
    html! {
        fieldset.field aria-describedby=[it.typed.error("mode").map(|_| "mode-error")] {
            legend { "How should it become progress?" }
            div.cards {
                label.card-o { input type="radio" name="mode" value="percent" checked[!number]; b { (icon("flag")) "Per cent completed" } span.mut { "The completed share of everything that matches. It falls when items are added." } }
                label.card-o { input type="radio" name="mode" value="metric" checked[number]; b { (icon("insights")) "Number (KPI)" } span.mut { "A count or a sum towards a target that you set. It stays fixed when the scope grows." } }
            }
            (form::error("mode", it.typed.error("mode")))
        }
        n-reveal for="mode" when="metric" { div.stack {
            @if let Some(own) = &it.own_metric { p.hint { (own) } }
            @else {
                div.form-2 {
                    (form::input(&it.typed.field("metric_name", "Metric"), "text"))
                    (form::input(&Field { optional: true, ..it.typed.field("metric_unit", "Unit") }, "text"))
                }
                div.form-2 { (number_field(it, "metric_start", "Start")) (number_field(it, "metric_target", "Target")) }
            }
        } }
    }
}

fn number_field(it: &LinkForm, name: &'static str, label: &'static str) -> Markup {
    let field = it.typed.field(name, label);
    form::wrap(&field, &form::bare_input(&field, "text", Some("decimal")))
}

/// What is added up. What has no completed share is offered for numbers only.
fn field(it: &LinkForm) -> Markup {
    let chosen = it.typed.value("measure");
    let number = it.is("mode", "metric");
    let unknown = !matches!(chosen, "" | "count") && !it.measures.iter().any(|it| it.reference == chosen);
    // The page of a goal, over which the dialog opens, has a part of the name.
    let field = Field {
        name: "track_by",
        hint: Some("Added up over what matches; an empty field is 0."),
        ..it.typed.field("measure", "Track by")
    };
    let select = html! {
        n-options for="mode" {
            select.in #track_by name="measure" aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()] {
                option value="count" selected[matches!(chosen, "" | "count")] { "Count of work items" }
                @for measure in &it.measures {
                    @let picked = measure.reference == chosen;
                    @let kept_out = !measure.as_percent && !number && !picked;
                    option value=(measure.reference) selected[picked] data-when=[(!measure.as_percent).then_some("metric")] hidden[kept_out] disabled[kept_out] { (measure.name) }
                }
                @if unknown { option value=(chosen) selected { (chosen) } }
            }
        }
    };
    form::wrap(&field, &select)
}

/// The fields that have no completed share.
fn numbers_only(it: &LinkForm) -> String {
    let all = it.measures.iter().filter(|it| !it.as_percent).map(|it| it.reference.as_str());
    all.collect::<Vec<_>>().join(" ")
}

/// The types to choose from: those of the items that matched, once they were counted.
pub(super) fn types(it: &LinkForm) -> Markup {
    let known = if it.kinds.is_empty() { &it.types } else { &it.kinds };
    let mut options = vec![(String::new(), String::from("All types"))];
    options.extend(known.iter().map(|name| (name.clone(), name.clone())));
    let chosen = it.typed.value("work_item_type");
    if !chosen.is_empty() && !known.iter().any(|name| name == chosen) {
        options.push((chosen.to_owned(), chosen.to_owned()));
    }
    form::select(&it.typed.field("work_item_type", "Work items to measure"), &options)
}

fn details(ctx: &Ctx, it: &LinkForm) -> Markup {
    html! {
        input type="hidden" name="options_shown" value="true";
        @let always_all = numbers_only(it);
        n-reveal for="mode" when="metric" {
            n-reveal for="measure" unless=(always_all) hidden[always_all.split(' ').any(|field| it.is("measure", field))] {
                (form::checkbox("count_only_completed", "Count only completed items", None, it.ticked("count_only_completed")))
            }
        }
        (form::checkbox("resolved_counts", "Resolved counts as completed", Some("Otherwise only states of the category Completed do."), it.ticked("resolved_counts")))
        (form::checkbox("leave_out_removed", "Leave removed items out", Some("Otherwise they stay in the total and are not completed."), it.ticked("leave_out_removed")))
        @if it.kind == GoalKind::Initiative {
            (form::checkbox("with_tasks", "List the work items here", Some(&format!("The {} shows them with state and assignee, 200 at most.", ctx.terms.kind(it.kind).of(1))), it.ticked("with_tasks")))
            (form::error("with_tasks", it.typed.error("with_tasks")))
        }
    }
}
