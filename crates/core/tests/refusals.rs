//! What is refused, and with which reason: alignment (goals §6), conversion (§3.7), check-ins (§5.1), metrics (§3.2).

#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is a failed test")]

use northing_core::alignment::{may_align, may_have_parents, may_stand_alone, no_cycle};
use northing_core::check_in::{CheckInError, CheckInInput, apply, fall_back};
use northing_core::cone::{Node, Rules, State};
use northing_core::conversion::{ConversionInput, convert};
use northing_core::goal::GoalKind::{self, Initiative, KeyResult, Objective};
use northing_core::goal::ProgressMode;
use northing_core::metric::{Metric, MetricKind};
use northing_core::rollup::Tasks;
use northing_core::settings::{OkrModel, Settings};
use northing_core::status::{Status, is_achieved};
use northing_core::values::{Id, Moment};

fn id(n: u8) -> Id {
    Id::new(Moment::from_millis(1), [n; 10])
}

fn aligned(settings: &Settings) -> Vec<(GoalKind, GoalKind)> {
    let all = [Objective, KeyResult, Initiative];
    let pairs = all.into_iter().flat_map(|child| all.map(|parent| (child, parent)));
    pairs.filter(|&(child, parent)| may_align(child, parent, settings).is_ok()).collect()
}

#[test]
fn each_option_opens_its_own_place() {
    let classic = Settings::default();
    let base =
        [(Objective, Objective), (KeyResult, Objective), (Initiative, Objective), (Initiative, KeyResult)];
    assert_eq!(aligned(&classic), base);
    let with = |change: fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        aligned(&settings)
    };
    assert!(with(|s| s.objectives_under_key_results = true).contains(&(Objective, KeyResult)));
    assert!(with(|s| s.key_results_under_key_results = true).contains(&(KeyResult, KeyResult)));
    assert!(!with(|s| s.initiatives_under_key_results = false).contains(&(Initiative, KeyResult)));
    assert_eq!(with(|s| s.initiatives = false), [(Objective, Objective), (KeyResult, Objective)]);
    assert_eq!(with(|s| s.okr_model = OkrModel::Interchangeable).len(), 6);
    let code = |child, parent| may_align(child, parent, &classic).unwrap_err().code;
    assert_eq!(code(Objective, KeyResult), "objective_under_key_result");
    assert_eq!(code(KeyResult, KeyResult), "key_result_under_key_result");
    assert_eq!(code(Objective, Initiative), "under_initiative");
}

#[test]
fn several_parents_and_none() {
    let single = Settings { multiple_alignment: false, ..Settings::default() };
    assert!(may_have_parents(2, &Settings::default()).is_ok() && may_have_parents(1, &single).is_ok());
    assert_eq!(may_have_parents(2, &single).unwrap_err().code, "multiple_alignment_off");
    assert_eq!(may_stand_alone(KeyResult, &single).unwrap_err().code, "key_result_alone");
    let free = Settings { okr_model: OkrModel::Interchangeable, ..Settings::default() };
    assert!(may_stand_alone(KeyResult, &free).is_ok() && may_stand_alone(Objective, &single).is_ok());
}

#[test]
fn circles_are_found_through_any_parent() {
    // 1 is under 2 and 3; 3 is under 4.
    let parents = |goal: Id| match goal {
        g if g == id(1) => vec![id(2), id(3)],
        g if g == id(3) => vec![id(4)],
        _ => Vec::new(),
    };
    assert_eq!(no_cycle(id(1), id(1), parents).unwrap_err().code, "self_parent");
    assert_eq!(no_cycle(id(4), id(1), parents).unwrap_err().code, "cycle");
    assert_eq!(no_cycle(id(1), id(4), parents), Ok(()));
    // A circle that is there already ends the search, too.
    assert_eq!(no_cycle(id(9), id(5), |goal| [if goal == id(5) { id(6) } else { id(5) }]), Ok(()));
}

