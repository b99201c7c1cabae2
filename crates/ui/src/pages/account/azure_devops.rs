//! Who one is in Azure DevOps: the code for the tab on work items there.

use maud::{Markup, html};

use super::{Part, page as frame};
use crate::components::feedback::{self, Tone};
use crate::icons::icon;
use crate::layout::{self, Page};
use crate::{Ctx, paths};

/// The page. `open`: whether the organisation has set up the tab; `code` is shown this once; `identities` are connected with the reader.
#[must_use]
pub fn page(ctx: &Ctx, open: bool, admin: bool, code: Option<&str>, identities: i64) -> Page {
    let inside = html! {
        @if open { (show(ctx, code)) }
        @else {
            (feedback::note(Tone::Info, &html! {
                b { "This organisation has no tab on work items. " }
                @if admin { "You can set it up: then people see, check in and comment on goals from the work items that serve them." div.btns { a.btn href=(paths::INTEGRATIONS) { "Open integrations" } } }
                @else { "An admin can set it up under Admin, Integrations." }
            }))
        }
        @if identities > 0 {
            form.stack method="post" action=(paths::EMBED_CODE) {
                (layout::csrf(ctx))
                p { @if identities == 1 { "One identity of Azure DevOps is connected with you." } @else { (identities) " identities of Azure DevOps are connected with you." } }
                div { button.btn type="submit" name="act" value="part" { "Disconnect" } }
            }
        }
    };
    frame(Part::AzureDevOps, None, &inside)
}

fn show(ctx: &Ctx, code: Option<&str>) -> Markup {
    html! {
        p { "The Northing tab on a work item in Azure DevOps asks once who you are here. Have a code shown and enter it there; it is good for ten minutes and for one use. Give it to nobody: whoever enters it checks in and comments as you." }
        @if let Some(code) = code {
            section.note data-st="track" aria-labelledby="h-code" { (icon("check")) div.stack {
                h2 #h-code { "Your code" } p.big { code.x { (spaced(code)) } }
            } }
        }
        form method="post" action=(paths::EMBED_CODE) {
            (layout::csrf(ctx))
            button.btn.btn-p type="submit" name="act" value="show" { @if code.is_some() { "Show another code" } @else { "Show a code" } }
        }
    }
}

fn spaced(code: &str) -> String {
    match (code.get(..4), code.get(4..)) {
        (Some(first), Some(rest)) if !rest.is_empty() => format!("{first} {rest}"),
        _ => code.to_owned(),
    }
}
