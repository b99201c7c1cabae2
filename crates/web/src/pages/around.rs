//! The page around a fragment: htmx says in `HX-Current-URL` where it stands, so that links in the fragment lead back there.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use northing_app::explorer::{ListPage, ListQuery};
use northing_core::values::Id;
use northing_ui::{Ctx, paths};

use super::explorer::Asked;
use super::rows::Rows;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// Where a fragment stands; Explorer where nobody says.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    /// The page's path.
    pub(crate) path: String,
    /// Its filters, open branches and panel.
    pub(crate) asked: Asked,
}

impl Around {
    fn at(address: &str) -> Self {
        let rest = match address.find("://").and_then(|at| address.get(at + 3..)) {
            Some(rest) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
            None => address,
        };
        let rest = rest.split('#').next().unwrap_or(rest);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        // Only a path of this site may come back as a link.
        let local = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        let path = if local { path } else { paths::EXPLORER };
        Self { path: path.to_owned(), asked: Asked::read(Some(query.to_owned())) }
    }

    /// Which list the page shows, and whose.
    pub(crate) fn list(&self, signed: &Signed) -> (ListPage, Option<Id>) {
        let of = |prefix: &str| self.path.strip_prefix(prefix).and_then(|id| id.parse::<Id>().ok());
        if self.path == paths::HOME {
            (ListPage::Person, Some(signed.actor.user_id))
        } else if self.path == paths::ORGANISATION {
            (ListPage::Organization, None)
        } else if let Some(team) = of("/teams/") {
            (ListPage::Team, Some(team))
        } else if let Some(person) = of("/people/") {
            (ListPage::Person, Some(person))
        } else {
            (ListPage::All, None)
        }
    }

    /// What the page's list is asked for; the whole list where its address is none of ours.
    pub(crate) fn query(&self, signed: &Signed) -> ListQuery {
        let (page, entity) = self.list(signed);
        self.asked.query(page, entity).unwrap_or_else(|_| ListQuery::of(page, entity))
    }

    /// The page without what `name` says: where closing a panel leads.
    pub(crate) fn without(&self, name: &str) -> String {
        self.asked.with(&self.path, name, &[])
    }

    /// Whether its rows say what last check-ins said.
    pub(crate) fn info(&self) -> bool {
        self.asked.one("info") == Some("true")
    }

    /// How rows of the page are made.
    pub(crate) fn rows<'a>(&'a self, signed: &'a Signed, ctx: &'a Ctx) -> Rows<'a> {
        let query = self.query(signed);
        Rows {
            ctx,
            organisation: &signed.membership.organization,
            bands: signed.membership.settings.score_bands,
            asked: &self.asked,
            path: &self.path,
            selected: self.asked.id("goal").ok().flatten(),
            ordered: !query.is_flat(),
            info: query.info,
        }
    }
}

impl FromRequestParts<AppState> for Around {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let here = parts.headers.get("hx-current-url").and_then(|url| url.to_str().ok());
        Ok(Self::at(here.unwrap_or(paths::EXPLORER)))
    }
}

/// A list by the name that its tree gives it: `all`, `organization`, `team:{id}`, `person:{id}`.
pub(crate) fn named_list(name: &str) -> Option<(ListPage, Option<Id>)> {
    let (page, entity) = match name.split_once(':') {
        Some((page, id)) => (page, Some(id.parse().ok()?)),
        None => (name, None),
    };
    Some((page.parse().ok()?, entity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_page_says_where_a_fragment_stands() {
        let at = |address: &str| {
            let around = Around::at(address);
            let open = around.asked.one("open").unwrap_or_default().to_owned();
            (around.path, open)
        };
        let team = "/teams/019a0000-0000-7000-8000-000000000001";
        assert_eq!(
            at(&format!("http://127.0.0.1:1{team}?open=a,b#main")),
            (team.to_owned(), String::from("a,b"))
        );
        assert_eq!(at("https://northing.example"), (String::from("/"), String::new()));
        assert_eq!(at("/explorer?open=x"), (String::from("/explorer"), String::from("x")));
        assert_eq!(at("https://northing.example//evil.example/"), (String::from("/explorer"), String::new()));
        assert_eq!(at("javascript:alert(1)"), (String::from("/explorer"), String::new()));
        assert_eq!(named_list("organization"), Some((ListPage::Organization, None)));
        assert!(
            named_list(&format!("team:{}", &team[7..]))
                .is_some_and(|(page, id)| page == ListPage::Team && id.is_some())
        );
        assert_eq!(named_list("team:nobody"), None);
        assert_eq!(named_list("elsewhere"), None);
    }
}
