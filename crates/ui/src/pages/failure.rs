//! Pages for what went wrong: they say what to do next.

use maud::{Markup, html};

use crate::components::empty::{self, Art};
use crate::icons::logo;
use crate::layout::{self, Assets, Page, Section};
use crate::paths;

/// What went wrong, as the reader meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// There is nothing at the address, or nothing that this person may see.
    NotFound,
    /// The person may see it, but not do this.
    Forbidden,
    /// The request cannot be read.
    BadRequest,
    /// Too many attempts.
    TooMany,
    /// The request was larger than is taken.
    TooLarge,
    /// The fault is ours.
    Internal,
}

impl Failure {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => (
                "Nothing here",
                "The page was moved or deleted, or it belongs to somebody else. Search for it, or start from Explorer.",
            ),
            Self::Forbidden => {
                ("Not yours to change", "Your role does not allow this. Ask its owner or an administrator.")
            }
            Self::BadRequest => ("That could not be read", "Go back, reload the page and try again."),
            Self::TooMany => ("Too many attempts", "Wait a minute, then try again."),
            Self::TooLarge => ("Too large", "What was sent is larger than is taken here. Send less at once."),
            Self::Internal => (
                "That did not work",
                "The fault is on our side and has been noted. Nothing was changed. Try again in a moment.",
            ),
        }
    }
}

/// The message; `detail` replaces the usual text, `reference` helps to find the entry in the log.
#[must_use]
pub fn message(failure: Failure, detail: Option<&str>, reference: Option<&str>) -> Markup {
    let (title, text) = failure.words();
    html! {
        (empty::empty(Art::Lens, title, detail.unwrap_or(text), &html! { a.btn.btn-p href=(paths::HOME) { "My OKRs" } a.btn href=(paths::EXPLORER) { "Explorer" } }))
        @if let Some(reference) = reference { p.pad.xs.dim { "Reference " code { (reference) } } }
    }
}

/// The page inside the shell.
#[must_use]
pub fn page(failure: Failure, detail: Option<&str>, reference: Option<&str>) -> Page {
    let (title, _) = failure.words();
    Page {
        title: title.to_owned(),
        description: String::new(),
        section: Section::Elsewhere,
        strip: None,
        head: layout::head(&html! {}, title, &html! {}),
        above: html! {},
        main: message(failure, detail, reference),
        foot: None,
        panel: None,
        live: None,
    }
}

/// The whole document for readers who are not signed in.
#[must_use]
pub fn document(assets: &Assets, failure: Failure, detail: Option<&str>, reference: Option<&str>) -> Markup {
    let (title, _) = failure.words();
    layout::bare(
        assets,
        title,
        "",
        &html! {
            div.wiz {
                header.wiz-top { a.logo-word href=(paths::HOME) { (logo()) "Northing" } }
                main.wiz-b #main tabindex="-1" { h1.sr { (title) } (message(failure, detail, reference)) }
            }
        },
    )
}