#[test]
fn conversions_need_the_second_model_and_lose_nothing() {
    let free = Settings { okr_model: OkrModel::Interchangeable, ..Settings::default() };
    let plain = ConversionInput {
        kind: KeyResult,
        metric: MetricKind::Percent,
        linked: false,
        tracks_work: false,
        has_children: false,
        has_tasks: false,
    };
    let initiative = ConversionInput { kind: Initiative, ..plain };
    assert_eq!(convert(plain, &free), Ok(Initiative));
    assert_eq!(convert(initiative, &free), Ok(KeyResult));
    assert_eq!(convert(ConversionInput { linked: true, tracks_work: true, ..plain }, &free), Ok(Initiative));
    let code = |input, settings: &Settings| convert(input, settings).unwrap_err().code;
    assert_eq!(code(plain, &Settings::default()), "classic_model");
    assert_eq!(code(ConversionInput { kind: Objective, ..plain }, &free), "objective");
    assert_eq!(code(ConversionInput { metric: MetricKind::Reach, ..plain }, &free), "has_metric");
    assert_eq!(code(ConversionInput { has_children: true, ..plain }, &free), "has_children");
    assert_eq!(code(ConversionInput { linked: true, ..plain }, &free), "linked");
    assert_eq!(code(ConversionInput { has_tasks: true, ..initiative }, &free), "has_tasks");
}

fn goal(metric: Metric, mode: ProgressMode) -> Node {
    Node {
        id: id(1),
        kind: KeyResult,
        state: State::initial(&metric),
        metric,
        mode,
        automatic_stopped: false,
        start: "2026-01-01".parse().unwrap(),
        due: "2026-03-31".parse().unwrap(),
        phases: Vec::new(),
        tasks: Tasks::default(),
    }
}

fn rules(settings: &Settings) -> Rules<'_> {
    Rules { day: "2026-02-15".parse().unwrap(), settings }
}

fn reach() -> Metric {
    Metric { kind: MetricKind::Reach, target: Some(10.0), ..Metric::percent() }
}

#[test]
fn a_check_in_takes_a_value_or_a_progress_and_suggests_a_status() {
    let settings = Settings::default();
    let node = goal(reach(), ProgressMode::Manual);
    let by = |input| apply(&node, &input, None, &rules(&settings)).unwrap().state;
    let value = by(CheckInInput { value: Some(6.0), ..CheckInInput::default() });
    let progress = by(CheckInInput { progress: Some(60.0), ..CheckInInput::default() });
    assert_eq!(value, progress);
    assert_eq!((value.status, value.manual_status), (Status::OnTrack, false));
    let over = by(CheckInInput { value: Some(12.0), ..CheckInInput::default() });
    assert_eq!((over.progress_unclamped, over.progress()), (Some(120.0), Some(100.0)));
    let chosen =
        by(CheckInInput { value: Some(6.0), status: Some(Status::AtRisk), ..CheckInInput::default() });
    assert_eq!(
        (chosen.status, chosen.automatic_status, chosen.manual_status),
        (Status::AtRisk, Status::OnTrack, true)
    );
    let note_only = by(CheckInInput::default());
    assert_eq!((note_only.value, note_only.status), (Some(0.0), Status::AtRisk));
}

#[test]
fn wrong_check_ins_name_their_fields() {
    let settings = Settings::default();
    let empty = CheckInInput::default();
    let code = |metric: Metric, mode, input| match apply(&goal(metric, mode), &input, None, &rules(&settings))
    {
        Err(CheckInError::Invalid(errors)) => {
            errors.iter().map(|e| format!("{} {}", e.field, e.code)).collect()
        }
        other => vec![format!("{other:?}")],
    };
    let control = Metric { kind: MetricKind::StayAbove, ..reach() };
    let cases = [
        (reach(), CheckInInput { value: Some(f64::NAN), ..empty }, "value not_a_number"),
        (reach(), CheckInInput { progress: Some(101.0), ..empty }, "progress out_of_range"),
        (Metric::percent(), CheckInInput { value: Some(-1.0), ..empty }, "value out_of_range"),
        (reach(), CheckInInput { value: Some(1.0), progress: Some(1.0), ..empty }, "progress not_allowed"),
        (control, CheckInInput { progress: Some(1.0), ..empty }, "progress not_allowed"),
        (reach(), CheckInInput { status: Some(Status::Closed), ..empty }, "status not_allowed"),
        (reach(), CheckInInput { status: Some(Status::InProgress), ..empty }, "status not_allowed"),
        (reach(), CheckInInput { stop_automatic: true, ..empty }, "stop_automatic not_allowed"),
        (reach(), CheckInInput { resume_automatic: true, ..empty }, "resume_automatic not_allowed"),
    ];
    for (metric, input, wanted) in cases {
        assert_eq!(code(metric, ProgressMode::Manual, input), [wanted]);
    }
}

