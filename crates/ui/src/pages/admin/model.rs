//! The OKR model with its options: what each allows as a picture, what holds now as a table (goals §2.1).

use maud::{Markup, html};
use northing_core::alignment::may_align;
use northing_core::goal::GoalKind;
use northing_core::settings::{InitiativeContribution, OkrModel, Settings};

use super::{Form, Tab, frame, save, section};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::components::picker::Of;
use crate::icons::{icon, station};
use crate::layout::Page;
use crate::{Ctx, paths};

/// The labels of the form's fields, for telling what differs.
pub const LABELS: &[(&str, &str)] = &[
    ("okr_model", "Model"),
    ("objectives_under_key_results", "Objectives under key results"),
    ("key_results_under_key_results", "Key results under key results"),
    ("block_objective_contribution", "Objectives never contribute"),
    ("initiatives", "Initiatives"),
    ("initiative_creators", "Who may create initiatives"),
    ("initiatives_under_key_results", "Initiatives under key results"),
    ("initiative_contribution", "Contribution of initiatives"),
];

/// The pickers of the form.
pub const PEOPLE: &[&str] = &["initiative_creators"];

/// Where the table is made anew as one chooses.
pub const PREVIEW: &str = "/admin/model/preview";

/// The page; `settings` are those that the form would make.
#[must_use]
pub fn page(ctx: &Ctx, it: &Form, settings: &Settings) -> Page {
    let main = html! {
        (it.notes("the OKR model"))
        form.form.adm-f method="post" action=(paths::ADMIN_MODEL) {
            (it.hidden(ctx))
            div.form hx-post=(PREVIEW) hx-include="closest form" hx-trigger="input delay:150ms" hx-target="#model-rules" hx-swap="outerHTML" {
                (section("h-model", "Model", "Holds for what is created or aligned from now on. Goals that exist stay exactly as they are.", &models(ctx, it)))
                (section("h-init", &format!("{} and what they count", ctx.terms.heading(GoalKind::Initiative)), "", &initiatives(ctx, it)))
            }
            (rules(ctx, settings))
            (save("Save model"))
        }
    };
    frame(Tab::Model, None, &html! {}, &main)
}

/// The question before the model changes: everything that was chosen goes along.
#[must_use]
pub fn switch(ctx: &Ctx, it: &Form, to: OkrModel) -> Page {
    let name = title(ctx, to);
    let main = html! {
        form.form.adm-f method="post" action=(paths::ADMIN_MODEL) {
            (crate::layout::csrf(ctx))
            @for (name, value) in &it.typed.values { @if name != "csrf" { input type="hidden" name=(name) value=(value); } }
            input type="hidden" name="confirmed" value="true";
            (feedback::note(Tone::Warning, &html! {
                b { "From now on: " (name) ". " }
                "Goals that exist are left exactly as they are, with their metrics, alignments and contributions. "
                "The rules below hold for everything that is created, aligned or given a metric afterwards."
            }))
            (picture(ctx, to))
            div.btns {
                button.btn.btn-p.btn-l type="submit" { "Yes, switch" }
                a.btn.btn-l href=(paths::ADMIN_MODEL) { "Keep the model" }
            }
        }
    };
    frame(Tab::Model, Some("Switch the OKR model?"), &html! {}, &main)
}

fn title(ctx: &Ctx, model: OkrModel) -> String {
    let (objectives, results) =
        (ctx.terms.heading(GoalKind::Objective), ctx.terms.kind(GoalKind::KeyResult).many.clone());
    match model {
        OkrModel::Classic => format!("{objectives} aspire, {results} measure"),
        OkrModel::Interchangeable => format!("{objectives} and {results} are interchangeable"),
    }
}

fn models(ctx: &Ctx, it: &Form) -> Markup {
    let chosen = it.typed.value("okr_model");
    let (objective, result) = (ctx.terms.kind(GoalKind::Objective), ctx.terms.kind(GoalKind::KeyResult));
    html! {
        fieldset.field {
            legend.sr { "Model" }
            div.cards {
                @for model in OkrModel::ALL {
                    label.card-o {
                        input type="radio" name="okr_model" value=(model.name()) checked[chosen == model.name()];
                        b { (title(ctx, *model)) }
                        (picture(ctx, *model))
                        span.mut {
                            @match model {
                                OkrModel::Classic => { "The classic model. Only " (result.many) " carry a number and can follow a data source. " (ctx.terms.heading(GoalKind::Objective)) " follow what is below them." }
                                OkrModel::Interchangeable => { "Either may carry a number and nest under the other: a " (result.one) " of the company can be the " (objective.one) " of a team. Choose this when you come from Viva Goals with this setting." }
                            }
                        }
                    }
                }
            }
            (form::error("okr_model", it.typed.error("okr_model")))
        }
        n-reveal for="okr_model" when="classic" {
            div.form {
                p.hint { "Options of the classic model. In the other model all of this is allowed." }
                (it.switch("objectives_under_key_results", &format!("{} under {}", ctx.terms.heading(GoalKind::Objective), result.many), &format!("An {} of a team may serve a {} of another.", objective.one, result.one)))
                (it.switch("key_results_under_key_results", &format!("{} under {}", ctx.terms.heading(GoalKind::KeyResult), result.many), &format!("A {} may be made up of smaller ones.", result.one)))
                (it.switch("block_objective_contribution", &format!("{} never contribute to what they are aligned to", ctx.terms.heading(GoalKind::Objective)), "Their share is 0 and cannot be changed. Those that contribute already go on until somebody edits their contribution."))
            }
        }
    }
}

