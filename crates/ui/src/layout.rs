//! The document around every page: head, navigation, period strip, sheet, panel, and the regions that scripts write to.

use maud::{DOCTYPE, Markup, html};
use northing_core::preferences::{Preferences, Shortcuts, Theme};
use northing_core::values::Id;

use crate::components::period::{self, Strip};
use crate::components::person::{self, Person};
use crate::components::status::{self, Shown};
use crate::icons::{self, icon, logo};
use crate::{Ctx, format, paths};

/// The addresses of the style sheets, scripts and the icon sprite.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// Style sheets in order.
    pub css: Vec<String>,
    /// Script modules in order.
    pub js: Vec<String>,
    /// The icon sprite; set [`icons::serve_sprite_at`] to the same at start.
    pub icons: String,
    /// The site's icon.
    pub favicon: String,
}

/// The sections that the navigation marks as current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// My OKRs.
    Home,
    /// Explorer.
    Explorer,
    /// The organisation's page.
    Organisation,
    /// The list of teams.
    Teams,
    /// A team's page.
    Team(Id),
    /// The list of people.
    People,
    /// Settings.
    Admin,
    /// None of the navigation's entries.
    Elsewhere,
}

/// A team in the navigation's tree.
#[derive(Debug, Clone)]
pub struct NavTeam {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// How its goals stand together, if known.
    pub status: Option<Shown>,
    /// Whether it has sub-teams.
    pub has_children: bool,
    /// Whether the sub-teams are shown.
    pub open: bool,
    /// The sub-teams, if shown.
    pub children: Vec<NavTeam>,
    /// Whether this team's page is open.
    pub current: bool,
}

/// Who is signed in and what surrounds every page of theirs.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Addresses of style sheets and scripts.
    pub assets: Assets,
    /// The organisation's name.
    pub organisation: String,
    /// Who is signed in.
    pub me: Person,
    /// Check-ins that the person owes now.
    pub due: usize,
    /// The top of the team tree, at most about 100 rows in all.
    pub teams: Vec<NavTeam>,
    /// Whether there are more teams than are shown.
    pub more_teams: bool,
    /// Whether the person may open the settings.
    pub admin: bool,
    /// Requests to join that the person may decide.
    pub requests: usize,
    /// Whether the person may create teams.
    pub may_create_teams: bool,
    /// Whether the person may create goals.
    pub may_create_goals: bool,
    /// Whether the person works in several organisations.
    pub several_organisations: bool,
    /// What the person chose for themselves.
    pub preferences: Preferences,
}

/// A page inside the shell.
pub struct Page {
    /// What the browser's tab says before the product's name.
    pub title: String,
    /// One sentence for search and previews; empty for none.
    pub description: String,
    /// Which entry of the navigation is current.
    pub section: Section,
    /// The period along the sheet's top edge, on pages that depend on one.
    pub strip: Option<Strip>,
    /// Crumbs and heading: see [`head`].
    pub head: Markup,
    /// What stands between head and content: facts, views, filters.
    pub above: Markup,
    /// The content of `main`.
    pub main: Markup,
    /// The summary line at the foot of the sheet.
    pub foot: Option<Markup>,
    /// The side panel.
    pub panel: Option<Markup>,
    /// The address of the page's live updates.
    pub live: Option<String>,
}

impl Page {
    /// A page with nothing around its content: a form, a list of one thing.
    #[must_use]
    pub fn plain(title: String, main: Markup) -> Self {
        Self {
            title,
            description: String::new(),
            section: Section::Elsewhere,
            strip: None,
            head: html! {},
            above: html! {},
            main,
            foot: None,
            panel: None,
            live: None,
        }
    }
}

