//! What a data source is, whatever it is: something that can be tested, looked through, and asked for the items that a link
//! counts. It knows no goals; measuring what it found is a pure function ([`crate::measure`]).

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use northing_core::named_values;
use northing_core::values::Moment;
use serde::{Deserialize, Serialize};

use crate::trouble::Trouble;

/// A connection to another system, ready to be asked. One for each connection, kept while it is used: it remembers what it learnt
/// and how long the other system asked to wait.
#[async_trait]
pub trait Source: Send + Sync {
    /// Signs in and looks at the container: what a person wants to know before saving a connection.
    ///
    /// # Errors
    /// Exactly what is wrong.
    async fn test(&self) -> Result<Tested, Trouble>;

    /// What can be picked at a place, or what a search finds.
    ///
    /// # Errors
    /// What kept it from being read.
    async fn browse(&self, asked: &Browse) -> Result<Vec<Choice>, Trouble>;

    /// The numeric fields that can be measured.
    ///
    /// # Errors
    /// What kept them from being read.
    async fn measures(&self) -> Result<Vec<NumericField>, Trouble>;

    /// What a selector is called in the other system.
    ///
    /// # Errors
    /// What kept it from being read.
    async fn describe(&self, selector: &Selector) -> Result<String, Trouble>;

    /// Where an item can be looked at in a browser, though it may be gone.
    fn item_address(&self, item: u64) -> Option<String>;

    /// Everything that a selector covers, now or as it was at a moment.
    ///
    /// # Errors
    /// What kept it from being read; nothing is answered in part.
    async fn fetch(&self, asked: &Fetch) -> Result<Harvest, Trouble>;
}

/// What a test of a connection found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tested {
    /// As whom the other system knows the credentials.
    pub identity: String,
    /// The container's lasting identifier.
    pub container_id: String,
    /// The container's name today.
    pub container_name: String,
    /// What kind of installation answered, in words.
    pub server: String,
    /// How many queries or the like could be seen at the top.
    pub choices: usize,
}

/// Where to look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Browse {
    /// The folder; none for the top.
    pub place: Option<String>,
    /// Words to find instead.
    pub search: Option<String>,
    /// Whether what belongs to the credentials' owner alone is shown too: for private connections.
    pub personal: bool,
}

/// Something that can be picked, or a folder of such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its place, folders separated by `/`.
    pub path: String,
    /// Whether it holds others.
    pub folder: bool,
    /// Why it cannot be picked, where it cannot.
    pub unusable: Option<String>,
    /// What it answers with, in words: list, tree, direct links.
    pub shape: Option<String>,
    /// A reservation to tell whoever picks it.
    pub warning: Option<String>,
    /// Those in it that came along.
    pub children: Vec<Choice>,
}

/// A numeric field of the other system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NumericField {
    /// The name by which it is asked for.
    pub reference: String,
    /// The name that people know.
    pub name: String,
    /// Whether a share of it can be completed; remaining work cannot.
    pub as_percent: bool,
}

/// What a link covers. The JSON is that of the API.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Selector {
    /// A saved query.
    Query(QuerySelector),
    /// Items picked by hand.
    Items(ItemsSelector),
    /// A query in the other system's language.
    Words(WordsSelector),
}

/// A saved query.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuerySelector {
    /// The query's identifier.
    pub query_id: String,
    /// Count only items of this type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_item_type: Option<String>,
}

/// Items picked by hand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemsSelector {
    /// Their numbers.
    pub work_item_ids: Vec<u64>,
    /// Whether everything below them belongs to it, on all levels.
    #[serde(default)]
    pub include_children: bool,
    /// Count only items of this type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_item_type: Option<String>,
}

/// A query in the other system's language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsSelector {
    /// Its text.
    pub wiql: String,
    /// Count only items of this type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_item_type: Option<String>,
}

impl Selector {
    /// The type of item that counts; none for all.
    #[must_use]
    pub fn work_item_type(&self) -> Option<&str> {
        match self {
            Self::Query(it) => it.work_item_type.as_deref(),
            Self::Items(it) => it.work_item_type.as_deref(),
            Self::Words(it) => it.work_item_type.as_deref(),
        }
    }

    /// The items that were picked themselves.
    #[must_use]
    pub fn picked(&self) -> &[u64] {
        match self {
            Self::Items(it) => &it.work_item_ids,
            Self::Query(_) | Self::Words(_) => &[],
        }
    }

    /// The same for all types: links that differ in the type alone share one fetch.
    #[must_use]
    pub fn of_every_type(mut self) -> Self {
        let of_type = match &mut self {
            Self::Query(it) => &mut it.work_item_type,
            Self::Items(it) => &mut it.work_item_type,
            Self::Words(it) => &mut it.work_item_type,
        };
        *of_type = None;
        self
    }
}

/// What to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// What it covers.
    pub selector: Selector,
    /// The numeric fields to bring along.
    pub fields: BTreeSet<String>,
    /// A past moment; none for now.
    pub as_of: Option<Moment>,
}

named_values! {
    /// How far an item is, whatever its state is called.
    Category {
        /// Not begun.
        Proposed = "proposed",
        /// Being worked on.
        InProgress = "in_progress",
        /// Done, but not yet confirmed.
        Resolved = "resolved",
        /// Completed.
        Completed = "completed",
        /// Taken out.
        Removed = "removed",
    }
}

/// An item of the other system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkItem {
    /// Its number.
    pub id: u64,
    /// Its type.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Its state as the other system calls it.
    pub state: String,
    /// How far that is.
    pub category: Category,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Where it can be looked at.
    pub url: String,
    /// The numeric fields that were asked for; those that are empty are absent.
    pub numbers: BTreeMap<String, f64>,
}

/// What a fetch brought: each item once.
#[derive(Debug, Clone, PartialEq)]
pub struct Harvest {
    /// The items.
    pub items: Vec<WorkItem>,
    /// Reservations, each once.
    pub warnings: Vec<String>,
    /// Where the selector can be looked at.
    pub url: Option<String>,
}
