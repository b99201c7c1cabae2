//! The form of a connection to Azure DevOps, new or changed.

use maud::{Markup, html};
use northing_core::values::Id;

use super::token_ends;
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::icons::icon;
use crate::layout::{self, Page};
use crate::pages::entry::Typed;
use crate::pages::link_source;
use crate::{Ctx, paths};

/// The fields that hold secrets: they are never sent back.
pub const SECRETS: [&str; 2] = ["pat", "client_secret"];

/// The fields in which a goal that is created with its link waits for the connection, with what was chosen of the link.
pub const DRAFT: [&str; 2] = ["draft", "link"];

/// The form.
#[derive(Debug, Clone, Default)]
pub struct ConnectionForm {
    /// What was typed, without secrets.
    pub typed: Typed,
    /// The connection that is changed.
    pub connection: Option<Id>,
    /// The goal whose link waits for it.
    pub goal: Option<Id>,
    /// The projects that were found.
    pub found: Found,
    /// What a test said.
    pub tested: Option<Tested>,
    /// Where Cancel leads.
    pub back: String,
}

/// The projects that the credentials see.
#[derive(Debug, Clone, Default)]
pub enum Found {
    /// Nobody looked.
    #[default]
    Unasked,
    /// These.
    Projects(Vec<String>),
    /// They could not be read: why, and what to do.
    Failed(String),
}

/// What a test said.
#[derive(Debug, Clone)]
pub enum Tested {
    /// It works.
    Good {
        /// As whom the token is known.
        identity: String,
        /// What answered.
        server: String,
        /// The project.
        project: String,
        /// How many shared queries and folders were seen at the top.
        queries: usize,
    },
    /// It does not.
    Bad {
        /// What happened.
        message: String,
        /// What to do.
        remedy: String,
    },
}

/// What a test said; the fragment that *Test connection* loads.
#[must_use]
pub fn result(tested: Option<&Tested>) -> Markup {
    match tested {
        None => html! {},
        Some(Tested::Good { identity, server, project, queries }) => feedback::note(
            Tone::Good,
            &html! {
                b { "Connection works. " }
                "Signed in to " (server) " as " (identity) ", project " (project) ", "
                @match queries { 0 => "no query to be seen yet", 1 => "1 query or folder to be seen", many => { (many) " queries and folders to be seen" } }
                ". Nothing was saved."
            },
        ),
        Some(Tested::Bad { message, remedy }) => feedback::note(
            Tone::Failure,
            &html! { b { (message.trim_end_matches('.')) ". " } (remedy) " Nothing was saved." },
        ),
    }
}

/// The project: typed, or picked from those that were found. The fragment that *Find projects* loads.
#[must_use]
pub fn project(it: &ConnectionForm) -> Markup {
    let value = it.typed.value("project");
    let hint = match &it.found {
        Found::Unasked => String::from("Type its name, or enter account and token and let Northing find it."),
        Found::Projects(all) if all.is_empty() => {
            String::from("This sign-in sees no project. Ask for access in Azure DevOps, or type the name.")
        }
        Found::Projects(all) if all.len() == 1 => String::from("1 project found with this sign-in."),
        Found::Projects(all) => format!("{} projects found with this sign-in.", all.len()),
        Found::Failed(_) => String::from("Type its name, or correct account and token and try again."),
    };
    let failed = match &it.found {
        Found::Failed(why) => Some(why.as_str()),
        _ => None,
    };
    let field = Field {
        required: true,
        hint: Some(&hint),
        error: failed.or_else(|| it.typed.error("project")),
        ..it.typed.field("project", "Project")
    };
    html! {
        @match &it.found {
            Found::Projects(all) if !all.is_empty() => {
                @let known = all.iter().any(|name| name == value);
                @let typed = (!known && !value.is_empty()).then(|| value.to_owned());
                @let options: Vec<(String, String)> = typed.iter().chain(all).map(|name| (name.clone(), name.clone())).collect();
                (form::select(&field, &options))
            }
            _ => (form::input(&field, "text")),
        }
    }
}

/// The dialog.
#[must_use]
pub fn dialog(ctx: &Ctx, it: &ConnectionForm) -> Markup {
    html! { dialog.dlg.dlg-w open data-modal aria-labelledby="connection-title" { (inside(ctx, it, false)) } }
}

/// The same as a page.
#[must_use]
pub fn page(ctx: &Ctx, it: &ConnectionForm) -> Page {
    Page::plain(title(it).to_owned(), html! { div.pad { div.frame.form-page { (inside(ctx, it, true)) } } })
}

const fn title(it: &ConnectionForm) -> &'static str {
    if it.connection.is_some() { "Edit connection" } else { "New connection to Azure DevOps" }
}