/// The whole document of a page inside the shell.
#[must_use]
pub fn page(ctx: &Ctx, shell: &Shell, page: &Page) -> Markup {
    let body = html! {
        a.skip href="#main" { "Skip to content" }
        div.app {
            (topbar(shell))
            (nav(ctx, shell, page.section))
            div.sheet {
                @if let Some(strip) = &page.strip { (period::strip(ctx, strip)) }
                (page.head)
                (page.above)
                main.main #main tabindex="-1" { (page.main) }
                @if let Some(foot) = &page.foot { (foot) }
            }
            @match &page.panel { Some(panel) => (panel), None => (no_panel()) }
        }
        (tabbar(page.section))
        (regions())
        @if let Some(src) = &page.live { n-live src=(src) {} }
    };
    document(&shell.assets, &shell.preferences, &page.title, &page.description, &ctx.csrf, &body)
}

/// A page without navigation: sign-in, set-up, what went wrong. The body brings its own `main#main`.
#[must_use]
pub fn bare(assets: &Assets, title: &str, csrf: &str, body: &Markup) -> Markup {
    let body = html! {
        a.skip href="#main" { "Skip to content" }
        (body)
        (regions())
    };
    document(assets, &Preferences::default(), title, "", csrf, &body)
}

/// A page without navigation in a given theme.
#[must_use]
pub(crate) fn themed(assets: &Assets, theme: Theme, title: &str, csrf: &str, body: &Markup) -> Markup {
    let chosen = Preferences { theme, ..Preferences::default() };
    document(assets, &chosen, title, "", csrf, &html! { a.skip href="#main" { "Skip to content" } (body) })
}

fn document(
    assets: &Assets,
    chosen: &Preferences,
    title: &str,
    description: &str,
    csrf: &str,
    body: &Markup,
) -> Markup {
    let theme = (chosen.theme != Theme::System).then(|| chosen.theme.name());
    let shortcuts = (chosen.shortcuts == Shortcuts::Off).then(|| chosen.shortcuts.name());
    html! {
        (DOCTYPE)
        html lang="en-GB" data-theme=[theme] data-shortcuts=[shortcuts] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Northing" }
                @if !description.is_empty() { meta name="description" content=(description); }
                @if !csrf.is_empty() { meta name="csrf-token" content=(csrf); }
                meta name="htmx-config" content=r#"{"includeIndicatorCSS":false}"#;
                @if !assets.favicon.is_empty() { link rel="icon" href=(assets.favicon) type="image/svg+xml"; }
                @for href in &assets.css { link rel="stylesheet" href=(href); }
                @for src in &assets.js { script type="module" src=(src) {} }
            }
            body { (body) }
        }
    }
}

/// The place of the panel while none is open.
#[must_use]
pub fn no_panel() -> Markup {
    html! { div #panel hidden {} }
}

/// The regions that fragments and scripts write to: dialogs, the palette, toasts and the polite live region.
fn regions() -> Markup {
    html! {
        div #dialog {}
        (crate::components::palette::palette())
        n-toast { div.toasts #toasts {} }
        div.sr #live role="status" aria-live="polite" {}
    }
}

/// The heading of a page with its crumbs and actions.
#[must_use]
pub fn head(crumbs: &Markup, title: &str, actions: &Markup) -> Markup {
    heading(crumbs, title, actions, false)
}

/// The same inside the answer to something else: it replaces the page's heading.
#[must_use]
pub fn head_swap(crumbs: &Markup, title: &str, actions: &Markup) -> Markup {
    heading(crumbs, title, actions, true)
}

fn heading(crumbs: &Markup, title: &str, actions: &Markup, swap: bool) -> Markup {
    html! {
        header.head #head hx-swap-oob=[swap.then_some("true")] {
            div.head-t { (crumbs) h1 { (title) } }
            div.head-a { (actions) }
        }
    }
}

/// The filled button that opens the form for a new goal.
#[must_use]
pub fn new_goal(href: &str) -> Markup {
    html! {
        a.btn.btn-p href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" {
            (icon("plus")) "New goal"
        }
    }
}

