//! Rules for goals, their status and their scores (goals §2.2, §4.5, §9.2).

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::score::score_band;
use northing_core::settings::ScoreBands;
use northing_core::status::{Status, StatusSource};

use super::{Form, Tab, frame, save, section};
use crate::components::form::{self, Field};
use crate::components::score;
use crate::components::status;
use crate::layout::Page;
use crate::{Ctx, format, paths};

/// The labels of the form's fields, for telling what differs.
pub const LABELS: &[(&str, &str)] = &[
    ("shared_goals", "Several owners and teams"),
    ("multiple_alignment", "Several parents"),
    ("private_goals", "Private goals"),
    ("mandatory_team", "Every goal has a team"),
    ("on_track_gap", "On track up to"),
    ("behind_gap", "Behind up to"),
    ("status_source", "Status of parents"),
    ("health_indicators", "Alerts"),
    ("yellow_from", "Yellow from"),
    ("green_from", "Green from"),
    ("scoring_guidance", "Scoring guidance"),
];

/// Where the examples are made anew as one types.
pub const PREVIEW: &str = "/admin/goals/preview";

/// What the examples show; none where what was typed cannot be read.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Points up to which a goal is on track.
    pub on_track_gap: f64,
    /// Points up to which it is behind.
    pub behind_gap: f64,
    /// The score bands.
    pub bands: ScoreBands,
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, it: &Form, rules: Option<Rules>) -> Page {
    let main = html! {
        (it.notes("these settings"))
        form.form.adm-f method="post" action=(paths::ADMIN_GOALS) {
            (it.hidden(ctx))
            (section("h-goals", "Goals", "", &goals(it)))
            div.form hx-post=(PREVIEW) hx-include="closest form" hx-trigger="input delay:200ms" hx-target="#goal-examples" hx-swap="outerHTML" {
                (section("h-status", "Status", "Northing suggests a status by comparing progress with what the calendar expects. Whoever checks in may choose another.", &statuses(ctx, it)))
                (section("h-scores", "Scores", "A closed goal has a score from 0 to 1.", &scores(it)))
            }
            (examples(rules))
            (save("Save settings"))
        }
    };
    frame(Tab::Goals, None, &html! {}, &main)
}

fn goals(it: &Form) -> Markup {
    html! {
        (it.switch("shared_goals", "Several owners and teams", "One goal with one progress may belong to several people or teams. Off, new goals have one of each."))
        (it.switch("multiple_alignment", "Several parents", "A goal may serve several others and counts in full for each. Off, new alignments have one parent."))
        (it.switch("private_goals", "Private goals", "Goals may be shown to named people only. Nobody else finds them, not even admins."))
        (it.switch("mandatory_team", "Every goal has a team", "A new goal belongs to the organisation or to a team, never to a person alone. One without a team must get one when it is next edited."))
    }
}

fn statuses(ctx: &Ctx, it: &Form) -> Markup {
    let results = &ctx.terms.kind(GoalKind::KeyResult).many;
    let sources = StatusSource::ALL.iter().map(|source| {
        let text = match source {
            StatusSource::Progress => String::from("Its own progress against what is expected"),
            StatusSource::KeyResults => format!("The worst of its {results}"),
        };
        (source.name().to_owned(), text)
    });
    let sources: Vec<_> = sources.collect();
    html! {
        div.form-2 {
            (form::number(&Field { required: true, hint: Some("Usually 0: at or above what is expected."), ..it.field("on_track_gap", "On track, up to this far below expected") }, "points"))
            (form::number(&Field { required: true, hint: Some("Usually 25. Further below, a goal is at risk."), ..it.field("behind_gap", "Behind, up to this far below expected") }, "points"))
        }
        (form::select(&Field { hint: Some("Where everything below is closed or postponed, so is the parent."), ..it.field("status_source", "The status of a parent follows from") }, &sources))
        (it.switch("health_indicators", "Alerts", "Warn of goals that have not begun, have no owner, are overdue, far behind or have too many below them."))
    }
}

fn scores(it: &Form) -> Markup {
    html! {
        div.form-2 {
            (form::input(&Field { required: true, hint: Some("Below it a score is red."), ..it.field("yellow_from", "Yellow from") }, "text"))
            (form::input(&Field { required: true, hint: Some("1.0 is orange, since the goal was too easy; for a committed goal it is green."), ..it.field("green_from", "Green from") }, "text"))
        }
        (it.switch("scoring_guidance", "Scoring guidance", "Goals may say how they will be scored; it is shown where people check in and close."))
    }
}

/// What the rules mean for a goal of today; the fragment of the preview.
#[must_use]
pub fn examples(rules: Option<Rules>) -> Markup {
    html! {
        section.pencil.pvw #goal-examples role="status" aria-label="Example" {
            p.pencil-t { (crate::icons::small("edit")) "Example" }
            @match rules {
                None => { p.sm { "Enter numbers to see what they mean." } }
                Some(rules) => {
                    p.sm { "A goal that should be at " b { "50%" } " today is" }
                    ul.adm-ex {
                        @let (track, behind) = (50.0 - rules.on_track_gap, 50.0 - rules.behind_gap);
                        li { (status::word(Status::OnTrack.into())) span { (from(track)) } }
                        li { (status::word(Status::Behind.into())) span { (between(behind, track)) } }
                        li { (status::word(Status::AtRisk.into())) span { @if behind > 0.0 { "below " (percent(behind)) } @else { "never, while it should be at 50%" } } }
                    }
                    p.sm.flow { "Scores " @for example in [0.3, 0.5, 0.6, 0.7, 0.9, 1.0] { (score::badge(example, score_band(example, false, rules.bands))) } }
                }
            }
        }
    }
}

fn percent(value: f64) -> String {
    format::percent_exact(value).replace(".0%", "%")
}

fn from(track: f64) -> String {
    if track <= 0.0 { String::from("always") } else { format!("at {} or more", percent(track)) }
}

fn between(behind: f64, track: f64) -> String {
    if track <= 0.0 || behind >= track {
        String::from("never")
    } else if behind <= 0.0 {
        format!("below {}", percent(track))
    } else {
        format!("from {} to below {}", percent(behind), percent(track))
    }
}
