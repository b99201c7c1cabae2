//! Sample OKRs: a library to choose from, the goals that a choice makes in pencil, and what was made.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use crate::components::feedback;
use crate::components::form::{self, Field, Segment};
use crate::components::picker::{self, Choice, Of, Picker};
use crate::icons::{icon, station};
use crate::layout::{self, Page, Section};
use crate::pages::entry::{Typed, refusal};
use crate::{Ctx, format, paths};

/// A sample of the library.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its name in the form.
    pub key: &'static str,
    /// The objective.
    pub title: &'static str,
    /// Why it is good.
    pub why: &'static str,
    /// Its key results: title and measure in words.
    pub key_results: Vec<(&'static str, String)>,
}

/// A business function with its samples.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name in addresses.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What its goals are about.
    pub about: &'static str,
    /// Its samples.
    pub samples: Vec<Sample>,
}

/// Goals of samples that were made and can be taken back.
#[derive(Debug, Clone)]
pub struct Batch {
    /// What it is known by.
    pub id: Id,
    /// "3 objectives and 9 key results, 20 Nov".
    pub text: String,
}

/// What the forms carry: `pick`, `period`, `whose`, `team`, `owner`.
#[derive(Debug, Clone, Default)]
pub struct Choices<'a> {
    /// What was chosen and why it was refused.
    pub typed: Typed,
    /// The periods to choose from.
    pub periods: Vec<(String, String)>,
    /// Whether goals of the whole organisation may be made.
    pub may_organisation: bool,
    /// The organisation's name.
    pub organisation: &'a str,
    /// The team that is chosen.
    pub team: Vec<Choice>,
    /// The owner that is chosen.
    pub owner: Vec<Choice>,
    /// What a search without scripts found: field and options.
    pub found: Option<(String, Vec<Choice>)>,
}

fn page(title: &str, inside: Markup) -> Page {
    Page {
        title: title.to_owned(),
        description: String::new(),
        section: Section::Explorer,
        strip: None,
        head: layout::head(&html! {}, title, &html! {}),
        above: html! {},
        main: html! { div.pad.stack-l { (inside) } },
        foot: None,
        panel: None,
        live: None,
    }
}

fn picked(typed: &Typed) -> impl Iterator<Item = &str> {
    typed.values.iter().filter(|(name, _)| name == "pick").map(|(_, value)| value.as_str())
}