fn topbar(shell: &Shell) -> Markup {
    html! {
        nav.topbar aria-label="Organisation and search" {
            (logo())
            a.org href=(paths::ORGANISATION) { (shell.organisation) }
            a.btn.btn-q.btn-x href=(paths::SEARCH) data-palette aria-label="Search or jump to" { (icon("search")) }
        }
    }
}

fn nav(ctx: &Ctx, shell: &Shell, section: Section) -> Markup {
    let current = |here: Section| (section == here).then_some("page");
    html! {
        nav.nav #nav popover aria-label="Main" {
            div.nav-top {
                a href=(paths::HOME) aria-label="Northing, My OKRs" { (logo()) }
                a.org href=(paths::ORGANISATION) { (shell.organisation) }
            }
            div.nav-scroll {
                a.jump href=(paths::SEARCH) data-palette aria-haspopup="dialog" {
                    (icons::small("search")) "Search or jump to" span.keys { kbd { "⌘" } kbd { "K" } }
                }
                ul {
                    li { a.nv href=(paths::HOME) aria-current=[current(Section::Home)] { (icon("home")) "My OKRs" (due_count(shell.due, false)) } }
                    li { a.nv href=(paths::EXPLORER) aria-current=[current(Section::Explorer)] { (icon("explorer")) "Explorer" } }
                    li { a.nv href=(paths::ORGANISATION) aria-current=[current(Section::Organisation)] { (icon("org")) (shell.organisation) } }
                    li { a.nv href=(paths::PEOPLE) aria-current=[current(Section::People)] { (icon("home")) "People" } }
                }
                div {
                    div.nav-h {
                        span { "Teams" }
                        @if shell.may_create_teams {
                            a.tw href="/teams/new" hx-get="/teams/new" hx-target="#dialog" hx-swap="innerHTML" aria-label="New team" { (icon("plus")) }
                        }
                    }
                    (nav_teams(&shell.teams, shell.more_teams, section, true))
                }
            }
            div.nav-foot {
                @if shell.admin { a.nv href=(paths::ADMIN) aria-current=[current(Section::Admin)] { (icon("admin")) "Admin" (requests(shell.requests)) } }
                div.flow {
                    button.me type="button" popovertarget="me-menu" aria-haspopup="menu" {
                        (person::avatar_own(&shell.me)) (shell.me.name)
                    }
                    a.btn.btn-q.btn-x href="/help/shortcuts" hx-get="/help/shortcuts" hx-target="#dialog" hx-swap="innerHTML" aria-label="Keyboard shortcuts and help" { (icon("help")) }
                    form action=(paths::THEME) method="post" {
                        (csrf(ctx))
                        @let other = if shell.preferences.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
                        button.btn.btn-q.btn-x type="submit" name="theme" value=(other.name()) aria-label="Switch between light and dark" data-theme-toggle { (icon("theme")) }
                    }
                }
                (person_menu(ctx, shell))
            }
        }
    }
}

/// The count of due check-ins beside My OKRs; `swap` for a fragment that replaces it wherever it stands.
#[must_use]
pub fn due_count(due: usize, swap: bool) -> Markup {
    html! {
        span #due-count .n[due > 0] .new[due > 0] hx-swap-oob=[swap.then_some("true")] {
            @if due > 0 { (format::count(due)) span.sr { @if due == 1 { " check-in due" } @else { " check-ins due" } } }
        }
    }
}

/// The count of requests to join beside Admin; nothing where there are none.
fn requests(waiting: usize) -> Markup {
    html! {
        @if waiting > 0 {
            span.n.new { (format::count(waiting)) span.sr { @if waiting == 1 { " request to join" } @else { " requests to join" } } }
        }
    }
}

