//! A form in a dialog; the same form is the content of a page where there are no scripts.

use maud::{Markup, html};

use crate::icons::icon;
use crate::layout::Page;

/// A short task with a form.
pub struct Dialog {
    /// The title of the page without scripts: "Close Cut jobs waiting".
    pub title: String,
    /// The `id` of the heading inside.
    pub labelled_by: &'static str,
    /// Whether there is a second column.
    pub wide: bool,
    /// Head, form and foot.
    pub inside: Markup,
}

impl Dialog {
    /// The fragment that opens it.
    #[must_use]
    pub fn modal(&self) -> Markup {
        html! { dialog.dlg.dlg-w[self.wide] open aria-labelledby=(self.labelled_by) data-modal { (self.inside) } }
    }

    /// The page without scripts.
    #[must_use]
    pub fn page(self) -> Page {
        let heading = self.title.clone();
        Page::plain(
            self.title,
            html! { h1.sr { (heading) } div.pad { div.frame.dlg-p.dlg-w[self.wide] { (self.inside) } } },
        )
    }
}

/// The head: a line above the heading, the heading, and a way out to `back`.
#[must_use]
pub fn head(id: &str, above: &Markup, title: &str, back: &str) -> Markup {
    html! {
        header.dlg-h {
            div { p.sub { (above) } h2 id=(id) { (title) } }
            a.btn.btn-q.btn-x href=(back) data-close aria-label="Close" { (icon("close")) }
        }
    }
}