fn inside(ctx: &Ctx, it: &ConnectionForm, page: bool) -> Markup {
    let draft = !it.typed.value("draft").is_empty();
    let action = it.connection.map_or_else(|| paths::CONNECTIONS.to_owned(), |id| paths::connection(id, ""));
    html! {
        header.dlg-h {
            div { @if page { h1 #connection-title { (title(it)) } } @else { h2 #connection-title { (title(it)) } } }
            a.btn.btn-q.btn-x href=(it.back) data-close aria-label="Close" { (icon("close")) }
        }
        form method="post" action=(action) hx-post=[(!page).then_some(&action)] hx-target=[(!page).then_some("#dialog")] hx-swap=[(!page).then_some("innerHTML")] {
            button.sr type="submit" tabindex="-1" aria-hidden="true" { "Save" }
            (layout::csrf(ctx))
            @if let Some(id) = it.connection { input type="hidden" name="connection" value=(id); }
            @if let Some(goal) = it.goal { input type="hidden" name="goal" value=(goal); }
            @if draft { @for name in DRAFT { input type="hidden" name=(name) value=(it.typed.value(name)); } }
            @let version = it.typed.value("version");
            @if !version.is_empty() { input type="hidden" name="version" value=(version); }
            div.dlg-b.form {
                @if let Some(refusal) = &it.typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
                @else if !it.typed.errors.is_empty() { (feedback::note(Tone::Failure, &html! { "Nothing was saved yet. Look at the fields that are marked below. Secrets have to be entered again." })) }
                @if (it.goal.is_some() || draft) && it.connection.is_none() { (feedback::note(Tone::Info, &html! {
                    b { "First a connection. " }
                    @if draft { "The goal is kept here and created with its link. " } @else { "The goal is saved and stays as it is until it is linked. " }
                    "A connection says which account and project to read, and with which token; then you choose what the goal follows."
                })) }
                (where_to(it))
                (credentials(ctx, it))
                (sharing(it))
                div #connection-result aria-live="polite" { (result(it.tested.as_ref())) }
            }
            footer.dlg-f {
                @if let Some(id) = it.connection { a.btn.btn-q href=(paths::connection(id, "log")) { "Sync log" } }
                button.btn type="submit" formaction="/connections/test" formnovalidate hx-post="/connections/test" hx-include="closest form" hx-target="#connection-result" hx-swap="innerHTML" { (icon("sync")) "Test connection" }
                span.push {}
                @if draft { (link_source::back_to_draft()) } @else { a.btn href=(it.back) data-close { "Cancel" } }
                button.btn.btn-p type="submit" { "Save connection" }
            }
        }
    }
}

fn where_to(it: &ConnectionForm) -> Markup {
    let named = Field {
        required: true,
        hint: Some("People see this name when they link a goal. Say what it reads: “Firmware”."),
        ..it.typed.field("name", "Name")
    };
    let account = Field {
        required: true,
        hint: Some("The organisation’s name or its address. Your own server: with the collection."),
        ..it.typed.field("account", "Account")
    };
    html! {
        div.form-2 { (form::input(&named, "text")) (form::input(&account, "text")) }
        details.more {
            summary { "How to write the account" }
            ul.sm.mut {
                li { code { "contoso" } ", " code { "https://dev.azure.com/contoso" } " or " code { "https://contoso.visualstudio.com" } " for Azure DevOps Services" }
                li { code { "https://server/DefaultCollection" } " or " code { "https://server:8080/tfs/DefaultCollection" } " for Azure DevOps Server 2019 and later" }
            }
        }
    }
}

fn credentials(ctx: &Ctx, it: &ConnectionForm) -> Markup {
    let app = it.typed.value("auth") == "app";
    let kept = it.connection.is_some();
    let of = |name: &'static str, label: &'static str| it.typed.field(name, label);
    let keep = "Encrypted where it is stored and never shown again.";
    let leave = "Leave it empty to keep the one that is stored.";
    let hint = if kept { leave } else { keep };
    let ends = it.typed.value("expires_on").parse().ok().map(|day| token_ends(day, ctx.today));
    let ends = ends.filter(|_| kept);
    html! {
        fieldset.field {
            legend { "Sign in with" }
            div.cards {
                label.card-o { input type="radio" name="auth" value="pat" checked[!app]; b { (icon("key")) "Personal access token" } span.mut { "Made in Azure DevOps under User settings. It reads what you may read, and it ends." } }
                label.card-o { input type="radio" name="auth" value="app" checked[app]; b { (icon("org")) "Entra application" } span.mut { "A service principal of Microsoft Entra ID. It does not leave when a person does." } }
            }
        }
        div.note { (icon("info")) span { b { "Scopes the token needs: " } "Work items (read), and Project and team (read) to find projects. Work items (read & write) only where Northing shall write links on work items. An application needs to be a member of the Azure DevOps organisation with the same rights." } }
        n-reveal for="auth" when="pat" {
            div.form-2 {
                (secret(it, "pat", "Personal access token", hint))
                (form::input(&Field { optional: true, hint: Some(ends.as_deref().unwrap_or("You are reminded 14, 7 and 1 days before.")), ..of("expires_on", "Token ends on") }, "date"))
            }
        }
        n-reveal for="auth" when="app" {
            div.form-2 {
                (form::input(&of("tenant_id", "Directory (tenant) ID"), "text"))
                (form::input(&of("client_id", "Application (client) ID"), "text"))
                (secret(it, "client_secret", "Client secret", hint))
                (form::input(&Field { optional: true, hint: Some("Only where it is not login.microsoftonline.com."), ..of("authority", "Sign-in address") }, "text"))
            }
        }
        (form::error("secret", it.typed.error("secret")))
        div.flow.bottom {
            div.grow #project-field { (project(it)) }
            button.btn type="submit" formaction="/connections/projects" formnovalidate hx-post="/connections/projects" hx-include="closest form" hx-target="#project-field" hx-swap="innerHTML" { (icon("search")) "Find projects" }
        }
    }
}

fn secret(it: &ConnectionForm, name: &'static str, label: &'static str, hint: &str) -> Markup {
    let field = Field { hint: Some(hint), ..it.typed.field(name, label) };
    form::wrap(
        &field,
        &html! {
            input.in.code id=(name) name=(name) type="password" autocomplete="off" spellcheck="false" maxlength="4096"
                aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.described_by()];
        },
    )
}

fn sharing(it: &ConnectionForm) -> Markup {
    let text = "Everybody in the organisation may link goals by it. Nobody sees the token. A query that says @Me means the owner of the token.";
    form::switch("shared", "Share with everyone", Some(text), it.typed.value("shared") == "true")
}
