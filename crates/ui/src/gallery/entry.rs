//! Samples of coming in and of one's own account.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::password::Strength;
use northing_core::period::{NewPeriod, PeriodKind};
use northing_core::preferences::Preferences;
use northing_core::values::Id;

use super::Sample;
use super::samples::{day, id, moment};
use crate::Ctx;
use crate::components::form::Field;
use crate::components::secret;
use crate::layout::{Assets, Page};
use crate::pages::account::sessions::{self, SessionLine};
use crate::pages::account::tokens::{self, TokenLine, Tokens};
use crate::pages::account::{password, preferences, profile};
use crate::pages::entry::link::{self, Dead, Guest};
use crate::pages::entry::sign_in::{self, SignIn, Way};
use crate::pages::entry::{Typed, new_password, password_advice};
use crate::pages::organisations::{self, Organisations};
use crate::pages::samples::{self, Choices, Function, Made, Preview};
use crate::pages::setup::{self, Frame, Periods, Step, Told, Welcome, zone};

pub(super) fn samples() -> Vec<Sample> {
    let zones = zones();
    vec![
        Sample {
            name: "new-password",
            text: "Says while one types what would be tried first, and what to do instead.",
            markup: html! {
                (new_password(&Field { name: "new-password", label: "Password", hint: Some("At least ten characters."), error: Some("Must have at least ten characters"), ..Field::default() }, "/setup/advice"))
                @for strength in [Strength::TooShort, Strength::Known, Strength::Fair, Strength::Good] { p { (password_advice(strength)) } }
            },
        },
        Sample {
            name: "copy",
            text: "A secret that is shown once: one press copies it.",
            markup: secret::once("sample-secret", "Token", "nth_5Jc0Vt1bYx8"),
        },
        Sample {
            name: "time-zone",
            text: "Found by typing a part of its name.",
            markup: zone(
                &Field {
                    name: "sample-zone",
                    label: "Time zone",
                    value: "Europe/Berlin",
                    ..Field::default()
                },
                &zones,
                false,
            ),
        },
        Sample {
            name: "periods-preview",
            text: "What a planning year will make, in pencil.",
            markup: setup::preview(&periods()),
        },
    ]
}

fn zones() -> Vec<String> {
    ["Asia/Tokyo", "Europe/Berlin", "UTC"].map(String::from).to_vec()
}

fn periods() -> Periods {
    let period = |name: &str, kind, start, end| NewPeriod {
        name: name.to_owned(),
        kind,
        start: day(start),
        end: day(end),
    };
    Periods {
        today: day("2026-11-20"),
        periods: vec![
            period("Annual 2026", PeriodKind::Annual, "2026-01-01", "2026-12-31"),
            period("Q4 2026", PeriodKind::Quarterly, "2026-10-01", "2026-12-31"),
        ],
    }
}

fn typed(values: &[(&str, &str)], errors: &[(&str, &str)]) -> Typed {
    let own = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    Typed { values: own(values), errors: own(errors), refusal: None }
}

/// Pages without navigation, by name.
pub(super) fn bare() -> Vec<(&'static str, Markup)> {
    let assets = Assets::default();
    let ask = ["Ruth Adeyemi", "Tom Webb"].map(String::from);
    let way = Way {
        label: "Continue with the company account".into(),
        href: "/sign-in/company".into(),
        icon: "lock",
    };
    let wrong = typed(
        &[("email", "priya@calderfield.example")],
        &[("password", "Mail address and password do not belong together. 4 attempts left")],
    );
    let plain =
        SignIn { typed: wrong, next: "/explorer", organization: Some("Calderfield"), ask: &ask, ways: &[] };
    let guest = |invitation| Guest {
        email: "nina@calderfield.example".into(),
        organization: "Calderfield".into(),
        invited_by: Some("Ruth Adeyemi".into()),
        invitation,
        action: "/invitation/secret".into(),
    };
    let told = Told {
        owner: ("Ruth Adeyemi".into(), "ruth@calderfield.example".into()),
        organization: ("Calderfield".into(), "calderfield".into()),
        purpose: vec![("North Star", "A warm home for every household".into())],
        planning: vec![("Year starts in", "January".into()), ("Time zone", "Europe/Berlin".into())],
        periods: periods(),
    };
    let empty = Typed::default();
    let planned = typed(&[("start_month", "1"), ("time_zone", "UTC"), ("okr_model", "classic")], &[]);
    let done = [Step::You, Step::Organisation];
    let frame = |typed| Frame { assets: &assets, csrf: "token", done: &done, typed };
    vec![
        ("sign-in", sign_in::page(&assets, "token", &plain)),
        ("sign-in-ways", sign_in::page(&assets, "token", &SignIn { ways: &[way], ..SignIn::default() })),
        ("invitation", link::page(&assets, "token", &guest(true), &typed(&[("name", "Nina")], &[]))),
        ("reset", link::page(&assets, "token", &guest(false), &empty)),
        ("link-used", link::dead(&assets, Dead::Used, Some("Calderfield"), &ask)),
        ("link-unknown", link::dead(&assets, Dead::Unknown, None, &[])),
        ("setup-you", setup::you(&frame(&empty), true)),
        ("setup-organisation", setup::organisation(&frame(&empty))),
        ("setup-purpose", setup::purpose(&frame(&empty))),
        ("setup-planning", setup::planning(&frame(&planned), &periods(), &zones())),
        ("setup-check", setup::check(&frame(&empty), &told)),
        ("organisations", organisations::page(&assets, "token", &places(&ask))),
        (
            "organisations-none",
            organisations::page(
                &assets,
                "token",
                &Organisations { me: ("Nina", "nina@b.example"), ..Organisations::default() },
            ),
        ),
    ]
}