fn person_menu(ctx: &Ctx, shell: &Shell) -> Markup {
    html! {
        div.menu #me-menu popover role="menu" aria-label="You" {
            a role="menuitem" href=(paths::person(shell.me.id)) { (icon("home")) "My page" }
            a role="menuitem" href=(paths::ACCOUNT) { (icon("lock")) "Account" }
            a role="menuitem" href=(paths::CONNECTIONS) { (icon("link")) "Connections" }
            a role="menuitem" href=(paths::TRASH) { (icon("trash")) "Deleted goals" }
            a role="menuitem" href=(paths::ORGANISATIONS) { (icon("org")) @if shell.several_organisations { "Switch organisation" } @else { "Other organisations" } }
            @if shell.admin { a role="menuitem" href=(paths::ADMIN) { (icon("admin")) "Admin" } }
            hr;
            a role="menuitem" href="/help/shortcuts" hx-get="/help/shortcuts" hx-target="#dialog" hx-swap="innerHTML" { (icon("help")) "Keyboard shortcuts" kbd { "?" } }
            form action=(paths::THEME) method="post" {
                (csrf(ctx))
                @let other = if shell.preferences.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
                button role="menuitem" type="submit" name="theme" value=(other.name()) data-theme-toggle { (icon("theme")) "Light or dark" }
            }
            hr;
            form action=(paths::SIGN_OUT) method="post" {
                (csrf(ctx))
                button role="menuitem" type="submit" { (icon("arrow")) "Sign out" }
            }
        }
    }
}

/// The teams of the navigation. How their goals stand is read apart, so that no page waits for it: with `load` the list asks for
/// itself again.
#[must_use]
pub fn nav_teams(teams: &[NavTeam], more: bool, section: Section, load: bool) -> Markup {
    let current = (section == Section::Teams).then_some("page");
    let load = load && !teams.is_empty();
    html! {
        ul.teams #nav-teams hx-get=[load.then_some(paths::NAV_TEAMS)] hx-trigger=[load.then_some("load")] hx-swap=[load.then_some("outerMorph")] {
            @for team in teams { (nav_team(team)) }
            li { div.row { a.nv href=(paths::TEAMS) aria-current=[current] { span.nm { @if more { "More teams" } @else { "All teams" } } } } }
        }
    }
}

/// A team in the navigation with its open branch; the fragment that its twisty loads.
#[must_use]
pub fn nav_team(team: &NavTeam) -> Markup {
    html! {
        li {
            div.row {
                @if team.has_children {
                    @let verb = if team.open { "Collapse" } else { "Expand" };
                    button.tw type="button" aria-expanded=(team.open.to_string()) aria-label=(format!("{verb} {}", team.name))
                        data-branch hx-get=[(!team.open || team.children.is_empty()).then(|| paths::nav_team(team.id))]
                        hx-target="closest li" hx-swap="outerHTML" { (icon("right")) }
                }
                a.nv href=(paths::team(team.id)) aria-current=[team.current.then_some("page")] {
                    span.nm { (team.name) }
                    @if let Some(shown) = team.status { (status::icon_only(shown)) }
                }
            }
            @if team.open && !team.children.is_empty() { ul { @for child in &team.children { (nav_team(child)) } } }
        }
    }
}

fn tabbar(section: Section) -> Markup {
    let current = |here: Section| (section == here).then_some("page");
    html! {
        nav.tabbar aria-label="Quick" {
            a href=(paths::HOME) aria-current=[current(Section::Home)] { (icons::large("home")) "My OKRs" }
            a href=(paths::EXPLORER) aria-current=[current(Section::Explorer)] { (icons::large("explorer")) "Explorer" }
            a href=(paths::TEAMS) aria-current=[current(if matches!(section, Section::Team(_)) { section } else { Section::Teams })] { (icons::large("team")) "Teams" }
            a href=(paths::PEOPLE) aria-current=[current(Section::People)] { (icons::large("home")) "People" }
            button type="button" popovertarget="nav" aria-label="More, all sections and teams" { (icons::large("more")) "More" }
        }
    }
}

/// The hidden input that every form carries against forged requests.
#[must_use]
pub fn csrf(ctx: &Ctx) -> Markup {
    html! { input type="hidden" name="csrf" value=(ctx.csrf); }
}
