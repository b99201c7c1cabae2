//! A person's own account, a page for each part.

pub mod azure_devops;
pub mod password;
pub mod preferences;
pub mod profile;
pub mod sessions;
pub mod tokens;

use maud::{Markup, html};

use crate::components::feedback::{self, Tone};
use crate::components::views::{self, View};
use crate::layout::{self, Page, Section};
use crate::paths;

/// A part of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Who one is to others.
    Profile,
    /// The password.
    Password,
    /// What one chose for oneself.
    Preferences,
    /// Where one is signed in.
    Sessions,
    /// API tokens.
    Tokens,
    /// Who one is in Azure DevOps.
    AzureDevOps,
}

impl Part {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Profile, Self::Password, Self::Preferences, Self::Sessions, Self::Tokens, Self::AzureDevOps];

    const fn label(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::Password => "Password",
            Self::Preferences => "Preferences",
            Self::Sessions => "Sessions",
            Self::Tokens => "API tokens",
            Self::AzureDevOps => "Azure DevOps",
        }
    }

    /// Its address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Profile => paths::ACCOUNT,
            Self::Password => "/account/password",
            Self::Preferences => "/account/preferences",
            Self::Sessions => "/account/sessions",
            Self::Tokens => "/account/tokens",
            Self::AzureDevOps => paths::EMBED_CODE,
        }
    }
}

/// The frame of a part; `saved` says what was just done.
fn page(part: Part, saved: Option<&str>, inside: &Markup) -> Page {
    let tabs: Vec<View> = Part::ALL
        .iter()
        .map(|each| View {
            name: each.label().to_owned(),
            count: None,
            href: each.path().to_owned(),
            current: *each == part,
        })
        .collect();
    Page {
        title: format!("Account: {}", part.label()),
        description: String::new(),
        section: Section::Elsewhere,
        strip: None,
        head: layout::head(&html! {}, "Account", &html! {}),
        above: views::views("Parts of the account", &tabs),
        main: html! {
            div.pad.stack-l.narrow {
                @if let Some(text) = saved { div role="status" { (feedback::note(Tone::Good, &html! { (text) })) } }
                (inside)
            }
        },
        foot: None,
        panel: None,
        live: None,
    }
}
