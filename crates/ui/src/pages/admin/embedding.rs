//! The tab on work items of Azure DevOps: what the extension needs to know, its key, and which sites may frame it (integrations §2.7).

use maud::{Markup, html};

use super::{Tab, frame};
use crate::components::confirm::{self, Confirm};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::components::secret;
use crate::icons::icon;
use crate::layout::{self, Page};
use crate::pages::entry::Typed;
use crate::{Ctx, paths};

/// The page's form.
#[derive(Debug, Clone, Default)]
pub struct EmbeddingForm {
    /// The kind of integration.
    pub kind: String,
    /// What was typed: `origins`, a line for each, and `version`.
    pub typed: Typed,
    /// Whether there is a key.
    pub has_key: bool,
    /// Whether the tab is open: it has a key and a site that may frame it.
    pub open: bool,
    /// The address of this Northing, for the extension.
    pub address: String,
    /// The organisation's name in addresses, for the extension.
    pub organisation: String,
    /// Whether it was saved just now.
    pub saved: bool,
}

/// Whether the tab is open, as a mark and a word.
#[must_use]
pub fn standing(open: bool, has_key: bool) -> Markup {
    html! {
        @if open { span.st data-st="track" { (icon("check")) "Open" } }
        @else if has_key { span.st data-st="behind" { (icon("warn")) "No site may show it" } }
        @else { span.st data-st="none" { (icon("minus")) "Not set up" } }
    }
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, it: &EmbeddingForm) -> Page {
    let close = paths::integration(&it.kind, "embedding/closing");
    let back = html! {
        @if it.has_key { a.btn.btn-q href=(close) hx-get=(close) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" { (icon("close")) "Forget the key" } }
        a.btn href=(paths::integration(&it.kind, "")) { "Manage Azure DevOps" }
    };
    let main = html! {
        p.mut.sm { "A tab on the form of work items shows the goals that an item serves and everything above them, and takes check-ins and comments. An extension of your own brings it into Azure DevOps." }
        section.frame.adm-s aria-labelledby="h-extension" {
            div.frame-h { h2 #h-extension { "1. Make the extension" } }
            div.frame-b.form {
                p { "Its files come with Northing, in the folder " code { "deploy/azure-devops-extension" } ". Put your publisher into " code { "vss-extension.json" } " and these two into " code { "tab/config.js" } ", package it, and install it in your Azure DevOps organisation. The folder’s README says how, step by step." }
                (copied("embed-address", "Address of this Northing", &it.address))
                (copied("embed-organisation", "This organisation there", &it.organisation))
            }
        }
        (settings(ctx, it))
        section.frame.adm-s aria-labelledby="h-people" {
            div.frame-h { h2 #h-people { "3. Everybody says once who they are" } }
            div.frame-b { p { "The tab asks for a code that Northing shows under " a href=(paths::EMBED_CODE) { "Account, Azure DevOps" } ". After that it knows the person, and everything done in it is done in their name and by their rights." } }
        }
    };
    frame(Tab::Integrations, Some("Tab on work items"), &back, &main)
}

fn copied(id: &str, label: &str, value: &str) -> Markup {
    html! { div.field { label for=(id) { (label) } (secret::once(id, label, value)) } }
}

fn settings(ctx: &Ctx, it: &EmbeddingForm) -> Markup {
    let origins = Field {
        hint: Some(
            "A line for each, at most ten: of Azure DevOps itself, and of the extension’s files. A browser shows the tab only where every page around it is named.",
        ),
        ..it.typed.field("origins", "Sites that may show it")
    };
    let stored = "It is stored; leave this empty to keep it. It is never shown again.";
    let new = "On the publisher’s page: ⋯, Certificate. By it Northing knows that Azure DevOps says who looks. Encrypted where it is stored, never shown again.";
    let key = Field {
        hint: Some(if it.has_key { stored } else { new }),
        ..it.typed.field("key", "Key of the extension")
    };
    html! {
        section.frame.adm-s aria-labelledby="h-key" {
            div.frame-h { h2 #h-key { "2. Let Northing know it" } (standing(it.open, it.has_key)) }
            form.frame-b.form method="post" action=(paths::integration(&it.kind, "embedding")) {
                (layout::csrf(ctx))
                input type="hidden" name="version" value=(it.typed.value("version"));
                @if it.saved { div role="status" { (feedback::note(Tone::Good, &html! { b { "Saved. " } @if it.open { "Open a work item in Azure DevOps and choose the tab “Northing”." } @else { "The tab opens as soon as it has a key and a site." } })) } }
                @if let Some(refusal) = &it.typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
                (form::wrap(&key, &html! {
                    input.in.code id="key" name="key" type="password" autocomplete="off" spellcheck="false" maxlength="4096"
                        aria-invalid=[key.error.map(|_| "true")] aria-describedby=[key.described_by()];
                }))
                (form::textarea(&origins, 3))
                div.btns { button.btn.btn-p type="submit" { "Save" } }
            }
        }
    }
}

/// The question before the key is forgotten.
#[must_use]
pub fn closing(ctx: &Ctx, kind: &str, version: i64) -> Markup {
    confirm::dialog(
        ctx,
        &Confirm {
            title: String::from("Forget the key of the extension?"),
            text: String::from(
                "The tab on work items closes for everybody at once. Who people are in Azure DevOps is kept: enter a key again and it opens as before.",
            ),
            verb: String::from("Forget the key"),
            href: paths::integration(kind, "embedding/closing"),
            back: paths::integration(kind, "embedding"),
            extra: Some(html! { input type="hidden" name="version" value=(version); }),
        },
    )
}
