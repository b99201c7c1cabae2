//! API tokens: made, shown once, revoked.

use maud::{Markup, html};
use northing_core::values::{Id, Moment};

use super::{Part, page as frame};
use crate::components::confirm::{self, Confirm};
use crate::components::empty::{self, Art};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::components::secret;
use crate::icons::icon;
use crate::pages::entry::{Typed, refusal};
use crate::{Ctx, format, layout};

/// What a token may be used for: name, words, explanation.
const SCOPES: [(&str, &str, &str); 4] = [
    ("read", "Read", "Everything that you may see."),
    ("checkin", "Check in", "Check in and comment where you may. Includes reading."),
    ("write", "Write", "Create and change what you may. Includes checking in."),
    (
        "admin",
        "Admin",
        "Manage people and settings as far as you may, and your own tokens. Includes everything.",
    ),
];

/// A token in the list.
#[derive(Debug, Clone)]
pub struct TokenLine {
    /// The token.
    pub id: Id,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: String,
    /// The organisation in which it works; none for all.
    pub organisation: Option<String>,
    /// When it was made.
    pub made: Moment,
    /// When it ends.
    pub ends: Moment,
    /// Whether it has ended.
    pub ended: bool,
    /// When it was last used, and from where.
    pub used: Option<(Moment, Option<String>)>,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct Tokens<'a> {
    /// The tokens.
    pub tokens: Vec<TokenLine>,
    /// A token that was just made: name and secret.
    pub fresh: Option<(&'a str, &'a str)>,
    /// The form's fields as typed.
    pub typed: Typed,
    /// The organisations to choose from: value and name.
    pub organisations: Vec<(String, String)>,
    /// Why the person may make none.
    pub refused: Option<&'a str>,
    /// What was just done.
    pub saved: Option<&'a str>,
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, it: &Tokens<'_>) -> layout::Page {
    let inside = html! {
        @if let Some((name, value)) = it.fresh { (shown_once(name, value)) }
        p.measure {
            "A token lets a program act as you, as far as its scopes go. The " a href="/api/docs" { "API's documentation" } " says what it can do."
        }
        (list(ctx, &it.tokens))
        @match it.refused {
            Some(why) => (feedback::note(Tone::Info, &html! { (why) })),
            None => (new(ctx, it)),
        }
    };
    frame(Part::Tokens, it.saved, &inside)
}

fn shown_once(name: &str, value: &str) -> Markup {
    html! {
        section.note data-st="track" aria-labelledby="h-fresh" {
            (icon("key"))
            div.stack {
                div {
                    h2 #h-fresh { "Your new token: " (name) }
                    p { "Copy it now and keep it where only the program finds it. It is shown this once." }
                }
                (secret::once("token-secret", "Token", value))
            }
        }
    }
}

fn list(ctx: &Ctx, tokens: &[TokenLine]) -> Markup {
    if tokens.is_empty() {
        return html! { div.frame { (empty::empty(Art::Lens, "No tokens", "Make one for each program, so that you can revoke it alone.", &html! {})) } };
    }
    html! {
        div.frame.scroll-x tabindex="0" role="region" aria-label="Tokens" {
            table.tbl {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Scopes" } th scope="col" { "Works in" } th scope="col" { "Last used" } th scope="col" { "Ends" } th scope="col" { span.sr { "Actions" } } } }
                tbody {
                    @for token in tokens {
                        @let href = format!("/account/tokens/{}/revocation", token.id);
                        tr {
                            th scope="row" { (token.name) }
                            td { (token.scopes) }
                            td { (token.organisation.as_deref().unwrap_or("All yours")) }
                            td.nowrap {
                                @match &token.used {
                                    Some((at, from)) => { (format::when(*at, ctx)) @if let Some(from) = from { br; span.xs.dim { "from " (from) } } },
                                    None => "Never",
                                }
                            }
                            td.nowrap { @if token.ended { "Ended " } (format::day(token.ends.day_in(&ctx.zone), ctx.today)) }
                            td.r { a.btn href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" { "Revoke" span.sr { " " (token.name) } } }
                        }
                    }
                }
            }
        }
    }
}

fn new(ctx: &Ctx, it: &Tokens<'_>) -> Markup {
    let typed = &it.typed;
    let chosen = |scope: &str| typed.values.iter().any(|(name, value)| name == "scope" && value == scope);
    let days = [("30", "30 days"), ("90", "90 days"), ("180", "180 days"), ("365", "1 year")];
    let days: Vec<(String, String)> =
        days.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect();
    html! {
        section aria-labelledby="h-new" {
            div.sec-h { h2 #h-new { "New token" } }
            (refusal(typed))
            form.form method="post" action=(Part::Tokens.path()) {
                (layout::csrf(ctx))
                (form::input(&Field { required: true, hint: Some("What it is for: the name of the program."), ..typed.field("name", "Name") }, "text"))
                fieldset.field {
                    legend { "Scopes" }
                    @for (name, text, small) in SCOPES {
                        label.opt-l { input type="checkbox" name="scope" value=(name) checked[chosen(name)]; span { (text) small { (small) } } }
                    }
                    (form::error("scopes", typed.error("scopes")))
                }
                div.form-2 {
                    (form::select(&Field { value: if typed.value("expires_in_days").is_empty() { "90" } else { typed.value("expires_in_days") }, ..typed.field("expires_in_days", "Ends after") }, &days))
                    (form::select(&typed.field("organization", "Works in"), &it.organisations))
                }
                div.btns { button.btn.btn-p type="submit" { "Make token" } }
            }
        }
    }
}

/// Asks before a token is revoked.
#[must_use]
pub fn revocation(ctx: &Ctx, token: &TokenLine) -> Markup {
    confirm::dialog(
        ctx,
        &Confirm {
            title: format!("Revoke “{}”?", token.name),
            text: String::from("Whatever uses it stops working at once. It cannot be brought back."),
            verb: String::from("Revoke token"),
            href: format!("/account/tokens/{}/revocation", token.id),
            back: Part::Tokens.path().to_owned(),
            extra: None,
        },
    )
}