/// What may carry a number and sit where, as a small tree.
fn picture(ctx: &Ctx, model: OkrModel) -> Markup {
    let node = |kind, measured: bool, text: &str| {
        html! { span.mini-n { (icon(station(kind))) (ctx.terms.label(kind)) @if measured { span.tag { "42 of 60" } } @else { span.dim.xs { (text) } } } }
    };
    html! {
        div.mini {
            @match model {
                OkrModel::Classic => {
                    (node(GoalKind::Objective, false, "follows"))
                    ul {
                        li { (node(GoalKind::KeyResult, true, "")) }
                        li { (node(GoalKind::Initiative, false, "work")) }
                    }
                }
                OkrModel::Interchangeable => {
                    (node(GoalKind::Objective, true, ""))
                    ul {
                        li { (node(GoalKind::KeyResult, true, "")) ul { li { (node(GoalKind::Objective, true, "")) } } }
                        li { (node(GoalKind::Initiative, false, "work")) }
                    }
                }
            }
        }
    }
}

fn initiatives(ctx: &Ctx, it: &Form) -> Markup {
    let (one, many) = (&ctx.terms.kind(GoalKind::Initiative).one, &ctx.terms.kind(GoalKind::Initiative).many);
    let heading = ctx.terms.heading(GoalKind::Initiative);
    let results = &ctx.terms.kind(GoalKind::KeyResult).many;
    let choices = InitiativeContribution::ALL.iter().map(|choice| {
        let text = match choice {
            InitiativeContribution::Contribute => "Contribute, unless somebody says otherwise",
            InitiativeContribution::DoNotContribute => "Do not contribute, unless somebody says otherwise",
            InitiativeContribution::Blocked => "Never contribute",
        };
        (choice.name().to_owned(), text.to_owned())
    });
    let choices: Vec<_> = choices.collect();
    html! {
        (it.switch("initiatives", &format!("Use {many}"), &format!("Off, no new {one} can be created. Those that exist stay.")))
        n-reveal for="initiatives" when="true" {
            div.form {
                (it.picker("initiative_creators", &format!("Only these people create {many}"), Some("Name nobody, and everyone who may create goals may."), Of::People, true))
                n-reveal for="okr_model" when="classic" {
                    (it.switch("initiatives_under_key_results", &format!("{heading} under {results}"), &format!("Off, {many} sit under {} only.", ctx.terms.kind(GoalKind::Objective).many)))
                }
                (form::select(&Field { hint: Some("The first two choose what new ones begin with; the share of each can then be changed. The last cannot."), ..it.field("initiative_contribution", &format!("In the progress above them, {many}")) }, &choices))
            }
        }
    }
}

/// What may be aligned to what under these settings, with the reason where it may not; the fragment of the preview.
#[must_use]
pub fn rules(ctx: &Ctx, settings: &Settings) -> Markup {
    let children = [GoalKind::Objective, GoalKind::KeyResult, GoalKind::Initiative];
    // Nothing sits under an initiative.
    let parents = [GoalKind::Objective, GoalKind::KeyResult];
    html! {
        section.frame.adm-s #model-rules aria-labelledby="h-rules" {
            div.frame-h { h2 #h-rules { "What may be aligned to what" } }
            div.scroll-x tabindex="0" role="region" aria-label="Permitted alignments" {
                table.tbl {
                    thead { tr { th scope="col" { "Goal" } @for parent in parents { th scope="col" { "Under " (article(&ctx.terms.kind(parent).one)) } } th scope="col" { "Own number" } } }
                    tbody {
                        @for child in children {
                            tr {
                                th scope="row" { span.flow.nw { (icon(station(child))) (ctx.terms.label(child)) } }
                                @for parent in parents { td { (answer(may_align(child, parent, settings).is_ok())) } }
                                td { (answer(child != GoalKind::Objective || settings.okr_model == OkrModel::Interchangeable)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn answer(yes: bool) -> Markup {
    html! { @if yes { span.st data-st="track" { (icon("check")) "Yes" } } @else { span.st data-st="none" { (icon("minus")) "No" } } }
}

/// "an objective", "a key result": terms are the organisation's own.
fn article(word: &str) -> String {
    let vowel = word.chars().next().is_some_and(|first| "aeiou".contains(first.to_ascii_lowercase()));
    format!("{} {word}", if vowel { "an" } else { "a" })
}
