use super::*;
use crate::gallery::ctx;
use serde_json::json;

const RUTH: &str = "019503d5-7c00-7000-8000-000000000001";
const GOAL: &str = "019503d5-7c00-7000-8000-000000000002";
const PERIOD: &str = "019503d5-7c00-7000-8000-000000000003";

fn told(kind: EventKind, subject: Option<&str>, detail: &Value) -> String {
    let id = |text: &str| text.parse::<Id>().unwrap();
    let names = HashMap::from([(id(RUTH), "Ruth Adeyemi".to_owned()), (id(PERIOD), "Q4 2026".to_owned())]);
    let goals = HashMap::from([(id(GOAL), "Clear the backlog".to_owned())]);
    let metric = Metric { unit: Some("jobs".into()), ..Metric::percent() };
    let book = Book { names: Some(&names), goals: Some(&goals), metric: Some(&metric) };
    let it = Happening {
        actor: Some(Person { id: id(RUTH), name: "Ruth Adeyemi".into() }),
        kind,
        goal: Some(id(GOAL)),
        subject: subject.map(id),
        detail,
    };
    sentence(&ctx(), &book, &it)
        .into_iter()
        .map(|part| match part {
            Part::Text(text) | Part::Link(text, _) => text,
        })
        .collect()
}

#[test]
fn every_kind_of_event_has_a_sentence() {
    for kind in EventKind::ALL {
        for detail in [
            json!({}),
            json!(null),
            json!({ "before": { "name": "Anna Alder" }, "after": { "name": "Anna Birch" } }),
        ] {
            let text = told(*kind, Some("019503d5-7c00-7000-8000-0000000000ff"), &detail);
            assert!(text.starts_with("Ruth Adeyemi ") && text.len() > 20, "{kind}: {text}");
            for raw in [kind.name(), "_", "019503d5", "something", "null", "{", "  "] {
                assert!(!text.contains(raw), "{kind} says {raw}: {text}");
            }
        }
    }
}

#[test]
fn changes_say_from_what_to_what() {
    let edited = |changes: Value| told(EventKind::GoalEdited, None, &json!({ "changes": changes }));
    let change = |before: Value, after: Value| json!({ "before": before, "after": after });
    for (changes, text) in [
        (
            json!({ "metric": change(json!({ "kind": "reach", "target": 200 }), json!({ "kind": "reach", "target": 240 })) }),
            "changed the target from 200 to 240",
        ),
        (
            json!({ "title": change(json!("A"), json!("B")), "owner_ids": change(json!([]), json!([RUTH])) }),
            "made Ruth Adeyemi an owner and renamed it from “A” to “B”",
        ),
        (
            json!({ "due_date": change(json!("2026-12-31"), json!("2027-01-31")) }),
            "moved the due date from 31 Dec to 31 Jan 2027",
        ),
        (json!({ "period_id": change(json!(GOAL), json!(PERIOD)) }), "moved it from a period to Q4 2026"),
        (
            json!({ "tags": change(json!(["x"]), json!(["y", "z"])) }),
            "added the tags y and z and took off the tag x",
        ),
        (
            json!({ "kind": change(json!("key_result"), json!("initiative")) }),
            "turned it from key result to initiative",
        ),
        (json!({ "owner_ids": change(json!([RUTH]), json!([])) }), "took Ruth Adeyemi off the owners"),
        (
            json!({ "progress_mode": change(json!("manual"), json!("rollup")) }),
            "let its progress follow what is below it",
        ),
    ] {
        assert_eq!(edited(changes), format!("Ruth Adeyemi {text}"));
    }
}

#[test]
fn the_life_of_a_goal_reads_well() {
    for (kind, subject, detail, text) in [
        (
            EventKind::CheckInAdded,
            None,
            json!({ "before": { "value": 30, "progress": 30, "status": "behind" }, "after": { "value": 54, "progress": 54, "status": "on_track" } }),
            "checked in 54 jobs, before 30 jobs, On track",
        ),
        (
            EventKind::CheckInDeleted,
            None,
            json!({ "before": { "progress": 54 } }),
            "deleted a check-in of 54%",
        ),
        (
            EventKind::GoalClosed,
            None,
            json!({ "automatic": true, "score": 0.5 }),
            "closed it with a score of 0.5, since all its key results are closed",
        ),
        (
            EventKind::GoalClosed,
            Some(GOAL),
            json!({ "score": 0.75, "note": "Done" }),
            "closed it with a score of 0.75; it goes on as Clear the backlog: “Done”",
        ),
        (
            EventKind::GoalReopened,
            None,
            json!({ "before": { "status": "closed", "score": 0.5 }, "note": "Too soon" }),
            "reopened it, which was closed with 0.5: “Too soon”",
        ),
        (
            EventKind::GoalAligned,
            None,
            json!({ "changes": { "parents": { "before": [], "after": [GOAL] } } }),
            "aligned it to Clear the backlog",
        ),
        (
            EventKind::GoalAligned,
            None,
            json!({ "changes": { "parents": { "before": [GOAL], "after": [] } } }),
            "took it out from under Clear the backlog",
        ),
        (
            EventKind::GoalContributions,
            None,
            json!({ "changes": { "shares": { "before": [{ "child_id": GOAL, "fixed": 50.0 }], "after": [{ "child_id": GOAL, "fixed": 40.0 }] } } }),
            "changed the weight of Clear the backlog from 50% to 40%",
        ),
        (
            EventKind::GoalDeleted,
            None,
            json!({ "goals": [GOAL, RUTH, PERIOD] }),
            "deleted it with 2 goals below it",
        ),
        (
            EventKind::TaskEdited,
            None,
            json!({ "name": "Call", "changes": { "done": { "before": false, "after": true } } }),
            "finished the task “Call”",
        ),
        (
            EventKind::TaskEdited,
            None,
            json!({ "name": "Call", "changes": { "owner_id": { "before": null, "after": RUTH } } }),
            "gave the task “Call” to Ruth Adeyemi",
        ),
        (EventKind::CommentAdded, None, json!({ "before": null, "after": "**Good**" }), "commented: “Good”"),
        (EventKind::PeriodCurrent, Some(PERIOD), json!({}), "made Q4 2026 the current period"),
    ] {
        assert_eq!(told(kind, subject, &detail), format!("Ruth Adeyemi {text}"));
    }
}
