//! Pages about what belongs to what: alignment, contributions, copies.

use northing_core::goal::GoalKind;
use northing_core::status::Status;

use super::samples::{id, who};
use crate::Ctx;
use crate::components::picker::Choice;
use crate::components::progress::Progress;
use crate::components::status::Shown;
use crate::layout::Page;
use crate::pages::alignments::{self, AlignmentForm};
use crate::pages::check_in::{Move, Preview};
use crate::pages::clone_goal::{self, CloneForm};
use crate::pages::contributions::{self, ContributionsForm, Share, Table};
use crate::pages::entry::Typed;
use crate::pages::goal_access::{self, AccessForm};
use crate::pages::placement::{self, PlacementForm, Places};

pub(super) fn pages(ctx: &Ctx) -> Vec<(&'static str, Page)> {
    let summed = ContributionsForm {
        table: Table::YesNo,
        conflict: true,
        rows: vec![
            share(4, "Jobs waiting in the north", ""),
            out("Training days", "Not counted: it is measured in another unit than this goal."),
        ],
        ..weights()
    };
    let by_hand = ContributionsForm {
        table: Table::None(
            "This goal is checked in by hand, so the goals below it do not change its progress.".into(),
        ),
        ..weights()
    };
    let one = AlignmentForm {
        several: false,
        hidden: 2,
        restricted: true,
        error: Some("“Sign 4,000”: it may not.".into()),
        theirs: Some("It is aligned to “Grow the crews we need” now.".into()),
        ..alignment()
    };
    let refused = PlacementForm {
        error: Some("“Certify 36 lead installers”: nothing may stand under it here.".into()),
        conflict: true,
        others: 2,
        places: Places { beside: vec![], position: placement::FIRST.into(), preview: Preview::default() },
        ..place()
    };
    vec![
        ("contributions", contributions::form(ctx, &weights()).page()),
        ("contributions-summed", contributions::form(ctx, &summed).page()),
        ("contributions-none", contributions::form(ctx, &by_hand).page()),
        ("alignments", alignments::form(ctx, &alignment()).page()),
        ("alignments-refused", alignments::form(ctx, &one).page()),
        ("clone", clone_goal::form(ctx, &copy()).page()),
        ("placement", placement::form(ctx, &place()).page()),
        ("placement-refused", placement::form(ctx, &refused).page()),
        ("goal-access", goal_access::form(ctx, &access()).page()),
    ]
}

fn access() -> AccessForm {
    let person = |n, name: &str| Choice { value: id(n).to_string(), text: name.into(), ..Choice::default() };
    let values = [("version", "3"), ("align", "named")];
    AccessForm {
        goal: id(1),
        kind: GoalKind::Objective,
        title: "Double weekly installs without losing first-time quality".into(),
        by_capacity: vec![
            (who(40, "Ruth Adeyemi"), vec!["Owner".into(), "Created it".into()]),
            (who(41, "Nadia Brandt"), vec!["Owns a goal above it".into()]),
        ],
        editors: vec![person(42, "Tom Ashby")],
        aligners: vec![person(43, "Elin Sørby")],
        found: None,
        changed_meanwhile: true,
        typed: Typed {
            values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ..Typed::default()
        },
    }
}

fn place() -> PlacementForm {
    PlacementForm {
        goal: id(1),
        kind: GoalKind::KeyResult,
        title: "Raise weekly installations from 240 to 420".into(),
        from: Some(id(2)),
        list: "all".into(),
        with: String::new(),
        parent: alignment().parents,
        others: 1,
        query: String::new(),
        found: None,
        places: Places {
            beside: vec![
                (id(5), "Keep first-time quality above 95%".into()),
                (id(6), "Certify 36 lead installers".into()),
            ],
            position: format!("after:{}", id(5)),
            preview: preview(),
        },
        error: None,
        conflict: false,
    }
}

fn weights() -> ContributionsForm {
    ContributionsForm {
        goal: id(1),
        kind: GoalKind::Objective,
        title: "Double weekly installs without losing first-time quality".into(),
        version: 3,
        table: Table::Shares,
        rows: vec![
            share(4, "Raise weekly installations from 240 to 420", "40"),
            share(5, "Keep first-time quality above 95%", ""),
            Share {
                error: Some("Must be from 0 to 100.".into()),
                ..share(6, "Certify 36 lead installers", "140")
            },
            out(
                "Open the second training yard",
                "Work of this kind does not contribute in this organisation.",
            ),
        ],
        hidden: vec![None],
        new_children: true,
        error: Some("The fixed shares add up to 180 %, more than 100 %.".into()),
        conflict: false,
        preview: preview(),
    }
}

fn share(n: u8, title: &str, typed: &str) -> Share {
    Share {
        id: id(n),
        kind: GoalKind::KeyResult,
        title: title.into(),
        team: "Field Operations".into(),
        progress: Progress { actual: Some(54.0), expected: None, status: Shown::from(Status::Behind) },
        value: "338".into(),
        typed: typed.into(),
        share: 30.0,
        counts: true,
        out: None,
        error: None,
        theirs: None,
    }
}

fn out(title: &str, why: &str) -> Share {
    Share { kind: GoalKind::Initiative, out: Some(why.into()), theirs: None, ..share(7, title, "") }
}

fn preview() -> Preview {
    let status = Shown::from(Status::OnTrack);
    let now = Progress { actual: Some(53.2), expected: Some(55.4), status };
    let title = String::from("Double weekly installs without losing first-time quality");
    let kind = Some(GoalKind::Objective);
    let one = Move {
        kind,
        title,
        now,
        before: Some(53.2),
        after: Some(57.9),
        was: status,
        status,
        share: None,
        own: false,
    };
    Preview { moves: vec![one], ..Preview::default() }
}

fn choice(n: u8, text: &str) -> Choice {
    Choice {
        value: id(n).to_string(),
        text: text.into(),
        detail: "Calderfield · Nadia Brandt · Q4 2026".into(),
        kind: Some(GoalKind::Objective),
    }
}

fn alignment() -> AlignmentForm {
    AlignmentForm {
        goal: id(2),
        kind: GoalKind::KeyResult,
        title: "Cut quote-to-install time from 41 to 28 days".into(),
        version: 2,
        with: String::new(),
        parents: vec![choice(1, "Make a heat pump the easy choice for 4,000 homes")],
        hidden: 0,
        several: true,
        restricted: false,
        query: String::new(),
        found: None,
        error: None,
        theirs: None,
        preview: preview(),
    }
}

fn copy() -> CloneForm {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    CloneForm {
        goal: id(2),
        kind: GoalKind::KeyResult,
        title: "Cut quote-to-install time from 41 to 28 days".into(),
        has_children: true,
        periods: vec![pair("q4", "Q4 2026 (current)"), pair("q1", "Q1 2027")],
        owner: Vec::new(),
        parents: Vec::new(),
        several: true,
        found: None,
        typed: Typed { values: vec![pair("scope", "children"), pair("period", "q1")], ..Typed::default() },
    }
}
