//! The check-in form: how it asks, and what was typed into it.

use northing_app::check_in::{AsOf, CheckInPanel, NewCheckIn};
use northing_app::goal::view::GoalView;
use northing_core::check_in::CheckInInput;
use northing_core::errors::FieldError;
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::status::Status;
use northing_core::values::Day;
use northing_ui::pages::check_in::{Asks, CheckInForm, Preview};
use northing_ui::{Ctx, format};

use super::super::goal::{check_ins, graph};
use super::super::numbers::number;
use crate::extract::Fields;

/// What a person entered, read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entered {
    /// In the metric's unit; the percentage of a goal that has no metric.
    pub(super) value: Option<f64>,
    /// The percentage, where it was chosen instead.
    pub(super) progress: Option<f64>,
    pub(super) status: Option<Status>,
    pub(super) stop: bool,
    pub(super) resume: bool,
}

/// The form of a goal as it stands.
pub(super) fn of(ctx: &Ctx, panel: &CheckInPanel) -> CheckInForm {
    let goal = &panel.goal;
    let automatic = goal.progress_mode != ProgressMode::Manual;
    let from = source(goal);
    CheckInForm {
        goal: goal.id,
        kind: goal.kind,
        title: goal.title.clone(),
        changes: None,
        conflict: None,
        note_only: false,
        asks: asks(goal, current(goal), goal.progress_unclamped),
        was: match (current(goal), goal.last_check_in_at) {
            (Some(value), Some(at)) => {
                format!(
                    "Was {} on {}.",
                    check_ins::shown(&goal.metric, value),
                    format::day_long(at.day_in(&ctx.zone))
                )
            }
            _ => String::new(),
        },
        statuses: statuses(goal),
        status: String::new(),
        note: String::new(),
        as_of: String::new(),
        errors: Vec::new(),
        automatic: panel.automatic.map_or_else(String::new, |value| {
            let shown = check_ins::shown(&goal.metric, value);
            if goal.progress_mode == ProgressMode::DataSource {
                format!("{from} says {shown} now.")
            } else {
                format!("{} say {shown}.", northing_ui::capitalised(from))
            }
        }),
        stop: (automatic && !goal.automatic_stopped).then_some(false),
        until: (goal.progress_mode == ProgressMode::DataSource).then(|| from.to_owned()),
        resume_from: (automatic && goal.automatic_stopped).then(|| from.to_owned()),
        guidance: goal.scoring_guidance.clone().unwrap_or_default(),
        history: graph::of(ctx, goal, &panel.points),
        last: panel.last.iter().map(|row| check_ins::plain(&goal.metric, row)).collect(),
        preview: Preview::default(),
        queue: None,
        from_home: false,
    }
}

/// What automatic values come from, in words.
const fn source(goal: &GoalView) -> &'static str {
    match (goal.progress_mode, goal.kind) {
        (ProgressMode::DataSource, _) => "Azure DevOps",
        (_, GoalKind::Initiative) => "its tasks",
        (_, GoalKind::Objective | GoalKind::KeyResult) => "the goals below",
    }
}

/// How the value is asked for.
pub(in crate::pages) fn asks(goal: &GoalView, value: Option<f64>, progress: Option<f64>) -> Asks {
    let percent = goal.metric.kind == MetricKind::Percent;
    let unit = goal.metric.unit.as_deref();
    let span = goal.metric.span().filter(|_| !percent);
    Asks {
        label: goal.metric.name.clone().map_or_else(
            || String::from(if percent { "Progress now" } else { "Value now" }),
            |name| format!("{name} now"),
        ),
        value: value.map(plain).unwrap_or_default(),
        unit: match span {
            Some((start, target)) => {
                format!("of {} → {}", format::value(start, unit), format::value_with_unit(target, unit))
            }
            None => String::from(if percent { "%" } else { unit.unwrap_or_default() }),
        },
        progress: goal
            .metric
            .kind
            .is_journey()
            .then(|| progress.map(|value| plain((value * 100.0).round() / 100.0)).unwrap_or_default()),
        by_progress: false,
    }
}

