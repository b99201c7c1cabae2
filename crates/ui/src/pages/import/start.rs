//! Choosing the files, and the imports there were.

use maud::{Markup, html};
use northing_core::values::Moment;

use super::{frame, when};
use crate::components::empty::{self, Art};
use crate::components::feedback::{self, Tone};
use crate::components::form;
use crate::icons::icon;
use crate::layout::{self, Page};
use crate::{Ctx, paths};

/// An import that was begun before.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// Its page.
    pub href: String,
    /// When it was begun.
    pub at: Moment,
    /// By whom.
    pub by: Option<String>,
    /// Its files.
    pub files: String,
    /// How it stands, as a word.
    pub state: &'static str,
    /// The colour and icon of that word.
    pub mark: (&'static str, &'static str),
    /// What it did, in a few words.
    pub did: String,
}

/// The page where an import begins.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Why the files were refused.
    pub error: Option<String>,
    /// How large they may be together: "64 MiB".
    pub limit: String,
    /// The imports there were.
    pub earlier: Vec<Earlier>,
    /// Where the list goes on.
    pub more: Option<String>,
}

/// The page.
#[must_use]
pub fn start(ctx: &Ctx, it: &Start) -> Page {
    let main = html! {
        (form(ctx, it))
        (template())
        section aria-labelledby="h-earlier" {
            div.sec-h { h2 #h-earlier { "Earlier imports" } span.n { "details for 28 days" } }
            (earlier(ctx, it))
        }
    };
    frame("Import goals", &html! {}, &main)
}

fn form(ctx: &Ctx, it: &Start) -> Markup {
    let described = if it.error.is_some() { "files-error files-hint" } else { "files-hint" };
    html! {
        form.form.imp-f method="post" action=(paths::IMPORT) enctype="multipart/form-data" {
            (layout::csrf(ctx))
            @if it.error.is_some() { (feedback::note(Tone::Failure, &html! { "These files were not taken. Nothing was changed." })) }
            div.field {
                label for="files" { "Files to import" }
                input.in.drop id="files" name="files" type="file" multiple required accept=".zip,.json,.csv,.xlsx"
                    aria-describedby=(described) aria-invalid=[it.error.as_ref().map(|_| "true")];
                (form::error("files", it.error.as_deref()))
                p.hint id="files-hint" {
                    "From Viva Goals: the ZIP of the organisation's export, or its JSON files together; a CSV or XLSX file of a view works too, and knows less. From Northing: the ZIP of an export, or the filled template. Choose them, or drop them here; at most "
                    (it.limit) " together. Nothing is kept before you have seen what it would make."
                }
            }
            div { button.btn.btn-p type="submit" { (icon("upload")) "Read files" } }
        }
    }
}

fn template() -> Markup {
    html! {
        section.frame.imp-f aria-labelledby="h-template" {
            div.frame-h { h2 #h-template { "Goals from elsewhere" } }
            div.frame-b.stack {
                p.sm.mut { "Enter them into our workbook, a row for each goal, and choose it above. People, teams and periods must exist here first; the same file can be imported again after a correction." }
                p { a.btn href=(paths::TEMPLATE) download { (icon("download")) "Download template (XLSX)" } }
            }
        }
    }
}

fn earlier(ctx: &Ctx, it: &Start) -> Markup {
    if it.earlier.is_empty() {
        let text =
            "What you import stands here, with a report on every record, and can be undone for 28 days.";
        return empty::empty(Art::Summit, "No imports yet", text, &html! {});
    }
    html! {
        div.frame.scroll-x tabindex="0" role="region" aria-label="Earlier imports, table" {
            table.tbl {
                thead { tr { th scope="col" { "Files" } th scope="col" { "State" } th scope="col" { "What it did" } th scope="col" { "By" } th scope="col" { "When" } } }
                tbody {
                    @for one in &it.earlier {
                        tr {
                            th scope="row" { a href=(one.href) { (one.files) } }
                            td { span.st data-st=(one.mark.0) { (icon(one.mark.1)) (one.state) } }
                            td.mut { (one.did) }
                            td.mut { (one.by.as_deref().unwrap_or("")) }
                            td.mut { (when(ctx, one.at)) }
                        }
                    }
                }
            }
        }
        @if let Some(more) = &it.more { p { a.btn href=(more) { "Older imports" } } }
    }
}
