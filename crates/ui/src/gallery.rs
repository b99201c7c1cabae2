//! Every component in every state, as the pages use it: the style guide at `/styleguide` and the snapshots of the tests.

mod admin;
mod entry;
mod goal_form;
mod import;
mod lifecycle;
mod link_source;
mod samples;
mod structure;

use maud::{Markup, html};
use northing_core::preferences::Theme;

use crate::Ctx;
use crate::icons::{icon, logo};
use crate::layout::{self, Assets};

pub use samples::{ctx, shell};

/// A component in its states.
pub struct Sample {
    /// The name; also the anchor and the snapshot's name.
    pub name: &'static str,
    /// When to use it.
    pub text: &'static str,
    /// The states.
    pub markup: Markup,
}

/// Every sample, in the order of the style guide.
#[must_use]
pub fn samples(ctx: &Ctx) -> Vec<Sample> {
    let mut all = samples::all(ctx);
    all.push(samples::notices_of_sources(ctx));
    all.extend(admin::samples());
    all.extend(entry::samples());
    all.extend(goal_form::samples(ctx));
    all.extend(import::samples());
    all.extend(link_source::samples(ctx));
    all
}

/// Whole pages with invented content, by name: to look at, and to test without a server.
#[must_use]
pub fn pages(ctx: &Ctx) -> Vec<(&'static str, layout::Page)> {
    let mut pages = samples::pages(ctx);
    pages.extend(admin::pages(ctx));
    pages.extend(goal_form::pages(ctx));
    pages.extend(structure::pages(ctx));
    pages.extend(entry::pages(ctx));
    pages.extend(import::pages(ctx));
    pages.extend(link_source::pages(ctx));
    pages
}

/// Whole pages without navigation: the ways in.
#[must_use]
pub fn bare() -> Vec<(&'static str, Markup)> {
    entry::bare()
}

/// The style guide in a theme.
#[must_use]
pub fn page(assets: &Assets, theme: Theme) -> Markup {
    let ctx = ctx();
    let samples = samples(&ctx);
    let body = html! {
        div.wiz {
            header.wiz-top {
                a.logo-word href=(crate::paths::HOME) { (logo()) "Northing" }
                span.mut.sm { "Style guide" } span.push {}
                a.btn.btn-q href="?theme=light" { "Light" } a.btn.btn-q href="?theme=dark" { "Dark" }
                button.btn.btn-q.btn-x type="button" aria-label="Switch between light and dark" data-theme-toggle { (icon("theme")) }
            }
            main.spec-b #main tabindex="-1" {
                div.stack {
                    h1 { "Style guide" }
                    p.lede { "Every component in every state. North is up: progress reads towards the parent, and the parent is above." }
                    nav aria-label="Contents" { ul.toc { @for sample in &samples { li { a href=(format!("#{}", sample.name)) { (sample.name.replace('-', " ")) } } } } }
                }
                div.spec {
                    @for sample in &samples {
                        section id=(sample.name) aria-labelledby=(format!("h-{}", sample.name)) {
                            h2 id=(format!("h-{}", sample.name)) { (crate::terms::capitalised(&sample.name.replace('-', " "))) }
                            p.mut.sm.measure { (sample.text) }
                            (sample.markup)
                        }
                    }
                }
            }
        }
    };
    layout::themed(assets, theme, "Style guide", "", &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_looks_as_it_did() {
        for sample in samples(&ctx()) {
            insta::assert_snapshot!(sample.name, sample.markup.into_string().replace("><", ">\n<"));
        }
    }

    #[test]
    fn every_page_looks_as_it_did() {
        let ctx = ctx();
        for (name, page) in pages(&ctx) {
            let html = layout::page(&ctx, &shell(), &page).into_string();
            insta::assert_snapshot!(format!("page-{name}"), html.replace("><", ">\n<"));
        }
    }

    #[test]
    fn every_way_in_looks_as_it_did() {
        for (name, page) in bare() {
            insta::assert_snapshot!(format!("bare-{name}"), page.into_string().replace("><", ">\n<"));
        }
    }

    #[test]
    fn nothing_is_styled_or_scripted_inline() {
        let ctx = ctx();
        let pages = pages(&ctx)
            .iter()
            .map(|(_, page)| layout::page(&ctx, &shell(), page).into_string())
            .collect::<String>();
        let pages = bare().into_iter().fold(pages, |all, (_, page)| all + &page.into_string());
        let all = pages + &self::page(&Assets::default(), Theme::Dark).into_string();
        for inline in
            [" style=\"", "<style", "<script>", " onclick=", " onload=", "javascript:", "hx-on", "js:"]
        {
            assert!(!all.contains(inline), "{inline} would break the content security policy");
        }
    }

    #[test]
    fn ids_are_unique_on_every_page() {
        let ctx = ctx();
        for (name, page) in pages(&ctx) {
            let html = layout::page(&ctx, &shell(), &page).into_string();
            let mut seen = std::collections::BTreeSet::new();
            for id in html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(seen.insert(id.to_owned()), "{id} stands twice on {name}");
            }
        }
    }

    #[test]
    fn terms_come_from_the_organisation() {
        let mut ctx = ctx();
        ctx.terms = crate::Terms {
            objective: crate::Term::new("big rock", "big rocks"),
            key_result: crate::Term::new("metric", "metrics"),
            initiative: crate::Term::new("project", "projects"),
        };
        for (name, page) in pages(&ctx) {
            let mut html = layout::page(&ctx, &shell(), &page).into_string().to_lowercase();
            // Nor are the values that a part of a form waits for, or what settings are called.
            html = html.replace("when=\"objective key_result\"", "");
            // The names of settings and the values of controls are no words for people.
            html = html.replace("value=\"objective\"", "").replace("value=\"initiative\"", "");
            for (field, _) in crate::pages::admin::model::LABELS {
                html = html.replace(&format!("\"{field}"), "\"").replace(&format!("={field}"), "=");
            }
            for word in [
                ">objective",
                "\"objective",
                ">key result",
                "\"key result",
                ">initiative",
                "\"initiative",
                " objective",
            ] {
                assert!(
                    !html.contains(word),
                    "{name} says {word} although the organisation calls it otherwise"
                );
            }
        }
    }
}