fn opening(n: u8, name: &str, way: organisations::Way) -> organisations::Opening {
    organisations::Opening { id: Some(id(n)), name: name.into(), way, refused: None }
}

fn places(ask: &[String]) -> Organisations<'static> {
    Organisations {
        me: ("Priya Raman", "priya@calderfield.example"),
        mine: vec![
            (id(1), "Calderfield".into(), "Member".into()),
            (id(2), "Calderfield Charity".into(), "Owner".into()),
        ],
        current: Some(id(1)),
        open: vec![
            opening(3, "Book club", organisations::Way::Join),
            opening(4, "Calderfield Trust", organisations::Way::Ask),
            opening(5, "Northern Grid", organisations::Way::Asked(id(6), day("2026-11-18"))),
            opening(
                7,
                "Moor Hydro",
                organisations::Way::Declined(
                    day("2026-11-17"),
                    Some("Only for the pilot".into()),
                    Some(day("2026-11-24")),
                ),
            ),
        ],
        closed: vec![("Old Mill".into(), ask.to_vec())],
    }
}

pub(super) fn pages(ctx: &Ctx) -> Vec<(&'static str, Page)> {
    let mail = "priya@calderfield.example";
    let session = |n, browser: &str, here: bool| SessionLine {
        id: id(n),
        browser: browser.into(),
        address: (!here).then(|| "203.0.113.7".into()),
        since: moment("2026-11-02T08:00:00Z"),
        seen: moment("2026-11-19T17:20:00Z"),
        here,
    };
    let token = |n, used| TokenLine {
        id: id(n),
        name: "Monthly report".into(),
        scopes: "read, checkin".into(),
        organisation: Some("Calderfield".into()),
        made: moment("2026-10-01T08:00:00Z"),
        ends: moment("2027-01-01T08:00:00Z"),
        ended: false,
        used,
    };
    let used = Some((moment("2026-11-20T06:00:00Z"), Some("203.0.113.7".into())));
    let shown = Tokens {
        tokens: vec![token(1, used), token(2, None)],
        fresh: Some(("Monthly report", "nth_5Jc0Vt1bYx8")),
        organisations: vec![(String::new(), "All my organisations".into())],
        ..Tokens::default()
    };
    let profile_typed =
        typed(&[("name", "Priya Raman"), ("title", "Head of Installations South"), ("version", "3")], &[]);
    let words = "One outcome that would make this period a success.".to_owned();
    let welcome = [("/goals/new", "objective", "Write the first one".to_owned(), words)];
    vec![
        ("account-profile", profile::page(ctx, &profile_typed, mail, &zones(), true, None)),
        ("account-password", password::page(ctx, &Typed::default(), mail, None)),
        ("account-preferences", preferences::page(ctx, &Preferences::default(), false)),
        (
            "account-sessions",
            sessions::page(
                ctx,
                &[session(1, "Firefox on Linux", true), session(2, "Safari on iPhone", false)],
                None,
            ),
        ),
        ("account-tokens", tokens::page(ctx, &shown)),
        (
            "account-tokens-observer",
            tokens::page(ctx, &Tokens { refused: Some("Observers make no tokens."), ..Tokens::default() }),
        ),
        ("welcome", setup::welcome(&Welcome { organisation: "Calderfield", ways: &welcome })),
        (
            "samples",
            samples::library(
                ctx,
                &[function()],
                &choices(),
                &[samples::Batch { id: id(9), text: "1 goal, 19 Nov".into() }],
            ),
        ),
        ("samples-preview", samples::preview(ctx, &preview(), &Typed::default())),
        ("samples-made", samples::made(ctx, &made())),
    ]
}

fn sample() -> samples::Sample {
    samples::Sample {
        key: "sales-honest-forecast",
        title: "Forecast so well that the rest of the company plans by it",
        why: "It names who benefits: those who hire and buy by the forecast.",
        key_results: vec![("Cut the monthly forecast’s mean error from 28% to 8%", "28% → 8%".into())],
    }
}

fn function() -> Function {
    Function {
        key: "sales",
        name: "Sales",
        about: "Who buys, and whether it was the right sale.",
        samples: vec![sample()],
    }
}

fn choices() -> Choices<'static> {
    Choices {
        typed: typed(&[("pick", "sales-honest-forecast"), ("whose", "team")], &[("team", "Choose a team")]),
        periods: vec![(id(70).to_string(), "Q4 2026".into())],
        may_organisation: true,
        organisation: "Calderfield",
        ..Choices::default()
    }
}

fn preview() -> Preview<'static> {
    Preview {
        samples: vec![sample()],
        place: "Q4 2026, Field Operations, owned by Priya Raman".into(),
        fields: &[],
        back: "/samples?pick=sales-honest-forecast".into(),
    }
}

fn made() -> Made {
    let goals: Vec<(Id, GoalKind, String)> = vec![
        (id(1), GoalKind::Objective, "Forecast so well that the rest of the company plans by it".into()),
        (id(2), GoalKind::KeyResult, "Cut the monthly forecast’s mean error from 28% to 8%".into()),
    ];
    Made { id: id(9), goals, explorer: "/explorer".into() }
}
