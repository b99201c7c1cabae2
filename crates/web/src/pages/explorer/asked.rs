//! What stands in the address of a list.

use northing_app::Error;
use northing_app::explorer::{ListPage, ListQuery};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::paths;

use crate::failure::Failure;

/// What stands in the address of a list: everything that makes the view, so that a reload or a sent link shows the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pairs: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn read(query: Option<String>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
        Self { pairs }
    }

    /// The same of fields that were posted.
    pub(crate) fn posted(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn id(&self, name: &'static str) -> Result<Option<Id>, Failure> {
        self.one(name).map(str::parse).transpose().map_err(|_| Error::NotFound("page").into())
    }

    /// Every identifier of this name.
    pub(crate) fn ids(&self, name: &'static str) -> Result<Vec<Id>, Failure> {
        self.parsed(name)
    }

    fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Result<Vec<T>, Failure> {
        self.all(name)
            .flat_map(|text| text.split(','))
            .map(|text| {
                text.parse().map_err(|_| FieldError::new(name, "invalid", "is no value of this filter"))
            })
            .collect::<Result<Vec<T>, FieldError>>()
            .map_err(Failure::from)
    }

    fn days(&self, name: &'static str) -> Result<Option<u16>, Failure> {
        let days: Option<u16> = self.parsed(name)?.first().copied();
        if days.is_some_and(|days| days > 3_660) {
            return Err(FieldError::new(name, "out_of_range", "is more than ten years").into());
        }
        Ok(days)
    }

    /// The pairs of these names, those without a value left out.
    pub(crate) fn pairs_of<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = (String, String)> + 'a {
        let of = |(key, value): &&(String, String)| names.contains(&key.as_str()) && !value.is_empty();
        self.pairs.iter().filter(of).cloned()
    }

    /// An address of these pairs alone.
    pub(crate) fn of(path: &str, pairs: impl IntoIterator<Item = (String, String)>) -> String {
        Self { pairs: pairs.into_iter().collect() }.with(path, "", &[])
    }

    /// The list that `list` names: its page, with `:` and the entity behind it; Explorer where it names none.
    pub(crate) fn list(&self) -> (ListPage, Option<Id>) {
        let list = self.one("list").unwrap_or_default();
        let (page, entity) = list.split_once(':').map_or((list, None), |(page, id)| (page, id.parse().ok()));
        (page.parse().unwrap_or(ListPage::All), entity)
    }

    /// This address on `path` without the pairs of these names, without cursor.
    pub(crate) fn without(&self, path: &str, names: &[&str]) -> String {
        let kept = self.pairs.iter().filter(|(key, _)| !names.contains(&key.as_str())).cloned();
        Self { pairs: kept.collect() }.with(path, "", &[])
    }

    /// The list that the address asks for.
    pub(crate) fn query(&self, page: ListPage, entity: Option<Id>) -> Result<ListQuery, Failure> {
        let mut query = ListQuery::of(page, entity);
        query.periods = self.parsed("period")?;
        query.open = self.parsed("open")?;
        query.initiatives = page != ListPage::All && self.one("tab") == Some("initiatives");
        query.flat = self.one("flat") == Some("true");
        query.info = self.one("info") == Some("true");
        query.group = self
            .one("group")
            .map(str::parse)
            .transpose()
            .map_err(|_| FieldError::new("group", "invalid", "is nothing that goals are grouped by"))?;
        query.cursor = self.one("cursor").map(ToOwned::to_owned);
        query.narrowing.kinds = if query.initiatives { Vec::new() } else { self.parsed("kind")? };
        query.narrowing.statuses = self.parsed("status")?;
        query.narrowing.levels = self.parsed("level")?;
        query.narrowing.teams = self.parsed("team")?;
        query.exact_teams = self.one("exact") == Some("true");
        query.overdue = self.one("due") == Some("overdue");
        query.narrowing.unaligned = self.one("aligned") == Some("none");
        query.unchecked_days = self.days("unchecked")?;
        query.closed_days = self.days("closed")?;
        let owners: Vec<&str> = self.all("owner").collect();
        query.narrowing.unowned = owners.contains(&"none");
        query.narrowing.owners = owners
            .into_iter()
            .filter(|owner| *owner != "none")
            .map(|owner| owner.parse().map_err(|_| Error::NotFound("person")))
            .collect::<Result<_, _>>()?;
        query.narrowing.tags = self.all("tag").map(ToOwned::to_owned).collect();
        query.narrowing.text = self.one("q").unwrap_or_default().trim().to_owned();
        if let Some(sort) = self.one("sort") {
            let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
            let key =
                name.parse().map_err(|_| FieldError::new("sort", "invalid", "is no column to sort by"))?;
            query.sort = (key, descending);
        }
        Ok(query)
    }

    /// This address on `path` with `name` set to these values (none: without it), without cursor.
    pub(crate) fn with(&self, path: &str, name: &str, values: &[String]) -> String {
        let kept =
            self.pairs.iter().filter(|(key, value)| key != name && key != "cursor" && !value.is_empty());
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(kept).extend_pairs(values.iter().map(|value| (name, value)));
        let text = text.finish();
        if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
    }

    /// The branches that are open.
    pub(crate) fn branches(&self) -> Vec<String> {
        self.all("open").flat_map(|text| text.split(',')).map(ToOwned::to_owned).collect()
    }

    /// This address with these branches open.
    pub(crate) fn opened(&self, path: &str, branches: &[String]) -> String {
        let value = branches.join(",");
        self.with(path, "open", &if value.is_empty() { Vec::new() } else { vec![value] })
    }

    /// This address with a branch open or closed.
    pub(crate) fn branch(&self, path: &str, goal: Id, open: bool) -> String {
        let mut branches = self.branches();
        branches.retain(|id| *id != goal.to_string());
        if open {
            branches.push(goal.to_string());
        }
        self.opened(path, &branches)
    }
}

/// The page that shows a list.
pub(crate) fn list_path(page: ListPage, entity: Option<Id>) -> String {
    match (page, entity) {
        (ListPage::Organization, _) => paths::ORGANISATION.to_owned(),
        (ListPage::Team, Some(team)) => paths::team(team),
        (ListPage::Person, Some(person)) => paths::person(person),
        (ListPage::Person, None) => paths::HOME.to_owned(),
        (ListPage::All | ListPage::Team, _) => paths::EXPLORER.to_owned(),
    }
}
