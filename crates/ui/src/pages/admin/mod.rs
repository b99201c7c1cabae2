//! The pages of those who run an organisation: the frame around them, and what their forms share.

pub mod audit;
pub mod embedding;
pub mod export;
pub mod goals;
pub mod integrations;
pub mod invite;
pub mod member;
pub mod members;
pub mod model;
pub mod organisation;
pub mod periods;
pub mod requests;
pub mod teams;

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::entry::Typed;
use crate::components::conflict::{self, Difference};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::components::picker::{self, Choice, Of, Picker};
use crate::icons::icon;
use crate::layout::{self, Page, Section};
use crate::{Ctx, paths};

/// The tabs of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Name, purpose, and who may do what.
    Organisation,
    /// The OKR model.
    Model,
    /// Rules for goals and their status.
    Goals,
    /// Everyone in the organisation.
    Members,
    /// The tree of teams.
    Teams,
    /// The time periods.
    Periods,
    /// The log of changes.
    Audit,
    /// The sources that goals can follow.
    Integrations,
    /// What other systems exported.
    Import,
    /// The whole organisation as a file.
    Export,
}

impl Tab {
    const ALL: [Self; 10] = [
        Self::Organisation,
        Self::Model,
        Self::Goals,
        Self::Members,
        Self::Teams,
        Self::Periods,
        Self::Integrations,
        Self::Audit,
        Self::Import,
        Self::Export,
    ];

    /// The heading of its page.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Organisation => "Organisation",
            Self::Model => "OKR model",
            Self::Goals => "Goals and status",
            Self::Members => "Members",
            Self::Teams => "Teams",
            Self::Periods => "Periods",
            Self::Audit => "Audit log",
            Self::Integrations => "Integrations",
            Self::Import => "Import",
            Self::Export => "Export",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Organisation => "org",
            Self::Model => "map",
            Self::Goals => "flag",
            Self::Members => "home",
            Self::Teams => "team",
            Self::Periods => "calendar",
            Self::Audit => "explorer",
            Self::Integrations => "link",
            Self::Import => "upload",
            Self::Export => "download",
        }
    }

    /// The address of its page.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Organisation => paths::ADMIN,
            Self::Model => paths::ADMIN_MODEL,
            Self::Goals => paths::ADMIN_GOALS,
            Self::Members => paths::MEMBERS,
            Self::Teams => paths::ADMIN_TEAMS,
            Self::Periods => paths::PERIODS,
            Self::Audit => paths::AUDIT,
            Self::Integrations => paths::INTEGRATIONS,
            Self::Import => paths::IMPORT,
            Self::Export => paths::EXPORT,
        }
    }
}

/// A page inside the frame. `title` replaces the tab's where the page stands below it.
#[must_use]
pub fn frame(tab: Tab, title: Option<&str>, actions: &Markup, main: &Markup) -> Page {
    let mut way = vec![(String::from("Admin"), paths::ADMIN.to_owned())];
    if title.is_some() {
        way.push((tab.title().to_owned(), tab.href().to_owned()));
    }
    let title = title.unwrap_or_else(|| tab.title());
    Page {
        title: format!("{title}, admin"),
        description: String::new(),
        section: Section::Admin,
        strip: None,
        head: layout::head(&crate::components::crumbs::crumbs(&way), title, actions),
        above: html! {},
        main: html! {
            div.admin {
                nav.admin-n aria-label="Admin" {
                    @for each in Tab::ALL {
                        a.nv href=(each.href()) aria-current=[(each == tab).then_some("page")] { (icon(each.icon())) (each.title()) }
                    }
                    a.nv href=(paths::TAGS) { (icon("group")) "Tags" }
                }
                div.admin-b { (main) }
            }
        },
        foot: None,
        panel: None,
        live: None,
    }
}

/// A form as it is shown: what stands in its fields, what was wrong with them, and what was chosen in its pickers.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// What stands in the fields, and why they were refused.
    pub typed: Typed,
    /// What is chosen in each picker, by the field's name.
    pub chosen: BTreeMap<String, Vec<Choice>>,
    /// What a search without scripts found, with the field that it was for.
    pub found: Option<(String, Vec<Choice>)>,
    /// What somebody else changed meanwhile; with none of them the form is not in conflict.
    pub conflict: Option<Vec<Difference>>,
    /// Whether what was typed was just saved.
    pub saved: bool,
}