#[test]
fn without_its_latest_check_in_a_goal_falls_back() {
    let settings = Settings::default();
    let node = goal(reach(), ProgressMode::Manual);
    let back = fall_back(&node, Some((Some(6.0), Status::Behind)), &rules(&settings));
    assert_eq!(
        (back.value, back.progress(), back.status, back.manual_status),
        (Some(6.0), Some(60.0), Status::Behind, true)
    );
    let start = fall_back(&node, None, &rules(&settings));
    assert_eq!((start.value, start.progress(), start.status), (Some(0.0), Some(0.0), Status::NotStarted));
}

#[test]
fn metrics_name_the_wrong_field() {
    let fields = |metric: Metric| -> Vec<String> {
        metric
            .validate()
            .err()
            .unwrap_or_default()
            .iter()
            .map(|e| format!("{} {}", e.field, e.code))
            .collect()
    };
    let up = Metric { kind: MetricKind::Increase, start: 5.0, ..reach() };
    assert_eq!(fields(up.clone()), [""; 0]);
    assert_eq!(fields(Metric { target: Some(5.0), ..up.clone() }), ["target out_of_range"]);
    assert_eq!(fields(Metric { kind: MetricKind::Decrease, ..up.clone() }), ["target out_of_range"]);
    assert_eq!(fields(Metric { target: None, ..up.clone() }), ["target required"]);
    assert_eq!(fields(Metric { target: Some(f64::INFINITY), ..up.clone() }), ["target not_a_number"]);
    assert_eq!(fields(Metric { start: 5.0, ..reach() }), ["start out_of_range"]);
    assert_eq!(fields(Metric { kind: MetricKind::Baseline, ..up.clone() }), ["target not_allowed"]);
    assert_eq!(fields(Metric { risk_threshold: Some(1.0), ..up.clone() }), ["risk_threshold not_allowed"]);
    assert_eq!(fields(Metric { unit: Some("x".repeat(51)), ..up }), ["unit too_long"]);
}

#[test]
fn achieved_is_closed_in_full() {
    assert!(
        is_achieved(Status::Closed, Some(1.0), Some(40.0)) && is_achieved(Status::Closed, None, Some(100.0))
    );
    assert!(
        !is_achieved(Status::OnTrack, None, Some(100.0))
            && !is_achieved(Status::Closed, Some(0.9), Some(90.0))
    );
}

#[test]
fn settings_begin_as_the_specification_says() {
    use northing_core::settings::{CreationPolicy, InitiativeContribution, OkrModel};
    use northing_core::status::StatusSource;
    let it = Settings::default();
    // goals §2.1 and §2.2, row by row.
    assert_eq!(it.okr_model, OkrModel::Classic);
    let off = [
        it.objectives_under_key_results,
        it.block_objective_contribution,
        it.key_results_under_key_results,
        it.shared_goals,
        it.private_goals,
        it.scoring_guidance,
        it.mandatory_team,
    ];
    assert_eq!(off, [false; 7]);
    assert_eq!([it.initiatives, it.multiple_alignment, it.health_indicators], [true; 3]);
    assert_eq!(it.initiative_contribution, InitiativeContribution::DoNotContribute);
    assert_eq!((it.on_track_gap, it.behind_gap), (0.0, 25.0));
    assert_eq!(it.status_source, StatusSource::Progress);
    assert_eq!((it.score_bands.yellow_from, it.score_bands.green_from), (0.5, 0.7));
    assert_eq!(it.create_tags, CreationPolicy::Anyone);
    // What a stored text lacks is as if nobody had set it.
    assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), it);
}