/// Begins the form with a percentage instead of what is; false where the goal has none to give.
pub(super) fn begin_at(form: &mut CheckInForm, goal: &GoalView, progress: f64) -> bool {
    if goal.metric.kind == MetricKind::Percent {
        form.asks.value = plain(progress);
    } else if form.asks.progress.is_some() {
        form.asks.progress = Some(plain(progress));
        form.asks.by_progress = true;
    } else {
        return false;
    }
    true
}

/// The statuses that a check-in may set, and the two that end the goal.
pub(super) fn statuses(goal: &GoalView) -> Vec<Status> {
    let open: &[Status] = if goal.metric.kind == MetricKind::Baseline {
        &[Status::InProgress]
    } else {
        &[Status::OnTrack, Status::Behind, Status::AtRisk]
    };
    open.iter().copied().chain([Status::Postponed, Status::Closed]).collect()
}

/// Where the goal stands, in what the field asks for.
pub(in crate::pages) fn current(goal: &GoalView) -> Option<f64> {
    if goal.metric.kind == MetricKind::Percent { goal.progress_unclamped } else { goal.metric.current }
}

/// A number as one types it.
pub(in crate::pages) fn plain(value: f64) -> String {
    let rounded = (value * 10_000.0).round() / 10_000.0;
    rounded.to_string()
}

/// The status that the person chose: none where they left it as it was suggested to them.
pub(super) fn chosen(fields: &Fields) -> &str {
    let status = fields.get("status");
    if status == fields.get("suggested") { "" } else { status }
}

/// What was typed as a check-in; with the status that ends the goal, where one was chosen.
pub(super) fn read(goal: &GoalView, fields: &Fields) -> Result<(NewCheckIn, Option<Status>), FieldError> {
    let by_progress = fields.get("as") == "progress";
    let status: Option<Status> = match chosen(fields) {
        "" => None,
        text => Some(text.parse().map_err(|_| FieldError::new("status", "invalid", "is no status"))?),
    };
    let entered = Entered {
        value: if by_progress { None } else { number("value", fields.get("value"))? },
        progress: if by_progress { number("progress", fields.get("progress"))? } else { None },
        status: status.filter(|status| !status.is_locked()),
        stop: fields.ticked("stop_automatic"),
        resume: fields.ticked("resume_automatic"),
    };
    let mut new = input(goal, entered);
    new.note = fields.filled("note").map(ToOwned::to_owned);
    new.as_of = fields
        .filled("as_of")
        .map(str::parse::<Day>)
        .transpose()
        .map_err(|_| FieldError::new("as_of", "wrong_type", "must be a day, for example 2026-11-20"))?
        .map(AsOf::Day);
    Ok((new, status.filter(|status| status.is_locked())))
}

/// What was entered as the use case takes it. Who resumes gives no values of their own.
pub(super) fn input(goal: &GoalView, entered: Entered) -> NewCheckIn {
    let percent = goal.metric.kind == MetricKind::Percent;
    let keep = !entered.resume;
    NewCheckIn {
        input: CheckInInput {
            value: entered.value.filter(|_| keep && !percent),
            progress: entered.progress.or(entered.value.filter(|_| percent)).filter(|_| keep),
            status: entered.status.filter(|_| keep),
            stop_automatic: entered.stop && keep,
            resume_automatic: entered.resume,
        },
        ..NewCheckIn::default()
    }
}

/// Puts back what was typed, with why it was refused.
pub(super) fn keep(form: &mut CheckInForm, fields: &Fields, errors: &[FieldError]) {
    fields.get("value").clone_into(&mut form.asks.value);
    if form.asks.progress.is_some() {
        form.asks.progress = Some(fields.get("progress").to_owned());
        form.asks.by_progress = fields.get("as") == "progress";
    }
    chosen(fields).clone_into(&mut form.status);
    fields.get("note").clone_into(&mut form.note);
    fields.get("as_of").clone_into(&mut form.as_of);
    form.stop = form.stop.map(|_| fields.ticked("stop_automatic"));
    form.from_home = fields.get("from") == "home";
    form.queue = super::queue::asked(fields).map(|asked| asked.at_least(1));
    // A percentage of a goal without a metric is typed into the one field there is.
    let one = form.asks.progress.is_none();
    form.errors = errors
        .iter()
        .map(|it| {
            let field = if one && it.field == "progress" { "value" } else { &*it.field };
            (field.to_owned(), it.message.to_string())
        })
        .collect();
}
