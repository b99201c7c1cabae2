//! Where one is signed in.

use maud::{Markup, html};
use northing_core::values::{Id, Moment};

use super::{Part, page as frame};
use crate::{Ctx, format, layout};

/// A session as its person sees it.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// The session.
    pub id: Id,
    /// "Firefox on Linux".
    pub browser: String,
    /// The address that it was begun from.
    pub address: Option<String>,
    /// When it began.
    pub since: Moment,
    /// When it was last seen, to within an hour.
    pub seen: Moment,
    /// Whether it is the one that looks.
    pub here: bool,
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, sessions: &[SessionLine], saved: Option<&str>) -> layout::Page {
    let others = sessions.iter().any(|it| !it.here);
    let inside = html! {
        p.measure { "Every browser in which you are signed in. One that is not used for 14 days ends by itself." }
        div.frame.scroll-x tabindex="0" role="region" aria-label="Sessions" {
            table.tbl {
                thead { tr { th scope="col" { "Browser" } th scope="col" { "Signed in from" } th scope="col" { "Since" } th scope="col" { "Last seen" } th scope="col" { span.sr { "Actions" } } } }
                tbody { @for each in sessions { (line(ctx, each)) } }
            }
        }
        form method="post" action="/account/sessions/end" {
            (layout::csrf(ctx))
            div.btns {
                @if others { button.btn type="submit" name="which" value="others" { "End all other sessions" } }
                button.btn.btn-d type="submit" name="which" value="all" { "Sign out everywhere" }
            }
        }
    };
    frame(Part::Sessions, saved, &inside)
}

fn line(ctx: &Ctx, it: &SessionLine) -> Markup {
    html! {
        tr {
            th scope="row" { (it.browser) @if it.here { " " span.dim { "this one" } } }
            td { (it.address.as_deref().unwrap_or("unknown")) }
            td.nowrap { (format::when(it.since, ctx)) }
            td.nowrap { @if it.here { "Now" } @else { (format::when(it.seen, ctx)) } }
            td.r {
                @if !it.here {
                    form method="post" action="/account/sessions/end" {
                        (layout::csrf(ctx))
                        button.btn type="submit" name="which" value=(it.id) { "End" span.sr { " the session of " (it.browser) } }
                    }
                }
            }
        }
    }
}