impl Form {
    /// A field by name.
    pub(crate) fn field<'a>(&'a self, name: &'a str, label: &'a str) -> Field<'a> {
        self.typed.field(name, label)
    }

    /// Whether a box is ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.typed.value(name) == "true"
    }

    /// What stands above the fields: that it was saved, why it was refused, what somebody else did. `what` names the thing.
    pub(crate) fn notes(&self, what: &str) -> Markup {
        html! {
            @if let Some(differences) = &self.conflict { (conflict::conflict(what, differences)) }
            @if let Some(refusal) = &self.typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
            @else if !self.typed.errors.is_empty() { (feedback::note(Tone::Failure, &html! { "Nothing was saved yet. Look at the fields that are marked below." })) }
            @if self.saved { div role="status" { (feedback::note(Tone::Good, &html! { "Saved." })) } }
        }
    }

    /// The hidden fields of every form: its token, and the version that it was made from.
    pub(crate) fn hidden(&self, ctx: &Ctx) -> Markup {
        html! {
            (layout::csrf(ctx))
            @if !self.typed.value("version").is_empty() { input type="hidden" name="version" value=(self.typed.value("version")); }
        }
    }

    /// A picker by name; its error may stand at one of its choices.
    pub(crate) fn picker(
        &self,
        name: &str,
        label: &str,
        hint: Option<&str>,
        of: Of,
        several: bool,
    ) -> Markup {
        let query = format!("{name}_query");
        let inner = format!("{name}[");
        let error = self.typed.errors.iter().find(|(key, _)| key == name || key.starts_with(&inner));
        let field = Field {
            name,
            label,
            value: self.typed.value(&query),
            hint,
            error: error.map(|(_, message)| message.as_str()),
            ..Field::default()
        };
        let chosen = self.chosen.get(name).map_or(&[][..], Vec::as_slice);
        let found = self.found.as_ref().filter(|(of, _)| of == name).map(|(_, found)| found.as_slice());
        picker::picker(&Picker { field, of, chosen, several, with: "", found })
    }

    /// A switch by name.
    pub(crate) fn switch(&self, name: &str, text: &str, small: &str) -> Markup {
        html! { (form::switch(name, text, Some(small), self.ticked(name))) (form::error(name, self.typed.error(name))) }
    }

    /// Who may do something besides owners and admins, with the people who are named for it.
    pub(crate) fn policy(
        &self,
        name: &str,
        people: &str,
        label: &str,
        hint: &str,
        choices: &[(String, String)],
    ) -> Markup {
        html! {
            (form::select(&Field { hint: Some(hint), ..self.field(name, label) }, choices))
            n-reveal for=(name) when="named" {
                (self.picker(people, "Named people", Some("Owners and admins always may. These people may as well."), Of::People, true))
            }
        }
    }
}

/// A section of a form with a heading and a sentence.
pub(crate) fn section(id: &str, title: &str, intro: &str, fields: &Markup) -> Markup {
    html! {
        section.frame.adm-s aria-labelledby=(id) {
            div.frame-h { h2 id=(id) { (title) } }
            div.frame-b.form {
                @if !intro.is_empty() { p.mut.sm { (intro) } }
                (fields)
            }
        }
    }
}

/// The choices of a policy that everyone, owners of teams or named people may be.
pub(crate) fn policies() -> Vec<(String, String)> {
    [
        ("anyone", "Every member"),
        ("team_owners", "Owners of teams"),
        ("named", "Only owners, admins and named people"),
    ]
    .map(|(value, text)| (value.to_owned(), text.to_owned()))
    .to_vec()
}

/// The last line of a form: saving.
pub(crate) fn save(text: &str) -> Markup {
    html! { div.btns { button.btn.btn-p.btn-l type="submit" { (text) } } }
}

/// What a setting's value means, in words: for telling what somebody else changed.
#[must_use]
pub fn words(field: &str, value: &str) -> String {
    if field == "planning_year_start_month"
        && let Some((_, month)) = organisation::months().into_iter().find(|(number, _)| number == value)
    {
        return month;
    }
    let known = match value {
        "true" => "On",
        "anyone" => "Every member",
        "team_owners" => "Owners of teams",
        "team_members" => "Everyone in the team",
        "named" => "Only owners, admins and named people",
        "restricted" => "Only people who are let in",
        "public" => "Anyone with an account here",
        "regular" => "Members",
        "observer" => "Observers",
        "classic" => "Classic",
        "interchangeable" => "Interchangeable",
        "contribute" => "Contribute",
        "do_not_contribute" => "Do not contribute",
        "blocked" => "Never contribute",
        "progress" => "Progress",
        "key_results" => "Worst of those below",
        other => other,
    };
    known.to_owned()
}