/// The library: what to take, and what becomes of it.
#[must_use]
pub fn library(ctx: &Ctx, functions: &[Function], it: &Choices<'_>, batches: &[Batch]) -> Page {
    let typed = &it.typed;
    let terms = &ctx.terms;
    let inside = html! {
        p.lede {
            "Take what comes near, and put in your own figures afterwards. Each says why it is made well, so that the next one you write is yours alone."
        }
        @if !batches.is_empty() { (recent(ctx, batches)) }
        form.stack-l method="get" action="/samples/preview" {
            (refusal(typed))
            nav aria-label="Business functions" { ul.flow { @for function in functions { li { a href=(format!("#{}", function.key)) { (function.name) } } } } }
            @for function in functions {
                section.stack id=(function.key) aria-labelledby=(format!("h-{}", function.key)) {
                    div { h2 id=(format!("h-{}", function.key)) { (function.name) } p.mut.sm { (function.about) } }
                    div.cards.cards-l { @for sample in &function.samples { (card(sample, picked(typed).any(|key| key == sample.key))) } }
                }
            }
            section.frame aria-labelledby="h-where" {
                div.frame-h { h2 #h-where { "Where they go" } }
                div.frame-b.form { (place(it)) }
            }
            div.btns {
                button.btn.btn-p.btn-l type="submit" { "Preview the " (terms.objective.many) }
                (form::error("pick", typed.error("pick")))
            }
        }
    };
    page("Sample OKRs", inside)
}

fn card(sample: &Sample, chosen: bool) -> Markup {
    html! {
        label.card-o.smp {
            input type="checkbox" name="pick" value=(sample.key) checked[chosen];
            b { (icon("objective")) span { (sample.title) } }
            ul { @for (title, measure) in &sample.key_results { li { (icon("keyresult")) span { (title) " " span.dim { (measure) } } } } }
            span.mut.xs { (sample.why) }
        }
    }
}

fn place(it: &Choices<'_>) -> Markup {
    let typed = &it.typed;
    let mut whose =
        vec![Segment::new("team", "A team’s", "team"), Segment::new("person", "A person’s own", "home")];
    if it.may_organisation {
        whose.insert(0, Segment::new("organization", it.organisation, "org"));
    }
    let found =
        |name: &str| it.found.as_ref().filter(|(field, _)| field == name).map(|(_, found)| found.as_slice());
    html! {
        div.form-2 { (form::select(&typed.field("period", "Period"), &it.periods)) }
        (form::segments(&typed.field("whose", "Whose they are"), &whose))
        n-reveal for="whose" when="team" {
            (picker::picker(&Picker {
                field: Field { value: typed.value("team_query"), error: typed.error("team"), ..Field { name: "team", label: "Team", ..Field::default() } },
                of: Of::Teams, chosen: &it.team, several: false, with: "", found: found("team"),
            }))
        }
        (picker::picker(&Picker {
            field: Field { value: typed.value("owner_query"), error: typed.error("owner"), hint: Some("Left empty, they are yours."), optional: true, ..Field { name: "owner", label: "Owner", ..Field::default() } },
            of: Of::People, chosen: &it.owner, several: false, with: "", found: found("owner"),
        }))
    }
}

fn recent(ctx: &Ctx, batches: &[Batch]) -> Markup {
    html! {
        section.frame aria-labelledby="h-recent" {
            div.frame-h { h2 #h-recent { "Taken lately" } }
            ul.org-l {
                @for batch in batches {
                    li { form.flow method="post" action=(format!("/samples/{}/removal", batch.id)) {
                        (layout::csrf(ctx))
                        span { (batch.text) }
                        a.btn.btn-q.push href=(format!("/samples/{}", batch.id)) { "Look" span.sr { " at " (batch.text) } }
                        button.btn type="submit" { "Take back" span.sr { " " (batch.text) } }
                    } }
                }
            }
        }
    }
}

/// What a choice makes, before it is made.
#[derive(Debug, Clone)]
pub struct Preview<'a> {
    /// The samples.
    pub samples: Vec<Sample>,
    /// Where they go: "Q4 2026, Field Operations, owned by Ruth".
    pub place: String,
    /// The fields, to be sent on as they are.
    pub fields: &'a [(String, String)],
    /// The library with the same choice.
    pub back: String,
}

/// The goals of a choice, in pencil.
#[must_use]
pub fn preview(ctx: &Ctx, it: &Preview<'_>, typed: &Typed) -> Page {
    let counts =
        counts(ctx, it.samples.len(), it.samples.iter().map(|sample| sample.key_results.len()).sum());
    let inside = html! {
        @for (_, message) in &typed.errors { p.err role="alert" { (icon("warn")) (message) } }
        (refusal(typed))
        (feedback::pencil("Preview, not saved yet", &html! {
            p { b { (counts) } " in " (it.place) "." }
            ul.smp-l {
                @for sample in &it.samples {
                    li {
                        span.ind1 { (icon("objective")) (sample.title) }
                        ul { @for (title, measure) in &sample.key_results { li { span.ind1 { (icon("keyresult")) span { (title) " " span.dim { (measure) } } } } } }
                    }
                }
            }
        }))
        form method="post" action=(paths::SAMPLES) {
            (layout::csrf(ctx))
            @for (name, value) in it.fields { input type="hidden" name=(name) value=(value); }
            div.btns.turned {
                button.btn.btn-p.btn-l type="submit" { (icon("plus")) "Add " (counts) }
                a.btn.btn-l href=(it.back) { "Back" }
            }
        }
    };
    page("Preview of sample OKRs", inside)
}

/// "3 objectives and 9 key results".
#[must_use]
pub fn counts(ctx: &Ctx, objectives: usize, key_results: usize) -> String {
    let word =
        |count: usize, kind: GoalKind| format!("{} {}", format::count(count), ctx.terms.kind(kind).of(count));
    match (objectives, key_results) {
        (0, below) => word(below, GoalKind::KeyResult),
        (above, 0) => word(above, GoalKind::Objective),
        (above, below) => {
            format!("{} and {}", word(above, GoalKind::Objective), word(below, GoalKind::KeyResult))
        }
    }
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// What it is known by.
    pub id: Id,
    /// The goals: which, kind, title.
    pub goals: Vec<(Id, GoalKind, String)>,
    /// Explorer in their period.
    pub explorer: String,
}

/// The goals that were made, with the way back.
#[must_use]
pub fn made(ctx: &Ctx, it: &Made) -> Page {
    let objectives = it.goals.iter().filter(|(_, kind, _)| *kind == GoalKind::Objective).count();
    let text = counts(ctx, objectives, it.goals.len().saturating_sub(objectives));
    let inside = html! {
        div role="status" { (feedback::note(feedback::Tone::Good, &html! { "Added: " (text) ". Open each and put in your own figures." })) }
        ul.smp-l { @for (id, kind, title) in &it.goals { li.below[*kind != GoalKind::Objective] { a.ind1 href=(paths::goal(*id)) { (icon(station(*kind))) (title) } } } }
        form method="post" action=(format!("/samples/{}/removal", it.id)) {
            (layout::csrf(ctx))
            div.btns.turned {
                a.btn.btn-p.btn-l href=(it.explorer) { "Open Explorer" }
                button.btn.btn-l type="submit" { "Undo: take all of them back" }
            }
        }
    };
    page("Sample OKRs", inside)
}
